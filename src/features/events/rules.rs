//! What an event must hold, and how it moves: `Draft → Upcoming → Live → Completed → Archived`.
//!
//! Promises: a draft needs a title and nothing else; publishing lists everything that is missing; a status changes only by a
//! fact that is built here; nothing leaves `Archived`, and nothing in it changes. Times come in settled (a wall time in a
//! zone and its instant): the arithmetic is `zones`'. Does not know who may (`policy`).

use crate::kernel::{
    error::{AppError, Refusal},
    fact::{Fact, Statement},
    fields::{Check, FieldErrors},
    ids::{CommunityId, EventId},
    labels::{EventCategory, EventFormat, EventType, Region, labels},
    technologies,
    text::{Line, Paragraph, WebUrl, isolated},
};
use chrono::{DateTime, NaiveDateTime, Timelike as _, Utc};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Value, json};

/// The zone of an event that names none.
pub const DEFAULT_ZONE: &str = "Asia/Kolkata";
/// The most characters of a description.
pub const DESCRIPTION_LONGEST: usize = 20_000;
/// The most people that an event can hold.
pub const MOST_ATTENDEES: i32 = 1_000_000;

labels! {
    /// Where an event stands.
    EventStatus, "an event status" {
        Draft = "Draft",
        Upcoming = "Upcoming",
        Live = "Live",
        Completed = "Completed",
        Archived = "Archived",
    }
}

impl EventStatus {
    /// Was it published, whatever became of it?
    pub const fn is_published(self) -> bool {
        !matches!(self, Self::Draft)
    }

    /// Can sponsors still get something from it?
    pub const fn is_ahead(self) -> bool {
        matches!(self, Self::Draft | Self::Upcoming | Self::Live)
    }
}

// ── What is typed ───────────────────────────────────────────────────────────────────────────────────────────────────

/// An event as it is typed or sent. What is absent stays as it is; an empty text empties the field.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct EventInput {
    /// At least 3 characters.
    pub title: Option<String>,
    pub subtitle: Option<String>,
    pub description_markdown: Option<String>,
    pub registration_link: Option<String>,
    pub event_type: Option<String>,
    pub category: Option<String>,
    /// `In person`, `Online` or `Hybrid`.
    pub format: Option<String>,
    pub region: Option<String>,
    pub technologies: Option<Vec<String>>,
    /// An RFC 3339 instant, or a wall time in `timezone`: `2026-11-20T18:30`.
    pub start_at: Option<String>,
    pub end_at: Option<String>,
    /// An IANA name. Changing it keeps the wall times.
    pub timezone: Option<String>,
    /// Only the days are known: it begins with the first and ends with the last, on the clock of its zone.
    pub all_day: Option<bool>,
    pub venue_name: Option<String>,
    pub venue_address: Option<String>,
    pub capacity: Option<CapacityInput>,
    pub settings: Option<SettingsInput>,
    /// The version that was edited; needed to change an event.
    pub version: Option<i32>,
}

/// How many people fit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct CapacityInput {
    /// A whole number above 0, or null while that is not known; publishing needs it.
    #[serde(deserialize_with = "number_or_text")]
    #[cfg_attr(feature = "server", schema(value_type = Option<i32>))]
    pub max_attendees: Option<String>,
}

/// Who sees the event.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct SettingsInput {
    pub public_visible: Option<bool>,
}

/// A JSON number as its text, so that a form's field and the wire are parsed alike; null empties the field.
fn number_or_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(Some(match Value::deserialize(deserializer)? {
        Value::Null => String::new(),
        Value::String(text) => text,
        other => other.to_string(),
    }))
}

/// A moment as a person chose it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chosen {
    /// On the clock of the event's zone.
    Wall(NaiveDateTime),
    /// Everywhere the same.
    Instant(DateTime<Utc>),
}

impl Chosen {
    /// Reads `2026-11-20T18:30` (with or without seconds) or RFC 3339; parts of a second are dropped. Empty is none.
    ///
    /// # Errors
    /// Says how to write it.
    pub fn parse(text: &str) -> Result<Option<Self>, String> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(None);
        }
        if let Ok(instant) = DateTime::parse_from_rfc3339(text) {
            let instant = instant.with_timezone(&Utc);
            return Ok(Some(Self::Instant(instant.with_nanosecond(0).unwrap_or(instant))));
        }
        let wall = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M"]
            .iter()
            .find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())
            .map(|wall| wall.with_nanosecond(0).unwrap_or(wall));
        match wall {
            Some(wall) => Ok(Some(Self::Wall(wall))),
            None => Err("Enter a date and a time, as in 2026-11-20T18:30.".to_owned()),
        }
    }
}

/// A wall time as fields of pages hold it.
pub fn wall_text(wall: NaiveDateTime) -> String {
    wall.format(if wall.second() == 0 { "%Y-%m-%dT%H:%M" } else { "%Y-%m-%dT%H:%M:%S" }).to_string()
}

/// What was typed, looked at; its moments are not settled yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    pub title: Line,
    pub subtitle: Line,
    pub description_markdown: Paragraph,
    pub registration_link: String,
    pub event_type: Option<EventType>,
    pub category: Option<EventCategory>,
    pub format: Option<EventFormat>,
    pub region: Option<Region>,
    pub technologies: Vec<String>,
    pub starts: Option<Chosen>,
    pub ends: Option<Chosen>,
    pub timezone: String,
    pub all_day: bool,
    pub venue_name: Line,
    pub venue_address: Line,
    pub max_attendees: Option<i32>,
    pub public_visible: bool,
}

impl EventInput {
    /// What is stored, as it would be typed.
    pub fn of(details: &Details) -> Self {
        let label = |label: Option<&'static str>| Some(label.unwrap_or_default().to_owned());
        let wall = |timed: Option<Timed>| Some(timed.map(|timed| wall_text(timed.wall)).unwrap_or_default());
        Self {
            title: Some(details.title.clone()),
            subtitle: Some(details.subtitle.clone()),
            description_markdown: Some(details.description_markdown.clone()),
            registration_link: Some(details.registration_link.clone()),
            event_type: label(details.event_type.map(EventType::label)),
            category: label(details.category.map(EventCategory::label)),
            format: label(details.format.map(EventFormat::label)),
            region: label(details.region.map(Region::label)),
            technologies: Some(details.technologies.clone()),
            start_at: wall(details.starts),
            end_at: wall(details.ends),
            timezone: Some(details.timezone.clone()),
            all_day: Some(details.all_day),
            venue_name: Some(details.venue_name.clone()),
            venue_address: Some(details.venue_address.clone()),
            capacity: Some(CapacityInput {
                max_attendees: Some(details.max_attendees.map(|n| n.to_string()).unwrap_or_default()),
            }),
            settings: Some(SettingsInput { public_visible: Some(details.public_visible) }),
            version: None,
        }
    }

    /// This, with what is absent taken from what is stored.
    #[must_use]
    pub fn over(self, stored: Self) -> Self {
        let capacity = self.capacity.and_then(|c| c.max_attendees).map(|n| CapacityInput { max_attendees: Some(n) });
        let settings = self.settings.and_then(|s| s.public_visible).map(|v| SettingsInput { public_visible: Some(v) });
        Self {
            title: self.title.or(stored.title),
            subtitle: self.subtitle.or(stored.subtitle),
            description_markdown: self.description_markdown.or(stored.description_markdown),
            registration_link: self.registration_link.or(stored.registration_link),
            event_type: self.event_type.or(stored.event_type),
            category: self.category.or(stored.category),
            format: self.format.or(stored.format),
            region: self.region.or(stored.region),
            technologies: self.technologies.or(stored.technologies),
            start_at: self.start_at.or(stored.start_at),
            end_at: self.end_at.or(stored.end_at),
            timezone: self.timezone.or(stored.timezone),
            all_day: self.all_day.or(stored.all_day),
            venue_name: self.venue_name.or(stored.venue_name),
            venue_address: self.venue_address.or(stored.venue_address),
            capacity: capacity.or(stored.capacity),
            settings: settings.or(stored.settings),
            version: self.version,
        }
    }

    /// # Errors
    /// Every problem, by the field's dotted path.
    pub fn parse(&self) -> Result<Draft, FieldErrors> {
        let text = |field: &Option<String>| field.clone().unwrap_or_default();
        let mut check = Check::default();
        let title = check.take("title", Line::parse(&text(&self.title), 3, 120, "title"));
        let subtitle = check.take("subtitle", Line::parse(&text(&self.subtitle), 0, 200, "subtitle"));
        let description_markdown = check
            .take("descriptionMarkdown", Paragraph::parse(&text(&self.description_markdown), DESCRIPTION_LONGEST, "description"));
        let registration_link = match text(&self.registration_link).trim() {
            "" => Some(String::new()),
            typed => check.take("registrationLink", WebUrl::parse(typed)).map(WebUrl::into_string),
        };
        let event_type = label(&mut check, "eventType", &self.event_type, EventType::parse);
        let category = label(&mut check, "category", &self.category, EventCategory::parse);
        let format = label(&mut check, "format", &self.format, EventFormat::parse);
        let region = label(&mut check, "region", &self.region, Region::parse);
        let technologies = check.take("technologies", technologies::normalise(self.technologies.as_deref().unwrap_or_default()));
        let starts = check.take("startAt", Chosen::parse(&text(&self.start_at)));
        let ends = check.take("endAt", Chosen::parse(&text(&self.end_at)));
        let timezone = Some(text(&self.timezone).trim().to_owned()).filter(|z| !z.is_empty());
        let venue_name = check.take("venueName", Line::parse(&text(&self.venue_name), 0, 160, "venue name"));
        let venue_address = check.take("venueAddress", Line::parse(&text(&self.venue_address), 0, 300, "address"));
        let max_attendees = check.take(
            "capacity.maxAttendees",
            whole(self.capacity.as_ref().and_then(|c| c.max_attendees.as_deref()).unwrap_or_default()),
        );
        let public_visible = self.settings.as_ref().and_then(|s| s.public_visible).unwrap_or(true);
        check.finish()?;
        let all = (|| {
            Some(Draft {
                title: title?,
                subtitle: subtitle?,
                description_markdown: description_markdown?,
                registration_link: registration_link?,
                event_type: event_type?,
                category: category?,
                format: format?,
                region: region?,
                technologies: technologies?,
                starts: starts?,
                ends: ends?,
                timezone: timezone.unwrap_or_else(|| DEFAULT_ZONE.to_owned()),
                all_day: self.all_day.unwrap_or_default(),
                venue_name: venue_name?,
                venue_address: venue_address?,
                max_attendees: max_attendees?,
                public_visible,
            })
        })();
        Ok(all.expect("a part that is missing was noted as a problem"))
    }
}

/// A label that may be left open; the outer option is absent when it was noted as a problem.
fn label<T, E: ToString>(
    check: &mut Check,
    path: &str,
    typed: &Option<String>,
    parse: impl Fn(&str) -> Result<T, E>,
) -> Option<Option<T>> {
    match typed.as_deref().unwrap_or_default().trim() {
        "" => Some(None),
        typed => check.take(path, parse(typed)).map(Some),
    }
}

fn whole(text: &str) -> Result<Option<i32>, String> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    match text.parse::<i32>() {
        Ok(number) if (1..=MOST_ATTENDEES).contains(&number) => Ok(Some(number)),
        _ => Err("Enter a whole number from 1 to 1,000,000, or leave it empty while you do not know.".to_owned()),
    }
}

// ── What is stored ──────────────────────────────────────────────────────────────────────────────────────────────────

/// A moment: what was chosen on the clock of the zone, and the instant that it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timed {
    pub wall: NaiveDateTime,
    pub at: DateTime<Utc>,
}

/// Everything of an event that people edit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Details {
    pub title: String,
    pub subtitle: String,
    pub description_markdown: String,
    pub registration_link: String,
    pub event_type: Option<EventType>,
    pub category: Option<EventCategory>,
    pub format: Option<EventFormat>,
    pub region: Option<Region>,
    pub technologies: Vec<String>,
    pub starts: Option<Timed>,
    pub ends: Option<Timed>,
    pub timezone: String,
    pub all_day: bool,
    pub venue_name: String,
    pub venue_address: String,
    pub max_attendees: Option<i32>,
    pub public_visible: bool,
}

impl Details {
    /// The draft with its moments settled.
    ///
    /// # Errors
    /// An end that is not after the start.
    pub fn settled(draft: Draft, starts: Option<Timed>, ends: Option<Timed>) -> Result<Self, FieldErrors> {
        if let (Some(starts), Some(ends)) = (starts, ends)
            && ends.at <= starts.at
        {
            return Err(FieldErrors::one("endAt", "The end has to be after the start. Choose a later one."));
        }
        Ok(Self {
            title: draft.title.into_string(),
            subtitle: draft.subtitle.into_string(),
            description_markdown: draft.description_markdown.into_string(),
            registration_link: draft.registration_link,
            event_type: draft.event_type,
            category: draft.category,
            format: draft.format,
            region: draft.region,
            technologies: draft.technologies,
            starts,
            ends,
            timezone: draft.timezone,
            all_day: draft.all_day,
            venue_name: draft.venue_name.into_string(),
            venue_address: draft.venue_address.into_string(),
            max_attendees: draft.max_attendees,
            public_visible: draft.public_visible,
        })
    }

    /// What publishing still needs, by field.
    pub fn missing(&self) -> FieldErrors {
        let mut errors = FieldErrors::default();
        let mut need = |path: &str, there: bool, message: &str| {
            if !there {
                errors.add(path, message);
            }
        };
        need("descriptionMarkdown", !self.description_markdown.is_empty(), "Describe the event: what happens, and for whom.");
        need("eventType", self.event_type.is_some(), "Choose what sort of event it is.");
        need("category", self.category.is_some(), "Choose what the event is about.");
        need("format", self.format.is_some(), "Choose how people meet: in person, online or both.");
        need("region", self.region.is_some(), "Choose the region that it is for.");
        need(
            "capacity.maxAttendees",
            self.max_attendees.is_some(),
            "Say how many people can take part. Sponsors look at it first.",
        );
        let has_place = self.format.is_none_or(|format| format == EventFormat::Online) || !self.venue_name.is_empty();
        need("venueName", has_place, "Say where people meet.");
        need("startAt", self.starts.is_some(), "Choose when it starts.");
        need("endAt", self.ends.is_some(), "Choose when it ends.");
        errors
    }

    /// The fields in which the two are not the same, by their names on the wire.
    pub fn differing(&self, other: &Self) -> Vec<&'static str> {
        let zone = self.timezone != other.timezone;
        let pairs = [
            ("title", self.title != other.title),
            ("subtitle", self.subtitle != other.subtitle),
            ("descriptionMarkdown", self.description_markdown != other.description_markdown),
            ("registrationLink", self.registration_link != other.registration_link),
            ("eventType", self.event_type != other.event_type),
            ("category", self.category != other.category),
            ("format", self.format != other.format),
            ("region", self.region != other.region),
            ("technologies", self.technologies != other.technologies),
            ("startAt", self.starts != other.starts),
            ("endAt", self.ends != other.ends),
            ("timezone", zone),
            ("allDay", self.all_day != other.all_day),
            ("venueName", self.venue_name != other.venue_name),
            ("venueAddress", self.venue_address != other.venue_address),
            ("capacity.maxAttendees", self.max_attendees != other.max_attendees),
            ("settings.publicVisible", self.public_visible != other.public_visible),
        ];
        pairs.into_iter().filter_map(|(name, differs)| differs.then_some(name)).collect()
    }
}

/// How a field reads in a sentence.
pub fn field_word(name: &str) -> &str {
    match name {
        "descriptionMarkdown" => "description",
        "registrationLink" => "registration link",
        "eventType" => "type",
        "startAt" => "start",
        "endAt" => "end",
        "timezone" => "time zone",
        "allDay" => "whole days",
        "venueName" => "venue",
        "venueAddress" => "address",
        "capacity.maxAttendees" => "number of people",
        "settings.publicVisible" => "visibility",
        other => other,
    }
}

/// "title, venue and end".
fn field_words(names: &[&str]) -> String {
    let words: Vec<&str> = names.iter().map(|name| field_word(name)).collect();
    match words.as_slice() {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [front @ .., last] => format!("{} and {last}", front.join(", ")),
    }
}

/// An event as its transitions see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    pub id: EventId,
    pub community: CommunityId,
    pub slug: String,
    pub status: EventStatus,
    pub version: i32,
    pub details: Details,
}

/// An event was begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drafted {
    id: EventId,
    community: CommunityId,
    /// The event that it was made from.
    template: Option<EventId>,
    details: Details,
}

impl Drafted {
    pub fn new(id: EventId, community: CommunityId, details: Details) -> Self {
        Self { id, community, template: None, details }
    }

    pub const fn id(&self) -> EventId {
        self.id
    }

    pub const fn community(&self) -> CommunityId {
        self.community
    }

    pub const fn details(&self) -> &Details {
        &self.details
    }
}

impl Fact for Drafted {
    fn statement(&self) -> Statement {
        Statement {
            room: "events",
            name: "event_drafted",
            subject: self.id.into(),
            about: vec![self.community.into()],
            payload: match self.template {
                Some(template) => json!({"communityId": self.community, "templateId": template}),
                None => json!({"communityId": self.community}),
            },
            private: Some(json!({"title": self.details.title})),
        }
    }
}

/// What hangs on an event.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ties {
    pub agreed: i64,
    pub open_requests: i64,
    pub partners: i64,
    pub open_opportunities: i64,
}

impl Ties {
    /// "2 open requests and a sponsor or partner on its page"; nothing when it is free.
    fn words(self) -> Option<String> {
        let count = |number: i64, one: &str, more: &str| match number {
            0 => None,
            1 => Some(one.to_owned()),
            number => Some(format!("{number} {more}")),
        };
        let parts: Vec<String> = [
            count(self.open_requests, "an open request", "open requests"),
            count(self.agreed, "an accepted request", "accepted requests"),
            count(self.partners, "a sponsor or partner on its page", "sponsors and partners on its page"),
            count(self.open_opportunities, "an open opportunity", "open opportunities"),
        ]
        .into_iter()
        .flatten()
        .collect();
        match parts.as_slice() {
            [] => None,
            [one] => Some(one.clone()),
            [front @ .., last] => Some(format!("{} and {last}", front.join(", "))),
        }
    }
}

/// An event was taken out of sight.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deleted {
    id: EventId,
    community: CommunityId,
    status: EventStatus,
    title: String,
}

impl Deleted {
    pub const fn id(&self) -> EventId {
        self.id
    }

    pub const fn status(&self) -> EventStatus {
        self.status
    }
}

impl Fact for Deleted {
    fn statement(&self) -> Statement {
        Statement {
            room: "events",
            name: "event_deleted",
            subject: self.id.into(),
            about: vec![self.community.into()],
            payload: json!({"communityId": self.community, "status": self.status}),
            private: Some(json!({"title": self.title})),
        }
    }
}

/// Staff took a listing off the marketplace, or put it back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hiding {
    id: EventId,
    community: CommunityId,
    title: String,
    reason: String,
    hidden: bool,
}

impl Event {
    /// Staff hide it, or show it again, for a reason that its community reads. `is_hidden` is how it stands; nothing when that
    /// is how it is wanted.
    pub fn hide(&self, is_hidden: bool, hidden: bool, reason: &str) -> Option<Hiding> {
        (is_hidden != hidden).then(|| Hiding {
            id: self.id,
            community: self.community,
            title: self.details.title.clone(),
            reason: reason.to_owned(),
            hidden,
        })
    }
}

impl Hiding {
    pub const fn id(&self) -> EventId {
        self.id
    }

    /// What the row keeps: the reason, while it is hidden.
    pub fn kept(&self) -> Option<&str> {
        self.hidden.then_some(self.reason.as_str())
    }
}

impl Fact for Hiding {
    fn statement(&self) -> Statement {
        Statement {
            room: "events",
            name: if self.hidden { "event_hidden" } else { "event_shown" },
            subject: self.id.into(),
            about: vec![self.community.into()],
            payload: json!({"communityId": self.community}),
            private: Some(json!({"title": self.title, "reason": self.reason})),
        }
    }
}

/// A deleted event is there again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    id: EventId,
    community: CommunityId,
    status: EventStatus,
    title: String,
    slug: String,
}

impl Restored {
    pub const fn id(&self) -> EventId {
        self.id
    }

    pub const fn status(&self) -> EventStatus {
        self.status
    }

    /// Its address: the old one, or another when that was taken meanwhile.
    pub fn slug(&self) -> &str {
        &self.slug
    }
}

impl Fact for Restored {
    fn statement(&self) -> Statement {
        Statement {
            room: "events",
            name: "event_restored",
            subject: self.id.into(),
            about: vec![self.community.into()],
            payload: json!({"communityId": self.community, "status": self.status}),
            private: Some(json!({"title": self.title, "eventSlug": self.slug})),
        }
    }
}

/// An event was changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edited {
    id: EventId,
    community: CommunityId,
    status: EventStatus,
    from_version: i32,
    changed: Vec<&'static str>,
    details: Details,
}

impl Edited {
    pub const fn id(&self) -> EventId {
        self.id
    }

    /// The status that it has, before and after.
    pub const fn status(&self) -> EventStatus {
        self.status
    }

    /// The version that was changed; the new one is the next.
    pub const fn from_version(&self) -> i32 {
        self.from_version
    }

    pub const fn details(&self) -> &Details {
        &self.details
    }

    /// Does the address follow the new title? Only while nobody outside can have it.
    pub fn is_renamed(&self) -> bool {
        self.status == EventStatus::Draft && self.changed.contains(&"title")
    }

    /// The event as it is now.
    pub fn after(&self, slug: &str) -> Event {
        Event {
            id: self.id,
            community: self.community,
            slug: slug.to_owned(),
            status: self.status,
            version: self.from_version + 1,
            details: self.details.clone(),
        }
    }
}

impl Fact for Edited {
    fn statement(&self) -> Statement {
        let at = |timed: Option<Timed>| timed.map(|timed| timed.at);
        Statement {
            room: "events",
            name: "event_edited",
            subject: self.id.into(),
            about: vec![self.community.into()],
            payload: json!({
                "communityId": self.community,
                "changed": self.changed,
                "version": self.from_version + 1,
                "startAt": at(self.details.starts),
                "endAt": at(self.details.ends),
            }),
            private: Some(json!({"title": self.details.title})),
        }
    }
}

/// From one status to the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    id: EventId,
    community: CommunityId,
    from: EventStatus,
    to: EventStatus,
    title: String,
    starts: Option<DateTime<Utc>>,
    ends: Option<DateTime<Utc>>,
}

impl Moved {
    pub const fn id(&self) -> EventId {
        self.id
    }

    pub const fn from(&self) -> EventStatus {
        self.from
    }

    pub const fn to(&self) -> EventStatus {
        self.to
    }

    /// Was it published by this?
    pub fn is_publishing(&self) -> bool {
        self.from == EventStatus::Draft
    }
}

impl Fact for Moved {
    fn statement(&self) -> Statement {
        Statement {
            room: "events",
            name: match (self.from, self.to) {
                (EventStatus::Draft, _) => "event_published",
                (_, EventStatus::Completed) => "event_completed",
                (_, EventStatus::Archived) => "event_archived",
                _ => "event_went_live",
            },
            subject: self.id.into(),
            about: vec![self.community.into()],
            payload: json!({
                "communityId": self.community,
                "from": self.from,
                "to": self.to,
                "startAt": self.starts,
                "endAt": self.ends,
            }),
            private: Some(json!({"title": self.title})),
        }
    }
}

impl Event {
    fn moved(&self, to: EventStatus) -> Moved {
        Moved {
            id: self.id,
            community: self.community,
            from: self.status,
            to,
            title: self.details.title.clone(),
            starts: self.details.starts.map(|timed| timed.at),
            ends: self.details.ends.map(|timed| timed.at),
        }
    }

    /// Is the edit one of the event as it is?
    ///
    /// # Errors
    /// `VERSION_CONFLICT`, naming the fields in which what was typed differs from what is stored.
    pub fn same_version(&self, version: i32, typed: &Details) -> Result<(), Refusal> {
        if version == self.version {
            return Ok(());
        }
        let fields = typed.differing(&self.details);
        let message = if fields.is_empty() {
            "Somebody saved the same changes just now. Load the page again; nothing is lost.".to_owned()
        } else {
            format!(
                "Somebody saved this event after you opened it. What you typed differs from it in: {}. Nothing was overwritten, and your text is still here: compare the two, then save again.",
                field_words(&fields)
            )
        };
        Err(Refusal::new("VERSION_CONFLICT", message))
    }

    /// Changes what people edit; nothing when nothing is different.
    ///
    /// # Errors
    /// `EVENT_ARCHIVED`; the fields that a published event needs; times that would turn the clock back.
    pub fn edit(&self, details: Details, now: DateTime<Utc>) -> Result<Option<Edited>, AppError> {
        if self.status == EventStatus::Archived {
            return Err(self.archived().into());
        }
        let changed = self.details.differing(&details);
        if changed.is_empty() {
            return Ok(None);
        }
        if self.status.is_published() {
            // What it stood without before it may go on standing without: only what this edit takes away is held against it.
            let mut errors = details.missing();
            let before = self.details.missing();
            errors.0.retain(|name, _| !before.0.contains_key(name));
            let moved = |name: &str| changed.contains(&name);
            match self.status {
                EventStatus::Completed => {
                    for name in ["startAt", "endAt", "timezone"].into_iter().filter(|name| moved(name)) {
                        errors.add(name, "The event is over, so its times stay as they were.");
                    }
                }
                _ => {
                    if moved("endAt") && details.ends.is_some_and(|ends| ends.at <= now) {
                        errors.add("endAt", "This has passed. Choose an end that is still to come.");
                    }
                    if self.status == EventStatus::Live
                        && moved("startAt")
                        && details.starts.is_some_and(|starts| starts.at > now)
                    {
                        errors.add("startAt", "The event has begun, so its start cannot be in the future.");
                    }
                }
            }
            if !errors.is_empty() {
                return Err(errors.into());
            }
        }
        Ok(Some(Edited {
            id: self.id,
            community: self.community,
            status: self.status,
            from_version: self.version,
            changed,
            details,
        }))
    }

    /// Publishes a draft: `Upcoming`, or `Live` once its start has come. Nothing to do when it is published already.
    ///
    /// # Errors
    /// Everything that is missing, by field; `EVENT_OVER` and `EVENT_ARCHIVED`.
    pub fn publish(&self, now: DateTime<Utc>) -> Result<Option<Moved>, AppError> {
        match self.status {
            EventStatus::Upcoming | EventStatus::Live => return Ok(None),
            EventStatus::Completed => {
                return Err(AppError::refused(
                    "EVENT_OVER",
                    format!("{} was published and is over. Draft a new event for the next time.", isolated(&self.details.title)),
                ));
            }
            EventStatus::Archived => return Err(self.archived().into()),
            EventStatus::Draft => {}
        }
        let mut errors = self.details.missing();
        if self.details.ends.is_some_and(|ends| ends.at <= now) {
            errors.add("endAt", "This has passed. Choose an end that is still to come.");
        }
        if !errors.is_empty() {
            return Err(errors.into());
        }
        let starts_later = self.details.starts.is_some_and(|starts| starts.at > now);
        Ok(Some(self.moved(if starts_later { EventStatus::Upcoming } else { EventStatus::Live })))
    }

    /// What the clock does to it now, one step; nothing when it is not time.
    pub fn due(&self, now: DateTime<Utc>) -> Option<Moved> {
        let has_come = |timed: Option<Timed>| timed.is_some_and(|timed| timed.at <= now);
        match self.status {
            EventStatus::Upcoming if has_come(self.details.starts) => Some(self.moved(EventStatus::Live)),
            EventStatus::Live if has_come(self.details.ends) => Some(self.moved(EventStatus::Completed)),
            _ => None,
        }
    }

    /// Completes it by hand once it has ended. Nothing to do when it is completed already.
    ///
    /// # Errors
    /// `EVENT_NOT_OVER`, `EVENT_NOT_PUBLISHED`, `EVENT_ARCHIVED`.
    pub fn complete(&self, now: DateTime<Utc>) -> Result<Option<Moved>, Refusal> {
        match self.status {
            EventStatus::Completed => Ok(None),
            EventStatus::Archived => Err(self.archived()),
            EventStatus::Draft => Err(Refusal::new(
                "EVENT_NOT_PUBLISHED",
                format!("{} is a draft. Publish it first.", isolated(&self.details.title)),
            )),
            EventStatus::Live if self.details.ends.is_some_and(|ends| ends.at <= now) => {
                Ok(Some(self.moved(EventStatus::Completed)))
            }
            EventStatus::Upcoming | EventStatus::Live => Err(Refusal::new(
                "EVENT_NOT_OVER",
                format!("{} has not ended yet. It is completed by itself when it has.", isolated(&self.details.title)),
            )),
        }
    }

    /// Puts a completed event away for good. Nothing to do when it is archived already.
    ///
    /// # Errors
    /// `EVENT_NOT_COMPLETED`.
    pub fn archive(&self) -> Result<Option<Moved>, Refusal> {
        match self.status {
            EventStatus::Archived => Ok(None),
            EventStatus::Completed => Ok(Some(self.moved(EventStatus::Archived))),
            EventStatus::Draft | EventStatus::Upcoming | EventStatus::Live => Err(Refusal::new(
                "EVENT_NOT_COMPLETED",
                format!("{} is not completed, and only completed events are archived.", isolated(&self.details.title)),
            )),
        }
    }

    /// Begins a new draft with the words of this one. Dates and the link where people register belong to the old one.
    pub fn duplicate(&self, id: EventId) -> Drafted {
        let details = Details { starts: None, ends: None, registration_link: String::new(), ..self.details.clone() };
        Drafted { id, community: self.community, template: Some(self.id), details }
    }

    /// Takes it out of sight, as long as nothing hangs on it.
    ///
    /// # Errors
    /// `EVENT_IN_USE` names what hangs on it; `EVENT_ARCHIVED`.
    pub fn delete(&self, ties: Ties) -> Result<Deleted, Refusal> {
        if self.status == EventStatus::Archived {
            return Err(self.archived());
        }
        if let Some(what) = ties.words() {
            return Err(Refusal::new(
                "EVENT_IN_USE",
                format!(
                    "{} cannot be deleted: there is {what}. Close those first; what was agreed with somebody stays.",
                    isolated(&self.details.title)
                ),
            ));
        }
        Ok(Deleted { id: self.id, community: self.community, status: self.status, title: self.details.title.clone() })
    }

    /// Brings a deleted one back, under this address.
    pub fn restore(&self, slug: String) -> Restored {
        Restored { id: self.id, community: self.community, status: self.status, title: self.details.title.clone(), slug }
    }

    /// When the clock has to look at it again: for its start, for its end.
    pub fn deadlines(&self) -> (Option<DateTime<Utc>>, Option<DateTime<Utc>>) {
        let at = |timed: Option<Timed>| timed.map(|timed| timed.at);
        match self.status {
            EventStatus::Upcoming => (at(self.details.starts), at(self.details.ends)),
            EventStatus::Live => (None, at(self.details.ends)),
            EventStatus::Draft | EventStatus::Completed | EventStatus::Archived => (None, None),
        }
    }

    /// The event after a move.
    #[must_use]
    pub fn after(self, moved: &Moved) -> Self {
        Self { status: moved.to, ..self }
    }

    fn archived(&self) -> Refusal {
        Refusal::new(
            "EVENT_ARCHIVED",
            format!("{} is archived and stays as it was. Draft a new event for the next time.", isolated(&self.details.title)),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_790_000_000, 0).expect("a time")
    }

    fn timed(hours: i64) -> Timed {
        let at = now() + TimeDelta::hours(hours);
        Timed { wall: at.naive_utc(), at }
    }

    fn input() -> EventInput {
        EventInput {
            title: Some("HackFest".into()),
            description_markdown: Some("48 hours of building.".into()),
            event_type: Some("Hackathon".into()),
            category: Some("Open Source".into()),
            timezone: Some("UTC".into()),
            format: Some("Hybrid".into()),
            region: Some("South Asia".into()),
            venue_name: Some("Main Hall".into()),
            capacity: Some(CapacityInput { max_attendees: Some("500".into()) }),
            ..EventInput::default()
        }
    }

    fn hackfest(status: EventStatus, starts: i64, ends: i64) -> Event {
        let draft = input().parse().expect("nothing is wrong with it");
        Event {
            id: EventId(Uuid::from_u128(1)),
            community: CommunityId(Uuid::from_u128(2)),
            slug: "hackfest".into(),
            status,
            version: 3,
            details: Details::settled(draft, Some(timed(starts)), Some(timed(ends))).expect("the end is after the start"),
        }
    }

    #[test]
    fn a_draft_needs_only_a_title() {
        let draft = EventInput { title: Some("Abc".into()), ..EventInput::default() }.parse().expect("a title is enough");
        assert_eq!((draft.timezone.as_str(), draft.public_visible), (DEFAULT_ZONE, true));
        let errors = EventInput { title: Some("Ab".into()), ..EventInput::default() }.parse().expect_err("too short");
        assert!(errors.get("title").is_some());
        assert!(EventInput::default().parse().expect_err("no title").get("title").is_some());
    }

    #[test]
    fn publishing_lists_what_is_missing() {
        let draft = EventInput { title: Some("HackFest".into()), ..EventInput::default() }.parse().expect("a draft");
        let details = Details::settled(draft, None, None).expect("no times, no problem");
        let event = Event { details, ..hackfest(EventStatus::Draft, 1, 2) };
        let Err(AppError::Invalid(errors)) = event.publish(now()) else { panic!("it is not complete") };
        assert_eq!(
            errors.0.keys().collect::<Vec<_>>(),
            ["capacity.maxAttendees", "category", "descriptionMarkdown", "endAt", "eventType", "format", "region", "startAt"]
        );
        let placed = |format, venue: &str| {
            let whole = hackfest(EventStatus::Draft, 1, 2);
            let details = Details { format: Some(format), venue_name: venue.into(), ..whole.details.clone() };
            details.missing().0.into_keys().collect::<Vec<_>>()
        };
        assert_eq!(placed(EventFormat::Hybrid, ""), ["venueName"]);
        assert_eq!(placed(EventFormat::InPerson, ""), ["venueName"]);
        assert!(placed(EventFormat::InPerson, "Main Hall").is_empty() && placed(EventFormat::Online, "").is_empty());
        let over = hackfest(EventStatus::Draft, -5, -1);
        let Err(AppError::Invalid(errors)) = over.publish(now()) else { panic!("it is over") };
        assert_eq!(errors.0.keys().collect::<Vec<_>>(), ["endAt"]);
    }

    #[test]
    fn publishing_is_upcoming_or_live_and_happens_once() {
        let published = |starts| hackfest(EventStatus::Draft, starts, 9).publish(now()).expect("complete").expect("a draft");
        assert_eq!(published(1).to(), EventStatus::Upcoming);
        assert_eq!(published(0).to(), EventStatus::Live);
        assert_eq!(published(1).statement().name, "event_published");
        assert_eq!(hackfest(EventStatus::Upcoming, 1, 2).publish(now()).expect("done before"), None);
        assert_eq!(hackfest(EventStatus::Archived, 1, 2).publish(now()).expect_err("archived").code(), "EVENT_ARCHIVED");
    }

    #[test]
    fn the_clock_moves_events_on() {
        let step = |status, starts, ends| hackfest(status, starts, ends).due(now()).map(|moved| moved.to());
        assert_eq!(step(EventStatus::Upcoming, 1, 2), None);
        assert_eq!(step(EventStatus::Upcoming, 0, 2), Some(EventStatus::Live));
        assert_eq!(step(EventStatus::Upcoming, -3, -2), Some(EventStatus::Live));
        assert_eq!(step(EventStatus::Live, -3, 0), Some(EventStatus::Completed));
        assert_eq!(step(EventStatus::Draft, -3, -2), None);
        assert_eq!(hackfest(EventStatus::Live, -3, 1).complete(now()).expect_err("too early").code, "EVENT_NOT_OVER");
        assert_eq!(hackfest(EventStatus::Live, -3, 1).archive().expect_err("too early").code, "EVENT_NOT_COMPLETED");
    }

    #[test]
    fn stale_edits_are_told_what_differs() {
        let event = hackfest(EventStatus::Draft, 1, 2);
        let typed = Details { title: "HackFest 2".into(), venue_name: "Hall".into(), ..event.details.clone() };
        assert!(event.same_version(3, &typed).is_ok());
        let refusal = event.same_version(2, &typed).expect_err("an old version");
        assert_eq!(refusal.code, "VERSION_CONFLICT");
        assert!(refusal.message.contains("title and venue"), "{}", refusal.message);
    }

    #[test]
    fn edits_keep_a_published_event_whole() {
        let upcoming = hackfest(EventStatus::Upcoming, 1, 2);
        assert_eq!(upcoming.edit(upcoming.details.clone(), now()).expect("no change"), None);
        let emptied = Details { description_markdown: String::new(), ..upcoming.details.clone() };
        assert_eq!(upcoming.edit(emptied, now()).expect_err("it is needed").code(), "VALIDATION_ERROR");
        let placeless = Details { venue_name: String::new(), ..upcoming.details.clone() };
        assert!(upcoming.edit(placeless.clone(), now()).is_err(), "what was there stays");
        let older = Event { details: placeless.clone(), ..upcoming.clone() };
        let retold = Details { subtitle: "At last".into(), ..placeless };
        assert!(older.edit(retold, now()).is_ok(), "from before the venue was asked for");
        let past = Details { starts: Some(timed(-3)), ends: Some(timed(-2)), ..upcoming.details.clone() };
        assert!(upcoming.edit(past, now()).is_err());
        let live = hackfest(EventStatus::Live, -1, 2);
        assert!(live.edit(Details { starts: Some(timed(1)), ..live.details.clone() }, now()).is_err());
        assert!(live.edit(Details { ends: Some(timed(5)), ..live.details.clone() }, now()).is_ok_and(|e| e.is_some()));
        let done = hackfest(EventStatus::Completed, -3, -2);
        assert!(done.edit(Details { ends: Some(timed(-1)), ..done.details.clone() }, now()).is_err());
        assert!(done.edit(Details { subtitle: "Thanks".into(), ..done.details.clone() }, now()).is_ok());
        let archived = hackfest(EventStatus::Archived, -3, -2);
        assert_eq!(archived.edit(archived.details.clone(), now()).expect_err("read-only").code(), "EVENT_ARCHIVED");
    }

    #[test]
    fn the_address_follows_the_title_of_a_draft_only() {
        let renamed = |status| {
            let event = hackfest(status, 1, 2);
            let details = Details { title: "Other".into(), ..event.details.clone() };
            event.edit(details, now()).expect("fine").expect("changed").is_renamed()
        };
        assert!(renamed(EventStatus::Draft));
        assert!(!renamed(EventStatus::Upcoming));
    }

    #[test]
    fn absent_stays_and_empty_empties() {
        let event = hackfest(EventStatus::Draft, 1, 2);
        let details = Details { venue_name: "Hall".into(), max_attendees: Some(50), ..event.details };
        let patch: EventInput =
            serde_json::from_str(r#"{"venueName":"","capacity":{"maxAttendees":null},"version":3}"#).expect("JSON");
        let merged = patch.over(EventInput::of(&details));
        let draft = merged.parse().expect("fine");
        assert_eq!((draft.title.as_str(), draft.venue_name.as_str(), draft.max_attendees), ("HackFest", "", None));
        assert_eq!(merged.version, Some(3));
        let other: EventInput = serde_json::from_str(r#"{"capacity":{"maxAttendees":120},"settings":{}}"#).expect("JSON");
        let draft = other.over(EventInput::of(&details)).parse().expect("fine");
        assert_eq!((draft.max_attendees, draft.public_visible), (Some(120), true));
        for bad in ["0", "-1", "1.5", "many", "1000001"] {
            assert!(whole(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn moments_are_read_both_ways() {
        let wall = |text: &str| match Chosen::parse(text) {
            Ok(Some(Chosen::Wall(wall))) => wall_text(wall),
            other => panic!("{other:?}"),
        };
        assert_eq!(wall("2026-11-20T18:30"), "2026-11-20T18:30");
        assert_eq!(wall("2026-11-20T18:30:05.9"), "2026-11-20T18:30:05");
        assert!(matches!(Chosen::parse("2026-11-20T18:30:00+05:30"), Ok(Some(Chosen::Instant(_)))));
        assert_eq!(Chosen::parse(" "), Ok(None));
        for bad in ["tomorrow", "2026-13-01T10:00", "2026-02-30T10:00", "2026-11-20"] {
            assert!(Chosen::parse(bad).is_err(), "{bad}");
        }
    }

    fn any_status() -> impl Strategy<Value = EventStatus> {
        prop::sample::select(EventStatus::ALL)
    }

    proptest! {
        /// Whatever is tried in whatever order, time goes forward, and nothing leaves `Archived`.
        #[test]
        fn no_walk_turns_back(status in any_status(), starts in -20_i64..20, length in 1_i64..20, steps in prop::collection::vec((0_u8..5, 0_i64..10), 0..40)) {
            let mut event = hackfest(status, starts, starts + length);
            let mut clock = now();
            for (step, hours) in steps {
                clock += TimeDelta::hours(hours);
                let moved = match step {
                    0 => event.publish(clock).ok().flatten(),
                    1 => event.due(clock),
                    2 => event.complete(clock).ok().flatten(),
                    3 => event.archive().ok().flatten(),
                    _ => {
                        let changed = Details { subtitle: format!("{hours} {clock}"), ..event.details.clone() };
                        let edited = event.edit(changed, clock);
                        prop_assert_eq!(edited.is_err(), event.status == EventStatus::Archived);
                        None
                    }
                };
                if let Some(moved) = moved {
                    prop_assert_ne!(event.status, EventStatus::Archived);
                    prop_assert_eq!(moved.from(), event.status);
                    prop_assert!(moved.to() > event.status);
                    prop_assert!(moved.to() != EventStatus::Completed || event.details.ends.is_some_and(|e| e.at <= clock));
                    event = event.after(&moved);
                }
            }
        }

        #[test]
        fn ends_are_after_starts(starts in -1000_i64..1000, ends in -1000_i64..1000) {
            let draft = input().parse().expect("nothing is wrong with it");
            prop_assert_eq!(Details::settled(draft, Some(timed(starts)), Some(timed(ends))).is_ok(), ends > starts);
        }

        #[test]
        fn what_is_stored_is_typed_again(starts in -1000_i64..1000, length in 1_i64..1000) {
            let event = hackfest(EventStatus::Draft, starts, starts + length);
            let draft = EventInput::of(&event.details).parse().expect("it was stored");
            prop_assert_eq!(draft.starts, event.details.starts.map(|t| Chosen::Wall(t.wall)));
            let again = Details::settled(draft, event.details.starts, event.details.ends).expect("as before");
            prop_assert_eq!(again.differing(&event.details), Vec::<&str>::new());
        }
    }
}
