//! Who may do and see what about a community. The field × audience table stands here, once, and a test keeps a copy of it.
//!
//! Pure: whether an organization has an open request is told by the caller.

use super::rules::spoken;
use crate::kernel::{
    actor::{Actor, Capability, CommunityStatus},
    error::Denied,
    ids::CommunityId,
    labels::labels,
    text::isolated,
};

/// May the actor's community act towards others: publish, send requests, accept? Drafting needs no leave.
///
/// # Errors
/// 403 `NOT_APPROVED` with the reason and the next step; a plain 403 outside a community's workspace.
pub fn may_reach_out(actor: &Actor) -> Result<CommunityId, Denied> {
    let Some((community, status)) = actor.community().zip(actor.community_status()) else {
        return Err(Denied::new("Only a community can do this. Switch to the workspace of your community first."));
    };
    if status.may_reach_out() {
        return Ok(community);
    }
    let name = isolated(actor.acting.as_ref().map_or("Your community", |membership| membership.name.as_str()));
    Err(Denied::coded("NOT_APPROVED", format!("{name} is {}, so this has to wait. {}", spoken(status), next_step(status))))
}

/// What a community does next to get on.
pub const fn next_step(status: CommunityStatus) -> &'static str {
    match status {
        CommunityStatus::Pending => {
            "Follow the link that we mailed to the owner to confirm the address; once it has expired, the owner signs in and says \
             yes on their home page. Until then you can draft everything."
        }
        CommunityStatus::UnderReview => {
            "Our team looks at it and mails you what they decide. Until then you can draft everything."
        }
        CommunityStatus::Approved => "Sign in as the owner once, and the community is active.",
        CommunityStatus::Active => "Publish an event, and offer a place on it to sponsors.",
        CommunityStatus::Rejected => "The mail about it says why. Sign up again when that has changed.",
        CommunityStatus::Suspended => "The mail about it says why, and what would lift it. Answer it when that is done.",
    }
}

/// May the actor change what their community says about itself?
///
/// # Errors
/// 403 with what would be needed.
pub fn may_edit_profile(actor: &Actor) -> Result<CommunityId, Denied> {
    let community =
        actor.community().ok_or_else(|| Denied::new("Switch to the workspace of a community to edit its profile."))?;
    actor.must(Capability::EditProfile, "edit the community's profile")?;
    Ok(community)
}

/// May the actor decide on communities?
///
/// # Errors
/// 403 with what would be needed.
pub fn may_review(actor: &Actor) -> Result<(), Denied> {
    actor.must(Capability::Review, "decide on communities")
}

labels! {
    /// Who looks at a community: anybody (organizations without business with it too); an organization with an open request
    /// between the two; its own people who see no requests; those who do; staff.
    Audience, "an audience" {
        Public = "public",
        OpenRequest = "organization with an open request",
        Member = "member",
        Itself = "itself",
        Staff = "staff",
    }

    /// What there is to see.
    Field, "a field" {
        Name = "name",
        Bio = "bio",
        Logo = "logo",
        Website = "website",
        CommunityType = "communityType",
        Place = "country, city",
        Reach = "region, languages, size",
        Answers = "how fast it answers",
        SocialLinks = "socialLinks",
        Status = "status",
        OfficialEmail = "officialEmail",
        Phone = "phone",
        Decision = "decisionReason, moreAsked",
        FriendlyTrust = "trust, as advice",
        FullTrust = "trust, score and evidence",
        Owner = "owner",
    }
}

/// The table: does the audience see the field?
pub const fn shows(field: Field, audience: Audience) -> bool {
    use Audience::{Itself, Member, OpenRequest, Public, Staff};
    match field {
        Field::Name
        | Field::Bio
        | Field::Logo
        | Field::Website
        | Field::CommunityType
        | Field::Place
        | Field::Reach
        | Field::Answers
        | Field::SocialLinks => {
            matches!(audience, Public | OpenRequest | Member | Itself | Staff)
        }
        Field::Status => matches!(audience, Member | Itself | Staff),
        Field::OfficialEmail | Field::Phone => matches!(audience, OpenRequest | Itself | Staff),
        Field::Decision | Field::FriendlyTrust => matches!(audience, Itself | Staff),
        Field::FullTrust | Field::Owner => matches!(audience, Staff),
    }
}

/// As what the actor looks at this community; `open_request` says whether their organization has one with it.
pub fn audience(actor: Option<&Actor>, community: CommunityId, open_request: bool) -> Audience {
    let Some(actor) = actor else { return Audience::Public };
    if actor.can(Capability::Review) {
        return Audience::Staff;
    }
    if actor.community() == Some(community) {
        return if actor.can(Capability::SeeRequests) { Audience::Itself } else { Audience::Member };
    }
    if open_request && actor.organization().is_some() && actor.can(Capability::SeeRequests) {
        return Audience::OpenRequest;
    }
    Audience::Public
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::{
        actor::{Capabilities, CommunityRole, Membership, Person, Role, StaffRole, Workspace},
        ids::{SessionId, UserId},
        labels::MemberRole,
    };
    use std::{fmt::Write as _, sync::Arc};
    use uuid::Uuid;

    const APEX: CommunityId = CommunityId(Uuid::from_u128(7));

    fn actor(workspace: Workspace, capabilities: Capabilities) -> Actor {
        let membership = Membership { workspace, slug: "apex".into(), name: "Apex Circle".into(), capabilities };
        let person = Person {
            user: UserId(Uuid::from_u128(1)),
            session: SessionId(Uuid::from_u128(2)),
            name: "Ravi".into(),
            email: "ravi@apex.example".into(),
            second_factor: true,
            second_factor_given: true,
            memberships: vec![membership.clone()],
            default_workspace: None,
        };
        Actor { person: Arc::new(person), acting: Some(membership) }
    }

    fn member(role: CommunityRole, status: CommunityStatus) -> Actor {
        actor(Workspace::Community { id: APEX, status, role }, Role::Community(role).capabilities())
    }

    #[test]
    fn the_table_is_as_agreed() {
        let mut table = String::new();
        for field in Field::ALL {
            let seen: Vec<&str> = Audience::ALL.iter().filter(|a| shows(*field, **a)).map(|a| a.label()).collect();
            let _ = writeln!(table, "{field}: {}", seen.join(", "));
        }
        insta::assert_snapshot!(table, @r"
        name: public, organization with an open request, member, itself, staff
        bio: public, organization with an open request, member, itself, staff
        logo: public, organization with an open request, member, itself, staff
        website: public, organization with an open request, member, itself, staff
        communityType: public, organization with an open request, member, itself, staff
        country, city: public, organization with an open request, member, itself, staff
        region, languages, size: public, organization with an open request, member, itself, staff
        how fast it answers: public, organization with an open request, member, itself, staff
        socialLinks: public, organization with an open request, member, itself, staff
        status: member, itself, staff
        officialEmail: organization with an open request, itself, staff
        phone: organization with an open request, itself, staff
        decisionReason, moreAsked: itself, staff
        trust, as advice: itself, staff
        trust, score and evidence: staff
        owner: staff
        ");
    }

    #[test]
    fn only_approved_and_active_communities_reach_out() {
        for status in CommunityStatus::ALL {
            let said = may_reach_out(&member(CommunityRole::Owner, status));
            match said {
                Ok(id) => assert!(status.may_reach_out() && id == APEX),
                Err(denied) => {
                    assert!(!status.may_reach_out());
                    assert_eq!(denied.code, "NOT_APPROVED");
                    assert!(denied.message.contains("Apex Circle") && denied.message.contains(next_step(status)));
                }
            }
        }
        let staff = actor(Workspace::Staff { role: StaffRole::Review }, Role::Staff(StaffRole::Review).capabilities());
        assert_eq!(may_reach_out(&staff).expect_err("no community").code, "FORBIDDEN");
    }

    #[test]
    fn contact_data_is_for_those_who_see_requests() {
        let owner = member(CommunityRole::Owner, CommunityStatus::Active);
        let designer = member(CommunityRole::Member(MemberRole::Designer), CommunityStatus::Active);
        let other = CommunityId(Uuid::from_u128(8));
        assert_eq!(audience(Some(&owner), APEX, false), Audience::Itself);
        assert_eq!(audience(Some(&designer), APEX, false), Audience::Member);
        assert_eq!(audience(Some(&owner), other, true), Audience::Public);
        assert_eq!(audience(None, APEX, true), Audience::Public);
        assert!(!shows(Field::Phone, Audience::Member));
    }

    #[test]
    fn reviewing_needs_the_capability() {
        let review = actor(Workspace::Staff { role: StaffRole::Review }, Role::Staff(StaffRole::Review).capabilities());
        let finance = actor(Workspace::Staff { role: StaffRole::Finance }, Role::Staff(StaffRole::Finance).capabilities());
        assert!(may_review(&review).is_ok());
        assert!(may_review(&finance).is_err());
        assert!(may_review(&member(CommunityRole::Owner, CommunityStatus::Active)).is_err());
    }
}
