//! Pictures that come with a file of organizations: from an archive or a folder, drawn by the pipeline of all logos, and
//! matched to rows by their names.
//!
//! Promises: a file that is refused says why and harms no other; what an archive claims of its size is not believed.

use super::rows::Read;
use crate::{
    features::organizations::{identity::skeleton, logos},
    kernel::{
        error::{AppError, AppResult},
        ids::LogoId,
    },
    platform::ctx::Ctx,
};
use anyhow::Context as _;
use std::io::{Cursor, Read as _};

/// The most pictures of one archive.
const MOST: usize = 300;
/// The most bytes of one picture; the pipeline has the same bound.
const LARGEST: u64 = 2 * 1024 * 1024;
/// The most bytes of all of them.
const LARGEST_ALL: u64 = 64 * 1024 * 1024;

/// A picture that was looked at.
pub struct Drawn {
    pub file_name: String,
    pub logo: Result<LogoId, String>,
}

/// The files of an archive: their names without folders, and what they hold. What lies in hidden folders is left out.
///
/// # Errors
/// What is wrong with the archive.
pub fn unpack(bytes: &[u8]) -> Result<Vec<(String, Vec<u8>)>, String> {
    let broken = || "This is no ZIP archive that we can open. Pack the pictures into a new one.".to_owned();
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| broken())?;
    if archive.len() > MOST * 2 {
        return Err(format!("The archive has more than {MOST} pictures. Bring them in parts."));
    }
    let (mut files, mut total) = (Vec::new(), 0_u64);
    for place in 0..archive.len() {
        let part = archive.by_index(place).map_err(|_| broken())?;
        let name = part.name().map_err(|_| broken())?.replace('\\', "/");
        let hidden = name.split('/').any(|step| step.starts_with('.') || step == "__MACOSX");
        if part.is_dir() || hidden {
            continue;
        }
        if files.len() == MOST {
            return Err(format!("The archive has more than {MOST} pictures. Bring them in parts."));
        }
        let mut held = Vec::new();
        part.take(LARGEST + 1).read_to_end(&mut held).map_err(|_| broken())?;
        total += held.len() as u64;
        if total > LARGEST_ALL {
            return Err("Unpacked, the pictures are larger than 64 MB. Bring them in parts.".into());
        }
        let short = name.rsplit('/').next().unwrap_or_default().to_owned();
        files.push((short, held));
    }
    if files.is_empty() { Err("The archive holds no pictures.".into()) } else { Ok(files) }
}

/// The files of a folder, not of the folders in it.
///
/// # Errors
/// When the folder cannot be read.
pub fn of_folder(folder: &std::path::Path) -> anyhow::Result<Vec<(String, Vec<u8>)>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(|| format!("{} cannot be read", folder.display()))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.file_type()?.is_file() && !name.starts_with('.') {
            let mut held = Vec::new();
            // One byte more than fits: the pipeline then says that it is too large.
            std::fs::File::open(entry.path())?.take(LARGEST + 1).read_to_end(&mut held)?;
            files.push((name, held));
        }
    }
    files.sort();
    Ok(files)
}

/// A file's name as it is kept and shown.
pub fn kept_name(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(120).collect()
}

/// Draws every file anew, one after the other.
///
/// # Errors
/// When the store or the database is away.
pub async fn draw_all(ctx: &Ctx, files: Vec<(String, Vec<u8>)>) -> AppResult<Vec<Drawn>> {
    let mut drawn = Vec::with_capacity(files.len());
    for (file_name, bytes) in files {
        let logo = match logos::draw(ctx, bytes).await {
            Ok((id, _)) => Ok(id),
            Err(AppError::Invalid(problems)) => Err(problems.0.into_values().next().unwrap_or_default()),
            Err(other) => return Err(other),
        };
        drawn.push(Drawn { file_name, logo });
    }
    Ok(drawn)
}

/// The row that a file belongs to: one that names it, else one whose name is the file's.
pub fn row_of(file_name: &str, rows: &[Read]) -> Option<i32> {
    let base = |text: &str| text.rsplit(['/', '\\']).next().unwrap_or_default().to_lowercase();
    let wanted = base(file_name);
    let named =
        rows.iter().filter(|row| row.told.as_ref().is_some_and(|told| !told.logo.is_empty() && base(&told.logo) == wanted));
    if let Some(row) = best(named, &wanted) {
        return Some(row);
    }
    let stem = skeleton(wanted.rsplit_once('.').map_or(wanted.as_str(), |(stem, _)| stem));
    let called = rows.iter().filter(|row| row.entry.as_ref().is_some_and(|entry| entry.skeleton == stem && !stem.is_empty()));
    best(called, &wanted)
}

/// Of several rows with one picture, the one whose name is the file's, else the surest to be a company: a company's sign is no
/// product's.
fn best<'a>(rows: impl Iterator<Item = &'a Read>, file: &str) -> Option<i32> {
    let stem = skeleton(file.rsplit_once('.').map_or(file, |(stem, _)| stem));
    let rows: Vec<&Read> = rows.collect();
    let same = rows.iter().find(|row| row.entry.as_ref().is_some_and(|entry| entry.skeleton == stem));
    let surest = rows.iter().rev().max_by_key(|row| row.entry.as_ref().map(|entry| entry.rank));
    same.or(surest).map(|row| row.number)
}
