//! What this room shows: an event's page with its wall, a community's page with its events and supporters, an organization's
//! page with what it supports, the panel and the pages on which a community manages its partners, and the benefit lines that
//! forms of the rooms below edit.

pub mod community;
pub mod edit;
pub mod event;
pub mod lines;
pub mod organization;
pub mod panel;
mod support;
pub mod wall;
