//! What crosses a wire about notices, and about what is mailed.

use super::rules::{Pace, Topic};
use crate::kernel::ids::NoticeId;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One notice in the house.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct NoticeView {
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub id: NoticeId,
    pub title: String,
    /// Where it leads, with its workspace.
    pub href: String,
    /// The workspace that it concerns, `organization:acme`; empty for what concerns the person alone.
    pub workspace: String,
    /// What the workspace is called; empty where it is the person's own.
    pub workspace_name: String,
    pub at: DateTime<Utc>,
    pub at_label: String,
    pub is_new: bool,
}

/// How many notices there are of one workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct NoticeCount {
    /// `organization:acme`; empty for what concerns the person alone.
    pub workspace: String,
    pub name: String,
    pub unread: i64,
    pub total: i64,
}

/// A page of notices, newest first, with exact counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct NoticesView {
    pub items: Vec<NoticeView>,
    pub next_cursor: Option<String>,
    /// How many there are of what was asked for.
    pub total: i64,
    /// How many wait to be read, in all workspaces.
    pub unread: i64,
    /// How many there are, in all workspaces.
    pub all: i64,
    pub workspaces: Vec<NoticeCount>,
}

/// Which notices are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct NoticeFilter {
    /// Only those that wait to be read.
    pub unread: bool,
    /// Only those of one workspace; empty for what concerns the person alone.
    pub workspace: Option<String>,
}

/// What the API takes to mark notices as read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "server", schema(as = NoticesReadInput))]
pub struct ReadInput {
    /// These, at most 100.
    pub ids: Vec<String>,
    /// Or all of them …
    pub all: bool,
    /// … of this workspace.
    pub workspace: Option<String>,
}

/// How many wait to be read now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct UnreadView {
    pub unread: i64,
}

/// What is mailed to the caller, over the API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct PreferencesView {
    /// Where mail goes.
    pub email: String,
    /// By topic: `instant`, `digest` or `off`.
    pub pace: BTreeMap<String, String>,
    /// Topics that are always mailed at once: nobody can turn them off.
    pub always_instant: Vec<String>,
    /// The zone of the hours below: `Asia/Kolkata`.
    pub zone: String,
    /// From this hour …
    pub quiet_from: u32,
    /// … until this one nothing is mailed but what cannot wait; the same hour twice means never quiet.
    pub quiet_until: u32,
    /// The hour of the daily digest.
    pub digest_at: u32,
}

/// What the API takes for it; what is absent stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct PreferencesInput {
    /// By topic: `{"requests": "digest"}`.
    pub pace: BTreeMap<String, String>,
    pub zone: Option<String>,
    pub quiet_from: Option<u32>,
    pub quiet_until: Option<u32>,
    pub digest_at: Option<u32>,
}

/// What somebody chose about one topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChoiceView {
    pub topic: Topic,
    pub pace: Pace,
}

/// The page of what is mailed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MailSettingsView {
    pub email: String,
    pub choices: Vec<ChoiceView>,
    pub zone: String,
    /// Every zone that may be chosen.
    pub zones: Vec<String>,
    pub quiet_from: u32,
    pub quiet_until: u32,
    pub digest_at: u32,
}

/// The page behind a mail's way to unsubscribe.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UnsubscribeView {
    /// "Requests and answers", or the daily digest.
    pub about: String,
    /// Nothing of it is mailed any more.
    pub is_off: bool,
}
