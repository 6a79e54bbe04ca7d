//! Everything that a workspace owns here, taken along by its admins: one JSON document, or the same as tables in an archive.
//!
//! Promises: what stands in it is what its rooms show to the one who asks, by the same services, so that nothing of others
//! comes along that a page would not show, and no secret at all (of a key, what it is called and may do); a second factor that
//! the workspace asks for before anything that they may do there is asked for before an export, too; every export is a fact,
//! and the workspace's other admins hear of it; a link opens only for whoever asked for it, for an hour, while they are still an
//! admin. Nothing is kept: the link reads what is there when it is opened. A file is put together by sets of rows, on disk, in
//! files without names (only the workspace's own pictures, three at most, wait in memory); two at once in a process, so many an
//! hour for a person: whoever comes too soon is told when.

pub mod rules;
pub mod views;

#[cfg(feature = "server")]
pub mod download;
#[cfg(feature = "server")]
pub mod forms;
#[cfg(feature = "server")]
mod pack;
#[cfg(feature = "server")]
pub mod service;
