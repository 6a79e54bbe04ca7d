//! Who stands on an event's page. An organization is one global record; what an event shows of it is a snapshot of its
//! name, logo and website with a category, word for word, the tier keyword that groups it, and the benefits that visitors
//! may see. Its community adds, edits, hides, moves and removes by hand what did not come by an accepted request; what did
//! keeps what was agreed. Rules, policy and views are pure; store, service and doors need the server.

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
