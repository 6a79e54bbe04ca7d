//! Who may bring files, and whose an import is: staff's, or one community's.

use super::rules::Target;
use crate::kernel::{
    actor::{Actor, Capability},
    error::{AppError, AppResult, Denied},
    ids::CommunityId,
};

/// Whose imports somebody deals with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Desk {
    Staff,
    Community(CommunityId),
}

impl Desk {
    pub const fn community(self) -> Option<CommunityId> {
        match self {
            Self::Staff => None,
            Self::Community(id) => Some(id),
        }
    }

    /// What may be brought here.
    pub const fn targets(self) -> &'static [Target] {
        match self {
            Self::Staff => &[Target::Organizations, Target::Events],
            Self::Community(_) => &[Target::Sponsors, Target::Events],
        }
    }
}

/// Whose imports does the actor deal with?
///
/// # Errors
/// 403 with what would be needed.
pub fn may_import(actor: &Actor) -> Result<Desk, Denied> {
    if actor.staff().is_some() {
        actor.must(Capability::Review, "import files")?;
        return Ok(Desk::Staff);
    }
    match actor.community() {
        Some(community) => {
            actor.must(Capability::ManagePartners, "import files")?;
            Ok(Desk::Community(community))
        }
        None => Err(Denied::new("Files are imported by communities and by our staff. Switch to such a workspace first.")),
    }
}

/// May they bring, change or carry out a file for this?
///
/// # Errors
/// 403; 422 on `target`.
pub fn may_bring(actor: &Actor, target: Target) -> AppResult<Desk> {
    let desk = may_import(actor)?;
    if !desk.targets().contains(&target) {
        let choices: Vec<&str> = desk.targets().iter().map(|target| target.label()).collect();
        return Err(AppError::invalid("target", format!("Choose {}.", choices.join(" or "))));
    }
    if let (Desk::Community(_), Target::Events) = (desk, target) {
        actor.must(Capability::EditEvents, "draft events")?;
    }
    if let (Desk::Community(_), Some(status)) = (desk, actor.community_status())
        && !status.may_reach_out()
    {
        return Err(Denied::coded("NOT_APPROVED", "Your community is not approved yet, so this has to wait.").into());
    }
    Ok(desk)
}

/// Is it theirs? A stranger learns nothing of it.
///
/// # Errors
/// 404.
pub fn is_theirs(desk: Desk, community: Option<CommunityId>) -> AppResult<()> {
    if desk.community() == community { Ok(()) } else { Err(AppError::NotFound) }
}
