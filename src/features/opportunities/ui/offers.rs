//! What can be supported, on the page of an event and of a community: whoever stands there finds a way to offer.

use crate::{
    features::opportunities::{server_fns, ui::browse::OpportunityTable},
    ui::page::{acting, fetched},
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

/// At the event of this page.
#[component]
pub fn EventOffers() -> impl IntoView {
    view! { <Offers of_event=true/> }
}

/// Of the community of this page.
#[component]
pub fn CommunityOffers() -> impl IntoView {
    view! { <Offers of_event=false/> }
}

/// Nothing where nothing is open, or when it could not be loaded: the page above is worth reading without it.
#[component]
fn Offers(of_event: bool) -> impl IntoView {
    let (params, workspace) = (use_params_map(), acting());
    let loaded = fetched(
        move || (params.read().get("slug").unwrap_or_default(), workspace.get()),
        move |(slug, workspace)| {
            let (event, community) = if of_event { (slug, String::new()) } else { (String::new(), slug) };
            server_fns::offers(event, community, workspace)
        },
    );
    let title = if of_event { "Support this event" } else { "What they look for now" };
    view! {
        <Suspense strict=true>
            {move || Suspend::new(async move {
                loaded.await.ok().filter(|screen| !screen.rows.is_empty()).map(|screen| view! {
                    <div class="center">
                        <section class="section" aria-labelledby="offers">
                            <div class="section__head"><h2 class="section__title" id="offers">{title}</h2></div>
                            <OpportunityTable rows=screen.rows acting=screen.acting/>
                        </section>
                    </div>
                })
            })}
        </Suspense>
    }
}
