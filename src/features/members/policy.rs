//! Who may see and change the people of a workspace. Policies give what you act as.
//!
//! Nobody gives more than they have: owners alone make and change owners, owners and admins alone make and change admins.

use super::rules::{Seat, WorkspaceId};
use crate::{
    features::{communities, organizations},
    kernel::{
        actor::{Actor, Capability, CommunityRole, Role, Workspace},
        error::Denied,
        ids::CommunityId,
        text::isolated,
    },
};

/// Somebody who manages the people of a workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Manager {
    pub workspace: WorkspaceId,
    rank: u8,
    /// They hold less than their role: a program with a key. It brings people in, and nobody who would manage others.
    limited: bool,
}

impl Manager {
    /// May they give this role?
    pub fn gives(&self, role: Role) -> bool {
        rank(role) <= self.rank && !(self.limited && role.capabilities().has(Capability::ManageMembers))
    }

    /// # Errors
    /// 403 and whom to ask.
    pub fn may_give(&self, role: Role) -> Result<(), Denied> {
        if self.gives(role) {
            return Ok(());
        }
        Err(Denied::new(format!("Your role cannot make somebody {}. Ask an owner to do it.", with_article(role.label()))))
    }

    /// May they change somebody who has this role?
    ///
    /// # Errors
    /// 403 and whom to ask.
    pub fn may_change(&self, seat: &Seat) -> Result<(), Denied> {
        if self.gives(seat.role) {
            return Ok(());
        }
        Err(Denied::new(format!(
            "Your role cannot change {}, who is {}. Ask an owner to do it.",
            isolated(&seat.name),
            with_article(seat.role.label())
        )))
    }

    /// May they let people sign and move money for the workspace? In a community, owners only.
    pub fn gives_powers(&self) -> bool {
        !self.limited && (matches!(self.workspace, WorkspaceId::Organization(_)) || self.rank == OWNER)
    }
}

const OWNER: u8 = 2;

const fn rank(role: Role) -> u8 {
    match role {
        Role::Community(CommunityRole::Owner) => OWNER,
        Role::Community(CommunityRole::Admin) => 1,
        _ => 0,
    }
}

fn with_article(label: &str) -> String {
    let article = if label.starts_with(['A', 'E', 'I', 'O', 'U']) { "an" } else { "a" };
    format!("{article} {label}")
}

/// The workspace whose people the actor may see: their own.
///
/// # Errors
/// 403 outside an organization's or a community's workspace.
pub fn may_see(actor: &Actor) -> Result<WorkspaceId, Denied> {
    match actor.acting.as_ref().map(|membership| membership.workspace) {
        Some(Workspace::Organization { id, .. }) => Ok(WorkspaceId::Organization(id)),
        Some(Workspace::Community { id, .. }) => Ok(WorkspaceId::Community(id)),
        _ => Err(Denied::new("People belong to an organization or a community. Switch to the workspace of one first.")),
    }
}

/// May the actor change the people of their workspace?
///
/// # Errors
/// 403 and whom to ask.
pub fn may_manage(actor: &Actor) -> Result<Manager, Denied> {
    let workspace = may_see(actor)?;
    actor.must(Capability::ManageMembers, "invite or change people")?;
    let role = match actor.acting.as_ref().map(|membership| membership.workspace) {
        Some(Workspace::Organization { role, .. }) => Role::Organization(role),
        Some(Workspace::Community { role, .. }) => Role::Community(role),
        _ => return Err(Denied::new("Switch to the workspace of an organization or a community first.")),
    };
    let held = actor.acting.as_ref().map(|membership| membership.capabilities).unwrap_or_default();
    let limited = Capability::ALL.into_iter().any(|capability| role.capabilities().has(capability) && !held.has(capability));
    Ok(Manager { workspace, rank: rank(role), limited })
}

/// As [`may_manage`], for what writes to people outside: an invitation carries the workspace's name, so staff must have
/// looked at it first.
///
/// # Errors
/// 403 `NOT_APPROVED` or `NOT_VERIFIED` with the next step.
pub fn may_invite(actor: &Actor) -> Result<Manager, Denied> {
    let manager = may_manage(actor)?;
    match manager.workspace {
        WorkspaceId::Community(_) => {
            communities::policy::may_reach_out(actor)?;
        }
        WorkspaceId::Organization(_) => {
            organizations::policy::must_be_verified(actor)?;
        }
    }
    Ok(manager)
}

/// As [`may_invite`], for putting people on a community's list of members.
///
/// # Errors
/// 403; organizations have no such list.
pub fn may_onboard(actor: &Actor) -> Result<(Manager, CommunityId), Denied> {
    let manager = may_invite(actor)?;
    match manager.workspace {
        WorkspaceId::Community(id) => Ok((manager, id)),
        WorkspaceId::Organization(_) => {
            Err(Denied::new("Only communities keep a list of members. An organization invites people one by one."))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::{
        actor::{Capabilities, CommunityStatus, Membership, OrganizationRole, Person, VerificationStatus},
        ids::{OrganizationId, SessionId, UserId},
        labels::MemberRole,
    };
    use std::sync::Arc;
    use uuid::Uuid;

    fn actor(workspace: Workspace, capabilities: Capabilities) -> Actor {
        let membership = Membership { workspace, slug: "x".into(), name: "X".into(), capabilities };
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

    fn member(role: CommunityRole, status: CommunityStatus) -> Actor {
        let id = CommunityId(Uuid::from_u128(3));
        actor(Workspace::Community { id, status, role }, Role::Community(role).capabilities())
    }

    fn colleague(role: OrganizationRole, status: VerificationStatus) -> Actor {
        let id = OrganizationId(Uuid::from_u128(4));
        actor(Workspace::Organization { id, status, role }, Role::Organization(role).capabilities())
    }

    #[test]
    fn nobody_gives_more_than_they_have() {
        let owner = may_manage(&member(CommunityRole::Owner, CommunityStatus::Active)).expect("manages");
        let admin = may_manage(&member(CommunityRole::Admin, CommunityStatus::Active)).expect("manages");
        let organizer =
            may_manage(&member(CommunityRole::Member(MemberRole::Organizer), CommunityStatus::Active)).expect("manages");
        let gives = |manager: Manager| CommunityRole::all().filter(|role| manager.gives(Role::Community(*role))).count();
        let all = CommunityRole::all().count();
        assert_eq!((gives(owner), gives(admin), gives(organizer)), (all, all - 1, all - 2));
        assert!(owner.gives_powers() && !admin.gives_powers() && !organizer.gives_powers());
        let said = admin.may_give(Role::Community(CommunityRole::Owner)).expect_err("more than they have");
        assert!(said.message.contains("an Owner"), "{}", said.message);
    }

    #[test]
    fn a_program_brings_people_in_and_makes_nobody_a_manager() {
        let limited = [Capability::SeeWorkspace, Capability::ManageMembers];
        let owner = Role::Community(CommunityRole::Owner).capabilities().within(&limited);
        let workspace = Workspace::Community {
            id: CommunityId(Uuid::from_u128(7)),
            status: CommunityStatus::Active,
            role: CommunityRole::Owner,
        };
        let program = may_manage(&actor(workspace, owner)).expect("manages");

        assert!(!program.gives_powers());
        for role in CommunityRole::all() {
            let manages = Role::Community(role).capabilities().has(Capability::ManageMembers);
            assert_eq!(program.gives(Role::Community(role)), !manages, "{}", role.label());
        }
        assert!(!program.gives(Role::Organization(OrganizationRole::SponsorAdmin)));
    }

    #[test]
    fn only_some_roles_manage_and_only_known_workspaces_invite() {
        assert!(may_manage(&member(CommunityRole::Member(MemberRole::Designer), CommunityStatus::Active)).is_err());
        assert!(may_manage(&colleague(OrganizationRole::HiringManager, VerificationStatus::Verified)).is_err());
        for status in CommunityStatus::ALL {
            let invites = may_invite(&member(CommunityRole::Owner, status));
            assert_eq!(invites.is_ok(), status.may_reach_out(), "{status:?}");
        }
        for status in VerificationStatus::ALL {
            let invites = may_invite(&colleague(OrganizationRole::SponsorAdmin, status));
            assert_eq!(invites.is_ok(), status == VerificationStatus::Verified, "{status:?}");
        }
        assert!(may_onboard(&colleague(OrganizationRole::SponsorAdmin, VerificationStatus::Verified)).is_err());
    }
}
