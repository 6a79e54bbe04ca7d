//! `/communities`: who organizes, for everybody. The address is the state; it works without scripts.

use crate::{
    features::communities::{
        search::{CommunitiesQuery, CommunityFacet},
        server_fns,
        views::{CommunitiesView, CommunityCard},
    },
    kernel::{markup::Markup, search::count_label},
    ui::{
        found::Described,
        page::{acting, fetched, shown_over_with},
        parts::{Empty, FIRST, Logo, PageHead, put_icon, put_logo, written},
        search::{Beside, Keeps, Searching, Suggested, address, chosen, instead, narrow, pages, search_field},
    },
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use std::sync::Arc;

const PATH: &str = "/communities";
const SEARCHING: Searching = Searching { path: PATH, label: "Search communities", placeholder: "Name, place or technology" };

#[component]
pub fn CommunitiesPage(
    /// What the reader keeps: their searches, and whom they watch.
    beside: fn() -> Keeps,
) -> impl IntoView {
    let query = use_query_map();
    let acting = acting();
    let beside = beside();
    let asked = Memo::new(move |_| query.with(|query| CommunitiesQuery::read(&query.to_query_string())));
    let loaded = fetched(move || (asked.get().query(), acting.get()), |(query, workspace)| server_fns::list(query, workspace));
    view! {
        <Title text="Communities"/>
        <Described path="/communities" title="Communities" text="Developer communities that organize events and look for sponsors and partners: where they meet, in which languages, how large they are."/>
        <div class="center stack">
            <PageHead title="Communities" sub="Who organizes developer events: where they meet, how large they are, how fast they answer.">
                <a class="button button--primary" href="/join">"Join with your community"</a>
            </PageHead>
            {search_field(SEARCHING, asked, acting, suggest)}
            {shown_over_with(loaded, move || beside(), move |found: Arc<CommunitiesView>, beside| {
                view! { <Results found acting=acting.get_untracked().unwrap_or_default() beside/> }
            })}
        </div>
    }
}

fn suggest(text: String, workspace: Option<String>) -> Suggested {
    Box::pin(server_fns::suggest(text, workspace))
}

#[component]
fn Results(
    found: Arc<CommunitiesView>,
    acting: String,
    /// For whoever keeps something.
    beside: Option<Beside>,
) -> impl IntoView {
    let query = CommunitiesQuery::read(&found.query);
    let above = beside.as_ref().map(|beside| (beside.above)(query.from_the_start().query()));
    let facets = narrow(PATH, &query, &found.facets, &acting);
    let chips = chosen(PATH, &query, &acting);
    if found.items.is_empty() && found.total == 0 {
        let (title, words) = if query.is_narrowed() {
            (
                "No community fits this search",
                if found.without.is_empty() { "Try fewer words, or another spelling." } else { "Close by:" },
            )
        } else {
            ("No community is here yet", "The first one that is approved will stand here. It could be yours.")
        };
        let suggested = (!found.without.is_empty()).then(|| instead::<CommunityFacet>(PATH, found.without.clone(), &acting));
        let all = address(PATH, &CommunitiesQuery::default(), &acting);
        return view! {
            {facets}
            {chips}
            {above}
            <Empty title text=words icon="users">
                {suggested}
                {query.is_narrowed().then(|| view! { <a class="button button--primary" href=all>"Show all communities"</a> })}
            </Empty>
        }
        .into_any();
    }
    let counted = u64::try_from(found.total).unwrap_or_default();
    let count = if found.total_capped { "2,000+".to_owned() } else { count_label(counted) };
    let noun = if found.total == 1 { "community" } else { "communities" };
    let said = match &found.said_instead {
        Some(instead) => format!("None has the words “{}”. {count} {noun} with “{instead}”", query.text),
        None => format!("{count} {noun}"),
    };
    let showing = format!("Showing {} of {count}", found.items.len());
    let paging = pages(PATH, &query, &acting, showing, found.previous_cursor.clone(), found.next_cursor.clone());
    let cards = found.items.iter().enumerate().map(|(place, card)| (place < FIRST, card));
    let rows = if let Some(beside) = beside {
        let rows = cards
            .map(|(first, card)| {
                let keep = (beside.row)((card.id.0, card.name.clone()));
                view! { <Row card=card.clone() first acting=acting.clone() keep/> }
            })
            .collect_view();
        view! { <ul class="results">{rows}</ul> }.into_any()
    } else {
        let rows = Markup::made(|to| cards.for_each(|(first, card)| put_row(to, card, first, &acting)));
        written("ul", &[("class", "results")], rows).into_any()
    };
    view! {
        {facets}
        {chips}
        {above}
        <p class="results-count" role="status">{said}</p>
        {rows}
        {paging}
    }
    .into_any()
}

/// A row on which something else stands. Its other parts are written as [`put_row`] writes them.
#[component]
fn Row(card: CommunityCard, first: bool, acting: String, keep: AnyView) -> impl IntoView {
    let name = written("h2", &[("class", "result__name")], Markup::made(|to| put_name(to, &card, &acting)));
    let about = written("ul", &[("class", "meta")], Markup::made(|to| put_about(to, &card)));
    let facts = written("dl", &[("class", "result__facts")], Markup::made(|to| put_facts(to, &card)));
    view! {
        <li class="result">
            <Logo name=card.name url=card.logo_url first/>
            <div class="result__body">
                {name}
                {about}
                {(!card.bio.is_empty()).then(|| view! { <p class="result__text" dir="auto">{card.bio}</p> })}
                <div class="result__tools">{keep}</div>
            </div>
            {facts}
        </li>
    }
}

/// A row on which nothing else stands.
fn put_row(to: &mut Markup, card: &CommunityCard, first: bool, acting: &str) {
    to.put(r#"<li class="result">"#, &[]);
    put_logo(to, &card.name, card.logo_url.as_deref(), first);
    to.put(r#"<div class="result__body"><h2 class="result__name">"#, &[]);
    put_name(to, card, acting);
    to.put(r#"</h2><ul class="meta">"#, &[]);
    put_about(to, card);
    to.put("</ul>", &[]);
    if !card.bio.is_empty() {
        to.put(r#"<p class="result__text" dir="auto">{}</p>"#, &[&card.bio]);
    }
    to.put(r#"<div class="result__tools"></div></div><dl class="result__facts">"#, &[]);
    put_facts(to, card);
    to.put("</dl></li>", &[]);
}

fn put_name(to: &mut Markup, card: &CommunityCard, acting: &str) {
    let href = crate::features::organizations::views::within(&format!("{PATH}/{}", card.slug), acting);
    to.put(r#"<a class="card__link" href="{}"><bdi>{}</bdi></a>"#, &[&href, &card.name]);
}

fn put_about(to: &mut Markup, card: &CommunityCard) {
    to.put(r#"<li class="meta__item">"#, &[]);
    put_icon(to, "map-pin", true);
    to.put(r#"<bdi>{}</bdi></li><li class="meta__item">"#, &[&card.place_label]);
    put_icon(to, "users", true);
    to.put("{}</li>", &[&card.community_type]);
}

fn put_facts(to: &mut Markup, card: &CommunityCard) {
    let languages = card.languages.join(", ");
    for (term, text) in
        [("People", &card.size), ("Languages", &languages), ("Region", &card.region), ("Answers", &card.answers_label)]
    {
        if !text.is_empty() {
            to.put("<div><dt>{}</dt><dd><bdi>{}</bdi></dd></div>", &[term, text]);
        }
    }
}
