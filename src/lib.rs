//! CommDesk's marketplace: where sponsors and developer communities find each other and agree.
//!
//! Three rings, as Cargo features: rules (always), services (`server`), pages (`ui`, in `ssr` and `hydrate`).
//! `src/README.md` is the map.

pub mod kernel;

pub mod features;

#[cfg(feature = "server")]
pub mod platform;

#[cfg(feature = "ui")]
pub mod ui;

#[cfg(feature = "ui")]
pub mod app;

#[cfg(feature = "server")]
pub mod http;

#[cfg(feature = "server")]
pub mod seeds;

#[cfg(feature = "hydrate")]
mod hydrate;
