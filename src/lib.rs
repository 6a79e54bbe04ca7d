//! CommDesk's marketplace: where sponsors and developer communities find each other and agree.
//!
//! Three rings: rules and services are a crate of their own, `services.rs`; pages are this one, for the server (`ssr`) and for
//! the browser (`hydrate`). Names of the inner crate stand here where they stood inside, so that a room's pages speak of their
//! room as if it were one. `src/README.md` is the map.

pub use services::kernel;

#[path = "features/pages.rs"]
pub mod features;

pub mod ui;

pub mod app;

#[cfg(feature = "ssr")]
pub use services::{platform, seeds};

#[cfg(feature = "ssr")]
#[path = "http/pages.rs"]
pub mod http;

#[cfg(feature = "hydrate")]
mod hydrate;
