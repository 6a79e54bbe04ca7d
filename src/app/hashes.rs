//! The hashes that the build put into the names of its files, as it wrote them down beside the program. Files do not change while
//! the program runs, so whoever asks keeps what it made of them.

use leptos::config::LeptosOptions;
use std::path::PathBuf;

/// Where a file beside the program would stand.
pub fn beside(file: &str) -> Option<PathBuf> {
    Some(std::env::current_exe().ok()?.parent()?.join(file))
}

/// What was written down, a kind of file on each line; nothing, where names carry no hash.
pub fn read(options: &LeptosOptions) -> String {
    let file = beside(&options.hash_file).filter(|_| options.hash_files);
    file.and_then(|file| std::fs::read_to_string(file).ok()).unwrap_or_default()
}

/// What stands in the name of a file of this kind, in front of its ending: a dot and the hash, or nothing.
pub fn mark(hashes: &str, kind: &str) -> String {
    let hash = hashes.lines().find_map(|line| line.trim().strip_prefix(kind)?.strip_prefix(':').map(str::trim));
    hash.map(|hash| format!(".{hash}")).unwrap_or_default()
}
