//! What a workspace lets in: API keys for its programs, and for what it asks its people a second factor.
//!
//! A key is shown once and stored as a hash. It acts for one workspace, does what its scopes name and its maker may still
//! do, and nothing from the next request after it was revoked. Which calls a scope opens is said by one table
//! ([`rules::scope_of`]): a call that is not in it is open to no key. The second factor itself belongs to `accounts`.

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
