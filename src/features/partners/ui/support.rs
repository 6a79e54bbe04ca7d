//! What an organization supports, and has supported: two lists on its page.

use crate::{
    features::partners::{server_fns, views::SupportedEvent},
    ui::{
        page::{Loaded, Show, acting, fetched},
        parts::Tier,
    },
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use std::sync::Arc;

/// How many events of the past are shown before the fold.
const SHOWN: usize = 10;

/// The slot of an organization's page: loads what it supports by the page's address, then shows it there.
pub fn supported_events() -> Show<()> {
    let (params, workspace) = (use_params_map(), acting());
    let loaded = fetched(
        move || (params.read().get("slug").unwrap_or_default(), workspace.get()),
        |(organization, workspace)| server_fns::support(organization, workspace),
    );
    Arc::new(move |()| view! { <SupportedEvents loaded/> }.into_any())
}

/// The events of an organization. Nothing where there are none, or when they could not be loaded: the page around them is worth
/// reading without them.
#[component]
fn SupportedEvents(loaded: Loaded<Vec<SupportedEvent>>) -> impl IntoView {
    view! {
        <Suspense>
            {move || Suspend::new(async move {
                loaded.await.ok().filter(|events| !events.is_empty()).map(|events| {
                    let (past, now): (Vec<_>, Vec<_>) = events.into_iter().partition(|event| event.is_over);
                    view! {
                        <EventList title="Supports now" events=now/>
                        <EventList title="Has supported" events=past/>
                    }
                })
            })}
        </Suspense>
    }
}

#[component]
fn EventList(title: &'static str, events: Vec<SupportedEvent>) -> impl IntoView {
    let mut shown = events;
    let more = shown.split_off(shown.len().min(SHOWN));
    let count = more.len();
    (!shown.is_empty()).then(|| {
        view! {
            <section class="section">
                <div class="section__head"><h2 class="section__title">{title}</h2></div>
                <ul class="list">{shown.into_iter().map(|event| view! { <Row event/> }).collect_view()}</ul>
                {(count > 0).then(|| view! {
                    <details class="disclosure">
                        <summary class="button button--small">{format!("{count} more")}</summary>
                        <div class="disclosure__body"><ul class="list">{more.into_iter().map(|event| view! { <Row event/> }).collect_view()}</ul></div>
                    </details>
                })}
            </section>
        }
    })
}

#[component]
fn Row(event: SupportedEvent) -> impl IntoView {
    let by = if event.when_label.is_empty() {
        event.community_name
    } else {
        format!("{}, {}", event.community_name, event.when_label)
    };
    view! {
        <li class="list__row">
            <div class="list__body">
                <a class="list__link" href=format!("/events/{}", event.event_slug)>{event.event_title}</a>
                <p class="list__sub">{by}</p>
            </div>
            <div class="list__end"><Tier label=event.display_category.label() hue=event.hue.to_string()/></div>
        </li>
    }
}
