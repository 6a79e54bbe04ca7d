//! Sponsors and partners: global records, applied for, checked, verified by staff, shown in the directory.

pub mod trust;

#[cfg(feature = "server")]
pub mod identity;
