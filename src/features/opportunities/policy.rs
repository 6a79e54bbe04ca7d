//! Who may do what with opportunities: people who manage them, in the community that they belong to; everybody reads what
//! is public.

use crate::kernel::{
    actor::{Actor, Capability},
    error::{AppError, AppResult},
    ids::CommunityId,
};

/// The community that the actor offers for.
///
/// # Errors
/// 403 when they act for an organization or their role does not manage opportunities; 404 for a stranger.
pub fn may_manage(actor: &Actor) -> AppResult<CommunityId> {
    let Some(community) = actor.community() else {
        return Err(match actor.acting {
            Some(_) => AppError::forbidden("Opportunities are offered by communities. Change to a community's workspace."),
            None => AppError::NotFound,
        });
    };
    actor.must(Capability::ManageOpportunities, "manage opportunities")?;
    Ok(community)
}

/// Does the viewer manage opportunities of this community?
pub fn manages(viewer: Option<&Actor>, community: CommunityId) -> bool {
    viewer.is_some_and(|viewer| viewer.community() == Some(community) && viewer.can(Capability::ManageOpportunities))
}
