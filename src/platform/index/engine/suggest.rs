//! What somebody may mean who is still typing: values of facets and rows by their names, as far as they begin so.

use super::{Index, order::By};
use crate::kernel::{
    search::{Facet, SuggestedValue},
    technologies, words,
};
use std::{
    borrow::Cow,
    cmp::Reverse,
    collections::{BTreeSet, HashMap},
};
use uuid::Uuid;

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

/// What of all values may be typed, with their marks.
pub(super) struct Starts<F>(BTreeSet<(F, Start, Box<str>, u32)>);

impl<F> Default for Starts<F> {
    fn default() -> Self {
        Self(BTreeSet::new())
    }
}

impl<F: Facet> Starts<F> {
    /// A value, as it is shown.
    pub(super) fn put(&mut self, facet: F, shown: &str, mark: u32) {
        let folded = words::fold(shown);
        let mut starts = |start: Start, text: &str| {
            self.0.insert((facet, start, text.into(), mark));
        };
        starts(Start::Whole, &folded);
        starts(Start::Key, &technologies::key(&folded));
        for other in other_names(shown) {
            starts(Start::Other, other);
        }
        for word in folded.split_whitespace() {
            starts(Start::Word, word);
        }
    }

    /// The marks of a facet's values that begin like this in one way.
    fn started<'a>(&'a self, facet: F, start: Start, text: &'a str) -> impl Iterator<Item = u32> + 'a {
        self.0
            .range((facet, start, Box::<str>::from(text), 0_u32)..)
            .take_while(move |(of, way, there, _)| *of == facet && *way == start && there.starts_with(text))
            .map(|(.., mark)| *mark)
    }
}

impl<F: Facet> Index<F> {
    /// What somebody may mean who is typing: values of these facets, and rows by their names; at most so many of each.
    pub fn suggest(&self, facets: &[F], text: &str, hidden: &[Uuid], limit: usize) -> (Vec<SuggestedValue>, Vec<Uuid>) {
        let mut values = Vec::new();
        for facet in facets {
            let begun = self.begin_like(*facet, text, limit).into_iter();
            values.extend(begun.map(|value| SuggestedValue { facet: facet.name().to_owned(), value }));
        }
        (values, self.named(text, hidden, limit))
    }

    /// Rows whose name holds these words, the last one begun; best known first.
    pub(super) fn named(&self, text: &str, hidden: &[Uuid], limit: usize) -> Vec<Uuid> {
        let asked = words::asked(text);
        let Some((last, whole)) = asked.split_last() else { return Vec::new() };
        let visible = self.visible(hidden);
        let mut rows = self.vocabulary.names_begun(&last.whole);
        rows &= &*visible;
        for word in whole {
            rows &= &self.vocabulary.word(word, &visible)[2];
        }
        self.walk(&[Cow::Owned(rows)], 0, By::Reputation, None, false, limit)
            .into_iter()
            .map(|(_, row)| self.rows.id(row))
            .collect()
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
            for mark in self.values.starts.started(facet, start, text) {
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
        let mut list: Vec<(usize, Reverse<u64>, &str)> = places
            .into_iter()
            .map(|(mark, place)| (place, self.values.of(mark)))
            .filter(|(_, value)| value.alive > 0)
            .map(|(place, value)| (place, Reverse(value.alive), value.shown.as_str()))
            .collect();
        list.sort_unstable();
        let values = list.into_iter().map(|(.., value)| value);
        // What stands in a row and is on no list any more cannot be chosen.
        values.filter(|value| facet.read(value).is_ok()).take(limit).map(str::to_owned).collect()
    }
}

/// How else people type it, if it is a technology.
fn other_names(technology: &str) -> &'static [&'static str] {
    technologies::all().find(|(name, _)| *name == technology).map(|(_, others)| others).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        kernel::search::Entry,
        platform::index::{
            Kept,
            engine::tests::{Kind, filled, larges, row, standing},
        },
    };
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

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
                let mut list: Vec<(usize, Reverse<usize>, &str)> = shown
                    .iter()
                    .filter(|(of, ..)| of == kind)
                    .map(|(_, key, value)| (*value, there.iter().filter(|row| has(row, key)).count()))
                    .filter(|(_, count)| *count > 0)
                    .filter_map(|(value, count)| Some((place(value)?, Reverse(count), value)))
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
            named.sort_by_key(|row| Reverse((row.reputation, row.id)));
            let expected: Vec<Uuid> = named.into_iter().map(|row| row.id).take(limit).collect();
            prop_assert_eq!(ids, expected);
        }
    }
}
