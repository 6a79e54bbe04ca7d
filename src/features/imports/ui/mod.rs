//! The pages of imports: the list with a way to bring a file, and one file from its columns to its report.

mod list;
mod one;

pub use list::ImportsPage;
pub use one::ImportOnePage;
