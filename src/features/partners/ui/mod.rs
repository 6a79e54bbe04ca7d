//! What this room shows: the wall of an event, what an organization supports, the panel and the pages on which a community
//! manages its partners, and the benefit lines that forms of the rooms below edit.

pub mod edit;
pub mod lines;
pub mod panel;
pub mod support;
pub mod wall;
