//! What crosses a wire about places and decisions.

use super::changes::DiffLine;
use crate::{
    features::requests::views::PartyView,
    kernel::{
        ids::{OpportunityId, RequestId, WaitingId},
        labels::labels,
    },
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

labels! {
    /// How somebody's waiting stands.
    WaitingState, "a state" {
        Waiting = "Waiting",
        // A place is kept for them until a moment.
        Offered = "Offered",
        Taken = "Taken",
        // They did not take it in time.
        Lapsed = "Lapsed",
        // Their request was closed.
        Left = "Left",
    }

    /// What a community means to say.
    Decision, "a decision" {
        Accept = "Accept",
        Decline = "Decline",
    }
}

/// Joining names what was read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct WaitInput {
    /// The `revisionHash` of the revision that you agree to.
    pub revision_hash: String,
}

/// Releasing says why.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct ReleaseInput {
    /// The other side is told.
    pub reason: String,
}

/// One decision to prepare.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "server", schema(as = PreparedDecisionInput))]
pub struct DecisionInput {
    pub request_id: String,
    /// `Accept`, `Decline`, or empty to take a prepared decision back.
    pub decision: String,
    /// For `Decline`: one of the rejection reasons, word for word.
    pub reason: String,
    pub note: String,
    /// The `revisionHash` of the revision that was read.
    pub revision_hash: String,
}

/// Several at once.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct DecisionsInput {
    /// Those that are not named stay as they are.
    pub decisions: Vec<DecisionInput>,
}

/// How a request stands with its opportunity's places.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct PlaceView {
    #[cfg_attr(feature = "server", schema(value_type = Option<String>))]
    pub waiting: Option<WaitingState>,
    /// 1 is next; only while waiting.
    pub position: Option<i64>,
    /// The application waits for a place before it has been answered: a place is kept for the community's answer.
    pub awaits_answer: bool,
    pub offer_until: Option<DateTime<Utc>>,
    /// "Fri 20 Nov 2026, 18:30 IST".
    pub offer_until_label: String,
    /// Why the place was given back.
    pub release_reason: Option<String>,
    /// What changed in the offer and the event since the request was made, line by line; empty when nothing did.
    pub changes: Vec<DiffLine>,
    pub can: PlaceCan,
}

/// What the viewer may do about the place.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct PlaceCan {
    pub wait: bool,
    pub take: bool,
    pub release: bool,
}

/// The panel of a request's page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PlaceScreen {
    pub place: PlaceView,
    /// The newest revision, which waiting agrees to.
    pub revision_hash: String,
    pub acting: String,
}

/// One application and what is prepared about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct DecisionRow {
    #[cfg_attr(feature = "server", schema(value_type = String, format = "uuid"))]
    pub request_id: RequestId,
    pub organization: PartyView,
    pub amount_label: String,
    pub message: String,
    /// The newest revision.
    pub revision_hash: String,
    pub expires_label: String,
    /// `Waiting for 2 …`, empty when it does not wait.
    pub waiting_label: String,
    #[cfg_attr(feature = "server", schema(value_type = Option<String>))]
    pub decision: Option<Decision>,
    pub reason: String,
    pub note: String,
    /// The offer changed after the decision was prepared.
    pub stale: bool,
    /// Why the release could not carry it out.
    pub problem: String,
}

/// The applications of an opportunity that wait for the community, with what is prepared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct DecisionsView {
    #[cfg_attr(feature = "server", schema(value_type = String, format = "uuid"))]
    pub opportunity_id: OpportunityId,
    pub opportunity_title: String,
    pub event_title: String,
    pub places_label: String,
    pub items: Vec<DecisionRow>,
    /// How many are prepared and not released.
    pub prepared: i64,
}

/// The page of prepared decisions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DecisionsScreen {
    pub view: DecisionsView,
    pub acting: String,
}

/// A decision that is prepared and not said, as a community takes it along.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PreparedView {
    pub request_id: RequestId,
    pub opportunity_id: OpportunityId,
    pub decision: Decision,
    pub reason: Option<String>,
    pub note: String,
    /// The wording that was read when it was decided.
    pub revision_hash: String,
    /// Who wrote it down.
    pub prepared_by: String,
    pub prepared_at: DateTime<Utc>,
    /// Why its release could not carry it out.
    pub problem: Option<String>,
}

/// A request's time in a line for a place, over or not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LineView {
    pub id: WaitingId,
    pub request_id: RequestId,
    pub opportunity_id: OpportunityId,
    pub state: WaitingState,
    /// 1 is next; only while waiting.
    pub position: Option<i64>,
    pub joined_at: DateTime<Utc>,
    pub offered_at: Option<DateTime<Utc>>,
    pub offer_until: Option<DateTime<Utc>>,
    pub ended_at: Option<DateTime<Utc>>,
}
