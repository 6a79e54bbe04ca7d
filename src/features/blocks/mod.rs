//! Workspaces that want nothing to do with each other. A block is mutual and silent: neither finds the other's page while
//! signed in for its workspace, and a new request is answered as if the other took none. Upstream of everything that shows
//! one workspace to another.

pub mod policy;
pub mod rules;
pub mod views;

#[cfg(feature = "server")]
pub mod forms;
#[cfg(feature = "server")]
pub mod rest;
#[cfg(feature = "server")]
pub mod service;
#[cfg(feature = "server")]
mod store;
