//! What people keep an eye on: searches of organizations, communities and opportunities that they saved, with alerts for what
//! comes to fit, and organizations and communities that they watch.
//!
//! Both are a person's own, in the workspace that they act for: who leaves takes nothing
//! along, and colleagues do not see what somebody is looking for. Promises: an alert tells of a row at most once for a search,
//! and of none that its reader may not see at that moment.

pub mod rules;
pub mod views;

#[cfg(feature = "server")]
pub mod alerts;
#[cfg(feature = "server")]
pub mod forms;
#[cfg(feature = "server")]
pub mod jobs;
#[cfg(feature = "server")]
pub mod rest;
#[cfg(feature = "server")]
pub mod service;
#[cfg(feature = "server")]
mod store;
