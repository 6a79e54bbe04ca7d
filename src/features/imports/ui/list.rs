//! `/imports`: what was brought so far, and a file that is brought.

use crate::{
    features::{
        imports::{
            rules::{State, Target},
            server_fns,
            views::{ImportItem, ImportsScreen},
        },
        organizations::views::within,
    },
    ui::{
        form::{FileField, PostForm, RadioField, Submit, TextField},
        page::{acting, fetched, shown},
        parts::{Empty, Notice, PageHead, Pill},
    },
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

#[component]
pub fn ImportsPage() -> impl IntoView {
    let (query, acting) = (use_query_map(), acting());
    let page = Memo::new(move |_| query.read().get("page").and_then(|page| page.parse().ok()).unwrap_or(1_u32));
    let loaded = fetched(move || (page.get(), acting.get()), |(page, workspace)| server_fns::list(page, workspace));
    view! {
        <Title text="Imports"/>
        {shown(loaded, |screen| view! { <Imports screen/> })}
    }
}

#[component]
fn Imports(screen: ImportsScreen) -> impl IntoView {
    let ImportsScreen { acting, is_staff, targets, why_not, items, page, has_more, .. } = screen;
    let key = acting.clone();
    let at = |page: u32| within(&format!("/imports?page={page}"), &acting);
    let before = (page > 1).then(|| at(page - 1));
    let after = has_more.then(|| at(page + 1));
    let pager = (before.is_some() || after.is_some()).then(|| {
        view! {
            <nav class="pagination" aria-label="Pages of imports">
                <p class="pagination__count">{format!("Page {page}")}</p>
                {before.map(|href| view! { <a class="button button--small" href=href>"Newer"</a> })}
                {after.map(|href| view! { <a class="button button--small" href=href>"Older"</a> })}
            </nav>
        }
    });
    let rows = items.into_iter().map(move |item| view! { <Item item acting=key.clone()/> }).collect_view();
    let list = if rows.is_empty() && page > 1 {
        view! { <Empty title="No imports this far back" text="Go back to the newer ones." icon="upload"/> }.into_any()
    } else if rows.is_empty() {
        view! {
            <Empty title="Nothing was imported yet" text="What you bring stands here with its report, and can be taken back from here." icon="upload"/>
        }
        .into_any()
    } else {
        view! {
            <div class="table-wrap">
                <table class="table table--rows">
                    <caption class="visually-hidden">"Imports, the newest first"</caption>
                    <thead>
                        <tr>
                            <th scope="col">"File"</th>
                            <th scope="col">"Holds"</th>
                            <th scope="col" class="table__number">"Rows"</th>
                            <th scope="col" class="table__number">"New"</th>
                            <th scope="col">"State"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        }
        .into_any()
    };
    let bring = if targets.is_empty() {
        view! { <Notice tone="info" title="You cannot bring a file now"><p>{why_not}</p></Notice> }.into_any()
    } else {
        view! { <Bring acting=acting.clone() is_staff targets/> }.into_any()
    };
    view! {
        <div class="stack">
            <PageHead title="Imports" sub="Look at every row before anything happens. Afterwards there is a report, and a way back."/>
            <div class="sidebar">
                <div class="stack">{list}{pager}</div>
                <aside class="stack">{bring}</aside>
            </div>
        </div>
    }
}

#[component]
fn Item(item: ImportItem, acting: String) -> impl IntoView {
    let href = within(&format!("/imports/{}", item.id), &acting);
    let (text, tone) = state_words(item.state);
    view! {
        <tr>
            <td class="table__main">
                <a class="table__link" href=href>{item.file_name}</a>
                <span class="table__sub">{item.age_label}</span>
            </td>
            <td data-label="Holds">{item.target.words()}</td>
            <td class="table__number num" data-label="Rows">{item.rows}</td>
            <td class="table__number num" data-label="New">{item.made}</td>
            <td data-label="State"><Pill text tone/></td>
        </tr>
    }
}

pub(super) const fn state_words(state: State) -> (&'static str, &'static str) {
    match state {
        State::Mapping => ("Columns to name", "warning"),
        State::Ready => ("Waits for you", "warning"),
        State::Applying => ("Being imported", "info"),
        State::Applied => ("Imported", "success"),
        State::Undone => ("Taken back", "neutral"),
    }
}

#[component]
fn Bring(acting: String, is_staff: bool, targets: Vec<Target>) -> impl IntoView {
    const FORM: &str = "bring";
    let first = targets.first().map(|target| target.label()).unwrap_or_default();
    let options = targets
        .into_iter()
        .map(|target| {
            let (label, hint) = match target {
                Target::Organizations => {
                    ("Organizations", "Name and website of each; they join the directory as Community Added.")
                }
                Target::Sponsors => ("Past sponsors", "Whom you have worked with; with event and category, if you like."),
                Target::Events => ("Events", "They become drafts; nothing is published."),
            };
            (target.label().to_owned(), label.to_owned(), hint.to_owned())
        })
        .collect::<Vec<_>>();
    view! {
        <section class="panel" aria-labelledby="bring-title">
            <header class="panel__head"><h2 class="panel__title" id="bring-title">"Bring a file"</h2></header>
            <div class="panel__body">
                <PostForm name=FORM acting files=true>
                    <RadioField form=FORM name="target" label="What it holds" value=first options/>
                    <FileField
                        form=FORM
                        name="file"
                        label="File"
                        hint="CSV (UTF-8), XLSX, or JSON; up to 5,000 rows and 3 MB."
                        accept=".csv,.xlsx,.json,.tsv,.txt"
                    />
                    {is_staff.then(|| view! {
                        <TextField form=FORM name="community" label="For events: into which community" hint="Its short name, as in /communities/apex-circle." optional=true maxlength=60u32/>
                    })}
                    <div class="form__actions"><Submit label="Look at the file"/></div>
                </PostForm>
            </div>
            <footer class="panel__foot"><p class="text-soft text-small">"Nothing changes before you have seen what would become of each row."</p></footer>
        </section>
    }
}
