//! Events as cards, on every page that lists them.

use crate::{
    features::events::{rules::EventStatus, views::EventItem},
    ui::parts::{Icon, Pill},
};
use leptos::prelude::*;

/// Cards in a grid that wraps itself.
#[component]
pub fn EventCards(events: Vec<EventItem>) -> impl IntoView {
    view! { <div class="grid">{events.into_iter().map(|event| view! { <EventCard event/> }).collect_view()}</div> }
}

/// One card; it leads to the event's public page.
#[component]
pub fn EventCard(event: EventItem) -> impl IntoView {
    let venue =
        if event.venue_name.is_empty() { event.format.map(|format| format.label().to_owned()) } else { Some(event.venue_name) };
    view! {
        <article class="event-card">
            <p class="event-card__date" aria-hidden="true">
                <span class="event-card__month">{event.month_label}</span>
                <span class="event-card__day num">{event.day_label}</span>
            </p>
            <div class="event-card__body">
                <h3 class="event-card__title"><a class="card__link" href=format!("/events/{}", event.slug)>{event.title}</a></h3>
                <p class="event-card__by"><bdi>{event.community_name}</bdi> ", " <bdi>{event.community_place}</bdi></p>
                <ul class="meta">
                    <li class="meta__item"><Icon name="calendar" small=true/><time datetime=event.start_at>{event.when_label}</time></li>
                    {venue.map(|venue| view! { <li class="meta__item"><Icon name="map-pin" small=true/>{venue}</li> })}
                    {event.capacity.max_attendees.map(|most| view! {
                        <li class="meta__item"><Icon name="users" small=true/><span class="num">{format!("{most} people")}</span></li>
                    })}
                </ul>
            </div>
            <div class="event-card__foot">
                {event.event_type.map(|kind| view! { <Pill text=kind.label() tone="neutral"/> })}
                {(event.status == EventStatus::Live).then(|| view! { <Pill text="Live now" tone="success"/> })}
            </div>
        </article>
    }
}
