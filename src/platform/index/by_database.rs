//! A page of a list as the database gives it while there is no index: in the same orders, from the same places.

use super::{
    parts::moment_of,
    place::{FLAT, Place, name_label, reputation_label, since_label},
};
use crate::kernel::{
    error::{AppError, AppResult},
    page::PageRequest,
    search::Order,
};
use chrono::{DateTime, Utc};
use sqlx::{Postgres, QueryBuilder};
use uuid::Uuid;

/// What a list is walked by, in the words of its query. The name is compared by its bytes.
pub struct Columns {
    pub id: &'static str,
    pub reputation: &'static str,
    pub since: &'static str,
    pub name: &'static str,
}

/// What a row is walked by.
pub struct Keys<'a> {
    pub id: Uuid,
    pub reputation: i32,
    pub since: DateTime<Utc>,
    pub name: &'a str,
}

/// Ends a query, which has conditions already: the rows from a place on, or those before it, the nearest first. One row more
/// than the limit says that there is more that way.
///
/// # Errors
/// A place that no list gave.
pub fn walk(
    sql: &mut QueryBuilder<Postgres>,
    columns: &Columns,
    order: Order,
    place: Option<&Place>,
    limit: i64,
) -> AppResult<()> {
    let id = columns.id;
    let (key, falls) = match order {
        Order::Relevance | Order::Reputation => (columns.reputation, true),
        Order::Newest => (columns.since, true),
        Order::Name => (columns.name, false),
    };
    let falls = falls != place.is_some_and(|place| place.before);
    if let Some(place) = place {
        let beyond = if falls { "<" } else { ">" };
        sql.push(format!(" and ({key}, {id}) {beyond} ("));
        match order {
            Order::Relevance | Order::Reputation => sql.push_bind(i32::try_from(!place.label).unwrap_or_default()),
            Order::Newest => sql.push_bind(since(place)?),
            Order::Name => sql.push_bind(place.name.clone()).push(r#" collate "C""#),
        };
        sql.push(", ").push_bind(place.id).push(")");
    }
    let down = if falls { " desc" } else { "" };
    sql.push(format!(" order by {key}{down}, {id}{down} limit ")).push_bind(limit + 1);
    Ok(())
}

fn since(place: &Place) -> AppResult<DateTime<Utc>> {
    moment_of(!place.label).ok_or_else(|| AppError::invalid("cursor", "This cursor is not one of ours. Start again without it."))
}

/// A page, and the cursors of the pages beside it.
pub struct Cut<R> {
    pub rows: Vec<R>,
    pub next: Option<String>,
    pub previous: Option<String>,
}

/// Makes a page of the rows that [`walk`] found.
pub fn cut<R>(
    mut rows: Vec<R>,
    order: Order,
    page: &PageRequest,
    place: Option<&Place>,
    keys: impl for<'a> Fn(&'a R) -> Keys<'a>,
) -> Cut<R> {
    let (limit, skip) = (page.limit as usize, page.offset as usize);
    let more = rows.len() > limit + skip;
    rows.truncate(limit + skip);
    rows.drain(..skip.min(rows.len()));
    let backwards = place.is_some_and(|place| place.before);
    if backwards {
        rows.reverse();
    }
    // What lies on the other side of the place that the page began at is not looked for: the row of the place is there.
    let (is_before, is_after) = if backwards { (more, true) } else { (place.is_some() || skip > 0, more) };
    let cursor = |row: Option<&R>, before: bool| row.map(|row| place_of(&keys(row), order, before).cursor());
    let next = cursor(rows.last(), false).filter(|_| is_after);
    let previous = cursor(rows.first(), true).filter(|_| is_before);
    Cut { rows, next, previous }
}

fn place_of(keys: &Keys<'_>, order: Order, before: bool) -> Place {
    Place {
        order,
        tier: if order == Order::Relevance { FLAT } else { 0 },
        label: match order {
            Order::Relevance | Order::Reputation => reputation_label(u32::try_from(keys.reputation).unwrap_or_default()),
            Order::Newest => since_label(keys.since.timestamp_micros()),
            Order::Name => name_label(keys.name),
        },
        name: if order == Order::Name { keys.name.to_owned() } else { String::new() },
        id: keys.id,
        before,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(row: &i32) -> Keys<'_> {
        let id = Uuid::from_u128(u128::try_from(*row).expect("not below nothing"));
        Keys { id, reputation: *row, since: DateTime::UNIX_EPOCH, name: "" }
    }

    /// The rows of the page, those that the next and the previous page begin at, and the way each of them goes.
    fn page(rows: &[i32], (limit, offset): (u32, u32), place: Option<(i32, bool)>) -> (Vec<i32>, Option<i32>, Option<i32>) {
        let place = place.map(|(row, before)| place_of(&keys(&row), Order::Reputation, before));
        let request = PageRequest { limit, offset, cursor: None };
        let cut = cut(rows.to_vec(), Order::Reputation, &request, place.as_ref(), keys);
        let at = |cursor: Option<String>, before: bool| {
            let place = Place::read(&cursor?, Order::Reputation).expect("ours").expect("a place");
            assert_eq!(place.before, before);
            Some(i32::try_from(place.id.as_u128()).expect("small"))
        };
        (cut.rows, at(cut.next, false), at(cut.previous, true))
    }

    #[test]
    fn a_page_knows_whether_others_are_beside_it() {
        assert_eq!(page(&[9, 8, 7], (2, 0), None), (vec![9, 8], Some(8), None), "the first of several");
        assert_eq!(page(&[9, 8], (2, 0), None), (vec![9, 8], None, None), "the only one");
        assert_eq!(page(&[7], (2, 0), Some((8, false))), (vec![7], None, Some(7)), "the last");
        assert_eq!(page(&[8, 9], (2, 0), Some((7, true))), (vec![9, 8], Some(8), None), "back at the first");
        assert_eq!(page(&[7, 8, 9], (2, 0), Some((6, true))), (vec![8, 7], Some(7), Some(8)), "on the way back");
        assert_eq!(page(&[9, 8, 7], (1, 1), None), (vec![8], Some(8), Some(8)), "a page by its number");
        assert_eq!(page(&[9], (1, 3), None), (vec![], None, None), "beyond the last");
    }
}
