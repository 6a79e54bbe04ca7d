//! What crosses a wire about imports.

use super::rules::{Choice, Outcome, State, Target};
use crate::kernel::ids::IntakeId;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// An import in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct ImportItem {
    #[cfg_attr(feature = "server", schema(value_type = String, format = "uuid"))]
    pub id: IntakeId,
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub target: Target,
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub state: State,
    pub file_name: String,
    pub rows: i64,
    pub made: i64,
    pub created_at: DateTime<Utc>,
    /// "3 hours ago".
    pub age_label: String,
}

/// The list of imports, as its page shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ImportsScreen {
    pub acting: String,
    pub workspace_name: String,
    pub is_staff: bool,
    /// What the reader may bring.
    pub targets: Vec<Target>,
    /// Why there is nothing that they may bring.
    pub why_not: String,
    pub items: Vec<ImportItem>,
    pub page: u32,
    pub has_more: bool,
}

/// How many rows have which outcome.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Counts {
    pub make: i64,
    pub merge: i64,
    pub there: i64,
    pub ask: i64,
    pub skip: i64,
    pub problem: i64,
    /// Rows of which something could not be mapped.
    pub unmapped: i64,
    /// Rows of which something stayed when the import was taken back.
    pub stays: i64,
}

impl Counts {
    pub fn all(&self) -> i64 {
        self.make + self.merge + self.there + self.ask + self.skip + self.problem
    }

    pub fn of(&self, outcome: Outcome) -> i64 {
        match outcome {
            Outcome::Make => self.make,
            Outcome::Merge => self.merge,
            Outcome::There => self.there,
            Outcome::Ask => self.ask,
            Outcome::Skip => self.skip,
            Outcome::Problem => self.problem,
        }
    }
}

/// A row, and what becomes or became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct RowView {
    /// The line of the file, or the entry's place in it.
    pub number: i32,
    pub title: String,
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub outcome: Outcome,
    pub reason: String,
    /// What the file says and nothing here can hold for certain.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub unmapped: String,
    pub into_row: Option<i32>,
    pub into_name: Option<String>,
    /// What a person decided.
    #[cfg_attr(feature = "server", schema(value_type = Option<String>))]
    pub choice: Option<Choice>,
    /// Where it stands now.
    pub href: Option<String>,
    /// Why it stayed when the import was taken back.
    pub undo_refused: Option<String>,
}

impl RowView {
    /// What a person may decide about it.
    pub fn choices(&self, target: Target) -> Vec<Choice> {
        // Of events there is nothing to go with, and a duplicate is none of its own.
        if target == Target::Events {
            return match (self.outcome, self.choice) {
                (Outcome::Make, _) | (_, Some(_)) => vec![Choice::Skip],
                _ => vec![],
            };
        }
        match (self.outcome, self.choice) {
            (Outcome::Problem, _) => vec![],
            (Outcome::There, None) => vec![],
            (Outcome::Make, None) => vec![Choice::Skip],
            (Outcome::Skip, None) if self.into_row.is_none() => vec![],
            (Outcome::Merge, None) if self.into_row.is_none() => vec![Choice::Skip],
            _ => {
                let merges = self.into_row.is_some() || self.into_name.is_some() || self.choice == Some(Choice::Merge);
                Choice::ALL.iter().copied().filter(|choice| *choice != Choice::Merge || merges).collect()
            }
        }
    }
}

/// A field that can be filled, and from which heading it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct MappedField {
    pub name: String,
    pub label: String,
    pub needed: bool,
    pub heading: String,
    /// The first values below that heading.
    pub samples: Vec<String>,
}

/// A picture that came with the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct PictureView {
    pub file_name: String,
    /// `matched` (it becomes a logo), `unused` (it belongs to a row and becomes none), `unmatched` or `refused`.
    pub outcome: String,
    pub reason: String,
}

/// An import, with one page of its rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct ImportView {
    #[cfg_attr(feature = "server", schema(value_type = String, format = "uuid"))]
    pub id: IntakeId,
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub target: Target,
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub state: State,
    pub file_name: String,
    /// Where events go.
    pub into_name: Option<String>,
    pub counts: Counts,
    pub fields: Vec<MappedField>,
    pub headings: Vec<String>,
    /// Headings from which nothing is taken.
    pub unused: Vec<String>,
    /// Of a workbook with several sheets, the one that is read; empty for every other file.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub sheet: String,
    /// What all of its sheets are called.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sheets: Vec<String>,
    /// The labels of needed fields that no heading holds.
    pub missing: Vec<String>,
    /// What is taken for granted about every new profile, as the file does not say it; empty where nothing is.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub assumed: String,
    pub rows: Vec<RowView>,
    /// `all`, `problems`, `duplicates`, `unmapped` or an outcome.
    pub filter: String,
    pub page: u32,
    pub pages: u32,
    pub pictures: Vec<PictureView>,
    /// How far a run has come.
    pub done: i32,
    pub total: i32,
    /// Why the last run was given up.
    pub note: String,
    pub can: ImportCan,
    /// How long what stands in the file is kept, in words; empty before it is carried out.
    pub kept_label: String,
    #[serde(skip)]
    pub acting: String,
    /// "3 hours ago".
    pub age_label: String,
}

impl ImportView {
    /// Which sheet is read, and which are not.
    pub fn sheets_label(&self) -> String {
        sheets_label(&self.sheet, &self.sheets)
    }
}

/// Of a workbook, which sheet is read and which are not; empty for every other file.
pub fn sheets_label(sheet: &str, sheets: &[String]) -> String {
    let others: Vec<String> = sheets.iter().filter(|name| *name != sheet).map(|name| format!("“{name}”")).collect();
    if others.is_empty() { String::new() } else { format!("Read is the sheet “{sheet}”. Not read: {}.", others.join(", ")) }
}

/// What the reader may do with it now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct ImportCan {
    pub change: bool,
    pub apply: bool,
    pub undo: bool,
    pub add_pictures: bool,
}

/// The page of one import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ImportScreen {
    pub import: ImportView,
    pub acting: String,
}

/// What a program decides before an import is carried out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "server", schema(as = ImportApplyInput))]
pub struct ApplyInput {
    /// For some lines, `make`, `merge` or `skip`.
    pub choices: BTreeMap<String, String>,
}
