//! What a list is asked for: words, facets, an order and a place in it, read from an address and written to one. Every list
//! that can be searched uses this one reader, so that a page, the API and whatever keeps an address mean the same.
//!
//! Promises: an address that was written reads the same again; parameters that are not the list's own are left out; the
//! order of an address is always the same. Pure. [`Query::fits`] says what a row must be to be found: it is slow, and the
//! law that every quicker way is measured by.

use super::{
    fields::FieldErrors,
    labels::labels,
    technologies,
    words::{self, MOST_ASKED, Word},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use url::form_urlencoded;

/// The most characters of the words asked for, and of one value.
pub const LONGEST: usize = 100;
/// The most values of one facet.
pub const MOST_VALUES: usize = 20;
/// Counts are exact up to here; beyond it "2,000+" is honest.
pub const COUNTED: u64 = 2_000;

labels! {
    /// What comes first.
    Order, "an order" {
        // The name that was asked for, then where the words weigh most, then reputation.
        Relevance = "relevance",
        Reputation = "reputation",
        Newest = "newest",
        Name = "name",
    }
}

impl Order {
    /// For people.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Relevance => "Best match",
            Self::Reputation => "Reputation",
            Self::Newest => "Newest",
            Self::Name => "Name",
        }
    }
}

/// A way of narrowing a list.
pub trait Facet: Copy + Ord + std::hash::Hash + std::fmt::Debug + Send + Sync + 'static {
    /// In the order of addresses and pages.
    const EVERY: &'static [Self];

    /// Its parameter in an address.
    fn name(self) -> &'static str;

    /// On the page.
    fn title(self) -> &'static str;

    /// A value as it is kept, with its place among the others.
    ///
    /// # Errors
    /// Says what to choose.
    fn read(self, text: &str) -> Result<(usize, String), String>;

    /// A value on the page.
    fn shown(self, value: &str) -> String {
        value.to_owned()
    }

    /// Must a row have every value that was chosen, and not just one of them?
    fn wants_all(self) -> bool {
        false
    }

    /// What two ways of writing a value have in common.
    fn key(self, value: &str) -> String {
        value.to_owned()
    }
}

/// A list as an address asks for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query<F: Ord> {
    pub text: String,
    /// Never an empty list; values in the order of their list.
    chosen: BTreeMap<F, Vec<(usize, String)>>,
    pub order: Order,
    /// The place in the list, as a page of it gave it.
    pub cursor: String,
}

impl<F: Ord> Default for Query<F> {
    fn default() -> Self {
        Self { text: String::new(), chosen: BTreeMap::new(), order: Order::Relevance, cursor: String::new() }
    }
}

impl<F: Facet> Query<F> {
    /// Reads the query of an address; what cannot be meant is left out.
    pub fn read(query: &str) -> Self {
        Self::parse(query).0
    }

    /// As [`Query::read`], and what could not be meant, by parameter.
    pub fn parse(query: &str) -> (Self, FieldErrors) {
        let mut read = Self::default();
        let mut wrong = FieldErrors::default();
        for (name, value) in form_urlencoded::parse(query.trim_start_matches('?').as_bytes()) {
            let value = value.trim();
            if value.is_empty() {
                continue;
            }
            match &*name {
                "q" | "search" => read.text = tidy(value),
                "cursor" => read.cursor = value.chars().take(2_000).collect(),
                "sort" => match Order::parse(value) {
                    Ok(order) => read.order = order,
                    Err(problem) => wrong.add("sort", problem.to_string()),
                },
                name => {
                    let Some(facet) = F::EVERY.iter().copied().find(|facet| facet.name() == name) else { continue };
                    if let Err(problem) = read.choose(facet, value) {
                        wrong.add(facet.name(), problem);
                    }
                }
            }
        }
        (read, wrong)
    }

    /// The query of its address: always the same for the same question.
    pub fn query(&self) -> String {
        self.query_with(&[])
    }

    /// As [`Query::query`], with more parameters after it; empty ones are left out.
    pub fn query_with(&self, more: &[(&str, &str)]) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let mut append = |name: &str, value: &str| {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        };
        append("q", &self.text);
        for (facet, values) in &self.chosen {
            for (_, value) in values {
                append(facet.name(), value);
            }
        }
        if self.order != Order::Relevance {
            append("sort", self.order.label());
        }
        append("cursor", &self.cursor);
        for (name, value) in more {
            append(name, value);
        }
        query.finish()
    }

    /// For a facet of which nothing is chosen: the queries that ask for a value of it too, from the beginning of their lists.
    /// A menu has many links that differ in that value alone; of any value [`Query::toggled`] says the same.
    pub fn around(&self, facet: F, more: &[(&str, &str)]) -> Option<Around> {
        if self.values(facet).next().is_some() {
            return None;
        }
        let part = |keep: fn(&F, &F) -> bool, text: String, order: Order, more: &[(&str, &str)]| {
            let chosen = self.chosen.iter().filter(|(other, _)| keep(other, &facet));
            let chosen = chosen.map(|(other, values)| (*other, values.clone())).collect();
            Self { text, chosen, order, cursor: String::new() }.query_with(more)
        };
        Some(Around {
            before: part(|other, facet| other < facet, self.text.clone(), Order::Relevance, &[]),
            name: facet.name(),
            after: part(|other, facet| other > facet, String::new(), self.order, more),
        })
    }

    /// Chooses a value; one that is chosen already stays.
    ///
    /// # Errors
    /// Says what to choose.
    pub fn choose(&mut self, facet: F, value: &str) -> Result<(), String> {
        if value.chars().count() > LONGEST {
            return Err(format!("This is too long for {}.", facet.title().to_lowercase()));
        }
        let (place, value) = facet.read(value)?;
        let key = facet.key(&value);
        let values = self.chosen.entry(facet).or_default();
        if values.iter().any(|(_, there)| facet.key(there) == key) {
            return Ok(());
        }
        if values.len() >= MOST_VALUES {
            return Err(format!("Choose at most {MOST_VALUES}."));
        }
        values.push((place, value));
        values.sort();
        Ok(())
    }

    /// What is chosen of a facet.
    pub fn values(&self, facet: F) -> impl Iterator<Item = &str> {
        self.chosen.get(&facet).into_iter().flatten().map(|(_, value)| value.as_str())
    }

    pub fn has(&self, facet: F, value: &str) -> bool {
        let Some(values) = self.chosen.get(&facet) else { return false };
        let key = facet.key(value);
        values.iter().any(|(_, there)| facet.key(there) == key)
    }

    /// Everything that is chosen, in the order of the page.
    pub fn chosen(&self) -> impl Iterator<Item = (F, &str)> {
        self.chosen.iter().flat_map(|(facet, values)| values.iter().map(|(_, value)| (*facet, value.as_str())))
    }

    /// The same question with this value chosen, or no longer, from the beginning of its list.
    #[must_use]
    pub fn toggled(&self, facet: F, value: &str) -> Self {
        let mut other = self.from_the_start();
        if other.has(facet, value) {
            let key = facet.key(value);
            if let Some(values) = other.chosen.get_mut(&facet) {
                values.retain(|(_, there)| facet.key(there) != key);
                if values.is_empty() {
                    other.chosen.remove(&facet);
                }
            }
        } else {
            // A value that cannot be chosen changes nothing.
            let _ = other.choose(facet, value);
        }
        other.chosen.retain(|_, values| !values.is_empty());
        other
    }

    /// The same question without this facet, from the beginning of its list.
    #[must_use]
    pub fn without(&self, facet: F) -> Self {
        let mut other = self.from_the_start();
        other.chosen.remove(&facet);
        other
    }

    #[must_use]
    pub fn with_text(&self, text: &str) -> Self {
        Self { text: tidy(text), ..self.from_the_start() }
    }

    #[must_use]
    pub fn with_order(&self, order: Order) -> Self {
        Self { order, ..self.from_the_start() }
    }

    #[must_use]
    pub fn at(&self, cursor: &str) -> Self {
        Self { cursor: cursor.to_owned(), ..self.clone() }
    }

    #[must_use]
    pub fn from_the_start(&self) -> Self {
        self.at("")
    }

    /// What stands between spaces in the words, each once, in their order.
    pub fn words(&self) -> Vec<&str> {
        let mut list: Vec<&str> = Vec::new();
        for word in self.text.split_whitespace() {
            if !list.contains(&word) {
                list.push(word);
            }
        }
        list
    }

    /// The same question without one of its [`Query::words`], from the beginning of its list.
    #[must_use]
    pub fn without_word(&self, word: &str) -> Self {
        self.with_text(&self.text.split_whitespace().filter(|there| *there != word).collect::<Vec<_>>().join(" "))
    }

    /// The same question without some of it, from the beginning of its list.
    #[must_use]
    pub fn leaving_out(&self, left: &Left<F>) -> Self {
        match left {
            Left::Facet(facet) => self.without(*facet),
            Left::Word(word) => self.without_word(word),
            Left::Words => self.with_text(""),
            Left::Several(parts) => parts.iter().fold(self.from_the_start(), |query, part| query.leaving_out(part)),
        }
    }

    /// Does it leave anything out?
    pub fn is_narrowed(&self) -> bool {
        !self.text.is_empty() || !self.chosen.is_empty()
    }

    /// In words: "cloud · Industry: Security · Region: Africa"; "Everybody" for everything.
    pub fn described(&self) -> String {
        let mut parts: Vec<String> = Vec::new();
        if !self.text.is_empty() {
            parts.push(self.text.clone());
        }
        parts.extend(self.chosen().map(|(facet, value)| format!("{}: {}", facet.title(), facet.shown(value))));
        if parts.is_empty() { "Everybody".to_owned() } else { parts.join(" · ") }
    }

    /// Is this row found? Typing mistakes are forgiven elsewhere: here every word must be there.
    pub fn fits(&self, row: &Entry<F>) -> bool {
        let chosen = self.chosen.iter().all(|(facet, values)| {
            let has = |value: &str| row.values.iter().any(|(of, there)| of == facet && facet.key(there) == facet.key(value));
            let mut values = values.iter().map(|(_, value)| value.as_str());
            if facet.wants_all() { values.all(has) } else { values.any(has) }
        });
        chosen && {
            let under: Vec<String> = row.texts().flat_map(|(_, text)| words::found_under(text)).collect();
            let there = |word: &String| under.contains(word);
            let uses = |key: &str| row.technologies.iter().any(|technology| technologies::key(technology) == key);
            terms(&self.text).iter().all(|term| {
                term.technology.as_deref().is_some_and(uses)
                    || term.words.iter().all(|word| {
                        there(&word.whole)
                            || (!word.parts.is_empty() && word.parts.iter().all(there))
                            || uses(&technologies::key(&word.whole))
                    })
            })
        }
    }
}

/// Words as they were typed, without what nobody can see, in one line.
fn tidy(text: &str) -> String {
    let text: String = text.chars().filter(|c| !c.is_control()).take(LONGEST).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What is looked for together: a word, or several in a row that are a name of a technology.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Term {
    /// All of them are there …
    pub words: Vec<Word>,
    /// … or the technology that they name, by its key; nothing for a word by itself, which may name one too.
    pub technology: Option<String>,
}

/// The most words of a name of a technology: "amazon web services".
const MOST_OF_A_NAME: usize = 3;

/// What is looked for by these words, each once, at most [`MOST_ASKED`].
pub fn terms(text: &str) -> Vec<Term> {
    let words = words::words(text);
    let mut rest = words.as_slice();
    let mut list: Vec<Term> = Vec::new();
    while !rest.is_empty() && list.len() < MOST_ASKED {
        let named = (2..=MOST_OF_A_NAME.min(rest.len())).rev().find_map(|many| {
            let joined: String = rest[..many].iter().map(|word| word.whole.as_str()).collect();
            technologies::known(&joined).map(|name| (many, technologies::key(name)))
        });
        let (many, technology) = named.map_or((1, None), |(many, key)| (many, Some(key)));
        let (own, others) = rest.split_at(many);
        rest = others;
        let term = Term { words: own.to_vec(), technology };
        if !list.contains(&term) {
            list.push(term);
        }
    }
    list
}

/// What a list takes words for that none of its rows has.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Taken {
    /// They are taken for words that begin so.
    pub begun: Vec<String>,
    /// All words as they are looked for, where one is taken for the one that was likely meant.
    pub instead: Option<String>,
}

impl Taken {
    /// Is every word looked for as it stands? Then what the list shows is what [`Query::fits`] says.
    pub const fn is_literal(&self) -> bool {
        self.begun.is_empty() && self.instead.is_none()
    }
}

/// Of all words as they are looked for, those that stand for themselves: without beginnings, which are no words of any row.
pub fn whole_words(instead: &str, begun: &[String]) -> String {
    let whole: Vec<&str> = instead.split(' ').filter(|word| !begun.iter().any(|start| start.as_str() == *word)).collect();
    whole.join(" ")
}

/// All that a question finds, for whoever wants to hear of what comes later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Everything {
    Ids(Vec<uuid::Uuid>),
    /// More than were asked for.
    TooMany,
    /// The list shows rows that do not fit, word for word.
    Taken(Taken),
}

/// Where a word stands, lightest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Weight {
    Text,
    Strong,
    Name,
}

/// A row as it is searched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry<F> {
    pub id: uuid::Uuid,
    pub name: String,
    /// What the list is sorted by, where it is sorted by name.
    pub sort_name: String,
    /// Short texts that say what it is about: the field it works in, what it makes, where it is.
    pub strong: Vec<String>,
    pub technologies: Vec<String>,
    /// Descriptions.
    pub text: Vec<String>,
    pub values: Vec<(F, String)>,
    pub reputation: u32,
    /// When it came: microseconds since 1970.
    pub since: i64,
}

impl<F> Entry<F> {
    /// Everything under which it is found, with its weight.
    pub fn texts(&self) -> impl Iterator<Item = (Weight, &str)> {
        std::iter::once((Weight::Name, self.name.as_str()))
            .chain(self.strong.iter().chain(&self.technologies).map(|text| (Weight::Strong, text.as_str())))
            .chain(self.text.iter().map(|text| (Weight::Text, text.as_str())))
    }
}

// ── What a page of a list shows ─────────────────────────────────────────────────────────────────────────────────────

/// What stands around one value in a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Around {
    before: String,
    name: &'static str,
    after: String,
}

impl Around {
    /// The query with this value.
    pub fn with(&self, value: &str) -> String {
        let mut query = self.before.clone();
        if !query.is_empty() {
            query.push('&');
        }
        query.push_str(self.name);
        query.push('=');
        query.extend(form_urlencoded::byte_serialize(value.as_bytes()));
        if !self.after.is_empty() {
            query.push('&');
            query.push_str(&self.after);
        }
        query
    }
}

/// Something that a list can be narrowed by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct FacetView {
    /// The parameter.
    pub name: String,
    pub title: String,
    pub values: Vec<FacetValueView>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct FacetValueView {
    pub value: String,
    pub label: String,
    /// Exact up to 2,000.
    pub count: u64,
    pub count_capped: bool,
    /// "12", "2,000+".
    pub count_label: String,
    pub chosen: bool,
}

/// What else could be asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct InsteadView {
    /// The facet that is left out; absent for the words, and for several parts.
    pub facet: Option<String>,
    /// What is left out: `Region: Africa`, `“rust”`, `“Region: Africa” and “rust”`.
    pub label: String,
    /// The query without it.
    pub query: String,
    pub count_label: String,
}

/// What somebody may mean who is typing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SuggestionsView {
    pub values: Vec<SuggestedValue>,
    pub names: Vec<SuggestedName>,
}

/// A value of a facet that begins with what is typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SuggestedValue {
    /// The parameter.
    pub facet: String,
    pub value: String,
}

/// A name that begins with what is typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SuggestedName {
    pub slug: String,
    pub name: String,
}

/// What of a question is left out.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Left<F> {
    /// Everything that was chosen of a facet.
    Facet(F),
    /// One word of several.
    Word(String),
    /// All words.
    Words,
    /// Some of the facets and the words, where leaving out one of them is not enough.
    Several(Vec<Self>),
}

/// A value of a facet with how many rows have it beside everything else that was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    pub place: usize,
    pub value: String,
    pub count: u64,
}

/// "12", or "2,000+" where an exact count says no more.
pub fn count_label(count: u64) -> String {
    match count {
        _ if count > COUNTED => "2,000+".to_owned(),
        1_000.. => format!("{},{:03}", count / 1_000, count % 1_000),
        _ => count.to_string(),
    }
}

/// The most values of a facet that a page gets, besides those that are chosen.
const MOST_SHOWN: usize = 30;

/// The values of a facet as they are shown: closed lists in their order, open ones by how many rows have them.
pub fn facet_view<F: Facet>(query: &Query<F>, facet: F, mut values: Vec<Counted>) -> FacetView {
    let order =
        |a: &Counted, b: &Counted| a.place.cmp(&b.place).then_with(|| b.count.cmp(&a.count)).then_with(|| a.value.cmp(&b.value));
    let is_open = values.iter().all(|value| value.place == 0);
    if is_open && values.len() > MOST_SHOWN {
        // Of hundreds of values only those that are shown are put in order.
        values.select_nth_unstable_by(MOST_SHOWN, order);
        let mut rest = values.split_off(MOST_SHOWN);
        rest.retain(|value| query.has(facet, &value.value));
        rest.sort_unstable_by(order);
        values.sort_unstable_by(order);
        values.append(&mut rest);
    } else {
        values.sort_unstable_by(order);
    }
    let view = |counted: Counted| FacetValueView {
        label: facet.shown(&counted.value),
        chosen: query.has(facet, &counted.value),
        count: counted.count.min(COUNTED),
        count_capped: counted.count > COUNTED,
        count_label: count_label(counted.count),
        value: counted.value,
    };
    FacetView { name: facet.name().to_owned(), title: facet.title().to_owned(), values: values.into_iter().map(view).collect() }
}

/// What there would be without some of what is asked.
pub fn instead_view<F: Facet>(query: &Query<F>, left: &Left<F>, count: u64) -> InsteadView {
    InsteadView {
        facet: if let Left::Facet(facet) = left { Some(facet.name().to_owned()) } else { None },
        label: label_of(query, left),
        query: query.leaving_out(left).query(),
        count_label: count_label(count),
    }
}

/// What is left out, in words.
fn label_of<F: Facet>(query: &Query<F>, left: &Left<F>) -> String {
    match left {
        Left::Words => format!("“{}”", query.text),
        Left::Word(word) => format!("“{word}”"),
        Left::Facet(facet) => {
            let values: Vec<String> = query.values(*facet).map(|value| facet.shown(value)).collect();
            format!("{}: {}", facet.title(), values.join(", "))
        }
        Left::Several(parts) => {
            let each = parts.iter().map(|part| format!("“{}”", label_of(query, part).trim_matches(['“', '”'])));
            let each: Vec<String> = each.collect();
            match each.split_last() {
                Some((last, others)) if !others.is_empty() => format!("{} and {last}", others.join(", ")),
                _ => each.concat(),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::labels::labels;

    labels! {
        /// What the lists of these tests are narrowed by.
        Kind, "a kind" { Colour = "colour", Size = "size" }
    }

    impl Facet for Kind {
        const EVERY: &'static [Self] = Self::ALL;

        fn name(self) -> &'static str {
            self.label()
        }

        fn title(self) -> &'static str {
            if self == Self::Colour { "Colour" } else { "Size" }
        }

        fn read(self, text: &str) -> Result<(usize, String), String> {
            match self {
                Self::Colour => Ok((0, text.to_owned())),
                Self::Size => {
                    let place = ["small", "large"].iter().position(|size| *size == text).ok_or("Choose a size.")?;
                    Ok((place, text.to_owned()))
                }
            }
        }
    }

    fn counted(place: usize, value: &str, count: u64) -> Counted {
        Counted { place, value: value.to_owned(), count }
    }

    #[test]
    fn counts_are_exact_to_two_thousand_and_honest_beyond() {
        for (count, label) in [
            (0, "0"),
            (999, "999"),
            (1_000, "1,000"),
            (1_007, "1,007"),
            (2_000, "2,000"),
            (2_001, "2,000+"),
            (u64::MAX, "2,000+"),
        ] {
            assert_eq!(count_label(count), label);
        }
        let query = Query::read("size=small");
        let view = facet_view(&query, Kind::Size, vec![counted(1, "large", 1_000_000), counted(0, "small", 2_000)]);
        let said: Vec<_> = view
            .values
            .iter()
            .map(|value| (value.value.as_str(), value.count, value.count_capped, value.count_label.as_str(), value.chosen))
            .collect();
        assert_eq!(said, [("small", 2_000, false, "2,000", true), ("large", 2_000, true, "2,000+", false)]);
    }

    #[test]
    fn open_facets_show_what_is_used_most_and_whatever_is_chosen() {
        let query = Query::read("colour=last");
        let mut values: Vec<Counted> = (0..40).map(|n| counted(0, &format!("colour {n:02}"), 10_000 - n)).collect();
        values.push(counted(0, "last", 1));
        values.push(counted(0, "not even that", 1));
        values.reverse();
        let view = facet_view(&query, Kind::Colour, values);
        let shown: Vec<&str> = view.values.iter().map(|value| value.value.as_str()).collect();
        assert_eq!(shown.len(), MOST_SHOWN + 1);
        // Beyond 2,000 the larger one still comes first.
        assert_eq!((shown[0], shown[1], shown[MOST_SHOWN]), ("colour 00", "colour 01", "last"));
        assert!(view.values[0].count_capped && !view.values[MOST_SHOWN].count_capped);
    }

    #[test]
    fn the_links_of_a_menu_are_those_of_each_value() {
        let mut many = 0;
        for asked in ["", "q=a%26b&sort=name&cursor=x", "colour=red&sort=newest", "size=small&q=x", "colour=red&size=large"] {
            let query: Query<Kind> = Query::read(asked);
            for (facet, value) in [(Kind::Colour, "deep & blue"), (Kind::Colour, "grün"), (Kind::Size, "large")] {
                for more in [[("as", "")], [("as", "community:apex")]] {
                    let Some(around) = query.around(facet, &more) else {
                        assert!(query.values(facet).next().is_some(), "{asked}");
                        continue;
                    };
                    assert_eq!(around.with(value), query.toggled(facet, value).query_with(&more), "{asked}");
                    many += 1;
                }
            }
        }
        assert_eq!(many, 18);
    }

    #[test]
    fn several_words_may_name_one_technology() {
        let said = |text: &str| -> Vec<String> {
            let term = |term: Term| {
                let words: Vec<String> = term.words.into_iter().map(|word| word.whole).collect();
                term.technology.map_or_else(|| words.join(" "), |key| format!("{} = {key}", words.join(" ")))
            };
            terms(text).into_iter().map(term).collect()
        };
        assert_eq!(said("Amazon Web Services hosting"), ["amazon web services = aws", "hosting"]);
        assert_eq!(said("we run Google Cloud"), ["we", "run", "google cloud = googlecloud"]);
        assert_eq!(said("c plus plus, dot-net core"), ["c plus plus = c++", "dotnet core = net"]);
        assert_eq!(said("k8s amazon rust rust"), ["k8s", "amazon", "rust"], "a word by itself is looked for as it is");
        assert_eq!(said("a b c d e f g h i j").len(), MOST_ASKED);

        let row = |name: &str, technologies: &[&str]| Entry::<Kind> {
            id: uuid::Uuid::nil(),
            name: name.to_owned(),
            sort_name: name.to_lowercase(),
            strong: Vec::new(),
            technologies: technologies.iter().map(|one| (*one).to_owned()).collect(),
            text: Vec::new(),
            values: Vec::new(),
            reputation: 0,
            since: 0,
        };
        let fits = |text: &str, row: &Entry<Kind>| Query::<Kind>::default().with_text(text).fits(row);
        let (user, namesake) = (row("Skyline", &["AWS"]), row("Amazon Web Services", &[]));
        for (text, of_user, of_namesake) in [
            ("amazon web services", true, true),
            ("skyline amazon web services", true, false),
            ("services amazon web", false, true),
            ("aws", true, false),
            ("amazon web", false, true),
        ] {
            assert_eq!((fits(text, &user), fits(text, &namesake)), (of_user, of_namesake), "{text}");
        }
    }

    #[test]
    fn what_is_left_out_is_named_and_linked() {
        let query: Query<Kind> = Query::read("q=rust+cloud+rust&colour=red&colour=blue&sort=name&cursor=x");
        assert_eq!(query.words(), ["rust", "cloud"]);
        let view = |left: Left<Kind>| {
            let view = instead_view(&query, &left, 3_000);
            (view.facet, view.label, view.query, view.count_label)
        };
        let (facet, count) = (Some("colour".to_owned()), "2,000+".to_owned());
        let (red_and_blue, chosen) = ("Colour: blue, red".to_owned(), "colour=blue&colour=red&sort=name");
        assert_eq!(view(Left::Facet(Kind::Colour)), (facet, red_and_blue, "q=rust+cloud+rust&sort=name".into(), count.clone()));
        assert_eq!(view(Left::Word("rust".into())), (None, "“rust”".into(), format!("q=cloud&{chosen}"), count.clone()));
        assert_eq!(view(Left::Words), (None, "“rust cloud rust”".into(), chosen.to_owned(), count.clone()));
        let both = Left::Several(vec![Left::Facet(Kind::Colour), Left::Words]);
        assert_eq!(view(both), (None, "“Colour: blue, red” and “rust cloud rust”".into(), "sort=name".to_owned(), count));
    }
}
