//! Pages of a list. Everything is paged by key (`cursor`); the spec's `page` and `limit` are accepted to a bounded depth.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The most rows that one answer holds.
pub const MAX_LIMIT: u32 = 100;
/// Rows when nobody says otherwise.
pub const DEFAULT_LIMIT: u32 = 20;
/// How deep `page` may go: `page × limit` rows. Beyond it a cursor is asked for.
pub const MAX_DEPTH: u32 = 1_000;
/// Counts stop here: "1,000+" is honest, counting a million rows is not worth it.
pub const COUNT_CAP: i64 = 1_000;

/// A public page in the list that search engines read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    pub id: Uuid,
    /// The end of its address: a slug, or an id.
    pub tail: String,
    pub updated_at: DateTime<Utc>,
}

/// What a list was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRequest {
    /// Rows wanted, 1 to [`MAX_LIMIT`].
    pub limit: u32,
    /// Opaque: the last row's sort keys, as an earlier answer gave them.
    pub cursor: Option<String>,
    /// Rows to skip, for `page`; 0 with a cursor.
    pub offset: u32,
}

impl Default for PageRequest {
    fn default() -> Self {
        Self { limit: DEFAULT_LIMIT, cursor: None, offset: 0 }
    }
}

impl PageRequest {
    /// From the wire's `page` (1-based), `limit` and `cursor`.
    ///
    /// # Errors
    /// Names the parameter that is out of bounds.
    pub fn from_wire(page: Option<u32>, limit: Option<u32>, cursor: Option<String>) -> Result<Self, super::fields::FieldErrors> {
        let mut check = super::fields::Check::default();
        let limit = limit.unwrap_or(DEFAULT_LIMIT);
        let page = page.unwrap_or(1);
        check.ensure("limit", (1..=MAX_LIMIT).contains(&limit), "Ask for 1 to 100 rows.");
        check.ensure("page", page >= 1, "Pages start at 1.");
        check.ensure(
            "page",
            u64::from(page) * u64::from(limit) <= u64::from(MAX_DEPTH),
            "This is deeper than pages go. Follow nextCursor instead.",
        );
        check.ensure("page", page == 1 || cursor.is_none(), "Use either page or cursor, not both.");
        check.finish()?;
        Ok(Self { limit, cursor: cursor.filter(|c| !c.is_empty()), offset: (page.saturating_sub(1)) * limit })
    }
}

/// One page of rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Page<T> {
    pub items: Vec<T>,
    /// Hand it back as `cursor` for the rows after these; absent at the end.
    pub next_cursor: Option<String>,
    /// How many rows match, capped at 1,000 (`totalCapped`).
    pub total: i64,
    /// True when there are more than `total` says.
    pub total_capped: bool,
}

impl<T> Page<T> {
    /// From up to `limit + 1` rows: the extra one only says that there is more.
    pub fn cut(mut items: Vec<T>, limit: u32, counted: i64, cursor_of: impl Fn(&T) -> String) -> Self {
        let more = items.len() > limit as usize;
        items.truncate(limit as usize);
        let next_cursor = if more { items.last().map(cursor_of) } else { None };
        Self { items, next_cursor, total: counted.min(COUNT_CAP), total_capped: counted > COUNT_CAP }
    }

    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Page<U> {
        Page {
            items: self.items.into_iter().map(f).collect(),
            next_cursor: self.next_cursor,
            total: self.total,
            total_capped: self.total_capped,
        }
    }

    /// "12", or "1,000+" when counting stopped.
    pub fn count_label(&self) -> String {
        if self.total_capped { "1,000+".into() } else { self.total.to_string() }
    }
}

/// Packs the sort keys of a row into a cursor. Keys must not hold U+001F.
pub fn cursor(keys: &[&str]) -> String {
    hex::encode(keys.join("\u{1f}"))
}

/// Unpacks a cursor into exactly `N` keys.
///
/// # Errors
/// A field error on `cursor` when it was not made by [`cursor`] for this list.
pub fn uncursor<const N: usize>(cursor: &str) -> Result<[String; N], super::fields::FieldErrors> {
    let broken = || super::fields::FieldErrors::one("cursor", "This cursor is not one of ours. Start again without it.");
    let text = String::from_utf8(hex::decode(cursor).map_err(|_| broken())?).map_err(|_| broken())?;
    if text.contains('\0') {
        return Err(broken());
    }
    let keys: Vec<String> = text.split('\u{1f}').map(str::to_owned).collect();
    keys.try_into().map_err(|_| broken())
}
