//! A request and its life: Pending → (Negotiation) → Accepted | Rejected | Withdrawn | Expired, and the revision that both
//! sides agree on. One pure function a transition, each giving the fact that alone lets the store write it.
//!
//! Promises: no way leads out of a closed state; while a request is open exactly one side has the turn; only that side
//! accepts or rejects, and it accepts the newest revision or nothing; nothing expires early. Does not know who is on which
//! side ([`super::policy`]) nor the clock.

pub mod inbox;
pub mod routing;
pub mod sending;

use super::views::{NextAction, RequestState, RevisionHash};
use crate::{
    features::partners::{
        rules::{LineDraft, read_lines},
        views::{BenefitInput, BenefitLine},
    },
    kernel::{
        actor::Side,
        canonical,
        error::Refusal,
        fact::{Fact, Statement, with},
        fields::{Check, FieldErrors},
        ids::{CommunityId, EventId, OpportunityId, OrganizationId, RequestId, RevisionId},
        labels::{Category, RejectionReason},
        money::{Currency, Money},
        text::{Paragraph, isolated},
    },
};
use chrono::{DateTime, NaiveDate, SecondsFormat, TimeDelta, Utc};
use serde::Serialize;
use serde_json::{Value, json};
use std::borrow::Cow;

/// The most characters of a message and of a note.
pub const MAX_MESSAGE: usize = 5_000;
const MAX_NOTE: usize = 1_000;
/// How long an offer stands when nobody says otherwise and the event does not begin earlier.
pub const DEFAULT_VALIDITY: TimeDelta = TimeDelta::days(14);

/// The version of the canonical text's fields.
const SCHEMA_VERSION: u32 = 1;

// ── What a door sends ───────────────────────────────────────────────────────────────────────────────────────────────

/// How long an offer shall stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Validity {
    /// [`DEFAULT_VALIDITY`], at most until the event begins.
    Usual,
    /// The end of a day in the event's zone.
    Day(NaiveDate),
    /// A moment.
    Until(DateTime<Utc>),
}

impl Validity {
    /// A date (`2027-03-01`), a moment (RFC 3339), or nothing.
    ///
    /// # Errors
    /// In words, for its field.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(Self::Usual);
        }
        if let Ok(day) = NaiveDate::parse_from_str(text, "%Y-%m-%d") {
            return Ok(Self::Day(day));
        }
        DateTime::parse_from_rfc3339(text)
            .map(|at| Self::Until(at.to_utc()))
            .map_err(|_| "Choose the last day on which your offer stands.")
    }
}

/// The proposal of a request, read.
#[derive(Debug, Clone, PartialEq)]
pub struct ProposalDraft {
    /// Its currency, where one was given or must be the opportunity's.
    pub amount: Money,
    /// The opportunity's where none was given.
    pub category: Option<Category>,
    /// The opportunity's or the tier's where none were given.
    pub benefits: Vec<LineDraft>,
    pub message: String,
    pub validity: Validity,
}

/// Reads a proposal: `amount` in major units of `currency`.
pub fn read_proposal(
    check: &mut Check,
    amount: &str,
    currency: &str,
    category: &str,
    benefits: Option<&[BenefitInput]>,
    message: &str,
    valid_until: &str,
) -> Option<ProposalDraft> {
    let currency = check.take("currency", Currency::parse(currency.trim()));
    let amount = currency.and_then(|currency| check.take("amount", Money::parse_major(amount, currency)));
    let category = match category.trim() {
        "" => Some(None),
        text => check.take("category", Category::parse(text)).map(Some),
    };
    let benefits = benefits.map(|lines| read_lines(check, "benefits", lines)).unwrap_or_default();
    let message = check.take("message", Paragraph::parse(message, MAX_MESSAGE, "message"));
    let validity = check.take("validUntil", Validity::parse(valid_until));
    Some(ProposalDraft { amount: amount?, category: category?, benefits, message: message?.into_string(), validity: validity? })
}

/// Until when an offer stands. `starts` and `ends` are the event's; `day_ends` is the last second of the day that was named.
///
/// # Errors
/// 422 on `validUntil`: in the past, or after the event.
pub fn valid_until(
    validity: Validity,
    day_ends: impl FnOnce(NaiveDate) -> DateTime<Utc>,
    starts: Option<DateTime<Utc>>,
    ends: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<DateTime<Utc>, FieldErrors> {
    let at = match validity {
        // A live event has begun: then its end is what bounds an offer.
        Validity::Usual => {
            let bound = starts.filter(|start| *start > now).or(ends);
            bound.map_or(now + DEFAULT_VALIDITY, |bound| bound.min(now + DEFAULT_VALIDITY))
        }
        Validity::Until(at) => at,
        // The day on which the event ends is a fine last day, though it lasts longer than the event.
        Validity::Day(day) => {
            let end_of_day = day_ends(day);
            match ends {
                Some(end) if end < end_of_day && end_of_day - end < TimeDelta::days(1) => end,
                _ => end_of_day,
            }
        }
    };
    if at <= now {
        return Err(FieldErrors::one("validUntil", "This is over already. Choose a later day."));
    }
    if ends.is_some_and(|end| at > end) {
        return Err(FieldErrors::one("validUntil", "The event is over by then. Choose a day before it ends."));
    }
    Ok(at)
}

// ── Revisions ───────────────────────────────────────────────────────────────────────────────────────────────────────

/// What one side proposes, complete.
#[derive(Debug, Clone, PartialEq)]
pub struct Terms {
    pub amount: Money,
    pub category: Category,
    pub benefits: Vec<BenefitLine>,
    pub message: String,
    pub valid_until: DateTime<Utc>,
}

/// Who and what a request is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parties {
    pub community: CommunityId,
    pub organization: OrganizationId,
    pub event: EventId,
    pub opportunity: Option<OpportunityId>,
    pub community_name: String,
    pub organization_name: String,
    pub event_title: String,
}

/// The canonical text (RFC 8785) of a revision: what is hashed, stored word for word, and agreed on.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Canonical<'a> {
    schema_version: u32,
    request_id: RequestId,
    sequence: i32,
    previous_hash: Option<&'a str>,
    side: Side,
    community_id: CommunityId,
    organization_id: OrganizationId,
    event_id: EventId,
    opportunity_id: Option<OpportunityId>,
    event_snapshot: &'a Value,
    amount_minor: i64,
    currency: Currency,
    category: Category,
    benefits: &'a [BenefitLine],
    message: &'a str,
    valid_until: String,
}

/// An immutable revision.
#[derive(Debug, Clone, PartialEq)]
pub struct Revision {
    pub id: RevisionId,
    pub request: RequestId,
    pub sequence: i32,
    pub side: Side,
    pub terms: Terms,
    pub canonical: String,
    pub hash: RevisionHash,
    pub previous: Option<RevisionHash>,
}

/// Writes down what a side proposes. `event_snapshot` is canonical JSON.
pub fn revise(
    id: RevisionId,
    request: RequestId,
    parties: &Parties,
    (sequence, previous): (i32, Option<RevisionHash>),
    side: Side,
    terms: Terms,
    event_snapshot: &str,
) -> Revision {
    let snapshot: Value = serde_json::from_str(event_snapshot).unwrap_or(Value::Null);
    let canonical = canonical::text(&Canonical {
        schema_version: SCHEMA_VERSION,
        request_id: request,
        sequence,
        previous_hash: previous.as_ref().map(RevisionHash::as_str),
        side,
        community_id: parties.community,
        organization_id: parties.organization,
        event_id: parties.event,
        opportunity_id: parties.opportunity,
        event_snapshot: &snapshot,
        amount_minor: terms.amount.minor,
        currency: terms.amount.currency,
        category: terms.category,
        benefits: &terms.benefits,
        message: &terms.message,
        valid_until: terms.valid_until.to_rfc3339_opts(SecondsFormat::Micros, true),
    });
    let hash = RevisionHash::of(&canonical);
    Revision { id, request, sequence, side, terms, canonical, hash, previous }
}

// ── The life of a request ───────────────────────────────────────────────────────────────────────────────────────────

/// A request as the transitions see it: held, with its newest revision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    pub id: RequestId,
    pub parties: Parties,
    pub opened_by: Side,
    pub state: RequestState,
    pub turn: Side,
    pub revision: i32,
    pub revision_hash: RevisionHash,
    pub amount: Money,
    pub category: Category,
    pub expires_at: DateTime<Utc>,
    /// Waits for staff: its receiver does not know of it.
    pub held: bool,
}

/// A side makes its first offer; the other has the turn, once it has heard of it: not while staff hold it back.
pub fn open(parties: Parties, revision: Revision, held: bool) -> RequestOpened {
    RequestOpened { id: revision.request, parties, revision, held }
}

impl Request {
    /// Does this side have to answer?
    pub fn awaits(&self, side: Side) -> bool {
        self.state.is_open() && self.turn == side
    }

    /// The side whose turn it is takes the newest revision as it stands.
    ///
    /// # Errors
    /// 409 `REQUEST_CLOSED`, `REQUEST_EXPIRED`, `STALE_REVISION` (names the newest hash), `NOT_YOUR_TURN`.
    pub fn accept(&self, side: Side, shown: &RevisionHash, now: DateTime<Utc>) -> Result<RequestAccepted, Refusal> {
        self.must_stand(shown, now)?;
        self.must_be_turn_of(side)?;
        Ok(RequestAccepted { was: self.clone(), side })
    }

    /// Does it stand as its own side looks at it, which waits for the other?
    ///
    /// # Errors
    /// 409 `REQUEST_CLOSED`, `REQUEST_EXPIRED`, `STALE_REVISION`.
    pub fn must_stand(&self, shown: &RevisionHash, now: DateTime<Utc>) -> Result<(), Refusal> {
        self.must_be_open(now)?;
        if *shown == self.revision_hash { Ok(()) } else { Err(self.stale()) }
    }

    /// The side whose turn it is says no, and why.
    ///
    /// # Errors
    /// 409 `REQUEST_CLOSED`, `REQUEST_EXPIRED`, `NOT_YOUR_TURN`.
    pub fn reject(&self, side: Side, why: Rejection, now: DateTime<Utc>) -> Result<RequestRejected, Refusal> {
        self.must_be_open(now)?;
        self.must_be_turn_of(side)?;
        Ok(RequestRejected { was: self.clone(), side, why })
    }

    /// The side that opened it takes it back.
    ///
    /// # Errors
    /// 409 `REQUEST_CLOSED`, `REQUEST_EXPIRED`, `NOT_YOURS_TO_WITHDRAW`.
    pub fn withdraw(&self, side: Side, now: DateTime<Utc>) -> Result<RequestWithdrawn, Refusal> {
        self.must_be_open(now)?;
        if side != self.opened_by {
            return Err(Refusal::new(
                "NOT_YOURS_TO_WITHDRAW",
                format!("Only {} can withdraw it, because they opened it. Decline it instead.", self.name_of(self.opened_by)),
            ));
        }
        Ok(RequestWithdrawn { was: self.clone(), side: Some(side), twin: None })
    }

    /// The two profiles of its organization became one, and the other had asked the same: one of the two is taken back,
    /// whoever opened it and whether or not its time is over.
    ///
    /// # Errors
    /// 409 `REQUEST_CLOSED`.
    pub fn withdraw_for(&self, twin: RequestId, words: &str) -> Result<RequestWithdrawn, Refusal> {
        if !self.state.is_open() {
            return Err(self.closed());
        }
        Ok(RequestWithdrawn { was: self.clone(), side: None, twin: Some((twin, words.to_owned())) })
    }

    /// Its time is over; never before.
    ///
    /// # Errors
    /// 409 `REQUEST_CLOSED`, `NOT_EXPIRED`.
    pub fn expire(&self, now: DateTime<Utc>) -> Result<RequestExpired, Refusal> {
        if !self.state.is_open() {
            return Err(self.closed());
        }
        if now < self.expires_at {
            return Err(Refusal::new("NOT_EXPIRED", "The offer still stands."));
        }
        Ok(RequestExpired { was: self.clone() })
    }

    fn stale(&self) -> Refusal {
        Refusal::new(
            "STALE_REVISION",
            format!(
                "The offer changed since you looked at it: revision {} now stands, {}. Read it, then decide.",
                self.revision, self.revision_hash
            ),
        )
    }

    fn must_be_open(&self, now: DateTime<Utc>) -> Result<(), Refusal> {
        if !self.state.is_open() {
            return Err(self.closed());
        }
        if now >= self.expires_at {
            return Err(Refusal::new(
                "REQUEST_EXPIRED",
                format!("This offer has expired. Ask {} to send it again.", self.name_of(self.turn.other())),
            ));
        }
        Ok(())
    }

    fn must_be_turn_of(&self, side: Side) -> Result<(), Refusal> {
        if self.turn == side {
            return Ok(());
        }
        Err(Refusal::new(
            "NOT_YOUR_TURN",
            format!("{} has to answer first. We tell you as soon as they do.", self.name_of(self.turn)),
        ))
    }

    fn closed(&self) -> Refusal {
        let happened = match self.state {
            RequestState::Accepted => "was accepted",
            RequestState::Rejected => "was declined",
            RequestState::Withdrawn => "was withdrawn",
            RequestState::Expired => "has expired",
            RequestState::Pending | RequestState::Negotiation => "is open",
        };
        Refusal::new(
            "REQUEST_CLOSED",
            format!("This request {happened}. Nothing more can be done with it; a new one can be sent."),
        )
    }

    /// As sentences name it.
    fn name_of(&self, side: Side) -> Cow<'_, str> {
        isolated(match side {
            Side::Community => &self.parties.community_name,
            Side::Organization => &self.parties.organization_name,
        })
    }

    /// The side that does not know of it.
    fn unseen_by(&self) -> Option<Side> {
        self.held.then(|| self.opened_by.other())
    }

    fn payload(&self, side: Option<Side>) -> Value {
        let payload = json!({
            "communityId": self.parties.community,
            "organizationId": self.parties.organization,
            "eventId": self.parties.event,
            "opportunityId": self.parties.opportunity,
            "openedBy": self.opened_by,
            "side": side,
            "from": self.state,
            "revision": self.revision,
            "revisionHash": self.revision_hash,
            "amountMinor": self.amount.minor,
            "currency": self.amount.currency,
            "category": self.category,
        });
        unseen(payload, self.unseen_by())
    }
}

/// Notes the side that must not hear of a fact, where there is one.
fn unseen(payload: Value, by: Option<Side>) -> Value {
    match by {
        Some(side) => with(payload, &[("unseenBy", json!(side))]),
        None => payload,
    }
}

/// Why a side says no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection {
    pub reason: RejectionReason,
    /// May be empty.
    pub note: String,
    /// The first day of the month from which asking again is welcome.
    pub ask_again: Option<NaiveDate>,
    /// By a rule that the side declared, not by a person.
    pub automatic: bool,
}

impl Rejection {
    /// "Budget", "Budget: Next year."
    pub fn in_words(&self) -> String {
        if self.note.is_empty() { self.reason.label().to_owned() } else { format!("{}: {}", self.reason, self.note) }
    }

    /// The same, with the month from which asking again is welcome.
    #[must_use]
    pub fn welcome_from(self, ask_again: Option<NaiveDate>) -> Self {
        Self { ask_again, ..self }
    }

    /// # Errors
    /// Beside `reason` and `note`.
    pub fn parse(reason: &str, note: &str) -> Result<Self, FieldErrors> {
        let mut check = Check::default();
        let reason = check.take("reason", RejectionReason::parse(reason.trim()));
        let note = check.take("note", Paragraph::parse(note, MAX_NOTE, "note"));
        check.finish()?;
        match (reason, note) {
            (Some(reason), Some(note)) => Ok(Self { reason, note: note.into_string(), ask_again: None, automatic: false }),
            _ => Err(FieldErrors::one("reason", "Say why.")),
        }
    }
}

/// As [`next_action`], for who sent something to a profile that nobody has taken over. Without a website it is not `claimable`:
/// its people join, and staff make the two profiles one.
pub fn waits_for_a_claim(other: &str, claimable: bool) -> NextAction {
    let text = if claimable {
        "The request waits until somebody of theirs has taken the profile over. If you know a mailbox of theirs, invite them on \
         their profile. We tell you when they can answer; until then you can withdraw it."
    } else {
        "Nobody has said which website is theirs, so we cannot invite them. Ask them to join as a sponsor or partner: the request \
         reaches them when our staff have made the two profiles one. Until then you can withdraw it."
    };
    NextAction {
        over: "Waiting".into(),
        title: format!("{} has nobody here yet", isolated(other)),
        text: text.into(),
        tone: "neutral".into(),
    }
}

/// As [`next_action`], for who sent something that staff look at first; `why` says what was unusual.
pub fn waits_for_staff(other: &str, why: &str) -> NextAction {
    NextAction {
        over: "Waiting".into(),
        title: "Our staff look at it before it is delivered".into(),
        text: format!(
            "It looked unusual: {why}. {} does not see it yet. You get a mail when it is delivered, or when it is not; until \
             then you can withdraw it.",
            isolated(other)
        ),
        tone: "warning".into(),
    }
}

/// As [`next_action`], for who sent something that staff did not deliver; `why` is what they wrote.
pub fn refused_by_staff(other: &str, why: &str) -> NextAction {
    NextAction {
        over: "Closed".into(),
        title: "Our staff did not deliver it".into(),
        text: format!(
            "They wrote: “{}” {} never hears of it. A new request can be sent when that has changed.",
            isolated(why),
            isolated(other)
        ),
        tone: "neutral".into(),
    }
}

/// The one thing to do next, in words, for somebody on `side`. `deadline` is the ready label of the expiry; `why_not` says
/// what keeps this person from acting although it is their side's turn.
pub fn next_action(
    (state, opened_by, turn): (RequestState, Side, Side),
    side: Side,
    other: &str,
    deadline: &str,
    why_not: &str,
    reason: Option<RejectionReason>,
) -> NextAction {
    let mine = opened_by == side;
    let other = isolated(other);
    let action =
        |over: &str, title: String, text: String, tone: &str| NextAction { over: over.into(), title, text, tone: tone.into() };
    match state {
        RequestState::Pending | RequestState::Negotiation if turn == side => {
            let text = if why_not.is_empty() {
                "Accept what is offered, or decline and say why.".to_owned()
            } else {
                why_not.to_owned()
            };
            action("Your turn", format!("Answer {other} by {deadline}"), text, "accent")
        }
        RequestState::Pending | RequestState::Negotiation => action(
            "Their turn",
            format!("{other} has until {deadline} to answer"),
            if mine {
                "We tell you as soon as they do. Until then you can withdraw it.".into()
            } else {
                "We tell you as soon as they do.".into()
            },
            "neutral",
        ),
        RequestState::Accepted => {
            let text = match side {
                Side::Community => format!("{other} stands on the event's page now."),
                Side::Organization => "You stand on the event's page now.".to_owned(),
            };
            action("Agreed", format!("You and {other} agree"), text, "success")
        }
        RequestState::Rejected => {
            let who = if turn == side { "You".into() } else { other };
            let why = reason.map_or_else(String::new, |reason| format!("Reason: {reason}. "));
            action(
                "Closed",
                format!("{who} declined"),
                format!("{why}A new request can be sent when that has changed."),
                "neutral",
            )
        }
        RequestState::Withdrawn => {
            let who = if mine { "You".into() } else { other };
            action("Closed", format!("{who} withdrew it"), "Nothing is left to do here.".into(), "neutral")
        }
        RequestState::Expired => {
            action("Closed", "Nobody answered in time".into(), "A new request can be sent at any time.".into(), "neutral")
        }
    }
}

// ── Facts ───────────────────────────────────────────────────────────────────────────────────────────────────────────

fn names(parties: &Parties, amount: Money) -> Value {
    json!({
        "amountLabel": amount.format(),
        "communityName": parties.community_name,
        "organizationName": parties.organization_name,
        "eventTitle": parties.event_title,
    })
}

fn statement(name: &'static str, id: RequestId, payload: Value, private: Value) -> Statement {
    // Only the request's own timeline shows it: a workspace's is read by people who do not see requests.
    Statement { room: "requests", name, subject: id.into(), about: Vec::new(), payload, private: Some(private) }
}

/// A request was sent.
#[derive(Debug, Clone, PartialEq)]
pub struct RequestOpened {
    id: RequestId,
    parties: Parties,
    revision: Revision,
    held: bool,
}

impl RequestOpened {
    /// Staff look at it before its receiver does.
    pub fn held(&self) -> bool {
        self.held
    }

    pub fn id(&self) -> RequestId {
        self.id
    }

    pub fn parties(&self) -> &Parties {
        &self.parties
    }

    pub fn revision(&self) -> &Revision {
        &self.revision
    }
}

impl Fact for RequestOpened {
    fn statement(&self) -> Statement {
        let Revision { side, terms, .. } = &self.revision;
        statement(
            "request_opened",
            self.id,
            unseen(
                json!({
                    "communityId": self.parties.community,
                    "organizationId": self.parties.organization,
                    "eventId": self.parties.event,
                    "opportunityId": self.parties.opportunity,
                    "openedBy": side,
                    "side": side,
                    "revision": self.revision.sequence,
                    "revisionHash": self.revision.hash,
                    "amountMinor": terms.amount.minor,
                    "currency": terms.amount.currency,
                    "category": terms.category,
                    "validUntil": terms.valid_until,
                }),
                self.held.then(|| side.other()),
            ),
            with(names(&self.parties, terms.amount), &[("message", json!(terms.message))]),
        )
    }
}

macro_rules! closings {
    ($($(#[$doc:meta])* $name:ident, $word:literal => $state:ident { $($field:ident: $type:ty),* $(,)? } side $side:expr, more $more:expr;)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq)]
        pub struct $name { was: Request, $($field: $type),* }

        impl $name {
            /// The request as it was before.
            pub fn was(&self) -> &Request {
                &self.was
            }

            /// The state that it is in now.
            pub fn state(&self) -> RequestState {
                RequestState::$state
            }
        }

        impl Fact for $name {
            fn statement(&self) -> Statement {
                let (side, (payload, private)): (Option<Side>, (Vec<(&str, Value)>, Vec<(&str, Value)>)) = (($side)(self), ($more)(self));
                statement(
                    $word,
                    self.was.id,
                    with(self.was.payload(side), &payload),
                    with(names(&self.was.parties, self.was.amount), &private),
                )
            }
        }
    )+};
}

closings! {
    /// Both sides agree.
    RequestAccepted, "request_accepted" => Accepted { side: Side }
    side |it: &Self| Some(it.side), more |_: &Self| (vec![], vec![]);

    /// One side said no.
    RequestRejected, "request_rejected" => Rejected { side: Side, why: Rejection }
    side |it: &Self| Some(it.side), more |it: &Self| (vec![("reason", json!(it.why.reason)), ("askAgain", json!(it.why.ask_again)), ("automatic", json!(it.why.automatic))], vec![("note", json!(it.why.note)), ("reason", json!(it.why.in_words()))]);

    /// Taken back by the side that opened it; by nobody's side where it was one of two that became one.
    RequestWithdrawn, "request_withdrawn" => Withdrawn { side: Option<Side>, twin: Option<(RequestId, String)> }
    side |it: &Self| it.side, more |it: &Self| match &it.twin {
        Some((twin, words)) => (vec![("twin", json!(twin))], vec![("note", json!(words)), ("reason", json!(words))]),
        None => (vec![], vec![]),
    };

    /// Nobody answered in time.
    RequestExpired, "request_expired" => Expired {}
    side |_: &Self| None, more |it: &Self| (vec![("expiresAt", json!(it.was.expires_at))], vec![]);
}

impl RequestRejected {
    pub fn why(&self) -> &Rejection {
        &self.why
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000, 0).expect("a moment")
    }

    fn parties() -> Parties {
        Parties {
            community: CommunityId(Uuid::from_u128(1)),
            organization: OrganizationId(Uuid::from_u128(2)),
            event: EventId(Uuid::from_u128(3)),
            opportunity: None,
            community_name: "Apex Circle".into(),
            organization_name: "Acme".into(),
            event_title: "HackFest".into(),
        }
    }

    fn terms(minor: i64) -> Terms {
        Terms {
            amount: Money { minor, currency: Currency::Inr },
            category: Category::PlatinumSponsor,
            benefits: Vec::new(),
            message: "Hello ₹".into(),
            valid_until: now() + TimeDelta::days(14),
        }
    }

    fn revision(sequence: i32, previous: Option<RevisionHash>, side: Side, minor: i64) -> Revision {
        revise(
            RevisionId(Uuid::from_u128(9)),
            RequestId(Uuid::from_u128(4)),
            &parties(),
            (sequence, previous),
            side,
            terms(minor),
            r#"{"title":"HackFest"}"#,
        )
    }

    #[test]
    fn of_two_that_became_one_the_newer_is_withdrawn_by_nobodys_side() {
        let twin = RequestId(Uuid::from_u128(5));
        let held = Request { held: true, ..request(Side::Community, RequestState::Pending, Side::Organization) };
        let said = held.withdraw_for(twin, "Both asked the same.").expect("open").statement();
        assert_eq!((said.name, &said.payload["side"], &said.payload["twin"]), ("request_withdrawn", &Value::Null, &json!(twin)));
        assert_eq!(said.payload["unseenBy"], "organization", "who does not know of it hears nothing");
        assert!(!said.payload.to_string().contains("Both asked"));
        let over = request(Side::Community, RequestState::Rejected, Side::Organization);
        assert_eq!(over.withdraw_for(twin, "").expect_err("over").code, "REQUEST_CLOSED");
    }

    fn request(opened_by: Side, state: RequestState, turn: Side) -> Request {
        let first = revision(1, None, opened_by, 35_000_000);
        Request {
            id: first.request,
            parties: parties(),
            opened_by,
            state,
            turn,
            revision: 1,
            revision_hash: first.hash,
            amount: first.terms.amount,
            category: first.terms.category,
            expires_at: first.terms.valid_until,
            held: false,
        }
    }

    #[test]
    fn the_canonical_text_is_word_for_word() {
        let it = revision(1, None, Side::Organization, 35_000_000);
        assert_eq!(
            it.canonical,
            concat!(
                r#"{"amountMinor":35000000,"benefits":[],"category":"Platinum Sponsor","communityId":"00000000-0000-0000-0000-000000000001","#,
                r#""currency":"INR","eventId":"00000000-0000-0000-0000-000000000003","eventSnapshot":{"title":"HackFest"},"message":"Hello ₹","#,
                r#""opportunityId":null,"organizationId":"00000000-0000-0000-0000-000000000002","previousHash":null,"#,
                r#""requestId":"00000000-0000-0000-0000-000000000004","schemaVersion":1,"sequence":1,"side":"organization","#,
                r#""validUntil":"2027-01-29T08:00:00.000000Z"}"#
            )
        );
        assert_eq!(it.hash.as_str(), canonical::sha256_hex(&it.canonical));
        let second = revision(2, Some(it.hash.clone()), Side::Community, 35_000_000);
        assert!(second.canonical.contains(it.hash.as_str()));
        assert_ne!(second.hash, it.hash);
    }

    #[test]
    fn accepting_names_what_was_seen() {
        let it = request(Side::Organization, RequestState::Pending, Side::Community);
        let seen = it.revision_hash.clone();
        let old = revision(1, None, Side::Organization, 1).hash;
        let stale = it.accept(Side::Community, &old, now()).expect_err("stale");
        assert_eq!(stale.code, "STALE_REVISION");
        assert!(stale.message.contains(seen.as_str()));
        assert_eq!(it.accept(Side::Organization, &seen, now()).expect_err("turn").code, "NOT_YOUR_TURN");
        assert_eq!(it.accept(Side::Community, &seen, it.expires_at).expect_err("late").code, "REQUEST_EXPIRED");
        assert_eq!(it.accept(Side::Community, &seen, now()).expect("accepts").state(), RequestState::Accepted);
    }

    #[test]
    fn only_the_opener_withdraws_and_nothing_expires_early() {
        let it = request(Side::Community, RequestState::Pending, Side::Organization);
        assert_eq!(it.withdraw(Side::Organization, now()).expect_err("theirs").code, "NOT_YOURS_TO_WITHDRAW");
        assert!(it.withdraw(Side::Community, now()).is_ok());
        assert_eq!(it.expire(it.expires_at - TimeDelta::microseconds(1)).expect_err("early").code, "NOT_EXPIRED");
        assert!(it.expire(it.expires_at).is_ok());
    }

    #[test]
    fn a_rejection_has_a_reason_of_the_list() {
        assert!(Rejection::parse("Because", "").expect_err("no reason").get("reason").is_some());
        let why = Rejection::parse("Budget", "Next year. ").expect("reads");
        let said = request(Side::Community, RequestState::Pending, Side::Organization)
            .reject(Side::Organization, why, now())
            .expect("rejects")
            .statement();
        assert_eq!(said.payload["reason"], "Budget");
        assert_eq!(said.private.expect("a note")["note"], "Next year.");
        assert!(!said.payload.to_string().contains("Next year"), "free text stays out of the chain");
    }

    #[test]
    fn an_offer_stands_two_weeks_or_until_the_event_begins() {
        let end_of_day = |day: NaiveDate| day.and_hms_opt(23, 59, 59).expect("a time").and_utc();
        let until = |validity, starts: i64, ends: i64| {
            valid_until(validity, end_of_day, Some(now() + TimeDelta::days(starts)), Some(now() + TimeDelta::days(ends)), now())
        };
        assert_eq!(until(Validity::Usual, 30, 31), Ok(now() + TimeDelta::days(14)));
        assert_eq!(until(Validity::Usual, 3, 4), Ok(now() + TimeDelta::days(3)));
        assert_eq!(until(Validity::Usual, -1, 2), Ok(now() + TimeDelta::days(2)));
        assert!(until(Validity::Until(now()), 30, 31).is_err());
        assert!(until(Validity::Until(now() + TimeDelta::days(32)), 30, 31).is_err());
        let last = (now() + TimeDelta::days(31)).date_naive();
        assert_eq!(until(Validity::Day(last), 30, 31), Ok(now() + TimeDelta::days(31)));
        assert_eq!(Validity::parse("tomorrow"), Err("Choose the last day on which your offer stands."));
    }

    #[derive(Debug, Clone)]
    enum Move {
        Accept(Side, bool),
        Reject(Side),
        Withdraw(Side),
        Expire,
        Counter,
        Wait(i64),
    }

    fn a_move() -> impl Strategy<Value = Move> {
        let side = prop_oneof![Just(Side::Community), Just(Side::Organization)];
        prop_oneof![
            (side.clone(), any::<bool>()).prop_map(|(side, newest)| Move::Accept(side, newest)),
            side.clone().prop_map(Move::Reject),
            side.prop_map(Move::Withdraw),
            Just(Move::Expire),
            Just(Move::Counter),
            (0_i64..6).prop_map(Move::Wait),
        ]
    }

    proptest! {
        /// No walk leaves a closed state; while it is open exactly one side has the turn; whoever accepts had the turn and
        /// the newest hash; nothing expires early.
        #[test]
        fn walks_keep_the_laws(opened_by in prop_oneof![Just(Side::Community), Just(Side::Organization)], moves in prop::collection::vec(a_move(), 1..40)) {
            let mut it = request(opened_by, RequestState::Pending, opened_by.other());
            let mut hashes = vec![it.revision_hash.clone()];
            let mut at = now();
            for step in moves {
                let before = it.clone();
                let next = match step {
                    Move::Wait(days) => { at += TimeDelta::days(days); None }
                    // What negotiations will do: the side whose turn it is answers with another revision.
                    Move::Counter => {
                        if it.state.is_open() && at < it.expires_at {
                            let revision = revision(it.revision + 1, Some(it.revision_hash.clone()), it.turn, 35_000_000 + i64::from(it.revision));
                            it.revision += 1;
                            it.revision_hash = revision.hash.clone();
                            hashes.push(revision.hash);
                            it.turn = it.turn.other();
                            it.state = RequestState::Negotiation;
                        }
                        None
                    }
                    Move::Accept(side, newest) => {
                        let shown = if newest { it.revision_hash.clone() } else { hashes[0].clone() };
                        let outcome = it.accept(side, &shown, at);
                        if outcome.is_ok() {
                            prop_assert_eq!(&shown, hashes.last().expect("one at least"));
                            prop_assert!(it.awaits(side));
                            prop_assert!(at < it.expires_at);
                        }
                        outcome.ok().map(|fact| fact.state())
                    }
                    Move::Reject(side) => {
                        let outcome = it.reject(side, Rejection { reason: RejectionReason::Budget, note: String::new(), ask_again: None, automatic: false }, at);
                        if outcome.is_ok() { prop_assert!(it.awaits(side)); }
                        outcome.ok().map(|fact| fact.state())
                    }
                    Move::Withdraw(side) => {
                        let outcome = it.withdraw(side, at);
                        if outcome.is_ok() { prop_assert_eq!(side, it.opened_by); }
                        outcome.ok().map(|fact| fact.state())
                    }
                    Move::Expire => {
                        let outcome = it.expire(at);
                        if outcome.is_ok() { prop_assert!(at >= it.expires_at); }
                        outcome.ok().map(|fact| fact.state())
                    }
                };
                if let Some(state) = next {
                    prop_assert!(before.state.is_open(), "{:?} was left for {:?}", before.state, state);
                    prop_assert!(!state.is_open());
                    it.state = state;
                }
                prop_assert_eq!(it.awaits(Side::Community) as u8 + it.awaits(Side::Organization) as u8, u8::from(it.state.is_open()));
            }
        }

        /// The hash binds every part of the terms.
        #[test]
        fn another_word_is_another_hash(minor in 0_i64..10_000_000_000_000, message in "\\PC{0,40}") {
            let with = |minor, message: &str| {
                let terms = Terms { message: message.to_owned(), ..terms(minor) };
                revise(RevisionId(Uuid::from_u128(9)), RequestId(Uuid::from_u128(4)), &parties(), (1, None), Side::Community, terms, "{}").hash
            };
            prop_assert_eq!(with(minor, &message), with(minor, &message));
            prop_assert_ne!(with(minor, &message), with(minor + 1, &message));
            prop_assert_ne!(with(minor, &message), with(minor, &format!("{message}.")));
        }
    }

    #[test]
    fn a_name_that_is_read_from_the_right_turns_nothing_around() {
        let title = |state, other| {
            next_action((state, Side::Organization, Side::Community), Side::Community, other, "3 May", "", None).title
        };
        assert_eq!(title(RequestState::Pending, "Acme Cloud"), "Answer Acme Cloud by 3 May");
        assert_eq!(title(RequestState::Pending, "شركة"), "Answer \u{2068}شركة\u{2069} by 3 May");
        assert_eq!(title(RequestState::Withdrawn, "شركة"), "\u{2068}شركة\u{2069} withdrew it");
    }
}
