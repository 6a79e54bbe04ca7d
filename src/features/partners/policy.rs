//! Who may see and change the partners of an event: everybody sees what is shown of a public event; of the people of its
//! community, those who see its requests or manage its partners see all of it, and those who manage partners change it.

use crate::kernel::{
    actor::{Actor, Capability},
    error::Denied,
    ids::CommunityId,
};

/// Does the actor belong to the community of the event?
pub fn is_own(actor: &Actor, community: CommunityId) -> bool {
    actor.community() == Some(community) && actor.can(Capability::SeeWorkspace)
}

/// Does somebody of the event's community see those who are hidden from the public page, and which agreements they come from?
/// A plain role sees what everybody sees: who is hidden tells of offers and deals.
pub fn sees_hidden(actor: &Actor) -> bool {
    actor.can(Capability::SeeRequests) || actor.can(Capability::ManagePartners)
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
