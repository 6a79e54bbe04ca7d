//! The doors composed: `site` (the whole router, files, the pages' policy), `forms` (every POST of a page), `api_v1` with
//! The doors composed: `site` (the whole router, files, the pages' policy), `forms` (every POST of a page), `api_v1` with
//! `openapi` (REST and its document), `ops` (probes), `crawlers` (what search engines read), `previews` (pictures beside links),
//! `middleware` (what every request passes), `page_cache` (public pages, kept for a moment). The routes of pages stand in
//! `app/mod.rs`.

pub mod api_v1;
pub mod middleware;
mod openapi;
pub mod ops;

#[cfg(feature = "ssr")]
mod crawlers;
#[cfg(feature = "ssr")]
pub mod forms;
#[cfg(feature = "ssr")]
pub mod page_cache;
#[cfg(feature = "ssr")]
mod previews;
#[cfg(feature = "ssr")]
pub mod site;
