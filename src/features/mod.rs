//! The rooms, upstream first: a room may call the rooms above it, never one below.

pub mod accounts;
pub mod access;
pub mod blocks;
pub mod organizations;
pub mod communities;
pub mod members;
pub mod events;
pub mod partners;
pub mod opportunities;
pub mod watching;
pub mod profiles;
pub mod embeds;
pub mod requests;
pub mod decisions;
pub mod imports;
pub mod moderation;
pub mod exports;
pub mod notifications;

pub mod facts;

#[cfg(feature = "server")]
pub mod reactions;

#[cfg(feature = "server")]
pub mod sealed;
