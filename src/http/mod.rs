//! The doors that need no pages: `api_v1` with `openapi` (REST and its document), `ops` (probes), `middleware` (what every
//! request passes). `pages.rs` adds the others.

pub mod api_v1;
pub mod codes;
pub mod middleware;
mod openapi;
pub mod ops;
