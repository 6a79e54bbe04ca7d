//! What crosses a wire about notices: one line each, and the page of them.

use crate::kernel::ids::NoticeId;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// One notice in the house.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NoticeView {
    pub id: NoticeId,
    pub title: String,
    /// Where it leads, with its workspace.
    pub href: String,
    pub at: DateTime<Utc>,
    pub at_label: String,
    pub is_new: bool,
}

/// A page of notices, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NoticesView {
    pub items: Vec<NoticeView>,
    pub next_cursor: Option<String>,
    /// How many wait to be read, in all workspaces; counting stops at 100.
    pub unread: i64,
}
