//! Saved searches and watched rows: beside lists, on profiles, and on pages of their own.

mod beside;
mod searches;
mod watchlist;

pub use beside::{WatchButton, beside_communities, beside_directory};
pub use searches::SearchesPage;
pub use watchlist::WatchlistPage;
