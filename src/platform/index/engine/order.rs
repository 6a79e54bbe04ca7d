//! The orders of a list: what its rows are sorted by, and the rows that come next after a place, along one of the orders.

use super::Index;
use crate::{
    kernel::search::{Entry, Order},
    platform::index::{
        parts::{Ordered, moment_bucket},
        place::{Place, name_label, reputation_label, since_label},
    },
};
use roaring::RoaringBitmap;
use std::{borrow::Cow, cmp::Ordering};

/// The orders that are kept; relevance is reputation within each tier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    Reputation,
    Newest,
    Name,
}

impl By {
    fn of_label(self, label: u64) -> u32 {
        match self {
            Self::Reputation => u32::try_from(!label).unwrap_or(u32::MAX).leading_zeros(),
            Self::Newest => moment_bucket(label),
            Self::Name => u32::try_from(label >> 48).unwrap_or(u32::MAX),
        }
    }
}

/// All rows in every order.
pub(super) struct Orders {
    /// By number: the name that the row is sorted by.
    names: Vec<Box<str>>,
    reputation: Ordered,
    newest: Ordered,
    by_name: Ordered,
}

impl Orders {
    /// Along which sets of more than so many rows are walked.
    pub(super) const fn walked_above(small: u64) -> Self {
        Self {
            names: Vec::new(),
            reputation: Ordered::walked_above(small),
            newest: Ordered::walked_above(small),
            by_name: Ordered::walked_above(small),
        }
    }

    /// The next row, by its number.
    pub(super) fn put<F>(&mut self, number: u32, entry: &Entry<F>) {
        self.names.push(entry.sort_name.as_str().into());
        let label = reputation_label(entry.reputation);
        self.reputation.push(number, label, By::Reputation.of_label(label));
        let label = since_label(entry.since);
        self.newest.push(number, label, By::Newest.of_label(label));
        let label = name_label(&entry.sort_name);
        self.by_name.push(number, label, By::Name.of_label(label));
    }

    /// Forgets the name of a row that is no longer alive: it is never sorted again.
    pub(super) fn remove(&mut self, number: u32) {
        self.names[number as usize] = "".into();
    }

    const fn ordered(&self, by: By) -> &Ordered {
        match by {
            By::Reputation => &self.reputation,
            By::Newest => &self.newest,
            By::Name => &self.by_name,
        }
    }

    /// About how much memory they take.
    pub(super) fn bytes(&self) -> usize {
        let names = self.names.iter().map(|name| name.len() + 16).sum::<usize>();
        names + [&self.reputation, &self.newest, &self.by_name].into_iter().map(Ordered::bytes).sum::<usize>()
    }
}

impl<F> Index<F> {
    /// The place of a row in a list of this order.
    pub(super) fn place(&self, order: Order, by: By, tier: u8, row: u32, before: bool) -> Place {
        Place {
            order,
            tier,
            label: self.orders.ordered(by).label(row),
            name: if by == By::Name { self.orders.names[row as usize].to_string() } else { String::new() },
            id: self.rows.id(row),
            before,
        }
    }

    fn compare(&self, by: By, a: u32, b: u32) -> Ordering {
        let (order, names) = (self.orders.ordered(by), &self.orders.names);
        order.label(a).cmp(&order.label(b)).then_with(|| match by {
            By::Name => names[a as usize].cmp(&names[b as usize]).then_with(|| self.rows.id(a).cmp(&self.rows.id(b))),
            By::Reputation | By::Newest => self.rows.id(b).cmp(&self.rows.id(a)),
        })
    }

    /// Where a row of the place's tier stands against it.
    fn against(&self, by: By, row: u32, place: &Place) -> Ordering {
        self.orders.ordered(by).label(row).cmp(&place.label).then_with(|| match by {
            By::Name => {
                (*self.orders.names[row as usize]).cmp(place.name.as_str()).then_with(|| self.rows.id(row).cmp(&place.id))
            }
            By::Reputation | By::Newest => place.id.cmp(&self.rows.id(row)),
        })
    }

    /// The first rows after a place, or the last ones before it (the nearest first), along an order.
    pub(super) fn walk(
        &self,
        tiers: &[Cow<'_, RoaringBitmap>],
        first: u8,
        by: By,
        place: Option<&Place>,
        backwards: bool,
        limit: usize,
    ) -> Vec<(u8, u32)> {
        let mut found: Vec<(u8, u32)> = Vec::new();
        let towards = |order: Ordering| if backwards { order.reverse() } else { order };
        let mut numbered: Vec<(u8, &RoaringBitmap)> =
            tiers.iter().zip(first..=u8::MAX).map(|(rows, tier)| (tier, &**rows)).collect();
        if backwards {
            numbered.reverse();
        }
        for (tier, rows) in numbered {
            let wanted = limit - found.len();
            if wanted == 0 {
                break;
            }
            // In its own tier a place leaves rows out; tiers on its far side are whole, those on its near side are done.
            let edge = place.filter(|place| place.tier == tier);
            if place.is_some_and(|place| towards(tier.cmp(&place.tier)) == Ordering::Less) {
                continue;
            }
            let is_beyond = |row: u32| edge.is_none_or(|edge| towards(self.against(by, row, edge)) == Ordering::Greater);
            let compare = |a: u32, b: u32| towards(self.compare(by, a, b));
            let bucket = edge.map(|edge| by.of_label(edge.label));
            let best = self.orders.ordered(by).first(rows, bucket, backwards, wanted, &is_beyond, &compare);
            found.extend(best.into_iter().map(|row| (tier, row)));
        }
        found
    }
}
