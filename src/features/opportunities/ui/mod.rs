//! Pages of this room: what is offered, one offer, and where a community writes and manages its own.

pub mod browse;
pub mod detail;
pub mod edit;
pub mod items;
mod linked;
pub mod manage;
pub mod offers;
pub mod views;
