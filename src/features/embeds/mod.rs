//! What a community shows on its own site: the sponsors of an event and a badge for an opportunity, as a page without
//! scripts for a frame, as JSON, and as HTML to paste.
//!
//! Promises: only what everybody may see anyway, cached for a few minutes; only these answers may stand in a frame, on the
//! sites that the community names (everywhere, until it names some). Does not know who looks: no answer depends on a cookie.

pub mod policy;
pub mod rules;
pub mod views;

#[cfg(feature = "server")]
mod store;

#[cfg(feature = "server")]
pub mod service;

#[cfg(feature = "server")]
pub mod forms;

#[cfg(feature = "server")]
pub mod frames;
