//! People and access: users, passwords, sessions, one-time links, the second factor, staff roles.
//!
//! A user is a login. What they may do comes from memberships, which the rooms below add; this room only reads them
//! together (the view `seats`) when it loads who is calling. A password is set behind a mailed link and nowhere else.

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
