//! The two files of an export: the document as it is, and its lists as tables in an archive.

use super::rules;
use crate::kernel::error::{AppError, AppResult};
use serde_json::{Map, Value};
use std::io::{Cursor, Write as _};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

fn broken(error: impl std::fmt::Display) -> AppError {
    AppError::broken(format!("an export could not be packed: {error}"))
}

/// # Errors
/// When it cannot be written.
pub fn json(document: &Map<String, Value>) -> AppResult<Vec<u8>> {
    serde_json::to_vec_pretty(document).map_err(broken)
}

/// The document itself, and a table for each of its lists; a single thing is a table of one line.
///
/// # Errors
/// When it cannot be written.
pub fn zip(document: &Map<String, Value>) -> AppResult<Vec<u8>> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    archive.start_file("export.json", options).map_err(broken)?;
    archive.write_all(&json(document)?).map_err(broken)?;
    for (name, value) in document {
        let rows: &[Value] = match value {
            Value::Array(rows) => rows,
            Value::Object(_) => std::slice::from_ref(value),
            // The version and the moment stand in the document.
            _ => continue,
        };
        archive.start_file(format!("{name}.csv"), options).map_err(broken)?;
        archive.write_all(&csv(rows)?).map_err(broken)?;
    }
    Ok(archive.finish().map_err(broken)?.into_inner())
}

fn csv(rows: &[Value]) -> AppResult<Vec<u8>> {
    let (columns, lines) = rules::table(rows);
    // Without the mark a spreadsheet reads the letters in its machine's own code page.
    let mut writer = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    if !columns.is_empty() {
        writer.write_record(&columns).map_err(broken)?;
    }
    for line in lines {
        writer.write_record(&line).map_err(broken)?;
    }
    writer.into_inner().map_err(broken)
}
