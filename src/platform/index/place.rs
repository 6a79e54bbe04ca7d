//! A place in a list, where a page of it begins or ends. An index and the database label rows alike and give the same places,
//! so that a page of the one goes on where a page of the other ended.

use super::parts::moment_label;
use crate::kernel::{
    fields::FieldErrors,
    page::{cursor, uncursor},
    search::Order,
};
use uuid::Uuid;

/// The tier of a list by relevance that the database made, which knows reputation alone.
pub(super) const FLAT: u8 = u8::MAX;

/// A larger reputation comes first.
pub(super) fn reputation_label(reputation: u32) -> u64 {
    !u64::from(reputation)
}

/// A later time comes first.
pub(super) fn since_label(since: i64) -> u64 {
    !moment_label(since)
}

/// The first eight bytes of a name.
pub(super) fn name_label(name: &str) -> u64 {
    let mut bytes = [0; 8];
    for (to, from) in bytes.iter_mut().zip(name.bytes()) {
        *to = from;
    }
    u64::from_be_bytes(bytes)
}

/// A place in a list: what its row is sorted by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub order: Order,
    /// Of a list by relevance: in which tier.
    pub tier: u8,
    pub label: u64,
    /// Of a list by name.
    pub name: String,
    pub id: Uuid,
    /// The page ends before it, and does not begin after it.
    pub before: bool,
}

impl Place {
    pub fn cursor(&self) -> String {
        let way = if self.before { "b" } else { "a" };
        cursor(&[way, self.order.label(), &self.tier.to_string(), &self.label.to_string(), &self.name, &self.id.to_string()])
    }

    /// # Errors
    /// It is no cursor of a list in this order.
    pub fn read(text: &str, order: Order) -> Result<Option<Self>, FieldErrors> {
        if text.is_empty() {
            return Ok(None);
        }
        let broken = || FieldErrors::one("cursor", "This cursor is of another list. Start again without it.");
        let [way, of, tier, label, name, id] = uncursor(text)?;
        let place = Self {
            order: Order::parse(&of).ok().filter(|of| *of == order).ok_or_else(broken)?,
            tier: tier.parse().map_err(|_| broken())?,
            label: label.parse().map_err(|_| broken())?,
            name,
            id: id.parse().map_err(|_| broken())?,
            before: way == "b",
        };
        Ok(Some(place))
    }
}
