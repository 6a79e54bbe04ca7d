//! What the list of opportunities is asked for, read from an address: filters, an order, nothing else. The page, the API and
//! a saved view use this one reader, so that a view that was saved shows what its address shows. Pure.
//!
//! Amounts of two currencies are never compared: a budget band names its currency, and so must an order by budget.

use super::{
    rules::search_terms,
    views::{FitReason, FitView},
};
use crate::kernel::{
    fields::{Check, FieldErrors},
    labels::{Band, Category, EventCategory, EventFormat, EventType, Region, labels},
    money::Currency,
    technologies,
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use url::form_urlencoded;

labels! {
    /// What comes first.
    BoardOrder, "an order" {
        Deadline = "deadline",
        Newest = "newest",
        Budget = "budget",
        Match = "match",
    }
}

/// The list as an address asks for it; empty texts filter nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Board {
    pub search: String,
    pub event_type: String,
    /// What the event is about.
    pub event_category: String,
    /// The role that is offered.
    pub category: String,
    pub format: String,
    pub region: String,
    pub currency: String,
    /// The key of a band, `INR:200000-500000`.
    pub budget: String,
    /// With commas between them; an opportunity fits when its event has one of them.
    pub technologies: String,
    /// `2027-03-01`: decided on this day or later …
    pub decides_from: String,
    /// … and on this day or earlier.
    pub decides_by: String,
    /// `false` shows full ones too, for which one can only wait.
    pub place_left: String,
    pub sort: String,
}

/// What [`Board`] means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// For `to_tsquery`.
    pub terms: Option<String>,
    pub event_type: Option<EventType>,
    pub event_category: Option<EventCategory>,
    pub category: Option<Category>,
    pub format: Option<EventFormat>,
    pub region: Option<Region>,
    pub currency: Option<Currency>,
    pub budget: Option<Band>,
    pub technologies: Vec<String>,
    pub decides_from: Option<NaiveDate>,
    pub decides_by: Option<NaiveDate>,
    pub full_too: bool,
    pub order: BoardOrder,
}

/// The fields of an address, by the names that the API uses; `q` is what the search box of the page is called.
pub const NAMES: [&str; 13] = [
    "q",
    "eventType",
    "eventCategory",
    "category",
    "format",
    "region",
    "currency",
    "budget",
    "technologies",
    "decidesFrom",
    "decidesBy",
    "placeLeft",
    "sort",
];

/// The most characters of one field of an address.
const LONGEST: usize = 300;

impl Board {
    fn fields(&self) -> [&String; 13] {
        [
            &self.search,
            &self.event_type,
            &self.event_category,
            &self.category,
            &self.format,
            &self.region,
            &self.currency,
            &self.budget,
            &self.technologies,
            &self.decides_from,
            &self.decides_by,
            &self.place_left,
            &self.sort,
        ]
    }

    fn fields_mut(&mut self) -> [&mut String; 13] {
        [
            &mut self.search,
            &mut self.event_type,
            &mut self.event_category,
            &mut self.category,
            &mut self.format,
            &mut self.region,
            &mut self.currency,
            &mut self.budget,
            &mut self.technologies,
            &mut self.decides_from,
            &mut self.decides_by,
            &mut self.place_left,
            &mut self.sort,
        ]
    }

    /// Reads the query of an address. What is none of its fields is left out; a field that comes twice is one list.
    pub fn read(query: &str) -> Self {
        let mut board = Self::default();
        for (name, value) in form_urlencoded::parse(query.trim_start_matches('?').as_bytes()) {
            let name = if name == "search" { "q" } else { &*name };
            let Some(place) = NAMES.iter().position(|known| *known == name) else { continue };
            let value: String = value.trim().chars().take(LONGEST).collect();
            let fields = board.fields_mut();
            if value.is_empty() {
                continue;
            }
            if fields[place].is_empty() {
                *fields[place] = value;
            } else if name == "technologies" {
                fields[place].push_str(", ");
                fields[place].push_str(&value);
            }
        }
        board
    }

    /// The query of its address: always the same for the same board, without the page's cursor.
    pub fn query(&self) -> String {
        self.query_with(&[])
    }

    /// As [`Board::query`], with more fields after it; empty ones are left out.
    pub fn query_with(&self, more: &[(&str, &str)]) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let own = NAMES.iter().copied().zip(self.fields().into_iter().map(String::as_str));
        for (name, value) in own.chain(more.iter().copied()) {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
        query.finish()
    }

    /// Does it leave anything out?
    pub fn is_narrowed(&self) -> bool {
        Self { sort: String::new(), place_left: String::new(), ..self.clone() } != Self::default()
    }

    /// The question in words.
    pub fn described(&self) -> String {
        let mut parts = Vec::new();
        if !self.search.is_empty() {
            parts.push(self.search.clone());
        }
        let budget = Band::parse(&self.budget).map_or_else(|_| self.budget.clone(), Band::label);
        for (title, value) in [
            ("Event type", &self.event_type),
            ("About", &self.event_category),
            ("Role", &self.category),
            ("Format", &self.format),
            ("Region", &self.region),
            ("Currency", &self.currency),
            ("Budget", &budget),
            ("Technologies", &self.technologies),
            ("Decided from", &self.decides_from),
            ("Decided by", &self.decides_by),
        ] {
            if !value.is_empty() {
                parts.push(format!("{title}: {value}"));
            }
        }
        if self.place_left == "false" {
            parts.push("Full ones too".to_owned());
        }
        if parts.is_empty() { "Every opportunity".to_owned() } else { parts.join(" · ") }
    }

    /// # Errors
    /// Names each field that cannot be meant.
    pub fn ask(&self) -> Result<Ask, FieldErrors> {
        let mut check = Check::default();
        let order =
            if self.sort.is_empty() { Some(BoardOrder::Deadline) } else { check.take("sort", BoardOrder::parse(&self.sort)) };
        let currency = one_of(&mut check, "currency", &self.currency, Currency::parse);
        let budget = one_of(&mut check, "budget", &self.budget, Band::parse);
        if let (Some(currency), Some(band)) = (currency, budget) {
            check.ensure("budget", band.currency() == currency, "Choose a budget of the currency that you chose.");
        }
        if order == Some(BoardOrder::Budget) && budget.is_none() {
            check.ensure("currency", currency.is_some(), "Choose a currency: amounts of two currencies are not compared.");
        }
        let technologies = match technologies::normalise(&[&self.technologies]) {
            Ok(list) => list,
            Err(why) => {
                check.add("technologies", why);
                Vec::new()
            }
        };
        let full_too = match self.place_left.as_str() {
            "" | "true" => false,
            "false" => true,
            _ => {
                check.add("placeLeft", "Say true or false.");
                false
            }
        };
        let ask = Ask {
            terms: search_terms(&self.search),
            event_type: one_of(&mut check, "eventType", &self.event_type, EventType::parse),
            event_category: one_of(&mut check, "eventCategory", &self.event_category, EventCategory::parse),
            category: one_of(&mut check, "category", &self.category, Category::parse),
            format: one_of(&mut check, "format", &self.format, EventFormat::parse),
            region: one_of(&mut check, "region", &self.region, Region::parse),
            currency,
            budget,
            technologies,
            decides_from: one_of(&mut check, "decidesFrom", &self.decides_from, day),
            decides_by: one_of(&mut check, "decidesBy", &self.decides_by, day),
            full_too,
            order: order.unwrap_or(BoardOrder::Deadline),
        };
        if let (Some(from), Some(by)) = (ask.decides_from, ask.decides_by) {
            check.ensure("decidesBy", from <= by, "The later day comes second. Swap them.");
        }
        check.finish()?;
        Ok(ask)
    }
}

/// An opportunity as questions are compared with it before the database is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    pub event_type: Option<String>,
    pub event_category: Option<String>,
    pub category: String,
    pub format: Option<String>,
    pub region: Option<String>,
    pub currency: String,
    pub budget_min: i64,
    pub budget_max: i64,
    pub technologies: Vec<String>,
    pub decision_date: NaiveDate,
    /// The words that it is found under.
    pub words: Vec<String>,
}

impl Offer {
    /// Do the two overlap? A band ends just before its upper amount, and amounts of another currency never fit.
    pub fn is_within(&self, band: Band) -> bool {
        band.currency().code() == self.currency
            && self.budget_max >= band.lower().minor
            && band.upper().is_none_or(|upper| self.budget_min < upper.minor)
    }
}

impl Ask {
    /// The beginnings of words that are looked for; nothing where one is not of plain letters, for then the database alone
    /// knows what it is.
    pub fn beginnings(&self) -> Option<Vec<&str>> {
        let terms = self.terms.as_deref().into_iter().flat_map(|terms| terms.split(" & "));
        terms.map(|term| term.strip_suffix(":*").filter(|word| is_plain(word))).collect()
    }

    /// May the list hold this offer? No is certain; for a yes the database is asked, which alone knows what a word is and who
    /// may see what.
    pub fn may_hold(&self, offer: &Offer) -> bool {
        let is = |wanted: Option<&str>, there: Option<&str>| wanted.is_none() || wanted == there;
        let in_budget = self.budget.is_none_or(|band| offer.is_within(band));
        is(self.event_type.map(EventType::label), offer.event_type.as_deref())
            && is(self.event_category.map(EventCategory::label), offer.event_category.as_deref())
            && is(self.category.map(Category::label), Some(offer.category.as_str()))
            && is(self.format.map(EventFormat::label), offer.format.as_deref())
            && is(self.region.map(Region::label), offer.region.as_deref())
            && is(self.currency.map(Currency::code), Some(offer.currency.as_str()))
            && in_budget
            && (self.technologies.is_empty() || self.technologies.iter().any(|it| offer.technologies.contains(it)))
            && self.decides_from.is_none_or(|day| offer.decision_date >= day)
            && self.decides_by.is_none_or(|day| offer.decision_date <= day)
            && self.terms.as_deref().is_none_or(|terms| may_be_found(terms, &offer.words))
    }
}

/// Words of plain letters are compared as the database does; what it makes of others is its own affair.
fn may_be_found(terms: &str, words: &[String]) -> bool {
    terms
        .split(" & ")
        .filter_map(|term| term.strip_suffix(":*"))
        .all(|term| !is_plain(term) || words.iter().any(|word| word.starts_with(term)))
}

fn is_plain(word: &str) -> bool {
    word.bytes().all(|byte| byte.is_ascii_lowercase())
}

fn day(text: &str) -> Result<NaiveDate, &'static str> {
    NaiveDate::parse_from_str(text, "%Y-%m-%d").map_err(|_| "Choose a day, like 2027-03-01.")
}

fn one_of<T, E: ToString>(check: &mut Check, path: &str, text: &str, parse: impl Fn(&str) -> Result<T, E>) -> Option<T> {
    if text.is_empty() { None } else { check.take(path, parse(text)) }
}

// ── What fits an organization ───────────────────────────────────────────────────────────────────────────────────────

/// Points of a whole match, 100 in all.
pub const EVENT_TYPE_POINTS: i32 = 30;
pub const REGION_POINTS: i32 = 25;
pub const CATEGORY_POINTS: i32 = 15;
/// For each technology in common …
pub const TECHNOLOGY_POINTS: i32 = 10;
/// … of at most so many.
pub const TECHNOLOGIES_COUNTED: usize = 3;

/// What an organization said that it looks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wishes {
    pub event_types: Vec<String>,
    pub regions: Vec<String>,
    /// In lower case, every one once.
    pub technologies: Vec<String>,
    pub sponsors: bool,
    pub partners: bool,
}

impl Wishes {
    /// Somebody who said nothing is matched with nothing.
    pub fn are_empty(&self) -> bool {
        self.event_types.is_empty() && self.regions.is_empty() && self.technologies.is_empty()
    }

    /// Every region fits who works everywhere.
    pub fn any_region(&self) -> bool {
        self.regions.iter().any(|region| region == Region::Global.label())
    }

    /// How well an opportunity fits, and why. The list's order uses the same sum, computed where the rows are.
    pub fn fit(&self, event_type: Option<&str>, region: Option<&str>, theirs: &[String], category: Category) -> FitView {
        let mut reasons = Vec::new();
        let mut add = |points: i32, text: String| reasons.push(FitReason { points, text });
        if let Some(kind) = event_type.filter(|kind| self.event_types.iter().any(|wish| wish == kind)) {
            add(EVENT_TYPE_POINTS, format!("{kind} is a kind of event that you look for"));
        }
        if let Some(region) = region.filter(|region| self.any_region() || self.regions.iter().any(|wish| wish == region)) {
            let text = if self.any_region() {
                format!("You work everywhere, so also in {region}")
            } else {
                format!("You work in {region}")
            };
            add(REGION_POINTS, text);
        }
        let shared: Vec<&str> =
            theirs.iter().filter(|it| self.technologies.contains(&it.to_lowercase())).map(String::as_str).collect();
        if !shared.is_empty() {
            let counted = i32::try_from(shared.len().min(TECHNOLOGIES_COUNTED)).unwrap_or_default();
            add(counted * TECHNOLOGY_POINTS, format!("You both use {}", shared.join(", ")));
        }
        match (category.is_sponsor(), self.sponsors, self.partners) {
            (true, true, _) => add(CATEGORY_POINTS, "They look for a sponsor, as you are".into()),
            (false, _, true) => add(CATEGORY_POINTS, "They look for a partner, as you are".into()),
            _ => {}
        }
        FitView { score: reasons.iter().map(|reason| reason.points).sum(), reasons }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_address_comes_back_as_it_was() {
        let board =
            Board::read("?q=rust%20fest&technologies=Rust&technologies=go&sort=newest&cursor=abc&as=organization:acme&x=1");
        assert_eq!(
            (board.search.as_str(), board.technologies.as_str(), board.sort.as_str()),
            ("rust fest", "Rust, go", "newest")
        );
        assert_eq!(board.query(), "q=rust+fest&technologies=Rust%2C+go&sort=newest");
        assert_eq!(Board::read("search=x"), Board::read("q=x"));
        assert_eq!(board.ask().expect("fine").technologies, ["Rust", "Go"]);
        assert!(board.is_narrowed() && !Board::read("sort=newest").is_narrowed());
    }

    #[test]
    fn what_cannot_be_meant_is_named() {
        let wrong = |query: &str| Board::read(query).ask().expect_err(query).0.into_keys().collect::<Vec<_>>();
        assert_eq!(wrong("sort=budget"), ["currency"]);
        assert_eq!(wrong("sort=best&region=Mars&budget=INR:1-2"), ["budget", "region", "sort"]);
        assert_eq!(wrong("currency=USD&budget=INR:200000-500000"), ["budget"]);
        assert_eq!(wrong("decidesFrom=2027-03-02&decidesBy=2027-03-01"), ["decidesBy"]);
        assert_eq!(wrong("decidesBy=soon&placeLeft=maybe"), ["decidesBy", "placeLeft"]);
        assert!(Board::read("sort=budget&currency=INR").ask().is_ok());
        assert!(Board::read("sort=budget&budget=INR:200000-500000").ask().is_ok());
        assert!(Board::read("placeLeft=false").ask().expect("fine").full_too);
    }

    #[test]
    fn a_question_is_said_in_words() {
        assert_eq!(Board::default().described(), "Every opportunity");
        let asked = Board::read("q=rust&eventType=Hackathon&budget=INR:200000-500000&placeLeft=false&sort=newest");
        assert!(asked.described().starts_with("rust · Event type: Hackathon · Budget: "), "{}", asked.described());
        assert!(asked.described().ends_with(" · Full ones too"), "{}", asked.described());
    }

    #[test]
    fn what_cannot_be_held_is_known_without_the_database() {
        let offer = Offer {
            event_type: Some("Hackathon".into()),
            event_category: None,
            category: "Gold Sponsor".into(),
            format: Some("Online".into()),
            region: Some("South Asia".into()),
            currency: "INR".into(),
            budget_min: 20_000_000,
            budget_max: 40_000_000,
            technologies: vec!["Rust".into()],
            decision_date: NaiveDate::from_ymd_opt(2027, 3, 1).expect("a day"),
            words: vec!["hackfest".into(), "gold".into()],
        };
        let holds = |query: &str| Board::read(query).ask().expect(query).may_hold(&offer);
        for query in [
            "",
            "q=hack",
            "q=Gold+hackfest",
            "q=2fa",
            "q=%C3%A9t%C3%A9",
            "eventType=Hackathon&category=Gold+Sponsor&format=Online&region=South+Asia&currency=INR&technologies=Rust,Go",
            "decidesFrom=2027-03-01&decidesBy=2027-03-01",
            "budget=INR:200000-500000",
            "placeLeft=false&sort=newest",
        ] {
            assert!(holds(query), "{query}");
        }
        for query in [
            "q=meetup",
            "q=gold+meetup",
            "eventType=Meetup",
            "category=Silver+Sponsor",
            "format=Hybrid",
            "region=Europe",
            "currency=USD",
            "technologies=Go",
            "decidesFrom=2027-03-02",
            "decidesBy=2027-02-28",
            "budget=INR:500000-2000000",
        ] {
            assert!(!holds(query), "{query}");
        }
    }

    #[test]
    fn words_of_plain_letters_are_known_without_the_database() {
        let ask = |query: &str| Board::read(query).ask().expect(query);
        assert_eq!(ask("").beginnings(), Some(Vec::new()));
        assert_eq!(ask("q=Gold+hack-fest").beginnings(), Some(vec!["gold", "hack", "fest"]));
        for query in ["q=gold+2fa", "q=%C3%A9t%C3%A9", "q=2027"] {
            assert_eq!(ask(query).beginnings(), None, "{query}");
        }
    }

    #[test]
    fn a_fit_says_why_and_sums_up() {
        let wishes = Wishes {
            event_types: vec!["Hackathon".into()],
            regions: vec!["South Asia".into()],
            technologies: vec!["rust".into(), "go".into()],
            sponsors: true,
            partners: false,
        };
        let fit = wishes.fit(Some("Hackathon"), Some("South Asia"), &["Rust".into(), "Python".into()], Category::GoldSponsor);
        assert_eq!((fit.score, fit.reasons.len()), (30 + 25 + 10 + 15, 4));
        assert_eq!(fit.reasons[2].text, "You both use Rust");
        assert_eq!(wishes.fit(Some("Meetup"), Some("Europe"), &[], Category::MediaPartner).score, 0);
        let everywhere = Wishes { regions: vec!["Global".into()], ..Wishes::default() };
        assert_eq!(everywhere.fit(None, Some("Europe"), &[], Category::MediaPartner).score, REGION_POINTS);
        assert_eq!(EVENT_TYPE_POINTS + REGION_POINTS + CATEGORY_POINTS + 3 * TECHNOLOGY_POINTS, 100);
    }

    proptest! {
        /// Whatever stands in an address, what is read of it is written so that it reads the same again.
        #[test]
        fn reading_is_stable(text in "[ -~]{0,60}", tech in "[a-zA-Z,+# ]{0,30}", sort in "(newest|deadline|x y|)") {
            let first = Board { search: text.trim().to_owned(), technologies: tech.trim().to_owned(), sort, ..Board::default() };
            let again = Board::read(&first.query());
            prop_assert_eq!(Board::read(&again.query()), again.clone());
            prop_assert_eq!(again, first);
        }
    }
}
