//! What crosses a wire about saved searches and watched rows.

use super::rules::List;
use crate::kernel::ids::SavedViewId;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A search that somebody named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct SavedSearchView {
    #[cfg_attr(feature = "server", schema(value_type = String, format = "uuid"))]
    pub id: SavedViewId,
    /// `organizations`, `communities` or `opportunities`.
    #[cfg_attr(feature = "server", schema(value_type = String))]
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

/// What the API takes for a new search.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct NewSearch {
    /// `organizations`, `communities` or `opportunities`.
    pub list: String,
    pub name: String,
    /// The query of the list's address, as its page writes it: `q=rust&region=Europe`.
    pub query: String,
    /// Tell me once of each that comes to fit.
    pub alerts: bool,
}

/// What the API changes of a search; what is absent stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct SearchPatch {
    pub name: Option<String>,
    /// With another question the alert ends, unless `alerts` says otherwise: nobody has said what of it is known.
    pub query: Option<String>,
    pub alerts: Option<bool>,
}

/// A page of somebody's searches, the oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct SearchList {
    pub items: Vec<SavedSearchView>,
    /// Hand it back as `cursor` for the ones after these; absent at the end.
    pub next_cursor: Option<String>,
}

/// A page of what somebody watches, what changed last first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct WatchList {
    pub items: Vec<WatchedView>,
    /// Hand it back as `cursor` for the ones after these; absent at the end.
    pub next_cursor: Option<String>,
}

/// A row that somebody watches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct WatchedView {
    /// `organizations` or `communities`.
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub list: List,
    #[cfg_attr(feature = "server", schema(value_type = String, format = "uuid"))]
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
