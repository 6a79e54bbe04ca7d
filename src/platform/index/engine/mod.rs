//! An index of a list that is searched: words, facets and orders of its rows in memory, so that an answer costs the same for
//! a thousand rows and for a million. Knows no room and no database, only [`Entry`]s.
//!
//! Promises: an answer is what [`Query::fits`] says, but where a word is nowhere: then it is taken for words that begin so, or its
//! typing mistakes are forgiven, and the answer says so; how many rows there are is exact, and how many have a value is exact up to [`COUNTED`] and more than that beyond, in about the right order.
//! A page begins after a row's own keys, so rows that come and go in between are neither shown twice nor skipped. Does not
//! say what may be shown: rows are read by id from the database, which has the last word.
//!
//! Here stand what is asked and the answer. `vocabulary` finds rows under words, `values` knows which rows have a value of a facet,
//! `count` says how many there are, `order` which rows come next, `suggest` what somebody may mean who is still typing, and `near`
//! whose names are like one.

mod count;
mod near;
mod order;
mod suggest;
mod values;
mod vocabulary;

use count::Counts;
use order::{By, Orders};
use values::Values;
use vocabulary::Vocabulary;

use super::{
    Kept,
    parts::{Rows, SMALL, Weighed},
    place::{FLAT, Place},
};
use crate::kernel::{
    error::AppResult,
    search::{self, COUNTED, Counted, Entry, Facet, Left, Order, Query, Taken},
    words,
};
use roaring::RoaringBitmap;
use std::borrow::Cow;
use uuid::Uuid;

/// The most values of an open facet that are counted for a large set, most used first.
const MOST_COUNTED: usize = 200;
/// As many numbers as a set keeps together, as a list or as bits.
const SLICE: u32 = 1 << 16;

/// Rows of one list.
pub struct Index<F> {
    rows: Rows,
    orders: Orders,
    vocabulary: Vocabulary,
    values: Values<F>,
    counts: Counts<F>,
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
            orders: Orders::walked_above(large.above),
            vocabulary: Vocabulary::default(),
            values: Values::default(),
            counts: Counts::default(),
            large,
        }
    }
}

impl<F: Facet> Kept for Index<F> {
    type Row = Entry<F>;

    fn id(row: &Entry<F>) -> Uuid {
        row.id
    }

    fn put(&mut self, row: &Entry<F>) {
        self.remove(row.id);
        self.counts.forget();
        let Some(number) = self.rows.push(row.id) else { return };
        self.orders.put(number, row);
        self.vocabulary.put(number, row);
        self.values.put(number, &row.values);
    }

    fn remove(&mut self, id: Uuid) {
        if let Some(number) = self.rows.remove(id) {
            self.counts.forget();
            self.orders.remove(number);
            self.values.remove(number);
        }
    }

    fn rows(&self) -> u64 {
        self.rows.alive().len()
    }

    fn is_worn(&self) -> bool {
        self.rows.are_worn()
    }

    fn bytes(&self) -> usize {
        self.rows.bytes() + self.orders.bytes() + self.vocabulary.bytes() + self.values.bytes()
    }
}

// ── Asking ──────────────────────────────────────────────────────────────────────────────────────────────────────────

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
    pub taken: Taken,
    pub facets: Vec<(F, Vec<Counted>)>,
    /// How many there would be without some of what was asked; only where nothing was found, and nothing that leads nowhere.
    pub without: Vec<(Left<F>, u64)>,
}

impl<F: Facet> Index<F> {
    /// # Errors
    /// The question's cursor is of another list.
    pub fn ask(&self, ask: &Ask<'_, F>) -> AppResult<Found<F>> {
        let query = ask.query;
        let place = Place::read(&query.cursor, query.order)?;
        let visible = self.visible(ask.hidden);
        let (asked, terms) = (words::asked(&query.text), search::terms(&query.text));
        let text = (!terms.is_empty()).then(|| self.vocabulary.texts(&terms, &visible));
        let (weighed, taken) = match text {
            None if query.text.is_empty() => (None, Taken::default()),
            // Signs and pictures alone are no words: nothing is found under them.
            None => (Some(Weighed::default()), Taken::default()),
            Some((weighed, taken)) => (Some(weighed), taken),
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
        let facets = self.facets(ask, &all, beside);
        let without = if all.is_empty() { self.left_out(query, &visible, &words, &chosen, beside) } else { Vec::new() };

        let by = match query.order {
            Order::Relevance | Order::Reputation => By::Reputation,
            Order::Newest => By::Newest,
            Order::Name => By::Name,
        };
        let flat = place.as_ref().is_some_and(|place| place.tier == FLAT);
        let tiers = match &weighed {
            Some(sets) if !flat && query.order == Order::Relevance => self.vocabulary.tiers(&asked, sets, &all),
            _ => vec![Cow::Borrowed(&all)],
        };
        let backwards = place.as_ref().is_some_and(|place| place.before);
        // Before the very first page there is nothing.
        let is_further_on = place.is_some() || ask.skip > 0;
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
                is_further_on && !self.walk(&tiers, first, by, Some(&place), before, 1).is_empty()
            };
            there.then(|| place.cursor())
        };
        Ok(Found {
            next: further(rows.last(), false),
            previous: further(rows.first(), true),
            ids: rows.iter().map(|(_, row)| self.rows.id(*row)).collect(),
            total: all.len(),
            taken,
            facets,
            without,
        })
    }

    fn visible(&self, hidden: &[Uuid]) -> Cow<'_, RoaringBitmap> {
        let mut visible = Cow::Borrowed(self.rows.alive());
        for number in hidden.iter().filter_map(|id| self.rows.number(*id)) {
            visible.to_mut().remove(number);
        }
        visible
    }

    /// Rows with the values that were chosen of a facet: with one of them, or with all.
    fn chosen(&self, query: &Query<F>, facet: F) -> RoaringBitmap {
        let mut sets = query.values(facet).map(|value| Some(&self.values.of(self.values.mark_of(facet, value)?).rows));
        if facet.wants_all() {
            let first = sets.next().flatten().cloned().unwrap_or_default();
            sets.fold(first, |rows, set| set.map_or_else(RoaringBitmap::new, |set| rows & set))
        } else {
            sets.flatten().fold(RoaringBitmap::new(), |rows, set| rows | set)
        }
    }
}

#[cfg(test)]
mod tests;
