//! Both paths in: a community asks an organization, or an organization applies for an opportunity. Either makes the same
//! record, whose proposal is revision 1; the other side accepts, rejects, or lets it expire. Rules, policy and views are
//! pure; store, service, jobs and doors need the server.

pub mod policy;
pub mod rules;
pub mod views;

#[cfg(feature = "server")]
pub mod dashboard;
#[cfg(feature = "server")]
pub mod forms;
#[cfg(feature = "server")]
pub mod inbox;
#[cfg(feature = "server")]
pub mod jobs;
#[cfg(feature = "server")]
pub mod merging;
#[cfg(feature = "server")]
pub mod rest;
#[cfg(feature = "server")]
pub mod routing;
#[cfg(feature = "server")]
pub mod service;
#[cfg(feature = "server")]
mod store;
#[cfg(feature = "server")]
mod store_routing;
#[cfg(feature = "server")]
mod store_sending;
