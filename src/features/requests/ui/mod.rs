//! Pages of this room: the inbox, one request, and where a community writes one.

pub mod compose;
pub mod dashboard;
pub mod inbox;
pub mod request;
