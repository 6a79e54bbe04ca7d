//! Who may make keys and say for what a second factor is asked.

use super::rules::Owner;
use crate::kernel::{
    actor::{Actor, Capability},
    error::{AppError, AppResult, Denied},
};

/// The workspace whose keys and rules the actor manages.
///
/// # Errors
/// 403 for roles without it, and `SECOND_FACTOR_REQUIRED` where the workspace asks for one; 404 for nobody's workspace.
pub fn may_manage(actor: &Actor) -> AppResult<Owner> {
    let owner = match (actor.organization(), actor.community()) {
        (Some(id), _) => Owner::Organization(id),
        (_, Some(id)) => Owner::Community(id),
        _ if actor.acting.is_some() => {
            return Err(AppError::forbidden("Keys belong to communities and organizations. Change to one of your workspaces."));
        }
        _ => return Err(AppError::NotFound),
    };
    actor.must(Capability::ManageSecurity, "manage API keys and security")?;
    Ok(owner)
}

/// May the actor change for what a second factor is asked? Only with their own given: nobody locks themselves out, and
/// nobody with a password alone takes the rule away.
///
/// # Errors
/// As [`may_manage`]; 403 `SECOND_FACTOR_REQUIRED`.
pub fn may_set_policy(actor: &Actor) -> AppResult<Owner> {
    let owner = may_manage(actor)?;
    if actor.person.second_factor_given {
        Ok(owner)
    } else {
        Err(Denied::coded(
            "SECOND_FACTOR_REQUIRED",
            "Set up your own second factor first, under Account and security; then you can ask others for theirs.",
        )
        .into())
    }
}
