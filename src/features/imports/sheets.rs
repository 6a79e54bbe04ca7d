//! Files as rows of text: CSV as spreadsheets save it, XLSX, and a list of JSON objects.
//!
//! Promises: nothing is computed and nothing is followed; whatever is too large, packed too tightly, holds formulas or is no
//! text is refused in words that say what to do. Memory is bounded by the limits here, whatever the file says of itself.
//!
//! A workbook can hold far more than it weighs: a text that is written once and shown in every cell, a count for which a place is
//! kept, a style that is named a thousand times. So it is unpacked and gone through once before it is opened (`weigh`): what its
//! parts hold, and what would be made of them. Of a sheet's cells no text is copied before it is known to be short, and not more
//! of all sheets that are looked at than `LARGEST_TEXT` (texts that cells share are held once, and are part of what is unpacked).

use calamine::{DataRef, Reader as _, SheetType, SheetVisible, Xlsx, XlsxFormulaMetadata};
use quick_xml::{Reader as XmlReader, events::Event};
use serde_json::Value;
use std::{
    borrow::Cow,
    collections::BTreeSet,
    io::{BufRead, BufReader, Cursor, Read as _},
};

/// The most bytes of a file.
pub const LARGEST: usize = 3 * 1024 * 1024;
/// What is said of one with more.
pub const TOO_LARGE: &str = "The file is larger than 3 MB. Bring it in parts.";
/// The most rows below the headings.
pub const MOST_ROWS: usize = 5_000;
const MOST_COLUMNS: usize = 60;
/// The most characters of a cell.
const LONGEST_CELL: usize = 8_000;
/// The most bytes that a packed file may hold.
const LARGEST_UNPACKED: u64 = 48 * 1024 * 1024;
const MOST_PARTS: usize = 400;
/// The most bytes of text that are taken from the cells of a workbook, of all sheets that are looked at together.
const LARGEST_TEXT: usize = 16 * 1024 * 1024;
/// How many digits the number of texts that cells share may have: a place is kept for so many, whether they come or not.
const MOST_DIGITS: usize = 6;
/// The most styles, parts of styles, sheets and ways to other parts that a workbook may name.
const MOST_NAMED: usize = 200_000;
/// The most bytes that may be copied from some of them into others.
const LARGEST_COPIED: usize = 64 * 1024 * 1024;
/// The most sheets of a workbook, and how many of them are tried where the first ones hold no list.
const MOST_SHEETS: usize = 60;
const TRIED: usize = 5;

/// Rows of text below their headings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    pub headings: Vec<String>,
    /// The line of the file (or the place in the list, from 1), and a cell for each heading.
    pub rows: Vec<(i32, Vec<String>)>,
    /// Where the file has more than this one.
    pub beside: Option<Beside>,
}

/// Which sheet of a workbook was read, and what all of them are called, in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beside {
    pub name: String,
    pub all: Vec<String>,
}

/// Reads a file; what it is says its content, not its name. Of a workbook the sheet that is wanted, else the first that people
/// see and that holds a list.
///
/// # Errors
/// What is wrong with it, and what to do.
pub fn read(bytes: &[u8], wanted: Option<&str>) -> Result<Sheet, String> {
    if bytes.is_empty() {
        return Err("The file is empty. Choose one with a line of headings and rows below it.".into());
    }
    if bytes.len() > LARGEST {
        return Err(TOO_LARGE.into());
    }
    let sheet = if bytes.starts_with(b"PK\x03\x04") {
        return xlsx(bytes, wanted);
    } else if bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        return Err("This is an old kind of spreadsheet (XLS), or one with a password. Save it as XLSX or CSV (UTF-8).".into());
    } else {
        let text = text(bytes)?;
        match text.trim_start().chars().next() {
            Some('[' | '{') => json(text)?,
            _ => csv(text)?,
        }
    };
    checked(sheet)
}

fn text(bytes: &[u8]) -> Result<&str, String> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err("The file is text in UTF-16. Save it as CSV (UTF-8), then choose that file.".into());
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let line = bytes[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count() + 1;
        format!("Line {line} holds letters that are not UTF-8; the file was saved in an older encoding. Save it as CSV (UTF-8), then choose that file.")
    })?;
    match text.find('\0') {
        Some(at) => {
            let line = text[..at].matches('\n').count() + 1;
            Err(format!("Line {line} holds a character that no text has (NUL): this is no list. Save it as CSV (UTF-8)."))
        }
        None => Ok(text),
    }
}

// ── CSV ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

fn csv(text: &str) -> Result<Sheet, String> {
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter(text)).from_reader(text.as_bytes());
    let mut headings: Option<Vec<String>> = None;
    let mut rows = Vec::new();
    let mut record = csv::StringRecord::new();
    loop {
        match reader.read_record(&mut record) {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => return Err(format!("The file cannot be read as CSV: {error}. Save it again as CSV (UTF-8).")),
        }
        // Where the reader began: empty lines before the record are skipped after that.
        let (byte, line) = record.position().map_or((0, 0), |place| (place.byte(), place.line()));
        let rest = usize::try_from(byte).ok().and_then(|byte| text.as_bytes().get(byte..)).unwrap_or_default();
        let skipped = rest.iter().take_while(|letter| matches!(letter, b'\n' | b'\r')).filter(|letter| **letter == b'\n').count();
        let line =
            i32::try_from(line + skipped as u64).map_err(|_| "The file has too many lines. Bring it in parts.".to_owned())?;
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        let cells: Vec<String> = record.iter().map(|cell| cell.trim().to_owned()).collect();
        match &headings {
            None => headings = Some(cells),
            Some(_) if rows.len() == MOST_ROWS => return Err(too_many()),
            Some(headings) if cells.len() > headings.len() && cells[headings.len()..].iter().any(|cell| !cell.is_empty()) => {
                return Err(format!(
                    "Line {line} has {} values below {} headings. Put quotation marks around values with commas.",
                    cells.len(),
                    headings.len()
                ));
            }
            Some(_) => rows.push((line, cells)),
        }
    }
    Ok(Sheet { headings: headings.unwrap_or_default(), rows, beside: None })
}

/// What parts the first line most often, outside quotation marks.
fn delimiter(text: &str) -> u8 {
    let mut counts = [(b',', 0_usize), (b';', 0), (b'\t', 0)];
    let mut quoted = false;
    for letter in text.chars().take(10_000) {
        match letter {
            '"' => quoted = !quoted,
            '\n' if !quoted => break,
            letter if !quoted => {
                if let Some((_, count)) = counts.iter_mut().find(|(sign, _)| char::from(*sign) == letter) {
                    *count += 1;
                }
            }
            _ => {}
        }
    }
    // The first of equals, so that a single column is one.
    counts.iter().rev().max_by_key(|(_, count)| *count).map_or(b',', |(sign, _)| *sign)
}

fn too_many() -> String {
    format!("The file has more than {MOST_ROWS} rows. Bring it in parts.")
}

// ── XLSX ────────────────────────────────────────────────────────────────────────────────────────────────────────────

fn broken_book() -> String {
    "This file begins like a spreadsheet and cannot be read as one. Save it again as XLSX, or as CSV (UTF-8).".to_owned()
}

fn xlsx(bytes: &[u8], wanted: Option<&str>) -> Result<Sheet, String> {
    weigh(bytes)?;
    let mut book: Xlsx<Cursor<&[u8]>> = calamine::open_workbook_from_rs(Cursor::new(bytes)).map_err(|_| broken_book())?;
    // Pictures of figures are sheets too, and hold no rows.
    let sheets: Vec<(String, String, bool)> = book
        .sheets_metadata()
        .iter()
        .filter(|it| it.typ == SheetType::WorkSheet)
        .map(|it| (called(&it.name), it.name.clone(), it.visible == SheetVisible::Visible))
        .collect();
    if sheets.len() > MOST_SHEETS {
        return Err(format!("The file has more than {MOST_SHEETS} sheets. Copy the one with the list into a new file."));
    }
    let all: Vec<String> = sheets.iter().map(|(name, ..)| name.clone()).collect();
    let any_seen = sheets.iter().any(|(.., seen)| *seen);
    let tried: Vec<&(String, String, bool)> = match wanted {
        Some(wanted) => sheets.iter().filter(|(name, ..)| name == wanted).take(1).collect(),
        None => sheets.iter().filter(|(.., seen)| *seen || !any_seen).take(TRIED).collect(),
    };
    if let (Some(wanted), true) = (wanted, tried.is_empty()) {
        let wanted = called(wanted);
        return Err(format!("The file has no sheet “{wanted}”. It has: {}.", all.join(", ")));
    }
    let (mut first_problem, mut left) = (None, LARGEST_TEXT);
    for (name, real, _) in tried {
        match table_of(&mut book, real, &mut left).and_then(checked) {
            Ok(sheet) => {
                let beside = (all.len() > 1).then(|| Beside { name: name.clone(), all: all.clone() });
                return Ok(Sheet { beside, ..sheet });
            }
            Err(problem) => {
                first_problem.get_or_insert(problem);
            }
        }
    }
    Err(first_problem.unwrap_or_else(broken_book))
}

/// A sheet's name as it is kept and shown.
fn called(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(120).collect::<String>().trim().to_owned()
}

/// The cells of a sheet; of what is `left` of the workbook's text it takes its own.
fn table_of(book: &mut Xlsx<Cursor<&[u8]>>, name: &str, left: &mut usize) -> Result<Sheet, String> {
    let since_1904 = book.has_1904_epoch();
    let mut reader = book.worksheet_cells_reader(name).map_err(|_| broken_book())?;
    let mut table: Vec<(u32, Vec<String>)> = Vec::new();
    // Cell by cell: a table from corner to corner could be as large as the file claims. Formulas as they stand: for those that cells
    // share, a place would be kept for as many as one of them says there are.
    while let Some(cell) = reader.next_cell_with_formula_metadata().map_err(|_| broken_book())? {
        let (row, column) = cell.pos;
        if cell.formula.is_some_and(|it| !matches!(&it, XlsxFormulaMetadata::Normal { formula } if formula.is_empty())) {
            return Err(format!(
                "Row {} of the sheet holds a formula. Copy the sheet, paste it as values, then choose that file.",
                row + 1
            ));
        }
        let value = shown(&cell.value, since_1904);
        if value.is_empty() {
            continue;
        }
        // Before it is copied: any number of cells may show one text.
        if value.len() > LONGEST_CELL && value.chars().nth(LONGEST_CELL).is_some() {
            return Err(format!(
                "Row {} of the sheet has a value of more than {LONGEST_CELL} characters. Shorten it, or leave its column out.",
                row + 1
            ));
        }
        *left = left.checked_sub(value.len()).ok_or_else(|| {
            "The cells hold more text than a list does (16 MB). Copy the columns that are to be imported into a new file."
                .to_owned()
        })?;
        let column = usize::try_from(column).unwrap_or(usize::MAX);
        if column >= MOST_COLUMNS {
            return Err(format!("The sheet has more than {MOST_COLUMNS} columns. Keep those that are to be imported."));
        }
        if table.last().is_none_or(|(last, _)| *last != row) {
            if table.len() > MOST_ROWS {
                return Err(too_many());
            }
            table.push((row, Vec::new()));
        }
        let Some((_, cells)) = table.last_mut() else { return Err(broken_book()) };
        if cells.len() <= column {
            cells.resize(column + 1, String::new());
        }
        cells[column] = value.into_owned();
    }
    let mut rows = table.into_iter();
    let headings = rows.next().map(|(_, cells)| cells).unwrap_or_default();
    let width = headings.len();
    let rows = rows
        .map(|(row, cells)| {
            let line = i32::try_from(row + 1).map_err(|_| too_many())?;
            if cells.len() > width {
                return Err(format!("Row {line} has a value below no heading. Give every column a heading."));
            }
            Ok((line, cells))
        })
        .collect::<Result<Vec<_>, String>>()?;
    Ok(Sheet { headings, rows, beside: None })
}

/// Unpacks everything once, counting, before anybody trusts what the file says about its size, or opens it.
fn weigh(bytes: &[u8]) -> Result<(), String> {
    let broken = || "This file is packed in a way that we cannot open. Save it again as XLSX, or as CSV (UTF-8).".to_owned();
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| broken())?;
    if archive.len() > MOST_PARTS {
        return Err("This spreadsheet has too many parts. Copy the sheet alone into a new file.".into());
    }
    let mut room = LARGEST_UNPACKED;
    let mut weight = Weight::default();
    for place in 0..archive.len() {
        let part = archive.by_index(place).map_err(|_| broken())?;
        let mut xml = XmlReader::from_reader(BufReader::new(part.take(room + 1)));
        weight.add(&mut xml)?;
        // What is no XML, or none any more, is unpacked all the same.
        let mut rest = xml.into_inner();
        std::io::copy(&mut rest, &mut std::io::sink()).map_err(|_| broken())?;
        room = rest.into_inner().limit().checked_sub(1).ok_or_else(|| {
            "Unpacked, this file would be far larger than a list is. Copy the rows alone into a new file.".to_owned()
        })?;
    }
    Ok(())
}

/// What the parts of a workbook make of each other when it is opened, beyond what is written in them: places that are kept, and
/// copies. Any part may be any of those that are opened, so all of them are counted.
#[derive(Default)]
struct Weight {
    named: usize,
    /// Those of them that copy others: a style its font and its format, a sheet the way to it.
    copying: usize,
    /// The longest that can be copied.
    longest: usize,
}

impl Weight {
    fn add(&mut self, xml: &mut XmlReader<impl BufRead>) -> Result<(), String> {
        // As it will be read.
        let config = xml.config_mut();
        config.check_end_names = false;
        config.check_comments = false;
        config.expand_empty_elements = true;
        let mut event = Vec::new();
        loop {
            event.clear();
            let tag = match xml.read_event_into(&mut event) {
                Ok(Event::Start(tag)) => tag,
                Ok(Event::Eof) | Err(_) => return Ok(()),
                Ok(_) => continue,
            };
            match tag.local_name().as_ref() {
                "sst" if claims(&tag) > MOST_DIGITS => return Err(too_rich()),
                "xf" | "sheet" => self.copying += 1,
                "font" | "fill" | "border" => {}
                "name" | "numFmt" | "Relationship" => self.longest = self.longest.max(tag.len()),
                _ => continue,
            }
            self.named += 1;
            if self.named > MOST_NAMED || self.copying.saturating_mul(self.longest) > LARGEST_COPIED {
                return Err(too_rich());
            }
        }
    }
}

/// How many digits the number has of which the tag says that there are as many different texts.
fn claims(tag: &str) -> usize {
    let digits = |rest: &str| {
        let number = rest.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '=' | '"' | '\''));
        number.trim_start_matches('0').chars().take_while(char::is_ascii_digit).count()
    };
    tag.split("uniqueCount").skip(1).map(digits).max().unwrap_or_default()
}

fn too_rich() -> String {
    "This spreadsheet names far more texts, styles, sheets or links than a list has. Copy the rows alone, as values, into a new file."
        .to_owned()
}

/// A value as text; no text is copied. `since_1904`: from where does the workbook count days?
fn shown<'a>(value: &'a DataRef<'_>, since_1904: bool) -> Cow<'a, str> {
    match value {
        DataRef::Empty | DataRef::Error(_) => Cow::Borrowed(""),
        DataRef::Int(number) => number.to_string().into(),
        DataRef::Float(number) => number.to_string().into(),
        DataRef::String(text) => text.trim().into(),
        DataRef::SharedString(text) => text.trim().into(),
        DataRef::Bool(yes) => yes.to_string().into(),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.as_str().into(),
        // A duration begins nowhere.
        DataRef::DateTime(moment) if since_1904 && moment.is_datetime() => serial_date(moment.as_f64() + TO_1904).into(),
        DataRef::DateTime(moment) => serial_date(moment.as_f64()).into(),
    }
}

/// From the end of 1899 to where workbooks of older Macs begin to count, in days.
const TO_1904: f64 = 1_462.0;

/// A day as spreadsheets count them, from the end of 1899; with its time where it has one.
fn serial_date(serial: f64) -> String {
    let epoch = chrono::NaiveDate::from_ymd_opt(1899, 12, 30).and_then(|day| day.and_hms_opt(0, 0, 0));
    let seconds = (serial * 86_400.0).round();
    if !(0.0..3.0e11).contains(&seconds) {
        return String::new();
    }
    #[expect(clippy::cast_possible_truncation, reason = "it is within the bounds that were just looked at")]
    let moment = epoch.and_then(|epoch| epoch.checked_add_signed(chrono::TimeDelta::seconds(seconds as i64)));
    moment
        .map(|moment| moment.format("%Y-%m-%dT%H:%M:%S").to_string().trim_end_matches("T00:00:00").to_owned())
        .unwrap_or_default()
}

// ── JSON ────────────────────────────────────────────────────────────────────────────────────────────────────────────

fn json(text: &str) -> Result<Sheet, String> {
    let value: Value = serde_json::from_str(text).map_err(|error| format!("The file cannot be read as JSON: {error}."))?;
    let list = match value {
        Value::Array(list) => list,
        // A list in an envelope.
        Value::Object(map) => map
            .into_iter()
            .find_map(|(_, value)| match value {
                Value::Array(list) => Some(list),
                _ => None,
            })
            .ok_or("The file holds one object and no list. Bring a list of objects: [{…}, {…}].")?,
        _ => return Err("The file holds no list. Bring a list of objects: [{…}, {…}].".into()),
    };
    if list.len() > MOST_ROWS {
        return Err(too_many());
    }
    let mut names: BTreeSet<&str> = BTreeSet::new();
    for (place, entry) in list.iter().enumerate() {
        let Value::Object(entry) = entry else { return Err(format!("Entry {} of the list is no object.", place + 1)) };
        names.extend(entry.keys().map(String::as_str));
        if names.len() > MOST_COLUMNS {
            return Err(format!(
                "The entries have more than {MOST_COLUMNS} different fields. Keep those that are to be imported."
            ));
        }
    }
    let headings: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let rows = list
        .iter()
        .zip(1..)
        .map(|(entry, number)| (number, headings.iter().map(|name| cell(&entry[name.as_str()])).collect()))
        .collect();
    Ok(Sheet { headings, rows, beside: None })
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null | Value::Object(_) => String::new(),
        Value::String(text) => text.trim().to_owned(),
        Value::Array(list) => list.iter().map(cell).filter(|text| !text.is_empty()).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

// ── All of them ─────────────────────────────────────────────────────────────────────────────────────────────────────

/// Headings that can be told apart, cells that are no longer than cells are, and a cell for every heading.
fn checked(mut sheet: Sheet) -> Result<Sheet, String> {
    let named = sheet.headings.len();
    let lines = std::iter::once(&sheet.headings).chain(sheet.rows.iter().map(|(_, cells)| cells));
    let used = columns_in_use(lines.map(|cells| &cells[..cells.len().min(named)]), |cell| !cell.is_empty());
    sheet.headings.truncate(used);
    if sheet.headings.is_empty() {
        return Err("The file is empty. Choose one with a line of headings and rows below it.".into());
    }
    if sheet.headings.len() > MOST_COLUMNS {
        return Err(format!("The file has more than {MOST_COLUMNS} columns. Keep those that are to be imported."));
    }
    for place in 0..sheet.headings.len() {
        let heading = &sheet.headings[place];
        if heading.chars().count() > 120 {
            return Err("A heading has more than 120 characters. Is the first line really one of headings?".into());
        }
        if heading.is_empty() || sheet.headings[..place].contains(heading) {
            sheet.headings[place] = format!("{} ({})", if heading.is_empty() { "Column" } else { heading }, place + 1);
        }
    }
    if sheet.rows.is_empty() {
        return Err("There are no rows below the headings.".into());
    }
    let width = sheet.headings.len();
    for (line, cells) in &mut sheet.rows {
        cells.resize(width, String::new());
        if let Some(place) = cells.iter().position(|cell| cell.chars().count() > LONGEST_CELL) {
            return Err(format!(
                "Line {line} has a value of more than {LONGEST_CELL} characters below “{}”. Is a quotation mark missing?",
                sheet.headings[place]
            ));
        }
        if cells.iter().any(|cell| cell.contains('\0')) {
            return Err(format!("Line {line} holds a character that no text has (NUL)."));
        }
    }
    Ok(sheet)
}

/// How many columns there are up to the last one in which anything stands, a heading or a value. Every cell is asked once at most:
/// a line of a million commas is no work for each of the others.
fn columns_in_use<'a>(lines: impl Iterator<Item = &'a [String]>, mut stands: impl FnMut(&str) -> bool) -> usize {
    let mut used = 0;
    for cells in lines {
        if let Some(place) = cells.get(used..).and_then(|rest| rest.iter().rposition(|cell| stands(cell))) {
            used += place + 1;
        }
    }
    used
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    fn of(text: &str) -> Sheet {
        read(text.as_bytes(), None).expect("a list")
    }

    fn refused(bytes: &[u8]) -> String {
        read(bytes, None).expect_err("a refusal")
    }

    /// A spreadsheet with this sheet, or any packed file.
    fn packed(parts: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in parts {
            writer.start_file(*name, zip::write::SimpleFileOptions::default()).expect("a part");
            writer.write_all(bytes).expect("written");
        }
        writer.finish().expect("packed").into_inner()
    }

    fn book(sheet: &str) -> Vec<u8> {
        books(&[("List", "visible", sheet)])
    }

    /// A workbook: of each sheet its name, whether people see it, and its rows.
    fn books(sheets: &[(&str, &str, &str)]) -> Vec<u8> {
        books_with(sheets, &[])
    }

    /// With parts beside those that every workbook has.
    fn books_with(sheets: &[(&str, &str, &str)], beside: &[(&str, &str)]) -> Vec<u8> {
        books_about("", sheets, beside)
    }

    /// With what the workbook says of itself.
    fn books_about(itself: &str, sheets: &[(&str, &str, &str)], beside: &[(&str, &str)]) -> Vec<u8> {
        const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
        let (mut named, mut related, mut parts) = (String::new(), String::new(), Vec::new());
        for (number, (name, state, rows)) in (1..).zip(sheets) {
            named.push_str(&format!(r#"<sheet name="{name}" sheetId="{number}" state="{state}" r:id="rId{number}"/>"#));
            related.push_str(&format!(
                r#"<Relationship Id="rId{number}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{number}.xml"/>"#
            ));
            let text = format!(r#"<?xml version="1.0"?><worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>"#);
            parts.push((format!("xl/worksheets/sheet{number}.xml"), text));
        }
        parts.extend([
            (
                "[Content_Types].xml".to_owned(),
                format!(r#"<?xml version="1.0"?><Types xmlns="{PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>"#),
            ),
            (
                "_rels/.rels".to_owned(),
                format!(r#"<?xml version="1.0"?><Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#),
            ),
            (
                "xl/workbook.xml".to_owned(),
                format!(r#"<?xml version="1.0"?><workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">{itself}<sheets>{named}</sheets></workbook>"#),
            ),
            (
                "xl/_rels/workbook.xml.rels".to_owned(),
                format!(r#"<?xml version="1.0"?><Relationships xmlns="{PACKAGE}/relationships">{related}</Relationships>"#),
            ),
        ]);
        parts.extend(beside.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())));
        let parts: Vec<(&str, &[u8])> = parts.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect();
        packed(&parts)
    }

    fn line(row: u32, cells: &[(&str, &str)]) -> String {
        let cells: String = cells
            .iter()
            .map(|(column, text)| format!(r#"<c r="{column}{row}" t="inlineStr"><is><t>{text}</t></is></c>"#))
            .collect();
        format!(r#"<row r="{row}">{cells}</row>"#)
    }

    #[test]
    fn lists_as_spreadsheets_save_them() {
        let plain = of("name,website\nAcme,acme.com\n\n\"Globex, Inc.\",globex.com\n");
        assert_eq!(plain.headings, ["name", "website"]);
        assert_eq!(
            plain.rows,
            [(2, vec!["Acme".into(), "acme.com".into()]), (4, vec!["Globex, Inc.".into(), "globex.com".into()])]
        );
        let with_mark = of("\u{feff}name;website\r\n\"Two\r\nlines\";x.com\r\nLast;y.com");
        assert_eq!(with_mark.headings, ["name", "website"]);
        assert_eq!(with_mark.rows[0].1[0], "Two\r\nlines");
        assert_eq!(with_mark.rows[1].0, 4, "lines are counted inside quotation marks too");
        assert_eq!(of("name\twebsite\nA\tb.com").rows[0].1, ["A", "b.com"]);
        assert_eq!(of("name\nA").headings, ["name"]);
        assert_eq!(of("a,a,,\n1,2,3").headings, ["a", "a (2)", "Column (3)"]);
    }

    #[test]
    fn columns_without_anything_go_however_many_there_are() {
        assert_eq!(of("a,,b,,,\n1,,,,\n,2,,,").headings, ["a", "Column (2)", "b"], "those in between stay");
        assert_eq!(of("a,,\n1,2,").headings, ["a", "Column (2)"], "a value below no heading has a place");
        assert_eq!(of("a\n1,,,,").rows[0].1, ["1"]);
        let whole = of(&format!("name{}\n{}", ",".repeat(1_500_000), "Acme\n".repeat(MOST_ROWS)));
        assert_eq!((whole.headings, whole.rows.len()), (vec!["name".to_owned()], MOST_ROWS));
    }

    #[test]
    fn every_cell_is_asked_once_at_most() {
        let line = |cells: usize, last: &str| {
            let mut line = vec![String::new(); cells];
            line[cells - 1] = last.to_owned();
            line
        };
        let few: Vec<_> = std::iter::once(line(10_000, "")).chain((0..1_000).map(|_| line(1, "Acme"))).collect();
        let more: Vec<_> = (1..200).map(|cells| line(cells, "Acme")).chain((1..200).map(|cells| line(cells, ""))).collect();
        for (lines, used) in [(few, 1), (more, 199)] {
            let mut asked = 0;
            let found = columns_in_use(lines.iter().map(Vec::as_slice), |cell| {
                asked += 1;
                !cell.is_empty()
            });
            assert_eq!(found, used);
            let cells: usize = lines.iter().map(Vec::len).sum();
            assert!(asked <= cells, "{asked} times for {cells} cells");
        }
    }

    #[test]
    fn a_list_of_objects() {
        let sheet = of(r#"{"events": [{"name": "A", "topics": ["x", "y"], "online": true}, {"name": "B", "city": null}]}"#);
        assert_eq!(sheet.headings, ["city", "name", "online", "topics"]);
        assert_eq!(sheet.rows[0].1, ["", "A", "true", "x, y"]);
        assert!(refused(b"[1, 2]").contains("Entry 1"));
        assert!(refused(br#"{"a": 1}"#).contains("no list"));
        assert!(refused(b"[{").contains("JSON"));
    }

    #[test]
    fn a_spreadsheet() {
        let rows = line(1, &[("A", "name"), ("B", "website")]) + &line(4, &[("A", "Acme"), ("B", "acme.com")]);
        let sheet = read(&book(&rows), None).expect("read");
        assert_eq!(sheet.beside, None, "there is but one");
        assert_eq!((sheet.headings.len(), sheet.rows), (2, vec![(4, vec!["Acme".to_owned(), "acme.com".to_owned()])]));
    }

    #[test]
    fn dates_numbers_and_signs_of_a_spreadsheet_are_what_people_see() {
        let headings = ["day", "moment", "own", "year", "part", "yes", "no", "iso", "error"];
        let styles = format!(
            r#"<?xml version="1.0"?><styleSheet xmlns="{MAIN}"><numFmts><numFmt numFmtId="164" formatCode="yyyy\-mm\-dd"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="22"/><xf numFmtId="164"/></cellXfs></styleSheet>"#
        );
        let values = |day: u32| {
            let cells =
                format!(r#"<c r="A2" s="1"><v>{day}</v></c><c r="B2" s="2"><v>{day}.75</v></c><c r="C2" s="3"><v>{day}</v></c>"#);
            let others = r#"<c r="D2" s="0"><v>2026</v></c><c r="E2"><v>1.5</v></c><c r="F2" t="b"><v>1</v></c><c r="G2" t="b"><v>0</v></c><c r="H2" t="d"><v>2026-11-20</v></c><c r="I2" t="e"><v>#N/A</v></c>"#;
            format!(r#"<row r="2">{cells}{others}</row>"#)
        };
        let columns = ["A", "B", "C", "D", "E", "F", "G", "H", "I"];
        let first = line(1, &columns.iter().copied().zip(headings).collect::<Vec<_>>());
        let of = |itself: &str, day: u32| {
            let rows = first.clone() + &values(day);
            let book = books_about(itself, &[("List", "visible", rows.as_str())], &[("xl/styles.xml", styles.as_str())]);
            read(&book, None).expect("read").rows
        };
        let seen = ["2026-11-20", "2026-11-20T18:00:00", "2026-11-20", "2026", "1.5", "true", "false", "2026-11-20", ""];
        let whole = vec![(2, seen.map(str::to_owned).to_vec())];
        assert_eq!(of("", 46_346), whole);
        assert_eq!(of(r#"<workbookPr date1904="0"/>"#, 46_346), whole);
        // The same days where they are counted from 1904.
        assert_eq!(of(r#"<workbookPr date1904="1"/>"#, 44_884), whole);
        assert_eq!(of(r#"<workbookPr date1904="true"/>"#, 44_884), whole);
    }

    #[test]
    fn a_workbook_says_which_sheet_was_read() {
        let list = |name: &str| line(1, &[("A", "name")]) + &line(2, &[("A", name)]);
        let (hidden, notes, old, new) = (list("Secret"), line(1, &[("A", "Read me")]), list("Old"), list("New"));
        let formula = r#"<row r="1"><c r="A1" t="inlineStr"><is><t>name</t></is></c></row><row r="2"><c r="A2"><f>1+1</f><v>2</v></c></row>"#;
        let whole = books(&[
            ("Secret", "hidden", hidden.as_str()),
            ("Notes", "visible", notes.as_str()),
            ("2025", "visible", old.as_str()),
            ("2026", "visible", new.as_str()),
            ("Sums", "visible", formula),
        ]);
        let of = |wanted: Option<&str>| read(&whole, wanted).map(|sheet| (sheet.rows[0].1[0].clone(), sheet.beside));
        let beside = |name: &str| {
            Some(Beside { name: name.into(), all: ["Secret", "Notes", "2025", "2026", "Sums"].map(str::to_owned).to_vec() })
        };
        assert_eq!(of(None), Ok(("Old".to_owned(), beside("2025"))), "the first that people see and that holds a list");
        assert_eq!(of(Some("2026")), Ok(("New".to_owned(), beside("2026"))));
        assert_eq!(of(Some("Secret")), Ok(("Secret".to_owned(), beside("Secret"))), "whoever names it may have it");
        assert!(of(Some("Notes")).is_err_and(|why| why.contains("no rows")));
        assert!(of(Some("Sums")).is_err_and(|why| why.contains("formula")));
        assert!(of(Some("2024")).is_err_and(|why| why.contains("no sheet “2024”") && why.contains("2025, 2026")));
        // Nothing to read at all: what is wrong with the first.
        let empty = books(&[("Notes", "visible", notes.as_str()), ("Sums", "visible", formula)]);
        assert!(read(&empty, None).expect_err("nothing").contains("no rows"));
    }

    #[test]
    fn hostile_files_are_refused_in_words() {
        assert!(refused(b"").contains("empty"));
        assert!(refused(b"name,website\n").contains("no rows"));
        assert!(refused(b"name\nM\xfcller").contains("Line 2"), "an older encoding");
        assert!(refused(b"\xff\xfen\0a\0").contains("UTF-16"));
        assert!(refused(b"name\na\0b").contains("NUL"));
        assert!(refused(format!("name\n\"{}", "x".repeat(LONGEST_CELL + 1)).as_bytes()).contains("quotation mark"));
        assert!(refused(b"a,b\n1,2,3").contains("Line 2"));
        let long: String = (0..=MOST_ROWS).map(|n| format!("{n}\n")).collect();
        assert!(refused(format!("name\n{long}").as_bytes()).contains("5000"));
        assert!(refused(&vec![b'a'; LARGEST + 1]).contains("3 MB"));
        let wide: String = (0..=MOST_COLUMNS).map(|n| format!("c{n},")).collect();
        assert!(refused(format!("{wide}\n1").as_bytes()).contains("columns"));
        assert!(refused(&[0xd0, 0xcf, 0x11, 0xe0, 0, 0]).contains("XLSX"));
        assert!(refused(b"PK\x03\x04 nothing").contains("packed"));
        assert!(refused(&packed(&[("a.txt", b"x")])).contains("spreadsheet"));
        let zeros = vec![b' '; 50 * 1024 * 1024];
        let bomb = packed(&[("xl/worksheets/sheet1.xml", &zeros)]);
        assert!(bomb.len() < 200_000);
        assert!(refused(&bomb).contains("far larger"));
        let formula = r#"<row r="1"><c r="A1" t="inlineStr"><is><t>name</t></is></c></row><row r="2"><c r="A2"><f>1+1</f><v>2</v></c></row>"#;
        assert!(refused(&book(formula)).contains("formula"));
        let corner = line(1, &[("A", "name")]) + &line(1_048_576, &[("XFD", "far away")]);
        assert!(refused(&book(&corner)).contains("columns"));
    }

    const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";

    /// A sheet whose cells all show one text, which stands elsewhere.
    fn sharing(text: &str, count: &str, rows: u32) -> Vec<u8> {
        let columns: Vec<char> = ('A'..='Z').collect();
        let lines: String = (1..=rows)
            .map(|row| {
                let cells: String = columns
                    .iter()
                    .map(|column| format!(r#"<c r="{column}{row}" t="s"><v>{}</v></c>"#, u8::from(row > 1)))
                    .collect();
                format!(r#"<row r="{row}">{cells}</row>"#)
            })
            .collect();
        let texts =
            format!(r#"<?xml version="1.0"?><sst xmlns="{MAIN}" {count}><si><t>name</t></si><si><t>{text}</t></si></sst>"#);
        books_with(&[("List", "visible", lines.as_str())], &[("xl/sharedStrings.xml", texts.as_str())])
    }

    #[test]
    fn what_cells_share_is_copied_within_bounds() {
        let whole = read(&sharing("Acme", r#"count="52" uniqueCount="2""#, 3), None).expect("read");
        assert_eq!((whole.rows.len(), whole.rows[1].1[25].as_str()), (2, "Acme"));
        // One text of a megabyte, shown in a hundred cells; found before it is copied once.
        let long = sharing(&"a".repeat(1024 * 1024), "", 5);
        assert!(long.len() < 100_000);
        let said = refused(&long);
        assert!(said.starts_with("Row 2 of the sheet") && said.contains("8000 characters"), "{said}");
        // Each as long as may be, and of letters that take several bytes; but not that many.
        let fits = "ü".repeat(LONGEST_CELL);
        assert_eq!(read(&sharing(&fits, "", 10), None).expect("read").rows.len(), 9);
        let said = refused(&sharing(&fits, "", 80));
        assert!(said.contains("16 MB"), "{said}");
        // No sheet is too much, and together they are.
        let rows = |n: u32| {
            let cells = |row: u32| format!(r#"<row r="{row}"><c r="A{row}" t="s"><v>0</v></c></row>"#);
            (1..=n).map(cells).collect::<String>()
        };
        let (texts, most) = (format!(r#"<sst xmlns="{MAIN}"><si><t>{fits}</t></si></sst>"#), rows(900));
        let sheets = [("1", "visible", most.as_str()), ("2", "visible", most.as_str())];
        let bytes = books_with(&sheets, &[("xl/sharedStrings.xml", texts.as_str())]);
        let mut book: Xlsx<Cursor<&[u8]>> = calamine::open_workbook_from_rs(Cursor::new(&bytes[..])).expect("a workbook");
        let mut left = LARGEST_TEXT;
        assert_eq!(table_of(&mut book, "1", &mut left).map(|it| it.rows.len()), Ok(899));
        assert!(table_of(&mut book, "2", &mut left).is_err_and(|said| said.contains("16 MB")));
    }

    #[test]
    fn no_place_is_kept_for_what_a_file_only_claims() {
        for count in ["1000000", "99999999999", "18446744073709551615"] {
            let said = refused(&sharing("Acme", &format!(r#"count="2" uniqueCount = "{count}""#), 2));
            assert!(said.contains("far more texts"), "{said}");
        }
        let shared = line(1, &[("A", "name")])
            + r#"<row r="2"><c r="A2"><f t="shared" si="99999999999" ref="A2:A3">1+1</f><v>2</v></c></row>"#;
        assert!(refused(&book(&shared)).contains("Row 2 of the sheet holds a formula"));
        let of_another = line(1, &[("A", "name")]) + r#"<row r="2"><c r="A2"><f t="shared" si="0"/><v>2</v></c></row>"#;
        assert!(refused(&book(&of_another)).contains("formula"));
    }

    #[test]
    fn what_a_workbooks_parts_copy_of_each_other_is_bounded() {
        let list = line(1, &[("A", "name")]) + &line(2, &[("A", "Acme")]);
        let with = |styles: &str| {
            let styles = format!(r#"<?xml version="1.0"?><styleSheet xmlns="{MAIN}">{styles}</styleSheet>"#);
            read(&books_with(&[("List", "visible", list.as_str())], &[("xl/styles.xml", styles.as_str())]), None)
        };
        let styled = |font: usize, styles: usize| {
            let name = "a".repeat(font);
            let all = r#"<xf numFmtId="0" fontId="0"/>"#.repeat(styles);
            with(&format!(r#"<fonts><font><sz val="11"/><name val="{name}"/></font></fonts><cellXfs>{all}</cellXfs>"#))
        };
        assert!(styled(30, 10_000).is_ok());
        assert!(styled(1024 * 1024, 1).is_ok());
        assert!(styled(1024 * 1024, 100).is_err_and(|said| said.contains("styles")));
        assert!(with(&format!("<fonts>{}</fonts>", "<font/>".repeat(MOST_NAMED + 1))).is_err_and(|said| said.contains("styles")));
        // The way to a sheet, in many sheets.
        let far = "a".repeat(2 * 1024 * 1024);
        let many: Vec<(String, String)> = (0..40).map(|n| (format!("{n}"), list.clone())).collect();
        let sheets: Vec<(&str, &str, &str)> = many.iter().map(|(name, rows)| (name.as_str(), "visible", rows.as_str())).collect();
        let way = format!(r#"<Relationships><Relationship Id="rId1" Target="{far}"/></Relationships>"#);
        assert!(refused(&books_with(&sheets, &[("xl/_rels/other.rels", way.as_str())])).contains("sheets"));
        assert!(read(&books(&sheets), None).is_ok());
    }

    #[test]
    fn days_of_spreadsheets() {
        assert_eq!(serial_date(46_181.0), "2026-06-08");
        assert_eq!(serial_date(46_181.75), "2026-06-08T18:00:00");
        assert_eq!(serial_date(-1.0), "");
    }
}
