//! The doors composed: one readable table of every route.

pub mod api_v1;
pub mod middleware;
mod openapi;
pub mod ops;

#[cfg(feature = "ssr")]
pub mod forms;
#[cfg(feature = "ssr")]
pub mod site;
