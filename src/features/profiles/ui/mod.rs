//! The public pages. The look of each thing is its own room's; here stands what goes around it.

pub mod community;
pub mod compare;
pub mod event;
pub mod organization;
