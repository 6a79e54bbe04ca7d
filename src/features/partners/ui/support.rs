//! What an organization supports, and has supported: two lists on its page.

use crate::{features::partners::views::SupportedEvent, ui::parts::Tier};
use leptos::prelude::*;

/// How many events of the past are shown before the fold.
const SHOWN: usize = 10;

/// The events of an organization. Nothing where there are none.
#[component]
pub fn SupportedEvents(events: Vec<SupportedEvent>) -> impl IntoView {
    let (past, now): (Vec<_>, Vec<_>) = events.into_iter().partition(|event| event.is_over);
    view! {
        <EventList title="Supports now" events=now/>
        <EventList title="Has supported" events=past/>
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
    let when = (!event.when_label.is_empty()).then(|| format!(", {}", event.when_label));
    view! {
        <li class="list__row">
            <div class="list__body">
                <a class="list__link" href=format!("/events/{}", event.event_slug)>{event.event_title}</a>
                <p class="list__sub"><bdi>{event.community_name}</bdi>{when}</p>
            </div>
            <div class="list__end"><Tier label=event.display_category.label() hue=event.hue.to_string()/></div>
        </li>
    }
}
