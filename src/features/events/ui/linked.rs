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
    let (starts, ends) = when(event);
    say("startDate", json!(starts));
    say("endDate", json!(ends));
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

/// When it begins and ends: two moments, or two days where only those are known. The first minute of a day is in UTC, east of
/// Greenwich, one of the day before.
fn when(event: &EventView) -> (Option<&str>, Option<&str>) {
    if event.all_day {
        (day(event.start_wall.as_deref()), day(event.end_wall.as_deref()))
    } else {
        (event.start_at.as_deref(), event.end_at.as_deref())
    }
}

/// The day of a time on the event's own clock.
fn day(wall: Option<&str>) -> Option<&str> {
    wall.and_then(|wall| wall.split('T').next())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_days_are_told_as_days_and_times_as_moments() {
        let id = "018cc252-de60-70b3-8fd6-5bb847e99303";
        let told = |all_day: bool, start: [&str; 2], end: [&str; 2]| {
            let view: EventView = serde_json::from_value(json!({
                "id": id, "communityId": id, "communitySlug": "apex-circle", "communityName": "Apex Circle",
                "communityPlace": "Pune, India", "slug": "hackfest", "title": "HackFest", "subtitle": "", "descriptionMarkdown": "",
                "registrationLink": "", "technologies": [], "startWall": start[0], "startAt": start[1], "endWall": end[0],
                "endAt": end[1], "allDay": all_day, "timezone": "Europe/Berlin", "venueName": "", "venueAddress": "",
                "capacity": {}, "settings": {"publicVisible": true}, "publicUrl": "", "status": "Upcoming", "version": 1,
                "updatedAt": "2026-01-01T00:00:00Z", "whenLabel": "", "tone": "info", "missing": {},
                "can": {"edit": false, "publish": false, "complete": false, "archive": false, "duplicate": false, "delete": false},
            }))
            .expect("an event as pages have it");
            let said = event(&view, "https://commdesk.example", &[]);
            let said = said["@graph"][0].clone();
            (said["startDate"].clone(), said["endDate"].clone())
        };
        // Midnight in Berlin is the evening before in UTC.
        let (first, last) = (["2026-06-08T00:00", "2026-06-07T22:00:00Z"], ["2026-06-10T23:59", "2026-06-10T21:59:00Z"]);
        assert_eq!(told(true, first, last), (json!("2026-06-08"), json!("2026-06-10")));
        assert_eq!(told(false, first, last), (json!("2026-06-07T22:00:00Z"), json!("2026-06-10T21:59:00Z")));
    }
}
