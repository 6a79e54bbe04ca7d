//! What a workspace lets its inbox do by itself: who handles what, and what an organization answers at once because it
//! never says yes to it.

use super::sending::{month_name, parse_month};
use crate::{
    features::requests::views::{FitInput, RouteInput},
    kernel::{
        actor::Side,
        fact::{Fact, Statement, Subject},
        fields::{Check, FieldErrors},
        ids::{CommunityId, OrganizationId, UserId},
        labels::{EventType, Region, RejectionReason},
        money::{Currency, Money},
        text::Paragraph,
    },
};
use serde_json::{Value, json};
use uuid::Uuid;

const MAX_WORDS: usize = 500;
/// The most rules of each kind that a workspace has.
pub const MAX_RULES: i64 = 50;

/// What rules look at. What is not said breaks nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    pub people: Option<i32>,
    pub region: Option<Region>,
    pub event_type: Option<EventType>,
    pub amount: Money,
}

/// Requests about events of this region and type go to somebody; an absent part fits every event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Route {
    pub region: Option<Region>,
    pub event_type: Option<EventType>,
    pub assignee: UserId,
}

impl Route {
    fn fits(&self, asked: &Asked) -> bool {
        self.region.is_none_or(|region| asked.region == Some(region))
            && self.event_type.is_none_or(|event_type| asked.event_type == Some(event_type))
    }
}

/// Who handles it: the rule that says most wins, the region before the type.
pub fn handled_by(routes: &[Route], asked: &Asked) -> Option<UserId> {
    routes
        .iter()
        .filter(|route| route.fits(asked))
        .max_by_key(|route| (route.region.is_some(), route.event_type.is_some()))
        .map(|route| route.assignee)
}

impl RouteInput {
    /// # Errors
    /// Beside each field.
    pub fn parse(&self) -> Result<Route, FieldErrors> {
        let mut check = Check::default();
        let region = maybe(&mut check, "region", &self.region, |text| Region::parse(text).map_err(|e| e.to_string()));
        let event_type =
            maybe(&mut check, "eventType", &self.event_type, |text| EventType::parse(text).map_err(|e| e.to_string()));
        let assignee = check.take("assigneeId", self.assignee_id.trim().parse::<UserId>().map_err(|_| "Choose a colleague."));
        check.finish()?;
        assignee
            .map(|assignee| Route { region, event_type, assignee })
            .ok_or_else(|| FieldErrors::one("assigneeId", "Choose a colleague."))
    }
}

fn maybe<T>(check: &mut Check, path: &str, text: &str, parse: impl Fn(&str) -> Result<T, String>) -> Option<T> {
    match text.trim() {
        "" => None,
        text => check.take(path, parse(text)),
    }
}

/// What an organization never says no to at once: a request that breaks any part is declined with the reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fit {
    pub min_people: Option<i32>,
    /// Empty: everywhere.
    pub regions: Vec<Region>,
    /// Empty: every type.
    pub event_types: Vec<EventType>,
    pub most: Option<Money>,
    pub reason: RejectionReason,
    /// What the sender reads.
    pub words: String,
    /// The month, 1 to 12, from which asking again is welcome.
    pub ask_again: Option<u32>,
}

impl Fit {
    /// "We sponsor nothing under 500 people. Ask again in March."
    pub fn answer(&self) -> String {
        match self.ask_again.map(month_name) {
            Some(month) => format!("{} Ask again in {month}.", self.words),
            None => self.words.clone(),
        }
    }

    /// Does the request break it?
    pub fn is_broken_by(&self, asked: &Asked) -> bool {
        let too_small = self.min_people.zip(asked.people).is_some_and(|(least, people)| people < least);
        let elsewhere = !self.regions.is_empty()
            && asked.region.is_some_and(|region| region != Region::Global && !self.regions.contains(&region));
        let other_type =
            !self.event_types.is_empty() && asked.event_type.is_some_and(|event_type| !self.event_types.contains(&event_type));
        let too_much = self.most.is_some_and(|most| most.currency == asked.amount.currency && asked.amount.minor > most.minor);
        too_small || elsewhere || other_type || too_much
    }

    /// "At least 100 people; in Europe; at most $5,000.00".
    pub fn in_words(&self) -> String {
        let list = |labels: Vec<&str>| labels.join(" or ");
        let mut parts = Vec::new();
        if let Some(people) = self.min_people {
            parts.push(format!("at least {people} people"));
        }
        if !self.regions.is_empty() {
            parts.push(format!("in {}", list(self.regions.iter().map(|it| it.label()).collect())));
        }
        if !self.event_types.is_empty() {
            parts.push(list(self.event_types.iter().map(|it| it.label()).collect()));
        }
        if let Some(most) = self.most {
            parts.push(format!("at most {}", most.format()));
        }
        parts.join("; ")
    }
}

impl FitInput {
    /// # Errors
    /// Beside each field; a rule that asks for nothing is none.
    pub fn parse(&self) -> Result<Fit, FieldErrors> {
        let mut check = Check::default();
        let min_people = maybe(&mut check, "minPeople", &self.min_people, |text| {
            text.parse::<i32>().ok().filter(|n| (1..=1_000_000).contains(n)).ok_or_else(|| "Write a number of people.".to_owned())
        });
        let mut regions = Vec::new();
        for text in self.regions.iter().filter(|text| !text.trim().is_empty()) {
            regions.extend(check.take("regions", Region::parse(text.trim())));
        }
        let mut event_types = Vec::new();
        for text in self.event_types.iter().filter(|text| !text.trim().is_empty()) {
            event_types.extend(check.take("eventTypes", EventType::parse(text.trim())));
        }
        let most = match self.max_amount.trim() {
            "" => None,
            text => check
                .take("currency", Currency::parse(self.currency.trim()))
                .and_then(|currency| check.take("maxAmount", Money::parse_major(text, currency))),
        };
        check.ensure("maxAmount", most.is_none_or(|most| most.minor > 0), "Name an amount above zero.");
        let reason = check.take("reason", RejectionReason::parse(self.reason.trim()));
        let words = check.take("words", Paragraph::parse(&self.words, MAX_WORDS, "answer"));
        if let Some(words) = &words {
            check.ensure("words", !words.is_empty(), "Say what you do not support; the sender reads it.");
        }
        let ask_again = maybe(&mut check, "askAgainMonth", &self.ask_again_month, parse_month);
        let asks = min_people.is_some() || !regions.is_empty() || !event_types.is_empty() || most.is_some();
        if check.is_fine() {
            check.ensure("minPeople", asks, "Say at least one thing that a request must have.");
        }
        check.finish()?;
        match (reason, words) {
            (Some(reason), Some(words)) => {
                Ok(Fit { min_people, regions, event_types, most, reason, words: words.into_string(), ask_again })
            }
            _ => Err(FieldErrors::one("", "Fill the form again.")),
        }
    }
}

/// Whose rules they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keeper {
    Community(CommunityId),
    Organization(OrganizationId),
}

impl Keeper {
    pub fn side(self) -> Side {
        match self {
            Self::Community(_) => Side::Community,
            Self::Organization(_) => Side::Organization,
        }
    }

    pub fn id(self) -> Uuid {
        match self {
            Self::Community(id) => id.0,
            Self::Organization(id) => id.0,
        }
    }

    fn subject(self) -> Subject {
        match self {
            Self::Community(id) => id.into(),
            Self::Organization(id) => id.into(),
        }
    }
}

/// What was changed about a workspace's rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    RouteSet(Route),
    RouteRemoved,
    FitDeclared(Fit),
    FitRemoved,
}

/// A workspace changed what its inbox does by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RulesChanged {
    keeper: Keeper,
    id: Uuid,
    change: Change,
}

/// Sets or removes the rule `id` of a workspace.
pub fn change_rules(keeper: Keeper, id: Uuid, change: Change) -> RulesChanged {
    RulesChanged { keeper, id, change }
}

impl RulesChanged {
    pub fn keeper(&self) -> Keeper {
        self.keeper
    }

    pub fn id(&self) -> Uuid {
        self.id
    }

    pub fn change(&self) -> &Change {
        &self.change
    }
}

impl Fact for RulesChanged {
    fn statement(&self) -> Statement {
        let (name, payload, words) = match &self.change {
            Change::RouteSet(route) => (
                "request_route_set",
                json!({"region": route.region, "eventType": route.event_type, "assignee": route.assignee}),
                Value::Null,
            ),
            Change::RouteRemoved => ("request_route_removed", json!({}), Value::Null),
            Change::FitDeclared(fit) => (
                "request_fit_declared",
                json!({
                    "minPeople": fit.min_people,
                    "regions": fit.regions,
                    "eventTypes": fit.event_types,
                    "maxMinor": fit.most.map(|most| most.minor),
                    "currency": fit.most.map(|most| most.currency),
                    "why": fit.reason,
                    "askAgainMonth": fit.ask_again,
                }),
                json!({"words": fit.words}),
            ),
            Change::FitRemoved => ("request_fit_removed", json!({}), Value::Null),
        };
        let mut payload = payload;
        payload["ruleId"] = json!(self.id);
        payload["side"] = json!(self.keeper.side());
        Statement {
            room: "requests",
            name,
            subject: self.keeper.subject(),
            about: Vec::new(),
            payload,
            private: Some(words).filter(|words| !words.is_null()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked() -> Asked {
        Asked {
            people: Some(80),
            region: Some(Region::SouthAsia),
            event_type: Some(EventType::Meetup),
            amount: Money { minor: 500_000, currency: Currency::Usd },
        }
    }

    fn fit() -> Fit {
        Fit {
            min_people: None,
            regions: Vec::new(),
            event_types: Vec::new(),
            most: None,
            reason: RejectionReason::AudienceDoesNotMatch,
            words: "Too small for us.".into(),
            ask_again: None,
        }
    }

    #[test]
    fn what_is_not_said_breaks_nothing() {
        let unsaid = Asked { people: None, region: None, event_type: None, ..asked() };
        let strict =
            Fit { min_people: Some(100), regions: vec![Region::Europe], event_types: vec![EventType::Hackathon], ..fit() };
        assert!(!strict.is_broken_by(&unsaid) && strict.is_broken_by(&asked()));
        assert!(!fit().is_broken_by(&asked()));
    }

    #[test]
    fn each_part_breaks_alone() {
        assert!(Fit { min_people: Some(81), ..fit() }.is_broken_by(&asked()));
        assert!(!Fit { min_people: Some(80), ..fit() }.is_broken_by(&asked()));
        assert!(Fit { regions: vec![Region::Europe], ..fit() }.is_broken_by(&asked()));
        assert!(!Fit { regions: vec![Region::Europe], ..fit() }.is_broken_by(&Asked { region: Some(Region::Global), ..asked() }));
        let most = |minor, currency| Fit { most: Some(Money { minor, currency }), ..fit() }.is_broken_by(&asked());
        assert!(
            most(499_999, Currency::Usd) && !most(500_000, Currency::Usd) && !most(1, Currency::Inr),
            "amounts of another currency say nothing"
        );
    }

    #[test]
    fn the_rule_that_says_most_wins() {
        let who = |n: u128| UserId(Uuid::from_u128(n));
        let route = |region, event_type, n| Route { region, event_type, assignee: who(n) };
        let routes = [
            route(None, None, 1),
            route(None, Some(EventType::Meetup), 2),
            route(Some(Region::SouthAsia), None, 3),
            route(Some(Region::SouthAsia), Some(EventType::Meetup), 4),
            route(Some(Region::Europe), Some(EventType::Meetup), 5),
        ];
        assert_eq!(handled_by(&routes, &asked()), Some(who(4)));
        assert_eq!(handled_by(&routes[..3], &asked()), Some(who(3)));
        assert_eq!(handled_by(&routes[..2], &asked()), Some(who(2)));
        assert_eq!(handled_by(&routes[4..], &asked()), None);
    }

    #[test]
    fn a_rule_asks_for_something_and_says_what_is_answered() {
        let input = FitInput {
            min_people: "100".into(),
            reason: "Audience does not match".into(),
            words: "We do not sponsor meetups under 100 people.".into(),
            ..FitInput::default()
        };
        assert_eq!(input.parse().expect("reads").in_words(), "at least 100 people");
        let later = FitInput { ask_again_month: "march".into(), ..input.clone() }.parse().expect("reads");
        assert_eq!(later.answer(), "We do not sponsor meetups under 100 people. Ask again in March.");
        let never = FitInput { ask_again_month: "Brumaire".into(), ..input.clone() };
        assert!(never.parse().expect_err("no month").get("askAgainMonth").is_some());
        let nothing = FitInput { min_people: String::new(), ..input.clone() };
        assert!(nothing.parse().expect_err("asks nothing").get("minPeople").is_some());
        let silent = FitInput { words: String::new(), ..input };
        assert!(silent.parse().expect_err("says nothing").get("words").is_some());
    }
}
