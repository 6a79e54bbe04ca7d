//! A list of newcomers as text: `firstName,lastName,email,role`, the way spreadsheets save it (RFC 4180).
//!
//! Promises: every row that has a problem is named with its line and its field, all at once; the same text is read the same
//! way by the dry run and by the import. Does not know who is on the list already: the caller says.

use crate::kernel::{
    actor::{CommunityRole, Role},
    fields::FieldErrors,
    text::{Email, PersonName},
};
use std::collections::BTreeMap;

/// The most people on one list.
pub const LONGEST: usize = 500;
/// The most bytes of one list.
pub const LARGEST: usize = 128 * 1024;
/// What is said of a file with more.
pub const TOO_LARGE: &str = "This file is larger than 128 kB. Import the list in parts.";

const COLUMNS: [&str; 4] = ["firstName", "lastName", "email", "role"];

/// One row as it was written, with what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The line of the text that it begins on, 1 for the first.
    pub line: usize,
    pub first_name: String,
    pub last_name: String,
    pub email: String,
    pub role: String,
    /// Who it means, when nothing is wrong.
    pub newcomer: Option<Newcomer>,
    /// By field: `firstName`, `email`, `role`; `""` for the row as a whole.
    pub problems: FieldErrors,
}

/// Somebody to put on the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Newcomer {
    pub name: PersonName,
    pub email: Email,
    pub role: CommunityRole,
}

/// Reads a newcomer from four words; problems are by field.
///
/// # Errors
/// Everything that is wrong, at once.
pub fn newcomer(first_name: &str, last_name: &str, email: &str, role: &str) -> Result<Newcomer, FieldErrors> {
    let mut problems = FieldErrors::default();
    if first_name.trim().is_empty() {
        problems.add("firstName", "Enter a first name.");
    }
    let name = PersonName::parse(format!("{} {}", first_name.trim(), last_name.trim()).trim())
        .map_err(|problem| problems.add("firstName", problem.to_string()))
        .ok();
    let email = Email::parse(email).map_err(|problem| problems.add("email", problem.to_string())).ok();
    let role = CommunityRole::parse(role.trim());
    if role.is_none() {
        problems.add("role", "Choose a role from the list, for example Organizer, Designer or Volunteer.");
    }
    match (name, email, role) {
        (Some(name), Some(email), Some(role)) if problems.is_empty() => Ok(Newcomer { name, email, role }),
        _ => Err(problems),
    }
}

/// Reads a whole list. `may_give` says which roles the reader of the list can give.
///
/// # Errors
/// When there are no rows to speak of: no header, no row, or more than fit.
pub fn read(text: &str, may_give: impl Fn(Role) -> bool) -> Result<Vec<Row>, FieldErrors> {
    let whole = |message: &str| Err(FieldErrors::one("csv", message));
    if text.len() > LARGEST {
        return whole("This list is larger than 128 kB. Import it in parts.");
    }
    let mut records = records(text.trim_start_matches('\u{feff}'))?.into_iter();
    let Some((_, header)) = records.next() else {
        return whole("The list is empty. Begin with the line firstName,lastName,email,role.");
    };
    let place = |column: &str| header.iter().position(|title| title.trim().eq_ignore_ascii_case(column));
    let places = COLUMNS.map(place);
    let [Some(first), Some(last), Some(mail), Some(role)] = places else {
        return whole("The first line names the columns: firstName,lastName,email,role.");
    };
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut rows = Vec::new();
    for (line, record) in records {
        if record.iter().all(|value| value.trim().is_empty()) {
            continue;
        }
        if rows.len() == LONGEST {
            return whole("This list has more than 500 people. Import it in parts.");
        }
        let value = |at: usize| record.get(at).map(|value| value.trim().to_owned()).unwrap_or_default();
        let (first_name, last_name, email, role) = (value(first), value(last), value(mail), value(role));
        let mut row = Row { line, first_name, last_name, email, role, newcomer: None, problems: FieldErrors::default() };
        if record.len() > header.len() {
            row.problems
                .add("", "This line has more values than the first one has columns. Put quotes around values with commas.");
        }
        match newcomer(&row.first_name, &row.last_name, &row.email, &row.role) {
            Err(problems) => problems.0.into_iter().for_each(|(field, problem)| row.problems.add(field, problem)),
            Ok(newcomer) => {
                if !may_give(Role::Community(newcomer.role)) {
                    row.problems.add("role", format!("Your role cannot give the role {}. Ask an owner.", row.role));
                }
                match seen.get(&newcomer.email.key()) {
                    Some(earlier) => row.problems.add("email", format!("This address stands on line {earlier} already.")),
                    None => {
                        seen.insert(newcomer.email.key(), line);
                        row.newcomer = Some(newcomer);
                    }
                }
            }
        }
        rows.push(row);
    }
    if rows.is_empty() { whole("The list names nobody. Write one person on each line after the first.") } else { Ok(rows) }
}

/// The records of a CSV text, each with the line that it begins on. Quoted values may hold commas, quotes (doubled) and
/// line breaks.
fn records(text: &str) -> Result<Vec<(usize, Vec<String>)>, FieldErrors> {
    let mut all = Vec::new();
    let (mut record, mut value) = (Vec::new(), String::new());
    let (mut line, mut began, mut quoted) = (1, 1, false);
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => {
                letters.next();
                value.push('"');
            }
            '"' if quoted => quoted = false,
            '"' if value.trim().is_empty() => {
                value.clear();
                quoted = true;
            }
            ',' if !quoted => record.push(std::mem::take(&mut value)),
            '\r' if letters.peek() == Some(&'\n') => {}
            '\n' | '\r' if !quoted => {
                record.push(std::mem::take(&mut value));
                all.push((began, std::mem::take(&mut record)));
                line += 1;
                began = line;
            }
            '\n' => {
                line += 1;
                value.push('\n');
            }
            letter => value.push(letter),
        }
    }
    if quoted {
        return Err(FieldErrors::one("csv", format!("The quotation mark that opens on line {began} is never closed.")));
    }
    if !value.is_empty() || !record.is_empty() {
        record.push(value);
        all.push((began, record));
    }
    Ok(all.into_iter().filter(|(_, record)| record.len() > 1 || !record[0].trim().is_empty()).collect())
}

/// The path of a row's problem, as a refused import names it: `rows[3].email`, counted from 1 as lists are read.
pub fn path(number: usize, field: &str) -> String {
    if field.is_empty() { format!("rows[{number}]") } else { format!("rows[{number}].{field}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn all(text: &str) -> Vec<Row> {
        read(text, |_| true).expect("rows")
    }

    #[test]
    fn a_list_as_spreadsheets_save_it() {
        let rows = all(
            "\u{feff}firstName,lastName,email,role\r\nAda,Okafor,ada@apex.example,Designer\r\n\"Li, Jr.\",Wei,li@apex.example,\"AI / ML Lead\"\r\n\r\n",
        );
        assert_eq!(rows.len(), 2);
        let ada = rows[0].newcomer.as_ref().expect("in order");
        assert_eq!((ada.name.as_str(), ada.email.as_str(), ada.role.label()), ("Ada Okafor", "ada@apex.example", "Designer"));
        assert_eq!(rows[1].newcomer.as_ref().expect("in order").name.as_str(), "Li, Jr. Wei");
        assert_eq!(rows[1].line, 3);
    }

    #[test]
    fn columns_are_found_by_name() {
        let rows = all("role,email,LASTNAME,firstname,note\nDesigner,ada@apex.example,Okafor,Ada,met in Pune\n");
        assert_eq!(rows[0].newcomer.as_ref().expect("in order").name.as_str(), "Ada Okafor");
    }

    #[test]
    fn every_row_error_is_named() {
        let rows = all(
            "firstName,lastName,email,role\n,Okafor,nowhere,Boss\nAda,,ada@apex.example,Designer\nAda,,ADA@apex.example,Designer\n",
        );
        assert_eq!(rows[0].problems.0.keys().collect::<Vec<_>>(), ["email", "firstName", "role"]);
        assert!(rows[1].problems.is_empty());
        assert!(rows[2].problems.get("email").is_some_and(|problem| problem.contains("line 3")));
        let owner = read("firstName,lastName,email,role\nA,B,a@apex.example,Owner", |_| false).expect("rows");
        assert!(owner[0].problems.get("role").is_some());
    }

    #[test]
    fn what_is_no_list_is_refused_as_a_whole() {
        for (text, hint) in [
            ("", "empty"),
            ("name,email\nAda,ada@apex.example", "names the columns"),
            ("firstName,lastName,email,role\n\n", "names nobody"),
            ("firstName,lastName,email,role\n\"Ada,Okafor", "never closed"),
        ] {
            let errors = read(text, |_| true).expect_err(text);
            assert!(errors.get("csv").is_some_and(|message| message.contains(hint)), "{text}: {errors}");
        }
        let long = format!("firstName,lastName,email,role\n{}", "A,B,a@apex.example,Designer\n".repeat(LONGEST + 1));
        assert!(read(&long, |_| true).is_err());
    }

    proptest! {
        /// Whatever is pasted, reading it ends, and what was quoted comes back as it was.
        #[test]
        fn quoting_is_undone(first in "[^\r\u{0}]{1,12}", last in "[^\r\u{0}]{0,12}") {
            let quote = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
            let text = format!("firstName,lastName,email,role\n{},{},a@apex.example,Designer", quote(&first), quote(&last));
            let read = records(&text).expect("closed");
            prop_assert_eq!(&read[1].1[0], &first);
            prop_assert_eq!(&read[1].1[1], &last);
        }

        #[test]
        fn any_text_is_read(text in ".{0,300}") {
            let _ = read(&text, |_| true);
        }
    }
}
