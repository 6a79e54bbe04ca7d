//! Who may see and change the partners of an event: everybody sees what is shown of a public event, the people of its
//! community see all of it, and those among them who manage partners change it.

use crate::kernel::{
    actor::{Actor, Capability},
    error::Denied,
    ids::CommunityId,
};

/// May the viewer see what an event's page shows?
pub fn may_see(viewer: Option<&Actor>, community: CommunityId, event_is_public: bool) -> bool {
    event_is_public || viewer.is_some_and(|viewer| is_own(viewer, community))
}

/// Does the actor belong to the community of the event? They see hidden ones too.
pub fn is_own(actor: &Actor, community: CommunityId) -> bool {
    actor.community() == Some(community) && actor.can(Capability::SeeWorkspace)
}

/// May the actor change who stands on the pages of their community's events?
///
/// # Errors
/// 403 with what would be needed.
pub fn may_manage(actor: &Actor) -> Result<CommunityId, Denied> {
    let community = actor.community().ok_or_else(|| {
        Denied::new("Only a community has partners on its events. Switch to the workspace of your community first.")
    })?;
    actor.must(Capability::ManagePartners, "change who stands on an event's page")?;
    Ok(community)
}
