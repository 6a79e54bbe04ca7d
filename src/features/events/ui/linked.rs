//! What an event's page says to machines: schema.org's `Event`. Only what is known is said.

use crate::{
    features::events::{rules::EventStatus, views::EventView},
    kernel::labels::EventFormat,
    ui::found::{breadcrumbs, graph},
};
use serde_json::{Map, Value, json};

/// The event with who makes it possible: names and websites.
pub fn event(event: &EventView, origin: &str, sponsors: &[(String, String)]) -> Value {
    let path = format!("/events/{}", event.slug);
    let here = format!("{origin}{path}");
    let mut it = Map::new();
    let mut say = |name: &str, value: Value| {
        let is_empty = match &value {
            Value::Null => true,
            Value::String(text) => text.is_empty(),
            Value::Array(all) => all.is_empty(),
            _ => false,
        };
        if !is_empty {
            it.insert(name.to_owned(), value);
        }
    };
    say("@type", json!("Event"));
    say("@id", json!(format!("{here}#event")));
    say("url", json!(here));
    say("name", json!(event.title));
    say("description", json!(event.subtitle));
    say("image", json!(format!("{origin}/og/events/{}.png", event.slug)));
    say("startDate", json!(event.start_at));
    say("endDate", json!(event.end_at));
    say("eventStatus", json!("https://schema.org/EventScheduled"));
    let mode = event.format.map(|format| match format {
        EventFormat::InPerson => "https://schema.org/OfflineEventAttendanceMode",
        EventFormat::Online => "https://schema.org/OnlineEventAttendanceMode",
        EventFormat::Hybrid => "https://schema.org/MixedEventAttendanceMode",
    });
    say("eventAttendanceMode", json!(mode));
    say("location", Value::Array(locations(event, &here)));
    say("maximumAttendeeCapacity", json!(event.capacity.max_attendees));
    let community = format!("{origin}/communities/{}", event.community_slug);
    say("organizer", json!({"@type": "Organization", "name": event.community_name, "url": community}));
    let sponsors = sponsors.iter().map(|(name, website)| match website.as_str() {
        "" => json!({"@type": "Organization", "name": name}),
        website => json!({"@type": "Organization", "name": name, "url": website}),
    });
    say("sponsor", sponsors.collect());
    if !event.registration_link.is_empty() && matches!(event.status, EventStatus::Upcoming | EventStatus::Live) {
        say("offers", json!({"@type": "Offer", "url": event.registration_link, "validFrom": event.published_at}));
    }
    graph(vec![Value::Object(it), breadcrumbs(origin, &[("Events", "/events"), (event.title.as_str(), path.as_str())])])
}

/// Where it is; nothing where nobody has said.
fn locations(event: &EventView, here: &str) -> Vec<Value> {
    let mut all = Vec::new();
    if !event.venue_name.is_empty() && event.format != Some(EventFormat::Online) {
        all.push(match event.venue_address.as_str() {
            "" => json!({"@type": "Place", "name": event.venue_name}),
            address => json!({"@type": "Place", "name": event.venue_name, "address": address}),
        });
    }
    if matches!(event.format, Some(EventFormat::Online | EventFormat::Hybrid)) {
        let url = if event.registration_link.is_empty() { here } else { &event.registration_link };
        all.push(json!({"@type": "VirtualLocation", "url": url}));
    }
    all
}
