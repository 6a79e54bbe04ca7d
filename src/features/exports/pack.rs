//! The two files of an export: the document as it is, and its lists as tables in an archive, with the files that belong to it.
//!
//! Nothing of a list stays in memory: its rows wait in a file that has no name, so that nobody else opens it and nothing is left
//! of it, however the process ends. Writing blocks a little (the machine keeps files in memory first), packing a lot.

use super::rules::Columns;
use crate::kernel::error::{AppError, AppResult};
use bytes::Bytes;
use serde_json::Value;
use std::{
    fs::File,
    io::{self, BufRead as _, BufReader, BufWriter, Seek as _, SeekFrom, Write},
};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

/// What stands between two rows of a list: each row has a line of its own, in which JSON has no other line's end.
const BETWEEN: &[u8] = b",\n";

fn broken(error: impl std::fmt::Display) -> AppError {
    AppError::broken(format!("an export could not be packed: {error}"))
}

/// A list as it is gathered.
pub struct List {
    file: BufWriter<File>,
    columns: Columns,
    is_empty: bool,
}

impl List {
    /// # Errors
    /// When no file can be made.
    pub fn new() -> AppResult<Self> {
        let file = BufWriter::new(tempfile::tempfile().map_err(broken)?);
        Ok(Self { file, columns: Columns::default(), is_empty: true })
    }

    /// # Errors
    /// When it cannot be written.
    pub fn push(&mut self, row: &Value) -> AppResult<()> {
        if !self.is_empty {
            self.file.write_all(BETWEEN).map_err(broken)?;
        }
        self.is_empty = false;
        self.columns.note(row);
        serde_json::to_writer(&mut self.file, row).map_err(broken)
    }

    /// Its rows from the first one on, as they stand in the document.
    fn rows(&mut self) -> AppResult<BufReader<&File>> {
        self.file.flush().map_err(broken)?;
        let mut file = self.file.get_ref();
        file.seek(SeekFrom::Start(0)).map_err(broken)?;
        Ok(BufReader::new(file))
    }
}

/// One of the names of a document.
pub enum Part {
    One(Value),
    List(List),
}

/// Everything, under its names, and the few files that belong to it.
#[derive(Default)]
pub struct Document {
    parts: Vec<(&'static str, Part)>,
    files: Vec<(String, Bytes)>,
}

impl Document {
    pub fn put(&mut self, name: &'static str, value: Value) {
        self.parts.push((name, Part::One(value)));
    }

    pub fn put_list(&mut self, name: &'static str, list: List) {
        self.parts.push((name, Part::List(list)));
    }

    /// A file that stands in the archive under this name; the document has no place for it.
    pub fn put_file(&mut self, name: String, bytes: Bytes) {
        self.files.push((name, bytes));
    }

    fn write(&mut self, out: &mut impl Write) -> AppResult<()> {
        let mut before: &[u8] = b"{\n";
        for (name, part) in &mut self.parts {
            out.write_all(before).map_err(broken)?;
            before = BETWEEN;
            serde_json::to_writer(&mut *out, name).map_err(broken)?;
            out.write_all(b": ").map_err(broken)?;
            match part {
                Part::One(value) => serde_json::to_writer(&mut *out, value).map_err(broken)?,
                Part::List(list) => {
                    out.write_all(b"[\n").map_err(broken)?;
                    io::copy(&mut list.rows()?, out).map_err(broken)?;
                    out.write_all(b"\n]").map_err(broken)?;
                }
            }
        }
        out.write_all(b"\n}\n").map_err(broken)
    }

    /// The document.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn json(mut self) -> AppResult<File> {
        let mut out = BufWriter::new(tempfile::tempfile().map_err(broken)?);
        self.write(&mut out)?;
        from_the_start(out)
    }

    /// The document itself, a table for each of its lists (a single thing is a table of one line), and its files.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn zip(mut self) -> AppResult<File> {
        let out = BufWriter::new(tempfile::tempfile().map_err(broken)?);
        let mut archive = ZipWriter::new(out);
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        archive.start_file("export.json", options).map_err(broken)?;
        self.write(&mut archive)?;
        for (name, part) in &mut self.parts {
            match part {
                Part::One(row @ Value::Object(_)) => {
                    archive.start_file(format!("{name}.csv"), options).map_err(broken)?;
                    let mut columns = Columns::default();
                    columns.note(row);
                    let mut table = table(&mut archive, &columns)?;
                    table.write_record(columns.line(row)).map_err(broken)?;
                    table.flush().map_err(broken)?;
                }
                // The version and the moment stand in the document.
                Part::One(_) => {}
                Part::List(list) => {
                    archive.start_file(format!("{name}.csv"), options).map_err(broken)?;
                    csv_of(list, &mut archive)?;
                }
            }
        }
        // Pictures are as small as they get.
        let as_it_is = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        for (name, bytes) in &self.files {
            archive.start_file(name.as_str(), as_it_is).map_err(broken)?;
            archive.write_all(bytes).map_err(broken)?;
        }
        from_the_start(archive.finish().map_err(broken)?)
    }
}

fn from_the_start(written: BufWriter<File>) -> AppResult<File> {
    let mut file = written.into_inner().map_err(broken)?;
    file.seek(SeekFrom::Start(0)).map_err(broken)?;
    Ok(file)
}

/// A table with its columns' names. Without the mark a spreadsheet reads the letters in its machine's own code page.
fn table<W: Write>(mut out: W, columns: &Columns) -> AppResult<csv::Writer<W>> {
    out.write_all("\u{feff}".as_bytes()).map_err(broken)?;
    let mut table = csv::Writer::from_writer(out);
    if !columns.names().is_empty() {
        table.write_record(columns.names()).map_err(broken)?;
    }
    Ok(table)
}

fn csv_of(list: &mut List, out: &mut impl Write) -> AppResult<()> {
    // The rows are read from the list's own file, while its columns are asked.
    let columns = std::mem::take(&mut list.columns);
    let mut table = table(out, &columns)?;
    let mut rows = list.rows()?;
    let mut line = String::new();
    while rows.read_line(&mut line).map_err(broken)? > 0 {
        let row: Value = serde_json::from_str(line.trim_end().trim_end_matches(',')).map_err(broken)?;
        table.write_record(columns.line(&row)).map_err(broken)?;
        line.clear();
    }
    table.flush().map_err(broken)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::io::Read as _;

    fn document(rows: &[Value]) -> Document {
        let (mut document, mut list, empty) = (Document::default(), List::new().expect("a file"), List::new().expect("a file"));
        rows.iter().for_each(|row| list.push(row).expect("written"));
        document.put("schemaVersion", json!(1));
        document.put("profile", json!({"name": "Apex, \"Circle\""}));
        document.put_list("rows", list);
        document.put_list("none", empty);
        document.put_file("files/mark.png".to_owned(), Bytes::from_static(b"\x89PNG\xff"));
        document
    }

    fn read(mut file: File) -> Vec<u8> {
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).expect("read");
        bytes
    }

    #[test]
    fn both_files_say_what_was_put_in() {
        let rows = [json!({"id": 1, "name": "two\nlines,"}), json!({"id": 2, "more": {"a": "=1"}})];
        let whole: Value = serde_json::from_slice(&read(document(&rows).json().expect("packed"))).expect("JSON");
        assert_eq!(whole["rows"], json!(rows));
        assert_eq!((&whole["none"], &whole["profile"]["name"]), (&json!([]), &json!("Apex, \"Circle\"")));

        let bytes = read(document(&rows).zip().expect("packed"));
        let mut archive = zip::ZipArchive::new(io::Cursor::new(bytes)).expect("an archive");
        let mut text = |name: &str| {
            let mut text = String::new();
            archive.by_name(name).expect(name).read_to_string(&mut text).expect("text");
            text
        };
        assert_eq!(text("rows.csv"), "\u{feff}id,name,more.a\n1,\"two\nlines,\",\n2,,'=1\n");
        assert_eq!(text("none.csv"), "\u{feff}");
        assert_eq!(text("profile.csv"), "\u{feff}name\n\"Apex, \"\"Circle\"\"\"\n");
        assert_eq!(serde_json::from_str::<Value>(&text("export.json")).expect("JSON"), whole);
        let mut mark = Vec::new();
        archive.by_name("files/mark.png").expect("a file").read_to_end(&mut mark).expect("read");
        assert_eq!(mark, b"\x89PNG\xff");
    }
}
