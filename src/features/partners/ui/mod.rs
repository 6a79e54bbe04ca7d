//! What this room shows: the wall of an event's page, and the benefit lines that forms of the rooms below edit.

pub mod lines;
pub mod wall;
