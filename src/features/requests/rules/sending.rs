//! What keeps inboxes worth reading: how many requests a workspace and a person may send, what makes one suspicious enough
//! for staff to look first, and from when a sender who was turned down is welcome again.

use super::{DEFAULT_VALIDITY, Parties, Request};
use crate::kernel::{
    actor::Side,
    canonical,
    error::Refusal,
    fact::{Fact, Statement},
    fields::FieldErrors,
    ids::RequestId,
    labels::labels,
    text::Paragraph,
};
use chrono::{DateTime, Datelike as _, Months, NaiveDate, TimeDelta, Utc};
use serde_json::json;

/// How many requests a workspace may send in [`WEEK`], and one person over all their workspaces.
pub const WORKSPACE_QUOTA: u32 = 20;
pub const PERSON_QUOTA: u32 = 30;
pub const WEEK: TimeDelta = TimeDelta::days(7);

/// So many others got the same words within [`WEEK`]: suspicious.
pub const SAME_TEXT: u32 = 5;
/// So many links in one message: suspicious.
pub const MANY_LINKS: usize = 4;
/// So many requests of one workspace within an hour: suspicious.
pub const TOO_FAST: u32 = 10;
/// Shorter messages are alike without meaning anything.
const WORTH_COMPARING: usize = 15;

labels! {
    /// Why a request waits for staff.
    Signal, "a signal" {
        SameText = "same_text",
        ManyLinks = "many_links",
        TooFast = "too_fast",
    }
}

impl Signal {
    /// For staff and for the sender.
    pub fn words(self) -> &'static str {
        match self {
            Self::SameText => "the same words went to many others",
            Self::ManyLinks => "the message holds many links",
            Self::TooFast => "many requests were sent within an hour",
        }
    }
}

/// What a sender did before this request.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sent {
    /// By the workspace in the last week, and when the oldest of them was sent.
    pub by_workspace: u32,
    pub workspace_since: Option<DateTime<Utc>>,
    /// By the person in the last week, over all workspaces.
    pub by_person: u32,
    pub person_since: Option<DateTime<Utc>>,
    /// By the workspace in the last hour.
    pub last_hour: u32,
    /// How many others got these words in the last week, from the workspace or from the person, whatever they act for.
    pub same_words: u32,
}

/// Who has used up their share, and how many seconds it takes until one more is free.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuotaSpent {
    pub whose: &'static str,
    pub limit: u32,
    pub retry_after: u32,
}

impl Sent {
    /// # Errors
    /// The workspace or the person has sent as many as one week allows.
    pub fn must_leave_room(&self, factor: u32, now: DateTime<Utc>) -> Result<(), QuotaSpent> {
        let shares = [
            ("your workspace", self.by_workspace, WORKSPACE_QUOTA.saturating_mul(factor), self.workspace_since),
            ("you", self.by_person, PERSON_QUOTA.saturating_mul(factor), self.person_since),
        ];
        for (whose, used, limit, since) in shares {
            if used >= limit {
                let free = since.unwrap_or(now) + WEEK - now;
                let retry_after = u32::try_from(free.num_seconds().max(0) + 1).unwrap_or(u32::MAX);
                return Err(QuotaSpent { whose, limit, retry_after });
            }
        }
        Ok(())
    }

    /// What is suspicious about one more request with this message.
    pub fn signals(&self, message: &str) -> Vec<Signal> {
        let mut signals = Vec::new();
        if self.same_words >= SAME_TEXT {
            signals.push(Signal::SameText);
        }
        if links_in(message) >= MANY_LINKS {
            signals.push(Signal::ManyLinks);
        }
        if self.last_hour >= TOO_FAST {
            signals.push(Signal::TooFast);
        }
        signals
    }
}

/// What two messages with the same words share, however they are spaced, cased and punctuated; nothing for a short one.
pub fn words_key(message: &str) -> Option<[u8; 32]> {
    let words: Vec<String> =
        message.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase).collect();
    let text = words.join(" ");
    (text.chars().count() >= WORTH_COMPARING).then(|| canonical::sha256(&text))
}

fn links_in(message: &str) -> usize {
    message
        .split_whitespace()
        .filter(|word| {
            let word = word.to_lowercase();
            word.contains("://") || word.trim_start_matches(['(', '[', '<']).starts_with("www.")
        })
        .count()
}

/// The month from which asking again is welcome, `2027-03`; its first day. Empty: none was named.
///
/// # Errors
/// On `askAgain`: no month, one that has begun, or one more than two years ahead.
pub fn read_month(text: &str, today: NaiveDate) -> Result<Option<NaiveDate>, FieldErrors> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let wrong = |words: &str| FieldErrors::one("askAgain", words);
    let day = NaiveDate::parse_from_str(&format!("{text}-01"), "%Y-%m-%d").map_err(|_| wrong("Choose a month."))?;
    if day <= today {
        return Err(wrong("Choose a month that has not begun."));
    }
    if Some(day) > today.checked_add_months(Months::new(24)) {
        return Err(wrong("Choose a month within two years."));
    }
    Ok(Some(day))
}

/// "March 2027".
pub fn month_label(day: NaiveDate) -> String {
    day.format("%B %Y").to_string()
}

/// The months by name, for a default that holds every year.
pub const MONTHS: [&str; 12] =
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

/// A month by its name, 1 to 12.
///
/// # Errors
/// In words, for its field.
pub fn parse_month(text: &str) -> Result<u32, String> {
    let at = MONTHS.iter().position(|name| name.eq_ignore_ascii_case(text.trim()));
    at.and_then(|at| u32::try_from(at + 1).ok()).ok_or_else(|| "Choose a month by its name, for example March.".to_owned())
}

/// What a month, 1 to 12, is called.
pub fn month_name(month: u32) -> &'static str {
    usize::try_from(month).ok().and_then(|at| MONTHS.get(at.checked_sub(1)?)).copied().unwrap_or_default()
}

/// The first day of the next such month: in March, "March" is next year's.
pub fn next_month(month: u32, today: NaiveDate) -> Option<NaiveDate> {
    let year = if today.month() < month { today.year() } else { today.year() + 1 };
    NaiveDate::from_ymd_opt(year, month, 1)
}

/// The next 12 months for a choice: key and label.
pub fn months_ahead(today: NaiveDate) -> Vec<(String, String)> {
    let first = today.with_day(1).unwrap_or(today);
    (1..=12)
        .filter_map(|n| first.checked_add_months(Months::new(n)))
        .map(|day| (day.format("%Y-%m").to_string(), month_label(day)))
        .collect()
}

/// What staff say about a request that waits for them.
///
/// # Errors
/// On `reason`: a refusal needs one.
pub fn read_verdict(decision: &str, reason: &str) -> Result<Verdict, FieldErrors> {
    let words =
        Paragraph::parse(reason, 1_000, "reason").map_err(|error| FieldErrors::one("reason", error.to_string()))?.into_string();
    match decision.trim() {
        "release" => Ok(Verdict::Release),
        "refuse" if words.trim().len() < 10 => {
            Err(FieldErrors::one("reason", "Say why, in a sentence that the sender can read."))
        }
        "refuse" => Ok(Verdict::Refuse(words)),
        _ => Err(FieldErrors::one("decision", "Choose `release` or `refuse`.")),
    }
}

/// See [`read_verdict`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    Release,
    Refuse(String),
}

impl Request {
    /// Staff must look at it before its receiver does.
    pub fn hold_back(id: RequestId, parties: &Parties, side: Side, signals: Vec<Signal>) -> RequestHeld {
        RequestHeld { id, parties: parties.clone(), side, signals }
    }

    /// Delivers a request that was held; its receiver has the turn from now.
    ///
    /// # Errors
    /// 409 `NOT_HELD`, `REQUEST_CLOSED`, `REQUEST_EXPIRED`.
    pub fn release(&self, now: DateTime<Utc>) -> Result<RequestReleased, Refusal> {
        self.must_be_held()?;
        self.must_be_open(now)?;
        Ok(RequestReleased { was: self.clone() })
    }

    /// How long it waits for somebody who can answer: as long as its event is not over. Nothing when it was answered, or there
    /// is nothing left to wait for.
    pub fn waits_until(&self, event_ends: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let until = event_ends.map_or(now + DEFAULT_VALIDITY, |end| end.min(now + DEFAULT_VALIDITY));
        (self.state.is_open() && until > now).then(|| until.max(self.expires_at))
    }

    /// Somebody can answer it who could not before; they have as much time as for one that came in now. Nothing when it was
    /// answered, when staff hold it back, or when its event is over.
    pub fn deliver(&self, event_ends: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Option<RequestDelivered> {
        let until = self.waits_until(event_ends, now).filter(|_| !self.held)?;
        Some(RequestDelivered { was: self.clone(), until })
    }

    /// Closes a request that was held; its receiver never hears of it.
    ///
    /// # Errors
    /// 409 `NOT_HELD`, `REQUEST_CLOSED`.
    pub fn refuse(&self, why: String) -> Result<RequestRefused, Refusal> {
        self.must_be_held()?;
        if !self.state.is_open() {
            return Err(self.closed());
        }
        Ok(RequestRefused { was: self.clone(), why })
    }

    fn must_be_held(&self) -> Result<(), Refusal> {
        if self.held {
            return Ok(());
        }
        Err(Refusal::new("NOT_HELD", "This request does not wait for staff any more. Load the list again."))
    }
}

fn about_sender(
    name: &'static str,
    id: RequestId,
    parties: &Parties,
    opened_by: Side,
    more: serde_json::Value,
    words: &str,
) -> Statement {
    let mut payload = json!({
        "communityId": parties.community,
        "organizationId": parties.organization,
        "eventId": parties.event,
        "opportunityId": parties.opportunity,
        "side": opened_by,
    });
    if let (Some(all), serde_json::Value::Object(more)) = (payload.as_object_mut(), more) {
        all.extend(more);
    }
    Statement {
        room: "requests",
        name,
        subject: id.into(),
        about: Vec::new(),
        payload,
        private: Some(json!({
            "communityName": parties.community_name,
            "organizationName": parties.organization_name,
            "eventTitle": parties.event_title,
            "reason": words,
        })),
    }
}

/// A request waits for staff before it is delivered.
#[derive(Debug, Clone, PartialEq)]
pub struct RequestHeld {
    id: RequestId,
    parties: Parties,
    side: Side,
    signals: Vec<Signal>,
}

impl RequestHeld {
    pub fn request(&self) -> RequestId {
        self.id
    }

    pub fn signals(&self) -> &[Signal] {
        &self.signals
    }
}

impl Fact for RequestHeld {
    fn statement(&self) -> Statement {
        let words: Vec<&str> = self.signals.iter().map(|signal| signal.words()).collect();
        about_sender("request_held", self.id, &self.parties, self.side, json!({"signals": self.signals}), &words.join("; "))
    }
}

/// Staff delivered a request that was held.
#[derive(Debug, Clone, PartialEq)]
pub struct RequestReleased {
    was: Request,
}

impl RequestReleased {
    pub fn was(&self) -> &Request {
        &self.was
    }
}

impl Fact for RequestReleased {
    fn statement(&self) -> Statement {
        about_sender(
            "request_released",
            self.was.id,
            &self.was.parties,
            self.was.opened_by,
            json!({"openedBy": self.was.opened_by}),
            "",
        )
    }
}

/// A request that nobody could answer has reached the people of an organization that a community had added.
#[derive(Debug, Clone, PartialEq)]
pub struct RequestDelivered {
    was: Request,
    until: DateTime<Utc>,
}

impl RequestDelivered {
    pub fn was(&self) -> &Request {
        &self.was
    }

    /// Until when they can answer.
    pub fn until(&self) -> DateTime<Utc> {
        self.until
    }
}

impl Fact for RequestDelivered {
    fn statement(&self) -> Statement {
        about_sender(
            "request_delivered",
            self.was.id,
            &self.was.parties,
            self.was.opened_by,
            json!({"openedBy": self.was.opened_by, "validUntil": self.until}),
            "",
        )
    }
}

/// Staff closed a request that was held.
#[derive(Debug, Clone, PartialEq)]
pub struct RequestRefused {
    was: Request,
    why: String,
}

impl RequestRefused {
    pub fn was(&self) -> &Request {
        &self.was
    }

    pub fn why(&self) -> &str {
        &self.why
    }
}

impl Fact for RequestRefused {
    fn statement(&self) -> Statement {
        about_sender(
            "request_refused",
            self.was.id,
            &self.was.parties,
            self.was.opened_by,
            json!({"openedBy": self.was.opened_by}),
            &self.why,
        )
    }
}

/// The month has come from which a sender who was turned down is welcome again.
#[derive(Debug, Clone, PartialEq)]
pub struct RequestWelcomeAgain {
    was: Request,
}

impl Request {
    /// The month that a rejection named has come.
    pub fn welcome_again(&self) -> RequestWelcomeAgain {
        RequestWelcomeAgain { was: self.clone() }
    }
}

impl Fact for RequestWelcomeAgain {
    fn statement(&self) -> Statement {
        about_sender(
            "request_welcome_again",
            self.was.id,
            &self.was.parties,
            self.was.opened_by,
            json!({"openedBy": self.was.opened_by}),
            "",
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000, 0).expect("a moment")
    }

    #[test]
    fn the_same_words_are_found_however_they_are_dressed() {
        let text = "Dear team, we would love to see you on our stage in spring.";
        assert_eq!(words_key(text), words_key("dear team we would  love\nto see you on OUR stage in spring!!"));
        assert_ne!(words_key(text), words_key("Dear team, we would love to see you on our stage in autumn."));
        assert!(words_key("We come with mentors.").is_some(), "a short sentence is said to many too");
        assert_eq!(words_key("Hello, team!"), None, "short ones are alike without meaning anything");
    }

    #[test]
    fn signals_are_what_they_say() {
        assert_eq!(Sent::default().signals("See https://a.example and www.b.example"), []);
        let spam = "https://a.example http://b.example www.c.example (https://d.example)";
        let all = Sent { same_words: SAME_TEXT, last_hour: TOO_FAST, ..Sent::default() };
        assert_eq!(all.signals(spam), [Signal::SameText, Signal::ManyLinks, Signal::TooFast]);
        assert_eq!(Sent { same_words: SAME_TEXT - 1, last_hour: TOO_FAST - 1, ..Sent::default() }.signals("Hello"), []);
    }

    #[test]
    fn a_share_is_used_up_and_comes_back() {
        let sent = |n| Sent { by_workspace: n, workspace_since: Some(now() - TimeDelta::days(6)), ..Sent::default() };
        assert!(sent(WORKSPACE_QUOTA - 1).must_leave_room(1, now()).is_ok());
        let spent = sent(WORKSPACE_QUOTA).must_leave_room(1, now()).expect_err("full");
        assert_eq!((spent.limit, spent.retry_after), (WORKSPACE_QUOTA, 86_401));
        assert!(sent(WORKSPACE_QUOTA).must_leave_room(2, now()).is_ok());
        let person = Sent { by_person: PERSON_QUOTA, person_since: Some(now()), ..Sent::default() };
        assert_eq!(person.must_leave_room(1, now()).expect_err("full").whose, "you");
    }

    #[test]
    fn a_month_lies_ahead() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 20).expect("a day");
        assert_eq!(read_month("", today), Ok(None));
        assert_eq!(read_month("2027-03", today), Ok(NaiveDate::from_ymd_opt(2027, 3, 1)));
        for wrong in ["2026-11", "2026-10", "2029-01", "March", "2027-13"] {
            assert!(read_month(wrong, today).is_err(), "{wrong}");
        }
        let months = months_ahead(today);
        assert_eq!((months.len(), months[0].0.as_str(), months[0].1.as_str()), (12, "2026-12", "December 2026"));
    }

    #[test]
    fn a_refusal_says_why() {
        assert_eq!(read_verdict("release", ""), Ok(Verdict::Release));
        assert!(read_verdict("refuse", "no").is_err() && read_verdict("maybe", "").is_err());
        assert!(matches!(read_verdict("refuse", "This is advertising."), Ok(Verdict::Refuse(_))));
    }
}
