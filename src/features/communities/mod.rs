//! Communities: the workspaces of organizers. A community signs up, its owner proves the mailbox, staff look at what was
//! checked and decide, and it becomes active when the owner first signs in afterwards.
//!
//! Rules (`rules`, `search`, `policy`, `views`) touch nothing; `store`, `store_search`, `index`, `service`, `directory`,
//! `jobs`, `rest` and `forms` run on the server.
//! Does not mail anybody and does not know of events, requests or deals: those are downstream. Its list alone is searched by
//! what the events that everybody sees are about, which it reads from the view that says which those are.

pub mod policy;
pub mod rules;
pub mod search;
pub mod views;

#[cfg(feature = "server")]
mod store;

#[cfg(feature = "server")]
mod store_search;

#[cfg(feature = "server")]
pub mod index;

#[cfg(feature = "server")]
pub mod service;

#[cfg(feature = "server")]
pub mod directory;

#[cfg(feature = "server")]
pub mod jobs;

#[cfg(feature = "server")]
pub mod rest;

#[cfg(feature = "server")]
pub mod forms;
