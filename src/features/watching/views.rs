//! What crosses a wire about saved searches and watched rows.

use super::rules::List;
use crate::kernel::ids::SavedViewId;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A search that somebody named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SavedSearchView {
    pub id: SavedViewId,
    pub list: List,
    pub name: String,
    /// The query of its address.
    pub query: String,
    /// The question in words.
    pub described: String,
    /// Its owner is told of what comes to fit.
    pub alerts: bool,
}

/// What somebody keeps beside one list: their searches of it, and the rows of it that they watch.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KeptView {
    /// Whoever is not signed in keeps nothing.
    pub signed_in: bool,
    /// The workspace as forms name it.
    pub acting: String,
    pub searches: Vec<SavedSearchView>,
    pub watched: Vec<Uuid>,
}

/// The page of saved searches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SearchesView {
    pub items: Vec<SavedSearchView>,
    pub acting: String,
}

/// A search to be saved, as a door receives it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SearchInput {
    pub name: String,
    pub query: String,
    pub alerts: bool,
}

/// Whether the reader watches the row that a page is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WatchView {
    pub watched: bool,
    /// The workspace as forms name it.
    pub acting: String,
}

/// A row that somebody watches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WatchedView {
    pub list: List,
    pub id: Uuid,
    pub slug: String,
    pub name: String,
    pub logo_url: Option<String>,
    /// The field it works in, or where it meets.
    pub about: String,
    /// RFC 3339.
    pub changed_at: String,
    /// "3 March 2027".
    pub changed_label: String,
}

/// The page of what somebody watches, what changed last first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WatchlistView {
    pub items: Vec<WatchedView>,
    pub acting: String,
}
