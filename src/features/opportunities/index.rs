//! The list's index: what stands open or full on the marketplace, in memory, so that a page costs the same for a thousand
//! opportunities and for a hundred thousand. Kept for each instance by `main`.
//!
//! Promises: an answer is what [`Ask::may_hold`] says of every row whose day is ahead, in the order that was asked for, with
//! the sum of [`Wishes::fit`]; counts are exact. A page begins after a row's own keys, which are those of the database's pages.
//! Where only the database knows what a word is, there is no answer. Does not say what may be shown: rows are read by id from
//! the database, which has the last word.

use super::{
    board::{
        Ask, BoardOrder, CATEGORY_POINTS, EVENT_TYPE_POINTS, Offer, REGION_POINTS, TECHNOLOGIES_COUNTED, TECHNOLOGY_POINTS,
        Wishes,
    },
    store::After,
    store_index,
};
use crate::{
    kernel::{
        error::AppResult,
        labels::{Band, Category, EventCategory, EventFormat, EventType, Region},
        money::Currency,
        search::Weight,
    },
    platform::{
        ctx::Ctx,
        index::{
            Change, Kept, Mark, Row, Source,
            parts::{Ordered, Postings, Rows, Sets, begun, moment_bucket, moment_label, moment_of},
        },
    },
};
use chrono::{DateTime, NaiveDate, Utc};
use roaring::RoaringBitmap;
use std::{
    cmp::Ordering,
    collections::{BTreeMap, HashMap},
    ops::Bound,
};
use uuid::Uuid;

/// An opportunity that stands on the marketplace, open or full.
#[derive(Debug, Clone)]
pub struct Standing {
    pub id: Uuid,
    pub community: Uuid,
    pub is_full: bool,
    pub decision_at: DateTime<Utc>,
    pub opened_at: DateTime<Utc>,
    pub offer: Offer,
}

/// What is asked of the index.
pub struct Question<'a> {
    pub ask: &'a Ask,
    /// For the order by match.
    pub wishes: Option<&'a Wishes>,
    /// What is decided until now is over.
    pub now: DateTime<Utc>,
    /// Communities of which this reader sees nothing.
    pub hidden: &'a [Uuid],
    /// Of the order that is asked for.
    pub after: Option<After>,
    /// Rows to leave out at the beginning, where somebody counts pages; small.
    pub skip: usize,
    pub limit: usize,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub ids: Vec<Uuid>,
    /// Where the next page begins; nothing at the end.
    pub next: Option<After>,
    pub total: u64,
}

/// What a row is narrowed by as a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Field {
    EventType,
    EventCategory,
    Category,
    Format,
    Region,
    Currency,
    Budget,
    Technology,
}

/// The orders that are kept; the match is the deadline among those of the same sum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    Deadline,
    Newest,
    Budget,
}

impl By {
    fn bucket(self, label: u64) -> u32 {
        match self {
            Self::Deadline | Self::Newest => moment_bucket(label),
            // From a power of two to the next.
            Self::Budget => (!label).leading_zeros(),
        }
    }
}

fn moment(at: DateTime<Utc>) -> u64 {
    moment_label(at.timestamp_micros())
}

fn amount(minor: i64) -> u64 {
    u64::try_from(minor).unwrap_or_default()
}

/// The index.
#[derive(Default)]
pub struct Offers {
    rows: Rows,
    deadline: Ordered,
    newest: Ordered,
    budget: Ordered,
    full: RoaringBitmap,
    /// Those who look for a sponsor, and not for a partner.
    sponsored: RoaringBitmap,
    /// Those whose event names a region.
    placed: RoaringBitmap,
    values: HashMap<Field, Sets>,
    days: BTreeMap<NaiveDate, RoaringBitmap>,
    communities: HashMap<Uuid, Vec<u32>>,
    /// Technologies in lower case, as wishes name them: a row as often as it names one.
    shared: HashMap<String, Vec<u32>>,
    words: BTreeMap<Box<str>, Postings>,
}

impl Offers {
    /// Nothing where only the database can answer.
    pub fn find(&self, question: &Question<'_>) -> Option<Found> {
        let rows = self.matching(question)?;
        let wanted = question.limit + question.skip;
        // One more than is shown says whether there is more.
        let mut found = match question.ask.order {
            BoardOrder::Deadline => self.along(By::Deadline, &rows, question.after, wanted + 1),
            BoardOrder::Newest => self.along(By::Newest, &rows, question.after, wanted + 1),
            BoardOrder::Budget => self.along(By::Budget, &rows, question.after, wanted + 1),
            BoardOrder::Match => self.best(&rows, question.wishes?, question.after, wanted + 1),
        };
        let more = found.len() > wanted;
        found.truncate(wanted);
        let last = found.last().filter(|_| more).map(|(points, row)| self.place(question.ask.order, *points, *row));
        found.drain(..question.skip.min(found.len()));
        Some(Found { ids: found.into_iter().map(|(_, row)| self.rows.id(row)).collect(), next: last, total: rows.len() })
    }

    /// All that fits.
    fn matching(&self, question: &Question<'_>) -> Option<RoaringBitmap> {
        let ask = question.ask;
        let beginnings = ask.beginnings()?;
        let mut rows = self.rows.alive().clone();
        let now = moment(question.now);
        rows -= self.deadline.up_to(now, By::Deadline.bucket(now));
        if !ask.full_too {
            rows -= &self.full;
        }
        for (field, value) in [
            (Field::EventType, ask.event_type.map(EventType::label)),
            (Field::EventCategory, ask.event_category.map(EventCategory::label)),
            (Field::Category, ask.category.map(Category::label)),
            (Field::Format, ask.format.map(EventFormat::label)),
            (Field::Region, ask.region.map(Region::label)),
            (Field::Currency, ask.currency.map(Currency::code)),
        ] {
            if let Some(value) = value {
                rows &= self.one_of(field, [value]);
            }
        }
        if let Some(band) = ask.budget {
            rows &= self.one_of(Field::Budget, [band.key().as_str()]);
        }
        if !ask.technologies.is_empty() {
            rows &= self.one_of(Field::Technology, ask.technologies.iter().map(String::as_str));
        }
        match (ask.decides_from, ask.decides_by) {
            (None, None) => {}
            (Some(from), Some(by)) if from > by => rows.clear(),
            (from, by) => {
                let days = (from.map_or(Bound::Unbounded, Bound::Included), by.map_or(Bound::Unbounded, Bound::Included));
                let mut decided = RoaringBitmap::new();
                for (_, set) in self.days.range::<NaiveDate, _>(days) {
                    decided |= set;
                }
                rows &= decided;
            }
        }
        for beginning in beginnings {
            rows &= self.beginning(beginning);
        }
        for row in question.hidden.iter().filter_map(|community| self.communities.get(community)).flatten() {
            rows.remove(*row);
        }
        Some(rows)
    }

    /// Rows with one of these values.
    fn one_of<'a>(&self, field: Field, values: impl IntoIterator<Item = &'a str>) -> RoaringBitmap {
        let mut rows = RoaringBitmap::new();
        if let Some(sets) = self.values.get(&field) {
            for set in values.into_iter().filter_map(|value| sets.get(value)) {
                rows |= set;
            }
        }
        rows
    }

    /// Rows with a word that begins like this.
    fn beginning(&self, start: &str) -> RoaringBitmap {
        let mut rows = RoaringBitmap::new();
        for postings in begun(&self.words, start) {
            postings.add_any_to(&mut rows);
        }
        rows
    }

    // ── Order ───────────────────────────────────────────────────────────────────────────────────────────────────────

    const fn ordered(&self, by: By) -> &Ordered {
        match by {
            By::Deadline => &self.deadline,
            By::Newest => &self.newest,
            By::Budget => &self.budget,
        }
    }

    /// The first rows after a place; without points.
    fn along(&self, by: By, rows: &RoaringBitmap, after: Option<After>, wanted: usize) -> Vec<(i32, u32)> {
        let edge = match (by, after) {
            (By::Deadline, Some(After::Deadline(at, id))) => Some((moment(at), id)),
            (By::Newest, Some(After::Newest(at, id))) => Some((!moment(at), id)),
            (By::Budget, Some(After::Budget(most, id))) => Some((!amount(most), id)),
            _ => None,
        };
        self.walk(by, rows, edge, wanted).into_iter().map(|row| (0, row)).collect()
    }

    /// The rows that fit best, with their points.
    fn best(&self, rows: &RoaringBitmap, wishes: &Wishes, after: Option<After>, wanted: usize) -> Vec<(i32, u32)> {
        let tiers = self.tiers(rows, wishes);
        let mut found: Vec<(i32, u32)> = Vec::new();
        for (points, tier) in tiers.iter().rev() {
            let edge = match after {
                Some(After::Match(begun, ..)) if *points > begun => continue,
                Some(After::Match(begun, at, id)) if *points == begun => Some((moment(at), id)),
                _ => None,
            };
            let left = wanted - found.len();
            if left == 0 {
                break;
            }
            found.extend(self.walk(By::Deadline, tier, edge, left).into_iter().map(|row| (*points, row)));
        }
        found
    }

    /// These rows by their points; the same sum as [`Wishes::fit`].
    fn tiers(&self, rows: &RoaringBitmap, wishes: &Wishes) -> BTreeMap<i32, RoaringBitmap> {
        let mut points = vec![0_i32; self.rows.numbered()];
        for row in wishes.technologies.iter().filter_map(|name| self.shared.get(name)).flatten() {
            points[*row as usize] += 1;
        }
        let most = i32::try_from(TECHNOLOGIES_COUNTED).unwrap_or(i32::MAX);
        for of_row in &mut points {
            *of_row = TECHNOLOGY_POINTS * most.min(*of_row);
        }
        let mut add = |set: &RoaringBitmap, more: i32| {
            for row in set {
                points[row as usize] += more;
            }
        };
        add(&self.one_of(Field::EventType, wishes.event_types.iter().map(String::as_str)), EVENT_TYPE_POINTS);
        if wishes.any_region() {
            add(&self.placed, REGION_POINTS);
        } else {
            add(&self.one_of(Field::Region, wishes.regions.iter().map(String::as_str)), REGION_POINTS);
        }
        if wishes.sponsors {
            add(&(rows & &self.sponsored), CATEGORY_POINTS);
        }
        if wishes.partners {
            add(&(rows - &self.sponsored), CATEGORY_POINTS);
        }
        let mut tiers: BTreeMap<i32, RoaringBitmap> = BTreeMap::new();
        for row in rows {
            tiers.entry(points[row as usize]).or_default().insert(row);
        }
        tiers
    }

    fn walk(&self, by: By, rows: &RoaringBitmap, edge: Option<(u64, Uuid)>, wanted: usize) -> Vec<u32> {
        let order = self.ordered(by);
        let towards = |ids: Ordering| if by == By::Deadline { ids } else { ids.reverse() };
        let compare =
            |a: u32, b: u32| order.label(a).cmp(&order.label(b)).then_with(|| towards(self.rows.id(a).cmp(&self.rows.id(b))));
        let is_beyond = |row: u32| {
            edge.is_none_or(|(label, id)| {
                order.label(row).cmp(&label).then_with(|| towards(self.rows.id(row).cmp(&id))) == Ordering::Greater
            })
        };
        order.first(rows, edge.map(|(label, _)| by.bucket(label)), false, wanted, &is_beyond, &compare)
    }

    fn place(&self, order: BoardOrder, points: i32, row: u32) -> After {
        let id = self.rows.id(row);
        let at = |label: u64| moment_of(label).unwrap_or_default();
        match order {
            BoardOrder::Deadline => After::Deadline(at(self.deadline.label(row)), id),
            BoardOrder::Newest => After::Newest(at(!self.newest.label(row)), id),
            BoardOrder::Budget => After::Budget(i64::try_from(!self.budget.label(row)).unwrap_or(i64::MAX), id),
            BoardOrder::Match => After::Match(points, at(self.deadline.label(row)), id),
        }
    }

    fn add(&mut self, field: Field, value: &str, row: u32) {
        self.values.entry(field).or_default().put(value, row);
    }
}

impl Kept for Offers {
    type Row = Standing;

    fn id(row: &Standing) -> Uuid {
        row.id
    }

    fn put(&mut self, row: &Standing) {
        self.remove(row.id);
        let Some(number) = self.rows.push(row.id) else { return };
        let offer = &row.offer;
        let label = moment(row.decision_at);
        self.deadline.push(number, label, By::Deadline.bucket(label));
        let label = !moment(row.opened_at);
        self.newest.push(number, label, By::Newest.bucket(label));
        let label = !amount(offer.budget_max);
        self.budget.push(number, label, By::Budget.bucket(label));
        if row.is_full {
            self.full.insert(number);
        }
        if Category::parse(&offer.category).is_ok_and(Category::is_sponsor) {
            self.sponsored.insert(number);
        }
        if offer.region.is_some() {
            self.placed.insert(number);
        }
        self.days.entry(offer.decision_date).or_default().insert(number);
        self.communities.entry(row.community).or_default().push(number);
        for (field, value) in [
            (Field::EventType, offer.event_type.as_deref()),
            (Field::EventCategory, offer.event_category.as_deref()),
            (Field::Category, Some(offer.category.as_str())),
            (Field::Format, offer.format.as_deref()),
            (Field::Region, offer.region.as_deref()),
            (Field::Currency, Some(offer.currency.as_str())),
        ] {
            if let Some(value) = value {
                self.add(field, value, number);
            }
        }
        for band in Band::all().filter(|band| offer.is_within(*band)) {
            self.add(Field::Budget, &band.key(), number);
        }
        for technology in &offer.technologies {
            self.add(Field::Technology, technology, number);
            self.shared.entry(technology.to_lowercase()).or_default().push(number);
        }
        for word in &offer.words {
            match self.words.get_mut(word.as_str()) {
                Some(postings) => postings.push(number, Weight::Text),
                None => {
                    let mut postings = Postings::default();
                    postings.push(number, Weight::Text);
                    self.words.insert(word.as_str().into(), postings);
                }
            }
        }
    }

    fn remove(&mut self, id: Uuid) {
        self.rows.remove(id);
    }

    fn rows(&self) -> u64 {
        self.rows.alive().len()
    }

    fn is_worn(&self) -> bool {
        self.rows.are_worn()
    }

    fn bytes(&self) -> usize {
        let sets = |set: &RoaringBitmap| set.serialized_size() + 96;
        let orders = [&self.deadline, &self.newest, &self.budget].into_iter().map(Ordered::bytes).sum::<usize>();
        let own = [&self.full, &self.sponsored, &self.placed].into_iter().map(sets).sum::<usize>();
        let values = self.values.values().flat_map(Sets::all).chain(self.days.values()).map(sets).sum::<usize>();
        let lists = self.communities.values().chain(self.shared.values());
        let lists = lists.map(|list| list.capacity() * 4 + 64).sum::<usize>();
        let words = self.words.iter().map(|(word, postings)| word.len() + 64 + postings.bytes()).sum::<usize>();
        self.rows.bytes() + orders + own + values + lists + words
    }
}

/// What stands on the marketplace, open or full.
pub struct Opportunities;

impl Source for Opportunities {
    type Of = Offers;
    const LIST: &'static str = "opportunities";

    async fn after(ctx: &Ctx, id: Uuid, limit: i64) -> AppResult<Vec<Standing>> {
        store_index::list_standing(ctx.db(), id, limit).await
    }

    async fn changed(ctx: &Ctx, mark: Mark, limit: i64) -> AppResult<Vec<Change>> {
        store_index::list_changed(ctx.db(), mark, limit).await
    }

    async fn rows(ctx: &Ctx, of: &[Uuid]) -> AppResult<Vec<Row<Standing>>> {
        let row = |(id, row): (Uuid, Option<Standing>)| row.map_or(Row::Unlisted(id), |row| Row::Listed(Box::new(row)));
        Ok(store_index::list_standing_of(ctx.db(), of).await?.into_iter().map(row).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::opportunities::board::Board;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    const WORDS: &[&str] = &["gold", "goldfish", "hack", "hackfest", "été", "2fa", "rust"];
    const KINDS: &[&str] = &["Hackathon", "Meetup", "Conference"];
    const TOOLS: &[&str] = &["Rust", "rust", "Go", "Node.js", "C++"];
    const ROLES: &[&str] = &["Gold Sponsor", "Silver Sponsor", "Media Partner"];
    const REGIONS: &[&str] = &["South Asia", "Europe", "Global"];
    const TOPICS: &[&str] = &["Technology", "Data Science"];
    const FORMATS: &[&str] = &["Online", "Hybrid"];
    const CURRENCIES: &[&str] = &["INR", "USD"];
    const FULL_TOO: &[&str] = &["false"];
    const TYPED: &[&str] = &["gold", "hack", "rust gold", "gol", "x"];
    const ORDERS: &[&str] = &["", "newest", "budget", "match"];
    const BANDS: &[&str] = &["INR:200000-500000", "INR:500000-2000000", "USD:2500-10000", "INR:10000000-"];

    fn at(hours: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + hours * 3_600, 0).expect("a moment")
    }

    fn some(of: &'static [&'static str], most: usize) -> impl Strategy<Value = Vec<String>> {
        prop::collection::vec(prop::sample::select(of).prop_map(str::to_owned), 0..=most)
    }

    fn maybe(of: &'static [&'static str]) -> impl Strategy<Value = Option<String>> {
        prop::option::of(prop::sample::select(of).prop_map(str::to_owned))
    }

    fn row() -> impl Strategy<Value = Standing> {
        let event = (maybe(KINDS), maybe(TOPICS), maybe(FORMATS), maybe(REGIONS), some(TOOLS, 4));
        let money = (prop::sample::select(CURRENCIES), 0_i64..60, 0_i64..60);
        let when = (0_i64..400, 0_i64..60);
        let own = (1_u128..60, 1_u128..6, any::<bool>(), prop::sample::select(ROLES), some(WORDS, 4));
        (own, event, money, when).prop_map(|(own, event, (currency, least, more), (decided, opened))| {
            let (id, community, is_full, category, words) = own;
            let (event_type, event_category, format, region, technologies) = event;
            let decision_at = at(decided);
            Standing {
                id: Uuid::from_u128(id),
                community: Uuid::from_u128(community),
                is_full,
                decision_at,
                opened_at: at(opened),
                offer: Offer {
                    event_type,
                    event_category,
                    category: category.to_owned(),
                    format,
                    region,
                    currency: currency.to_owned(),
                    budget_min: least * 5_000_000,
                    budget_max: (least + more) * 5_000_000,
                    technologies,
                    // In some zones the day is another one.
                    decision_date: (decision_at + chrono::TimeDelta::hours(5)).date_naive(),
                    words,
                },
            }
        })
    }

    /// A question as an address asks it; most of what could be narrowed is not.
    fn question() -> impl Strategy<Value = Board> {
        let one = |of: &'static [&'static str]| {
            prop_oneof![
                3 => Just(String::new()),
                1 => prop::sample::select(of).prop_map(str::to_owned),
            ]
        };
        let event = (one(KINDS), one(TOPICS), one(FORMATS), one(REGIONS));
        let days = (prop::option::weighted(0.2, 0_i64..400), prop::option::weighted(0.2, 0_i64..400));
        let own = (one(ROLES), one(BANDS), one(FULL_TOO), one(TYPED));
        let sort = prop::sample::select(ORDERS);
        (event, some(TOOLS, 2), days, own, sort).prop_map(|(event, technologies, days, own, sort)| {
            let (event_type, event_category, format, region) = event;
            let (category, budget, place_left, search) = own;
            let (from, by) = match days {
                (Some(one), Some(other)) => (Some(one.min(other)), Some(one.max(other))),
                other => other,
            };
            let day = |hours: Option<i64>| hours.map(|hours| at(hours).date_naive().to_string()).unwrap_or_default();
            Board {
                search,
                event_type,
                event_category,
                category,
                format,
                region,
                currency: if sort == "budget" && budget.is_empty() { "INR".to_owned() } else { String::new() },
                budget,
                technologies: technologies.join(", "),
                decides_from: day(from),
                decides_by: day(by),
                place_left,
                sort: sort.to_owned(),
            }
        })
    }

    fn wishes() -> impl Strategy<Value = Wishes> {
        (some(KINDS, 2), some(REGIONS, 2), some(TOOLS, 4), any::<bool>(), any::<bool>()).prop_map(
            |(event_types, regions, technologies, sponsors, partners)| {
                let technologies: BTreeSet<String> = technologies.iter().map(|name| name.to_lowercase()).collect();
                Wishes { event_types, regions, technologies: technologies.into_iter().collect(), sponsors, partners }
            },
        )
    }

    fn index(rows: &[Standing]) -> Offers {
        let mut index = Offers::default();
        for row in rows {
            index.put(row);
        }
        index
    }

    /// What is found by somebody who reads every row and sorts them.
    fn by_hand<'a>(rows: &'a [Standing], question: &Question<'_>) -> Vec<&'a Standing> {
        let mut last: BTreeMap<Uuid, &Standing> = BTreeMap::new();
        for row in rows {
            last.insert(row.id, row);
        }
        let mut fits: Vec<&Standing> = last
            .into_values()
            .filter(|row| question.ask.may_hold(&row.offer) && (question.ask.full_too || !row.is_full))
            .filter(|row| row.decision_at > question.now && !question.hidden.contains(&row.community))
            .collect();
        let points = |row: &Standing| fit(question.wishes.expect("wishes"), row);
        fits.sort_by(|a, b| match question.ask.order {
            BoardOrder::Deadline => (a.decision_at, a.id).cmp(&(b.decision_at, b.id)),
            BoardOrder::Newest => (b.opened_at, b.id).cmp(&(a.opened_at, a.id)),
            BoardOrder::Budget => (b.offer.budget_max, b.id).cmp(&(a.offer.budget_max, a.id)),
            BoardOrder::Match => points(b).cmp(&points(a)).then_with(|| (a.decision_at, a.id).cmp(&(b.decision_at, b.id))),
        });
        fits
    }

    fn fit(wishes: &Wishes, row: &Standing) -> i32 {
        let category = Category::parse(&row.offer.category).expect("a role");
        wishes.fit(row.offer.event_type.as_deref(), row.offer.region.as_deref(), &row.offer.technologies, category).score
    }

    fn after(order: BoardOrder, wishes: &Wishes, row: &Standing) -> After {
        match order {
            BoardOrder::Deadline => After::Deadline(row.decision_at, row.id),
            BoardOrder::Newest => After::Newest(row.opened_at, row.id),
            BoardOrder::Budget => After::Budget(row.offer.budget_max, row.id),
            BoardOrder::Match => After::Match(fit(wishes, row), row.decision_at, row.id),
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

        /// What is found, in which order, how many, and where every page ends: as by somebody who reads every row.
        #[test]
        fn it_answers_as_who_reads_every_row(
            mut rows in prop::collection::vec(row(), 0..90),
            board in question(),
            wishes in wishes(),
            gone in prop::collection::vec(1_u128..60, 0..5),
            hidden in prop::collection::vec(1_u128..6, 0..2),
            now in 0_i64..200,
            limit in 1_usize..8,
        ) {
            let mut index = index(&rows);
            for id in gone.into_iter().map(Uuid::from_u128) {
                index.remove(id);
                rows.retain(|row| row.id != id);
            }
            let hidden: Vec<Uuid> = hidden.into_iter().map(Uuid::from_u128).collect();
            let ask = board.ask().expect("it can be meant");
            let question = |after: Option<After>, skip: usize, limit: usize| Question {
                ask: &ask, wishes: Some(&wishes), now: at(now), hidden: &hidden, after, skip, limit,
            };
            let whole = by_hand(&rows, &question(None, 0, 0));
            let ids: Vec<Uuid> = whole.iter().map(|row| row.id).collect();

            let found = index.find(&question(None, 0, 1_000)).expect("plain words");
            prop_assert_eq!(&found.ids, &ids);
            prop_assert_eq!((found.total, found.next), (ids.len() as u64, None));

            let (mut walked, mut place, mut turned) = (Vec::new(), None, 0);
            loop {
                let page = index.find(&question(place, 0, limit)).expect("plain words");
                prop_assert_eq!(page.total, ids.len() as u64);
                let counted = index.find(&question(None, turned * limit, limit)).expect("plain words");
                prop_assert_eq!(&counted.ids, &page.ids);
                prop_assert_eq!(counted.next, page.next);
                walked.extend(page.ids);
                place = page.next;
                turned += 1;
                let Some(next) = place else { break };
                prop_assert_eq!(next, after(ask.order, &wishes, whole[walked.len() - 1]));
            }
            prop_assert_eq!(walked, ids);
        }
    }

    /// More rows than are sorted whole: they are walked along their order.
    #[test]
    fn many_rows_are_walked_along_their_order() {
        let rows: Vec<Standing> = (0..9_000_i64)
            .map(|n| Standing {
                id: Uuid::from_u128(u128::try_from(n * 7_919 % 9_001).expect("not below nothing") + 1),
                community: Uuid::from_u128(1),
                is_full: n % 10 == 0,
                decision_at: at(n * 37 % 8_000),
                opened_at: at(-(n * 53 % 9_000)),
                offer: Offer {
                    event_type: Some(KINDS[usize::try_from(n % 3).expect("small")].to_owned()),
                    event_category: None,
                    category: ROLES[usize::try_from(n % 2 * 2).expect("small")].to_owned(),
                    format: None,
                    region: (n % 4 > 0).then(|| "Europe".to_owned()),
                    currency: "INR".to_owned(),
                    budget_min: 0,
                    budget_max: (n * 101 % 7_000) * 100_000,
                    technologies: TOOLS.iter().skip(usize::try_from(n % 5).expect("small")).map(|it| (*it).to_owned()).collect(),
                    decision_date: at(n * 37 % 8_000).date_naive(),
                    words: Vec::new(),
                },
            })
            .collect();
        let index = index(&rows);
        let wishes = Wishes {
            event_types: vec!["Meetup".into()],
            regions: vec!["Global".into()],
            technologies: vec!["go".into(), "rust".into()],
            sponsors: true,
            partners: false,
        };
        for sort in ["", "sort=newest", "sort=budget&currency=INR", "sort=match"] {
            let ask = Board::read(sort).ask().expect(sort);
            let mut place = None;
            let question = |after: Option<After>, limit: usize| Question {
                ask: &ask,
                wishes: Some(&wishes),
                now: at(500),
                hidden: &[],
                after,
                skip: 0,
                limit,
            };
            let whole: Vec<Uuid> = by_hand(&rows, &question(None, 0)).into_iter().map(|row| row.id).collect();
            assert!(whole.len() > 7_000, "{sort}");
            for part in whole.chunks(300) {
                let page = index.find(&question(place, 300)).expect("no words");
                assert!(page.ids == part && page.total == whole.len() as u64, "{sort}");
                place = page.next;
            }
            assert!(place.is_none(), "{sort}");
        }
    }

    #[test]
    fn words_that_only_the_database_knows_are_no_question_for_it() {
        let index = index(&[]);
        let found = |query: &str| {
            let ask = Board::read(query).ask().expect(query);
            index.find(&Question { ask: &ask, wishes: None, now: at(0), hidden: &[], after: None, skip: 0, limit: 5 })
        };
        assert_eq!(found("q=gold"), Some(Found { ids: Vec::new(), next: None, total: 0 }));
        assert_eq!((found("q=2fa"), found("q=gold+%C3%A9t%C3%A9"), found("sort=match")), (None, None, None));
        assert!(index.bytes() > 0 && !index.is_worn() && index.rows() == 0);
    }
}
