//! Who may block, and for whom.

use crate::kernel::{
    actor::{Actor, Capability, Side},
    error::Denied,
};

/// The side for which the actor blocks others.
///
/// # Errors
/// 403 for a role that cannot act on requests, and for a workspace that receives none.
pub fn may_block(actor: &Actor) -> Result<Side, Denied> {
    let side = actor
        .side()
        .ok_or_else(|| Denied::new("Blocks belong to communities and organizations. Change to one of your workspaces."))?;
    actor.must(Capability::ActOnRequests, "block others")?;
    Ok(side)
}
