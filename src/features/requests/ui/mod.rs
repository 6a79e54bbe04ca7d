//! Pages of this room: the inbox, one request, and where a community writes one.

pub mod compose;
pub mod dashboard;
pub mod held;
pub mod inbox;
mod keys;
pub mod request;
pub mod rules;
pub mod standing;
