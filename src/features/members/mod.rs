//! People of workspaces: invitations, the members of communities and organizations, and those who ask to join.
//!
//! A room of its own, below `organizations` and `communities`: both admit people by the same rules (a mailed link, a role,
//! the last lead stays), so one place holds them and neither room learns of mails that it does not send. The rooms above
//! seat the first person, who applied or signed up, and whoever proves the domain of an organization that nobody leads; every
//! other change of `members` and `organization_members` is decided here. Does not mail (the notifications room reacts to the
//! facts) and sets no password (`accounts` does, behind its own link).

pub mod policy;
pub mod rules;
pub mod views;

#[cfg(feature = "server")]
pub mod forms;
#[cfg(feature = "server")]
pub mod joins;
#[cfg(feature = "server")]
pub mod merging;
#[cfg(feature = "server")]
pub mod rest;
#[cfg(feature = "server")]
pub mod roster;
#[cfg(feature = "server")]
pub mod service;
#[cfg(feature = "server")]
mod store;
