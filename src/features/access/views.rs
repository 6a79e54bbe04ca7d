//! What crosses a wire about keys and a workspace's rules.

use super::rules::Scope;
use crate::{features::accounts::rules::Guarded, kernel::ids::ApiKeyId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// A key, without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct KeyView {
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub id: ApiKeyId,
    pub name: String,
    /// `cd_live_…9f3k`: enough to tell keys apart, not to use one.
    pub hint: String,
    #[cfg_attr(feature = "server", schema(value_type = Vec<String>))]
    pub scopes: Vec<Scope>,
    /// `live`, `expired`, `revoked`, or `stopped` when its maker has left.
    pub state: String,
    pub made_by: String,
    pub created_at: DateTime<Utc>,
    pub created_label: String,
    pub expires_at: Option<DateTime<Utc>>,
    pub expires_label: Option<String>,
    pub last_used_at: Option<DateTime<Utc>>,
    /// "4 minutes ago"; `None` for a key that was never used.
    pub used_label: Option<String>,
    pub revoked_at: Option<DateTime<Utc>>,
}

/// A key that was just made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct MadeKey {
    pub key: KeyView,
    /// The key itself: in this answer and in no other. Absent when the call is repeated under its idempotency key.
    pub secret: Option<String>,
}

/// Every key of a workspace, the newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct KeysView {
    pub items: Vec<KeyView>,
}

/// The page of keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KeysPage {
    /// The workspace's key, for forms and links.
    pub workspace: String,
    pub name: String,
    pub live: Vec<KeyView>,
    pub ended: Vec<KeyView>,
    pub scopes: Vec<Scope>,
    /// The key that was made a moment ago, with its secret.
    pub made: Option<MadeKey>,
}

/// For what a workspace asks a second factor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct PolicyView {
    #[cfg_attr(feature = "server", schema(value_type = Vec<String>))]
    pub needed_for: Vec<Guarded>,
    /// Has the reader given their own second factor, so that they may change this?
    pub can_change: bool,
}

/// What the API takes for it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct PolicyInput {
    /// Any of `accepting`, `inviting`, `publishing`, `keys`, `money`, `signing`; empty for nothing.
    pub needed_for: Vec<String>,
}

/// The security page of a workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SecurityPage {
    pub workspace: String,
    pub name: String,
    pub policy: PolicyView,
    pub live_keys: usize,
}
