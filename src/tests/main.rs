//! Services and doors against a real Postgres, through the router that is served. One binary; files mirror the rooms.

#![expect(clippy::unwrap_used, reason = "a test that cannot read what it needs has failed")]

mod architecture;
mod crash;
mod house;
mod opportunities;
mod page_cache;
mod organizations;
mod organization_life;
mod requests;
mod imports;
mod inbox;
mod unread;
mod moderation;
mod statements;
mod search;
mod watching;
mod exports;
mod strangers;
mod town;
mod common;
mod work;
mod keys;
mod program;
mod demo;
mod limits;
mod counting;
mod accounts;
mod api_keys;
mod notifications;
mod communities;
mod events;
mod partners;
mod embeds;
mod public_face;
mod members;
mod merging;
mod planted;
mod canaries;
mod payloads;
mod matrix;
mod states;
mod clicks;
