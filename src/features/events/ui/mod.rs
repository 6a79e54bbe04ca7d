//! The pages of events, and the pieces that other pages show of them.

pub mod cards;
pub mod editor;
pub mod linked;
pub mod list;
pub mod manage;
pub mod public;
