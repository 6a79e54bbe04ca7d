//! The public page of an event: what happens, and who makes it possible.

use crate::{
    features::{
        events::ui::public::EventProfile,
        partners::ui::wall::EventWall,
        profiles::{server_fns, views::EventPageView},
    },
    ui::page::{Shape, acting, fetched, shown_as},
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

/// `/events/:slug`.
#[component]
pub fn EventPublicPage() -> impl IntoView {
    let (params, workspace) = (use_params_map(), acting());
    let loaded = fetched(
        move || (params.read().get("slug").unwrap_or_default(), workspace.get()),
        |(slug, workspace)| server_fns::event(slug, workspace),
    );
    shown_as(Shape::Detail, loaded, |EventPageView { page, wall }| {
        let wall = view! { <EventWall event=page.event.clone() wall/> }.into_any();
        view! { <EventProfile page wall/> }
    })
}
