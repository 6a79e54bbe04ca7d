//! What a community offers at an event: a category, a budget range, benefits, a number of places and the date by which it
//! decides. Draft, open, closed, filled. Rules, policy and views are pure; store, service, jobs and doors need the server.

pub mod board;
pub mod items;
pub mod policy;
pub mod rules;
pub mod views;

#[cfg(feature = "server")]
pub mod forms;
#[cfg(feature = "server")]
pub mod index;
#[cfg(feature = "server")]
pub mod jobs;
#[cfg(feature = "server")]
pub mod rest;
#[cfg(feature = "server")]
pub mod saved;
#[cfg(feature = "server")]
pub mod service;
#[cfg(feature = "server")]
mod store;
#[cfg(feature = "server")]
mod store_index;
#[cfg(feature = "server")]
mod store_items;
#[cfg(feature = "server")]
mod store_saved;
