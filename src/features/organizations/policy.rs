//! Who may do what with an organization. Policies give what you act as, or say what would be needed.

use super::{rules::Standing, visibility::Audience};
use crate::kernel::{
    actor::{Actor, Capability, VerificationStatus, Workspace},
    error::{AppError, Denied},
    ids::{CommunityId, OrganizationId},
    text::isolated,
};

/// As whom somebody looks at an organization.
pub fn audience(viewer: Option<&Actor>, organization: OrganizationId) -> Audience {
    let Some(actor) = viewer else { return Audience::Public };
    match actor.acting.as_ref().map(|membership| membership.workspace) {
        Some(Workspace::Organization { id, .. }) if id == organization => {
            if actor.can(Capability::EditProfile) {
                Audience::Admin
            } else {
                Audience::Member
            }
        }
        // Budgets and addresses are for those who deal with sponsors, not for every member of the community.
        Some(Workspace::Community { status, .. }) if status.may_reach_out() && actor.can(Capability::SeeRequests) => {
            Audience::ApprovedCommunity
        }
        Some(Workspace::Community { .. }) => Audience::PendingCommunity,
        Some(Workspace::Staff { .. }) if actor.can(Capability::Review) => Audience::Staff,
        _ => Audience::Public,
    }
}

/// May this audience know of it? Others are told that there is nothing.
pub const fn may_see(audience: Audience, standing: Standing) -> bool {
    standing.is_listed() || matches!(audience, Audience::Member | Audience::Admin | Audience::Staff)
}

/// The acting organization, for whatever reads its own workspace.
///
/// # Errors
/// 403 when the acting workspace is none.
pub fn own(actor: &Actor) -> Result<OrganizationId, Denied> {
    actor.organization().ok_or_else(|| {
        Denied::new("This belongs to the workspace of a sponsor or partner. Change to one, or apply to join as one.")
    })
}

/// The acting organization, for whoever may edit its profile.
///
/// # Errors
/// 403 and whom to ask.
pub fn may_edit(actor: &Actor) -> Result<OrganizationId, Denied> {
    let id = own(actor)?;
    actor.must(Capability::EditProfile, "edit the profile")?;
    Ok(id)
}

/// May the actor decide on organizations?
///
/// # Errors
/// 403; staff without a second factor are told so.
pub fn may_review(actor: &Actor) -> Result<(), Denied> {
    actor.must(Capability::Review, "decide on applications")
}

/// As [`may_review`], for one organization: nobody decides on their own.
///
/// # Errors
/// 403, with code `CONFLICT_OF_INTEREST` for an organization of theirs.
pub fn may_decide(actor: &Actor, organization: OrganizationId) -> Result<(), AppError> {
    may_review(actor)?;
    let is_theirs = actor
        .person
        .memberships
        .iter()
        .any(|membership| matches!(membership.workspace, Workspace::Organization { id, .. } if id == organization));
    if is_theirs {
        return Err(Denied::coded(
            "CONFLICT_OF_INTEREST",
            "You belong to this organization, so somebody else of the staff has to decide on it.",
        )
        .into());
    }
    Ok(())
}

/// The acting community, when it may bring organizations here: approved, and in a role that writes to sponsors.
///
/// # Errors
/// 403 and what would be needed.
pub fn may_add(actor: &Actor) -> Result<CommunityId, Denied> {
    match actor.acting.as_ref().map(|membership| membership.workspace) {
        Some(Workspace::Community { id, status, .. }) => {
            actor.must(Capability::ActOnRequests, "add organizations")?;
            if status.may_reach_out() {
                Ok(id)
            } else {
                Err(Denied::coded(
                    "NOT_APPROVED",
                    "Your community is not approved yet. When it is, you can add organizations and send them requests.",
                ))
            }
        }
        _ => Err(Denied::new("Organizations are added by communities. Change to a community's workspace, or join as a sponsor.")),
    }
}

/// The guard of trusted routes: the acting organization, when it is verified.
///
/// # Errors
/// 403 `NOT_VERIFIED`, with the reason and the next step.
pub fn must_be_verified(actor: &Actor) -> Result<OrganizationId, Denied> {
    let id = own(actor)?;
    let name = isolated(actor.acting.as_ref().map_or("Your organization", |membership| membership.name.as_str()));
    let message = match actor.organization_status() {
        Some(VerificationStatus::Verified) => return Ok(id),
        Some(VerificationStatus::CommunityAdded) => {
            format!(
                "{name} was added by a community, and nobody of theirs has claimed it yet. Claim it on its page in the directory; \
                 our staff then decide."
            )
        }
        Some(VerificationStatus::Disabled) => {
            format!("{name} is disabled. Your dashboard says why; write to us if this is a mistake.")
        }
        Some(VerificationStatus::PendingVerification) | None => {
            format!("{name} is not verified yet. Your dashboard says what happens next; meanwhile you can complete the profile.")
        }
    };
    Err(Denied::coded("NOT_VERIFIED", message))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::{
        actor::{CommunityRole, CommunityStatus, Membership, OrganizationRole, Person, Role, StaffRole},
        ids::{SessionId, UserId},
        labels::MemberRole,
    };
    use std::sync::Arc;
    use uuid::Uuid;

    const ACME: OrganizationId = OrganizationId(Uuid::from_u128(1));
    const OTHER: OrganizationId = OrganizationId(Uuid::from_u128(2));

    fn actor(workspace: Workspace, second_factor: bool) -> Actor {
        let role = match workspace {
            Workspace::Organization { role, .. } => Role::Organization(role),
            Workspace::Community { role, .. } => Role::Community(role),
            Workspace::Staff { role } => Role::Staff(role),
        };
        let membership = Membership { workspace, slug: "acme".into(), name: "Acme".into(), capabilities: role.capabilities() };
        let person = Person {
            user: UserId(Uuid::from_u128(9)),
            session: SessionId(Uuid::from_u128(9)),
            name: "Asha".into(),
            email: "asha@acme.com".into(),
            second_factor,
            second_factor_given: second_factor,
            memberships: vec![membership.clone()],
            default_workspace: None,
        };
        Actor { person: Arc::new(person), acting: Some(membership) }
    }

    fn member(role: OrganizationRole, status: VerificationStatus) -> Actor {
        actor(Workspace::Organization { id: ACME, status, role }, false)
    }

    #[test]
    fn everybody_is_the_audience_that_they_are() {
        use VerificationStatus::Verified;
        let of = |actor: &Actor| audience(Some(actor), ACME);
        let community_as =
            |status, role| actor(Workspace::Community { id: CommunityId(Uuid::from_u128(3)), status, role }, false);
        let community = |status| community_as(status, CommunityRole::Owner);
        let staff = |role, factor| actor(Workspace::Staff { role }, factor);
        assert_eq!(audience(None, ACME), Audience::Public);
        assert_eq!(of(&member(OrganizationRole::SponsorAdmin, Verified)), Audience::Admin);
        assert_eq!(of(&member(OrganizationRole::HiringManager, Verified)), Audience::Member);
        assert_eq!(audience(Some(&member(OrganizationRole::SponsorAdmin, Verified)), OTHER), Audience::Public);
        assert_eq!(of(&community(CommunityStatus::Pending)), Audience::PendingCommunity);
        assert_eq!(of(&community(CommunityStatus::Suspended)), Audience::PendingCommunity);
        assert_eq!(of(&community(CommunityStatus::Approved)), Audience::ApprovedCommunity);
        for role in CommunityRole::all() {
            let sees = of(&community_as(CommunityStatus::Active, role)) == Audience::ApprovedCommunity;
            assert_eq!(sees, community_as(CommunityStatus::Active, role).can(Capability::SeeRequests), "{role:?}");
        }
        let designer = CommunityRole::Member(MemberRole::Designer);
        assert_eq!(of(&community_as(CommunityStatus::Active, designer)), Audience::PendingCommunity);
        assert_eq!(of(&staff(StaffRole::Review, false)), Audience::Public, "no second factor, no staff");
        assert_eq!(of(&staff(StaffRole::Review, true)), Audience::Staff);
        assert_eq!(of(&staff(StaffRole::Finance, true)), Audience::Public);
    }

    #[test]
    fn every_role_and_action() {
        let mut table = String::new();
        let mut line = |who: &str, actor: &Actor| {
            let say = |outcome: Result<(), Denied>| outcome.map_or_else(|denied| denied.code.to_owned(), |()| "yes".into());
            table.push_str(&format!(
                "{who}: sees its workspace {}, edits {}, reviews {}, trusted {}\n",
                say(own(actor).map(|_| ())),
                say(may_edit(actor).map(|_| ())),
                say(may_review(actor)),
                say(must_be_verified(actor).map(|_| ())),
            ));
        };
        for role in OrganizationRole::ALL {
            for status in VerificationStatus::ALL {
                line(&format!("{} ({})", role.label(), status.label()), &member(role, status));
            }
        }
        for role in StaffRole::ALL {
            line(&format!("staff {}", role.label()), &actor(Workspace::Staff { role }, true));
            line(&format!("staff {} without second factor", role.label()), &actor(Workspace::Staff { role }, false));
        }
        insta::assert_snapshot!(table);
    }

    #[test]
    fn approved_communities_add_organizations() {
        let community = |status, role| actor(Workspace::Community { id: CommunityId(Uuid::from_u128(3)), status, role }, false);
        for status in CommunityStatus::ALL {
            let outcome = may_add(&community(status, CommunityRole::Owner));
            assert_eq!(outcome.is_ok(), status.may_reach_out(), "{status:?}");
        }
        let member = CommunityRole::Member(MemberRole::ALL[0]);
        let may = Role::Community(member).capabilities().has(Capability::ActOnRequests);
        assert_eq!(may_add(&community(CommunityStatus::Active, member)).is_ok(), may);
        assert!(may_add(&self::member(OrganizationRole::SponsorAdmin, VerificationStatus::Verified)).is_err());
    }

    #[test]
    fn nobody_decides_on_their_own() {
        let staff = actor(Workspace::Staff { role: StaffRole::Admin }, true);
        assert!(may_decide(&staff, ACME).is_ok());
        let mut person = (*staff.person).clone();
        person.memberships.extend(member(OrganizationRole::SponsorManager, VerificationStatus::Verified).acting);
        let both = Actor { person: Arc::new(person), acting: staff.acting };
        assert_eq!(may_decide(&both, ACME).expect_err("theirs").code(), "CONFLICT_OF_INTEREST");
        assert!(may_decide(&both, OTHER).is_ok());
    }

    #[test]
    fn strangers_know_of_what_is_listed_only() {
        for standing in Standing::ALL {
            for who in [Audience::Public, Audience::PendingCommunity, Audience::ApprovedCommunity] {
                assert_eq!(may_see(who, *standing), standing.is_listed());
            }
            assert!(may_see(Audience::Member, *standing) && may_see(Audience::Staff, *standing));
        }
    }
}
