//! The public page of an organization: what it says about itself, and what it supports.

use crate::{
    features::{
        organizations::{ui::OrganizationProfile, views::within},
        partners::ui::support::SupportedEvents,
        profiles::{server_fns, views::OrganizationPageView},
        watching::{rules::List, ui::WatchButton},
    },
    ui::{
        browser,
        page::{Shape, Show, acting, fetched, shown_as},
    },
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

/// `/directory/:slug`.
#[component]
pub fn OrganizationPage(
    /// The way to asking to join, which knows who looks; by slug.
    join: fn() -> Show<String>,
) -> impl IntoView {
    let (params, acting, join) = (use_params_map(), acting(), join());
    let loaded = fetched(
        move || (params.read().get("slug").unwrap_or_default(), acting.get()),
        |(slug, workspace)| server_fns::organization(slug, workspace),
    );
    shown_as(Shape::Detail, loaded, move |OrganizationPageView { organization, supported, watch }| {
        if organization.slug != params.with_untracked(|params| params.get("slug").unwrap_or_default()) {
            // A former address: the page has moved for good.
            let acting = acting.get_untracked().unwrap_or_default();
            browser::moved(&within(&format!("/directory/{}", organization.slug), &acting));
        }
        let (id, name) = (organization.id.0, organization.display_name.clone());
        let watch = watch
            .map(|watch| view! { <WatchButton list=List::Organizations id name watched=watch.watched acting=watch.acting/> });
        let support = view! { <SupportedEvents events=supported/> };
        view! { <OrganizationProfile organization support=support.into_any() join=join.clone() watch=watch.into_any()/> }
    })
}
