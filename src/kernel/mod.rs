//! Words that everybody shares: ids, money, labels, text, fields, errors, who acts. Pure: no I/O, no clock, no
//! randomness; compiled in every build, the browser's too.

pub mod actor;
pub mod amounts;
pub mod canonical;
pub mod clocks;
pub mod compare;
pub mod error;
pub mod fact;
pub mod fields;
pub mod hosts;
pub mod ids;
pub mod labels;
pub mod markup;
pub mod money;
pub mod normal;
pub mod page;
pub mod pictures;
pub mod safe_html;
pub mod search;
pub mod technologies;
pub mod text;
pub mod words;
