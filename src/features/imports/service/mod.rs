//! The use cases of imports: bring a file, say which column is what, look at every row, decide, carry out, take back.
//!
//! Promises: a run is one transaction: others see all of it or nothing, and how far it has come is written beside it. It
//! judges every row once more, under its own eyes: what somebody added meanwhile is there already, and what would need a
//! decision now gives the whole run up. The same file again changes nothing. Does not publish anything.

mod bringing;
mod carrying;
mod looking;
mod picturing;
mod showing;
mod undoing;

pub use bringing::{FORGET_CELLS, NotImported, bring, bring_as, by_command, choose_sheet, forget, forget_cells};
pub use carrying::{apply, apply_as, give_up_failed, give_up_stranded, run};
pub use looking::{Decided, choices, decide, remap};
pub use picturing::{add_pictures, add_pictures_as};
pub use showing::{report, report_pictures, report_rows, screen, view, view_as};
pub use undoing::undo;

use super::{policy::Desk, rules::mapping::Mapping};
use crate::{
    kernel::{actor::Actor, ids::UserId},
    platform::facts::Voice,
};

/// Who brings a file.
#[derive(Debug, Clone)]
pub struct Bringer {
    pub desk: Desk,
    pub by: Option<UserId>,
}

impl Bringer {
    pub(super) fn of(actor: &Actor, desk: Desk) -> Self {
        Self { desk, by: Some(actor.user()) }
    }

    /// As whom the facts are stated.
    pub(super) fn voice(&self) -> Voice {
        match (self.by, self.desk) {
            (None, _) => Voice::System,
            (Some(user), Desk::Staff) => Voice::Acting { user: user.0, kind: "staff", id: None },
            (Some(user), Desk::Community(id)) => Voice::Acting { user: user.0, kind: "community", id: Some(id.0) },
        }
    }
}

/// A file as it comes.
#[derive(Debug, Clone, Default)]
pub struct File {
    pub target: String,
    pub name: String,
    pub bytes: Vec<u8>,
    /// For events that staff bring: the community's short name.
    pub community: String,
    /// Of a workbook with several sheets, which one; empty for the one that was read the last time, or the first.
    pub sheet: String,
    /// For each field, the heading. Without it they are those that were said last of such headings, else guessed.
    pub mapping: Option<Mapping>,
}
