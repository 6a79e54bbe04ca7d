//! What an inbox is narrowed by, and how one side keeps a request for itself: who handles it, and until when it is put aside.
//! None of it is seen by the other side.

use super::{Parties, Request};
use crate::{
    features::{
        opportunities::rules::search_terms,
        requests::views::{InboxAsk, InboxShow, InboxTab, Reputation, RequestState},
    },
    kernel::{
        actor::Side,
        error::Refusal,
        fact::{Fact, Statement},
        fields::{Check, FieldErrors},
        ids::{RequestId, UserId},
        labels::{Band, EventType, Region},
    },
};
use chrono::{DateTime, NaiveDate, Utc};
use serde_json::{Value, json};

/// The most requests that are handled at once.
pub const MAX_AT_ONCE: usize = 50;

/// Whom the requests that are shown were given to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Assigned {
    Me,
    Nobody,
    Person(UserId),
}

/// What a part of an inbox is narrowed by, read.
#[derive(Debug, Clone, PartialEq)]
pub struct InboxFilter {
    pub tab: InboxTab,
    /// For `to_tsquery`.
    pub terms: Option<String>,
    pub state: Option<RequestState>,
    pub event_type: Option<EventType>,
    pub region: Option<Region>,
    pub budget: Option<Band>,
    /// Until communities have a reputation, every one of them is new.
    pub reputation: Option<Reputation>,
    pub assigned: Option<Assigned>,
    pub show: InboxShow,
}

impl InboxFilter {
    /// One part of an inbox, whole.
    pub fn of(tab: InboxTab) -> Self {
        Self {
            tab,
            terms: None,
            state: None,
            event_type: None,
            region: None,
            budget: None,
            reputation: None,
            assigned: None,
            show: InboxShow::All,
        }
    }

    /// Is anything left out?
    pub fn is_narrowed(&self) -> bool {
        *self != Self::of(self.tab)
    }
}

impl InboxAsk {
    /// # Errors
    /// Beside each parameter that is not on its list.
    pub fn parse(&self) -> Result<InboxFilter, FieldErrors> {
        let mut check = Check::default();
        let mut filter = InboxFilter::of(InboxTab::Open);
        if let Some(text) = filled(&self.tab) {
            filter.tab = check.take("tab", InboxTab::parse(text)).unwrap_or(InboxTab::Open);
        }
        filter.terms = search_terms(&self.q);
        filter.state = filled(&self.status).and_then(|text| check.take("status", RequestState::parse(text)));
        filter.event_type = filled(&self.event_type).and_then(|text| check.take("eventType", EventType::parse(text)));
        filter.region = filled(&self.region).and_then(|text| check.take("region", Region::parse(text)));
        filter.budget = filled(&self.budget).and_then(|text| check.take("budget", Band::parse(text)));
        filter.reputation = filled(&self.reputation).and_then(|text| check.take("reputation", Reputation::parse(text)));
        filter.assigned = match filled(&self.assigned) {
            None => None,
            Some("me") => Some(Assigned::Me),
            Some("nobody") => Some(Assigned::Nobody),
            Some(text) => check
                .take("assigned", text.parse::<UserId>().map_err(|_| "Choose `me`, `nobody` or one of your colleagues."))
                .map(Assigned::Person),
        };
        if let Some(text) = filled(&self.show) {
            filter.show = check.take("show", InboxShow::parse(text)).unwrap_or(InboxShow::All);
        }
        check.finish()?;
        Ok(filter)
    }
}

fn filled(text: &str) -> Option<&str> {
    Some(text.trim()).filter(|text| !text.is_empty())
}

/// Reads the ids of a selection; the same one twice is one.
///
/// # Errors
/// Nothing was chosen, too many were, or an id is none.
pub fn read_selection(ids: &[String]) -> Result<Vec<RequestId>, FieldErrors> {
    let mut read: Vec<RequestId> = Vec::new();
    for id in ids {
        let id = id.trim().parse().map_err(|_| FieldErrors::one("ids", "Name requests by their ids."))?;
        if !read.contains(&id) {
            read.push(id);
        }
    }
    match read.len() {
        0 => Err(FieldErrors::one("ids", "Tick the requests that you mean.")),
        n if n > MAX_AT_ONCE => Err(FieldErrors::one("ids", format!("Choose at most {MAX_AT_ONCE} at once."))),
        _ => Ok(read),
    }
}

/// The day until which a request is put aside.
///
/// # Errors
/// It is no date.
pub fn read_until(text: &str) -> Result<NaiveDate, FieldErrors> {
    NaiveDate::parse_from_str(text.trim(), "%Y-%m-%d")
        .map_err(|_| FieldErrors::one("until", "Choose the day on which it comes back."))
}

/// How one side keeps a request for itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Desk {
    pub assignee: Option<UserId>,
    pub snoozed_until: Option<DateTime<Utc>>,
}

impl Request {
    /// Gives it to a colleague of `side`, or to nobody. `None`: they have it already.
    ///
    /// # Errors
    /// 409 `REQUEST_CLOSED`.
    pub fn assign(
        &self,
        side: Side,
        desk: Desk,
        to: Option<(UserId, String)>,
        by: AssignedBy,
    ) -> Result<Option<RequestAssigned>, Refusal> {
        if !self.state.is_open() {
            return Err(self.closed());
        }
        if desk.assignee == to.as_ref().map(|(user, _)| *user) {
            return Ok(None);
        }
        Ok(Some(RequestAssigned { id: self.id, parties: self.parties.clone(), side, from: desk.assignee, to, by }))
    }

    /// Puts it aside for everybody of `side`, until a moment before it expires.
    ///
    /// # Errors
    /// 409 `REQUEST_CLOSED`; 422 on `until`.
    pub fn snooze(
        &self,
        side: Side,
        until: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<Result<RequestSnoozed, FieldErrors>, Refusal> {
        self.must_be_open(now)?;
        if until <= now {
            return Ok(Err(FieldErrors::one("until", "Choose a day after today.")));
        }
        if until >= self.expires_at {
            return Ok(Err(FieldErrors::one("until", "The offer ends before that day. Choose an earlier one, or answer now.")));
        }
        Ok(Ok(RequestSnoozed { id: self.id, parties: self.parties.clone(), side, until }))
    }

    /// Has this side said no to it?
    pub fn was_declined_by(&self, side: Side) -> bool {
        self.state == RequestState::Rejected && self.turn == side && !self.held
    }

    /// Brings it back: because its day has come, or because somebody wants it now. `None`: it was not put aside.
    pub fn wake(&self, side: Side, desk: Desk, early: bool) -> Option<RequestWoken> {
        desk.snoozed_until?;
        Some(RequestWoken { id: self.id, parties: self.parties.clone(), side, assignee: desk.assignee, early })
    }
}

/// Who gave a request to somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AssignedBy {
    Colleague,
    /// The team's own rule of who handles what.
    Rule,
}

fn own(name: &'static str, id: RequestId, parties: &Parties, side: Side, more: Value, private: Value) -> Statement {
    let mut payload = json!({
        "communityId": parties.community,
        "organizationId": parties.organization,
        "eventId": parties.event,
        "side": side,
    });
    let mut names = json!({
        "communityName": parties.community_name,
        "organizationName": parties.organization_name,
        "eventTitle": parties.event_title,
    });
    for (all, more) in [(&mut payload, more), (&mut names, private)] {
        if let (Some(all), Value::Object(more)) = (all.as_object_mut(), more) {
            all.extend(more);
        }
    }
    Statement { room: "requests", name, subject: id.into(), about: Vec::new(), payload, private: Some(names) }
}

/// A request was given to a colleague, or back to the team.
#[derive(Debug, Clone, PartialEq)]
pub struct RequestAssigned {
    id: RequestId,
    parties: Parties,
    side: Side,
    from: Option<UserId>,
    to: Option<(UserId, String)>,
    by: AssignedBy,
}

impl RequestAssigned {
    pub fn request(&self) -> RequestId {
        self.id
    }

    pub fn side(&self) -> Side {
        self.side
    }

    pub fn to(&self) -> Option<UserId> {
        self.to.as_ref().map(|(user, _)| *user)
    }
}

impl Fact for RequestAssigned {
    fn statement(&self) -> Statement {
        own(
            "request_assigned",
            self.id,
            &self.parties,
            self.side,
            json!({"assignee": self.to(), "from": self.from, "byRule": self.by == AssignedBy::Rule}),
            json!({"assigneeName": self.to.as_ref().map(|(_, name)| name)}),
        )
    }
}

/// A request was put aside.
#[derive(Debug, Clone, PartialEq)]
pub struct RequestSnoozed {
    id: RequestId,
    parties: Parties,
    side: Side,
    until: DateTime<Utc>,
}

impl RequestSnoozed {
    pub fn request(&self) -> RequestId {
        self.id
    }

    pub fn side(&self) -> Side {
        self.side
    }

    pub fn until(&self) -> DateTime<Utc> {
        self.until
    }
}

impl Fact for RequestSnoozed {
    fn statement(&self) -> Statement {
        own("request_snoozed", self.id, &self.parties, self.side, json!({"until": self.until}), Value::Null)
    }
}

/// A request came back.
#[derive(Debug, Clone, PartialEq)]
pub struct RequestWoken {
    id: RequestId,
    parties: Parties,
    side: Side,
    assignee: Option<UserId>,
    early: bool,
}

impl RequestWoken {
    pub fn request(&self) -> RequestId {
        self.id
    }

    pub fn side(&self) -> Side {
        self.side
    }
}

impl Fact for RequestWoken {
    fn statement(&self) -> Statement {
        own(
            "request_woken",
            self.id,
            &self.parties,
            self.side,
            json!({"assignee": self.assignee, "early": self.early}),
            Value::Null,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ask_is_read_whole_or_every_problem_is_named() {
        let fine = InboxAsk {
            tab: "history".into(),
            q: "acme hack!".into(),
            status: "Rejected".into(),
            event_type: "Hackathon".into(),
            region: "South Asia".into(),
            budget: "INR:200000-500000".into(),
            reputation: "new".into(),
            assigned: "me".into(),
            show: "unread".into(),
        };
        let filter = fine.parse().expect("reads");
        assert_eq!((filter.tab, filter.terms.as_deref()), (InboxTab::History, Some("acme:* & hack:*")));
        assert_eq!((filter.assigned, filter.show), (Some(Assigned::Me), InboxShow::Unread));
        assert!(filter.is_narrowed() && !InboxAsk::default().parse().expect("reads").is_narrowed());
        let wrong = InboxAsk { tab: "all".into(), status: "Gone".into(), budget: "INR:1-2".into(), assigned: "x".into(), ..fine };
        let problems = wrong.parse().expect_err("four problems");
        assert_eq!(problems.0.keys().map(String::as_str).collect::<Vec<_>>(), ["assigned", "budget", "status", "tab"]);
    }

    #[test]
    fn a_selection_is_bounded_and_names_each_once() {
        let id = "0190a000-0000-7000-8000-000000000001".to_owned();
        assert_eq!(read_selection(&[id.clone(), id.clone()]).expect("one").len(), 1);
        assert!(read_selection(&[]).is_err() && read_selection(&["x".into()]).is_err());
        let many: Vec<String> = (0..=MAX_AT_ONCE).map(|n| format!("0190a000-0000-7000-8000-{n:012}")).collect();
        assert!(read_selection(&many).is_err());
    }
}
