//! Unicode's normal forms, and its marks. A browser has the tables already, so its build asks the browser; carried along they
//! would be a sixth of the program.

#[cfg(not(target_arch = "wasm32"))]
mod by_tables;
#[cfg(not(target_arch = "wasm32"))]
pub use by_tables::{composed, decomposed, is_mark};

#[cfg(target_arch = "wasm32")]
mod by_browser;
#[cfg(target_arch = "wasm32")]
pub use by_browser::{composed, decomposed, is_mark};
