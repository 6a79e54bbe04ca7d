//! How many there are: of every value among the rows that fit, and without some of what was asked.

use super::{Ask, Index};
use crate::kernel::{
    search::{self, Counted, Facet, Left, Order, Query, Term},
    words,
};
use roaring::RoaringBitmap;
use std::{
    borrow::Cow,
    cell::LazyCell,
    collections::{BTreeMap, HashMap},
    sync::{Mutex, MutexGuard, PoisonError},
};

/// Of at most one row in so many, values are counted row by row: reading the values of a row costs a part of a wait for memory, and
/// far less than holding sets against each other that are lists, as they are up to one row in sixteen. Much denser ones are bits, and
/// soon have enough in common.
const ROW_BY_ROW: u64 = 8;
/// So few values are never worth a walk through rows.
const FEW_VALUES: usize = 8;
/// Of ways to leave out several parts so many are offered.
const MOST_OFFERED: usize = 6;
/// Counts over so many sets are kept, some 6 kB each at most.
const MOST_KEPT: usize = 512;

/// How many rows there are of each value, by facet.
type Facets<F> = Vec<(F, Vec<Counted>)>;
/// The same by the marks of the values.
type Marked<F> = Vec<(F, Vec<(u32, u64)>)>;

/// What was counted over large sets, by the question that finds the set, until a row changes: whoever turns a page or sorts anew wants
/// the same counts, and so does the next one who looks for what many look for, or for something of it.
pub(super) struct Counts<F>(Mutex<HashMap<String, Marked<F>>>);

impl<F> Default for Counts<F> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<F: Clone> Counts<F> {
    pub(super) fn forget(&mut self) {
        self.0.get_mut().unwrap_or_else(PoisonError::into_inner).clear();
    }

    fn find(&self, set: &str) -> Option<Marked<F>> {
        self.lock().get(set).cloned()
    }

    fn keep(&self, set: String, counted: Marked<F>) {
        let mut kept = self.lock();
        if kept.len() >= MOST_KEPT {
            kept.clear();
        }
        kept.insert(set, counted);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Marked<F>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<F: Facet> Index<F> {
    /// How many rows have each value of the facets that are asked for, in their order. `all` are those that fit, `beside` those that
    /// fit everything but a facet.
    pub(super) fn facets(&self, ask: &Ask<'_, F>, all: &RoaringBitmap, beside: impl Fn(Option<F>) -> RoaringBitmap) -> Facets<F> {
        // Whoever chooses one of several sees how many there would be beside it; the others are counted together.
        let (own, other): (Vec<F>, Vec<F>) =
            ask.count.iter().copied().partition(|facet| !facet.wants_all() && ask.query.values(*facet).next().is_some());
        let mut facets = self.counted(ask, ask.query, &other, || Cow::Borrowed(all));
        for facet in own {
            facets.extend(self.counted(ask, &ask.query.without(facet), &[facet], || Cow::Owned(beside(Some(facet)))));
        }
        facets.sort_by_key(|(facet, _)| ask.count.iter().position(|of| of == facet));
        facets
    }

    /// How many of the rows that a question finds have each value of these facets, in their order. Of a large set that is kept, also
    /// where what was asked in the end finds few: beside a facet that is chosen there are often many.
    fn counted<'a>(
        &self,
        ask: &Ask<'_, F>,
        question: &Query<F>,
        facets: &[F],
        rows: impl FnOnce() -> Cow<'a, RoaringBitmap>,
    ) -> Facets<F> {
        if facets.is_empty() {
            return Vec::new();
        }
        let rows = LazyCell::new(rows);
        // What is hidden from one reader is counted for them alone.
        let set = ask.hidden.is_empty().then(|| {
            let names: Vec<&str> = facets.iter().map(|facet| facet.name()).collect();
            format!("{} {}", question.from_the_start().with_order(Order::Relevance).query(), names.join(" "))
        });
        let known = set.as_deref().and_then(|set| self.counts.find(set));
        let mut lists = known.unwrap_or_else(|| {
            let counted = self.count(facets, &rows);
            if let Some(set) = set
                && rows.len() > self.large.above
            {
                self.counts.keep(set, counted.clone());
            }
            counted
        });
        for (facet, list) in &mut lists {
            // Whatever was chosen is shown, to be let go.
            for mark in ask.query.values(*facet).filter_map(|value| self.values.mark_of(*facet, value)) {
                if list.iter().all(|(there, _)| *there != mark) {
                    list.push((mark, rows.intersection_len(&self.values.of(mark).rows)));
                }
            }
        }
        let shown = |(mark, count): (u32, u64)| {
            let value = self.values.of(mark);
            Counted { place: value.place, value: value.shown.clone(), count }
        };
        lists.into_iter().map(|(facet, list)| (facet, list.into_iter().map(shown).collect())).collect()
    }

    /// How many of the rows have each value of these facets, in their order; values that none of them has are left out.
    fn count(&self, facets: &[F], rows: &RoaringBitmap) -> Marked<F> {
        let (all, alive) = (rows.len(), self.rows.alive().len());
        let is_large = all > self.large.above;
        let is_sparse = !is_large || all <= self.rows.numbered() as u64 / ROW_BY_ROW;
        let kinds: usize = facets.iter().map(|facet| self.values.ranked(*facet).len()).sum();
        // Of all rows everything is known.
        let by_row = all < alive && is_sparse && kinds > FEW_VALUES;
        let mut counts = if by_row { self.count_by_row(facets, rows) } else { BTreeMap::new() };
        let slices = if by_row || all == alive { Vec::new() } else { self.slices(rows) };
        facets
            .iter()
            .map(|facet| {
                let mut list = match counts.remove(facet) {
                    Some(list) => list,
                    None if by_row => Vec::new(),
                    None => {
                        // A vocabulary is open: of a large set only what is used most is counted.
                        let most = if is_large { self.large.counted } else { usize::MAX };
                        let marks = self.values.ranked(*facet).iter().take(most);
                        marks.map(|mark| (*mark, self.in_common(*mark, &slices, all))).collect()
                    }
                };
                list.retain(|(_, count)| *count > 0);
                if is_large && list.len() > self.large.counted {
                    list.sort_unstable_by_key(|(mark, count)| (std::cmp::Reverse(*count), *mark));
                    list.truncate(self.large.counted);
                }
                (*facet, list)
            })
            .collect()
    }

    /// How many of these rows have each value that one of them has, by its mark: one walk through them instead of one for each
    /// value.
    fn count_by_row(&self, facets: &[F], rows: &RoaringBitmap) -> BTreeMap<F, Vec<(u32, u64)>> {
        let mut by_facet: BTreeMap<F, Vec<(u32, u64)>> = BTreeMap::new();
        for (mark, count) in (0..).zip(self.values.tally(rows)).filter(|(_, count)| *count > 0) {
            let facet = self.values.of(mark).facet;
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
        let value = self.values.of(mark);
        if all == self.rows.alive().len() {
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

    /// How many there would be without a facet that was chosen, without one of several words, and without all of them. Where none of
    /// that helps: without several parts. `words` are those that have the words.
    pub(super) fn left_out(
        &self,
        query: &Query<F>,
        visible: &RoaringBitmap,
        words: &RoaringBitmap,
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
            let mut known: HashMap<Term, RoaringBitmap> = HashMap::new();
            for word in query.words().into_iter().take(words::MOST_ASKED) {
                let rest = search::terms(&query.without_word(word).text);
                let mut sets: Vec<RoaringBitmap> = rest
                    .into_iter()
                    .map(|other| {
                        let rows = known.entry(other).or_insert_with_key(|other| {
                            let ([rows, ..], _) = self.vocabulary.texts(std::slice::from_ref(other), visible);
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
        if list.is_empty() { without_several(query, visible, words, chosen) } else { list }
    }
}

/// How many there would be without some of the facets and the words: without as few of them as it takes, what finds most first.
fn without_several<F: Facet>(
    query: &Query<F>,
    visible: &RoaringBitmap,
    words: &RoaringBitmap,
    chosen: &[(F, RoaringBitmap)],
) -> Vec<(Left<F>, u64)> {
    let mut parts: Vec<(Left<F>, &RoaringBitmap)> = chosen.iter().map(|(facet, set)| (Left::Facet(*facet), set)).collect();
    if !query.text.is_empty() {
        parts.push((Left::Words, words));
    }
    let sets: Vec<&RoaringBitmap> = parts.iter().map(|(_, set)| *set).collect();
    let mut kept = Vec::new();
    keep_most(&sets, visible, 0, &mut Vec::new(), &mut kept);
    kept.sort_by(|(of, count), (of_other, other)| other.cmp(count).then_with(|| of.cmp(of_other)));
    kept.truncate(MOST_OFFERED);
    let left = |of: &[usize]| {
        let left = parts.iter().enumerate().filter(|(place, _)| !of.contains(place));
        Left::Several(left.map(|(_, (part, _))| part.clone()).collect())
    };
    kept.iter().map(|(of, count)| (left(of), *count)).collect()
}

/// Which parts can be kept together, by their places, and how many rows they leave: every choice of as many parts as possible.
/// There are never more parts than facets and one, and what meets nobody is not looked at further.
fn keep_most(
    sets: &[&RoaringBitmap],
    rows: &RoaringBitmap,
    from: usize,
    kept: &mut Vec<usize>,
    most: &mut Vec<(Vec<usize>, u64)>,
) {
    if !kept.is_empty() {
        let so_far = most.first().map_or(0, |(kept, _)| kept.len());
        if kept.len() > so_far {
            most.clear();
        }
        if kept.len() >= so_far {
            most.push((kept.clone(), rows.len()));
        }
    }
    for (place, set) in sets.iter().enumerate().skip(from) {
        let both = rows & *set;
        if !both.is_empty() {
            kept.push(place);
            keep_most(sets, &both, place + 1, kept, most);
            kept.pop();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::MOST_KEPT;
    use crate::{
        kernel::search::{Entry, Query},
        platform::index::{
            Kept as _,
            engine::{
                Index, Large,
                tests::{Kind, ask, filled, larges, named, question, row},
            },
        },
    };
    use proptest::prelude::*;
    use uuid::Uuid;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

        /// What is kept of large sets says what would be counted anew, whoever asked before, and whatever changed in between.
        #[test]
        fn what_is_kept_is_what_would_be_counted_anew(
            rows in prop::collection::vec(row(), 0..60),
            later in prop::collection::vec(row(), 1..3),
            asked in prop::collection::vec(question(), 1..5),
            large in larges(),
        ) {
            let mut index = filled(Index::with_large(large), &rows);
            let mut all = rows;
            for row in later {
                for query in &asked {
                    let anew = ask(&filled(Index::with_large(large), &all), query, &[], 3);
                    prop_assert_eq!(&ask(&index, query, &[], 3), &anew);
                    prop_assert_eq!(&ask(&index, query, &[], 3), &anew);
                }
                index.put(&row);
                all.push(row);
            }
        }
    }

    #[test]
    fn a_large_set_is_counted_once_however_few_of_it_are_found() {
        let row = |n: u128| {
            let colour = if n == 7 { "blue" } else { "red" };
            let values = vec![(Kind::Colour, colour.to_owned()), (Kind::Tool, "C".to_owned())];
            Entry { values, ..named(n, "Row", "", 0) }
        };
        let rows: Vec<Entry<Kind>> = (1..=7).map(row).collect();
        let index = filled(Index::with_large(Large { above: 3, ..Large::USUAL }), &rows);
        let colours = |query: &str, hidden: &[Uuid]| {
            let found = ask(&index, &Query::read(query), hidden, 1);
            let (_, values) = found.facets.into_iter().find(|(kind, _)| *kind == Kind::Colour).expect("it is counted");
            let mut values: Vec<(String, u64)> = values.into_iter().map(|value| (value.value, value.count)).collect();
            values.sort();
            values
        };
        let kept = || {
            let mut sets: Vec<String> = index.counts.lock().keys().cloned().collect();
            sets.sort();
            sets
        };
        let of = |blue: u64, red: u64| vec![("blue".to_owned(), blue), ("red".to_owned(), red)];

        // One is found, and beside its colour there are seven.
        assert_eq!(colours("colour=blue&tool=C", &[]), of(1, 6));
        assert_eq!(kept(), ["tool=C colour"]);
        // Whoever chooses another colour reads what is kept, and what was chosen is counted where it is not among it.
        let red = index.values.mark_of(Kind::Colour, "red").expect("a value");
        index.counts.keep("tool=C colour".to_owned(), vec![(Kind::Colour, vec![(red, 99)])]);
        assert_eq!(colours("colour=blue&tool=C&sort=name", &[]), of(1, 99));
        assert_eq!(colours("colour=red&tool=C", &[]), [("red".to_owned(), 99)]);
        assert_eq!(kept(), ["colour=red&tool=C tool", "tool=C colour"]);
        // What is hidden from one reader is counted for them alone.
        assert_eq!(colours("colour=blue&tool=C", &[Uuid::from_u128(1)]), of(1, 5));
        assert_eq!(kept().len(), 2);

        // There is room for so many.
        for n in 0..2 * MOST_KEPT {
            colours(&format!("colour=red&colour=x{n}"), &[]);
        }
        assert!(kept().len() <= MOST_KEPT && !kept().is_empty());
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
    fn what_was_counted_is_forgotten_when_a_row_comes_or_goes() {
        let row = |n: u128| Entry { values: vec![(Kind::Colour, "red".to_owned())], ..named(n, "Row", "", 0) };
        let mut index =
            filled(Index::with_large(Large { above: 3, ..Large::USUAL }), &(1..=6).map(row).collect::<Vec<Entry<Kind>>>());
        let but_for = |index: &Index<Kind>, hidden: &[Uuid]| {
            let found = ask(index, &Query::read("q=row"), hidden, 1);
            found.facets.into_iter().find(|(kind, _)| *kind == Kind::Colour).map(|(_, values)| values[0].count)
        };
        let reds = |index: &Index<Kind>| but_for(index, &[]);
        assert_eq!((reds(&index), reds(&index)), (Some(6), Some(6)));
        index.put(&row(7));
        assert_eq!(reds(&index), Some(7));
        index.remove(row(7).id);
        index.remove(row(1).id);
        assert_eq!(reds(&index), Some(5));
        assert_eq!(but_for(&index, &[row(2).id]), Some(4), "what is hidden from one is counted for them alone");
        assert_eq!(reds(&index), Some(5));
    }
}
