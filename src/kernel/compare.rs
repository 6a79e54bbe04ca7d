//! Who stands side by side, as an address says it: the address of the list that they are chosen from, and of the page that compares
//! them. Every list whose rows can be compared uses this one reader. Pure.

use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use url::form_urlencoded;

/// The most that stand side by side.
pub const MOST_COMPARED: usize = 4;

/// The parameter of those that are compared.
pub const COMPARED: &str = "o";

/// Whom an address wants side by side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compared {
    /// The first four.
    pub slugs: Vec<String>,
    /// There is no room for these.
    pub refused: Vec<String>,
}

/// Reads `o=acme&o=globex`; each once, in their order.
pub fn compared(query: &str) -> Compared {
    let mut slugs: Vec<String> = Vec::new();
    for (name, value) in form_urlencoded::parse(query.trim_start_matches('?').as_bytes()) {
        let slug: String = value.trim().to_lowercase().chars().filter(|c| !c.is_control()).take(100).collect();
        if name == COMPARED && !slug.is_empty() && !slugs.contains(&slug) && slugs.len() < 20 {
            slugs.push(slug);
        }
    }
    let refused = slugs.split_off(slugs.len().min(MOST_COMPARED));
    Compared { slugs, refused }
}

/// The address of these rows of a list side by side.
pub fn compare_address(list: &str, slugs: &[&str], acting: &str) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for slug in slugs {
        query.append_pair(COMPARED, slug);
    }
    if !acting.is_empty() {
        query.append_pair("as", acting);
    }
    format!("{list}/compare?{}", query.finish())
}

/// Who stands side by side, and who does not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SideBySide<Row> {
    /// In the order of the address.
    pub items: Vec<Row>,
    /// Addresses at which nobody is listed.
    pub unknown: Vec<String>,
    /// There was no room for these.
    pub refused: Vec<String>,
}

impl<Row> SideBySide<Row> {
    /// The same places, with something else in them.
    pub fn map<Other>(self, to: impl FnMut(Row) -> Other) -> SideBySide<Other> {
        SideBySide { items: self.items.into_iter().map(to).collect(), unknown: self.unknown, refused: self.refused }
    }
}

impl Compared {
    /// The rows that were found, by their addresses, in the order in which they are wanted.
    pub fn placed<Row>(self, rows: impl IntoIterator<Item = (String, Row)>) -> SideBySide<Row> {
        let mut rows: HashMap<String, Row> = rows.into_iter().collect();
        let (mut items, mut unknown) = (Vec::new(), Vec::new());
        for slug in self.slugs {
            match rows.remove(&slug) {
                Some(row) => items.push(row),
                None => unknown.push(slug),
            }
        }
        SideBySide { items, unknown, refused: self.refused }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_stand_side_by_side_and_a_fifth_is_refused() {
        let read = compared("?o=acme&o=Globex&as=community:x&o=acme&o=&q=1&o=a&o=b&o=c");
        assert_eq!(read.slugs, ["acme", "globex", "a", "b"]);
        assert_eq!(read.refused, ["c"]);
        let address = |acting: &str| compare_address("/directory", &["acme", "globex"], acting);
        assert_eq!(address("community:x"), "/directory/compare?o=acme&o=globex&as=community%3Ax");
        let address = address("");
        let (_, query) = address.split_once('?').expect("a query");
        assert_eq!(compared(query).slugs, ["acme", "globex"]);
    }

    #[test]
    fn whoever_is_found_stands_where_the_address_has_them() {
        let found = [("b".to_owned(), 2), ("a".to_owned(), 1), ("not-asked-for".to_owned(), 3)];
        let placed = compared("o=a&o=gone&o=b&o=left&o=fifth").placed(found);
        assert_eq!(placed.items, [1, 2]);
        let words = placed.map(|row| format!("row {row}"));
        assert_eq!(words.items, ["row 1", "row 2"]);
        assert_eq!((words.unknown, words.refused), (vec!["gone".to_owned(), "left".to_owned()], vec!["fifth".to_owned()]));
    }
}
