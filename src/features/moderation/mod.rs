//! What people report to staff, and what staff decide: from a listing that lies to a message that threatens. Downstream of
//! everything that can be reported; so what staff do to a profile with everything that belongs to it stands here too.

pub mod policy;
pub mod rules;
pub mod views;

#[cfg(feature = "server")]
pub mod forms;
#[cfg(feature = "server")]
pub mod merging;
#[cfg(feature = "server")]
pub mod rest;
#[cfg(feature = "server")]
pub mod service;
#[cfg(feature = "server")]
mod store;
