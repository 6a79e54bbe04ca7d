//! An index of a list that is searched: words, facets and orders of its rows in memory, so that an answer costs the same for
//! a thousand rows and for a million. Knows no room and no database, only [`Entry`]s.
//!
//! Promises: an answer is what [`Query::fits`] says, with typing mistakes forgiven where a word is nowhere; how many rows there
//! are is exact, and how many have a value is exact up to [`COUNTED`] and more than that beyond, in about the right order.
//! A page begins after a row's own keys, so rows that come and go in between are neither shown twice nor skipped. Does not
//! say what may be shown: rows are read by id from the database, which has the last word.

use super::{
    Kept,
    parts::{Ordered, Postings, Rows, SMALL, Weighed},
};
use crate::kernel::{
    error::AppResult,
    fields::FieldErrors,
    page::{cursor, uncursor},
    search::{COUNTED, Counted, Entry, Facet, Left, Order, Query, SuggestedValue, Weight},
    technologies,
    words::{self, Word},
};
use roaring::RoaringBitmap;
use std::{
    borrow::Cow,
    cmp::Ordering,
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    ops::Bound,
};
use uuid::Uuid;

/// The most words that begin like one.
const MOST_BEGINNINGS: usize = 64;
/// The most that is looked at for one mistyped word.
const MOST_ALIKE: usize = 60_000;
/// The most values of an open facet that are counted for a large set, most used first.
const MOST_COUNTED: usize = 200;
/// The most words that are looked at for the end of a mistyped one.
const MOST_NEAR: usize = 400;
/// Of at most one row in so many, values are counted row by row: reading the values of a row costs a wait for memory, some 45 ns,
/// and far less than holding sets against each other that are lists, as they are up to one row in sixteen. Denser ones are bits,
/// and soon have enough in common.
const ROW_BY_ROW: u64 = 12;
/// So few values are never worth a walk through rows.
const FEW_VALUES: usize = 8;
/// As many numbers as a set keeps together, as a list or as bits.
const SLICE: u32 = 1 << 16;
/// The most words of names that begin like a long beginning.
const MOST_NAMES: usize = 400;
/// The beginnings of names under which their rows are kept are this long at most; what begins with longer ones has few words.
const LONGEST_START: usize = 3;
/// The tier of a list by relevance that the database made, which knows reputation alone.
pub(super) const FLAT: u8 = u8::MAX;
/// What a technology is kept under among the words: no word begins like that.
const TECHNOLOGY: char = '=';

// ── Orders ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/// The orders that are kept; relevance is reputation within each tier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    Reputation,
    Newest,
    Name,
}

impl By {
    fn of_label(self, label: u64) -> u32 {
        let shifted = match self {
            Self::Reputation => return u32::try_from(!label).unwrap_or(u32::MAX).leading_zeros(),
            // About two weeks.
            Self::Newest => label >> 40,
            Self::Name => label >> 48,
        };
        u32::try_from(shifted).unwrap_or(u32::MAX)
    }
}

/// A larger reputation comes first.
pub(super) fn reputation_label(reputation: u32) -> u64 {
    !u64::from(reputation)
}

/// A later time comes first; times before 1970 are all the same.
pub(super) fn since_label(since: i64) -> u64 {
    !u64::try_from(since).unwrap_or_default()
}

/// The first eight bytes of a name.
pub(super) fn name_label(name: &str) -> u64 {
    let mut bytes = [0; 8];
    for (to, from) in bytes.iter_mut().zip(name.bytes()) {
        *to = from;
    }
    u64::from_be_bytes(bytes)
}

/// A place in a list: what its row is sorted by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub order: Order,
    /// Of a list by relevance: in which tier.
    pub tier: u8,
    pub label: u64,
    /// Of a list by name.
    pub name: String,
    pub id: Uuid,
    /// The page ends before it, and does not begin after it.
    pub before: bool,
}

impl Place {
    pub fn cursor(&self) -> String {
        let way = if self.before { "b" } else { "a" };
        cursor(&[way, self.order.label(), &self.tier.to_string(), &self.label.to_string(), &self.name, &self.id.to_string()])
    }

    /// # Errors
    /// It is no cursor of a list in this order.
    pub fn read(text: &str, order: Order) -> Result<Option<Self>, FieldErrors> {
        if text.is_empty() {
            return Ok(None);
        }
        let broken = || FieldErrors::one("cursor", "This cursor is of another list. Start again without it.");
        let [way, of, tier, label, name, id] = uncursor(text)?;
        let place = Self {
            order: Order::parse(&of).ok().filter(|of| *of == order).ok_or_else(broken)?,
            tier: tier.parse().map_err(|_| broken())?,
            label: label.parse().map_err(|_| broken())?,
            name,
            id: id.parse().map_err(|_| broken())?,
            before: way == "b",
        };
        Ok(Some(place))
    }
}

// ── The index ───────────────────────────────────────────────────────────────────────────────────────────────────────

/// A value of a facet and its rows, dead ones too.
struct Value<F> {
    facet: F,
    place: usize,
    shown: String,
    rows: RoaringBitmap,
    /// How many of them are alive.
    alive: u64,
    /// Its place among the values of its facet, most used first.
    rank: usize,
}

/// What of a value somebody may begin to type, in the order of what is suggested first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Start {
    /// The value itself, folded.
    Whole,
    /// Without what people write differently.
    Key,
    /// Another name of it.
    Other,
    /// A word of it.
    Word,
}

/// Rows of one list.
pub struct Index<F> {
    rows: Rows,
    /// By number: what it is sorted by.
    names: Vec<Box<str>>,
    /// Rows by how many words their name has.
    name_words: BTreeMap<u8, RoaringBitmap>,
    /// Rows one word of whose name begins like this.
    name_starts: HashMap<Box<str>, RoaringBitmap>,
    reputation: Ordered,
    newest: Ordered,
    by_name: Ordered,
    vocabulary: BTreeMap<Box<str>, u32>,
    spelled: Vec<Box<str>>,
    postings: Vec<Postings>,
    /// Words of names and short texts by three letters in a row.
    letters: HashMap<[char; 3], Vec<u32>>,
    /// The values of all facets by their marks, and the marks of each facet by key.
    values: Vec<Value<F>>,
    keyed: BTreeMap<F, HashMap<String, u32>>,
    /// The marks of each facet, of what most rows have first.
    ranked: BTreeMap<F, Vec<u32>>,
    /// What of values may be typed.
    starts: BTreeSet<(F, Start, Box<str>, u32)>,
    /// The marks of every row's values, one row after the other, and by number where they end.
    marks: Vec<u32>,
    marked: Vec<usize>,
    /// How values and technologies were typed, and their keys: working a key out costs more than looking it up.
    keys: HashMap<(F, String), String>,
    technologies: HashMap<String, String>,
    large: Large,
}

/// From where on a set of rows is large.
#[derive(Debug, Clone, Copy)]
struct Large {
    /// More rows than these are walked along an order instead of being sorted, …
    above: u64,
    /// … and of an open facet only so many values are counted for them.
    counted: usize,
    /// Up to here counts are exact.
    exact: u64,
    /// Sets are held against each other by so many numbers at once.
    slice: u32,
}

impl Large {
    const USUAL: Self = Self { above: SMALL, counted: MOST_COUNTED, exact: COUNTED, slice: SLICE };
}

impl<F> Default for Index<F> {
    fn default() -> Self {
        Self::with_large(Large::USUAL)
    }
}

impl<F> Index<F> {
    fn with_large(large: Large) -> Self {
        Self {
            rows: Rows::default(),
            names: Vec::new(),
            name_words: BTreeMap::new(),
            name_starts: HashMap::new(),
            reputation: Ordered::walked_above(large.above),
            newest: Ordered::walked_above(large.above),
            by_name: Ordered::walked_above(large.above),
            vocabulary: BTreeMap::new(),
            spelled: Vec::new(),
            postings: Vec::new(),
            letters: HashMap::new(),
            values: Vec::new(),
            keyed: BTreeMap::new(),
            ranked: BTreeMap::new(),
            starts: BTreeSet::new(),
            marks: Vec::new(),
            marked: Vec::new(),
            keys: HashMap::new(),
            technologies: HashMap::new(),
            large,
        }
    }
}

/// What is asked of an index.
pub struct Ask<'a, F: Ord> {
    pub query: &'a Query<F>,
    /// Facets that are counted.
    pub count: &'a [F],
    /// Rows that this reader does not see.
    pub hidden: &'a [Uuid],
    pub limit: usize,
    /// Rows to leave out at the beginning, where somebody counts pages; small.
    pub skip: usize,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found<F> {
    pub ids: Vec<Uuid>,
    pub total: u64,
    pub next: Option<String>,
    pub previous: Option<String>,
    /// The words that were looked for instead, where one of those typed is nowhere.
    pub instead: Option<String>,
    pub facets: Vec<(F, Vec<Counted>)>,
    /// How many there would be without some of what was asked; only where nothing was found, and nothing that leads nowhere.
    pub without: Vec<(Left<F>, u64)>,
}

impl<F: Facet> Index<F> {
    pub fn len(&self) -> u64 {
        self.rows.alive.len()
    }

    pub fn is_empty(&self) -> bool {
        self.rows.alive.is_empty()
    }

    /// Are there so many old numbers that it is better made anew?
    pub fn is_worn(&self) -> bool {
        self.rows.are_worn()
    }

    /// About how much memory it takes.
    pub fn bytes(&self) -> usize {
        let set = |rows: &RoaringBitmap| rows.serialized_size() + 64;
        let rows = self.rows.bytes() + self.rows.ids.len() * 16 + self.names.iter().map(|name| name.len()).sum::<usize>();
        let names = self.name_words.values().chain(self.name_starts.values()).map(set).sum::<usize>();
        let words = self.spelled.iter().map(|word| 2 * (word.len() + 16) + 60).sum::<usize>();
        let postings = self.postings.iter().map(Postings::bytes).sum::<usize>();
        let letters = self.letters.values().map(|list| list.capacity() * 4 + 40).sum::<usize>();
        // Each with its key, its rank and what may be typed of it.
        let values = self.values.iter().map(|value| set(&value.rows) + 300).sum::<usize>();
        let orders = [&self.reputation, &self.newest, &self.by_name].into_iter().map(Ordered::bytes).sum::<usize>();
        rows + names + words + postings + letters + values + orders + self.marks.len() * 4 + self.marked.len() * 8
    }

    pub fn remove(&mut self, id: Uuid) {
        if let Some(number) = self.rows.remove(id) {
            self.names[number as usize] = "".into();
            for at in self.marked_at(number) {
                self.used_less(self.marks[at]);
            }
        }
    }

    /// Puts a row in, in the place of what it was before.
    pub fn put(&mut self, entry: &Entry<F>) {
        self.remove(entry.id);
        let Some(number) = self.rows.push(entry.id) else { return };
        self.names.push(entry.sort_name.as_str().into());
        let label = reputation_label(entry.reputation);
        self.reputation.push(number, label, By::Reputation.of_label(label));
        let label = since_label(entry.since);
        self.newest.push(number, label, By::Newest.of_label(label));
        let label = name_label(&entry.sort_name);
        self.by_name.push(number, label, By::Name.of_label(label));

        let mut found: HashMap<String, Weight> = HashMap::new();
        for (weight, text) in entry.texts() {
            for word in words::found_under(text) {
                let there = found.entry(word).or_insert(weight);
                *there = weight.max(*there);
            }
        }
        for technology in &entry.technologies {
            let key = self.technologies.entry(technology.clone()).or_insert_with(|| technologies::key(technology));
            found.insert(format!("{TECHNOLOGY}{key}"), Weight::Strong);
        }
        let name = words::found_under(&entry.name);
        self.name_words.entry(words_of(name.len())).or_default().insert(number);
        for word in &name {
            for start in starts_of(word) {
                match self.name_starts.get_mut(start) {
                    Some(rows) => {
                        rows.insert(number);
                    }
                    None => {
                        self.name_starts.insert(start.into(), RoaringBitmap::from([number]));
                    }
                }
            }
        }
        for (word, weight) in found {
            let token = self.token(&word);
            let was = self.postings[token as usize].strong();
            self.postings[token as usize].push(number, weight);
            if was == 0 && weight > Weight::Text && !word.starts_with(TECHNOLOGY) {
                for gram in grams(&word) {
                    let list = self.letters.entry(gram).or_default();
                    if list.last() != Some(&token) {
                        list.push(token);
                    }
                }
            }
        }
        for (facet, value) in &entry.values {
            let key = match self.keys.get(&(*facet, value.clone())) {
                Some(key) => key.clone(),
                None => {
                    let key = facet.key(value);
                    self.keys.insert((*facet, value.clone()), key.clone());
                    key
                }
            };
            let mark = self.mark_for(*facet, key, value);
            if self.values[mark as usize].rows.insert(number) {
                self.marks.push(mark);
                self.used_more(mark);
            }
        }
        self.marked.push(self.marks.len());
    }

    /// The mark of a value, as it was typed.
    fn mark_for(&mut self, facet: F, key: String, typed: &str) -> u32 {
        let keyed = self.keyed.entry(facet).or_default();
        if let Some(mark) = keyed.get(&key) {
            return *mark;
        }
        let mark = u32::try_from(self.values.len()).unwrap_or(u32::MAX);
        keyed.insert(key, mark);
        let (place, shown) = facet.read(typed).unwrap_or_else(|_| (0, typed.to_owned()));
        let folded = words::fold(&shown);
        let mut starts = |start: Start, text: &str| {
            self.starts.insert((facet, start, text.into(), mark));
        };
        starts(Start::Whole, &folded);
        starts(Start::Key, &technologies::key(&folded));
        for other in other_names(&shown) {
            starts(Start::Other, other);
        }
        for word in folded.split_whitespace() {
            starts(Start::Word, word);
        }
        let ranked = self.ranked.entry(facet).or_default();
        self.values.push(Value { facet, place, shown, rows: RoaringBitmap::new(), alive: 0, rank: ranked.len() });
        ranked.push(mark);
        mark
    }

    /// One row more has it.
    fn used_more(&mut self, mark: u32) {
        let before = self.values[mark as usize].alive;
        // The first of those that are used as much: there it may stand with one more.
        self.stand(mark, |alive| alive > before, 0);
        self.values[mark as usize].alive += 1;
    }

    /// One row less has it.
    fn used_less(&mut self, mark: u32) {
        let before = self.values[mark as usize].alive;
        // The last of those that are used as much.
        self.stand(mark, |alive| alive >= before, 1);
        self.values[mark as usize].alive = before.saturating_sub(1);
    }

    /// Lets a value change places with the one so many before the first that does not come before it.
    fn stand(&mut self, mark: u32, comes_before: impl Fn(u64) -> bool, back: usize) {
        let Value { facet, rank, .. } = self.values[mark as usize];
        let Some(ranked) = self.ranked.get_mut(&facet) else { return };
        let there = ranked.partition_point(|other| comes_before(self.values[*other as usize].alive)).saturating_sub(back);
        ranked.swap(rank, there);
        self.values[ranked[rank] as usize].rank = rank;
        self.values[mark as usize].rank = there;
    }

    /// Where the marks of a row stand.
    fn marked_at(&self, number: u32) -> std::ops::Range<usize> {
        let row = number as usize;
        row.checked_sub(1).map_or(0, |before| self.marked[before])..self.marked[row]
    }

    fn token(&mut self, word: &str) -> u32 {
        if let Some(token) = self.vocabulary.get(word) {
            return *token;
        }
        let token = u32::try_from(self.postings.len()).unwrap_or(u32::MAX);
        self.vocabulary.insert(word.into(), token);
        self.spelled.push(word.into());
        self.postings.push(Postings::default());
        token
    }

    // ── Asking ──────────────────────────────────────────────────────────────────────────────────────────────────────

    /// # Errors
    /// The question's cursor is of another list.
    pub fn ask(&self, ask: &Ask<'_, F>) -> AppResult<Found<F>> {
        let query = ask.query;
        let place = Place::read(&query.cursor, query.order)?;
        let visible = self.visible(ask.hidden);
        let asked = words::asked(&query.text);
        let text = (!asked.is_empty()).then(|| self.texts(&asked, &visible));
        let (weighed, instead) = match text {
            None if query.text.is_empty() => (None, None),
            // Signs and pictures alone are no words: nothing is found under them.
            None => (Some(Weighed::default()), None),
            Some((weighed, instead)) => (Some(weighed), instead),
        };
        let words = weighed.as_ref().map_or_else(|| visible.clone(), |sets| Cow::Borrowed(&sets[0]));

        let chosen: Vec<(F, RoaringBitmap)> = F::EVERY
            .iter()
            .filter(|facet| query.values(**facet).next().is_some())
            .map(|facet| (*facet, self.chosen(query, *facet)))
            .collect();
        // All rows that fit everything but this facet.
        let beside = |but: Option<F>| {
            let mut rows = words.clone().into_owned();
            for (_, set) in chosen.iter().filter(|(facet, _)| Some(*facet) != but) {
                rows &= set;
            }
            rows
        };
        let all = beside(None);
        // Whoever chooses one of several sees how many there would be beside it; the others are counted together.
        let (own, other): (Vec<F>, Vec<F>) =
            ask.count.iter().copied().partition(|facet| !facet.wants_all() && chosen.iter().any(|(of, _)| of == facet));
        let mut facets = self.count(query, &other, &all);
        for facet in own {
            facets.extend(self.count(query, &[facet], &beside(Some(facet))));
        }
        facets.sort_by_key(|(facet, _)| ask.count.iter().position(|of| of == facet));

        let without = if all.is_empty() { self.left_out(query, &visible, &chosen, beside) } else { Vec::new() };

        let by = match query.order {
            Order::Relevance | Order::Reputation => By::Reputation,
            Order::Newest => By::Newest,
            Order::Name => By::Name,
        };
        let flat = place.as_ref().is_some_and(|place| place.tier == FLAT);
        let tiers = match &weighed {
            Some(sets) if !flat && query.order == Order::Relevance => self.tiers(&asked, sets, &all),
            _ => vec![Cow::Borrowed(&all)],
        };
        let backwards = place.as_ref().is_some_and(|place| place.before);
        // Before the very first page there is nothing.
        let begun = place.is_some() || ask.skip > 0;
        let wanted = ask.limit + ask.skip;
        // One more than is shown says whether there is more that way.
        let first = if flat { FLAT } else { 0 };
        let mut rows = self.walk(&tiers, first, by, place.as_ref(), backwards, wanted + 1);
        let more = rows.len() > wanted;
        rows.truncate(wanted);
        rows.drain(..ask.skip.min(rows.len()));
        if backwards {
            rows.reverse();
        }
        let at = |(tier, row): &(u8, u32), before: bool| self.place(query.order, by, *tier, *row, before);
        let further = |edge: Option<&(u8, u32)>, before: bool| {
            let place = at(edge?, before);
            let there = if before == backwards {
                more
            } else {
                begun && !self.walk(&tiers, first, by, Some(&place), before, 1).is_empty()
            };
            there.then(|| place.cursor())
        };
        Ok(Found {
            next: further(rows.last(), false),
            previous: further(rows.first(), true),
            ids: rows.iter().map(|(_, row)| self.rows.ids[*row as usize]).collect(),
            total: all.len(),
            instead,
            facets,
            without,
        })
    }

    /// How many there would be without a facet that was chosen, without one of several words, and without all of them.
    fn left_out(
        &self,
        query: &Query<F>,
        visible: &RoaringBitmap,
        chosen: &[(F, RoaringBitmap)],
        beside: impl Fn(Option<F>) -> RoaringBitmap,
    ) -> Vec<(Left<F>, u64)> {
        let mut list: Vec<(Left<F>, u64)> =
            chosen.iter().map(|(facet, _)| (Left::Facet(*facet), beside(Some(*facet)).len())).collect();
        let mut fitting = visible.clone();
        for (_, set) in chosen {
            fitting &= set;
        }
        if !query.text.is_empty() && !fitting.is_empty() {
            // What a mistyped word means takes long to find out: once for each.
            let mut known: HashMap<Word, RoaringBitmap> = HashMap::new();
            for word in query.words().into_iter().take(words::MOST_ASKED) {
                let rest = words::asked(&query.without_word(word).text);
                let mut sets: Vec<RoaringBitmap> = rest
                    .into_iter()
                    .map(|other| {
                        let rows = known.entry(other).or_insert_with_key(|other| {
                            let ([rows, ..], _) = self.meant(other, visible);
                            rows & &fitting
                        });
                        rows.clone()
                    })
                    .collect();
                sets.sort_by_key(RoaringBitmap::len);
                // Signs and pictures alone find nobody.
                let rows = sets.into_iter().reduce(|rows, set| rows & set).unwrap_or_default();
                list.push((Left::Word(word.to_owned()), rows.len()));
            }
            list.push((Left::Words, fitting.len()));
        }
        list.retain(|(_, count)| *count > 0);
        list
    }

    fn visible(&self, hidden: &[Uuid]) -> Cow<'_, RoaringBitmap> {
        let mut visible = Cow::Borrowed(&self.rows.alive);
        for number in hidden.iter().filter_map(|id| self.rows.numbers.get(id)) {
            visible.to_mut().remove(*number);
        }
        visible
    }

    /// Rows with the values that were chosen of a facet: with one of them, or with all.
    fn chosen(&self, query: &Query<F>, facet: F) -> RoaringBitmap {
        let mut sets = query.values(facet).map(|value| Some(&self.values[self.mark_of(facet, value)? as usize].rows));
        if facet.wants_all() {
            let first = sets.next().flatten().cloned().unwrap_or_default();
            sets.fold(first, |rows, set| set.map_or_else(RoaringBitmap::new, |set| rows & set))
        } else {
            sets.flatten().fold(RoaringBitmap::new(), |rows, set| rows | set)
        }
    }

    /// The mark of a value that some row has, or had.
    fn mark_of(&self, facet: F, value: &str) -> Option<u32> {
        self.keyed.get(&facet)?.get(&facet.key(value)).copied()
    }

    /// How many of the rows have each value of these facets, in their order.
    fn count(&self, query: &Query<F>, facets: &[F], rows: &RoaringBitmap) -> Vec<(F, Vec<Counted>)> {
        let ranked = |facet: &F| self.ranked.get(facet).map_or(&[][..], Vec::as_slice);
        let all = rows.len();
        let is_large = all > self.large.above;
        let is_sparse = !is_large || all <= self.rows.numbered() as u64 / ROW_BY_ROW;
        let kinds: usize = facets.iter().map(|facet| ranked(facet).len()).sum();
        // Of all rows everything is known.
        let by_row = all < self.len() && is_sparse && kinds > FEW_VALUES;
        let mut counts = if by_row { self.count_by_row(facets, rows) } else { BTreeMap::new() };
        let slices = if by_row || all == self.len() { Vec::new() } else { self.slices(rows) };
        facets
            .iter()
            .map(|facet| {
                let mut list = match counts.remove(facet) {
                    Some(list) => list,
                    None if by_row => Vec::new(),
                    None => {
                        // A vocabulary is open: of a large set only what is used most is counted.
                        let most = if is_large { self.large.counted } else { usize::MAX };
                        let marks = ranked(facet).iter().take(most);
                        marks.map(|mark| (*mark, self.in_common(*mark, &slices, all))).collect()
                    }
                };
                list.retain(|(_, count)| *count > 0);
                if is_large && list.len() > self.large.counted {
                    list.sort_unstable_by_key(|(mark, count)| (std::cmp::Reverse(*count), *mark));
                    list.truncate(self.large.counted);
                }
                // Whatever was chosen is shown, to be let go.
                for mark in query.values(*facet).filter_map(|value| self.mark_of(*facet, value)) {
                    if list.iter().all(|(there, _)| *there != mark) {
                        list.push((mark, rows.intersection_len(&self.values[mark as usize].rows)));
                    }
                }
                let counted = |(mark, count): (u32, u64)| {
                    let value = &self.values[mark as usize];
                    Counted { place: value.place, value: value.shown.clone(), count }
                };
                (*facet, list.into_iter().map(counted).collect())
            })
            .collect()
    }

    /// How many of these rows have each value that one of them has, by its mark: one walk through them instead of one for each
    /// value.
    fn count_by_row(&self, facets: &[F], rows: &RoaringBitmap) -> BTreeMap<F, Vec<(u32, u64)>> {
        let mut counts = vec![0_u32; self.values.len()];
        for row in rows {
            for mark in &self.marks[self.marked_at(row)] {
                counts[*mark as usize] += 1;
            }
        }
        let mut by_facet: BTreeMap<F, Vec<(u32, u64)>> = BTreeMap::new();
        for (mark, count) in (0..).zip(counts).filter(|(_, count)| *count > 0) {
            let facet = self.values[mark as usize].facet;
            if facets.contains(&facet) {
                by_facet.entry(facet).or_default().push((mark, u64::from(count)));
            }
        }
        by_facet
    }

    /// Rows by slices of their numbers, each with how many there are up to its end; empty ones are left out.
    fn slices(&self, rows: &RoaringBitmap) -> Vec<(RoaringBitmap, u64)> {
        let mut slices: Vec<(RoaringBitmap, u64)> = Vec::new();
        let end = u32::try_from(self.rows.numbered()).unwrap_or(u32::MAX);
        let (mut from, mut all) = (0_u32, 0_u64);
        while from < end {
            let to = from.saturating_add(self.large.slice).min(end);
            let mut slice = RoaringBitmap::new();
            slice.insert_range(from..to);
            slice &= rows;
            all += slice.len();
            if !slice.is_empty() {
                slices.push((slice, all));
            }
            from = to;
        }
        slices
    }

    /// How many of all these rows have the value. Where it is clear that they are more than are counted exactly, the rest is
    /// not looked at: it is taken to be like what was seen.
    fn in_common(&self, mark: u32, slices: &[(RoaringBitmap, u64)], all: u64) -> u64 {
        let value = &self.values[mark as usize];
        if all == self.len() {
            return value.alive;
        }
        let mut common = 0;
        for (slice, seen) in slices {
            common += slice.intersection_len(&value.rows);
            if common > self.large.exact && *seen < all {
                let likely = u128::from(common) * u128::from(all) / u128::from(*seen);
                return u64::try_from(likely).unwrap_or(u64::MAX).min(value.alive);
            }
        }
        common
    }

    // ── Words ───────────────────────────────────────────────────────────────────────────────────────────────────────

    /// Rows that have every word, by least weight; and the words that were taken for others.
    fn texts(&self, asked: &[Word], visible: &RoaringBitmap) -> (Weighed, Option<String>) {
        let mut all: Option<Weighed> = None;
        let mut said: Vec<Cow<'_, str>> = Vec::new();
        let mut corrected = false;
        // Rare words first: what is left is small when the common ones come.
        let mut each: Vec<Weighed> = Vec::new();
        for word in asked {
            let (sets, other) = self.meant(word, visible);
            corrected |= other.is_some();
            let spelled = other.map_or(Cow::Borrowed(word.whole.as_str()), Cow::Owned);
            said.push(spelled);
            each.push(sets);
        }
        each.sort_by_key(|sets| sets[0].len());
        for sets in each {
            all = Some(match all {
                None => sets,
                Some(mut all) => {
                    for (rows, set) in all.iter_mut().zip(&sets) {
                        *rows &= set;
                    }
                    all
                }
            });
        }
        (all.unwrap_or_default(), corrected.then(|| said.join(" ")))
    }

    /// Rows with a word, or with one that begins like it, or with the one that it is taken for, which is named then.
    fn meant(&self, word: &Word, visible: &RoaringBitmap) -> (Weighed, Option<String>) {
        let mut sets = self.word(word, visible);
        if sets[0].is_empty() {
            sets = self.beginning(&word.whole, visible);
        }
        if sets[0].is_empty()
            && let Some(alike) = self.alike(&word.whole)
        {
            let other = self.word(&Word { whole: alike.clone(), parts: Vec::new() }, visible);
            if !other[0].is_empty() {
                return (other, Some(alike));
            }
        }
        (sets, None)
    }

    fn word(&self, word: &Word, visible: &RoaringBitmap) -> Weighed {
        let mut sets = Weighed::default();
        self.add(&word.whole, &mut sets);
        if !word.parts.is_empty() {
            let mut all: Option<Weighed> = None;
            for part in &word.parts {
                let mut own = Weighed::default();
                self.add(part, &mut own);
                all = Some(match all {
                    None => own,
                    Some(all) => {
                        let [a, b, c] = all;
                        [a & &own[0], b & &own[1], c & &own[2]]
                    }
                });
            }
            for (set, own) in sets.iter_mut().zip(all.unwrap_or_default()) {
                *set |= own;
            }
        }
        self.add(&format!("{TECHNOLOGY}{}", technologies::key(&word.whole)), &mut sets);
        for set in &mut sets {
            *set &= visible;
        }
        sets
    }

    fn add(&self, word: &str, sets: &mut Weighed) {
        if let Some(token) = self.vocabulary.get(word) {
            self.postings[*token as usize].add_to(sets);
        }
    }

    /// Rows with a word that begins like this.
    fn beginning(&self, start: &str, visible: &RoaringBitmap) -> Weighed {
        let mut sets = Weighed::default();
        if start.chars().count() >= 2 || !start.is_ascii() {
            for token in self.begun(start).take(MOST_BEGINNINGS) {
                self.postings[token as usize].add_to(&mut sets);
            }
        }
        for set in &mut sets {
            *set &= visible;
        }
        sets
    }

    fn begun<'a>(&'a self, start: &'a str) -> impl Iterator<Item = u32> + 'a {
        self.vocabulary
            .range::<str, _>((Bound::Included(start), Bound::Unbounded))
            .take_while(move |(word, _)| word.starts_with(start))
            .map(|(_, token)| *token)
    }

    /// The word of a name, a short text or the vocabulary of technologies that is most likely meant.
    fn alike(&self, typed: &str) -> Option<String> {
        let most = words::forgiven(typed);
        if most == 0 {
            return None;
        }
        let mut offered: Vec<(String, u64)> = Vec::new();
        // Other names of technologies are no words of any row.
        for (name, others) in technologies::all() {
            let key = technologies::key(name);
            let used = self.used(&format!("{TECHNOLOGY}{key}"));
            if used > 0 {
                offered.extend(others.iter().map(|other| ((*other).to_owned(), used)));
                offered.push((key, used));
            }
        }
        let offer = |token: u32| (self.spelled[token as usize].to_string(), self.postings[token as usize].strong());
        offered.extend(self.one_away(typed).into_iter().map(offer));
        let near = likeliest(typed, most, &offered);
        if near.is_some() && typed.is_ascii() {
            return near;
        }
        offered.extend(self.share_letters(typed, most).into_iter().map(offer));
        likeliest(typed, most, &offered)
    }

    fn used(&self, word: &str) -> u64 {
        self.vocabulary.get(word).map_or(0, |token| self.postings[*token as usize].strong())
    }

    /// Words that one mistake leads to: a letter left out, swapped, replaced or put in.
    fn one_away(&self, typed: &str) -> HashSet<u32> {
        let letters: Vec<char> = typed.chars().collect();
        let mut alphabet: Vec<char> = ('a'..='z').chain('0'..='9').chain(letters.iter().copied()).collect();
        alphabet.sort_unstable();
        alphabet.dedup();
        let mut found = HashSet::new();
        let mut word = String::with_capacity(typed.len() + 4);
        let mut look = |parts: &[&[char]]| {
            word.clear();
            word.extend(parts.iter().copied().flatten());
            if let Some(token) = self.vocabulary.get(word.as_str()) {
                found.insert(*token);
            }
        };
        for place in 0..=letters.len() {
            let (before, after) = letters.split_at(place);
            for letter in &alphabet {
                look(&[before, &[*letter], after]);
                if !after.is_empty() {
                    look(&[before, &[*letter], &after[1..]]);
                }
            }
            if !after.is_empty() {
                look(&[before, &after[1..]]);
            }
            if after.len() > 1 {
                look(&[before, &[after[1], after[0]], &after[2..]]);
            }
        }
        found
    }

    /// Words that have most of their letters in the same order; rare groups of letters first, until enough was looked at.
    fn share_letters(&self, typed: &str, most: usize) -> Vec<u32> {
        let grams = grams(typed);
        let mut lists: Vec<&Vec<u32>> = grams.iter().filter_map(|gram| self.letters.get(gram)).collect();
        lists.sort_by_key(|list| list.len());
        // By token: how many groups it shares. Counting in a row of bytes takes a tenth of what a map of tokens does.
        let mut shared = vec![0_u8; self.postings.len()];
        let mut seen: Vec<u32> = Vec::new();
        let mut looked = 0;
        for list in lists {
            looked += list.len();
            if looked > MOST_ALIKE && !seen.is_empty() {
                break;
            }
            for token in list.iter().take(MOST_ALIKE) {
                let count = &mut shared[*token as usize];
                if *count == 0 {
                    seen.push(*token);
                }
                *count = count.saturating_add(1);
            }
        }
        let least = grams.len().saturating_sub(3 * most).clamp(1, 2);
        let mut alike: Vec<(u8, u32)> = seen
            .into_iter()
            .map(|token| (shared[token as usize], token))
            .filter(|(count, _)| usize::from(*count) >= least)
            .collect();
        if alike.len() > MOST_NEAR {
            alike.select_nth_unstable_by(MOST_NEAR, |a, b| b.cmp(a));
            alike.truncate(MOST_NEAR);
        }
        alike.into_iter().map(|(_, token)| token).collect()
    }

    /// Rows whose name holds these words, the last one begun; best known first.
    pub fn named(&self, text: &str, hidden: &[Uuid], limit: usize) -> Vec<Uuid> {
        let asked = words::asked(text);
        let Some((last, whole)) = asked.split_last() else { return Vec::new() };
        let visible = self.visible(hidden);
        let mut rows = if last.whole.chars().nth(LONGEST_START).is_none() {
            self.name_starts.get(last.whole.as_str()).cloned().unwrap_or_default()
        } else {
            let mut rows = RoaringBitmap::new();
            for token in self.begun(&last.whole).take(MOST_NAMES) {
                self.postings[token as usize].add_names_to(&mut rows);
            }
            rows
        };
        rows &= &*visible;
        for word in whole {
            rows &= &self.word(word, &visible)[2];
        }
        self.walk(&[Cow::Owned(rows)], 0, By::Reputation, None, false, limit)
            .into_iter()
            .map(|(_, row)| self.rows.ids[row as usize])
            .collect()
    }

    /// What somebody may mean who is typing: values of these facets, and rows by their names; at most so many of each.
    pub fn suggest(&self, facets: &[F], text: &str, hidden: &[Uuid], limit: usize) -> (Vec<SuggestedValue>, Vec<Uuid>) {
        let mut values = Vec::new();
        for facet in facets {
            let begun = self.begin_like(*facet, text, limit).into_iter();
            values.extend(begun.map(|value| SuggestedValue { facet: facet.name().to_owned(), value }));
        }
        (values, self.named(text, hidden, limit))
    }

    /// Values of a facet one of whose words, or one of whose other names, begins with what was typed: those that begin so
    /// themselves first, and then what most rows have.
    fn begin_like(&self, facet: F, text: &str, limit: usize) -> Vec<String> {
        let typed = words::fold(text.trim());
        if typed.is_empty() {
            return Vec::new();
        }
        let key: String = typed.chars().filter(|c| !matches!(c, ' ' | '.' | '-')).collect();
        let mut places: HashMap<u32, usize> = HashMap::new();
        let mut begin = |start: Start, text: &str, place: usize| {
            for mark in self.started(facet, start, text) {
                places.entry(mark).and_modify(|there| *there = place.min(*there)).or_insert(place);
            }
        };
        begin(Start::Whole, &typed, 0);
        if !key.is_empty() {
            begin(Start::Key, &key, 0);
        }
        if key.len() > 1 {
            begin(Start::Other, &key, 1);
        }
        begin(Start::Word, &typed, 2);
        let mut list: Vec<(usize, std::cmp::Reverse<u64>, &str)> = places
            .into_iter()
            .map(|(mark, place)| (place, &self.values[mark as usize]))
            .filter(|(_, value)| value.alive > 0)
            .map(|(place, value)| (place, std::cmp::Reverse(value.alive), value.shown.as_str()))
            .collect();
        list.sort_unstable();
        let values = list.into_iter().map(|(.., value)| value);
        // What stands in a row and is on no list any more cannot be chosen.
        values.filter(|value| facet.read(value).is_ok()).take(limit).map(str::to_owned).collect()
    }

    /// The marks of a facet's values that begin like this in one way.
    fn started<'a>(&'a self, facet: F, start: Start, text: &'a str) -> impl Iterator<Item = u32> + 'a {
        self.starts
            .range((facet, start, Box::<str>::from(text), 0_u32)..)
            .take_while(move |(of, way, there, _)| *of == facet && *way == start && there.starts_with(text))
            .map(|(.., mark)| *mark)
    }

    // ── Order ───────────────────────────────────────────────────────────────────────────────────────────────────────

    /// Rows by how well the words fit: the name itself, in the name, in a short text, anywhere.
    fn tiers<'a>(&self, asked: &[Word], sets: &Weighed, all: &RoaringBitmap) -> Vec<Cow<'a, RoaringBitmap>> {
        let name = &sets[2] & all;
        let words: HashSet<&str> =
            asked.iter().flat_map(|word| std::iter::once(&word.whole).chain(&word.parts)).map(String::as_str).collect();
        let exact = self.name_words.get(&words_of(words.len())).map_or_else(RoaringBitmap::new, |rows| &name & rows);
        let strong = &(&sets[1] & all) - &name;
        let rest = &(all - &name) - &strong;
        let name = name - &exact;
        [exact, name, strong, rest].into_iter().map(Cow::Owned).collect()
    }

    const fn ordered(&self, by: By) -> &Ordered {
        match by {
            By::Reputation => &self.reputation,
            By::Newest => &self.newest,
            By::Name => &self.by_name,
        }
    }

    fn place(&self, order: Order, by: By, tier: u8, row: u32, before: bool) -> Place {
        Place {
            order,
            tier,
            label: self.ordered(by).labels[row as usize],
            name: if by == By::Name { self.names[row as usize].to_string() } else { String::new() },
            id: self.rows.ids[row as usize],
            before,
        }
    }

    fn compare(&self, by: By, a: u32, b: u32) -> Ordering {
        let (x, y) = (a as usize, b as usize);
        let labels = &self.ordered(by).labels;
        labels[x].cmp(&labels[y]).then_with(|| match by {
            By::Name => self.names[x].cmp(&self.names[y]).then_with(|| self.rows.ids[x].cmp(&self.rows.ids[y])),
            By::Reputation | By::Newest => self.rows.ids[y].cmp(&self.rows.ids[x]),
        })
    }

    /// Where a row of the place's tier stands against it.
    fn against(&self, by: By, row: u32, place: &Place) -> Ordering {
        let at = row as usize;
        self.ordered(by).labels[at].cmp(&place.label).then_with(|| match by {
            By::Name => (*self.names[at]).cmp(place.name.as_str()).then_with(|| self.rows.ids[at].cmp(&place.id)),
            By::Reputation | By::Newest => place.id.cmp(&self.rows.ids[at]),
        })
    }

    /// The first rows after a place, or the last ones before it (the nearest first), along an order.
    fn walk(
        &self,
        tiers: &[Cow<'_, RoaringBitmap>],
        first: u8,
        by: By,
        place: Option<&Place>,
        backwards: bool,
        limit: usize,
    ) -> Vec<(u8, u32)> {
        let mut found: Vec<(u8, u32)> = Vec::new();
        let towards = |order: Ordering| if backwards { order.reverse() } else { order };
        let mut numbered: Vec<(u8, &RoaringBitmap)> =
            tiers.iter().zip(first..=u8::MAX).map(|(rows, tier)| (tier, &**rows)).collect();
        if backwards {
            numbered.reverse();
        }
        for (tier, rows) in numbered {
            let wanted = limit - found.len();
            if wanted == 0 {
                break;
            }
            // In its own tier a place leaves rows out; tiers on its far side are whole, those on its near side are done.
            let edge = place.filter(|place| place.tier == tier);
            if place.is_some_and(|place| towards(tier.cmp(&place.tier)) == Ordering::Less) {
                continue;
            }
            let is_beyond = |row: u32| edge.is_none_or(|edge| towards(self.against(by, row, edge)) == Ordering::Greater);
            let compare = |a: u32, b: u32| towards(self.compare(by, a, b));
            let bucket = edge.map(|edge| by.of_label(edge.label));
            let best = self.ordered(by).first(rows, bucket, backwards, wanted, &is_beyond, &compare);
            found.extend(best.into_iter().map(|row| (tier, row)));
        }
        found
    }
}

impl<F: Facet> Kept for Index<F> {
    type Row = Entry<F>;

    fn id(row: &Entry<F>) -> Uuid {
        row.id
    }

    fn put(&mut self, row: &Entry<F>) {
        Self::put(self, row);
    }

    fn remove(&mut self, id: Uuid) {
        Self::remove(self, id);
    }

    fn rows(&self) -> u64 {
        self.len()
    }

    fn is_worn(&self) -> bool {
        Self::is_worn(self)
    }

    fn bytes(&self) -> usize {
        Self::bytes(self)
    }
}

/// How many words, as far as anybody counts them.
fn words_of(count: usize) -> u8 {
    u8::try_from(count).unwrap_or(u8::MAX)
}

/// The beginnings of a word, up to the longest that is kept.
fn starts_of(word: &str) -> impl Iterator<Item = &str> {
    word.char_indices().take(LONGEST_START).map(|(at, letter)| &word[..at + letter.len_utf8()])
}

fn other_names(technology: &str) -> &'static [&'static str] {
    technologies::all().find(|(name, _)| *name == technology).map(|(_, others)| others).unwrap_or_default()
}

/// The word with the fewest mistakes, one that begins alike before others, and then the most used.
fn likeliest(typed: &str, most: usize, offered: &[(String, u64)]) -> Option<String> {
    let first = typed.chars().next();
    offered
        .iter()
        .filter(|(word, used)| *used > 0 && word != typed)
        .filter_map(|(word, used)| {
            let mistakes = words::mistakes(typed, word, most)?;
            Some((mistakes, word.chars().next() != first, std::cmp::Reverse(*used), word))
        })
        .min()
        .map(|(.., word)| word.clone())
}

/// Three letters in a row, with its beginning and end.
fn grams(word: &str) -> Vec<[char; 3]> {
    let letters: Vec<char> = std::iter::once('^').chain(word.chars()).chain(['$']).collect();
    let mut grams: Vec<[char; 3]> = letters.windows(3).map(|three| [three[0], three[1], three[2]]).collect();
    grams.sort_unstable();
    grams.dedup();
    grams
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::labels::labels;
    use proptest::prelude::*;

    labels! {
        /// What the rows of these tests are narrowed by.
        Kind, "a kind" { Colour = "colour", Tool = "tool" }
    }

    impl Facet for Kind {
        const EVERY: &'static [Self] = Self::ALL;

        fn name(self) -> &'static str {
            self.label()
        }

        fn title(self) -> &'static str {
            self.label()
        }

        fn read(self, text: &str) -> Result<(usize, String), String> {
            Ok((0, text.to_owned()))
        }

        fn wants_all(self) -> bool {
            self == Self::Tool
        }

        fn key(self, value: &str) -> String {
            if self == Self::Tool { technologies::key(value) } else { value.to_owned() }
        }
    }

    const WORDS: &[&str] = &["cloud", "zürich", "data", "labs", "c++", "c#", "c", ".net", "node.js", "東京", "x-ray", "Ünit"];
    const TOOLS: &[&str] = &["C", "C++", "C#", ".NET", "node", "Node.js", "K8s", "Rust"];
    const COLOURS: &[&str] = &["red", "green", "blue"];

    fn some(of: &'static [&'static str], most: usize) -> impl Strategy<Value = Vec<&'static str>> {
        prop::collection::vec(prop::sample::select(of), 0..=most)
    }

    fn row() -> impl Strategy<Value = Entry<Kind>> {
        let texts = (some(WORDS, 3), some(WORDS, 2), some(WORDS, 4));
        (0_u128..60, texts, some(TOOLS, 3), some(COLOURS, 2), 0_u32..6, 0_i64..5_000_000_000_000).prop_map(
            |(id, (name, strong, text), tools, colours, reputation, since)| {
                let name = name.join(" ");
                let texts = |list: Vec<&str>| list.into_iter().map(str::to_owned).collect::<Vec<_>>();
                let of = |kind: Kind, list: &[&str]| list.iter().map(|value| (kind, (*value).to_owned())).collect::<Vec<_>>();
                Entry {
                    id: Uuid::from_u128(id + 1),
                    sort_name: name.to_lowercase(),
                    name,
                    strong: texts(strong),
                    text: vec![text.join(" ")],
                    values: [of(Kind::Colour, &colours), of(Kind::Tool, &tools)].concat(),
                    technologies: texts(tools),
                    reputation,
                    since,
                }
            },
        )
    }

    fn question() -> impl Strategy<Value = Query<Kind>> {
        (some(WORDS, 2), some(TOOLS, 2), some(COLOURS, 2), prop::sample::select(Order::ALL.to_vec())).prop_map(
            |(text, tools, colours, order)| {
                let mut query = Query::default().with_text(&text.join(" ")).with_order(order);
                for value in tools {
                    query.choose(Kind::Tool, value).expect("every text is a tool");
                }
                for value in colours {
                    query.choose(Kind::Colour, value).expect("every text is a colour");
                }
                query
            },
        )
    }

    /// The rows as they stand after every one was put, the last of each id.
    fn standing(rows: &[Entry<Kind>]) -> Vec<&Entry<Kind>> {
        let mut last: BTreeMap<Uuid, &Entry<Kind>> = BTreeMap::new();
        for row in rows {
            last.insert(row.id, row);
        }
        last.into_values().collect()
    }

    fn index(rows: &[Entry<Kind>]) -> Index<Kind> {
        filled(Index::default(), rows)
    }

    fn filled(mut index: Index<Kind>, rows: &[Entry<Kind>]) -> Index<Kind> {
        for row in rows {
            index.put(row);
        }
        index
    }

    /// With few rows: what is done for small sets, and what is done for large ones.
    fn larges() -> impl Strategy<Value = Large> {
        prop::sample::select(vec![
            Large::USUAL,
            Large { above: 3, ..Large::USUAL },
            Large { above: 3, counted: 3, ..Large::USUAL },
            Large { above: 3, exact: 2, slice: 4, ..Large::USUAL },
            Large { above: 3, counted: 3, exact: 4, slice: 7 },
        ])
    }

    fn ask(index: &Index<Kind>, query: &Query<Kind>, hidden: &[Uuid], limit: usize) -> Found<Kind> {
        index.ask(&Ask { query, count: Kind::ALL, hidden, limit, skip: 0 }).expect("a cursor of its own")
    }

    /// Every page from the first to the last.
    fn walk_through(index: &Index<Kind>, query: &Query<Kind>, limit: usize) -> Vec<Uuid> {
        let mut query = query.from_the_start();
        let mut seen = Vec::new();
        loop {
            let found = ask(index, &query, &[], limit);
            seen.extend(found.ids);
            match found.next {
                Some(next) => query = query.at(&next),
                None => return seen,
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

        /// What is found, how many, and how many beside each facet: as somebody would find who reads every row.
        #[test]
        fn it_answers_as_who_reads_every_row(
            rows in prop::collection::vec(row(), 0..80),
            query in question(),
            gone in prop::collection::vec(1_u128..60, 0..5),
            hidden in prop::collection::vec(1_u128..60, 0..5),
            large in larges(),
        ) {
            let mut index = filled(Index::with_large(large), &rows);
            let gone: Vec<Uuid> = gone.into_iter().map(Uuid::from_u128).collect();
            let hidden: Vec<Uuid> = hidden.into_iter().map(Uuid::from_u128).collect();
            for id in &gone {
                index.remove(*id);
            }
            let there: Vec<&Entry<Kind>> =
                standing(&rows).into_iter().filter(|row| !gone.contains(&row.id) && !hidden.contains(&row.id)).collect();
            // A word that nobody has is taken for another; that is no matter of this test.
            let known = words::asked(&query.text).iter().all(|word| {
                let alone: Query<Kind> = Query::default().with_text(&word.whole);
                there.iter().any(|row| alone.fits(row)) || there.iter().any(|row| row.texts().any(|(_, text)| words::found_under(text).contains(&word.whole)))
            });
            prop_assume!(known);

            let found = ask(&index, &query, &hidden, 1_000);
            let mut fits: Vec<Uuid> = there.iter().filter(|row| query.fits(row)).map(|row| row.id).collect();
            let mut ids = found.ids.clone();
            ids.sort();
            fits.sort();
            prop_assert_eq!(&ids, &fits);
            prop_assert_eq!(found.total, fits.len() as u64);
            prop_assert!(found.instead.is_none());
            for (kind, counted) in &found.facets {
                let beside = if kind.wants_all() { query.clone() } else { query.without(*kind) };
                for value in COLOURS.iter().chain(TOOLS) {
                    let mut one = Query::default();
                    one.choose(*kind, value).expect("any text");
                    let expected = there.iter().filter(|row| beside.fits(row) && one.fits(row)).count() as u64;
                    match counted.iter().find(|c| kind.key(&c.value) == kind.key(value)) {
                        Some(there) if expected <= large.exact => prop_assert_eq!(there.count, expected, "{} {}", kind, value),
                        Some(there) => prop_assert!(there.count > large.exact, "{} {}", kind, value),
                        None if expected > 0 => {
                            // Left out: of a large set, where enough others are counted, and never what was chosen.
                            let fit = there.iter().filter(|row| beside.fits(row)).count() as u64;
                            let values = if *kind == Kind::Tool { TOOLS.len() } else { COLOURS.len() };
                            prop_assert!(fit > large.above && values > large.counted, "{} {}", kind, value);
                            prop_assert!(!query.has(*kind, value), "{} {}", kind, value);
                        }
                        None => {}
                    }
                }
            }
            // Where nothing fits, everything that helps is named: each facet, each of several words, all words.
            let facets = Kind::ALL.iter().filter(|kind| query.values(**kind).next().is_some()).map(|kind| Left::Facet(*kind));
            let several = query.words().len() > 1;
            let one = query.words().into_iter().filter(|_| several).map(|word| Left::Word(word.to_owned()));
            let all = (!query.text.is_empty()).then_some(Left::Words);
            let without: Vec<(Left<Kind>, u64)> = facets
                .chain(one)
                .chain(all)
                .map(|left| {
                    let other = query.leaving_out(&left);
                    let count = there.iter().filter(|row| other.fits(row)).count() as u64;
                    (left, count)
                })
                .filter(|(_, count)| *count > 0 && fits.is_empty())
                .collect();
            prop_assert_eq!(&found.without, &without);
        }

        /// Pages of any length, forwards and then backwards, show every row once, in one order.
        #[test]
        fn pages_cover_every_row_once(
            rows in prop::collection::vec(row(), 0..60),
            query in question(),
            limit in 1_usize..7,
            large in larges(),
        ) {
            let whole = ask(&index(&rows), &query, &[], 1_000).ids;
            let index = filled(Index::with_large(large), &rows);
            prop_assert_eq!(&ask(&index, &query, &[], 1_000).ids, &whole);
            prop_assert_eq!(walk_through(&index, &query, limit), whole.clone());

            // Back from the end.
            let mut at = query.from_the_start();
            while let Some(next) = ask(&index, &at, &[], limit).next {
                at = at.at(&next);
            }
            let mut seen: Vec<Uuid> = Vec::new();
            loop {
                let found = ask(&index, &at, &[], limit);
                seen.splice(0..0, found.ids);
                match found.previous {
                    Some(previous) => at = at.at(&previous),
                    None => break,
                }
            }
            prop_assert_eq!(seen, whole);
        }

        /// What is kept of every value beside its rows: how many are alive, and its place among the others.
        #[test]
        fn values_stand_by_how_many_rows_have_them(
            rows in prop::collection::vec(row(), 0..80),
            gone in prop::collection::vec(1_u128..60, 0..20),
        ) {
            let mut index = index(&rows);
            for id in gone {
                index.remove(Uuid::from_u128(id));
            }
            let mut ranked = 0;
            for (facet, marks) in &index.ranked {
                ranked += marks.len();
                for (rank, mark) in marks.iter().enumerate() {
                    let value = &index.values[*mark as usize];
                    prop_assert_eq!((value.facet, value.rank), (*facet, rank));
                    prop_assert_eq!(value.alive, value.rows.intersection_len(index.rows.alive()));
                    prop_assert!(rank == 0 || index.values[marks[rank - 1] as usize].alive >= value.alive);
                }
            }
            prop_assert_eq!(ranked, index.values.len());
        }

        /// What is suggested: as somebody would who reads every value and every name.
        #[test]
        fn it_suggests_as_who_reads_everything(
            rows in prop::collection::vec(row(), 0..80),
            gone in prop::collection::vec(1_u128..60, 0..5),
            typed in prop::sample::select(vec!["c", "C++", "no", "node.", "js", "k8", "ku", "gr", "z", "zür", "unit", "cloud d", "rayx", "x-r", "東", "東京", "."]),
            limit in 1_usize..5,
            large in larges(),
        ) {
            let mut index = filled(Index::with_large(large), &rows);
            let gone: Vec<Uuid> = gone.into_iter().map(Uuid::from_u128).collect();
            for id in &gone {
                index.remove(*id);
            }
            let there: Vec<&Entry<Kind>> = standing(&rows).into_iter().filter(|row| !gone.contains(&row.id)).collect();
            let (values, ids) = index.suggest(Kind::ALL, typed, &[], limit);

            // Values are shown as they were first typed.
            let mut shown: Vec<(Kind, String, &str)> = Vec::new();
            for (kind, value) in rows.iter().flat_map(|row| &row.values) {
                let key = kind.key(value);
                if !shown.iter().any(|(of, there, _)| (of, there) == (kind, &key)) {
                    shown.push((*kind, key, value));
                }
            }
            let start = words::fold(typed);
            let key: String = start.chars().filter(|c| !matches!(c, ' ' | '.' | '-')).collect();
            let place = |value: &str| {
                let folded = words::fold(value);
                if folded.starts_with(&start) || (!key.is_empty() && technologies::key(&folded).starts_with(&key)) {
                    Some(0)
                } else if key.len() > 1 && other_names(value).iter().any(|other| other.starts_with(&key)) {
                    Some(1)
                } else {
                    folded.split_whitespace().any(|word| word.starts_with(&start)).then_some(2)
                }
            };
            for kind in Kind::ALL {
                let has = |row: &Entry<Kind>, key: &str| row.values.iter().any(|(of, value)| of == kind && kind.key(value) == key);
                let mut list: Vec<(usize, std::cmp::Reverse<usize>, &str)> = shown
                    .iter()
                    .filter(|(of, ..)| of == kind)
                    .map(|(_, key, value)| (*value, there.iter().filter(|row| has(row, key)).count()))
                    .filter(|(_, count)| *count > 0)
                    .filter_map(|(value, count)| Some((place(value)?, std::cmp::Reverse(count), value)))
                    .collect();
                list.sort_unstable();
                let expected: Vec<&str> = list.into_iter().map(|(.., value)| value).take(limit).collect();
                let said: Vec<&str> =
                    values.iter().filter(|one| one.facet == kind.name()).map(|one| one.value.as_str()).collect();
                prop_assert_eq!(said, expected);
            }

            let asked = words::asked(typed);
            let mut named: Vec<&&Entry<Kind>> = there
                .iter()
                .filter(|row| {
                    let under = words::found_under(&row.name);
                    asked.split_last().is_some_and(|(last, whole)| {
                        under.iter().any(|word| word.starts_with(&last.whole)) && whole.iter().all(|word| under.contains(&word.whole))
                    })
                })
                .collect();
            named.sort_by_key(|row| std::cmp::Reverse((row.reputation, row.id)));
            let expected: Vec<Uuid> = named.into_iter().map(|row| row.id).take(limit).collect();
            prop_assert_eq!(ids, expected);
        }

        /// Rows that come while somebody reads push none of the others out and show none twice.
        #[test]
        fn rows_that_come_in_between_disturb_no_page(
            rows in prop::collection::vec(row(), 5..40),
            later in prop::collection::vec(row(), 1..20),
            order in prop::sample::select(vec![Order::Reputation, Order::Newest, Order::Name]),
            large in larges(),
        ) {
            let mut index = filled(Index::with_large(large), &rows);
            let query = Query::default().with_order(order);
            let before = ask(&index, &query, &[], 1_000).ids;
            let first = ask(&index, &query, &[], 3);
            for row in &later {
                let fresh = Entry { id: Uuid::from_u128(row.id.as_u128() + 1_000), ..row.clone() };
                index.put(&fresh);
            }
            let mut seen = first.ids.clone();
            let mut next = first.next;
            while let Some(cursor) = next {
                let found = ask(&index, &query.at(&cursor), &[], 3);
                seen.extend(found.ids);
                next = found.next;
            }
            let old: Vec<Uuid> = seen.iter().copied().filter(|id| id.as_u128() <= 1_000).collect();
            prop_assert_eq!(old, before);
            let each: HashSet<Uuid> = seen.iter().copied().collect();
            prop_assert_eq!(each.len(), seen.len());
        }
    }

    fn named(id: u128, name: &str, text: &str, reputation: u32) -> Entry<Kind> {
        Entry {
            id: Uuid::from_u128(id),
            name: name.into(),
            sort_name: name.to_lowercase(),
            strong: Vec::new(),
            technologies: Vec::new(),
            text: vec![text.into()],
            values: Vec::new(),
            reputation,
            since: 0,
        }
    }

    fn numbers(index: &Index<Kind>, text: &str) -> (Vec<u128>, Option<String>) {
        let found = ask(index, &Query::default().with_text(text), &[], 20);
        (found.ids.iter().map(Uuid::as_u128).collect(), found.instead)
    }

    #[test]
    fn the_best_match_comes_first_and_then_the_best_known() {
        let mut rows = vec![
            named(1, "Cloud Harbour", "", 0),
            named(2, "Cloud", "", 0),
            named(3, "Harbour", "a cloud", 90),
            named(4, "Big Cloud", "", 50),
        ];
        rows[2].strong = vec!["Docks".into()];
        let mut strong = named(5, "Sky", "", 0);
        strong.strong = vec!["Cloud and infrastructure".into()];
        rows.push(strong);
        let index = index(&rows);
        assert_eq!(numbers(&index, "cloud"), (vec![2, 4, 1, 5, 3], None));
        assert_eq!(numbers(&index, "CLOUD harbour").0, [1, 3]);
    }

    #[test]
    fn typing_mistakes_are_forgiven_where_a_word_is_nowhere() {
        let mut kubernetes = named(1, "Kubernaut Labs", "We run clusters.", 0);
        kubernetes.technologies = vec!["Kubernetes".into(), "PostgreSQL".into(), "C++".into()];
        let index =
            index(&[kubernetes, named(2, "Zürich Rust", "", 0), named(3, "株式会社メルカリ", "", 0), named(4, "Яндекс", "", 0)]);
        let said = |text: &str| numbers(&index, text);
        assert_eq!(said("kubernout labs"), (vec![1], Some("kubernaut labs".into())));
        assert_eq!(said("kubernets"), (vec![1], Some("kubernetes".into())));
        assert_eq!(said("postgers").0, [1], "another name of a technology");
        assert_eq!(said("rsut"), (vec![2], Some("rust".into())));
        assert_eq!(said("zurcih").0, [2]);
        assert_eq!(said("яндкес").0, [4], "other alphabets too");
        assert_eq!(said("kuber"), (vec![1], None), "a beginning is no mistake");
        assert_eq!(said("メルカリ").0, [3]);
        for (nowhere, why) in [
            ("c#", "signs count"),
            ("rxx", "in short words every letter counts"),
            ("elephants", "far from all"),
            ("clsuters", "descriptions are no vocabulary"),
            ("🚀", "no words"),
        ] {
            assert_eq!(said(nowhere).0, [0_u128; 0], "{why}");
        }
        assert_eq!(said("k8s").0, [1]);
        assert_eq!(said("c++").0, [1]);
        assert_eq!(index.named("kub", &[], 5), [Uuid::from_u128(1)]);
        assert_eq!(index.named("kubernaut la", &[], 5), [Uuid::from_u128(1)]);
        assert!(index.named("kub", &[Uuid::from_u128(1)], 5).is_empty() && index.named("", &[], 5).is_empty());
    }

    #[test]
    fn of_large_sets_what_is_used_most_is_counted_and_what_was_chosen() {
        // Of value n there are n rows.
        let rows: Vec<Entry<Kind>> = (1..=6_u128)
            .flat_map(|n| (0..n).map(move |row| (n, row)))
            .map(|(n, row)| Entry { values: vec![(Kind::Colour, format!("colour {n}"))], ..named(n * 10 + row, "Row", "", 0) })
            .collect();
        let index = filled(Index::with_large(Large { above: 3, counted: 2, ..Large::USUAL }), &rows);
        let counted = |query: &str| {
            let found = ask(&index, &Query::read(query), &[], 1);
            let (_, values) = found.facets.into_iter().find(|(kind, _)| *kind == Kind::Colour).expect("it is counted");
            let mut values: Vec<(String, u64)> = values.into_iter().map(|value| (value.value, value.count)).collect();
            values.sort();
            values
        };
        let of = |list: &[u64]| list.iter().map(|n| (format!("colour {n}"), *n)).collect::<Vec<_>>();
        assert_eq!(counted(""), of(&[5, 6]));
        assert_eq!(counted("colour=colour+1&colour=colour+3"), of(&[1, 3, 5, 6]));
    }

    #[test]
    fn a_cursor_belongs_to_its_list() {
        let index = index(&(1..=9).map(|n| named(n, &format!("Row {n}"), "", 0)).collect::<Vec<_>>());
        let query: Query<Kind> = Query::default();
        let next = ask(&index, &query, &[], 3).next.expect("there are more");
        let other = query.with_order(Order::Name).at(&next);
        assert_eq!(
            index.ask(&Ask { query: &other, count: &[], hidden: &[], limit: 3, skip: 0 }).expect_err("another order").status(),
            422
        );
        assert_eq!(
            index
                .ask(&Ask { query: &query.at("zz"), count: &[], hidden: &[], limit: 3, skip: 0 })
                .expect_err("no cursor")
                .status(),
            422
        );
    }

    #[test]
    fn worn_rows_are_forgotten() {
        let mut index = index(&[named(1, "One", "", 0)]);
        for n in 0..30_000 {
            index.put(&named(1, "One", "", n));
        }
        assert!(index.is_worn() && index.len() == 1 && index.bytes() > 0);
        assert_eq!(ask(&index, &Query::default().with_text("one"), &[], 5).total, 1);
    }
}
