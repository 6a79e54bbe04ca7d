//! What is sponsored.
#[cfg(feature = "server")]
pub mod service;
