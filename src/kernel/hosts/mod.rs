//! How an address is read (the URL standard), and how the name of a host is written in ASCII (UTS 46). A browser does both by
//! itself, so its build asks the browser: the tables of names would weigh more than every form that needs them.

#[cfg(not(target_arch = "wasm32"))]
mod by_tables;
#[cfg(not(target_arch = "wasm32"))]
pub use by_tables::{Address, ascii};

#[cfg(target_arch = "wasm32")]
mod by_browser;
#[cfg(target_arch = "wasm32")]
pub use by_browser::{Address, ascii};

/// Where an address leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Host {
    Name(String),
    /// An IP address, however it was written.
    Number,
}
