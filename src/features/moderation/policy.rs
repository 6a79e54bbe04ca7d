//! Who decides on reports. Everybody who is signed in may make one about what they can see.

use crate::kernel::{
    actor::{Actor, Capability},
    error::Denied,
};

/// May the actor read and decide reports?
///
/// # Errors
/// 403; staff without a second factor are told so.
pub fn may_decide(actor: &Actor) -> Result<(), Denied> {
    actor.must(Capability::Review, "decide on reports")
}
