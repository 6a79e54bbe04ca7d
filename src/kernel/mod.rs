//! randomness; compiled in every build, the browser's too.

pub mod canonical;
pub mod error;
pub mod fields;
pub mod ids;
pub mod page;
