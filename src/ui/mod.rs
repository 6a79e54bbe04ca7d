//! Furniture: components that know no feature.

pub mod form;
