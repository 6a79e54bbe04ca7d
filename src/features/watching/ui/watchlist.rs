//! `/watchlist`: the organizations and communities that somebody watches, what changed last first.

use super::beside::WatchButton;
use crate::{
    features::{
        organizations::views::within,
        watching::{
            server_fns,
            views::{WatchedView, WatchlistView},
        },
    },
    ui::{
        page::{Shape, acting, fetched, shown_as},
        parts::{Empty, Logo, PageHead},
    },
};
use leptos::prelude::*;
use leptos_meta::Title;

#[component]
pub fn WatchlistPage() -> impl IntoView {
    let workspace = acting();
    let loaded = fetched(move || workspace.get(), server_fns::watchlist);
    view! {
        <Title text="Watchlist"/>
        {shown_as(Shape::Rows, loaded, |found| view! { <Watched found/> })}
    }
}

#[component]
fn Watched(found: WatchlistView) -> impl IntoView {
    let WatchlistView { items, acting } = found;
    let searches = within("/searches", &acting);
    let body = if items.is_empty() {
        view! {
            <Empty title="You watch nobody yet" text="Choose Watch in the directory, in the list of communities, or on a profile." icon="eye">
                <a class="button button--primary" href=within("/directory", &acting)>"Open the directory"</a>
                <a class="button" href=within("/communities", &acting)>"Open the communities"</a>
            </Empty>
        }
        .into_any()
    } else {
        let rows = items.into_iter().map(|row| view! { <Row row acting=acting.clone()/> }).collect_view();
        view! { <ul class="list">{rows}</ul> }.into_any()
    };
    view! {
        <div class="center stack">
            <PageHead title="Watchlist" sub="Whom you keep an eye on, in this workspace; who changed last comes first. We tell you when a community that you watch publishes a public event or opens an opportunity; of organizations nothing is mailed.">
                <a class="button button--quiet" href=searches>"Saved searches"</a>
            </PageHead>
            {body}
        </div>
    }
}

#[component]
fn Row(row: WatchedView, acting: String) -> impl IntoView {
    let WatchedView { list, id, slug, name, logo_url, about, changed_at, changed_label } = row;
    let href = within(&format!("{}/{slug}", list.path()), &acting);
    view! {
        <li class="list__row">
            <Logo name=name.clone() url=logo_url size="small"/>
            <div class="list__body">
                <a class="list__link" href=href><bdi>{name.clone()}</bdi></a>
                <p class="list__sub">{about}" · changed "<time datetime=changed_at>{changed_label}</time></p>
            </div>
            <div class="list__end"><WatchButton list id name watched=true acting/></div>
        </li>
    }
}
