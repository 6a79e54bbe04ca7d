//! What becomes of the places of an opportunity: a place is released, who waits for it is offered it in order and for a while,
//! and decisions about many applications are prepared in private and released together. Rules and views are pure; store,
//! service, jobs and doors need the server.

pub mod changes;
pub mod policy;
pub mod rules;
pub mod views;

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
