//! Who may do what with an event. Drafting is open to every community; publishing reaches the marketplace.

use super::rules::EventStatus;
use crate::{
    features::communities,
    kernel::{
        actor::{Actor, Capability},
        error::Denied,
        ids::CommunityId,
    },
};

/// Draft and edit: for the community that the actor acts for.
///
/// # Errors
/// 403 with what would be needed.
pub fn may_edit(actor: &Actor) -> Result<CommunityId, Denied> {
    let community = actor
        .community()
        .ok_or_else(|| Denied::new("Only a community has events. Switch to the workspace of your community first."))?;
    actor.must(Capability::EditEvents, "edit events")?;
    Ok(community)
}

/// Read the community's own, drafts too.
///
/// # Errors
/// 403 with what would be needed.
pub fn may_list(actor: &Actor) -> Result<CommunityId, Denied> {
    let community = actor
        .community()
        .ok_or_else(|| Denied::new("Only a community has events. Switch to the workspace of your community first."))?;
    actor.must(Capability::SeeWorkspace, "see events")?;
    Ok(community)
}

/// Publish: the community has to be on the marketplace too.
///
/// # Errors
/// 403 with what would be needed; `NOT_APPROVED` with the reason and the next step.
pub fn may_publish(actor: &Actor) -> Result<CommunityId, Denied> {
    actor.must(Capability::PublishEvents, "publish events")?;
    communities::policy::may_reach_out(actor)
}

/// Complete and archive. A suspended community may still put its house in order.
///
/// # Errors
/// 403 with what would be needed.
pub fn may_close(actor: &Actor) -> Result<CommunityId, Denied> {
    let community = actor
        .community()
        .ok_or_else(|| Denied::new("Only a community has events. Switch to the workspace of your community first."))?;
    actor.must(Capability::PublishEvents, "complete or archive events")?;
    Ok(community)
}

/// Delete and restore: a draft whoever edits it, what was published whoever publishes.
///
/// # Errors
/// 403 with what would be needed.
pub fn may_delete(actor: &Actor, status: EventStatus) -> Result<CommunityId, Denied> {
    if status.is_published() { may_close(actor) } else { may_edit(actor) }
}

/// Is it for everybody to see?
pub const fn is_public(status: EventStatus, public_visible: bool) -> bool {
    public_visible && status.is_published()
}

/// Does the actor belong to the community that the event is of?
pub fn is_own(actor: Option<&Actor>, community: CommunityId) -> bool {
    actor.is_some_and(|actor| actor.community() == Some(community) && actor.can(Capability::SeeWorkspace))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::{
        actor::{CommunityRole, CommunityStatus, Membership, Person, Role, Workspace},
        ids::{SessionId, UserId},
        labels::MemberRole,
    };
    use std::sync::Arc;
    use uuid::Uuid;

    fn member(role: CommunityRole, status: CommunityStatus) -> Actor {
        let membership = Membership {
            workspace: Workspace::Community { id: CommunityId(Uuid::from_u128(7)), status, role },
            slug: "apex".into(),
            name: "Apex Circle".into(),
            capabilities: Role::Community(role).capabilities(),
        };
        let person = Person {
            user: UserId(Uuid::from_u128(1)),
            session: SessionId(Uuid::from_u128(2)),
            name: "Ravi".into(),
            email: "ravi@apex.example".into(),
            second_factor: false,
            second_factor_given: false,
            memberships: vec![membership.clone()],
            default_workspace: None,
        };
        Actor { person: Arc::new(person), acting: Some(membership) }
    }

    #[test]
    fn drafting_needs_no_approval_and_publishing_does() {
        for status in CommunityStatus::ALL {
            let owner = member(CommunityRole::Owner, status);
            assert!(may_edit(&owner).is_ok());
            assert_eq!(may_publish(&owner).is_ok(), status.may_reach_out());
        }
        let denied = may_publish(&member(CommunityRole::Owner, CommunityStatus::UnderReview)).expect_err("under review");
        assert_eq!(denied.code, "NOT_APPROVED");
    }

    #[test]
    fn leads_of_partnerships_and_others_only_look() {
        for role in [MemberRole::PartnershipsLead, MemberRole::Designer] {
            let actor = member(CommunityRole::Member(role), CommunityStatus::Active);
            assert!(may_edit(&actor).is_err() && may_publish(&actor).is_err() && may_close(&actor).is_err());
            assert!(is_own(Some(&actor), CommunityId(Uuid::from_u128(7))));
        }
        assert!(may_publish(&member(CommunityRole::Member(MemberRole::Organizer), CommunityStatus::Active)).is_ok());
    }

    #[test]
    fn drafts_and_hidden_events_are_nobody_elses() {
        assert!(!is_public(EventStatus::Draft, true));
        assert!(!is_public(EventStatus::Upcoming, false));
        assert!(EventStatus::ALL.iter().filter(|s| **s != EventStatus::Draft).all(|s| is_public(*s, true)));
    }
}
