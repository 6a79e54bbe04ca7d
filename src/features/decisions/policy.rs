//! Who decides about the places of an opportunity: the community's people who act on requests.

use crate::{
    features::requests::policy as requests_policy,
    kernel::{
        actor::Actor,
        error::{AppError, AppResult},
        ids::CommunityId,
    },
};

/// The community that the actor decides for.
///
/// # Errors
/// 404 for a stranger; 403 for an organization's people and for a role that does not act on requests.
pub fn may_decide(actor: &Actor) -> AppResult<CommunityId> {
    let Some(community) = actor.community() else {
        return Err(match actor.acting {
            Some(_) => AppError::forbidden("Communities decide about their places. Change to a community's workspace."),
            None => AppError::NotFound,
        });
    };
    requests_policy::may_act(actor)?;
    Ok(community)
}
