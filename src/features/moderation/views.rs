//! What crosses a wire about reports.

use crate::{
    features::organizations::{rules::merging::MoveCounts, views::MergeSide},
    kernel::{
        ids::{OrganizationId, ReportId},
        labels::labels,
    },
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

labels! {
    /// What can be reported.
    Reported, "something that can be reported" {
        Organization = "organization",
        Community = "community",
        Event = "event",
        Opportunity = "opportunity",
        // A request or its message.
        Request = "request",
    }

    /// What is wrong with it.
    ReportReason, "a reason" {
        Spam = "Spam",
        False = "False or misleading",
        Impersonation = "Pretends to be somebody else",
        Harassment = "Harassment or hate",
        Illegal = "Illegal or dangerous",
        Other = "Something else",
    }

    /// How far a report has come.
    ReportState, "a status" {
        Open = "Open",
        Dismissed = "Dismissed",
        Warned = "Warned",
        Hidden = "Hidden",
        // Hidden, and put back later.
        Shown = "Shown",
    }

    /// What became of a wish to merge two profiles.
    MergeState, "a state of a merge" {
        // It waits for a second person of the staff.
        Proposed = "proposed",
        Merged = "merged",
        Dropped = "dropped",
    }
}

/// A report as a door receives it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct ReportInput {
    /// `organization`, `community`, `event`, `opportunity` or `request`.
    pub subject_kind: String,
    pub subject_id: String,
    /// One of the reasons, word for word.
    pub reason: String,
    /// What happened; needed for `Something else`.
    pub words: String,
}

/// A decision as a door receives it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "server", schema(as = ReportDecisionInput))]
pub struct DecisionInput {
    /// `dismiss`, `warn` or `hide`; `show` puts back what was hidden.
    pub decision: String,
    /// Why; who is warned or hidden reads it, and the reporter is told the outcome.
    pub reason: String,
}

/// A report that was received.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct ReportReceipt {
    #[cfg_attr(feature = "server", schema(value_type = String, format = "uuid"))]
    pub id: ReportId,
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub state: ReportState,
}

/// A report as staff read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct ReportView {
    #[cfg_attr(feature = "server", schema(value_type = String, format = "uuid"))]
    pub id: ReportId,
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub subject_kind: Reported,
    #[cfg_attr(feature = "server", schema(value_type = String, format = "uuid"))]
    pub subject_id: Uuid,
    pub subject_name: String,
    /// Where it can be looked at; nothing for a request, which belongs to its two sides.
    pub href: Option<String>,
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub reason: ReportReason,
    pub words: String,
    /// The message of a request that was reported, word for word.
    pub quote: Option<String>,
    pub reporter_name: String,
    pub reporter_workspace: String,
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub state: ReportState,
    pub decision_reason: Option<String>,
    /// Open reports about the same thing, this one included.
    pub open_about: i64,
    /// A decision can take it off the marketplace.
    pub can_hide: bool,
    pub created_at: DateTime<Utc>,
    /// "4 days".
    pub age_label: String,
}

/// A page of reports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct ReportsPage {
    pub items: Vec<ReportView>,
    pub next_cursor: Option<String>,
    pub total: i64,
    pub total_capped: bool,
}

/// What somebody is about to report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReportScreen {
    pub subject_kind: String,
    pub subject_id: String,
    pub name: String,
    pub acting: String,
}

/// The staff queue as its page shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReportsScreen {
    pub page: ReportsPage,
    pub decided: bool,
    pub acting: String,
}

/// What a call about a merge did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct MergeReceipt {
    /// `proposed`, `merged` or `dropped`.
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub state: MergeState,
    /// The profile that stays.
    #[cfg_attr(feature = "server", schema(value_type = String, format = "uuid"))]
    pub organization_id: OrganizationId,
    /// What moved; zeros until it is merged, and when the call is repeated.
    pub moved: MoveCounts,
}

/// The page on which staff merge two profiles.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MergeScreen {
    pub acting: String,
    /// The profile that goes.
    pub name: String,
    /// Profiles that may be the same organization.
    pub likely: Vec<MergeSide>,
    /// Which one was named, as it was typed.
    pub into: String,
    /// Why the two cannot be merged.
    pub refusal: Option<String>,
    pub plan: Option<MergePlan>,
}

/// What a merge would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MergePlan {
    pub gone: MergeSide,
    pub kept: MergeSide,
    /// A verified profile goes: two of the staff have to want it.
    pub needs_second: bool,
    /// One of them has said so.
    pub proposed: bool,
    pub counts: MoveCounts,
    pub people: Vec<MergePerson>,
    /// Requests that are withdrawn, because the other profile has an older one about the same: with whom, about what.
    pub withdrawn: Vec<String>,
    /// Places that go, because the other profile stands there in the same category.
    pub removed: Vec<String>,
}

/// Somebody of the profile that goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MergePerson {
    pub name: String,
    pub email: String,
    pub role: String,
    /// Their role in the one that stays; nothing where they have no seat there.
    pub becomes: Option<String>,
}
