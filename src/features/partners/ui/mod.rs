//! What this room shows: the wall of an event's page, what an organization supports, and the benefit lines that forms of the rooms below edit.

pub mod lines;
pub mod support;
pub mod wall;
