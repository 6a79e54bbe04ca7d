//! CommDesk's marketplace without its pages: rules (always compiled), and services with their REST doors (`server`).
//!
//! The crate around it, `lib.rs`, adds pages. `src/README.md` is the map.

pub mod kernel;

pub mod features;

#[cfg(feature = "server")]
pub mod platform;

#[cfg(feature = "server")]
pub mod http;

#[cfg(feature = "server")]
pub mod seeds;
