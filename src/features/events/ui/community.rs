//! The public page of a community with its events: this room's, because it lists them.

use super::cards::EventCards;
use crate::{
    features::{
        communities::{self, ui::profile::CommunityProfile, views::CommunityView},
        events::{server_fns, views::FoundEvents},
    },
    ui::{
        page::{Loaded, acting, shown},
        parts::Empty,
    },
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

/// `/communities/:slug`.
#[component]
pub fn CommunityPage() -> impl IntoView {
    let (params, workspace) = (use_params_map(), acting());
    let slug = Memo::new(move |_| params.read().get("slug").unwrap_or_default());
    let community: Loaded<CommunityView> = Resource::new_blocking(
        move || (slug.get(), workspace.get()),
        |(slug, workspace)| communities::server_fns::page(slug, workspace),
    );
    let events: Loaded<FoundEvents> = Resource::new_blocking(move || slug.get(), server_fns::of_community);
    shown(community, move |community| {
        view! {
            <Title text=community.name.clone()/>
            <CommunityProfile community>{shown(events, |found| view! { <Events found/> })}</CommunityProfile>
        }
    })
}

#[component]
fn Events(found: FoundEvents) -> impl IntoView {
    let body = if found.items.is_empty() {
        view! { <Empty title="No events are announced" text="When the community publishes one, it stands here." icon="calendar"/> }
            .into_any()
    } else {
        view! { <EventCards events=found.items/> }.into_any()
    };
    view! {
        <section class="section">
            <div class="section__head"><h2 class="section__title">"Events"</h2></div>
            {body}
        </section>
    }
}
