//! Furniture: components that know no feature. Classes are the contract of `style/README.md`.

pub mod browser;
pub mod compare;
#[cfg(feature = "ssr")]
pub mod door;
pub mod form;
pub mod found;
pub mod keys;
pub mod page;
pub mod parts;
pub mod search;
