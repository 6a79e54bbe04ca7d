//! The words of rows: which rows are found under what was typed, and how well it fits them. A word that is nowhere is taken for
//! one that begins like it, and then for the one that was most likely meant.

use crate::{
    kernel::{
        search::{Entry, Taken, Term, Weight},
        technologies,
        words::{self, Word},
    },
    platform::index::parts::{Postings, Sets, Weighed, begun, set_bytes},
};
use roaring::RoaringBitmap;
use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap, HashSet},
};

/// The most words that begin like one.
const MOST_BEGINNINGS: usize = 64;
/// The most that is looked at for one mistyped word.
const MOST_ALIKE: usize = 60_000;
/// The most words that are looked at for the end of a mistyped one.
const MOST_NEAR: usize = 400;
/// The most words of names that begin like a long beginning.
const MOST_NAMES: usize = 400;
/// The beginnings of names under which their rows are kept are this long at most; what begins with longer ones has few words.
const LONGEST_START: usize = 3;
/// Of two words that were written as one each has so many letters at least.
const SHORTEST_HALF: usize = 3;
/// Of two words one of which begins with the other the shorter one has so many letters at least: very many begin with fewer.
const SHORTEST_START: usize = 4;
/// What a technology is kept under among the words: no word begins like that.
const TECHNOLOGY: char = '=';

/// What one word is taken for.
enum Meant {
    Itself,
    Beginning,
    Other(String),
}

/// The words of all rows.
#[derive(Default)]
pub(super) struct Vocabulary {
    /// A token for each word.
    tokens: BTreeMap<Box<str>, u32>,
    /// By token.
    spelled: Vec<Box<str>>,
    postings: Vec<Postings>,
    /// Words of names and short texts by three letters in a row.
    letters: HashMap<[char; 3], Vec<u32>>,
    /// Rows by how many words their name has.
    name_words: BTreeMap<u8, RoaringBitmap>,
    /// Rows one word of whose name begins like this.
    name_starts: Sets,
    /// How technologies were typed, and their keys: working a key out costs more than looking it up.
    technologies: HashMap<String, String>,
}

impl Vocabulary {
    /// The next row, by its number.
    pub(super) fn put<F>(&mut self, number: u32, entry: &Entry<F>) {
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
                self.name_starts.put(start, number);
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
    }

    fn token(&mut self, word: &str) -> u32 {
        if let Some(token) = self.tokens.get(word) {
            return *token;
        }
        let token = u32::try_from(self.postings.len()).unwrap_or(u32::MAX);
        self.tokens.insert(word.into(), token);
        self.spelled.push(word.into());
        self.postings.push(Postings::default());
        token
    }

    /// About how much memory they take.
    pub(super) fn bytes(&self) -> usize {
        let names = self.name_words.values().chain(self.name_starts.all()).map(set_bytes).sum::<usize>();
        let words = self.spelled.iter().map(|word| 2 * (word.len() + 16) + 60).sum::<usize>();
        let postings = self.postings.iter().map(Postings::bytes).sum::<usize>();
        let letters = self.letters.values().map(|list| list.capacity() * 4 + 40).sum::<usize>();
        names + words + postings + letters
    }

    // ── What is found ───────────────────────────────────────────────────────────────────────────────────────────────

    /// Rows that have everything that is looked for, by least weight; and what was taken for something else.
    pub(super) fn texts(&self, asked: &[Term], visible: &RoaringBitmap) -> (Weighed, Taken) {
        let mut said: Vec<Cow<'_, str>> = Vec::new();
        let (mut begun, mut corrected) = (Vec::new(), false);
        let mut each: Vec<Weighed> = Vec::new();
        for term in asked {
            if let Some(sets) = self.named(term, visible) {
                said.extend(term.words.iter().map(|word| Cow::Borrowed(word.whole.as_str())));
                each.push(sets);
                continue;
            }
            for word in &term.words {
                let (sets, meant) = self.meant(word, visible);
                match meant {
                    Meant::Itself => said.push(Cow::Borrowed(word.whole.as_str())),
                    Meant::Beginning => {
                        begun.push(word.whole.clone());
                        said.push(Cow::Borrowed(word.whole.as_str()));
                    }
                    Meant::Other(other) => {
                        corrected = true;
                        said.push(Cow::Owned(other));
                    }
                }
                each.push(sets);
            }
        }
        // Rare words first: what is left is small when the common ones come.
        each.sort_by_key(|sets| sets[0].len());
        let all = each.into_iter().reduce(in_both).unwrap_or_default();
        (all, Taken { begun, instead: corrected.then(|| said.join(" ")) })
    }

    /// Rows with the technology that several words name, and those with each of the words; nothing where nobody uses it.
    fn named(&self, term: &Term, visible: &RoaringBitmap) -> Option<Weighed> {
        let mut sets = self.of_technology(term.technology.as_deref()?, visible);
        if sets[0].is_empty() {
            return None;
        }
        let by_words = term.words.iter().map(|word| self.word(word, visible)).reduce(in_both);
        for (set, own) in sets.iter_mut().zip(by_words.unwrap_or_default()) {
            *set |= own;
        }
        Some(sets)
    }

    /// Rows with a technology, by its key.
    fn of_technology(&self, key: &str, visible: &RoaringBitmap) -> Weighed {
        let mut sets = Weighed::default();
        self.add(&format!("{TECHNOLOGY}{key}"), &mut sets);
        for set in &mut sets {
            *set &= visible;
        }
        sets
    }

    /// Rows with a word, or with one that begins like it, or with the one that was likely meant.
    fn meant(&self, word: &Word, visible: &RoaringBitmap) -> (Weighed, Meant) {
        let own = self.word(word, visible);
        if !own[0].is_empty() {
            return (own, Meant::Itself);
        }
        let begun = self.beginning(&word.whole, visible);
        if !begun[0].is_empty() {
            return (begun, Meant::Beginning);
        }
        if let Some(alike) = self.alike(&word.whole) {
            let other = self.word(&Word { whole: alike.clone(), parts: Vec::new() }, visible);
            if !other[0].is_empty() {
                return (other, Meant::Other(alike));
            }
        }
        (own, Meant::Itself)
    }

    /// Rows with a word: as one, by all its parts, or as a technology.
    pub(super) fn word(&self, word: &Word, visible: &RoaringBitmap) -> Weighed {
        let mut sets = Weighed::default();
        self.add(&word.whole, &mut sets);
        if !word.parts.is_empty() {
            let part = |part: &String| {
                let mut own = Weighed::default();
                self.add(part, &mut own);
                own
            };
            let all = word.parts.iter().map(part).reduce(in_both);
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
        if let Some(token) = self.tokens.get(word) {
            self.postings[*token as usize].add_to(sets);
        }
    }

    /// Rows with a word that begins like this.
    fn beginning(&self, start: &str, visible: &RoaringBitmap) -> Weighed {
        let mut sets = Weighed::default();
        if start.chars().count() >= 2 || !start.is_ascii() {
            for token in begun(&self.tokens, start).take(MOST_BEGINNINGS) {
                self.postings[*token as usize].add_to(&mut sets);
            }
        }
        for set in &mut sets {
            *set &= visible;
        }
        sets
    }

    /// Rows one word of whose name begins like this.
    pub(super) fn names_begun(&self, start: &str) -> RoaringBitmap {
        if start.chars().nth(LONGEST_START).is_none() {
            return self.name_starts.get(start).cloned().unwrap_or_default();
        }
        let mut rows = RoaringBitmap::new();
        for token in begun(&self.tokens, start).take(MOST_NAMES) {
            self.postings[*token as usize].add_names_to(&mut rows);
        }
        rows
    }

    /// Rows whose name has a word: as one, or all its parts.
    pub(super) fn names_with(&self, word: &Word) -> RoaringBitmap {
        let named = |word: &str| {
            let mut rows = RoaringBitmap::new();
            if let Some(token) = self.tokens.get(word) {
                self.postings[*token as usize].add_names_to(&mut rows);
            }
            rows
        };
        let parts = word.parts.iter().map(|part| named(part)).reduce(|all, part| all & part);
        named(&word.whole) | parts.unwrap_or_default()
    }

    /// Rows whose name has a word that may be this one with slips of the finger: of the rarest such words, as far as they are
    /// `few` together, and of the others.
    pub(super) fn names_alike(&self, typed: &str, few: u64) -> [RoaringBitmap; 2] {
        let (mut rare, mut common) = (RoaringBitmap::new(), RoaringBitmap::new());
        let most = words::forgiven(typed);
        if most == 0 {
            return [rare, common];
        }
        let mut tokens = self.one_away(typed);
        // Several slips, and letters that are in no alphabet of ours, are found among the words with the same letters.
        if most > 1 || !typed.is_ascii() {
            tokens.extend(self.share_letters(typed, most));
        }
        let mut alike: Vec<(u64, u32)> = tokens
            .into_iter()
            .filter(|token| {
                let word = &*self.spelled[*token as usize];
                word != typed && words::mistakes(typed, word, most).is_some()
            })
            .map(|token| (self.postings[token as usize].names(), token))
            .filter(|(names, _)| *names > 0)
            .collect();
        alike.sort_unstable();
        for (names, token) in alike {
            let rows = if rare.len() + names <= few { &mut rare } else { &mut common };
            self.postings[token as usize].add_names_to(rows);
        }
        [rare, common]
    }

    /// A word as two words of names that were written as one, in every way: `acme` and `cloud` of `acmecloud`.
    pub(super) fn apart(&self, word: &str) -> Vec<Word> {
        let is_named = |half: &str| {
            half.chars().count() >= SHORTEST_HALF
                && self.tokens.get(half).is_some_and(|token| self.postings[*token as usize].names() > 0)
        };
        word.char_indices()
            .map(|(at, _)| word.split_at(at))
            .filter(|(first, second)| is_named(first) && is_named(second))
            .map(|(first, second)| Word { whole: String::new(), parts: vec![first.to_owned(), second.to_owned()] })
            .collect()
    }

    /// Rows whose name has a word that goes on where this one ends, `acmecloud` of `acme`; and by each word that ends where this
    /// one goes on, `acme` of `acmecloud`.
    pub(super) fn names_going_on(&self, word: &str) -> Vec<RoaringBitmap> {
        let is_long = |start: &str| start.chars().count() >= SHORTEST_START;
        let longer = is_long(word).then(|| self.names_begun(word));
        let starts = word.char_indices().map(|(at, _)| &word[..at]).filter(|start| is_long(start));
        let shorter = starts.map(|start| self.names_with(&Word { whole: start.to_owned(), parts: Vec::new() }));
        longer.into_iter().chain(shorter).collect()
    }

    /// Rows whose name has so many words.
    pub(super) fn names_of(&self, count: usize) -> Option<&RoaringBitmap> {
        self.name_words.get(&words_of(count))
    }

    /// How many words the name of a row has.
    pub(super) fn words_in_name(&self, row: u32) -> usize {
        self.name_words.iter().find(|(_, rows)| rows.contains(row)).map_or(0, |(count, _)| usize::from(*count))
    }

    /// Rows by how well the words fit: the name itself, in the name, in a short text, anywhere.
    pub(super) fn tiers<'a>(&self, asked: &[Word], sets: &Weighed, all: &RoaringBitmap) -> Vec<Cow<'a, RoaringBitmap>> {
        let name = &sets[2] & all;
        let words: HashSet<&str> =
            asked.iter().flat_map(|word| std::iter::once(&word.whole).chain(&word.parts)).map(String::as_str).collect();
        let exact = self.name_words.get(&words_of(words.len())).map_or_else(RoaringBitmap::new, |rows| &name & rows);
        let strong = &(&sets[1] & all) - &name;
        let rest = &(all - &name) - &strong;
        let name = name - &exact;
        [exact, name, strong, rest].into_iter().map(Cow::Owned).collect()
    }

    // ── What is meant ───────────────────────────────────────────────────────────────────────────────────────────────

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
        self.tokens.get(word).map_or(0, |token| self.postings[*token as usize].strong())
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
            if let Some(token) = self.tokens.get(word.as_str()) {
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
}

/// Rows of both.
fn in_both(mut one: Weighed, other: Weighed) -> Weighed {
    for (rows, set) in one.iter_mut().zip(&other) {
        *rows &= set;
    }
    one
}

/// How many words, as far as anybody counts them.
fn words_of(count: usize) -> u8 {
    u8::try_from(count).unwrap_or(u8::MAX)
}

/// The beginnings of a word, up to the longest that is kept.
fn starts_of(word: &str) -> impl Iterator<Item = &str> {
    word.char_indices().take(LONGEST_START).map(|(at, letter)| &word[..at + letter.len_utf8()])
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
