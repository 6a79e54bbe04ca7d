//! Sponsors and partners: global records, applied for, checked, verified by staff, shown in the directory. An event only
//! points at them.
//!
//! Rules: `rules`, `trust`, `policy`, `visibility`, `views`. Services: `identity`, `store`, `index`, `service`, `directory`,
//! `vocabulary`, `logos`, `drafts`, `life`, `claims`, `merging`, `jobs`, and the doors `rest` and `forms`.

pub mod policy;
pub mod rules;
pub mod trust;
pub mod views;
pub mod visibility;

#[cfg(feature = "server")]
pub mod directory;
#[cfg(feature = "server")]
pub mod drafts;
#[cfg(feature = "server")]
pub mod identity;
#[cfg(feature = "server")]
pub mod index;
#[cfg(feature = "server")]
pub mod jobs;
#[cfg(feature = "server")]
pub mod logos;
#[cfg(feature = "server")]
pub mod lookups;
#[cfg(feature = "server")]
pub mod bulk;
#[cfg(feature = "server")]
pub mod claims;
#[cfg(feature = "server")]
pub mod life;
#[cfg(feature = "server")]
pub mod merging;
#[cfg(feature = "server")]
pub mod service;
#[cfg(feature = "server")]
pub mod vocabulary;
#[cfg(feature = "server")]
mod store;

#[cfg(feature = "server")]
pub mod forms;
#[cfg(feature = "server")]
pub mod rest;
