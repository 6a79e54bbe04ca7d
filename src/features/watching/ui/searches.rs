//! `/searches`: what somebody saved, of every list; renamed, deleted, and whether it tells of what comes to fit.

use crate::{
    features::{
        organizations::views::within,
        watching::{
            server_fns,
            views::{SavedSearchView, SearchesView},
        },
    },
    ui::{
        form::{PostForm, Submit, TextField, came_back_as},
        page::{Shape, acting, fetched, shown_as},
        parts::{Empty, PageHead, Pill},
    },
};
use leptos::prelude::*;
use leptos_meta::Title;

#[component]
pub fn SearchesPage() -> impl IntoView {
    let workspace = acting();
    let loaded = fetched(move || workspace.get(), server_fns::searches);
    view! {
        <Title text="Saved searches"/>
        {shown_as(Shape::Rows, loaded, |found| view! { <Searches found/> })}
    }
}

#[component]
fn Searches(found: SearchesView) -> impl IntoView {
    let SearchesView { items, acting } = found;
    let body = if items.is_empty() {
        view! {
            <Empty title="Nothing is saved yet" text="Search the directory, the communities or the opportunities, narrow the list, then save it." icon="search">
                <a class="button button--primary" href=within("/directory", &acting)>"Open the directory"</a>
                <a class="button" href=within("/communities", &acting)>"Open the communities"</a>
                <a class="button" href=within("/opportunities", &acting)>"Open the opportunities"</a>
            </Empty>
        }
        .into_any()
    } else {
        let rows = items.into_iter().map(|search| view! { <One search acting=acting.clone()/> }).collect_view();
        view! { <div class="stack">{rows}</div> }.into_any()
    };
    view! {
        <div class="center stack">
            <PageHead title="Saved searches" sub="Only you see them, in this workspace. An alert tells you once of each that comes to fit.">
                <a class="button button--quiet" href="/notifications/settings">"How alerts are mailed"</a>
            </PageHead>
            {body}
        </div>
    }
}

#[component]
fn One(search: SavedSearchView, acting: String) -> impl IntoView {
    let SavedSearchView { id, list, name, query, described, alerts } = search;
    let id = id.to_string();
    let is_open = came_back_as("rename", "search", &id);
    let (title, labelled) = (format!("search-{id}"), format!("search-{id}"));
    let (shown, remove, rename) = (name.clone(), format!("Delete: {name}"), format!("Rename: {name}"));
    let href = within(&format!("{}?{query}", list.path()), &acting);
    let (state, tone) = if alerts { ("Alert on", "success") } else { ("No alert", "neutral") };
    let (word, wanted) = if alerts { ("Switch the alert off", "off") } else { ("Tell me of what comes to fit", "on") };
    let switch = format!("{word}: {name}");
    view! {
        <section class="panel" aria-labelledby=labelled>
            <header class="panel__head">
                <h2 class="panel__title" id=title><a href=href><bdi>{shown}</bdi></a></h2>
                <Pill text=state tone/>
            </header>
            <div class="panel__body stack">
                <p class="text-soft" dir="auto">{format!("{}: {described}", list.title())}</p>
                <div class="cluster">
                    <PostForm name="alerts" acting=acting.clone() class="cluster" one=("search", id.clone())>
                        <input type="hidden" name="alerts" value=wanted/>
                        <Submit label=word class="button button--small" about=switch/>
                    </PostForm>
                    <PostForm name="delete" acting=acting.clone() class="cluster" one=("search", id.clone())>
                        <button class="button button--quiet button--small" type="submit" aria-label=remove>"Delete"</button>
                    </PostForm>
                </div>
                <details class="disclosure" open=is_open>
                    <summary aria-label=rename.clone()>"Rename"</summary>
                    <div class="disclosure__body">
                        <PostForm name="rename" acting one=("search", id)>
                            <TextField form="rename" name="name" label="Name" value=name maxlength=60_u32/>
                            <div class="form__actions"><Submit label="Rename" class="button" about=rename/></div>
                        </PostForm>
                    </div>
                </details>
            </div>
        </section>
    }
}
