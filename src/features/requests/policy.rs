//! Who may do what with requests. A policy gives the side that the actor stands on; somebody on neither gets "not found".

use crate::kernel::{
    actor::{Actor, Capability, Side},
    error::{AppError, AppResult, Denied},
    ids::{CommunityId, OrganizationId},
};

/// The side of this request that the actor's workspace is.
///
/// # Errors
/// 404 for everybody else.
pub fn side(actor: &Actor, community: CommunityId, organization: OrganizationId) -> AppResult<Side> {
    if actor.community() == Some(community) {
        Ok(Side::Community)
    } else if actor.organization() == Some(organization) {
        Ok(Side::Organization)
    } else {
        Err(AppError::NotFound)
    }
}

/// The side whose inbox the actor reads.
///
/// # Errors
/// 403 for a role that does not see requests, or for a workspace without an inbox; 404 for nobody's workspace.
pub fn may_see_inbox(actor: &Actor) -> AppResult<Side> {
    let Some(side) = actor.side() else {
        return Err(match actor.acting {
            Some(_) => AppError::forbidden("Requests belong to communities and organizations. Change to one of your workspaces."),
            None => AppError::NotFound,
        });
    };
    may_see(actor)?;
    Ok(side)
}

/// May the actor's role see requests, their money and their people?
///
/// # Errors
/// 403 and what would be needed.
pub fn may_see(actor: &Actor) -> Result<(), Denied> {
    actor.must(Capability::SeeRequests, "see requests")
}

/// May the actor's role open, accept, reject and withdraw?
///
/// # Errors
/// 403 and what would be needed.
pub fn may_act(actor: &Actor) -> Result<(), Denied> {
    actor.must(Capability::ActOnRequests, "act on requests")
}

/// May the actor set what the workspace's inbox does by itself?
///
/// # Errors
/// 403 and what would be needed.
pub fn may_set_rules(actor: &Actor) -> Result<(), Denied> {
    actor.must(Capability::EditProfile, "set the inbox's rules")
}

/// May the actor decide what becomes of requests that wait for staff?
///
/// # Errors
/// 403; staff without a second factor are told so.
pub fn may_review_held(actor: &Actor) -> Result<(), Denied> {
    actor.must(Capability::Review, "decide on held requests")
}

/// Is the actor on one side only?
///
/// # Errors
/// 403 `CONFLICT_OF_INTEREST` for somebody with roles on both sides, in whatever workspace they act.
pub fn must_be_impartial(actor: &Actor, community: CommunityId, organization: OrganizationId) -> Result<(), Denied> {
    match actor.person.belongs_to(community, organization) {
        (true, true) => Err(Denied::coded(
            "CONFLICT_OF_INTEREST",
            "You have a role on both sides of this request, so you cannot agree for either. Ask somebody else of your workspace.",
        )),
        _ => Ok(()),
    }
}
