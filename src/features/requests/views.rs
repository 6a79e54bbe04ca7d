//! What crosses a wire about requests: what is typed, the rows of the inbox, one request with its revisions and timeline, what
//! the reader may do next, and the dashboard.

use crate::{
    features::{
        opportunities::views::NumberText,
        partners::views::{BenefitInput, BenefitLine},
    },
    kernel::{
        actor::Side,
        canonical,
        ids::{CommunityId, EventId, OpportunityId, OrganizationId, RequestId},
        labels::{Category, EventType, Hue, Region, RejectionReason, Tier, labels},
        money::Currency,
    },
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::fmt;

labels! {
    /// How far a request has come.
    RequestState, "a status" {
        Pending = "Pending",
        Negotiation = "Negotiation",
        Accepted = "Accepted",
        Rejected = "Rejected",
        Withdrawn = "Withdrawn",
        Expired = "Expired",
    }

    /// Which part of an inbox is shown.
    InboxTab, "a part of the inbox" {
        // Every open one, whoever sent it.
        Open = "open",
        Incoming = "incoming",
        Submitted = "submitted",
        Negotiation = "negotiation",
        Accepted = "accepted",
        History = "history",
    }

    /// Which rows of a part are shown.
    InboxShow, "which to show" {
        // Those that are put aside are left out of open parts.
        All = "all",
        Unread = "unread",
        Snoozed = "snoozed",
    }

    /// What is known of a community's dealings. There is nothing but the beginning yet.
    Reputation, "a reputation" {
        New = "new",
    }
}

impl InboxTab {
    /// Does it hold open requests?
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Open | Self::Incoming | Self::Submitted | Self::Negotiation)
    }

    /// As the page names it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Open => "Open",
            Self::Incoming => "Incoming",
            Self::Submitted => "Submitted",
            Self::Negotiation => "In negotiation",
            Self::Accepted => "Accepted",
            Self::History => "History",
        }
    }
}

/// What an inbox is asked for, as it stands in an address; empty fields ask for nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct InboxAsk {
    /// [`InboxTab`]; `open` when empty.
    pub tab: String,
    /// Words of messages, names and titles; all of them, each as the beginning of a word.
    pub q: String,
    /// [`RequestState`].
    pub status: String,
    /// The event's.
    pub event_type: String,
    /// The event's.
    pub region: String,
    /// The key of a budget band, which names its currency: `INR:200000-500000`.
    pub budget: String,
    /// [`Reputation`].
    pub reputation: String,
    /// `me`, `nobody` or a colleague's id.
    pub assigned: String,
    /// [`InboxShow`].
    pub show: String,
}

impl InboxAsk {
    /// The query of an address that asks for this; with a cursor, for what comes after it.
    pub fn query(&self, cursor: &str) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in [
            ("tab", self.tab.as_str()),
            ("q", &self.q),
            ("status", &self.status),
            ("eventType", &self.event_type),
            ("region", &self.region),
            ("budget", &self.budget),
            ("reputation", &self.reputation),
            ("assigned", &self.assigned),
            ("show", &self.show),
            ("cursor", cursor),
        ] {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
        query.finish()
    }
}

impl RequestState {
    /// Awaits an answer.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Pending | Self::Negotiation)
    }

    /// As people say it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pending => "Pending",
            Self::Negotiation => "In negotiation",
            Self::Accepted => "Accepted",
            Self::Rejected => "Declined",
            Self::Withdrawn => "Withdrawn",
            Self::Expired => "Expired",
        }
    }

    /// The tone in which it is shown.
    pub fn tone(self) -> &'static str {
        match self {
            Self::Pending | Self::Negotiation => "info",
            Self::Accepted => "success",
            Self::Rejected => "danger",
            Self::Withdrawn | Self::Expired => "neutral",
        }
    }
}

/// SHA-256 of a revision's canonical text, 64 lower-case hex digits: what somebody has seen when they accept.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RevisionHash(String);

impl RevisionHash {
    pub fn of(canonical: &str) -> Self {
        Self(canonical::sha256_hex(canonical))
    }

    /// # Errors
    /// In words, when it is not 64 hex digits.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let text = text.trim().to_ascii_lowercase();
        let fine = text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        if fine { Ok(Self(text)) } else { Err("Name the revision that you saw: its revisionHash, 64 hex digits.") }
    }

    /// From the bytes that the database keeps.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        Self(hex::encode(bytes))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first eight digits, for people.
    pub fn short(&self) -> &str {
        self.0.get(..8).unwrap_or(&self.0)
    }
}

impl fmt::Display for RevisionHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A community's request as a door receives it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct RequestInput {
    pub organization_id: String,
    /// May be empty with an `opportunityId`.
    pub event_id: String,
    pub opportunity_id: String,
    #[cfg_attr(feature = "server", schema(value_type = f64, example = 350000.00))]
    pub amount: NumberText,
    /// The opportunity's when empty.
    pub currency: String,
    /// One of the 33 categories, word for word; the opportunity's when empty.
    pub category: String,
    /// The opportunity's or the tier's defaults when absent or empty.
    pub benefits: Option<Vec<BenefitInput>>,
    pub message: String,
    /// A date (its end in the event's zone) or a moment; two weeks when empty, at most until the event begins.
    pub valid_until: String,
    /// Send it although they asked to be asked again later.
    pub anyway: bool,
}

/// An organization's application as a door receives it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct ApplyInput {
    /// With `items`: their total, or nothing.
    #[cfg_attr(feature = "server", schema(value_type = f64, example = 350000.00))]
    pub amount: NumberText,
    /// Ids of the opportunity's items that are chosen; they are priced by the opportunity, and join its benefits.
    pub items: Vec<String>,
    /// Must be the opportunity's; the opportunity's when empty.
    pub currency: String,
    /// The opportunity's when empty.
    pub category: String,
    /// The opportunity's when absent or empty.
    pub benefits: Option<Vec<BenefitInput>>,
    pub message: String,
    /// A date (its end in the event's zone) or a moment; two weeks when empty, at most until the event begins. In line, until the
    /// event begins when empty.
    pub valid_until: String,
    /// Apply although every place is taken: the application waits in line, and a place that becomes free is kept for it in
    /// its turn. Where a place is free, it is an application like every other.
    pub waiting_list: bool,
}

/// Accepting names what was seen.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct AcceptInput {
    /// The `revisionHash` of the revision that you read.
    pub revision_hash: String,
}

/// Rejecting says why.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct RejectInput {
    /// One of the rejection reasons, word for word.
    pub reason: String,
    pub note: String,
    /// The month from which asking again is welcome, `2027-03`; may be empty.
    pub ask_again: String,
}

/// Declining many at once.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct BulkRejectInput {
    /// Ids of requests, at most 50.
    pub ids: Vec<String>,
    /// One of the rejection reasons, word for word; for all of them.
    pub reason: String,
    pub note: String,
    pub ask_again: String,
}

/// Giving a request to a colleague.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct AssignInput {
    /// A colleague's user id; empty gives it back to the team.
    pub assignee_id: String,
}

/// Putting a request aside.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct SnoozeInput {
    /// The day on which it comes back, at 09:00 where the event is; empty brings it back now.
    pub until: String,
}

/// What was read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct ReadInput {
    /// Ids of requests, at most 50.
    pub ids: Vec<String>,
}

/// What became of one request of a selection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct BulkOutcome {
    #[cfg_attr(feature = "server", schema(value_type = String, format = "uuid"))]
    pub id: RequestId,
    /// "Apex Circle, HackFest"; empty for one that is not yours to know of.
    pub name: String,
    pub done: bool,
    /// The stable code and the words of the refusal; empty when it was done.
    pub code: String,
    pub message: String,
}

/// What became of a selection, in its order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct BulkView {
    pub done: usize,
    pub refused: usize,
    pub items: Vec<BulkOutcome>,
}

/// Somebody of the own workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct ColleagueView {
    #[cfg_attr(feature = "server", schema(value_type = String, format = "uuid"))]
    pub id: uuid::Uuid,
    pub name: String,
    /// May act on requests, and so may be given one.
    pub can_act: bool,
}

/// How many requests a workspace and a person have sent of what a week allows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct QuotaView {
    pub used: i64,
    pub limit: i64,
    pub used_by_you: i64,
    pub limit_of_you: i64,
    /// "7 of 20 requests this week".
    pub label: String,
    /// "You have sent 29 of 30, over all your workspaces."; empty while the workspace's share ends first.
    pub your_label: String,
}

impl QuotaView {
    /// "Sent: 7 of 20 requests this week." and what the person themselves have left, where that is less.
    pub fn words(&self) -> String {
        format!("Sent: {}. {}", self.label, self.your_label).trim_end().to_owned()
    }
}

/// How often a sender was turned down for a reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct ReasonCount {
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub reason: RejectionReason,
    pub count: i64,
}

/// One side of a request, as the other sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct PartyView {
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub side: Side,
    /// The organization's or the community's id.
    #[cfg_attr(feature = "server", schema(value_type = String, format = "uuid"))]
    pub id: uuid::Uuid,
    pub slug: String,
    pub name: String,
    pub logo_url: Option<String>,
    /// The public page.
    pub href: String,
}

/// One row of an inbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct InboxRow {
    #[cfg_attr(feature = "server", schema(value_type = String, format = "uuid"))]
    pub id: RequestId,
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub state: RequestState,
    /// `community`: it was sent by the community; `organization`: it is an application.
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub opened_by: Side,
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub turn: Side,
    pub your_turn: bool,
    /// "Your turn", "Waiting for Acme", "Accepted".
    pub turn_label: String,
    pub tone: String,
    pub counterpart: PartyView,
    #[cfg_attr(feature = "server", schema(value_type = String, format = "uuid"))]
    pub event_id: EventId,
    pub event_title: String,
    #[cfg_attr(feature = "server", schema(value_type = Option<String>, format = "uuid"))]
    pub opportunity_id: Option<OpportunityId>,
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub category: Category,
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub hue: Hue,
    #[cfg_attr(feature = "server", schema(value_type = f64))]
    pub amount: serde_json::Number,
    pub amount_minor: i64,
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub currency: Currency,
    pub amount_label: String,
    /// Since when it waits, or when it was closed.
    pub since: DateTime<Utc>,
    /// "waits 4 days", "closed 2 days ago".
    pub since_label: String,
    pub expires_at: DateTime<Utc>,
    pub expires_label: String,
    /// Something happened that you have not seen.
    pub unread: bool,
    /// The colleague who handles it.
    pub assignee: Option<ColleagueView>,
    /// Until when your side has put it aside.
    pub snoozed_until: Option<DateTime<Utc>>,
    /// "Back on Mon 1 Mar 2027"; empty when it is not put aside.
    pub snoozed_label: String,
    /// Staff look at it before it is delivered; only its sender sees that.
    pub held: bool,
    /// `new` until there is more to say about the community.
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub reputation: Reputation,
}

/// How many requests each part of an inbox holds, up to 1,000.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct InboxCounts {
    /// Open ones whose turn is yours.
    pub your_turn: i64,
    pub open: i64,
    pub incoming: i64,
    pub submitted: i64,
    pub negotiation: i64,
    pub accepted: i64,
    pub history: i64,
    /// Open ones that your side has put aside; they are not among the others.
    pub snoozed: i64,
    /// Those in which something happened that you have not seen, also where they are put aside.
    pub unread: i64,
    pub unread_incoming: i64,
    pub unread_submitted: i64,
    pub unread_negotiation: i64,
    pub unread_accepted: i64,
    pub unread_history: i64,
}

impl InboxCounts {
    /// Unread ones of a part.
    pub fn unread_of(&self, tab: InboxTab) -> i64 {
        match tab {
            InboxTab::Open => self.unread_incoming + self.unread_submitted + self.unread_negotiation,
            InboxTab::Incoming => self.unread_incoming,
            InboxTab::Submitted => self.unread_submitted,
            InboxTab::Negotiation => self.unread_negotiation,
            InboxTab::Accepted => self.unread_accepted,
            InboxTab::History => self.unread_history,
        }
    }

    pub fn of(&self, tab: InboxTab) -> i64 {
        match tab {
            InboxTab::Open => self.open,
            InboxTab::Incoming => self.incoming,
            InboxTab::Submitted => self.submitted,
            InboxTab::Negotiation => self.negotiation,
            InboxTab::Accepted => self.accepted,
            InboxTab::History => self.history,
        }
    }
}

/// A page of an inbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct InboxPage {
    pub items: Vec<InboxRow>,
    pub next_cursor: Option<String>,
    pub total: i64,
    pub total_capped: bool,
    pub counts: InboxCounts,
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub tab: InboxTab,
    pub quota: QuotaView,
    /// Whom requests may be given to, and who did.
    pub colleagues: Vec<ColleagueView>,
    /// May the viewer's role act on requests?
    pub can_act: bool,
}

/// What the viewer may do with a request.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct RequestCan {
    pub accept: bool,
    pub reject: bool,
    pub withdraw: bool,
    /// Give it to a colleague, put it aside, bring it back.
    pub sort: bool,
}

/// The one thing to do next, in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct NextAction {
    /// "Your turn", "Their turn", "Done".
    pub over: String,
    /// "Answer Acme by Fri 20 Nov 2026, 18:30 IST".
    pub title: String,
    pub text: String,
    /// accent, neutral, success, danger.
    pub tone: String,
}

/// One immutable revision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct RevisionView {
    pub sequence: i32,
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub side: Side,
    /// The name of that side.
    pub by: String,
    #[cfg_attr(feature = "server", schema(value_type = f64))]
    pub amount: serde_json::Number,
    pub amount_minor: i64,
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub currency: Currency,
    pub amount_label: String,
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub category: Category,
    pub benefits: Vec<BenefitLine>,
    pub message: String,
    pub valid_until: DateTime<Utc>,
    pub valid_until_label: String,
    /// SHA-256 of `canonical`.
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub hash: RevisionHash,
    #[cfg_attr(feature = "server", schema(value_type = Option<String>))]
    pub previous_hash: Option<RevisionHash>,
    /// RFC 8785, word for word.
    pub canonical: String,
    pub created_at: DateTime<Utc>,
    pub created_label: String,
}

/// One moment of a request's timeline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct TimelineEntry {
    pub at: DateTime<Utc>,
    pub at_label: String,
    /// `request_accepted` and the like.
    pub name: String,
    /// "Apex Circle", "CommDesk".
    pub who: String,
    /// Who of your own workspace it was; nothing for the other side's people.
    pub person: Option<String>,
    /// "accepted the offer".
    pub text: String,
    pub tone: String,
    pub icon: String,
    /// A message or a note, word for word.
    pub quote: Option<String>,
}

/// A request on its own page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct RequestView {
    #[cfg_attr(feature = "server", schema(value_type = String, format = "uuid"))]
    pub id: RequestId,
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub state: RequestState,
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub opened_by: Side,
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub turn: Side,
    /// The side that the viewer stands on.
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub side: Side,
    pub your_turn: bool,
    #[cfg_attr(feature = "server", schema(value_type = String, format = "uuid"))]
    pub community_id: CommunityId,
    #[cfg_attr(feature = "server", schema(value_type = String, format = "uuid"))]
    pub organization_id: OrganizationId,
    pub community: PartyView,
    pub organization: PartyView,
    #[cfg_attr(feature = "server", schema(value_type = String, format = "uuid"))]
    pub event_id: EventId,
    pub event_title: String,
    pub event_slug: String,
    pub event_when_label: String,
    pub event_people_label: String,
    /// What changed in the event since the offer was written.
    pub event_changes: Vec<String>,
    #[cfg_attr(feature = "server", schema(value_type = Option<String>, format = "uuid"))]
    pub opportunity_id: Option<OpportunityId>,
    pub opportunity_title: Option<String>,
    #[cfg_attr(feature = "server", schema(value_type = f64))]
    pub amount: serde_json::Number,
    pub amount_minor: i64,
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub currency: Currency,
    pub amount_label: String,
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub category: Category,
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub tier_keyword: Tier,
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub hue: Hue,
    pub benefits: Vec<BenefitLine>,
    pub message: String,
    /// The newest revision's number …
    pub revision: i32,
    /// … and its hash, which accepting names.
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub revision_hash: RevisionHash,
    pub revisions: Vec<RevisionView>,
    #[cfg_attr(feature = "server", schema(value_type = Option<String>))]
    pub rejection_reason: Option<RejectionReason>,
    pub rejection_note: Option<String>,
    /// The first day of the month from which asking again is welcome.
    pub ask_again_on: Option<chrono::NaiveDate>,
    /// "March 2027".
    pub ask_again_label: String,
    /// Staff look at it before it is delivered; only its sender sees that.
    pub held: bool,
    /// Why, in words.
    pub held_label: String,
    pub assignee: Option<ColleagueView>,
    pub snoozed_until: Option<DateTime<Utc>>,
    pub snoozed_label: String,
    pub colleagues: Vec<ColleagueView>,
    /// How the organization reaches the community, while the request is open.
    pub contact: Option<ContactView>,
    /// May the viewer's role act on requests at all?
    pub can_act: bool,
    pub opened_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    /// "Fri 20 Nov 2026, 18:30 IST".
    pub expires_label: String,
    pub expires_in: String,
    pub closed_at: Option<DateTime<Utc>>,
    pub timeline: Vec<TimelineEntry>,
    pub can: RequestCan,
    /// Why the viewer cannot act although it is their side's turn; empty otherwise.
    pub why_not: String,
    pub next_action: NextAction,
}

impl RequestView {
    /// The side that the viewer does not stand on.
    pub fn counterpart(&self) -> &PartyView {
        match self.side {
            Side::Community => &self.organization,
            Side::Organization => &self.community,
        }
    }
}

/// What a workspace that sends requests should know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct StandingView {
    pub quota: QuotaView,
    /// How many of your requests were declined in the last year …
    pub total: i64,
    /// … and why; the most frequent reason first.
    pub turned_down: Vec<ReasonCount>,
}

/// A request that staff must look at before it is delivered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct HeldView {
    #[cfg_attr(feature = "server", schema(value_type = String, format = "uuid"))]
    pub id: RequestId,
    pub from: String,
    pub to: String,
    pub event_title: String,
    pub message: String,
    /// The signals, in words.
    pub why: String,
    /// "12 sent this week".
    pub sent_label: String,
    pub held_at: DateTime<Utc>,
    pub age_label: String,
}

/// A page of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct HeldPage {
    pub items: Vec<HeldView>,
    pub next_cursor: Option<String>,
    pub total: i64,
    pub total_capped: bool,
}

/// What staff say about one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct JudgeInput {
    /// `release` or `refuse`.
    pub decision: String,
    /// What its sender reads when it is refused.
    pub reason: String,
}

/// Who handles what: requests about events of this region and type go to this colleague.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct RouteInput {
    /// A region, word for word; empty for any.
    pub region: String,
    /// An event type, word for word; empty for any.
    pub event_type: String,
    /// A colleague's user id.
    pub assignee_id: String,
}

/// What a request to an organization must have; one that breaks any part is declined at once with the answer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct FitInput {
    /// The least number of people; empty for any.
    pub min_people: String,
    /// Regions, word for word; none for everywhere. Global events fit each.
    pub regions: Vec<String>,
    /// Event types, word for word; none for every type.
    pub event_types: Vec<String>,
    pub currency: String,
    /// The most that is asked for, in major units of `currency`; empty for any.
    pub max_amount: String,
    /// One of the rejection reasons, word for word.
    pub reason: String,
    /// What the sender reads.
    pub words: String,
    /// The month from which asking again is welcome, by its name, every year the next; empty for none.
    pub ask_again_month: String,
}

/// One rule of who handles what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct RouteView {
    #[cfg_attr(feature = "server", schema(value_type = String, format = "uuid"))]
    pub id: uuid::Uuid,
    #[cfg_attr(feature = "server", schema(value_type = Option<String>))]
    pub region: Option<Region>,
    #[cfg_attr(feature = "server", schema(value_type = Option<String>))]
    pub event_type: Option<EventType>,
    pub assignee: Option<ColleagueView>,
}

/// One automatic answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "server", schema(as = InboxFitView))]
pub struct FitView {
    #[cfg_attr(feature = "server", schema(value_type = String, format = "uuid"))]
    pub id: uuid::Uuid,
    /// "at least 100 people; in Europe".
    pub label: String,
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub reason: RejectionReason,
    pub words: String,
    /// "March"; empty where it names none.
    pub ask_again_month: String,
}

/// What a workspace's inbox does by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct RulesView {
    pub routes: Vec<RouteView>,
    /// Organizations only.
    pub fits: Vec<FitView>,
    pub colleagues: Vec<ColleagueView>,
    pub is_organization: bool,
    pub can_edit: bool,
}

/// What staff said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct JudgedView {
    #[cfg_attr(feature = "server", schema(value_type = String, format = "uuid"))]
    pub id: RequestId,
    pub decision: String,
}

/// How many were marked as read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct ReadView {
    pub read: u64,
}

// ── Pages ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/// An inbox as its page shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InboxScreen {
    pub inbox: InboxPage,
    pub ask: InboxAsk,
    /// What the address asks for that means nothing, in words.
    pub left_out: Vec<String>,
    pub side: Side,
    /// The first day that a request can be put aside until, and the months that a rejection can name.
    pub tomorrow: String,
    pub months: Vec<Choice>,
    /// The workspace that the links act for.
    pub acting: String,
}

/// How to reach the community of an open request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct ContactView {
    pub email: String,
    pub phone: String,
}

/// A request as its page shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RequestScreen {
    pub request: RequestView,
    pub tomorrow: String,
    pub months: Vec<Choice>,
    pub acting: String,
}

/// What a sender should know, as its page shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StandingScreen {
    pub standing: StandingView,
    pub acting: String,
}

/// The rules as their page shows them, and whom the workspace blocks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RulesScreen {
    pub rules: RulesView,
    /// Nothing for a role that does not block.
    pub blocks: Option<crate::features::blocks::views::BlocksView>,
    pub acting: String,
}

/// What waits for staff, as its page shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HeldScreen {
    pub page: HeldPage,
    pub acting: String,
}

/// Something to choose from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Choice {
    pub id: String,
    pub label: String,
}

/// Where a community writes a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ComposeScreen {
    pub organization: PartyView,
    pub industry: String,
    /// What it gives, where the viewer may know.
    pub gives: Vec<String>,
    pub budget_label: String,
    pub events: Vec<Choice>,
    /// On whose clocks the days of each event end, by its id.
    pub zones: Vec<(String, String)>,
    pub opportunities: Vec<Choice>,
    /// What keeps the viewer from sending; empty when nothing does.
    pub problem: String,
    pub quota: QuotaView,
    /// Open requests between the two, `/requests/…` and what each is about.
    pub standing: Vec<Choice>,
    /// "They asked to be asked again in March 2027"; empty when they did not, or it has come.
    pub asked_later: String,
    pub acting: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_64_hex_digits() {
        let hash = RevisionHash::of("abc");
        assert_eq!(RevisionHash::parse(&hash.as_str().to_uppercase()).as_ref(), Ok(&hash));
        assert!(RevisionHash::parse("abc").is_err());
        assert_eq!(hash.short(), "ba7816bf");
    }
}

/// What a workspace sees first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct DashboardView {
    pub name: String,
    /// Verification and next step, completeness, events supported.
    #[cfg_attr(feature = "server", schema(value_type = Option<Object>))]
    pub organization: Option<crate::features::organizations::views::DashboardPart>,
    #[cfg_attr(feature = "server", schema(value_type = Option<Object>))]
    pub community: Option<crate::features::communities::views::CommunityView>,
    /// Applications that named the reader, and wait for a word of theirs.
    pub seats: Vec<crate::features::organizations::views::WaitingSeat>,
    /// Communities whose owner the reader is, and which wait for their word.
    pub registrations: Vec<crate::features::organizations::views::WaitingRegistration>,
    /// Organizations that the reader claims, and on which nobody has decided yet.
    pub claims: Vec<crate::features::organizations::views::OpenClaim>,
    /// Absent for roles that do not see requests.
    pub counts: Option<InboxCounts>,
    /// The open requests that come first: whose turn, then who has waited longest.
    pub waiting: Vec<InboxRow>,
    pub is_staff: bool,
    pub second_factor_due: bool,
    pub can_edit_events: bool,
    pub can_manage_opportunities: bool,
    /// The workspace that links act for.
    pub acting: String,
}
