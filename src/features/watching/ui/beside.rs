//! What stands beside lists and on profiles: the reader's searches as tabs, the form that saves one, and the button that
//! watches. Everything is a form or a link. A list loads it once for each page; a profile's page brings it.

use crate::{
    features::{
        organizations::views::within,
        watching::{rules::List, server_fns, views::KeptView},
    },
    kernel::markup::Markup,
    ui::{
        form::{Heard, PostForm, Submit, TextField, TickField, Wished, came_back},
        page::{Later, Loaded, acting, fetched},
        parts::put_icon,
        search::{Along, Beside, Keeps},
    },
};
use leptos::prelude::*;
use leptos_router::location::Location;
use std::{collections::BTreeMap, sync::Arc};
use uuid::Uuid;

pub fn beside_directory() -> Keeps {
    beside(List::Organizations)
}

pub fn beside_communities() -> Keeps {
    beside(List::Communities)
}

fn load(list: List) -> Loaded<KeptView> {
    let acting = acting();
    fetched(move || acting.get(), move |workspace| server_fns::kept(list.label().to_owned(), workspace))
}

/// What was asked for on this page since it was loaded, for each workspace and row.
type Changed = RwSignal<BTreeMap<String, BTreeMap<Uuid, Change>>>;

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Change {
    /// What was granted last; nothing before that.
    watched: Option<bool>,
    is_on_its_way: bool,
}

fn beside(list: List) -> Keeps {
    let loaded = load(list);
    let changed = Changed::new(BTreeMap::new());
    Arc::new(move || -> Later<Option<Beside>> {
        Box::pin(async move {
            let kept = Arc::new(loaded.await.ok().filter(|kept| kept.signed_in)?);
            let of_row = Arc::clone(&kept);
            Some(Beside {
                above: Arc::new(move |(query, along): (String, Memo<Along>)| {
                    let acting = kept.acting.clone();
                    view! {
                        <Searches list kept=KeptView::clone(&kept) query along/>
                        <WatchForms list acting changed/>
                    }
                    .into_any()
                }),
                row: Arc::new(move |to: &mut Markup, id: Uuid, name: &str| {
                    let change = changed.with(|changed| changed.get(&of_row.acting).and_then(|rows| rows.get(&id)).copied());
                    let Change { watched, is_on_its_way } = change.unwrap_or_default();
                    put_watch(to, id, name, watched.unwrap_or_else(|| of_row.watched.contains(&id)), is_on_its_way);
                }),
            })
        })
    })
}

/// The searches as tabs, the one that is shown lit; and the form that saves what is shown, where it is not saved yet.
#[component]
fn Searches(list: List, kept: KeptView, query: String, along: Memo<Along>) -> impl IntoView {
    let KeptView { acting, searches, .. } = kept;
    let address = |query: &str| {
        let (acting, query) = (acting.clone(), query.to_owned());
        move || Along { acting: acting.clone(), ..along.get() }.at(list.path(), &query)
    };
    let is_saved = searches.iter().any(|search| search.query == query);
    let tabs = (!searches.is_empty()).then(|| {
        let all = query.is_empty().then_some("page");
        let tabs = searches
            .iter()
            .map(|search| {
                let current = (search.query == query).then_some("page");
                view! { <a class="tabs__tab" href=address(&search.query) aria-current=current title=search.name.clone()><bdi>{search.name.clone()}</bdi></a> }
            })
            .collect_view();
        view! {
            <nav class="tabs" aria-label="Saved searches">
                <a class="tabs__tab" href=address("") aria-current=all>"All"</a>
                {tabs}
                <a class="tabs__tab" href=within("/searches", &acting)>"Change them"</a>
            </nav>
        }
    });
    // One that was refused stays in sight, also where its question turned out to be saved.
    let form = ((!is_saved || came_back(&["save-search"])) && list.is_narrowed(&query)).then(|| {
        view! {
            <details class="disclosure" open=came_back(&["save-search"])>
                <summary class="button button--small">"Save this search"</summary>
                <div class="disclosure__body">
                    <PostForm name="save-search" acting=acting.clone()>
                        <input type="hidden" name="query" value=query/>
                        {move || along.get().carried.into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value/> }).collect_view()}
                        <TextField form="save-search" name="name" label="Name" hint="Only you see it, in this workspace." maxlength=60_u32/>
                        <TickField form="save-search" name="alerts" label=format!("Tell me once of every {} that comes to fit", list.noun(1))/>
                        <div class="form__actions"><Submit label="Save search" class="button"/></div>
                    </PostForm>
                </div>
            </details>
        }
    });
    view! {
        {tabs}
        {form}
    }
}

/// What a button asks for.
struct Wish {
    word: &'static str,
    /// In the field `watch`.
    wanted: &'static str,
    icon: &'static str,
    /// The form of a list that asks for it.
    form: &'static str,
}

/// What can be asked for of a row that is watched, or not.
const fn wish(watched: bool) -> Wish {
    if watched {
        Wish { word: "Stop watching", wanted: "no", icon: "eye-off", form: "stop-watching" }
    } else {
        Wish { word: "Watch", wanted: "yes", icon: "eye", form: "start-watching" }
    }
}

/// Watches, or stops, on a page that is about one, or in a list of few; the page is loaded anew.
#[component]
pub fn WatchButton(list: List, id: Uuid, name: String, watched: bool, acting: String) -> impl IntoView {
    let location = leptos_router::hooks::use_location();
    let Wish { word, wanted, icon, .. } = wish(watched);
    let label = format!("{word}: {name}");
    view! {
        <PostForm name="watch" acting class="cluster" one=("id", id.to_string())>
            <input type="hidden" name="list" value=list.label()/>
            <input type="hidden" name="watch" value=wanted/>
            <input type="hidden" name="back" value=move || here(&location)/>
            <Submit label=word class="button button--quiet button--small" about=label icon/>
        </PostForm>
    }
}

/// A list has many rows, which are written: their buttons belong to these two, and say which row it is. With scripts the page
/// stays as it is and the button says the other thing; without them it comes back at the button.
#[component]
fn WatchForms(list: List, acting: String, changed: Changed) -> impl IntoView {
    let form = |watched: bool| {
        let (Wish { wanted, form, .. }, acting) = (wish(watched), acting.clone());
        let location = leptos_router::hooks::use_location();
        let workspace = acting.clone();
        let heard: Heard = Arc::new(move |row: &str, what: Wished| {
            let Ok(id) = row.parse::<Uuid>() else { return };
            let _ = changed.try_update(|changed| {
                let change = changed.entry(workspace.clone()).or_default().entry(id).or_default();
                change.is_on_its_way = what == Wished::OnItsWay;
                if what == Wished::Granted {
                    change.watched = Some(!watched);
                }
            });
        });
        view! {
            <PostForm name="watch" id=form acting one=("watch", wanted.to_owned()) rows=heard>
                <input type="hidden" name="list" value=list.label()/>
                <input type="hidden" name="at" value="row"/>
                <input type="hidden" name="back" value=move || here(&location)/>
            </PostForm>
        }
    };
    view! { <div class="results-forms">{form(false)} {form(true)}</div> }
}

/// The button of a row, as [`WatchButton`] has it.
fn put_watch(to: &mut Markup, id: Uuid, name: &str, watched: bool, is_on_its_way: bool) {
    let Wish { word, icon, form, .. } = wish(watched);
    let id = id.to_string();
    to.put(
        r#"<button class="button button--quiet button--small" id="watch-{}" type="submit" form="{}" name="id" value="{}" aria-label="{}: {}""#,
        &[&id, form, &id, word, name],
    );
    to.put(if is_on_its_way { r#" aria-busy="true">"# } else { ">" }, &[]);
    put_icon(to, icon, true);
    to.put("{}</button>", &[word]);
}

/// Where the reader is.
fn here(location: &Location) -> String {
    format!("{}{}", location.pathname.get(), search_of(&location.search.get()))
}

/// The query of an address with its sign; the router keeps it without.
fn search_of(search: &str) -> String {
    let search = search.trim_start_matches('?');
    if search.is_empty() { String::new() } else { format!("?{search}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_button_of_a_row_says_that_it_is_on_its_way() {
        let button = |watched, is_on_its_way| {
            Markup::made(|to| put_watch(to, Uuid::nil(), "Ann <b> Bee", watched, is_on_its_way)).into_string()
        };
        assert!(
            button(false, false).contains("form=\"start-watching\"") && button(true, false).contains("form=\"stop-watching\"")
        );
        assert!(button(false, false).contains("aria-label=\"Watch: Ann &lt;b&gt; Bee\">"), "{}", button(false, false));
        for watched in [false, true] {
            let busy = button(watched, true);
            assert!(busy.contains("Ann &lt;b&gt; Bee\" aria-busy=\"true\">"), "{busy}");
            assert_eq!(busy.replace(" aria-busy=\"true\"", ""), button(watched, false), "nothing else changes");
        }
    }
}
