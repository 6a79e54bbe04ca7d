//! What everybody sees of an event: what happens, when and where. The page around it (with who makes it possible) is the
//! partners room's.

use crate::{
    features::events::{
        rules::EventStatus,
        views::{EventPage, EventView},
    },
    ui::{
        found::Described,
        parts::{Icon, Logo, Notice, Pill, SafeHtmlView},
    },
};
use leptos::prelude::*;
use leptos_meta::Title;

/// `wall`, in the middle, shows the sponsors and partners.
#[component]
pub fn EventProfile(page: EventPage, wall: AnyView) -> impl IntoView {
    let event = page.event.clone();
    let preview = page.is_preview.then(|| {
        let text = if event.hidden_reason.is_some() {
            "Our staff took it off the marketplace. They say why where you manage the event."
        } else if event.status == EventStatus::Draft {
            "It is a draft. Publish it, and everybody can."
        } else {
            "It is not public. Change that where you edit the event."
        };
        view! { <div class="center"><Notice tone="info" title="Only your community sees this page"><p>{text}</p></Notice></div> }
    });
    let description = (!page.description.is_empty()).then(|| {
        view! {
            <section class="section">
                <div class="section__head"><h2 class="section__title">"About the event"</h2></div>
                <SafeHtmlView html=page.description.clone()/>
            </section>
        }
    });
    view! {
        <Title text=event.title.clone()/>
        <Described
            path=format!("/events/{}", event.slug)
            title=event.title.clone()
            text=summary(&event, page.excerpt)
            picture=format!("events/{}", event.slug)
        />
        <article class="stack stack--sections">
            {preview}
            <Head event=event.clone()/>
            {wall}
            <div class="center">
                <div class="sidebar">
                    <div class="stack stack--sections">{description}</div>
                    <aside class="stack"><Facts event/></aside>
                </div>
            </div>
        </article>
    }
}

/// The event in a sentence: when it is and whose, and its own first words.
fn summary(event: &EventView, excerpt: String) -> String {
    let words = if event.subtitle.is_empty() { excerpt } else { event.subtitle.clone() };
    format!("{}, by {}. {words}", event.when_label, event.community_name).trim_end().to_owned()
}

#[component]
fn Head(event: EventView) -> impl IntoView {
    let place = match (event.venue_name.is_empty(), event.format) {
        (false, _) => Some(event.venue_name.clone()),
        (true, format) => format.map(|format| format.label().to_owned()),
    };
    let over = event.event_type.map(|kind| kind.label().to_owned()).unwrap_or_else(|| "Event".to_owned());
    let (state, tone) = match event.status {
        EventStatus::Live => ("Live now", "success"),
        EventStatus::Completed | EventStatus::Archived => ("This event is over", "neutral"),
        EventStatus::Draft | EventStatus::Upcoming => ("", ""),
    };
    let register = (!event.registration_link.is_empty() && event.status.is_ahead()).then(|| {
        view! {
            <a class="button button--primary button--large" href=event.registration_link.clone() rel="noopener nofollow ugc">
                "Register"<Icon name="external-link" small=true/>
            </a>
        }
    });
    view! {
        <header class="event-head">
            <div class="center">
                <p class="event-head__over">{over}</p>
                <h1 class="event-head__title">{event.title.clone()}</h1>
                {(!event.subtitle.is_empty()).then(|| view! { <p class="event-head__sub">{event.subtitle.clone()}</p> })}
                <ul class="meta meta--large">
                    <li class="meta__item"><Icon name="calendar"/><time datetime=event.start_at.clone()>{event.when_label.clone()}</time></li>
                    {place.map(|place| view! { <li class="meta__item"><Icon name="map-pin"/>{place}</li> })}
                    <li class="meta__item">
                        <Icon name="users"/>
                        <a href=format!("/communities/{}", event.community_slug)>{event.community_name.clone()}</a>
                    </li>
                    <li class="meta__item"><a href=format!("/report?kind=event&id={}", event.id) rel="nofollow">"Report"</a></li>
                </ul>
                <div class="cluster">
                    {register}
                    {(!state.is_empty()).then(|| view! { <Pill text=state tone/> })}
                </div>
            </div>
        </header>
    }
}

#[component]
fn Facts(event: EventView) -> impl IntoView {
    let row = |term: &'static str, value: String| {
        (!value.is_empty()).then(|| view! { <div class="definition__row"><dt>{term}</dt><dd>{value}</dd></div> })
    };
    view! {
        <section class="panel">
            <header class="panel__head"><h2 class="panel__title">"At a glance"</h2></header>
            <div class="panel__body">
                <dl class="definition">
                    {row("When", event.when_label.clone())}
                    {row("Venue", event.venue_name.clone())}
                    {row("Address", event.venue_address.clone())}
                    {row("Format", event.format.map(|format| format.label().to_owned()).unwrap_or_default())}
                    {row("Region", event.region.map(|region| region.label().to_owned()).unwrap_or_default())}
                    {row("About", event.category.map(|category| category.label().to_owned()).unwrap_or_default())}
                    {row("People", event.capacity.max_attendees.map(|most| format!("up to {most}")).unwrap_or_default())}
                </dl>
                {(!event.technologies.is_empty()).then(|| view! {
                    <ul class="tags">{event.technologies.into_iter().map(|name| view! { <li class="tag">{name}</li> }).collect_view()}</ul>
                })}
            </div>
        </section>
        <section class="panel">
            <header class="panel__head"><h2 class="panel__title">"Made by"</h2></header>
            <div class="panel__body">
                <ul class="list">
                    <li class="list__row">
                        <Logo name=event.community_name.clone() url=event.community_logo_url size="small"/>
                        <div class="list__body">
                            <a class="list__link" href=format!("/communities/{}", event.community_slug)>{event.community_name}</a>
                            <p class="list__sub"><bdi>{event.community_place}</bdi></p>
                        </div>
                    </li>
                </ul>
            </div>
        </section>
    }
}
