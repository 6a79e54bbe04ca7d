//! The lists that somebody named: tabs above the list, and the form that names, renames and deletes them. Works without
//! scripts: every button posts to the list's own page.

use crate::{
    features::opportunities::views::{SavedView, acting_at},
    ui::form::{PostForm, Submit, TextField, TickField, came_back},
};
use leptos::prelude::*;

/// The views as tabs; the one whose query is shown is lit.
#[component]
pub fn SavedViewTabs(views: Vec<SavedView>, query: String, acting: String) -> impl IntoView {
    if views.is_empty() {
        return ().into_any();
    }
    let here = query.clone();
    let all = (query.is_empty() || !views.iter().any(|view| view.query == query)).then_some("page");
    let tabs = views
        .into_iter()
        .map(|view| {
            let current = (view.query == here).then_some("page");
            let href = acting_at(&format!("/opportunities?{}", view.query), &acting);
            view! { <a class="tabs__tab" href=href aria-current=current><bdi>{view.name}</bdi></a> }
        })
        .collect_view();
    view! {
        <nav class="tabs" aria-label="Saved views">
            <a class="tabs__tab" href=acting_at("/opportunities", &acting) aria-current=all>"All"</a>
            {tabs}
        </nav>
    }
    .into_any()
}

/// Names the list that is shown; or renames and deletes the view that it is.
#[component]
pub fn SaveView(views: Vec<SavedView>, query: String, acting: String) -> impl IntoView {
    // A name that was refused stays in sight, also where its question turned out to be saved.
    match views.into_iter().find(|view| view.query == query && !came_back(&["save-view"])) {
        Some(view) => {
            let id = view.id.to_string();
            let (rename_id, query) = (id.clone(), view.query.clone());
            let searches = acting_at("/searches", &acting);
            let (rename_acting, delete_acting) = (acting.clone(), acting);
            view! {
                <details class="disclosure" open=came_back(&["rename-view", "delete-view"])>
                    <summary class="button button--small">"Edit this view"</summary>
                    <div class="disclosure__body stack">
                        <p class="form__note">"Whether it tells you of what comes to fit stands under your "<a href=searches>"saved searches"</a>"."</p>
                        <PostForm name="rename-view" acting=rename_acting>
                            <input type="hidden" name="view" value=rename_id/>
                            <TextField form="rename-view" name="name" label="Name" value=view.name maxlength=60_u32/>
                            <div class="form__actions"><Submit label="Rename" class="button"/></div>
                        </PostForm>
                        <PostForm name="delete-view" acting=delete_acting>
                            <input type="hidden" name="view" value=id/>
                            <input type="hidden" name="query" value=query/>
                            <p class="form__note">"Only the name is forgotten; the list stays."</p>
                            <div class="form__actions"><Submit label="Delete view" class="button button--danger"/></div>
                        </PostForm>
                    </div>
                </details>
            }
            .into_any()
        }
        None => view! {
            <details class="disclosure" open=came_back(&["save-view"])>
                <summary class="button button--small">"Save this view"</summary>
                <div class="disclosure__body">
                    <PostForm name="save-view" acting>
                        <input type="hidden" name="query" value=query/>
                        <TextField
                            form="save-view"
                            name="name"
                            label="Name"
                            hint="Filters and order come back with one click. Only you see it, in this workspace."
                            maxlength=60_u32
                        />
                        <TickField form="save-view" name="alerts" label="Tell me once of every opportunity that comes to fit"/>
                        <div class="form__actions"><Submit label="Save view" class="button"/></div>
                    </PostForm>
                </div>
            </details>
        }
        .into_any(),
    }
}
