//! What crosses a wire about blocks. Only the side that made one sees it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Whom to block: an organization for a community, a community for an organization.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct BlockInput {
    /// The other workspace's id.
    pub workspace_id: String,
}

/// One block of the acting workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct BlockView {
    #[cfg_attr(feature = "server", schema(value_type = String, format = "uuid"))]
    pub id: uuid::Uuid,
    /// The blocked workspace's id.
    #[cfg_attr(feature = "server", schema(value_type = String, format = "uuid"))]
    pub workspace_id: uuid::Uuid,
    pub name: String,
    pub created_at: DateTime<Utc>,
    pub created_label: String,
}

/// Everything that the acting workspace blocks, the newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct BlocksView {
    pub items: Vec<BlockView>,
}
