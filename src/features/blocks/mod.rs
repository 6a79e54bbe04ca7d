//! Workspaces that want nothing to do with each other. A block is mutual, and as silent as it can honestly be: what everybody
//! may read, both still read, so that signing out shows nothing new; neither stands in the other's lists; what is refused is
//! asking (in the words for whoever cannot deal) and standing on an event (as if the directory did not have them). Upstream of
//! everything that shows one workspace to another.

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
