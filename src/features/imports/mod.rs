//! Files of organizations, past sponsors and events on their way in: read, mapped, looked at row by row, taken as a whole
//! or not at all, and taken back.
//!
//! Rules: `rules`, `policy`, `views`. Services: `sheets` (reading hostile files), `rows` (from cells to what they mean),
//! `pictures`, `store`, `service`, `jobs`, and the doors `rest` and `forms`.

pub mod policy;
pub mod rules;
pub mod views;

#[cfg(feature = "server")]
pub mod jobs;
#[cfg(feature = "server")]
pub mod pictures;
#[cfg(feature = "server")]
mod rows;
#[cfg(feature = "server")]
pub mod service;
#[cfg(feature = "server")]
pub mod sheets;
#[cfg(feature = "server")]
mod store;

#[cfg(feature = "server")]
pub mod forms;
#[cfg(feature = "server")]
pub mod rest;
