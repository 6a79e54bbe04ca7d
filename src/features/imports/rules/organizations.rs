//! What becomes of rows that name organizations: which row stands for a website's owner, which are products of it, which
//! are there already, and which nobody but a person can decide.
//!
//! Promises: the same rows in the same directory are judged the same way; nothing is guessed about whose a page on
//! somebody else's website is. Does not look anything up: who owns what comes in as values.

use super::{Choice, Outcome};
use crate::kernel::actor::VerificationStatus;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// Whose site belongs to a foundation that lends a part of it to every project.
const FOUNDATIONS: &[&str] = &["apache.org", "cncf.io", "eclipse.org", "finos.org", "gnu.org", "k8s.io", "linuxfoundation.org"];

/// How sure it is that a row is about the owner of its website.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    Product,
    /// A company that offers a service.
    Provider,
    /// A member of the list's owner.
    Member,
}

/// Where a row's website leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// The identity.
    pub key: String,
    /// A place on a host that many share.
    pub shared: bool,
    /// The front page of the domain, or of the place.
    pub is_front: bool,
    /// The skeleton of what is the owner's own in the address.
    pub skeleton: String,
}

/// A row, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub number: u32,
    pub name: String,
    /// Of the name.
    pub skeleton: String,
    /// Of the name without what stands in brackets at its end.
    pub plain: String,
    pub rank: Rank,
    /// Nothing, with a problem, when the row cannot be read.
    pub site: Result<Site, String>,
    pub choice: Option<Choice>,
}

/// A profile that is here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    pub id: Uuid,
    pub name: String,
    pub skeleton: String,
    pub status: VerificationStatus,
    /// Skeletons of the names of its products.
    pub products: Vec<String>,
    /// Of the names of profiles that were merged into it.
    pub merged: Vec<String>,
}

impl Known {
    fn is_called(&self, entry: &Entry) -> bool {
        entry.plain == self.skeleton || entry.skeleton == self.skeleton
    }

    /// Is the row about a profile that became this one?
    fn was_called(&self, entry: &Entry) -> bool {
        self.merged.contains(&entry.plain) || self.merged.contains(&entry.skeleton)
    }
}

/// What the rows are judged against.
pub struct Around<'a> {
    /// Who owns an identity.
    pub owners: &'a HashMap<String, Known>,
    /// Identities for which somebody's own application waits.
    pub waiting: &'a HashSet<String>,
    /// Profiles that are spelled like a row's name, by its number.
    pub alike: &'a HashMap<u32, Vec<Known>>,
    /// With whom somebody has merged a row before, by its number.
    pub merged: &'a HashMap<u32, Known>,
    /// May a place on a shared host be somebody's website?
    pub may_share: bool,
    /// Are two skeletons easily taken for each other?
    pub confusable: fn(&str, &str) -> bool,
}

/// What becomes of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    pub number: u32,
    pub outcome: Outcome,
    pub reason: String,
    /// The row with which it goes.
    pub into_row: Option<u32>,
    /// The profile with which it goes.
    pub into: Option<(Uuid, String)>,
    /// As one of its products; otherwise it is the same organization.
    pub as_product: bool,
}

impl Judged {
    fn new(entry: &Entry, outcome: Outcome, reason: impl Into<String>) -> Self {
        Self { number: entry.number, outcome, reason: reason.into(), into_row: None, into: None, as_product: false }
    }

    fn with_row(self, row: u32) -> Self {
        Self { into_row: Some(row), ..self }
    }

    fn with(self, known: &Known) -> Self {
        Self { into: Some((known.id, known.name.clone())), ..self }
    }

    fn product(self) -> Self {
        Self { as_product: true, ..self }
    }
}

/// What becomes of all rows, in their order.
pub fn judge(entries: &[Entry], around: &Around<'_>) -> Vec<Judged> {
    let mut judged: Vec<Option<Judged>> = entries.iter().map(|entry| alone(entry, around)).collect();
    let mut leads = Leads::default();
    for places in groups(entries, &judged) {
        let site = |place: usize| entries[place].site.as_ref().ok();
        let Some(first) = site(places[0]) else { continue };
        if let Some(owner) = around.owners.get(&first.key) {
            for place in places {
                judged[place] = Some(owned(&entries[place], owner));
            }
            continue;
        }
        if around.waiting.contains(&first.key) {
            for place in places {
                let reason = format!("Somebody of {} is joining by themselves; their application waits.", first.key);
                judged[place] = Some(Judged::new(&entries[place], Outcome::Skip, reason));
            }
            continue;
        }
        let Some(lead) = lead(entries, &places, around.confusable) else { continue };
        if let Some(known) = merged_before(&entries[lead], around) {
            for place in places {
                judged[place] = Some(as_before(&entries[place], known));
            }
            continue;
        }
        let verdict = newcomer(&entries[lead], &leads, around);
        if verdict.outcome == Outcome::Make {
            leads.add(&entries[lead]);
        }
        for place in places.into_iter().filter(|place| *place != lead) {
            judged[place] = Some(match merged_before(&entries[place], around) {
                Some(known) => as_before(&entries[place], known),
                None => follower(&entries[place], &entries[lead], &verdict),
            });
        }
        judged[lead] = Some(verdict);
    }
    entries.iter().zip(judged).map(|(entry, judged)| judged.unwrap_or_else(|| ownerless(entry, &leads, around))).collect()
}

/// With whom somebody merged such a row before; nobody, where they want a profile of its own now.
fn merged_before<'a>(entry: &Entry, around: &Around<'a>) -> Option<&'a Known> {
    around.merged.get(&entry.number).filter(|_| entry.choice != Some(Choice::Make))
}

/// A row that goes with a profile because somebody decided so about it, or about the row that it goes with, when it came before.
fn as_before(entry: &Entry, known: &Known) -> Judged {
    if known.status == VerificationStatus::Disabled {
        let reason = "It was merged with a profile that is disabled, and stays so.";
        return Judged::new(entry, Outcome::Skip, reason);
    }
    if known.is_called(entry) || known.was_called(entry) || known.products.contains(&entry.skeleton) {
        return Judged::new(entry, Outcome::There, format!("It goes with {}, as somebody decided before.", known.name))
            .with(known);
    }
    match known.status {
        VerificationStatus::CommunityAdded => {
            Judged::new(entry, Outcome::Merge, format!("With {}, as somebody decided before.", known.name)).with(known).product()
        }
        _ => Judged::new(entry, Outcome::There, format!("It is {}, whose own people keep its profile.", known.name)).with(known),
    }
}

/// What a row is by itself, before others are looked at.
fn alone(entry: &Entry, around: &Around<'_>) -> Option<Judged> {
    let site = match &entry.site {
        Err(problem) => return Some(Judged::new(entry, Outcome::Problem, problem.clone())),
        Ok(site) => site,
    };
    if entry.choice == Some(Choice::Skip) {
        return Some(Judged::new(entry, Outcome::Skip, "You left it out."));
    }
    if FOUNDATIONS.contains(&site.key.as_str()) && !names_site(entry, site, around.confusable) {
        let reason =
            format!("{} is the website of a foundation, which lends it to many. Whose this row is, it does not say.", site.key);
        return Some(Judged::new(entry, Outcome::Skip, reason));
    }
    if site.shared && !around.may_share {
        let reason = "Its website is a page on a host that many share. Bring the organization's own website.";
        return Some(Judged::new(entry, Outcome::Skip, reason));
    }
    None
}

/// Rows that are still open, by identity, in the order in which an identity first appears.
fn groups(entries: &[Entry], judged: &[Option<Judged>]) -> Vec<Vec<usize>> {
    let mut order: Vec<Vec<usize>> = Vec::new();
    let mut found: HashMap<&str, usize> = HashMap::new();
    for (place, entry) in entries.iter().enumerate() {
        if let (Ok(site), None) = (&entry.site, &judged[place]) {
            let group = *found.entry(site.key.as_str()).or_insert_with(|| {
                order.push(Vec::new());
                order.len() - 1
            });
            order[group].push(place);
        }
    }
    order
}

fn names_site(entry: &Entry, site: &Site, confusable: fn(&str, &str) -> bool) -> bool {
    entry.plain == site.skeleton || confusable(&entry.plain, &site.skeleton)
}

/// The row that stands for the owner of the website: whom somebody chose; a member; a name that is the website's; else the
/// front page, when all rows there have one name.
fn lead(entries: &[Entry], places: &[usize], confusable: fn(&str, &str) -> bool) -> Option<usize> {
    let of = |place: &usize| entries[*place].site.as_ref().ok().map(|site| (&entries[*place], site));
    let find = |wanted: &dyn Fn(&Entry, &Site) -> bool| {
        places.iter().copied().find(|place| of(place).is_some_and(|(entry, site)| wanted(entry, site)))
    };
    find(&|entry, _| entry.choice == Some(Choice::Make))
        .or_else(|| find(&|entry, _| entry.rank == Rank::Member))
        .or_else(|| find(&|entry, site| entry.rank == Rank::Provider && names_site(entry, site, confusable)))
        .or_else(|| find(&|entry, site| site.is_front && names_site(entry, site, confusable)))
        .or_else(|| find(&|entry, site| entry.plain == site.skeleton))
        .or_else(|| {
            let front: Vec<usize> =
                places.iter().copied().filter(|place| of(place).is_some_and(|(_, site)| site.is_front)).collect();
            let first = *front.first()?;
            front.iter().all(|place| entries[*place].plain == entries[first].plain).then_some(first)
        })
}

/// A row whose website belongs to somebody here.
fn owned(entry: &Entry, owner: &Known) -> Judged {
    // First: nothing leads to a profile that is off the marketplace, not even its own name.
    if owner.status == VerificationStatus::Disabled {
        return Judged::new(entry, Outcome::Skip, "The profile that owns this website is disabled, and stays so.");
    }
    let there = if owner.is_called(entry) {
        Some("has a profile already".to_owned())
    } else if owner.was_called(entry) {
        Some(format!("was merged into {}, which is here", owner.name))
    } else {
        owner.products.contains(&entry.skeleton).then(|| "stands on that profile already".to_owned())
    };
    if let Some(what) = there {
        return Judged::new(entry, Outcome::There, format!("{} {what}.", entry.name)).with(owner);
    }
    match owner.status {
        VerificationStatus::CommunityAdded => {
            Judged::new(entry, Outcome::Merge, format!("A product on the website of {}, which is here.", owner.name))
                .with(owner)
                .product()
        }
        _ => {
            let reason = format!("The website belongs to {}, whose own people keep its profile.", owner.name);
            Judged::new(entry, Outcome::Skip, reason).with(owner)
        }
    }
}

/// A row that would make a profile, unless its name may be taken for another's.
fn newcomer(entry: &Entry, leads: &Leads, around: &Around<'_>) -> Judged {
    if entry.choice == Some(Choice::Make) {
        return Judged::new(entry, Outcome::Make, "A new profile, as you decided.");
    }
    let mut here = around.alike.get(&entry.number).into_iter().flatten();
    if let Some(known) = here.find(|known| (around.confusable)(&entry.skeleton, &known.skeleton)) {
        return match (entry.choice, known.status) {
            (Some(Choice::Merge), VerificationStatus::CommunityAdded) => {
                Judged::new(entry, Outcome::Merge, format!("With {}, as you decided.", known.name)).with(known).product()
            }
            (Some(Choice::Merge), _) => {
                let reason = format!("It is {}, whose own people keep its profile.", known.name);
                Judged::new(entry, Outcome::There, reason).with(known)
            }
            _ => {
                let reason =
                    format!("The name may be taken for {}, which is here with another website. Are they one?", known.name);
                Judged::new(entry, Outcome::Ask, reason).with(known)
            }
        };
    }
    match leads.alike(&entry.skeleton, around.confusable) {
        Some((number, _)) if entry.choice == Some(Choice::Merge) => {
            Judged::new(entry, Outcome::Merge, format!("With line {number}, as you decided.")).with_row(number).product()
        }
        Some((number, name)) => {
            let reason = format!("The name may be taken for {name} (line {number}), with another website. Are they one?");
            Judged::new(entry, Outcome::Ask, reason).with_row(number)
        }
        None => {
            let unclaimable = entry.site.as_ref().is_ok_and(|site| site.shared);
            let reason = if unclaimable {
                "A new profile. Its website is a place on a shared host, so that nobody can prove by a mailbox that it is theirs."
            } else {
                "A new profile."
            };
            Judged::new(entry, Outcome::Make, reason)
        }
    }
}

/// A row that goes with the lead of its website.
fn follower(entry: &Entry, lead: &Entry, verdict: &Judged) -> Judged {
    let same = entry.plain == lead.plain || entry.skeleton == lead.skeleton;
    let number = lead.number;
    match verdict.outcome {
        Outcome::Make if same => {
            Judged::new(entry, Outcome::Merge, format!("The same organization as line {number}.")).with_row(number)
        }
        Outcome::Make => {
            Judged::new(entry, Outcome::Merge, format!("A product on the website of {} (line {number}).", lead.name))
                .with_row(number)
                .product()
        }
        Outcome::Merge => {
            Judged { number: entry.number, reason: format!("Goes with line {number}."), as_product: true, ..verdict.clone() }
        }
        Outcome::There => Judged { number: entry.number, reason: format!("Goes with line {number}."), ..verdict.clone() },
        _ => {
            Judged::new(entry, Outcome::Ask, format!("Goes with line {number}, which waits for your decision.")).with_row(number)
        }
    }
}

/// A row on somebody's website, where no row says who that is.
fn ownerless(entry: &Entry, leads: &Leads, around: &Around<'_>) -> Judged {
    if let Some(known) = merged_before(entry, around) {
        return as_before(entry, known);
    }
    let Ok(site) = &entry.site else { return Judged::new(entry, Outcome::Problem, "It could not be read.") };
    let maker = leads.named(&site.skeleton);
    if let (Some((number, name)), Some(Choice::Merge)) = (maker, entry.choice) {
        return Judged::new(entry, Outcome::Merge, format!("A product of {name} (line {number}), as you decided."))
            .with_row(number)
            .product();
    }
    let mut reason = if site.shared {
        format!("It stands in the place {} on a shared host, and whose that is cannot be told.", site.key)
    } else {
        format!("It stands on a part of {}, and no row names the organization that owns it.", site.key)
    };
    match maker {
        Some((number, name)) => {
            reason.push_str(&format!(" {name} (line {number}) may be its maker."));
            Judged::new(entry, Outcome::Ask, reason).with_row(number)
        }
        None => Judged::new(entry, Outcome::Ask, reason),
    }
}

/// The rows that make profiles, for comparing names.
#[derive(Default)]
struct Leads {
    all: Vec<(u64, String, u32, String)>,
}

impl Leads {
    fn add(&mut self, entry: &Entry) {
        self.all.push((letters(&entry.skeleton), entry.skeleton.clone(), entry.number, entry.name.clone()));
    }

    /// An earlier row with a name that may be taken for this one.
    fn alike(&self, skeleton: &str, confusable: fn(&str, &str) -> bool) -> Option<(u32, &str)> {
        let mask = letters(skeleton);
        self.all
            .iter()
            // Two slips change at most four letters: most pairs are told apart without comparing them.
            .filter(|(other, ..)| (other ^ mask).count_ones() <= 4)
            .find(|(_, other, ..)| confusable(skeleton, other))
            .map(|(_, _, number, name)| (*number, name.as_str()))
    }

    fn named(&self, skeleton: &str) -> Option<(u32, &str)> {
        let same = self.all.iter().find(|(_, other, ..)| other == skeleton && !skeleton.is_empty());
        same.map(|(_, _, number, name)| (*number, name.as_str()))
    }
}

/// Which letters a skeleton has, as bits.
fn letters(skeleton: &str) -> u64 {
    skeleton.chars().fold(0, |bits, letter| bits | 1 << (u32::from(letter) % 64))
}

/// The name without what stands in brackets at its end: `Kubermatic (KCNTP)` is Kubermatic.
pub fn without_brackets(name: &str) -> &str {
    match name.rsplit_once(" (") {
        Some((front, back)) if back.ends_with(')') && !front.trim().is_empty() => front.trim_end(),
        _ => name,
    }
}

/// Text that fits: cut at a word, with a sign that something is missing.
pub fn shortened(text: &str, most: usize) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.chars().count() <= most {
        return text;
    }
    let cut: String = text.chars().take(most - 1).collect();
    let at_word = cut.rfind(' ').map_or(cut.as_str(), |at| &cut[..at]);
    format!("{}…", at_word.trim_end_matches([',', ';', ':', '.', ' ']))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn skeleton(text: &str) -> String {
        text.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect()
    }

    fn same(a: &str, b: &str) -> bool {
        !a.is_empty() && a == b
    }

    /// `example.com` is a front page, `example.com/x` is not; `hub/x` is the place `hub/x` on a shared host.
    fn entry(number: u32, name: &str, site: &str) -> Entry {
        let shared = site.starts_with("hub/");
        let (key, is_front) = match (shared, site.match_indices('/').nth(usize::from(shared))) {
            (_, Some((at, _))) => (&site[..at], false),
            (_, None) => (site, true),
        };
        let own = key.trim_start_matches("hub/").trim_end_matches(".com");
        Entry {
            number,
            name: name.into(),
            skeleton: skeleton(name),
            plain: skeleton(without_brackets(name)),
            rank: Rank::Product,
            site: Ok(Site { key: key.into(), shared, is_front, skeleton: skeleton(own) }),
            choice: None,
        }
    }

    struct World {
        owners: HashMap<String, Known>,
        waiting: HashSet<String>,
        alike: HashMap<u32, Vec<Known>>,
        merged: HashMap<u32, Known>,
    }

    fn world() -> World {
        World { owners: HashMap::new(), waiting: HashSet::new(), alike: HashMap::new(), merged: HashMap::new() }
    }

    fn known(name: &str, status: VerificationStatus) -> Known {
        let products = vec!["query".into()];
        Known { id: Uuid::from_u128(7), name: name.into(), skeleton: skeleton(name), status, products, merged: vec![] }
    }

    fn told(entries: &[Entry], world: &World) -> Vec<(Outcome, Option<u32>, bool)> {
        let around = Around {
            owners: &world.owners,
            waiting: &world.waiting,
            alike: &world.alike,
            merged: &world.merged,
            may_share: true,
            confusable: same,
        };
        judge(entries, &around).into_iter().map(|it| (it.outcome, it.into_row, it.as_product)).collect()
    }

    #[test]
    fn one_website_is_one_organization_with_products() {
        let rows = [
            entry(2, "Acme Query", "acme.com/query"),
            entry(3, "Acme", "acme.com"),
            entry(4, "Acme (training)", "acme.com/training"),
            entry(5, "Globex", "globex.com"),
        ];
        assert_eq!(
            told(&rows, &world()),
            [
                (Outcome::Merge, Some(3), true),
                (Outcome::Make, None, false),
                (Outcome::Merge, Some(3), false),
                (Outcome::Make, None, false)
            ]
        );
    }

    #[test]
    fn a_part_of_somebodys_website_is_nobodys_until_somebody_decides() {
        let mut rows = vec![entry(2, "Blue Storage", "big.com/storage"), entry(3, "Blue Queue", "big.com/queue")];
        assert_eq!(told(&rows, &world()), [(Outcome::Ask, None, false), (Outcome::Ask, None, false)]);
        rows[1].choice = Some(Choice::Make);
        assert_eq!(told(&rows, &world()), [(Outcome::Merge, Some(3), true), (Outcome::Make, None, false)]);
        rows[0].choice = Some(Choice::Skip);
        assert_eq!(told(&rows, &world())[0].0, Outcome::Skip);
        // Two names on one front page: neither is the owner's for certain.
        let rows = [entry(2, "One Cloud", "vv.com"), entry(3, "Two Cloud", "vv.com")];
        assert_eq!(told(&rows, &world()), [(Outcome::Ask, None, false), (Outcome::Ask, None, false)]);
    }

    #[test]
    fn places_on_shared_hosts_and_foundations() {
        let rows = [
            entry(2, "Acme", "acme.com"),
            entry(3, "Grip", "hub/acme/grip"),
            entry(4, "Solo", "hub/solo"),
            entry(5, "Tool", "hub/somebody/tool"),
            entry(6, "Mesos", "apache.org/mesos"),
        ];
        let judged = told(&rows, &world());
        assert_eq!(judged[1], (Outcome::Ask, Some(2), false), "its maker may be here");
        assert_eq!(judged[2].0, Outcome::Make);
        assert_eq!(judged[3], (Outcome::Ask, None, false));
        assert_eq!(judged[4].0, Outcome::Skip);
        let mut decided = rows;
        decided[1].choice = Some(Choice::Merge);
        assert_eq!(told(&decided, &world())[1], (Outcome::Merge, Some(2), true));
    }

    #[test]
    fn what_is_here_is_not_made_again() {
        let rows = [entry(2, "Acme", "acme.com"), entry(3, "Query", "acme.com/q"), entry(4, "Build", "acme.com/b")];
        let mut world = world();
        world.owners.insert("acme.com".into(), known("Acme", VerificationStatus::CommunityAdded));
        assert_eq!(
            told(&rows, &world).iter().map(|it| it.0).collect::<Vec<_>>(),
            [Outcome::There, Outcome::There, Outcome::Merge]
        );
        world.owners.insert("acme.com".into(), known("Acme", VerificationStatus::Verified));
        assert_eq!(told(&rows, &world)[2].0, Outcome::Skip, "its own people keep it");
        world.owners.insert("acme.com".into(), known("Other", VerificationStatus::Disabled));
        assert_eq!(told(&rows, &world)[0].0, Outcome::Skip);
        world.owners.insert("acme.com".into(), known("Acme", VerificationStatus::Disabled));
        assert!(told(&rows, &world).iter().all(|it| it.0 == Outcome::Skip), "its own name and products lead nowhere either");
        world.owners.clear();
        world.waiting.insert("acme.com".into());
        assert_eq!(told(&rows, &world)[0].0, Outcome::Skip);
    }

    #[test]
    fn what_was_merged_is_what_it_was_merged_into() {
        let rows = [entry(2, "Old (training)", "old.com"), entry(3, "Query", "old.com/q"), entry(4, "Build", "old.com/b")];
        let mut world = world();
        let outcomes = |world: &World| told(&rows, world).iter().map(|it| it.0).collect::<Vec<_>>();
        for (status, build) in [
            (VerificationStatus::CommunityAdded, Outcome::Merge),
            // Its name and its products are there; what else stood on its website is for its own people to say.
            (VerificationStatus::Verified, Outcome::Skip),
        ] {
            world.owners.insert("old.com".into(), Known { merged: vec!["old".into()], ..known("Acme", status) });
            assert_eq!(outcomes(&world), [Outcome::There, Outcome::There, build], "{status:?}");
        }
        let gone = Known { merged: vec!["old".into()], ..known("Acme", VerificationStatus::Disabled) };
        world.owners.insert("old.com".into(), gone);
        assert_eq!(outcomes(&world), [Outcome::Skip; 3]);
        // And where somebody decided by hand, before it was merged.
        world.owners.clear();
        world.merged.insert(2, Known { merged: vec!["old".into()], ..known("Acme", VerificationStatus::CommunityAdded) });
        assert_eq!(outcomes(&world)[0], Outcome::There);
    }

    #[test]
    fn names_that_may_be_taken_for_each_other_are_asked_about() {
        let mut rows =
            vec![entry(2, "Cortex", "cortex.com"), entry(3, "Cortex", "cortexmetrics.com"), entry(4, "Acme", "acme.com")];
        let mut world = world();
        world.alike.insert(4, vec![known("ACME", VerificationStatus::CommunityAdded)]);
        assert_eq!(
            told(&rows, &world),
            [(Outcome::Make, None, false), (Outcome::Ask, Some(2), false), (Outcome::Ask, None, false)]
        );
        rows[1].choice = Some(Choice::Make);
        rows[2].choice = Some(Choice::Merge);
        assert_eq!(told(&rows, &world).iter().map(|it| it.0).collect::<Vec<_>>(), [Outcome::Make, Outcome::Make, Outcome::Merge]);
        world.alike.insert(4, vec![known("ACME", VerificationStatus::Verified)]);
        assert_eq!(told(&rows, &world)[2].0, Outcome::There);
    }

    #[test]
    fn what_was_merged_by_hand_is_not_asked_about_again() {
        let mut rows = vec![
            entry(2, "Query", "hub/acme/query"),
            entry(3, "ACME", "acme.io"),
            entry(4, "Acme Build", "acme.io/build"),
            entry(5, "Other", "hub/other/x"),
        ];
        let mut world = world();
        world.alike.insert(3, vec![known("Acme", VerificationStatus::CommunityAdded)]);
        let all = |told: Vec<(Outcome, Option<u32>, bool)>| told.into_iter().map(|it| it.0).collect::<Vec<_>>();
        assert_eq!(all(told(&rows, &world)), [Outcome::Ask, Outcome::Ask, Outcome::Ask, Outcome::Make]);
        world.merged.insert(2, known("Acme", VerificationStatus::CommunityAdded));
        world.merged.insert(3, known("Acme", VerificationStatus::CommunityAdded));
        // Its product stands there, it is the same one, what is new on its website is one product more.
        assert_eq!(all(told(&rows, &world)), [Outcome::There, Outcome::There, Outcome::Merge, Outcome::Make]);
        // Who wants it otherwise now says so.
        rows[0].choice = Some(Choice::Make);
        rows[1].choice = Some(Choice::Skip);
        assert_eq!(all(told(&rows, &world))[..2], [Outcome::Make, Outcome::Skip]);
        rows[1].choice = None;
        world.merged.insert(3, known("Acme", VerificationStatus::Verified));
        assert_eq!(all(told(&rows, &world))[1..3], [Outcome::There; 2], "its own people keep it");
        world.merged.insert(3, known("Acme", VerificationStatus::Disabled));
        assert_eq!(all(told(&rows, &world))[1..3], [Outcome::Skip; 2]);
        // Somebody owns the website by now: that goes first.
        world.owners.insert("acme.io".into(), known("Acme IO", VerificationStatus::CommunityAdded));
        assert_eq!(all(told(&rows, &world))[2], Outcome::Merge);
    }

    #[test]
    fn texts_are_cut_at_words() {
        assert_eq!(shortened("one  two\nthree", 80), "one two three");
        assert_eq!(shortened("one two three", 10), "one two…");
        assert_eq!(without_brackets("Kubermatic (KCNTP)"), "Kubermatic");
        assert_eq!(without_brackets("(x)"), "(x)");
    }
}
