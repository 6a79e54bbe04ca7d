//! The rooms, upstream first: a room may call the rooms above it, never one below.

pub mod accounts;
pub mod organizations;
