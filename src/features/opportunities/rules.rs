//! An opportunity and its life: Draft → Open → Closed | Filled. One pure function a transition, each giving the fact that
//! alone lets the store write it.
//!
//! Promises that only an event that is published and a community that is approved open one, that an edit names the version
//! it saw, and that a place that is taken is never trimmed away. Does not know the clock or the zone: moments come in.

use super::{
    items::{Item, ItemDraft, read_items},
    views::{OpportunityInput, OpportunityStatus},
};
use crate::{
    features::partners::{
        rules::{LineDraft, default_lines, read_lines},
        views::BenefitLine,
    },
    kernel::{
        actor::CommunityStatus,
        error::{AppError, Denied, Refusal},
        fact::{Fact, Statement, Subject},
        fields::{Check, FieldErrors},
        ids::{CommunityId, EventId, OpportunityId, RequestId},
        labels::Category,
        money::{Currency, Money, MoneyRange},
        text::{Line, Paragraph, isolated},
    },
};
use chrono::{DateTime, NaiveDate, Utc};
use serde_json::{Value, json};

/// The most places of one opportunity.
pub const MAX_PLACES: i32 = 100;
const MAX_TITLE: usize = 120;
const MAX_DESCRIPTION: usize = 5_000;

/// What a form or a body says, read.
#[derive(Debug, Clone, PartialEq)]
pub struct OpportunityDraft {
    pub event: EventId,
    pub title: String,
    pub description: String,
    pub category: Category,
    pub budget: MoneyRange,
    /// The tier's defaults where none were given.
    pub benefits: Vec<LineDraft>,
    pub places: i32,
    /// Nothing when none were named: an edit then leaves them as they are.
    pub items: Option<Vec<ItemDraft>>,
    /// Ends at 23:59:59 in the event's zone.
    pub deadline: NaiveDate,
}

impl OpportunityInput {
    /// # Errors
    /// Every problem, beside its field.
    pub fn parse(&self) -> Result<OpportunityDraft, FieldErrors> {
        let mut check = Check::default();
        let event = check.take("eventId", self.event_id.trim().parse::<EventId>().map_err(|_| "Choose the event."));
        let category = check.take("category", Category::parse(self.category.trim()));
        let title = check.take("title", Line::parse(&self.title, 0, MAX_TITLE, "title"));
        let description = check.take("description", Paragraph::parse(&self.description, MAX_DESCRIPTION, "description"));
        let budget = read_budget(&mut check, &self.budget_range.min.0, &self.budget_range.max.0, &self.budget_range.currency);
        let places = match self.places.0.trim() {
            "" => Some(1),
            text => check.take("places", read_places(text)),
        };
        let deadline = check.take(
            "decisionDeadline",
            NaiveDate::parse_from_str(self.decision_deadline.trim(), "%Y-%m-%d")
                .map_err(|_| "Choose the day by which you decide."),
        );
        let given = match &self.benefits {
            Some(lines) => read_lines(&mut check, "benefits", lines),
            None => Vec::new(),
        };
        let currency = Currency::parse(self.budget_range.currency.trim()).ok();
        let items = self.items.as_ref().map(|items| read_items(&mut check, items, currency));
        check.finish()?;
        let missing = || FieldErrors::one("", "Fill the form again.");
        let category = category.ok_or_else(missing)?;
        let title = title.ok_or_else(missing)?;
        Ok(OpportunityDraft {
            event: event.ok_or_else(missing)?,
            title: if title.is_empty() { category.label().to_owned() } else { title.into_string() },
            description: description.ok_or_else(missing)?.into_string(),
            category,
            budget: budget.ok_or_else(missing)?,
            benefits: if given.is_empty() { default_lines(category.tier()) } else { given },
            places: places.ok_or_else(missing)?,
            items,
            deadline: deadline.ok_or_else(missing)?,
        })
    }
}

/// Reads `budgetRange`: decimals in major units of one currency.
fn read_budget(check: &mut Check, min: &str, max: &str, currency: &str) -> Option<MoneyRange> {
    let currency = check.take("budgetRange.currency", Currency::parse(currency.trim()))?;
    let min = check.take("budgetRange.min", Money::parse_major(min, currency));
    let max = check.take("budgetRange.max", Money::parse_major(max, currency));
    check.take("budgetRange.max", MoneyRange::new(min?, max?))
}

fn read_places(text: &str) -> Result<i32, &'static str> {
    text.parse().ok().filter(|places| (1..=MAX_PLACES).contains(places)).ok_or("Offer 1 to 100 places.")
}

/// The words of a search as Postgres reads them (`to_tsquery`, configuration `simple`): all of them, each as the beginning
/// of a word. `None` when there is nothing to look for.
pub fn search_terms(text: &str) -> Option<String> {
    let words: Vec<String> = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .take(8)
        .map(|word| format!("{}:*", word.to_lowercase()))
        .collect();
    (!words.is_empty()).then(|| words.join(" & "))
}

/// Everything that a save writes.
#[derive(Debug, Clone, PartialEq)]
pub struct Content {
    pub event: EventId,
    pub title: String,
    pub description: String,
    pub category: Category,
    pub budget: MoneyRange,
    pub benefits: Vec<BenefitLine>,
    pub places: i32,
    /// Nothing: they stay as they are.
    pub items: Option<Vec<Item>>,
    pub decision_date: NaiveDate,
    pub decision_at: DateTime<Utc>,
    /// Canonical JSON of the event as it is now.
    pub event_snapshot: String,
    /// What the search finds it by.
    pub search_text: String,
}

impl Content {
    fn payload(&self, community: CommunityId, version: i32) -> Value {
        json!({
            "communityId": community,
            "eventId": self.event,
            "category": self.category,
            "currency": self.budget.currency(),
            "budgetMinMinor": self.budget.min().minor,
            "budgetMaxMinor": self.budget.max().minor,
            "places": self.places,
            "decisionDate": self.decision_date,
            "items": self.items.as_ref().map(|items| {
                let of = |item: &Item| json!({"id": item.id, "kind": item.kind, "priceMinor": item.price_minor, "stock": item.stock});
                items.iter().map(of).collect::<Vec<_>>()
            }),
            "version": version,
        })
    }
}

/// Why an opportunity takes applications again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReopenReason {
    ByHand,
    /// A place was released, and nobody waited for it.
    PlaceReleased,
    /// The community offers more places than are taken or waited for.
    PlacesAdded,
}

impl ReopenReason {
    pub fn label(self) -> &'static str {
        match self {
            Self::ByHand => "byHand",
            Self::PlaceReleased => "placeReleased",
            Self::PlacesAdded => "placesAdded",
        }
    }
}

/// What the guards need to know of the event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventStanding {
    pub title: String,
    /// Upcoming or live.
    pub is_published: bool,
    pub is_public: bool,
    pub ends_at: Option<DateTime<Utc>>,
}

/// An opportunity as the transitions see it: held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opportunity {
    pub id: OpportunityId,
    pub community: CommunityId,
    pub event: EventId,
    pub title: String,
    pub category: Category,
    pub status: OpportunityStatus,
    pub decision_at: DateTime<Utc>,
    pub version: i32,
}

/// Why an opportunity was closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CloseReason {
    ByHand,
    DeadlinePassed,
}

impl CloseReason {
    pub fn label(self) -> &'static str {
        match self {
            Self::ByHand => "byHand",
            Self::DeadlinePassed => "deadlinePassed",
        }
    }
}

/// A draft is written down.
///
/// # Errors
/// 422 when the decision would come after the event.
pub fn draft(
    id: OpportunityId,
    community: CommunityId,
    content: Content,
    event: &EventStanding,
) -> Result<OpportunityDrafted, AppError> {
    decided_in_time(&content, event)?;
    Ok(OpportunityDrafted { id, community, content })
}

fn decided_in_time(content: &Content, event: &EventStanding) -> Result<(), AppError> {
    match event.ends_at {
        // The deadline is the last second of a day: the day on which the event ends still counts.
        Some(end) if content.decision_at - chrono::TimeDelta::days(1) >= end => Err(AppError::invalid(
            "decisionDeadline",
            format!("{} is over by then. Decide before it ends.", isolated(&event.title)),
        )),
        _ => Ok(()),
    }
}

impl Opportunity {
    /// Is it the version that somebody read?
    ///
    /// # Errors
    /// 409 `VERSION_CONFLICT`.
    pub fn same_version(&self, seen: i32) -> Result<(), Refusal> {
        if seen == self.version {
            return Ok(());
        }
        Err(Refusal::new(
            "VERSION_CONFLICT",
            format!(
                "Somebody saved this opportunity after you opened it (you saw version {seen}, it is now {}). Nothing was \
                 overwritten, and what you typed is still here: compare the two, then save again.",
                self.version
            ),
        ))
    }

    /// New words. The event stays once it is open, because requests were made for it. A full one is changed by offering more
    /// places than are taken; it stays full until they are offered to whoever waits.
    ///
    /// # Errors
    /// 409 `VERSION_CONFLICT`, `OPPORTUNITY_CLOSED`, `PLACES_TAKEN`; 422 for what no longer fits.
    pub fn edit(
        &self,
        seen: i32,
        content: Content,
        event: &EventStanding,
        taken: i32,
        now: DateTime<Utc>,
    ) -> Result<OpportunityEdited, AppError> {
        if self.status == OpportunityStatus::Closed {
            return Err(self.closed().into());
        }
        self.same_version(seen)?;
        decided_in_time(&content, event)?;
        // Without a place left it would be filled, by nobody.
        if content.places <= taken && taken > 0 {
            return Err(self.places_taken(taken).into());
        }
        if matches!(self.status, OpportunityStatus::Open | OpportunityStatus::Filled) {
            if content.event != self.event {
                return Err(AppError::invalid(
                    "eventId",
                    "Sponsors have seen this offer for its event. Make a new opportunity for another one.",
                ));
            }
            if content.decision_at <= now {
                return Err(AppError::invalid(
                    "decisionDeadline",
                    "This day is over. Choose a later one, or close the opportunity.",
                ));
            }
        }
        Ok(OpportunityEdited { id: self.id, community: self.community, version: self.version + 1, content })
    }

    /// Sponsors may see it and apply.
    ///
    /// # Errors
    /// 403 `NOT_APPROVED`; 409 `OPPORTUNITY_NOT_DRAFT`, `EVENT_NOT_PUBLISHED`, `DEADLINE_PASSED`.
    pub fn open(
        &self,
        event: &EventStanding,
        community: CommunityStatus,
        now: DateTime<Utc>,
    ) -> Result<OpportunityOpened, AppError> {
        if !community.may_reach_out() {
            return Err(not_approved().into());
        }
        if self.status != OpportunityStatus::Draft {
            return Err(Refusal::new(
                "OPPORTUNITY_NOT_DRAFT",
                format!("This opportunity is {} already. Only a draft can be opened.", self.status.label().to_lowercase()),
            )
            .into());
        }
        if !event.is_published || !event.is_public {
            return Err(Refusal::new(
                "EVENT_NOT_PUBLISHED",
                format!(
                    "Sponsors cannot see {} yet. Publish the event first, then open this opportunity.",
                    isolated(&event.title)
                ),
            )
            .into());
        }
        if self.decision_at <= now {
            return Err(
                Refusal::new("DEADLINE_PASSED", "The day of your decision is over. Choose a later one, then open it.").into()
            );
        }
        Ok(OpportunityOpened {
            id: self.id,
            community: self.community,
            event: self.event,
            category: self.category,
            title: self.title.clone(),
        })
    }

    /// No more applications. Requests that were made stay open.
    ///
    /// # Errors
    /// 409 `OPPORTUNITY_NOT_OPEN`; a deadline that has not come closes nothing.
    pub fn close(&self, why: CloseReason, now: DateTime<Utc>) -> Result<OpportunityClosed, Refusal> {
        // A full one whose place became free after its day has nothing left to offer.
        let freed = self.status == OpportunityStatus::Filled && why == CloseReason::DeadlinePassed;
        if self.status != OpportunityStatus::Open && !freed {
            return Err(Refusal::new(
                "OPPORTUNITY_NOT_OPEN",
                format!("This opportunity is {}. Only an open one can be closed.", self.status.label().to_lowercase()),
            ));
        }
        if why == CloseReason::DeadlinePassed && now < self.decision_at {
            return Err(Refusal::new("DEADLINE_AHEAD", "The day of the decision has not passed yet."));
        }
        Ok(OpportunityClosed { id: self.id, community: self.community, event: self.event, why, title: self.title.clone() })
    }

    /// A closed one takes applications again, until the day that is named now. The caller saves that day in the same
    /// transaction, by editing what this gives.
    ///
    /// # Errors
    /// 403 `NOT_APPROVED`; 409 `OPPORTUNITY_NOT_CLOSED`, `EVENT_NOT_PUBLISHED`; 422 when the day is over or
    /// every place is taken.
    pub fn reopen(
        &self,
        decision_at: DateTime<Utc>,
        event: &EventStanding,
        community: CommunityStatus,
        (places, taken): (i32, i32),
        now: DateTime<Utc>,
    ) -> Result<(OpportunityReopened, Self), AppError> {
        if !community.may_reach_out() {
            return Err(not_approved().into());
        }
        if self.status != OpportunityStatus::Closed {
            return Err(Refusal::new(
                "OPPORTUNITY_NOT_CLOSED",
                format!("This opportunity is {}. Only a closed one can be opened again.", self.status.label().to_lowercase()),
            )
            .into());
        }
        if !event.is_published || !event.is_public {
            return Err(Refusal::new(
                "EVENT_NOT_PUBLISHED",
                format!("Sponsors cannot see {}, so there is nothing to apply for.", isolated(&event.title)),
            )
            .into());
        }
        if decision_at <= now {
            return Err(AppError::invalid("decisionDeadline", "This day is over. Choose a new day by which you decide."));
        }
        if places <= taken {
            return Err(AppError::invalid("places", "Every place is taken. Offer more of them to open it again."));
        }
        let reopened = OpportunityReopened {
            id: self.id,
            community: self.community,
            event: self.event,
            from: self.status,
            why: ReopenReason::ByHand,
            title: self.title.clone(),
        };
        Ok((reopened, Self { status: OpportunityStatus::Open, ..self.clone() }))
    }

    /// A full one has a place again and nobody waits for it: nothing when its day is over.
    pub fn reopen_for_place(&self, places_left: i64, why: ReopenReason, now: DateTime<Utc>) -> Option<OpportunityReopened> {
        (places_left > 0 && self.status == OpportunityStatus::Filled && now < self.decision_at).then(|| OpportunityReopened {
            id: self.id,
            community: self.community,
            event: self.event,
            from: self.status,
            why,
            title: self.title.clone(),
        })
    }

    /// The last place went: nothing while places are left, or when nobody could apply any more.
    pub fn fill(&self, places_left: i64, request: RequestId) -> Option<OpportunityFilled> {
        (places_left == 0 && self.status == OpportunityStatus::Open).then(|| OpportunityFilled {
            id: self.id,
            community: self.community,
            event: self.event,
            request,
            title: self.title.clone(),
        })
    }

    /// May a request be made for it?
    ///
    /// # Errors
    /// 409 `OPPORTUNITY_CLOSED` when it is not open or its day is over, whether or not the sweeper has seen it yet.
    pub fn must_take_requests(&self, now: DateTime<Utc>) -> Result<(), Refusal> {
        if self.status == OpportunityStatus::Open && now < self.decision_at { Ok(()) } else { Err(self.closed()) }
    }

    /// May a request be made that waits for a place of it? Where one is free it takes its turn like every other.
    ///
    /// # Errors
    /// As [`Opportunity::must_take_requests`].
    pub fn must_take_waiting(&self, now: DateTime<Utc>) -> Result<(), Refusal> {
        if self.has_line(now) { Ok(()) } else { self.must_take_requests(now) }
    }

    /// Every place is taken, and whoever applies now can wait for one.
    pub fn has_line(&self, now: DateTime<Utc>) -> bool {
        self.status == OpportunityStatus::Filled && now < self.decision_at
    }

    fn places_taken(&self, taken: i32) -> Refusal {
        let word = if taken == 1 { "place is" } else { "places are" };
        let next = match self.status {
            OpportunityStatus::Filled => "Offer more than that to change this opportunity and to open it again.",
            _ => "Offer more, or close the opportunity.",
        };
        Refusal::new("PLACES_TAKEN", format!("{taken} {word} taken or kept for somebody. {next}"))
    }

    fn closed(&self) -> Refusal {
        let message = match self.status {
            OpportunityStatus::Draft => "This opportunity is a draft. Open it first.",
            OpportunityStatus::Filled => {
                "Every place of this opportunity is taken. Apply for its waiting list, if it still decides, or look for another one."
            }
            OpportunityStatus::Open | OpportunityStatus::Closed => "This opportunity is closed. Look for another one.",
        };
        Refusal::new("OPPORTUNITY_CLOSED", message)
    }
}

/// What the last place's loser is told.
pub fn no_place_left() -> Refusal {
    Refusal::new(
        "NO_PLACE_LEFT",
        "No place of this opportunity is left: the last one was just taken. Put this request on the waiting list, or close it.",
    )
}

/// A place that was kept until a moment is taken before it, by whichever door: afterwards it is the next one's.
///
/// # Errors
/// 409 `OFFER_LAPSED`.
pub fn must_be_kept(until: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Result<(), Refusal> {
    match until {
        Some(until) if now >= until => Err(Refusal::new(
            "OFFER_LAPSED",
            "The time for which a place was kept for this request is over: it goes to whoever is next in line. Load the page again in \
             a moment: it says whether a place is left.",
        )),
        _ => Ok(()),
    }
}

/// The community gate.
fn not_approved() -> Denied {
    Denied::coded(
        "NOT_APPROVED",
        "Your community is not approved yet, so nothing can be offered to sponsors. Keep it as a draft: it can be opened as soon as \
         our staff has approved the community.",
    )
}

macro_rules! facts {
    ($($(#[$doc:meta])* $name:ident, $word:literal { $($field:ident: $type:ty),* $(,)? } ($it:ident) payload $payload:expr, title $title:expr;)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq)]
        pub struct $name { id: OpportunityId, community: CommunityId, $($field: $type),* }

        impl $name {
            pub fn id(&self) -> OpportunityId {
                self.id
            }
        }

        impl Fact for $name {
            fn statement(&self) -> Statement {
                let $it = self;
                Statement {
                    room: "opportunities",
                    name: $word,
                    subject: self.id.into(),
                    about: vec![Subject::from(self.community)],
                    payload: $payload,
                    private: Some(json!({"title": $title})),
                }
            }
        }
    )+};
}

facts! {
    /// A draft was written.
    OpportunityDrafted, "opportunity_drafted" { content: Content }
    (it) payload it.content.payload(it.community, 1), title it.content.title;

    /// Its words were changed.
    OpportunityEdited, "opportunity_edited" { version: i32, content: Content }
    (it) payload it.content.payload(it.community, it.version), title it.content.title;

    /// Sponsors can see it.
    OpportunityOpened, "opportunity_opened" { event: EventId, category: Category, title: String }
    (it) payload json!({"communityId": it.community, "eventId": it.event, "category": it.category, "from": OpportunityStatus::Draft}), title it.title;

    /// No more applications.
    OpportunityClosed, "opportunity_closed" { event: EventId, why: CloseReason, title: String }
    (it) payload json!({"communityId": it.community, "eventId": it.event, "why": it.why.label(), "from": OpportunityStatus::Open}), title it.title;

    /// Applications are taken again.
    OpportunityReopened, "opportunity_reopened" { event: EventId, from: OpportunityStatus, why: ReopenReason, title: String }
    (it) payload json!({"communityId": it.community, "eventId": it.event, "why": it.why.label(), "from": it.from}), title it.title;

    /// The last place went.
    OpportunityFilled, "opportunity_filled" { event: EventId, request: RequestId, title: String }
    (it) payload json!({"communityId": it.community, "eventId": it.event, "requestId": it.request, "from": OpportunityStatus::Open}), title it.title;
}

/// Staff took it off the marketplace, or put it back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hiding {
    id: OpportunityId,
    community: CommunityId,
    event: EventId,
    title: String,
    reason: String,
    hidden: bool,
}

impl Opportunity {
    /// Staff hide it, or show it again, for a reason that its community reads. `is_hidden` is how it stands; nothing when that
    /// is how it is wanted.
    pub fn hide(&self, is_hidden: bool, hidden: bool, reason: &str) -> Option<Hiding> {
        (is_hidden != hidden).then(|| Hiding {
            id: self.id,
            community: self.community,
            event: self.event,
            title: self.title.clone(),
            reason: reason.to_owned(),
            hidden,
        })
    }
}

impl Hiding {
    pub fn id(&self) -> OpportunityId {
        self.id
    }

    /// What the row keeps: the reason, while it is hidden.
    pub fn kept(&self) -> Option<&str> {
        self.hidden.then_some(self.reason.as_str())
    }
}

impl Fact for Hiding {
    fn statement(&self) -> Statement {
        Statement {
            room: "opportunities",
            name: if self.hidden { "opportunity_hidden" } else { "opportunity_shown" },
            subject: self.id.into(),
            about: vec![self.community.into()],
            payload: json!({"communityId": self.community, "eventId": self.event}),
            private: Some(json!({"title": self.title, "reason": self.reason})),
        }
    }
}

impl OpportunityDrafted {
    pub fn community(&self) -> CommunityId {
        self.community
    }

    pub fn content(&self) -> &Content {
        &self.content
    }

    /// The draft as the next transition sees it, for opening in the same breath.
    pub fn drafted(&self) -> Opportunity {
        Opportunity {
            id: self.id,
            community: self.community,
            event: self.content.event,
            title: self.content.title.clone(),
            category: self.content.category,
            status: OpportunityStatus::Draft,
            decision_at: self.content.decision_at,
            version: 1,
        }
    }
}

impl OpportunityReopened {
    pub fn from(&self) -> OpportunityStatus {
        self.from
    }
}

impl OpportunityEdited {
    /// The opportunity with these words, for the next transition in the same breath.
    pub fn edited(&self, was: &Opportunity) -> Opportunity {
        Opportunity {
            event: self.content.event,
            title: self.content.title.clone(),
            category: self.content.category,
            decision_at: self.content.decision_at,
            version: self.version,
            ..was.clone()
        }
    }

    pub fn content(&self) -> &Content {
        &self.content
    }

    pub fn version(&self) -> i32 {
        self.version
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::opportunities::views::{BudgetInput, NumberText};
    use crate::kernel::labels::BenefitKind;
    use chrono::TimeDelta;
    use uuid::Uuid;

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000, 0).expect("a moment")
    }

    fn input() -> OpportunityInput {
        OpportunityInput {
            event_id: Uuid::from_u128(5).to_string(),
            category: "Platinum Sponsor".into(),
            budget_range: BudgetInput {
                min: NumberText("2,00,000".into()),
                max: NumberText("500000.50".into()),
                currency: "INR".into(),
            },
            decision_deadline: "2027-03-01".into(),
            ..OpportunityInput::default()
        }
    }

    fn content() -> Content {
        Content {
            event: EventId(Uuid::from_u128(5)),
            title: "Platinum Sponsor".into(),
            description: String::new(),
            category: Category::PlatinumSponsor,
            budget: MoneyRange::new(Money { minor: 1, currency: Currency::Inr }, Money { minor: 2, currency: Currency::Inr })
                .expect("a range"),
            benefits: Vec::new(),
            places: 2,
            items: None,
            decision_date: NaiveDate::from_ymd_opt(2027, 3, 1).expect("a date"),
            decision_at: now() + TimeDelta::days(10),
            event_snapshot: "{}".into(),
            search_text: String::new(),
        }
    }

    fn event() -> EventStanding {
        EventStanding {
            title: "HackFest".into(),
            is_published: true,
            is_public: true,
            ends_at: Some(now() + TimeDelta::days(30)),
        }
    }

    fn opportunity(status: OpportunityStatus) -> Opportunity {
        Opportunity {
            status,
            ..draft(OpportunityId(Uuid::from_u128(1)), CommunityId(Uuid::from_u128(2)), content(), &event())
                .expect("drafts")
                .drafted()
        }
    }

    #[test]
    fn a_form_is_read_with_defaults() {
        let read = input().parse().expect("reads");
        assert_eq!(read.title, "Platinum Sponsor");
        assert_eq!(read.places, 1);
        assert_eq!(read.budget.max().minor, 50_000_050);
        assert_eq!(read.benefits.first().map(|l| l.kind), Some(BenefitKind::LogoPlacement));
        assert_eq!(read.benefits.len(), 6);
    }

    #[test]
    fn json_numbers_are_read_from_their_digits() {
        let body = r#"{"eventId":"00000000-0000-0000-0000-000000000005","category":"Gold Sponsor","places":3,
            "budgetRange":{"min":0.10,"max":123456789.99,"currency":"EUR"},"decisionDeadline":"2027-03-01"}"#;
        let read = serde_json::from_str::<OpportunityInput>(body).expect("is JSON").parse().expect("reads");
        assert_eq!((read.budget.min().minor, read.budget.max().minor, read.places), (10, 12_345_678_999, 3));
    }

    #[test]
    fn every_problem_is_named() {
        let errors =
            OpportunityInput { places: NumberText("101".into()), ..OpportunityInput::default() }.parse().expect_err("empty");
        assert_eq!(
            errors.0.keys().map(String::as_str).collect::<Vec<_>>(),
            ["budgetRange.currency", "category", "decisionDeadline", "eventId", "places"]
        );
        let upside_down = OpportunityInput {
            budget_range: BudgetInput { min: NumberText("5".into()), max: NumberText("4".into()), currency: "INR".into() },
            ..input()
        };
        assert!(upside_down.parse().expect_err("upside down").get("budgetRange.max").is_some());
    }

    #[test]
    fn all_category_labels_are_accepted_word_for_word() {
        for label in Category::LABELS {
            assert_eq!(
                OpportunityInput { category: (*label).into(), ..input() }.parse().expect("reads").category.label(),
                *label
            );
        }
    }

    #[test]
    fn only_a_draft_of_an_approved_community_with_a_published_event_opens() {
        let draft = opportunity(OpportunityStatus::Draft);
        assert!(draft.open(&event(), CommunityStatus::Approved, now()).is_ok());
        assert_eq!(draft.open(&event(), CommunityStatus::Pending, now()).expect_err("gate").status(), 403);
        let hidden = EventStanding { is_published: false, ..event() };
        assert_eq!(draft.open(&hidden, CommunityStatus::Active, now()).expect_err("event").code(), "EVENT_NOT_PUBLISHED");
        assert_eq!(draft.open(&event(), CommunityStatus::Active, draft.decision_at).expect_err("late").code(), "DEADLINE_PASSED");
        for status in [OpportunityStatus::Open, OpportunityStatus::Closed, OpportunityStatus::Filled] {
            assert!(opportunity(status).open(&event(), CommunityStatus::Active, now()).is_err(), "{status}");
        }
    }

    #[test]
    fn a_stale_edit_is_refused_and_taken_places_stay() {
        let open = opportunity(OpportunityStatus::Open);
        assert_eq!(open.edit(7, content(), &event(), 0, now()).expect_err("stale").code(), "VERSION_CONFLICT");
        assert_eq!(open.edit(1, content(), &event(), 3, now()).expect_err("below").code(), "PLACES_TAKEN");
        let moved = Content { event: EventId(Uuid::from_u128(6)), ..content() };
        assert!(matches!(open.edit(1, moved, &event(), 0, now()), Err(AppError::Invalid(e)) if e.get("eventId").is_some()));
        assert_eq!(open.edit(1, content(), &event(), 1, now()).expect("fits").version(), 2);
        assert_eq!(
            opportunity(OpportunityStatus::Closed).edit(1, content(), &event(), 0, now()).expect_err("over").code(),
            "OPPORTUNITY_CLOSED"
        );
    }

    #[test]
    fn a_full_one_is_changed_by_offering_more_places() {
        let filled = opportunity(OpportunityStatus::Filled);
        let places = content().places;
        assert_eq!(filled.edit(1, content(), &event(), places, now()).expect_err("full").code(), "PLACES_TAKEN");
        assert_eq!(filled.edit(7, content(), &event(), places, now()).expect_err("stale").code(), "VERSION_CONFLICT");
        let more = || Content { places: places + 1, ..content() };
        let edited = filled.edit(1, more(), &event(), places, now()).expect("more");
        assert_eq!(edited.edited(&filled).status, OpportunityStatus::Filled, "whoever waits comes first");
        let late = filled.edit(1, more(), &event(), places, content().decision_at);
        assert!(matches!(late, Err(AppError::Invalid(e)) if e.get("decisionDeadline").is_some()));
        let moved = Content { event: EventId(Uuid::from_u128(6)), ..more() };
        assert!(
            matches!(filled.edit(1, moved, &event(), places, now()), Err(AppError::Invalid(e)) if e.get("eventId").is_some())
        );
    }

    #[test]
    fn only_a_closed_one_with_a_day_ahead_and_a_place_opens_again() {
        let closed = opportunity(OpportunityStatus::Closed);
        let later = now() + TimeDelta::days(3);
        let (fact, open) = closed.reopen(later, &event(), CommunityStatus::Active, (2, 1), now()).expect("again");
        assert_eq!((fact.from(), open.status), (OpportunityStatus::Closed, OpportunityStatus::Open));
        let late = closed.reopen(now(), &event(), CommunityStatus::Active, (2, 1), now());
        assert!(matches!(late, Err(AppError::Invalid(e)) if e.get("decisionDeadline").is_some()));
        let full = closed.reopen(later, &event(), CommunityStatus::Active, (2, 2), now());
        assert!(matches!(full, Err(AppError::Invalid(e)) if e.get("places").is_some()));
        let suspended = closed.reopen(later, &event(), CommunityStatus::Suspended, (2, 1), now());
        assert_eq!(suspended.expect_err("gate").status(), 403);
        for status in [OpportunityStatus::Draft, OpportunityStatus::Open, OpportunityStatus::Filled] {
            let refused = opportunity(status).reopen(later, &event(), CommunityStatus::Active, (2, 1), now());
            assert_eq!(refused.expect_err("not closed").code(), "OPPORTUNITY_NOT_CLOSED", "{status}");
        }
        let filled = opportunity(OpportunityStatus::Filled);
        let why = ReopenReason::PlaceReleased;
        assert!(filled.reopen_for_place(1, why, now()).is_some());
        assert!(filled.reopen_for_place(0, why, now()).is_none());
        assert!(filled.reopen_for_place(1, why, filled.decision_at).is_none());
        assert!(closed.reopen_for_place(1, why, now()).is_none());
    }

    #[test]
    fn a_deadline_closes_never_early() {
        let open = opportunity(OpportunityStatus::Open);
        assert!(open.close(CloseReason::DeadlinePassed, open.decision_at - TimeDelta::microseconds(1)).is_err());
        assert!(open.close(CloseReason::DeadlinePassed, open.decision_at).is_ok());
        assert!(open.close(CloseReason::ByHand, now()).is_ok());
        assert!(opportunity(OpportunityStatus::Closed).close(CloseReason::ByHand, now()).is_err());
    }

    #[test]
    fn the_last_place_fills_it() {
        let request = RequestId(Uuid::from_u128(3));
        assert!(opportunity(OpportunityStatus::Open).fill(1, request).is_none());
        assert!(opportunity(OpportunityStatus::Open).fill(0, request).is_some());
        assert!(opportunity(OpportunityStatus::Closed).fill(0, request).is_none());
    }

    #[test]
    fn a_search_is_words_that_begin_so() {
        assert_eq!(search_terms("  Hack-fest & (rust)").as_deref(), Some("hack:* & fest:* & rust:*"));
        assert_eq!(search_terms(" !!! "), None);
    }

    #[test]
    fn a_place_is_kept_until_its_moment_and_not_a_second_longer() {
        let until = now() + TimeDelta::days(3);
        assert_eq!(must_be_kept(None, until), Ok(()));
        assert_eq!(must_be_kept(Some(until), until - TimeDelta::seconds(1)), Ok(()));
        assert_eq!(must_be_kept(Some(until), until).expect_err("late").code, "OFFER_LAPSED");
    }
}
