//! What this room shows: the wall of an event's page, a community's page with its events and supporters, the panel and the
//! pages on which its community manages it, what an organization supports, and the benefit lines that forms of the rooms
//! below edit.

pub mod community;
pub mod edit;
pub mod lines;
pub mod panel;
pub mod support;
pub mod wall;
