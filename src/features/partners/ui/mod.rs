//! What this room shows: the wall of an event's page, the panel and the pages on which its community manages it, and the
//! benefit lines that forms of the rooms below edit.

pub mod edit;
pub mod lines;
pub mod panel;
pub mod wall;
