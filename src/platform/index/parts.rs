//! What indexes of lists are made of: numbered rows, sets of rows by a text, the rows of a word, and orders of rows. Knows no
//! list.

use crate::kernel::search::Weight;
use chrono::{DateTime, Utc};
use roaring::RoaringBitmap;
use std::{
    cmp::Ordering,
    collections::{BTreeMap, HashMap},
    ops::Bound,
};
use uuid::Uuid;

/// From so many rows on, a word's rows are kept as bits.
const FEW: usize = 48;
/// A set of at most so many rows is sorted whole; a larger one is walked along its order.
pub const SMALL: u64 = 4_000;

// ── Rows ────────────────────────────────────────────────────────────────────────────────────────────────────────────

/// Rows of one list by their numbers. A changed row gets a new number; its old one is no longer alive.
#[derive(Default)]
pub struct Rows {
    ids: Vec<Uuid>,
    numbers: HashMap<Uuid, u32>,
    alive: RoaringBitmap,
}

impl Rows {
    /// A number for a row that has none; nothing when there are no more.
    pub fn push(&mut self, id: Uuid) -> Option<u32> {
        let number = u32::try_from(self.ids.len()).ok()?;
        self.ids.push(id);
        self.numbers.insert(id, number);
        self.alive.insert(number);
        Some(number)
    }

    /// The number that the row had.
    pub fn remove(&mut self, id: Uuid) -> Option<u32> {
        let number = self.numbers.remove(&id)?;
        self.alive.remove(number);
        Some(number)
    }

    pub fn id(&self, number: u32) -> Uuid {
        self.ids[number as usize]
    }

    /// The number of a row that is in the list now.
    pub(super) fn number(&self, id: Uuid) -> Option<u32> {
        self.numbers.get(&id).copied()
    }

    /// Those that are in the list now.
    pub const fn alive(&self) -> &RoaringBitmap {
        &self.alive
    }

    /// How many numbers there are, old ones too.
    pub fn numbered(&self) -> usize {
        self.ids.len()
    }

    /// Are there so many old numbers that the index is better made anew?
    pub fn are_worn(&self) -> bool {
        let dead = self.ids.len() as u64 - self.alive.len();
        dead > 20_000 && dead > self.alive.len() / 4
    }

    /// About how much memory they take.
    pub fn bytes(&self) -> usize {
        self.ids.len() * (16 + 24 + 8)
    }
}

// ── Sets of rows ────────────────────────────────────────────────────────────────────────────────────────────────────

/// Sets of rows, each under a text.
#[derive(Default)]
pub struct Sets(HashMap<Box<str>, RoaringBitmap>);

impl Sets {
    pub fn put(&mut self, text: &str, row: u32) {
        match self.0.get_mut(text) {
            Some(set) => {
                set.insert(row);
            }
            None => {
                self.0.insert(text.into(), RoaringBitmap::from([row]));
            }
        }
    }

    pub fn get(&self, text: &str) -> Option<&RoaringBitmap> {
        self.0.get(text)
    }

    pub fn all(&self) -> impl Iterator<Item = &RoaringBitmap> {
        self.0.values()
    }
}

/// About how much memory a set takes.
pub(super) fn set_bytes(set: &RoaringBitmap) -> usize {
    set.serialized_size() + 64
}

// ── The rows of a word ──────────────────────────────────────────────────────────────────────────────────────────────

/// Rows with a word, each with the heaviest place in which it stands.
pub enum Postings {
    /// Row and weight in one number.
    Few(Vec<u32>),
    /// With at least this weight: anywhere, in a short text or the name, in the name.
    Many(Box<[RoaringBitmap; 3]>),
}

/// Rows found, by least weight.
pub type Weighed = [RoaringBitmap; 3];

const fn level(weight: Weight) -> usize {
    match weight {
        Weight::Text => 0,
        Weight::Strong => 1,
        Weight::Name => 2,
    }
}

impl Default for Postings {
    fn default() -> Self {
        Self::Few(Vec::new())
    }
}

impl Postings {
    pub fn push(&mut self, row: u32, weight: Weight) {
        match self {
            Self::Few(list) => {
                list.push((row << 2) | u32::try_from(level(weight)).unwrap_or_default());
                if list.len() > FEW {
                    let mut many = Weighed::default();
                    self.add_to(&mut many);
                    *self = Self::Many(Box::new(many));
                }
            }
            Self::Many(sets) => {
                for set in sets.iter_mut().take(level(weight) + 1) {
                    set.insert(row);
                }
            }
        }
    }

    pub fn add_to(&self, sets: &mut Weighed) {
        match self {
            Self::Few(list) => {
                for packed in list {
                    for set in sets.iter_mut().take((packed & 3) as usize + 1) {
                        set.insert(packed >> 2);
                    }
                }
            }
            Self::Many(own) => {
                for (set, own) in sets.iter_mut().zip(own.iter()) {
                    *set |= own;
                }
            }
        }
    }

    /// As [`Postings::add_to`], of any weight.
    pub fn add_any_to(&self, set: &mut RoaringBitmap) {
        match self {
            Self::Few(list) => set.extend(list.iter().map(|packed| packed >> 2)),
            Self::Many(own) => *set |= &own[0],
        }
    }

    /// Rows that have it in the name.
    pub fn add_names_to(&self, set: &mut RoaringBitmap) {
        match self {
            Self::Few(list) => set.extend(list.iter().filter(|packed| *packed & 3 == 2).map(|packed| packed >> 2)),
            Self::Many(own) => *set |= &own[2],
        }
    }

    /// How many rows have it in the name.
    pub fn names(&self) -> u64 {
        match self {
            Self::Few(list) => list.iter().filter(|packed| *packed & 3 == 2).count() as u64,
            Self::Many(sets) => sets[2].len(),
        }
    }

    /// How many rows have it in a short text or the name.
    pub fn strong(&self) -> u64 {
        match self {
            Self::Few(list) => list.iter().filter(|packed| *packed & 3 > 0).count() as u64,
            Self::Many(sets) => sets[1].len(),
        }
    }

    /// About how much memory they take.
    pub fn bytes(&self) -> usize {
        match self {
            Self::Few(list) => list.capacity() * 4,
            Self::Many(sets) => sets.iter().map(set_bytes).sum(),
        }
    }
}

/// What is kept under the words that begin like this, in their order.
pub fn begun<'a, T>(words: &'a BTreeMap<Box<str>, T>, start: &'a str) -> impl Iterator<Item = &'a T> {
    words
        .range::<str, _>((Bound::Included(start), Bound::Unbounded))
        .take_while(move |(word, _)| word.starts_with(start))
        .map(|(_, kept)| kept)
}

// ── Orders ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/// An order of all rows: a number for each that is smaller the earlier it comes, and rows of about the same number together.
/// A row of a later bucket has a larger number than every row of an earlier one.
pub struct Ordered {
    labels: Vec<u64>,
    buckets: BTreeMap<u32, RoaringBitmap>,
    /// A set of at most so many rows is sorted whole.
    small: u64,
}

impl Default for Ordered {
    fn default() -> Self {
        Self::walked_above(SMALL)
    }
}

impl Ordered {
    /// One along which sets of more than so many rows are walked.
    pub const fn walked_above(small: u64) -> Self {
        Self { labels: Vec::new(), buckets: BTreeMap::new(), small }
    }

    /// The next row, by its number.
    pub fn push(&mut self, row: u32, label: u64, bucket: u32) {
        self.labels.push(label);
        self.buckets.entry(bucket).or_default().insert(row);
    }

    pub fn label(&self, row: u32) -> u64 {
        self.labels[row as usize]
    }

    /// Rows whose label is not larger than this one, which is of this bucket.
    pub fn up_to(&self, label: u64, bucket: u32) -> RoaringBitmap {
        let mut rows = RoaringBitmap::new();
        for (at, set) in self.buckets.range(..=bucket) {
            if *at < bucket {
                rows |= set;
            } else {
                rows.extend(set.iter().filter(|row| self.label(*row) <= label));
            }
        }
        rows
    }

    /// The first of these rows as `compare` sorts them, of those that are beyond a place in this bucket; `compare` is the order
    /// of the labels, or with `backwards` its reverse.
    pub fn first(
        &self,
        rows: &RoaringBitmap,
        bucket: Option<u32>,
        backwards: bool,
        wanted: usize,
        is_beyond: &impl Fn(u32) -> bool,
        compare: &impl Fn(u32, u32) -> Ordering,
    ) -> Vec<u32> {
        let mut best: Vec<u32> = Vec::new();
        if rows.len() <= self.small {
            nearest(&mut best, rows.iter().filter(|row| is_beyond(*row)), wanted, compare);
            return best;
        }
        let mut look = |of_bucket: &RoaringBitmap| {
            let both = rows & of_bucket;
            let mut own = Vec::new();
            nearest(&mut own, both.iter().filter(|row| is_beyond(*row)), wanted - best.len(), compare);
            best.extend(own);
            best.len() < wanted
        };
        if backwards {
            for (_, of_bucket) in self.buckets.range(..=bucket.unwrap_or(u32::MAX)).rev() {
                if !look(of_bucket) {
                    break;
                }
            }
        } else {
            for (_, of_bucket) in self.buckets.range(bucket.unwrap_or(0)..) {
                if !look(of_bucket) {
                    break;
                }
            }
        }
        best
    }

    /// About how much memory it takes.
    pub fn bytes(&self) -> usize {
        self.labels.len() * 8 + self.buckets.values().map(RoaringBitmap::serialized_size).sum::<usize>()
    }
}

/// The label of a moment in microseconds since 1970: an earlier one has a smaller label; those before it are all the
/// same.
pub fn moment_label(micros: i64) -> u64 {
    u64::try_from(micros).unwrap_or_default()
}

/// The moment that has this label.
pub fn moment_of(label: u64) -> Option<DateTime<Utc>> {
    i64::try_from(label).ok().and_then(DateTime::from_timestamp_micros)
}

/// The bucket of a moment by its label, or by the label's reverse where later ones come first: about two weeks.
pub fn moment_bucket(label: u64) -> u32 {
    u32::try_from(label >> 40).unwrap_or(u32::MAX)
}

/// The first `wanted` of the rows, in order.
fn nearest(best: &mut Vec<u32>, rows: impl Iterator<Item = u32>, wanted: usize, compare: &impl Fn(u32, u32) -> Ordering) {
    if wanted == 0 {
        return;
    }
    for row in rows {
        if best.len() == wanted && best.last().is_some_and(|last| compare(row, *last) != Ordering::Less) {
            continue;
        }
        let at = best.partition_point(|there| compare(*there, row) == Ordering::Less);
        best.insert(at, row);
        best.truncate(wanted);
    }
}
