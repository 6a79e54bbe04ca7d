//! Who decides on reports. Everybody who is signed in may make one about what they can see.

use super::rules::Owner;
use crate::kernel::{
    actor::{Actor, Capability, Workspace},
    error::Denied,
};

/// May the actor read and decide reports?
///
/// # Errors
/// 403; staff without a second factor are told so.
pub fn may_decide(actor: &Actor) -> Result<(), Denied> {
    actor.must(Capability::Review, "decide on reports")
}

/// Is what was reported somebody else's? Nobody decides on their own workspace's things.
///
/// # Errors
/// 403 `CONFLICT_OF_INTEREST` for somebody with a seat there, in whatever workspace they act.
pub fn must_be_impartial(actor: &Actor, owner: Owner) -> Result<(), Denied> {
    let is_theirs = actor.person.memberships.iter().any(|membership| match (membership.workspace, owner) {
        (Workspace::Organization { id, .. }, Owner::Organization(theirs)) => id == theirs,
        (Workspace::Community { id, .. }, Owner::Community(theirs)) => id == theirs,
        _ => false,
    });
    if is_theirs {
        return Err(Denied::coded(
            "CONFLICT_OF_INTEREST",
            "You belong to the workspace that this report is about, so somebody else of the staff has to decide on it.",
        ));
    }
    Ok(())
}
