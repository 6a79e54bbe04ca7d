//! Who says where a community's walls and badges may stand: whoever edits its profile.

use crate::kernel::{
    actor::{Actor, Capability},
    error::Denied,
    ids::CommunityId,
};

/// May the actor choose the sites?
///
/// # Errors
/// 403 with what would be needed.
pub fn may_choose(actor: &Actor) -> Result<CommunityId, Denied> {
    let community = actor
        .community()
        .ok_or_else(|| Denied::new("Only a community has embeds. Switch to the workspace of your community."))?;
    actor.must(Capability::EditProfile, "choose where your embeds may stand")?;
    Ok(community)
}
