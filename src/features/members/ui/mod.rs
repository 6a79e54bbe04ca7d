//! The pages of people.

pub mod door;
pub mod import;
pub mod join;
pub mod member;
pub mod people;
