//! The doors composed.
#[cfg(feature = "ssr")]
pub mod site;
