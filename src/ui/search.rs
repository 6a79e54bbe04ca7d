//! What lists that are searched have in common: facets as menus of links with their counts, chips that can be taken away,
//! orders, pages both ways, and what to do where nothing fits. Everything is a link, so that the address is the state. Its search
//! field is a plain form, which suggests what may be meant where there are scripts.

use super::{
    page::{Later, PageError, Show},
    parts::{Empty, FIRST, Icon, put_icon, rewritten, written},
};
use crate::kernel::{
    markup::Markup,
    search::{Facet, FacetView, InsteadView, Order, Query, SuggestionsView, count_label, whole_words},
};
use leptos::{ev, html, prelude::*, task::spawn_local};
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};
use std::{pin::Pin, sync::Arc, time::Duration};
use url::form_urlencoded;
use uuid::Uuid;

/// What a room below shows beside a list that is searched, for whoever keeps something of it.
#[derive(Clone)]
pub struct Beside {
    /// Above what was found, by the question, and what goes along; with the forms that the rows' buttons belong to.
    pub above: Show<(String, Memo<Along>)>,
    pub row: OnRow,
}

/// What goes along in every address of a list, beside its question.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Along {
    /// The workspace that it is looked at from; empty for none.
    pub acting: String,
    /// What the list carries for its reader while they narrow it: parameters of its own.
    pub carried: Vec<(&'static str, String)>,
}

impl Along {
    pub fn acting(workspace: &str) -> Self {
        Self { acting: workspace.to_owned(), carried: Vec::new() }
    }

    /// The address of a question that is written already.
    pub fn at(&self, path: &str, query: &str) -> String {
        let mut all = form_urlencoded::Serializer::new(query.to_owned());
        all.extend_pairs(self.pairs().into_iter().filter(|(_, value)| !value.is_empty()));
        let all = all.finish();
        if all.is_empty() { path.to_owned() } else { format!("{path}?{all}") }
    }

    fn pairs(&self) -> Vec<(&str, &str)> {
        let carried = self.carried.iter().map(|(name, value)| (*name, value.as_str()));
        std::iter::once(("as", self.acting.as_str())).chain(carried).collect()
    }
}

/// Writes what stands on a row, by its id and name. Rows hold no state, whoever reads them.
pub type OnRow = Arc<dyn Fn(&mut Markup, Uuid, &str) + Send + Sync>;

/// Comes with the list, once: a place on each row that waits by itself costs more than the row around it. Nothing for whoever
/// keeps nothing.
pub type Keeps = Arc<dyn Fn() -> Later<Option<Beside>> + Send + Sync>;

/// The address of a list with this question.
pub fn address<F: Facet>(path: &str, query: &Query<F>, along: &Along) -> String {
    along.at(path, &query.query())
}

/// What the address of this page asks of its list; what the list does not know (`as`, what goes along) is left out.
pub fn asked<F: Facet>() -> Memo<Query<F>> {
    let query = use_query_map();
    Memo::new(move |_| query.with(|query| Query::read(&query.to_query_string())))
}

/// What the search form keeps besides its words.
pub fn kept<F: Facet>(query: &Query<F>, along: &Along) -> impl IntoView + use<F> {
    let mut fields: Vec<(String, String)> =
        query.chosen().map(|(facet, value)| (facet.name().to_owned(), value.to_owned())).collect();
    if query.order != Order::Relevance {
        fields.push(("sort".to_owned(), query.order.label().to_owned()));
    }
    let besides = along.pairs().into_iter().filter(|(_, value)| !value.is_empty());
    fields.extend(besides.map(|(name, value)| (name.to_owned(), value.to_owned())));
    fields.into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value/> }).collect_view()
}

/// Menus of what the list can be narrowed by, and the orders.
///
/// What goes along may change while they are on the page.
pub fn narrow<F: Facet>(
    path: &'static str,
    query: &Query<F>,
    facets: &[FacetView],
    along: Memo<Along>,
) -> impl IntoView + use<F> {
    let of = |name: &str| F::EVERY.iter().copied().find(|facet| facet.name() == name);
    let menus = facets
        .iter()
        .filter(|facet| !facet.values.is_empty())
        .filter_map(|view| Some((of(&view.name)?, view)))
        .map(|(facet, view)| {
            let (query, view) = (query.clone(), view.clone());
            let menu = move || along.with(|along| menu(path, &query, facet, &view, along));
            rewritten("details", &[("class", "menu"), ("name", "narrow")], menu)
        })
        .collect_view();
    let query = query.clone();
    let orders = move || along.with(|along| orders(path, &query, along));
    let orders = rewritten("details", &[("class", "menu menu--end filters__order"), ("name", "narrow")], orders);
    view! { <div class="filters" role="group" aria-label="Filters">{menus} {orders}</div> }
}

/// The values of a facet.
fn menu<F: Facet>(path: &str, query: &Query<F>, facet: F, view: &FacetView, along: &Along) -> Markup {
    let chosen = view.values.iter().filter(|value| value.chosen).count();
    let around = query.around(facet, &along.pairs());
    let mut menu = Markup::of(r#"<summary class="chip">{}"#, &[&view.title]);
    if chosen > 0 {
        menu.put(r#"<span class="chip__count num">{}</span>"#, &[&chosen.to_string()]);
    }
    put_icon(&mut menu, "chevron-down", true);
    menu.put(r#"</summary><div class="menu__panel">"#, &[]);
    for value in &view.values {
        let href = match &around {
            Some(around) => format!("{path}?{}", around.with(&value.value)),
            None => address(path, &query.toggled(facet, &value.value), along),
        };
        put_link(&mut menu, &href, value.chosen);
        menu.put(
            r#"<bdi class="menu__text">{}</bdi><span class="menu__count num"><span class="visually-hidden">, </span>{}</span></a>"#,
            &[&value.label, &value.count_label],
        );
    }
    menu.put("</div>", &[]);
    menu
}

/// The orders of a list.
fn orders<F: Facet>(path: &str, query: &Query<F>, along: &Along) -> Markup {
    let mut orders = Markup::of(
        r#"<summary class="chip chip--quiet"><span class="visually-hidden">Sorted by: </span>{}"#,
        &[title(query.order, query.text.is_empty())],
    );
    put_icon(&mut orders, "chevron-down", true);
    orders.put(r#"</summary><div class="menu__panel">"#, &[]);
    for order in Order::ALL.iter().filter(|order| **order != Order::Reputation || !query.text.is_empty()) {
        put_link(&mut orders, &address(path, &query.with_order(*order), along), query.order == *order);
        orders.put("{}</a>", &[title(*order, query.text.is_empty())]);
    }
    orders.put("</div>", &[]);
    orders
}

/// The beginning of a link of a menu; one that is lit says so.
fn put_link(to: &mut Markup, href: &str, is_here: bool) {
    to.put(r#"<a class="menu__item" href="{}""#, &[href]);
    if is_here {
        to.put(r#" aria-current="true""#, &[]);
    }
    to.put(r#" rel="nofollow">"#, &[]);
}

/// Without words, the best match is the best known.
const fn title(order: Order, without_words: bool) -> &'static str {
    match order {
        Order::Relevance if without_words => Order::Reputation.title(),
        _ => order.title(),
    }
}

/// What is asked for, each part as a chip that takes it away.
pub fn chosen<F: Facet>(path: &'static str, query: &Query<F>, along: Memo<Along>) -> impl IntoView + use<F> {
    let to = |other: Query<F>| move || along.with(|along| address(path, &other, along));
    let chip = |label: String, other: Query<F>| {
        view! {
            <li>
                <a class="chip" aria-current="true" href=to(other) rel="nofollow">
                    <bdi class="chip__text">{label}</bdi>
                    <Icon name="x" small=true/>
                    <span class="visually-hidden">", remove"</span>
                </a>
            </li>
        }
    };
    let words = (!query.text.is_empty()).then(|| chip(format!("“{}”", query.text), query.with_text("")));
    let values = query
        .chosen()
        .map(|(facet, value)| chip(format!("{}: {}", facet.title(), facet.shown(value)), query.toggled(facet, value)))
        .collect_view();
    let clear = to(Query::<F>::default().with_order(query.order));
    query.is_narrowed().then(|| {
        view! {
            <div class="chosen">
                <ul class="chosen__list" aria-label="Chosen">{words} {values}</ul>
                <a class="filters__clear" href=clear>"Clear all"</a>
            </div>
        }
    })
}

/// Pages both ways, with an honest count.
pub fn pages<F: Facet>(
    path: &'static str,
    query: &Query<F>,
    along: &Along,
    count: String,
    previous: Option<String>,
    next: Option<String>,
) -> impl IntoView + use<F> {
    let previous = previous.map(|cursor| address(path, &query.at(&cursor), along));
    let next = next.map(|cursor| address(path, &query.at(&cursor), along));
    (previous.is_some() || next.is_some()).then(|| {
        view! {
            <nav class="pagination" aria-label="Pages">
                <p class="pagination__count">{count}</p>
                <div class="cluster">
                    {previous.map(|href| view! { <a class="button" href=href rel="prev nofollow">"Previous"</a> })}
                    {next.map(|href| view! { <a class="button" href=href rel="next nofollow">"Next"</a> })}
                </div>
            </nav>
        }
    })
}

/// Where nothing fits: what to leave out, and how many there are then.
pub fn instead<F: Facet>(path: &'static str, list: Vec<InsteadView>, along: &Along) -> impl IntoView + use<F> {
    let items = list
        .into_iter()
        .map(|one| {
            let href = address(path, &Query::<F>::read(&one.query), along);
            let label = one.label;
            view! { <li><a class="chip" href=href rel="nofollow"><span><span class="num">{one.count_label}</span>" without “"<bdi>{label.trim_matches(['“', '”']).to_owned()}</bdi>"”"</span></a></li> }
        })
        .collect_view();
    view! { <ul class="chosen__list chosen__list--centered">{items}</ul> }
}

// ── A list, whole ───────────────────────────────────────────────────────────────────────────────────────────────────

/// How many fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Total {
    pub count: i64,
    pub is_capped: bool,
}

impl Total {
    /// "12", "2,000+".
    pub fn label(self) -> String {
        if self.is_capped { "2,000+".to_owned() } else { count_label(u64::try_from(self.count).unwrap_or_default()) }
    }

    /// "1 community", "12 communities".
    pub fn of(self, one: &str, many: &str) -> String {
        format!("{} {}", self.label(), if self.count == 1 { one } else { many })
    }
}

/// A room's view of a page of its list: such views say the same things, of rows of their own.
pub trait Listed {
    type Facet: Facet;
    type Row;

    fn found(&self) -> ListFound<'_, Self::Row>;
}

/// What the page of every list says of what was found.
pub struct ListFound<'a, Row> {
    /// What is asked for, as an address has it.
    pub query: &'a str,
    pub facets: &'a [FacetView],
    pub items: &'a [Row],
    pub total: Total,
    /// The words that were looked for instead, where one that was typed is nowhere.
    pub said_instead: Option<&'a str>,
    /// Words that were taken for others that begin so.
    pub said_begun: &'a [String],
    /// Where nothing fits: what to leave out.
    pub without: &'a [InsteadView],
    pub previous: Option<&'a str>,
    pub next: Option<&'a str>,
}

/// A page of a list with its question.
pub struct Page<V: Listed> {
    path: &'static str,
    pub query: Query<V::Facet>,
    pub found: Arc<V>,
    /// For whoever keeps something.
    pub beside: Option<Beside>,
}

impl<V: Listed> Page<V> {
    pub fn new(path: &'static str, found: Arc<V>, beside: Option<Beside>) -> Self {
        Self { path, query: Query::read(found.found().query), found, beside }
    }

    /// What goes along may change while the page stands.
    pub fn list<'a>(&'a self, along: &'a Along) -> List<'a, V::Facet, V::Row> {
        List { path: self.path, query: &self.query, along, found: self.found.found(), beside: self.beside.as_ref() }
    }
}

/// A page of a list as it is shown. Its room says what a row is, how many there are of what, and what to do where nothing is.
pub struct List<'a, F: Ord, Row> {
    path: &'static str,
    query: &'a Query<F>,
    along: &'a Along,
    pub found: ListFound<'a, Row>,
    beside: Option<&'a Beside>,
}

/// What a room says where its list is empty: a title, and what to do.
#[derive(Debug, Clone, Copy)]
pub struct Nothing {
    /// Where something was asked for.
    pub fits: (&'static str, &'static str),
    /// Where nothing was.
    pub is_there: (&'static str, &'static str),
    pub icon: &'static str,
}

impl<F: Facet, Row> List<'_, F, Row> {
    pub fn is_empty(&self) -> bool {
        self.found.items.is_empty() && self.found.total.count == 0
    }

    /// What it can be narrowed by, and what is asked for.
    pub fn narrowing(&self, along: Memo<Along>) -> AnyView {
        let facets = narrow(self.path, self.query, self.found.facets, along);
        let chips = chosen(self.path, self.query, along);
        view! {
            {facets}
            {chips}
        }
        .into_any()
    }

    /// What a room below shows above it.
    pub fn above(&self, along: Memo<Along>) -> Option<AnyView> {
        self.beside.map(|beside| (beside.above)((self.query.from_the_start().query(), along)))
    }

    /// Why it is empty, what to leave out, and the room's ways to go on.
    pub fn nothing(&self, words: Nothing, ways: AnyView) -> AnyView {
        let (title, text) = match (self.query.is_narrowed(), self.found.without.is_empty()) {
            (true, true) => words.fits,
            (true, false) => (words.fits.0, "Close by:"),
            (false, _) => words.is_there,
        };
        let suggested =
            (!self.found.without.is_empty()).then(|| instead::<F>(self.path, self.found.without.to_vec(), self.along).into_any());
        view! {
            <Empty title text icon=words.icon>
                {suggested}
                {ways}
            </Empty>
        }
        .into_any()
    }

    /// How many there are, in the room's words for one and for many. Where a word that was typed is nowhere, `none` has it, and
    /// others were looked for, or those that begin so: "Nobody has the words “kuber”. 12 organizations with words that begin so".
    pub fn said(&self, one: &str, many: &str, none: &str) -> String {
        let all = self.found.total.of(one, many);
        match (self.found.said_instead, self.found.said_begun) {
            (Some(instead), []) => format!("{none} has the words “{}”. {all} with “{instead}”", self.query.text),
            (Some(instead), begun) => {
                let (typed, whole, begun) = (&self.query.text, whole_words(instead, begun), begun.join("”, “"));
                format!("{none} has the words “{typed}”. {all} with “{whole}” and words that begin with “{begun}”")
            }
            (None, []) => all,
            (None, words) => format!("{none} has the words “{}”. {all} with words that begin so", words.join(" ")),
        }
    }

    /// How many there are, what can be done with them, the rows as `put` writes them (is it one of the first?), and pages both ways.
    pub fn shown(&self, said: String, tools: Option<AnyView>, put: impl Fn(&mut Markup, &Row, bool, Option<&OnRow>)) -> AnyView {
        let said = view! { <p class="results-count" role="status">{said}</p> };
        let head = match tools {
            Some(tools) => view! { <div class="toolbar">{said} {tools}</div> }.into_any(),
            None => said.into_any(),
        };
        let keeps = self.beside.map(|beside| &beside.row);
        let rows = Markup::made(|to| {
            for (place, item) in self.found.items.iter().enumerate() {
                put(to, item, place < FIRST, keeps);
            }
        });
        let showing = format!("Showing {} of {}", self.found.items.len(), self.found.total.label());
        let (previous, next) = (self.found.previous.map(str::to_owned), self.found.next.map(str::to_owned));
        let paging = pages(self.path, self.query, self.along, showing, previous, next);
        view! {
            {head}
            {written("ul", &[("class", "results")], rows)}
            {paging}
        }
        .into_any()
    }
}

// ── The search field ────────────────────────────────────────────────────────────────────────────────────────────────

/// How long somebody stops typing before anything is suggested.
const PAUSE: Duration = Duration::from_millis(120);

/// What is suggested, on its way.
pub type Suggested = Pin<Box<dyn Future<Output = Result<SuggestionsView, PageError>>>>;

/// Asks what may be meant by what was typed, for the workspace that it is typed from.
pub type Suggest = fn(String, Option<String>) -> Suggested;

/// What the search field of a list says.
#[derive(Debug, Clone, Copy)]
pub struct Searching {
    pub path: &'static str,
    pub label: &'static str,
    pub placeholder: &'static str,
}

/// Something that is suggested while somebody types.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// "Technology", "Industry"; empty for a name.
    pub kind: &'static str,
    pub label: String,
    pub href: String,
}

/// The list below the search field of a page.
const LIST: &str = "suggestions";

fn option_id(list: &str, place: usize) -> String {
    format!("{list}-{place}")
}

fn offers<F: Facet>(path: &str, found: SuggestionsView, query: &Query<F>, along: &Along) -> Vec<Offer> {
    // Everything else that was chosen stays; the words become what they meant.
    let base = query.with_text("");
    let values = found.values.into_iter().filter_map(|one| {
        let facet = F::EVERY.iter().copied().find(|facet| facet.name() == one.facet)?;
        let chosen = if base.has(facet, &one.value) { base.clone() } else { base.toggled(facet, &one.value) };
        Some(Offer { kind: facet.title(), href: address(path, &chosen, along), label: facet.shown(&one.value) })
    });
    let names = found.names.into_iter().map(|name| Offer {
        kind: "",
        href: Along::acting(&along.acting).at(&format!("{path}/{}", name.slug), ""),
        label: name.name,
    });
    values.chain(names).collect()
}

/// The search field of a list: a plain form, and with scripts a list of what may be meant below it.
pub fn search_field<F: Facet>(
    about: Searching,
    asked: Memo<Query<F>>,
    along: Memo<Along>,
    suggest: Suggest,
) -> impl IntoView + use<F> {
    // What follows is the same for every list: a browser carries it once.
    let words = Signal::derive(move || asked.with(|asked| asked.text.clone()));
    let acting = Memo::new(move |_| along.with(|along| Some(along.acting.clone()).filter(|acting| !acting.is_empty())));
    let now = move || along.get_untracked();
    let leads: Leads = Arc::new(move |text: &str| address(about.path, &asked.get_untracked().with_text(text), &now()));
    let offered: Offered = Arc::new(move |found: SuggestionsView| offers(about.path, found, &asked.get_untracked(), &now()));
    view! {
        <SearchField about words leads offered acting suggest>
            {move || kept(&asked.get(), &along.get())}
        </SearchField>
    }
}

/// Where these words lead, beside everything else that is asked.
type Leads = Arc<dyn Fn(&str) -> String + Send + Sync>;

/// What is suggested, as links.
type Offered = Arc<dyn Fn(SuggestionsView) -> Vec<Offer> + Send + Sync>;

#[component]
fn SearchField(
    about: Searching,
    /// Those of the address.
    words: Signal<String>,
    leads: Leads,
    offered: Offered,
    acting: Memo<Option<String>>,
    suggest: Suggest,
    /// What the form keeps besides its words.
    children: Children,
) -> impl IntoView {
    let field = NodeRef::<html::Input>::new();
    let live = RwSignal::new(false);
    let list = RwSignal::new(Vec::<Offer>::new());
    let at = RwSignal::new(None::<usize>);
    // Which question the list answers: an answer that comes late is thrown away.
    let asking = RwSignal::new(0_u32);
    let navigate = StoredValue::new(use_navigate());
    let (leads, offered) = (StoredValue::new(leads), StoredValue::new(offered));
    let close = move || {
        asking.update(|count| *count += 1);
        list.set(Vec::new());
        at.set(None);
    };
    let go = move |href: String| {
        close();
        navigate.with_value(|navigate| navigate(&href, NavigateOptions::default()));
    };
    Effect::new(move |before: Option<String>| {
        let text = words.get();
        live.set(true);
        // What is typed before the page is alive stays; what a link changed is shown.
        if before.is_some_and(|before| before != text)
            && let Some(field) = field.get_untracked()
        {
            field.set_value(&text);
        }
        text
    });
    let typed = move |event: ev::Event| {
        let text = event_target_value(&event);
        asking.update(|count| *count += 1);
        let now = asking.get_untracked();
        at.set(None);
        if text.trim().is_empty() {
            list.set(Vec::new());
            return;
        }
        let _ = set_timeout(
            move || {
                // Whoever has left the page meanwhile asks nothing.
                if asking.try_get_untracked() != Some(now) {
                    return;
                }
                let workspace = acting.get_untracked();
                spawn_local(async move {
                    let found = suggest(text, workspace).await;
                    if asking.try_get_untracked() == Some(now)
                        && let Ok(found) = found
                    {
                        list.set(offered.with_value(|offered| offered(found)));
                    }
                });
            },
            PAUSE,
        );
    };
    let pressed = move |event: ev::KeyboardEvent| {
        let many = list.with_untracked(Vec::len);
        match event.key().as_str() {
            "ArrowDown" if many > 0 => {
                event.prevent_default();
                at.update(|at| *at = Some(at.map_or(0, |at| (at + 1) % many)));
            }
            "ArrowUp" if many > 0 => {
                event.prevent_default();
                at.update(|at| *at = Some(at.map_or(many - 1, |at| (at + many - 1) % many)));
            }
            "Escape" if many > 0 => {
                event.prevent_default();
                close();
            }
            "Enter" => {
                let offer = at.get_untracked().and_then(|at| list.with_untracked(|list| list.get(at).cloned()));
                if let Some(offer) = offer {
                    event.prevent_default();
                    go(offer.href);
                }
            }
            _ => {}
        }
    };
    let sent = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let text = field.get_untracked().map(|field| field.value()).unwrap_or_default();
        go(leads.with_value(|leads| leads(&text)));
    };
    view! {
        <form class="search search--large" role="search" aria-label=about.label action=about.path method="get" on:submit=sent>
            <label class="visually-hidden" for="q">{about.label}</label>
            <div class="combobox search__box">
                <svg class="icon search__icon" aria-hidden="true"><use href="/icons.svg#i-search"></use></svg>
                <input
                    class="input search__input"
                    id="q"
                    name="q"
                    type="search"
                    node_ref=field
                    value=words.get_untracked()
                    placeholder=about.placeholder
                    maxlength="100"
                    autocomplete="off"
                    role=move || live.get().then_some("combobox")
                    aria-autocomplete=move || live.get().then_some("list")
                    aria-controls=move || live.get().then_some(LIST)
                    aria-expanded=move || live.get().then(|| if list.with(Vec::is_empty) { "false" } else { "true" })
                    aria-activedescendant=move || at.get().map(|at| option_id(LIST, at))
                    on:input=typed
                    on:keydown=pressed
                    on:blur=move |_| close()
                />
                <Suggestions id=LIST list at choose=go/>
            </div>
            {children()}
            <button class="button button--primary search__go">"Search"</button>
        </form>
    }
}

/// What is suggested below a field: a list that the field controls, and nothing at all while it is empty.
#[component]
pub fn Suggestions(
    /// Once on a page; the ids of its options begin with it.
    id: &'static str,
    list: RwSignal<Vec<Offer>>,
    /// The one that the arrows are on.
    at: RwSignal<Option<usize>>,
    /// Goes where one leads.
    choose: impl Fn(String) + Copy + Send + 'static,
) -> impl IntoView {
    let options = move || {
        list.get()
            .into_iter()
            .enumerate()
            .map(|(place, offer)| {
                let href = offer.href;
                view! {
                    <li
                        class="combobox__option"
                        role="option"
                        id=option_id(id, place)
                        aria-selected=move || if at.get() == Some(place) { "true" } else { "false" }
                        // The field keeps the focus. Nothing is chosen before the press is over: what a finger has pressed
                        // would be what then lies below it.
                        on:mousedown=move |event| event.prevent_default()
                        on:click=move |_| choose(href.clone())
                    >
                        <bdi class="combobox__text">{offer.label}</bdi>
                        {(!offer.kind.is_empty()).then(|| view! { <span class="combobox__kind">{offer.kind}</span> })}
                    </li>
                }
            })
            .collect_view()
    };
    view! {
        <ul class="combobox__list" id=id role="listbox" aria-label="Suggestions" hidden=move || list.with(Vec::is_empty)>
            {options}
        </ul>
    }
}
