//! An index of made-up rows against somebody who reads every one of them. Tests of its parts use these rows too.

use super::*;
use crate::kernel::{labels::labels, technologies};
use proptest::prelude::*;
use std::collections::{BTreeMap, HashSet};

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

const WORDS: &[&str] =
    &["cloud", "zürich", "data", "labs", "c++", "c#", "c", ".net", "node.js", "東京", "x-ray", "Ünit", "node js"];
const TOOLS: &[&str] = &["C", "C++", "C#", ".NET", "node", "Node.js", "K8s", "Rust"];
const COLOURS: &[&str] = &["red", "green", "blue"];

pub(super) fn some(of: &'static [&'static str], most: usize) -> impl Strategy<Value = Vec<&'static str>> {
    prop::collection::vec(prop::sample::select(of), 0..=most)
}

pub(super) fn row() -> impl Strategy<Value = Entry<Kind>> {
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

pub(super) fn question() -> impl Strategy<Value = Query<Kind>> {
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
pub(super) fn standing(rows: &[Entry<Kind>]) -> Vec<&Entry<Kind>> {
    let mut last: BTreeMap<Uuid, &Entry<Kind>> = BTreeMap::new();
    for row in rows {
        last.insert(row.id, row);
    }
    last.into_values().collect()
}

pub(super) fn index(rows: &[Entry<Kind>]) -> Index<Kind> {
    filled(Index::default(), rows)
}

pub(super) fn filled(mut index: Index<Kind>, rows: &[Entry<Kind>]) -> Index<Kind> {
    for row in rows {
        index.put(row);
    }
    index
}

/// With few rows: what is done for small sets, and what is done for large ones.
pub(super) fn larges() -> impl Strategy<Value = Large> {
    prop::sample::select(vec![
        Large::USUAL,
        Large { above: 3, ..Large::USUAL },
        Large { above: 3, counted: 3, ..Large::USUAL },
        Large { above: 3, exact: 2, slice: 4, ..Large::USUAL },
        Large { above: 3, counted: 3, exact: 4, slice: 7 },
    ])
}

pub(super) fn ask(index: &Index<Kind>, query: &Query<Kind>, hidden: &[Uuid], limit: usize) -> Found<Kind> {
    index.ask(&Ask { query, count: Kind::ALL, hidden, limit, skip: 0 }).expect("a cursor of its own")
}

/// Where leaving out one part is not enough: whoever fits without several of them, for every choice of them; then only the choices
/// that leave out fewest.
fn nearest(query: &Query<Kind>, rows: &[&Entry<Kind>]) -> Vec<(Left<Kind>, u64)> {
    let mut parts: Vec<Left<Kind>> =
        Kind::ALL.iter().filter(|kind| query.values(**kind).next().is_some()).map(|kind| Left::Facet(*kind)).collect();
    if !query.text.is_empty() {
        parts.push(Left::Words);
    }
    let mut choices: Vec<(Vec<Left<Kind>>, u64)> = Vec::new();
    // Whoever leaves out everything asks for nothing.
    for choice in 0..(1_usize << parts.len()) - 1 {
        let out: Vec<Left<Kind>> =
            parts.iter().enumerate().filter(|(place, _)| choice & (1 << place) != 0).map(|(_, part)| part.clone()).collect();
        let other = query.leaving_out(&Left::Several(out.clone()));
        let count = rows.iter().filter(|row| other.fits(row)).count() as u64;
        if out.len() > 1 && count > 0 {
            choices.push((out, count));
        }
    }
    let fewest = choices.iter().map(|(out, _)| out.len()).min().unwrap_or_default();
    choices.retain(|(out, _)| out.len() == fewest);
    // Of as many the one that keeps the earlier parts comes first, and so leaves out the later ones.
    choices.sort_by(|(out, count), (other, of_other)| of_other.cmp(count).then_with(|| other.cmp(out)));
    choices.into_iter().map(|(out, count)| (Left::Several(out), count)).collect()
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
        prop_assert!(found.taken.is_literal(), "{:?}", found.taken);
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
        let without = if without.is_empty() && fits.is_empty() { nearest(&query, &there) } else { without };
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

pub(super) fn named(id: u128, name: &str, text: &str, reputation: u32) -> Entry<Kind> {
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
    (found.ids.iter().map(Uuid::as_u128).collect(), found.taken.instead)
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
    let taken = |text: &str| ask(&index, &Query::default().with_text(text), &[], 20).taken;
    // But it is said, like a mistake: rows that have no such word do not fit.
    assert_eq!(taken("labs kuber"), Taken { begun: vec!["kuber".into()], instead: None });
    assert_eq!(taken("kuber rsut"), Taken { begun: vec!["kuber".into()], instead: Some("kuber rust".into()) });
    assert!(taken("kubernetes labs").is_literal() && taken("elephants").is_literal() && taken("").is_literal());
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
fn a_technology_is_found_by_a_name_of_several_words() {
    let mut user = named(1, "Skyline", "We run servers.", 0);
    user.technologies = vec!["AWS".into(), "C++".into()];
    let rows = [user, named(2, "Amazon Web Services", "", 0), named(3, "Web shop", "and other services", 0)];
    let index = index(&rows);
    for (text, found) in [
        ("amazon web services", vec![2, 1]),
        ("servers amazon web services", vec![1]),
        ("web services", vec![2, 3]),
        ("c plus plus", vec![1]),
        ("google cloud platform", vec![]),
    ] {
        let (mut ids, instead) = numbers(&index, text);
        assert_eq!((ids.as_slice(), instead), (found.as_slice(), None), "{text}");
        let query: Query<Kind> = Query::default().with_text(text);
        let mut fits: Vec<u128> = rows.iter().filter(|row| query.fits(row)).map(|row| row.id.as_u128()).collect();
        ids.sort_unstable();
        fits.sort_unstable();
        assert_eq!(ids, fits, "{text}");
    }
    // What there would be without one word says so of the words that are left.
    let nobody = ask(&index, &Query::default().with_text("elephants amazon web services"), &[], 5);
    assert!(nobody.without.contains(&(Left::Word("elephants".into()), 2)), "{:?}", nobody.without);
}

#[test]
fn where_no_two_parts_meet_each_is_offered_alone() {
    let row = |id: u128, name: &str, value: Option<(Kind, &str)>| Entry {
        values: value.map(|(kind, value)| (kind, value.to_owned())).into_iter().collect(),
        ..named(id, name, "", 0)
    };
    let (red, rust) = (Some((Kind::Colour, "red")), Some((Kind::Tool, "Rust")));
    let index = index(&[
        row(1, "One", red),
        row(2, "Two", rust),
        row(3, "Three", rust),
        row(4, "Cloud four", None),
        row(5, "Cloud five", None),
        row(6, "Cloud six", None),
    ]);
    let without = |query: &str, hidden: &[Uuid]| ask(&index, &Query::read(query), hidden, 5).without;
    let (colour, tool) = (Left::Facet(Kind::Colour), Left::Facet(Kind::Tool));
    let several = |parts: &[&Left<Kind>]| Left::Several(parts.iter().map(|part| (*part).clone()).collect());
    assert_eq!(
        without("q=cloud&colour=red&tool=Rust", &[]),
        [(several(&[&colour, &tool]), 3), (several(&[&colour, &Left::Words]), 2), (several(&[&tool, &Left::Words]), 1)]
    );
    // Words that nobody has are kept nowhere, nor is who is hidden from the reader counted.
    let hidden = [Uuid::from_u128(1)];
    assert_eq!(without("q=elephants&colour=red&tool=Rust", &hidden), [(several(&[&colour, &Left::Words]), 2)]);
    // Where leaving out one is enough, nothing more is left out.
    assert_eq!(without("q=three&colour=red&tool=Rust", &[]), [(colour, 1)]);
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
        index.ask(&Ask { query: &query.at("zz"), count: &[], hidden: &[], limit: 3, skip: 0 }).expect_err("no cursor").status(),
        422
    );
}

#[test]
fn worn_rows_are_forgotten() {
    let mut index = index(&[named(1, "One", "", 0)]);
    for n in 0..30_000 {
        index.put(&named(1, "One", "", n));
    }
    assert!(index.is_worn() && index.rows() == 1 && index.bytes() > 0);
    assert_eq!(ask(&index, &Query::default().with_text("one"), &[], 5).total, 1);
}
