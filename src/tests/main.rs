//! Services and doors against a real Postgres, through the router that is served. One binary; files mirror the rooms.

#![expect(clippy::unwrap_used, reason = "a test that cannot read what it needs has failed")]

mod architecture;
mod crash;
mod house;
mod organizations;
mod requests;
mod strangers;
mod town;
mod accounts;
mod notifications;
mod communities;
mod events;
mod members;
