//! Waiting in line for a place, being offered it, and decisions that are not yet said. One pure function a transition, each
//! giving the fact that alone lets the store write it.
//!
//! Promises: nobody waits while a place is free; a place is kept until a moment that is never later than the offer itself;
//! what is prepared is stated about the opportunity, whose timeline only its community reads.

use super::views::{Decision, DecisionInput, WaitingState};
use crate::{
    features::requests::rules::{Parties, Rejection, Request},
    kernel::{
        actor::Side,
        error::{AppError, Refusal},
        fact::{Fact, Statement, Subject, with},
        fields::FieldErrors,
        ids::{CommunityId, OpportunityId, RequestId, WaitingId},
        text::{Paragraph, isolated},
    },
};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

/// How long a place is kept for whoever is next.
pub const WINDOW: TimeDelta = TimeDelta::days(3);
const MAX_REASON: usize = 1_000;

/// Why a place is released: a sentence, because the other side reads it.
///
/// # Errors
/// 422 on `reason`.
pub fn read_reason(text: &str) -> Result<String, FieldErrors> {
    let reason = Paragraph::parse(text, MAX_REASON, "reason").map_err(|error| FieldErrors::one("reason", error.to_string()))?;
    if reason.is_empty() {
        return Err(FieldErrors::one("reason", "Say why: they are told."));
    }
    Ok(reason.into_string())
}

fn about(parties: &Parties) -> Value {
    json!({
        "communityId": parties.community,
        "organizationId": parties.organization,
        "eventId": parties.event,
        "opportunityId": parties.opportunity,
    })
}

fn names(parties: &Parties) -> Value {
    json!({
        "communityName": parties.community_name,
        "organizationName": parties.organization_name,
        "eventTitle": parties.event_title,
    })
}

fn statement(name: &'static str, request: RequestId, payload: Value, private: Value) -> Statement {
    // As with every fact of a request, only its own timeline shows it.
    Statement { room: "decisions", name, subject: request.into(), about: Vec::new(), payload, private: Some(private) }
}

/// Somebody's place in the line, held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    pub id: WaitingId,
    pub request: RequestId,
    pub state: WaitingState,
    /// Who agreed to wait …
    pub side: Side,
    /// … and to which wording.
    pub revision_hash: String,
    /// The side whose answer the request still waits for: until it has agreed, a place that is kept is kept for its answer.
    pub turn: Side,
    pub offer_until: Option<DateTime<Utc>>,
}

/// A request joins the line: the side whose answer is awaited agrees to what is offered, as soon as there is a place. An
/// organization that applied may also wait before it has its answer: its place is kept in its turn, and then the community
/// answers. The community may agree to one that waits so; it keeps its place in the line.
///
/// # Errors
/// 409 `NO_OPPORTUNITY`, `PLACE_FREE`, and whatever keeps that side from accepting.
pub fn join(
    id: WaitingId,
    request: &Request,
    side: Side,
    shown: &crate::features::requests::views::RevisionHash,
    places_left: i64,
    now: DateTime<Utc>,
) -> Result<WaitingJoined, Refusal> {
    let Some(opportunity) = request.parties.opportunity else {
        return Err(Refusal::new("NO_OPPORTUNITY", "This request is for no opportunity, so there is no place to wait for."));
    };
    if is_applicant(request.opened_by, request.turn, side) {
        request.must_stand(shown, now)?;
    } else {
        // Waiting is agreeing: whoever may not accept may not wait.
        request.accept(side, shown, now)?;
    }
    if places_left > 0 {
        return Err(Refusal::new("PLACE_FREE", "A place is free, so there is nothing to wait for but the answer."));
    }
    Ok(WaitingJoined {
        id,
        request: request.id,
        opportunity,
        parties: request.parties.clone(),
        side,
        hash: shown.to_string(),
        held: request.held,
        agreed: false,
    })
}

/// Does this side wait for the answer to its own application?
pub fn is_applicant(opened_by: Side, turn: Side, side: Side) -> bool {
    side == Side::Organization && opened_by == side && turn == Side::Community
}

impl Waiting {
    /// A place is kept for them until a moment: [`WINDOW`] from now, at most until the offer ends.
    pub fn offer(&self, parties: &Parties, expires_at: DateTime<Utc>, now: DateTime<Utc>) -> PlaceOffered {
        PlaceOffered {
            id: self.id,
            request: self.request,
            parties: parties.clone(),
            until: (now + WINDOW).min(expires_at),
            taker: self.taker(),
        }
    }

    /// Who has to say yes while a place is kept: the organization, or the community that has not agreed yet.
    pub fn taker(&self) -> Side {
        if self.side == self.turn { Side::Organization } else { self.turn }
    }

    /// The community agrees to an application that has put itself in line.
    pub fn may_be_agreed(&self, side: Side) -> bool {
        self.state == WaitingState::Waiting && side == Side::Community && self.side != side && self.turn == side
    }

    /// May the place that is kept be taken now?
    ///
    /// # Errors
    /// 409 `STILL_WAITING`, `OFFER_LAPSED`, `REQUEST_CLOSED`.
    pub fn must_be_offered(&self, now: DateTime<Utc>) -> Result<(), Refusal> {
        match (self.state, self.offer_until) {
            (WaitingState::Offered, Some(until)) if now < until => Ok(()),
            (WaitingState::Waiting, _) => {
                Err(Refusal::new("STILL_WAITING", "No place is free yet. We tell you as soon as one is kept for you."))
            }
            (WaitingState::Offered | WaitingState::Lapsed, _) => {
                Err(Refusal::new("OFFER_LAPSED", "The place was kept for you for a while and is offered to the next by now."))
            }
            (WaitingState::Taken | WaitingState::Left, _) => {
                Err(Refusal::new("REQUEST_CLOSED", "This request is closed already. Load the page again."))
            }
        }
    }

    /// Nobody took it in time; nothing before its time.
    pub fn lapse(&self, parties: &Parties, now: DateTime<Utc>) -> Option<PlaceOfferLapsed> {
        (self.state == WaitingState::Offered && self.offer_until.is_some_and(|until| now >= until)).then(|| PlaceOfferLapsed {
            id: self.id,
            request: self.request,
            parties: parties.clone(),
            taker: self.taker(),
        })
    }
}

/// The community takes an agreed place back. `holds` says that the request has one.
///
/// # Errors
/// 409 `NO_PLACE_HELD`.
pub fn release(request: &Request, reason: String, holds: bool) -> Result<PlaceReleased, Refusal> {
    match request.parties.opportunity {
        Some(_) if holds && request.state == crate::features::requests::views::RequestState::Accepted => {
            Ok(PlaceReleased { request: request.id, parties: request.parties.clone(), reason })
        }
        _ => Err(Refusal::new("NO_PLACE_HELD", "This request holds no place of an opportunity, so there is none to release.")),
    }
}

macro_rules! line_facts {
    ($($(#[$doc:meta])* $name:ident, $word:literal { $($field:ident: $type:ty),* $(,)? } ($it:ident) payload $payload:expr, private $private:expr;)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq)]
        pub struct $name { request: RequestId, parties: Parties, $($field: $type),* }

        impl $name {
            pub fn request(&self) -> RequestId {
                self.request
            }
        }

        impl Fact for $name {
            fn statement(&self) -> Statement {
                let $it = self;
                statement($word, self.request, with(about(&self.parties), &$payload), with(names(&self.parties), &$private))
            }
        }
    )+};
}

line_facts! {
    /// A request waits for a place.
    WaitingJoined, "waiting_joined" { id: WaitingId, opportunity: OpportunityId, side: Side, hash: String, held: bool, agreed: bool }
    // What staff hold back is not heard of by the other side.
    (it) payload [
        ("side", json!(it.side)),
        ("revisionHash", json!(it.hash)),
        ("unseenBy", json!(it.held.then(|| it.side.other()))),
        // It was in line already, and the community says yes to it.
        ("agreed", json!(it.agreed)),
    ], private [];

    /// A place is kept for whoever was next.
    PlaceOffered, "place_offered" { id: WaitingId, until: DateTime<Utc>, taker: Side }
    (it) payload [("until", json!(it.until)), ("taker", json!(it.taker))], private [];

    /// It was not taken in time.
    PlaceOfferLapsed, "place_offer_lapsed" { id: WaitingId, taker: Side }
    (it) payload [("taker", json!(it.taker))], private [];

    /// The community took an agreed place back.
    PlaceReleased, "place_released" { reason: String }
    (it) payload [("side", json!(Side::Community))], private [("note", json!(it.reason))];
}

impl WaitingJoined {
    /// It waited for the answer before, and this is the answer: it goes on waiting for a place only.
    #[must_use]
    pub fn agreeing(self) -> Self {
        Self { agreed: true, ..self }
    }

    pub fn id(&self) -> WaitingId {
        self.id
    }

    pub fn opportunity(&self) -> OpportunityId {
        self.opportunity
    }

    pub fn side(&self) -> Side {
        self.side
    }

    pub fn hash(&self) -> &str {
        &self.hash
    }
}

impl PlaceOffered {
    pub fn id(&self) -> WaitingId {
        self.id
    }

    pub fn until(&self) -> DateTime<Utc> {
        self.until
    }
}

impl PlaceOfferLapsed {
    pub fn id(&self) -> WaitingId {
        self.id
    }
}

impl PlaceReleased {
    pub fn reason(&self) -> &str {
        &self.reason
    }
}

// ── Decisions that are not yet said ─────────────────────────────────────────────────────────────────────────────────

/// A decision, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prepared {
    pub decision: Decision,
    /// For declining.
    pub rejection: Option<Rejection>,
}

impl DecisionInput {
    /// Nothing: what was prepared is taken back.
    ///
    /// # Errors
    /// Beside `decision`, `reason` and `note`.
    pub fn parse(&self) -> Result<Option<Prepared>, FieldErrors> {
        if self.decision.trim().is_empty() {
            return Ok(None);
        }
        let decision = Decision::parse(self.decision.trim()).map_err(|error| FieldErrors::one("decision", error.to_string()))?;
        let rejection = match decision {
            Decision::Accept => None,
            Decision::Decline => Some(Rejection::parse(&self.reason, &self.note)?),
        };
        Ok(Some(Prepared { decision, rejection }))
    }
}

/// May something be prepared about this request?
///
/// # Errors
/// 409 `NOT_YOUR_TURN`, `REQUEST_CLOSED`; 404 for a request of another opportunity.
pub fn must_be_decidable(request: &Request, opportunity: OpportunityId) -> Result<(), AppError> {
    if request.parties.opportunity != Some(opportunity) {
        return Err(AppError::NotFound);
    }
    if !request.state.is_open() {
        return Err(Refusal::new("REQUEST_CLOSED", "This request is closed already. Load the page again.").into());
    }
    if !request.awaits(Side::Community) {
        let who = isolated(&request.parties.organization_name);
        return Err(Refusal::new("NOT_YOUR_TURN", format!("{who} has to answer first, so there is nothing to decide.")).into());
    }
    Ok(())
}

/// What the community's timeline says about decisions: which were prepared, and that they were released; never to applicants.
#[derive(Debug, Clone, PartialEq)]
pub struct DecisionsPrepared {
    opportunity: OpportunityId,
    community: CommunityId,
    decisions: Vec<(RequestId, Option<Decision>)>,
}

/// The community says what it has prepared.
#[derive(Debug, Clone, PartialEq)]
pub struct DecisionsReleased {
    opportunity: OpportunityId,
    community: CommunityId,
    requests: Vec<RequestId>,
}

/// # Errors
/// 422 when nothing is named.
pub fn prepare(
    opportunity: OpportunityId,
    community: CommunityId,
    decisions: Vec<(RequestId, Option<Decision>)>,
) -> Result<DecisionsPrepared, FieldErrors> {
    if decisions.is_empty() {
        return Err(FieldErrors::one("decisions", "Choose what you decide about at least one application."));
    }
    Ok(DecisionsPrepared { opportunity, community, decisions })
}

/// # Errors
/// 409 `NOTHING_PREPARED`.
pub fn release_all(
    opportunity: OpportunityId,
    community: CommunityId,
    requests: Vec<RequestId>,
) -> Result<DecisionsReleased, Refusal> {
    if requests.is_empty() {
        return Err(Refusal::new("NOTHING_PREPARED", "Nothing is prepared. Choose what you decide, save it, then release it."));
    }
    Ok(DecisionsReleased { opportunity, community, requests })
}

impl Fact for DecisionsPrepared {
    fn statement(&self) -> Statement {
        let of = |(request, decision): &(RequestId, Option<Decision>)| json!({"requestId": request, "decision": decision});
        Statement {
            room: "decisions",
            name: "decisions_prepared",
            subject: self.opportunity.into(),
            about: vec![Subject::from(self.community)],
            payload: json!({"communityId": self.community, "decisions": self.decisions.iter().map(of).collect::<Vec<_>>()}),
            private: None,
        }
    }
}

impl Fact for DecisionsReleased {
    fn statement(&self) -> Statement {
        Statement {
            room: "decisions",
            name: "decisions_released",
            subject: self.opportunity.into(),
            about: vec![Subject::from(self.community)],
            payload: json!({"communityId": self.community, "requestIds": self.requests}),
            private: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn waiting(state: WaitingState, until: Option<DateTime<Utc>>) -> Waiting {
        Waiting {
            id: WaitingId(Uuid::from_u128(1)),
            request: RequestId(Uuid::from_u128(2)),
            state,
            side: Side::Community,
            revision_hash: "0".repeat(64),
            turn: Side::Community,
            offer_until: until,
        }
    }

    fn parties() -> Parties {
        Parties {
            community: CommunityId(Uuid::from_u128(3)),
            organization: crate::kernel::ids::OrganizationId(Uuid::from_u128(4)),
            event: crate::kernel::ids::EventId(Uuid::from_u128(5)),
            opportunity: Some(OpportunityId(Uuid::from_u128(6))),
            community_name: "Apex".into(),
            organization_name: "Acme".into(),
            event_title: "HackFest".into(),
        }
    }

    #[test]
    fn a_place_is_kept_for_a_while_and_never_longer_than_the_offer() {
        let now = DateTime::from_timestamp(1_800_000_000, 0).expect("a moment");
        let it = waiting(WaitingState::Waiting, None);
        assert_eq!(it.offer(&parties(), now + TimeDelta::days(9), now).until(), now + WINDOW);
        assert_eq!(it.offer(&parties(), now + TimeDelta::hours(1), now).until(), now + TimeDelta::hours(1));
        assert_eq!(it.must_be_offered(now).expect_err("waits").code, "STILL_WAITING");
        let offered = waiting(WaitingState::Offered, Some(now + WINDOW));
        assert!(offered.must_be_offered(now).is_ok() && offered.lapse(&parties(), now).is_none());
        assert_eq!(offered.must_be_offered(now + WINDOW).expect_err("late").code, "OFFER_LAPSED");
        assert!(offered.lapse(&parties(), now + WINDOW).is_some());
        assert!(it.lapse(&parties(), now + WINDOW).is_none());
        assert_eq!(waiting(WaitingState::Lapsed, None).must_be_offered(now).expect_err("lapsed").code, "OFFER_LAPSED");
        for over in [WaitingState::Taken, WaitingState::Left] {
            assert_eq!(waiting(over, Some(now + WINDOW)).must_be_offered(now).expect_err("over").code, "REQUEST_CLOSED");
        }
    }

    #[test]
    fn a_decision_is_read_whole() {
        let input = |decision: &str, reason: &str| DecisionInput {
            decision: decision.into(),
            reason: reason.into(),
            ..DecisionInput::default()
        };
        assert_eq!(input("", "").parse(), Ok(None));
        assert!(matches!(input("Accept", "").parse(), Ok(Some(Prepared { rejection: None, .. }))));
        assert!(input("Decline", "").parse().expect_err("why").get("reason").is_some());
        assert!(matches!(input("Decline", "Budget").parse(), Ok(Some(Prepared { rejection: Some(_), .. }))));
        assert!(input("Maybe", "").parse().expect_err("what").get("decision").is_some());
        let secret = prepare(
            OpportunityId(Uuid::from_u128(6)),
            CommunityId(Uuid::from_u128(3)),
            vec![(RequestId(Uuid::from_u128(2)), Some(Decision::Decline))],
        )
        .expect("one");
        assert_eq!(
            secret.statement().subject.kind,
            crate::kernel::fact::SubjectKind::Opportunity,
            "not on the request's timeline"
        );
        assert!(prepare(OpportunityId(Uuid::from_u128(6)), CommunityId(Uuid::from_u128(3)), Vec::new()).is_err());
        assert!(read_reason(" ").expect_err("empty").get("reason").is_some());
    }
}
