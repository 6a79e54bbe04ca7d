//! Events: what is sponsored. Drafted with only a title, published when nothing is missing, moved on by the clock,
//! archived for good.
//!
//! Rules (`rules`, `policy`, `views`) touch nothing; `zones` (server) knows the world's time zones; `store`,
//! `service`, `jobs`, `rest` and `forms` run on the server. Does not know who sponsors: partners, opportunities and requests
//! are downstream and ask for an [`views::EventBrief`].

pub mod policy;
pub mod rules;
pub mod views;

#[cfg(feature = "server")]
pub mod zones;

#[cfg(feature = "server")]
mod store;

#[cfg(feature = "server")]
pub mod service;

#[cfg(feature = "server")]
pub mod jobs;

#[cfg(feature = "server")]
pub mod rest;

#[cfg(feature = "server")]
pub mod forms;
