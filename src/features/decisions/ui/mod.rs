//! Pages of this room: the place of a request, and the decisions that are not yet said.

pub mod decisions;
pub mod place;
