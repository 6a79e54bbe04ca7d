//! The public pages of organizations, communities and events. Each tells what a room upstream keeps, who supports what, and
//! whether the reader watches it; so they are put together here, below all of these, as communities side by side are. Views are pure;
//! store and service need the server.

pub mod views;

#[cfg(feature = "server")]
pub mod service;
#[cfg(feature = "server")]
mod store;
