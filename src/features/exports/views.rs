//! What crosses a wire about exports.

use serde::{Deserialize, Serialize};

/// The page of exports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExportView {
    /// What the workspace is called.
    pub name: String,
    pub acting: String,
    /// Where the two files are, for whoever has just asked for them.
    pub ready: Option<ReadyView>,
}

/// Two links that open for an hour.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReadyView {
    pub json: String,
    pub zip: String,
}
