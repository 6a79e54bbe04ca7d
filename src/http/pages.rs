//! The doors composed: `site` (the whole router, files, the pages' policy), `forms` (every POST of a page), `crawlers` (what
//! search engines read), `previews` (pictures beside links), `offline` (what is shown when we cannot be reached), `page_cache` (public pages, kept for a moment), `ahead` (what a browser
//! is told to fetch first). The routes of pages stand in `app/mod.rs`; REST and what every request passes, in the inner crate.

pub use services::http::*;

mod ahead;
mod crawlers;
pub mod forms;
mod offline;
pub mod page_cache;
mod previews;
pub mod site;
