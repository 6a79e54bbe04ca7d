//! The values of facets, each known by its mark: which rows have it, how many of them are alive, and which ones of a facet most
//! rows have.

use super::suggest::Starts;
use crate::{kernel::search::Facet, platform::index::parts::set_bytes};
use roaring::RoaringBitmap;
use std::{
    collections::{BTreeMap, HashMap},
    hint::black_box,
    ops::Range,
};

/// So many rows are looked up together.
const GROUP: usize = 32;

/// A value of a facet and its rows, dead ones too.
pub(super) struct Value<F> {
    pub(super) facet: F,
    pub(super) place: usize,
    pub(super) shown: String,
    pub(super) rows: RoaringBitmap,
    /// How many of them are alive.
    pub(super) alive: u64,
    /// Its place among the values of its facet, most used first.
    rank: usize,
}

/// The values of all facets.
pub(super) struct Values<F> {
    /// By their marks.
    list: Vec<Value<F>>,
    /// The marks of each facet by key.
    keyed: BTreeMap<F, HashMap<String, u32>>,
    /// The marks of each facet, of what most rows have first.
    ranked: BTreeMap<F, Vec<u32>>,
    /// What of them may be typed.
    pub(super) starts: Starts<F>,
    /// The marks of every row's values, one row after the other, and by number where they end.
    marks: Vec<u32>,
    marked: Vec<usize>,
    /// How values were typed, and their keys: working a key out costs more than looking it up.
    keys: HashMap<(F, String), String>,
}

impl<F> Default for Values<F> {
    fn default() -> Self {
        Self {
            list: Vec::new(),
            keyed: BTreeMap::new(),
            ranked: BTreeMap::new(),
            starts: Starts::default(),
            marks: Vec::new(),
            marked: Vec::new(),
            keys: HashMap::new(),
        }
    }
}

impl<F: Facet> Values<F> {
    /// The next row, by its number, with its values as they were typed.
    pub(super) fn put(&mut self, number: u32, values: &[(F, String)]) {
        for (facet, value) in values {
            let key = match self.keys.get(&(*facet, value.clone())) {
                Some(key) => key.clone(),
                None => {
                    let key = facet.key(value);
                    self.keys.insert((*facet, value.clone()), key.clone());
                    key
                }
            };
            let mark = self.mark_for(*facet, key, value);
            if self.list[mark as usize].rows.insert(number) {
                self.marks.push(mark);
                self.used_more(mark);
            }
        }
        self.marked.push(self.marks.len());
    }

    /// Says that a row is no longer alive.
    pub(super) fn remove(&mut self, number: u32) {
        for at in self.marked_at(number) {
            self.used_less(self.marks[at]);
        }
    }

    /// The mark of a value, as it was typed.
    fn mark_for(&mut self, facet: F, key: String, typed: &str) -> u32 {
        let keyed = self.keyed.entry(facet).or_default();
        if let Some(mark) = keyed.get(&key) {
            return *mark;
        }
        let mark = u32::try_from(self.list.len()).unwrap_or(u32::MAX);
        keyed.insert(key, mark);
        let (place, shown) = facet.read(typed).unwrap_or_else(|_| (0, typed.to_owned()));
        self.starts.put(facet, &shown, mark);
        let ranked = self.ranked.entry(facet).or_default();
        self.list.push(Value { facet, place, shown, rows: RoaringBitmap::new(), alive: 0, rank: ranked.len() });
        ranked.push(mark);
        mark
    }

    /// One row more has it.
    fn used_more(&mut self, mark: u32) {
        let before = self.list[mark as usize].alive;
        // The first of those that are used as much: there it may stand with one more.
        self.stand(mark, |alive| alive > before, 0);
        self.list[mark as usize].alive += 1;
    }

    /// One row less has it.
    fn used_less(&mut self, mark: u32) {
        let before = self.list[mark as usize].alive;
        // The last of those that are used as much.
        self.stand(mark, |alive| alive >= before, 1);
        self.list[mark as usize].alive = before.saturating_sub(1);
    }

    /// Lets a value change places with the one so many before the first that does not come before it.
    fn stand(&mut self, mark: u32, comes_before: impl Fn(u64) -> bool, back: usize) {
        let Value { facet, rank, .. } = self.list[mark as usize];
        let Some(ranked) = self.ranked.get_mut(&facet) else { return };
        let there = ranked.partition_point(|other| comes_before(self.list[*other as usize].alive)).saturating_sub(back);
        ranked.swap(rank, there);
        self.list[ranked[rank] as usize].rank = rank;
        self.list[mark as usize].rank = there;
    }

    /// Where the marks of a row stand.
    fn marked_at(&self, number: u32) -> Range<usize> {
        let row = number as usize;
        row.checked_sub(1).map_or(0, |before| self.marked[before])..self.marked[row]
    }

    /// How many of these rows have each value, by its mark.
    ///
    /// The marks of one row are a wait for memory away from those of the next. So a group of rows is asked first where its marks
    /// stand, and then for one of them each: nothing there depends on anything else, and the processor waits for all of them at once.
    pub(super) fn tally(&self, rows: &RoaringBitmap) -> Vec<u32> {
        let mut counts = vec![0_u32; self.len()];
        let mut rows = rows.iter();
        let mut group: [Range<usize>; GROUP] = std::array::from_fn(|_| 0..0);
        loop {
            let mut asked = 0;
            for (place, row) in group.iter_mut().zip(rows.by_ref()) {
                *place = self.marked_at(row);
                asked += 1;
            }
            if asked == 0 {
                return counts;
            }
            let mut seen = 0;
            for place in &group[..asked] {
                // Marks of one row lie on two lines of memory at most.
                for at in [place.start, place.end.saturating_sub(1)] {
                    seen ^= self.marks.get(at).copied().unwrap_or_default();
                }
            }
            black_box(seen);
            for place in &group[..asked] {
                for mark in &self.marks[place.clone()] {
                    counts[*mark as usize] += 1;
                }
            }
        }
    }

    /// The mark of a value that some row has, or had.
    pub(super) fn mark_of(&self, facet: F, value: &str) -> Option<u32> {
        self.keyed.get(&facet)?.get(&facet.key(value)).copied()
    }

    pub(super) fn of(&self, mark: u32) -> &Value<F> {
        &self.list[mark as usize]
    }

    /// The marks of a facet, of what most rows have first.
    pub(super) fn ranked(&self, facet: F) -> &[u32] {
        self.ranked.get(&facet).map_or(&[][..], Vec::as_slice)
    }

    /// How many marks there are.
    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    /// About how much memory they take.
    pub(super) fn bytes(&self) -> usize {
        // Each with its key, its rank and what may be typed of it.
        let values = self.list.iter().map(|value| set_bytes(&value.rows) + 300).sum::<usize>();
        values + self.marks.len() * 4 + self.marked.len() * 8
    }
}

#[cfg(test)]
mod tests {
    use crate::platform::index::{
        Kept,
        engine::tests::{index, row},
    };
    use proptest::prelude::*;
    use uuid::Uuid;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

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
            for (facet, marks) in &index.values.ranked {
                ranked += marks.len();
                for (rank, mark) in marks.iter().enumerate() {
                    let value = index.values.of(*mark);
                    prop_assert_eq!((value.facet, value.rank), (*facet, rank));
                    prop_assert_eq!(value.alive, value.rows.intersection_len(index.rows.alive()));
                    prop_assert!(rank == 0 || index.values.of(marks[rank - 1]).alive >= value.alive);
                }
            }
            prop_assert_eq!(ranked, index.values.list.len());
        }
    }
}
