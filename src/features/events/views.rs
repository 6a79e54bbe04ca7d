//! What of an event crosses a wire, under the names of the event system; dates are ready to show.

use super::rules::{EventStatus, field_word};
use crate::kernel::{
    canonical,
    fields::FieldErrors,
    ids::{CommunityId, EventId},
    labels::{EventCategory, EventFormat, EventType, Region},
    safe_html::SafeHtml,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// What other rooms need of an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EventBrief {
    pub id: EventId,
    pub community_id: CommunityId,
    pub slug: String,
    pub title: String,
    pub status: EventStatus,
    pub event_type: Option<EventType>,
    pub category: Option<EventCategory>,
    pub format: Option<EventFormat>,
    pub region: Option<Region>,
    pub technologies: Vec<String>,
    pub start_at: Option<DateTime<Utc>>,
    pub end_at: Option<DateTime<Utc>>,
    pub timezone: String,
    pub max_attendees: Option<i32>,
    pub venue_name: String,
    /// Of the community.
    pub city: String,
    pub public_visible: bool,
    /// Taken off the marketplace by staff.
    pub is_hidden: bool,
    /// "Fri 20 Nov, 18:30 to Sun 22 Nov, 12:00 IST"; "Dates to come" without dates.
    pub when_label: String,
}

impl EventBrief {
    /// Canonical JSON of what was offered: what opportunities and revisions keep word for word. It holds no label that
    /// depends on when it is read.
    pub fn snapshot(&self) -> String {
        let at = |at: Option<DateTime<Utc>>| at.map(|at| at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true));
        canonical::text(&json!({
            "schema": "event/1",
            "id": self.id,
            "communityId": self.community_id,
            "slug": self.slug,
            "title": self.title,
            "eventType": self.event_type,
            "category": self.category,
            "format": self.format,
            "region": self.region,
            "technologies": self.technologies,
            "startAt": at(self.start_at),
            "endAt": at(self.end_at),
            "timezone": self.timezone,
            "venueName": self.venue_name,
            "city": self.city,
            "maxAttendees": self.max_attendees,
        }))
    }

    /// Is it for everybody to see?
    pub fn is_public(&self) -> bool {
        super::policy::is_public(self.status, self.public_visible)
    }
}

/// An event as the API and the pages show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct EventView {
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub id: EventId,
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub community_id: CommunityId,
    pub community_slug: String,
    pub community_name: String,
    /// "Pune, India".
    pub community_place: String,
    pub community_logo_url: Option<String>,
    pub slug: String,
    pub title: String,
    pub subtitle: String,
    pub description_markdown: String,
    pub registration_link: String,
    #[cfg_attr(feature = "server", schema(value_type = Option<String>))]
    pub event_type: Option<EventType>,
    #[cfg_attr(feature = "server", schema(value_type = Option<String>))]
    pub category: Option<EventCategory>,
    #[cfg_attr(feature = "server", schema(value_type = Option<String>))]
    pub format: Option<EventFormat>,
    #[cfg_attr(feature = "server", schema(value_type = Option<String>))]
    pub region: Option<Region>,
    pub technologies: Vec<String>,
    /// RFC 3339, in UTC.
    pub start_at: Option<String>,
    pub end_at: Option<String>,
    /// On the clock of `timezone`: `2026-11-20T18:30`.
    pub start_wall: Option<String>,
    pub end_wall: Option<String>,
    /// Only its days are known.
    #[serde(default)]
    pub all_day: bool,
    pub timezone: String,
    pub venue_name: String,
    pub venue_address: String,
    pub capacity: CapacityView,
    pub settings: SettingsView,
    /// Its page, with our own host.
    pub public_url: String,
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub status: EventStatus,
    pub version: i32,
    pub published_at: Option<String>,
    pub updated_at: String,
    /// "Fri 20 Nov, 18:30 to Sun 22 Nov, 12:00 IST".
    pub when_label: String,
    pub tone: String,
    /// What publishing still needs, by field; empty for everybody who cannot edit.
    #[cfg_attr(feature = "server", schema(value_type = Object))]
    pub missing: FieldErrors,
    /// Why staff took it off the marketplace; for its own people, and only while it is off.
    pub hidden_reason: Option<String>,
    pub can: EventCan,
}

/// How many people fit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct CapacityView {
    pub max_attendees: Option<i32>,
}

/// Who sees the event.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct SettingsView {
    pub public_visible: bool,
}

/// What the reader can do with the event now.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct EventCan {
    pub edit: bool,
    pub publish: bool,
    pub complete: bool,
    pub archive: bool,
    pub duplicate: bool,
    /// Whether something hangs on it is found out when it is tried.
    pub delete: bool,
    /// Why publishing has to wait although the role could: the community is not approved.
    pub publish_waits: Option<String>,
}

/// A line of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct EventItem {
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub id: EventId,
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub community_id: CommunityId,
    pub community_slug: String,
    pub community_name: String,
    pub community_place: String,
    pub slug: String,
    pub title: String,
    pub subtitle: String,
    #[cfg_attr(feature = "server", schema(value_type = Option<String>))]
    pub event_type: Option<EventType>,
    #[cfg_attr(feature = "server", schema(value_type = Option<String>))]
    pub category: Option<EventCategory>,
    #[cfg_attr(feature = "server", schema(value_type = Option<String>))]
    pub format: Option<EventFormat>,
    #[cfg_attr(feature = "server", schema(value_type = Option<String>))]
    pub region: Option<Region>,
    pub technologies: Vec<String>,
    pub start_at: Option<String>,
    pub end_at: Option<String>,
    pub timezone: String,
    pub venue_name: String,
    pub capacity: CapacityView,
    pub settings: SettingsView,
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub status: EventStatus,
    pub tone: String,
    pub when_label: String,
    /// "Nov" and "20" for the corner of a card; empty without a date.
    pub month_label: String,
    pub day_label: String,
    pub updated_at: String,
}

/// The events of a community's own people: one tab of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MyEvents {
    pub tab: Tab,
    pub items: Vec<EventItem>,
    pub next_cursor: Option<String>,
    /// "12 events".
    pub count_label: String,
    pub can_draft: bool,
}

/// Public events, as pages show them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FoundEvents {
    pub items: Vec<EventItem>,
    pub next_cursor: Option<String>,
    /// "12 events", "1,000+ events".
    pub count_label: String,
}

/// "1 event", "12 events".
pub fn count_words(count: &str) -> String {
    if count == "1" { "1 event".to_owned() } else { format!("{count} events") }
}

/// The tabs of the list of one's own events.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tab {
    /// Drafts, upcoming and live.
    #[default]
    Upcoming,
    Past,
    Archived,
    /// Not a tab of the event system: what was deleted stands behind a link, to be restored.
    Deleted,
}

impl Tab {
    /// The tabs of the event system.
    pub const ALL: [Self; 3] = [Self::Upcoming, Self::Past, Self::Archived];

    /// As the event system calls it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Upcoming => "Upcoming Events",
            Self::Past => "Past Events",
            Self::Archived => "Archived",
            Self::Deleted => "Deleted events",
        }
    }

    /// In the page's address.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Upcoming => "upcoming",
            Self::Past => "past",
            Self::Archived => "archived",
            Self::Deleted => "deleted",
        }
    }

    /// Anything unknown is the first tab.
    pub fn named(word: &str) -> Self {
        Self::ALL.into_iter().chain([Self::Deleted]).find(|tab| tab.key() == word).unwrap_or_default()
    }

    pub const fn statuses(self) -> &'static [EventStatus] {
        match self {
            Self::Upcoming => &[EventStatus::Draft, EventStatus::Upcoming, EventStatus::Live],
            Self::Past => &[EventStatus::Completed],
            Self::Archived => &[EventStatus::Archived],
            Self::Deleted => EventStatus::ALL,
        }
    }
}

/// The page where an event is made: what is stored, and the zones to choose from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EventEditor {
    /// Nothing for a new one.
    pub event: Option<EventView>,
    pub zones: Vec<String>,
    pub can: EventCan,
}

/// The public page of an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EventPage {
    pub event: EventView,
    pub description: SafeHtml,
    /// The first words, for search engines.
    pub excerpt: String,
    /// Nobody but its own people sees this page.
    pub is_preview: bool,
}

/// The tone of a status's badge.
pub const fn status_tone(status: EventStatus) -> &'static str {
    match status {
        EventStatus::Draft => "neutral",
        EventStatus::Upcoming => "info",
        EventStatus::Live => "success",
        EventStatus::Completed | EventStatus::Archived => "neutral",
    }
}

/// "Still missing: description, start and end"; empty when nothing is.
pub fn missing_line(missing: &FieldErrors) -> String {
    let words: Vec<&str> = missing.0.keys().map(|name| field_word(name)).collect();
    match words.as_slice() {
        [] => String::new(),
        [one] => format!("Still missing: {one}."),
        [front @ .., last] => format!("Still missing: {} and {last}.", front.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_snapshot_says_the_same_whenever_it_is_made() {
        let brief = EventBrief {
            id: EventId(Uuid::from_u128(1)),
            community_id: CommunityId(Uuid::from_u128(2)),
            slug: "hackfest".into(),
            title: "HackFest".into(),
            status: EventStatus::Upcoming,
            event_type: Some(EventType::Hackathon),
            category: Some(EventCategory::OpenSource),
            format: Some(EventFormat::InPerson),
            region: None,
            technologies: vec!["Rust".into()],
            start_at: DateTime::from_timestamp(1_795_179_600, 0),
            end_at: None,
            timezone: "Asia/Kolkata".into(),
            max_attendees: Some(500),
            venue_name: "Main Hall".into(),
            city: "Pune".into(),
            public_visible: true,
            is_hidden: false,
            when_label: "Fri 20 Nov, 18:30 IST".into(),
        };
        let text = brief.snapshot();
        assert_eq!(text, EventBrief { when_label: "other".into(), status: EventStatus::Live, ..brief }.snapshot());
        assert!(text.starts_with(r#"{"category":"Open Source","city":"Pune","communityId":"#));
        assert!(text.contains(r#""startAt":"2026-11-20T13:00:00Z""#), "{text}");
    }

    #[test]
    fn every_status_stands_in_one_tab() {
        for status in EventStatus::ALL {
            assert_eq!(Tab::ALL.iter().filter(|tab| tab.statuses().contains(status)).count(), 1);
        }
        assert_eq!(Tab::named("past"), Tab::Past);
        assert_eq!(Tab::named("../etc"), Tab::Upcoming);
    }
}
