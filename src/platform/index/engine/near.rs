//! Whose names are near one: rows whose names have a word of it, a word with slips of the finger in it, two words of it written
//! as one, or a word that begins with one of its words, or the other way round. What few names have says more than what many do.
//!
//! Promises: however many have a word, no more rows are looked at than a few hundred for each. Of a word that many have those are
//! the best known ones whose names are about as long, and those that have two such words. Knows nothing of letters beyond slips:
//! whoever asks holds the names against each other.

use super::{Index, order::By};
use crate::kernel::{
    search::Facet,
    words::{self, Word},
};
use roaring::RoaringBitmap;
use std::{borrow::Cow, cmp::Reverse};
use uuid::Uuid;

/// Of the rows that have something in common with a name, so many are looked at.
const LOOKED_AT: usize = 300;
/// Of what many have in common, so many are looked at in pairs, the rarest first.
const PAIRED: usize = 5;

/// Rows that have something in common with a name, and how much that says.
struct Shared {
    rows: RoaringBitmap,
    says: u32,
}

impl<F: Facet> Index<F> {
    /// Rows whose names are near this one, the nearest first, at most so many; one of them is left out.
    pub fn near(&self, name: &str, but: Uuid, limit: usize) -> Vec<Uuid> {
        let shared = self.shared(name, &self.visible(&[but]));
        let length = words::found_under(name).len();
        let looked_at = self.looked_at(&shared, length).into_iter();
        let mut rows: Vec<(Reverse<u32>, usize, u32)> = looked_at
            .map(|row| {
                let says: u32 = shared.iter().filter(|one| one.rows.contains(row)).map(|one| one.says).sum();
                (Reverse(says), self.vocabulary.words_in_name(row).abs_diff(length), row)
            })
            .collect();
        rows.sort_unstable();
        rows.into_iter().take(limit).map(|(.., row)| self.rows.id(row)).collect()
    }

    /// All that visible rows have in common with a name, each thing by itself.
    fn shared(&self, name: &str, visible: &RoaringBitmap) -> Vec<Shared> {
        let vocabulary = &self.vocabulary;
        // Twice as many rows say one bit less. Below, bits are doubled, so that a slip stands half a bit behind the word that it
        // may be.
        let bits = |rows: &RoaringBitmap| (visible.len() / rows.len().max(1)).max(1).ilog2() + 1;
        let mut shared: Vec<Shared> = Vec::new();
        let mut share = |rows: RoaringBitmap, says: u32| {
            if !rows.is_empty() {
                shared.push(Shared { rows, says });
            }
        };
        let asked = words::asked(name);
        // Rows that have two words as one, or one as two: then these are no words that only begin alike.
        let mut whole = RoaringBitmap::new();
        let joined = asked.windows(2).map(|two| Word { whole: format!("{}{}", two[0].whole, two[1].whole), parts: Vec::new() });
        let apart = asked.iter().flat_map(|word| vocabulary.apart(&word.whole));
        for word in joined.chain(apart) {
            let rows = vocabulary.names_with(&word) & visible;
            whole |= &rows;
            let says = 2 * bits(&rows);
            share(rows, says);
        }
        for word in &asked {
            let same = vocabulary.names_with(word) & visible;
            // However few make it, a slip says less than the word itself, where anybody has that.
            let most = if same.is_empty() { u32::BITS } else { bits(&same) };
            let mut told = &same | &whole;
            for rows in vocabulary.names_alike(&word.whole, LOOKED_AT as u64) {
                let rows = rows & visible;
                told |= &rows;
                let says = 2 * bits(&rows).min(most) - 1;
                share(rows, says);
            }
            for rows in vocabulary.names_going_on(&word.whole) {
                let rows = (rows & visible) - &told;
                let says = 2 * bits(&rows).min(most) - 1;
                share(rows, says);
            }
            let says = 2 * bits(&same);
            share(same, says);
        }
        shared
    }

    /// The rows that are looked at: all that have something in common with the name, or, of what many have, some.
    fn looked_at(&self, shared: &[Shared], length: usize) -> RoaringBitmap {
        let (few, mut many): (Vec<&RoaringBitmap>, Vec<&RoaringBitmap>) =
            shared.iter().map(|one| &one.rows).partition(|rows| rows.len() <= LOOKED_AT as u64);
        let mut looked_at = RoaringBitmap::new();
        for rows in few {
            looked_at |= rows;
        }
        many.sort_by_key(|rows| rows.len());
        for (place, rows) in many.iter().enumerate() {
            looked_at |= self.about_as_long(rows, length);
            for other in many.iter().take(PAIRED).skip(place + 1) {
                looked_at |= self.about_as_long(&(*rows & *other), length);
            }
        }
        looked_at
    }

    /// These rows, or, where they are many, the best known ones of those whose names have about so many words.
    fn about_as_long(&self, rows: &RoaringBitmap, length: usize) -> RoaringBitmap {
        if rows.len() <= LOOKED_AT as u64 {
            return rows.clone();
        }
        let mut some: Vec<u32> = Vec::new();
        for count in [length, length + 1, length.saturating_sub(1), length + 2] {
            let Some(named) = self.vocabulary.names_of(count) else { continue };
            let best = self.walk(&[Cow::Owned(rows & named)], 0, By::Reputation, None, false, LOOKED_AT - some.len());
            some.extend(best.into_iter().map(|(_, row)| row));
        }
        some.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        kernel::search::Entry,
        platform::index::{
            Kept,
            engine::tests::{Kind, filled, index, larges, named, row, some, standing},
        },
    };
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    /// Words with slips between them, two of them written as one, and longer ones.
    const NEAR: &[&str] = &[
        "cloud", "cluod", "clouds", "datalabs", "data", "lab", "labs", "labsdata", "labdata", "zürich", "zurcih", "东京",
        "node.js", "nodejs", "x-ray",
    ];

    /// A row with such a name.
    fn near_row() -> impl Strategy<Value = Entry<Kind>> {
        (row(), some(NEAR, 3)).prop_map(|(row, words)| {
            let name = words.join(" ");
            Entry { sort_name: name.to_lowercase(), name, ..row }
        })
    }

    fn near(index: &Index<Kind>, name: &str, but: u128) -> Vec<u128> {
        index.near(name, Uuid::from_u128(but), 100).iter().map(Uuid::as_u128).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

        /// Where nothing is had by many, all are found that somebody would find who reads every name.
        #[test]
        fn near_ones_are_found_as_by_who_reads_every_name(
            rows in prop::collection::vec(near_row(), 1..80),
            gone in prop::collection::vec(1_u128..60, 0..5),
            large in larges(),
        ) {
            let mut index = filled(Index::with_large(large), &rows);
            let gone: Vec<Uuid> = gone.into_iter().map(Uuid::from_u128).collect();
            for id in &gone {
                index.remove(*id);
            }
            let (name, but) = (rows[0].name.as_str(), rows[0].id);
            let asked = words::asked(name);
            let is_near = |row: &&Entry<Kind>| {
                let under = words::found_under(&row.name);
                let has = |word: &str| under.iter().any(|there| there == word);
                let slips = |word: &str| {
                    under.iter().any(|there| words::mistakes(word, there, words::forgiven(word)).is_some())
                };
                let is_apart = |word: &str| {
                    under.iter().any(|first| {
                        let is_long = |half: &str| half.chars().count() >= 3;
                        word.strip_prefix(first.as_str()).is_some_and(|rest| is_long(first) && is_long(rest) && has(rest))
                    })
                };
                let begins = |start: &str, word: &str| start.chars().count() >= 4 && word.starts_with(start);
                let goes_on = |word: &str| under.iter().any(|there| begins(word, there) || begins(there, word));
                asked.iter().any(|word| {
                    has(&word.whole)
                        || (!word.parts.is_empty() && word.parts.iter().all(|part| has(part)))
                        || slips(&word.whole)
                        || is_apart(&word.whole)
                        || goes_on(&word.whole)
                }) || asked.windows(2).any(|two| has(&format!("{}{}", two[0].whole, two[1].whole)))
            };
            let expected: BTreeSet<Uuid> = standing(&rows)
                .into_iter()
                .filter(|row| row.id != but && !gone.contains(&row.id))
                .filter(is_near)
                .map(|row| row.id)
                .collect();
            let found = index.near(name, but, 1_000);
            prop_assert_eq!(found.len(), expected.len());
            prop_assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), expected);
        }
    }

    #[test]
    fn a_name_is_near_however_people_write_it() {
        let names = [
            "Acme Cloud",
            "Acmee Cloud",
            "AcmeCloud India",
            "Acme",
            "The Acme Cloud Services Company",
            "Northwind Traders",
            "Nortwhnid Trader",
            "Harbour Cloud",
        ];
        let rows: Vec<Entry<Kind>> = (1_u128..).zip(names).map(|(id, name)| named(id, name, "acme", 0)).collect();
        let index = index(&rows);
        let found = |name: &str, but: u128| near(&index, name, but).into_iter().collect::<BTreeSet<_>>();
        assert_eq!(found("Acme Cloud", 1), BTreeSet::from([2, 3, 4, 5, 8]));
        assert_eq!(found("Acmecloud India", 3), BTreeSet::from([1, 4, 5]));
        assert_eq!(found("Acme", 4), BTreeSet::from([1, 2, 3, 5]));
        assert_eq!(found("Northwind Traders", 6), BTreeSet::from([7]));
        assert_eq!(found("Quarry", 0), BTreeSet::new());
        assert_eq!(found("…", 0), BTreeSet::new());
        // What has more in common comes first, and of as much the name that is as long.
        assert_eq!(near(&index, "Acme Cloud", 0)[0], 1);
        assert_eq!(near(&index, "Harbour Cloud", 0)[0], 8);
        assert_eq!(near(&index, "Acme", 0)[0], 4);
        assert_eq!(index.near("Acme Cloud", Uuid::nil(), 2).len(), 2);
    }

    #[test]
    fn of_a_word_that_many_have_few_are_looked_at() {
        let many = 4 * LOOKED_AT as u128;
        let mut rows =
            vec![named(1, "Labs Cloud", "", 0), named(2, "Harbour Cloud", "", 0), named(3, "Harbor Cloud Services", "", 0)];
        rows.extend((0..many).map(|n| named(10 + n, &format!("N{n} Cloud"), "", 9)));
        rows.extend((0..many).map(|n| named(10 + many + n, &format!("N{n} Labs"), "", 9)));
        let index = index(&rows);
        let looked_at = |name: &str| index.looked_at(&index.shared(name, index.rows.alive()), 2).len();
        let most = LOOKED_AT as u64;

        // One word that many have, and one that few have.
        assert_eq!(looked_at("Harbour Cloud"), most + 2);
        assert_eq!(near(&index, "Harbour Cloud", 2)[0], 3);
        // Both words are had by many: who has both is found, though it is the least known of all.
        assert_eq!(looked_at("Cloud Labs"), 2 * most + 1);
        assert_eq!(near(&index, "Cloud Labs", 0)[0], 1);
        // A word alone, and one that is taken for it.
        assert_eq!((looked_at("Cloud"), looked_at("Cluod")), (most, most));
    }
}
