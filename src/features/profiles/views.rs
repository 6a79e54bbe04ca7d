//! What crosses a wire about public pages.

use crate::{
    features::{
        communities::views::{CommunityCard, CommunityView},
        events::views::{EventItem, EventPage},
        organizations::views::OrganizationView,
        partners::views::{PartnerWall, SupportedEvent},
        watching::views::WatchView,
    },
    kernel::labels::Category,
};
use serde::{Deserialize, Serialize};

/// Somebody who has stood on a community's events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Supporter {
    pub name: String,
    pub logo_url: Option<String>,
    /// The organization's page, for a listed one.
    pub organization_slug: Option<String>,
    /// As what, most recently.
    pub category: Category,
    /// "1 event", "4 events".
    pub events_label: String,
}

/// The public page of a community: what it says, its events, and who has made them possible.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CommunityPageView {
    pub community: CommunityView,
    pub ahead: Vec<EventItem>,
    pub past: Vec<EventItem>,
    pub supporters: Vec<Supporter>,
    /// Nothing for whoever is not signed in, and about a community that is not listed.
    pub watch: Option<WatchView>,
}

/// A community beside others: as the list shows it, and what its public events tell of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ComparedCommunity {
    pub card: CommunityCard,
    /// "Active"; nothing for whoever does not see how it stands.
    pub standing: Option<String>,
    /// What its events are about, and what they are: what most of them have comes first.
    pub technologies: Vec<String>,
    pub event_types: Vec<String>,
    pub ahead: i64,
    pub past: i64,
    /// How many sponsors and partners have stood on them.
    pub supporters: i64,
}

/// The public page of an event, and who makes it possible.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EventPageView {
    pub page: EventPage,
    pub wall: PartnerWall,
}

/// The public page of an organization: what it says, and which events it supports.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrganizationPageView {
    pub organization: OrganizationView,
    pub supported: Vec<SupportedEvent>,
    /// Nothing for whoever is not signed in.
    pub watch: Option<WatchView>,
}
