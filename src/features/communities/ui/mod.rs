//! The pages of communities, and the pieces that other pages show of them.

pub mod edit;
pub mod join;
pub mod list;
pub mod profile;
pub mod staff;
pub mod standing;
