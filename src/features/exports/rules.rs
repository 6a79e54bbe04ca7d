//! That a workspace was exported, and how its JSON becomes cells of a table. Pure.

use crate::kernel::{
    actor::Side,
    fact::{Fact, Statement, Subject},
    text::defused,
};
use serde_json::{Value, json};
use std::collections::{HashMap, hash_map::Entry};

/// The shape of the document. A reader that knows one of these numbers can read every document that carries it.
pub const SCHEMA_VERSION: u32 = 4;

/// An admin takes everything along.
pub fn export(side: Side, workspace: Subject) -> WorkspaceExported {
    WorkspaceExported { side, workspace }
}

/// See [`export`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkspaceExported {
    side: Side,
    workspace: Subject,
}

impl Fact for WorkspaceExported {
    fn statement(&self) -> Statement {
        let key = match self.side {
            Side::Community => "communityId",
            Side::Organization => "organizationId",
        };
        Statement {
            room: "exports",
            name: "workspace_exported",
            subject: self.workspace,
            about: Vec::new(),
            payload: json!({key: self.workspace.id, "side": self.side, "schemaVersion": SCHEMA_VERSION}),
            private: None,
        }
    }
}

/// The columns of a table, in the order in which they come up in its rows. What is nested gets names with dots; lists of words
/// stand in one cell.
#[derive(Debug, Default)]
pub struct Columns {
    names: Vec<String>,
    place_of: HashMap<String, usize>,
}

impl Columns {
    /// Takes note of what a row has; every row first, then the lines.
    pub fn note(&mut self, row: &Value) {
        let mut cells = Vec::new();
        flatten("", row, &mut cells);
        for (name, _) in cells {
            if let Entry::Vacant(free) = self.place_of.entry(name) {
                self.names.push(free.key().clone());
                free.insert(self.names.len() - 1);
            }
        }
    }

    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The line of a row that was noted.
    pub fn line(&self, row: &Value) -> Vec<String> {
        let mut cells = Vec::new();
        flatten("", row, &mut cells);
        let mut line = vec![String::new(); self.names.len()];
        for (name, text) in cells {
            if let Some(cell) = self.place_of.get(&name).and_then(|place| line.get_mut(*place)) {
                *cell = text;
            }
        }
        line
    }
}

fn flatten(name: &str, value: &Value, cells: &mut Vec<(String, String)>) {
    let plain = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    };
    let text = match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                let name = if name.is_empty() { key.clone() } else { format!("{name}.{key}") };
                flatten(&name, value, cells);
            }
            return;
        }
        Value::Array(list) if list.iter().all(|one| !one.is_object() && !one.is_array()) => {
            defused(&list.iter().map(plain).collect::<Vec<_>>().join("; "))
        }
        // A number is a number, also one below nothing.
        Value::Number(number) => number.to_string(),
        other => defused(&plain(other)),
    };
    cells.push((if name.is_empty() { "value".to_owned() } else { name.to_owned() }, text));
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn table(rows: &[Value]) -> (Vec<String>, Vec<Vec<String>>) {
        let mut columns = Columns::default();
        rows.iter().for_each(|row| columns.note(row));
        (columns.names().to_vec(), rows.iter().map(|row| columns.line(row)).collect())
    }

    #[test]
    fn what_is_nested_becomes_columns() {
        let rows = [
            json!({"id": 1, "name": "A", "budget": {"min": -5, "label": "-5"}, "tags": ["x", "y"], "gone": null}),
            json!({"id": 2, "more": [{"a": 1}], "name": "=1+1"}),
        ];
        let (columns, lines) = table(&rows);
        assert_eq!(columns.len(), lines[0].len());
        let cell = |line: usize, column: &str| lines[line][columns.iter().position(|name| name == column).expect(column)].clone();
        assert_eq!((cell(0, "budget.min"), cell(0, "budget.label")), ("-5".into(), "'-5".into()));
        assert_eq!((cell(0, "tags"), cell(0, "gone"), cell(0, "more")), ("x; y".into(), String::new(), String::new()));
        assert_eq!((cell(1, "more"), cell(1, "name"), cell(1, "id")), ("[{\"a\":1}]".into(), "'=1+1".into(), "2".into()));
    }

    #[test]
    fn formulas_are_words() {
        for text in ["=1", "+1", "-1", "@a", "\t=1", "\r=1", "＝1"] {
            assert!(defused(text).starts_with('\''), "{text:?}");
        }
        assert_eq!(defused("a=1"), "a=1");
        assert_eq!(defused(""), "");
    }

    proptest! {
        #[test]
        fn no_cell_of_words_begins_a_formula(text in "\\PC{0,20}", list in prop::collection::vec("[=+@-]?[a-z]{0,4}", 0..4)) {
            let (_, lines) = table(&[json!({"a": text, "b": list, "c": {"d": text}})]);
            for cell in &lines[0] {
                prop_assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{:?}", cell);
            }
        }
    }
}
