//! The lists whose searches are saved, two of which have rows that can be watched; and what an alert says has happened.

use crate::{
    features::{
        communities::search::CommunitiesQuery, opportunities::board::Board, organizations::rules::search::DirectoryQuery,
    },
    kernel::{
        fact::{Fact, Statement},
        ids::{SavedViewId, UserId},
        labels::labels,
    },
};
use serde_json::json;
use url::form_urlencoded;
use uuid::Uuid;

labels! {
    /// A list that is searched.
    List, "a list" {
        Organizations = "organizations",
        Communities = "communities",
        Opportunities = "opportunities",
    }
}

impl List {
    /// Its page.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Organizations => "/directory",
            Self::Communities => "/communities",
            Self::Opportunities => "/opportunities",
        }
    }

    /// On pages.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Organizations => "Sponsors and partners",
            Self::Communities => "Communities",
            Self::Opportunities => "Opportunities",
        }
    }

    /// One of its rows, or several.
    pub const fn noun(self, many: usize) -> &'static str {
        match (self, many) {
            (Self::Organizations, 1) => "organization",
            (Self::Organizations, _) => "organizations",
            (Self::Communities, 1) => "community",
            (Self::Communities, _) => "communities",
            (Self::Opportunities, 1) => "opportunity",
            (Self::Opportunities, _) => "opportunities",
        }
    }

    /// A question as the list's own reader writes it, without a place in the list.
    pub fn canonical(self, query: &str) -> String {
        match self {
            Self::Organizations => DirectoryQuery::read(query).from_the_start().query(),
            Self::Communities => CommunitiesQuery::read(query).from_the_start().query(),
            Self::Opportunities => Board::read(query).query(),
        }
    }

    /// What of the question cannot be meant. Only opportunities are asked for what could be wrong.
    pub fn problem(self, query: &str) -> Option<String> {
        if form_urlencoded::parse(query.as_bytes()).any(|(_, value)| value.contains('\0')) {
            return Some("It holds a character that cannot be kept. Leave that one out.".to_owned());
        }
        match self {
            Self::Organizations | Self::Communities => None,
            Self::Opportunities => {
                let problems = Board::read(query).ask().err()?;
                let said = problems.0.into_iter().map(|(field, message)| format!("{field}: {message}"));
                Some(said.collect::<Vec<_>>().join(" "))
            }
        }
    }

    /// Does the question leave anything out?
    pub fn is_narrowed(self, query: &str) -> bool {
        match self {
            Self::Organizations => DirectoryQuery::read(query).is_narrowed(),
            Self::Communities => CommunitiesQuery::read(query).is_narrowed(),
            Self::Opportunities => Board::read(query).is_narrowed(),
        }
    }

    /// The question in words.
    pub fn described(self, query: &str) -> String {
        match self {
            Self::Organizations => DirectoryQuery::read(query).described(),
            Self::Communities => CommunitiesQuery::read(query).described(),
            Self::Opportunities => Board::read(query).described(),
        }
    }
}

/// Rows that an alert names; of more than these it gives the number.
pub const NAMED: usize = 20;

/// Somebody's search has found these, and they are told of them now. Nothing when there are none.
pub fn found(user: UserId, search: SavedViewId, list: List, rows: &[Uuid]) -> Option<SearchMatched> {
    (!rows.is_empty()).then(|| SearchMatched { user, search, list, rows: rows.to_vec() })
}

/// See [`found`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchMatched {
    user: UserId,
    search: SavedViewId,
    list: List,
    rows: Vec<Uuid>,
}

impl Fact for SearchMatched {
    fn statement(&self) -> Statement {
        Statement {
            room: "watching",
            name: "search_matched",
            subject: self.user.into(),
            about: Vec::new(),
            payload: json!({"searchId": self.search, "list": self.list, "rows": self.rows}),
            private: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_kept_as_its_list_writes_it() {
        let list = List::Organizations;
        assert_eq!(list.canonical("?region=Africa&q=rust&cursor=ab&as=community:x&utm=1"), "q=rust&region=Africa");
        assert!(list.is_narrowed("q=rust") && !list.is_narrowed("sort=name"));
        assert_eq!(List::Communities.canonical("budget=x&country=India&technology=Rust"), "country=India&technology=Rust");
        assert_eq!(List::Communities.described("country=India"), "Country: India");
        let offers = List::Opportunities;
        assert_eq!(offers.canonical("region=Europe&q=rust&cursor=ab&as=x"), "q=rust&region=Europe");
        assert!(offers.is_narrowed("q=rust") && !offers.is_narrowed("sort=newest"));
        assert_eq!((offers.problem("q=rust"), list.problem("sort=best")), (None, None));
        assert!(list.problem("q=a%00b").is_some());
        assert!(offers.problem("sort=best").is_some_and(|said| said.starts_with("sort: ")));
    }

    #[test]
    fn an_alert_about_nothing_is_none() {
        let (user, search) = (UserId(Uuid::from_u128(1)), SavedViewId(Uuid::from_u128(2)));
        assert_eq!(found(user, search, List::Communities, &[]), None);
        let said = found(user, search, List::Communities, &[Uuid::from_u128(3)]).expect("there is one").statement();
        assert_eq!(said.subject.id, user.0);
        assert_eq!(said.payload["list"], "communities");
        assert_eq!(said.private, None, "no names: what was found may be hidden tomorrow");
    }
}
