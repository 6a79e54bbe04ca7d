//! The public page of a community: what it says about itself, its events, and who has made them possible.

use crate::{
    features::{
        communities::{ui::profile::CommunityProfile, views::CommunityView},
        events::{ui::cards::EventCards, views::EventItem},
        profiles::{
            server_fns,
            views::{CommunityPageView, Supporter},
        },
        watching::{rules::List, ui::WatchButton},
    },
    ui::{
        found::{Described, LinkedData, breadcrumbs, graph},
        page::{Shape, acting, fetched, shown_as},
        parts::{Empty, Logo, Tier},
    },
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use serde_json::{Value, json};

/// `/communities/:slug`.
#[component]
pub fn CommunityPage() -> impl IntoView {
    let (params, workspace) = (use_params_map(), acting());
    let loaded = fetched(
        move || (params.read().get("slug").unwrap_or_default(), workspace.get()),
        |(slug, workspace)| server_fns::community(slug, workspace),
    );
    shown_as(Shape::Detail, loaded, |page| view! { <Page page/> })
}

#[component]
fn Page(page: CommunityPageView) -> impl IntoView {
    let CommunityPageView { community, ahead, past, supporters, watch } = page;
    let (id, name) = (community.id.0, community.name.clone());
    let watch = watch
        .map(|watch| view! { <WatchButton list=List::Communities id name watched=watch.watched acting=watch.acting/> })
        .into_any();
    let excerpt: String = community.bio.chars().take(160).collect();
    let said = community.clone();
    view! {
        <Title text=community.name.clone()/>
        <Described
            path=format!("/communities/{}", community.slug)
            title=community.name.clone()
            text=excerpt
            picture=format!("communities/{}", community.slug)
            kind="profile"
        />
        <LinkedData make=move |origin: &str| linked(&said, origin)/>
        <CommunityProfile community watch>
            <Ahead events=ahead/>
            <Supporters supporters/>
            <Past events=past/>
        </CommunityProfile>
    }
}

/// The community as schema.org's `Organization`.
fn linked(it: &CommunityView, origin: &str) -> Value {
    let path = format!("/communities/{}", it.slug);
    let mut known = json!({
        "@type": "Organization",
        "@id": format!("{origin}{path}#community"),
        "url": format!("{origin}{path}"),
        "name": it.name,
        "description": it.bio,
        "address": {"@type": "PostalAddress", "addressLocality": it.city, "addressCountry": it.country},
        "sameAs": std::iter::once(&it.website).chain(it.social_links.iter().map(|link| &link.url)).filter(|url| !url.is_empty()).collect::<Vec<_>>(),
    });
    if let Some(logo) = &it.logo_url {
        known["logo"] = json!(format!("{origin}{logo}"));
    }
    graph(vec![known, breadcrumbs(origin, &[("Events", "/events"), (it.name.as_str(), path.as_str())])])
}

#[component]
fn Ahead(events: Vec<EventItem>) -> impl IntoView {
    let body = if events.is_empty() {
        view! { <Empty title="No events are announced" text="When the community publishes one, it stands here." icon="calendar"/> }.into_any()
    } else {
        view! { <EventCards events/> }.into_any()
    };
    view! {
        <section class="section">
            <div class="section__head"><h2 class="section__title">"Upcoming events"</h2></div>
            {body}
        </section>
    }
}

#[component]
fn Past(events: Vec<EventItem>) -> impl IntoView {
    (!events.is_empty()).then(|| {
        let rows = events.into_iter().map(|event| {
            view! {
                <li class="list__row">
                    <div class="list__body">
                        <a class="list__link" href=format!("/events/{}", event.slug)>{event.title}</a>
                        <p class="list__sub">{event.event_type.map(|kind| kind.label())}</p>
                    </div>
                    <div class="list__end"><time datetime=event.start_at>{event.when_label}</time></div>
                </li>
            }
        });
        view! {
            <section class="section">
                <div class="section__head"><h2 class="section__title">"Past events"</h2></div>
                <ul class="list">{rows.collect_view()}</ul>
            </section>
        }
    })
}

#[component]
fn Supporters(supporters: Vec<Supporter>) -> impl IntoView {
    (!supporters.is_empty()).then(|| {
        let cards = supporters.into_iter().map(|it| {
            let name = match it.organization_slug {
                Some(slug) => view! { <a class="list__link" href=format!("/directory/{slug}")>{it.name.clone()}</a> }.into_any(),
                None => view! { <bdi>{it.name.clone()}</bdi> }.into_any(),
            };
            view! {
                <li class="list__row">
                    <Logo name=it.name url=it.logo_url size="small"/>
                    <div class="list__body">
                        {name}
                        <p class="list__sub">{it.events_label}</p>
                    </div>
                    <div class="list__end"><Tier label=it.category.label() hue=it.category.hue().label()/></div>
                </li>
            }
        });
        view! {
            <section class="section">
                <div class="section__head"><h2 class="section__title">"Sponsors and partners so far"</h2></div>
                <ul class="list">{cards.collect_view()}</ul>
            </section>
        }
    })
}
