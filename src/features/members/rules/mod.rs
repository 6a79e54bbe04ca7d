//! When an invitation opens, and what may become of somebody's seat. Organizations and communities share these rules; what
//! differs stands in one `match` each.
//!
//! ```text
//! invitation   open → accepted | revoked            (expired: open, but too late; sending it again opens it)
//! member       On Boarding → Active                 (only by accepting)
//!              On Boarding → Inactive → On Boarding (was never in: is invited again)
//!              Active ⇄ Inactive, Active | Inactive → Suspended → Active | Inactive, … → Banned → Inactive
//! ```
//!
//! Pure: who may do it is `policy`, and how many leads are left comes in as a number that the caller counted under a lock.

pub mod joins;
pub mod roster;

use crate::kernel::{
    actor::{CommunityRole, OrganizationRole, Role},
    error::Refusal,
    fact::{Fact, Statement, Subject},
    ids::{CommunityId, InvitationId, MemberId, OrganizationId, UserId},
    labels::{EntityType, MemberInterest, labels},
    text::{Paragraph, WebUrl, isolated},
};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use uuid::Uuid;

/// This room's name in facts.
pub(super) const ROOM: &str = "members";
/// How long an invitation's link opens.
pub const INVITATION_LIFE: TimeDelta = TimeDelta::days(7);
/// The most characters of a reason.
pub const REASON_LONGEST: usize = 500;
/// The most characters of what a member says about themselves.
pub const BIO_LONGEST: usize = 600;

labels! {
    /// How somebody stands in a community. Only active members act.
    MemberStatus, "a status" {
        OnBoarding = "On Boarding",
        Active = "Active",
        Inactive = "Inactive",
        Suspended = "Suspended",
        Banned = "Banned",
    }

    /// What has become of an invitation.
    InvitationState, "a state" {
        Open = "open",
        Expired = "expired",
        Accepted = "accepted",
        Revoked = "revoked",
    }

    /// Where a member can be found, by the key of the wire.
    Place, "a place" {
        Website = "website",
        Github = "github",
        Linkedin = "linkedin",
        X = "x",
    }
}

impl Place {
    /// For people.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Website => "Website",
            Self::Github => "GitHub",
            Self::Linkedin => "LinkedIn",
            Self::X => "X",
        }
    }
}

/// A workspace that people belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WorkspaceId {
    Organization(OrganizationId),
    Community(CommunityId),
}

impl WorkspaceId {
    /// `organization` or `community`: as the tables and the workspace's key have it.
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Organization(_) => "organization",
            Self::Community(_) => "community",
        }
    }

    pub const fn uuid(self) -> Uuid {
        match self {
            Self::Organization(id) => id.0,
            Self::Community(id) => id.0,
        }
    }

    /// From the two columns; `None` for a kind that is neither.
    pub fn of(kind: &str, id: Uuid) -> Option<Self> {
        match kind {
            "organization" => Some(Self::Organization(id.into())),
            "community" => Some(Self::Community(id.into())),
            _ => None,
        }
    }

    pub fn subject(self) -> Subject {
        match self {
            Self::Organization(id) => id.into(),
            Self::Community(id) => id.into(),
        }
    }

    /// A role of this sort of workspace by its label.
    pub fn role(self, label: &str) -> Option<Role> {
        match self {
            Self::Organization(_) => OrganizationRole::parse(label).map(Role::Organization),
            Self::Community(_) => CommunityRole::parse(label).map(Role::Community),
        }
    }

    const fn payload_key(self) -> &'static str {
        match self {
            Self::Organization(_) => "organizationId",
            Self::Community(_) => "communityId",
        }
    }
}

/// Does the role lead its workspace? A workspace never loses its last lead.
pub const fn leads(role: Role) -> bool {
    match role {
        Role::Organization(role) => matches!(role, OrganizationRole::SponsorAdmin | OrganizationRole::PartnerAdmin),
        Role::Community(role) => matches!(role, CommunityRole::Owner),
        Role::Staff(_) => false,
    }
}

/// The roles that an organization has, by what it joined as.
pub fn roles_of(entity: EntityType) -> Vec<OrganizationRole> {
    use OrganizationRole::{DevRelManager, HiringManager, PartnerAdmin, PartnershipManager, SponsorAdmin, SponsorManager};
    let sponsor = [SponsorAdmin, SponsorManager, DevRelManager, HiringManager];
    let partner = [PartnerAdmin, PartnershipManager];
    match entity {
        EntityType::Sponsor => sponsor.to_vec(),
        EntityType::Partner => partner.to_vec(),
        EntityType::SponsorAndPartner => [&sponsor[..], &partner[..]].concat(),
    }
}

/// What every fact of this room says in the same way: which workspace, and whom it is about.
pub(super) fn about(
    workspace: WorkspaceId,
    name: &'static str,
    payload: &[(&str, Value)],
    private: &[(&str, &str)],
) -> Statement {
    let mut said = Map::new();
    said.insert(workspace.payload_key().to_owned(), json!(workspace.uuid()));
    said.extend(payload.iter().map(|(key, value)| ((*key).to_owned(), value.clone())));
    let kept: Map<String, Value> =
        private.iter().filter(|(_, text)| !text.is_empty()).map(|(key, text)| ((*key).to_owned(), json!(text))).collect();
    Statement {
        room: ROOM,
        name,
        subject: workspace.subject(),
        about: Vec::new(),
        payload: Value::Object(said),
        private: (!kept.is_empty()).then_some(Value::Object(kept)),
    }
}

// ── Invitations ─────────────────────────────────────────────────────────────────────────────────────────────────────

/// An invitation as it is stored, without the token's hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    pub id: InvitationId,
    pub workspace: WorkspaceId,
    /// Lower case.
    pub email: String,
    /// Empty until the newcomer says it.
    pub name: String,
    pub role: Role,
    /// The entry on the community's list that waits for it.
    pub member: Option<MemberId>,
    pub expires_at: DateTime<Utc>,
    pub accepted_by: Option<UserId>,
    pub is_revoked: bool,
}

impl Invitation {
    pub fn state(&self, now: DateTime<Utc>) -> InvitationState {
        if self.is_revoked {
            InvitationState::Revoked
        } else if self.accepted_by.is_some() {
            InvitationState::Accepted
        } else if now >= self.expires_at {
            InvitationState::Expired
        } else {
            InvitationState::Open
        }
    }

    /// Writes the mail again with a new link; the old one is dead from this moment.
    ///
    /// # Errors
    /// `INVITATION_ACCEPTED`, `INVITATION_REVOKED`.
    pub fn resend(&self, inviter: &str, now: DateTime<Utc>) -> Result<InvitationResent, Refusal> {
        self.still_open(now, true)?;
        Ok(InvitationResent { invitation: self.clone(), inviter: inviter.to_owned() })
    }

    /// Takes it back: its link opens nothing from this moment.
    ///
    /// # Errors
    /// `INVITATION_ACCEPTED`, `INVITATION_REVOKED`.
    pub fn revoke(&self, now: DateTime<Utc>) -> Result<InvitationRevoked, Refusal> {
        self.still_open(now, true)?;
        Ok(InvitationRevoked { invitation: self.clone() })
    }

    /// `None` when this person accepted it before: saying yes twice is saying it once.
    ///
    /// # Errors
    /// `INVITATION_ACCEPTED` by somebody else, `INVITATION_REVOKED`, `INVITATION_EXPIRED`.
    pub fn accept(&self, user: UserId, person: &str, now: DateTime<Utc>) -> Result<Option<InvitationAccepted>, Refusal> {
        if self.accepted_by == Some(user) {
            return Ok(None);
        }
        self.still_open(now, false)?;
        Ok(Some(InvitationAccepted { invitation: self.clone(), user, person: person.to_owned() }))
    }

    fn still_open(&self, now: DateTime<Utc>, late_is_fine: bool) -> Result<(), Refusal> {
        match self.state(now) {
            InvitationState::Open => Ok(()),
            InvitationState::Expired if late_is_fine => Ok(()),
            InvitationState::Expired => {
                Err(Refusal::new("INVITATION_EXPIRED", "This invitation has expired. Ask whoever invited you to send it again."))
            }
            InvitationState::Accepted => {
                Err(Refusal::new("INVITATION_ACCEPTED", "This invitation was already accepted. Sign in to open the workspace."))
            }
            InvitationState::Revoked => Err(Refusal::new(
                "INVITATION_REVOKED",
                "This invitation was taken back. Ask whoever invited you if that was a mistake.",
            )),
        }
    }
}

/// Somebody was invited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvitationSent {
    invitation: Invitation,
    inviter: String,
}

impl InvitationSent {
    /// `inviter` is what the letter names; the invitation is new and open.
    pub fn new(invitation: Invitation, inviter: &str) -> Self {
        Self { invitation, inviter: inviter.to_owned() }
    }

    pub fn invitation(&self) -> &Invitation {
        &self.invitation
    }
}

fn of_invitation(invitation: &Invitation, name: &'static str, person: &str) -> Statement {
    let payload = [("invitationId", json!(invitation.id)), ("role", json!(invitation.role.label()))];
    about(
        invitation.workspace,
        name,
        &payload,
        &[("email", &invitation.email), ("inviteeName", &invitation.name), ("person", person)],
    )
}

impl Fact for InvitationSent {
    fn statement(&self) -> Statement {
        of_invitation(&self.invitation, "invitation_sent", &self.inviter)
    }
}

/// The mail is written again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvitationResent {
    invitation: Invitation,
    inviter: String,
}

impl InvitationResent {
    pub fn invitation(&self) -> &Invitation {
        &self.invitation
    }
}

impl Fact for InvitationResent {
    fn statement(&self) -> Statement {
        of_invitation(&self.invitation, "invitation_resent", &self.inviter)
    }
}

/// It was taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvitationRevoked {
    invitation: Invitation,
}

impl InvitationRevoked {
    pub fn invitation(&self) -> &Invitation {
        &self.invitation
    }
}

impl Fact for InvitationRevoked {
    fn statement(&self) -> Statement {
        of_invitation(&self.invitation, "invitation_revoked", "")
    }
}

/// Somebody said yes and belongs to the workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvitationAccepted {
    invitation: Invitation,
    user: UserId,
    person: String,
}

impl InvitationAccepted {
    pub fn invitation(&self) -> &Invitation {
        &self.invitation
    }

    pub fn user(&self) -> UserId {
        self.user
    }
}

impl Fact for InvitationAccepted {
    fn statement(&self) -> Statement {
        let payload = [
            ("invitationId", json!(self.invitation.id)),
            ("role", json!(self.invitation.role.label())),
            ("memberUser", json!(self.user)),
        ];
        about(self.invitation.workspace, "invitation_accepted", &payload, &[("person", &self.person)])
    }
}

// ── Seats ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/// Somebody's place in a workspace. People of an organization are always active: whoever leaves has no seat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seat {
    pub id: MemberId,
    pub workspace: WorkspaceId,
    pub user: UserId,
    pub name: String,
    pub role: Role,
    pub status: MemberStatus,
    /// Has this person ever said yes?
    pub has_joined: bool,
    pub signatory: bool,
    pub finance: bool,
    pub version: i32,
}

impl Seat {
    fn is_acting_lead(&self) -> bool {
        leads(self.role) && self.status == MemberStatus::Active
    }

    /// `others` are the other active leads, counted while the workspace is held.
    fn keep_a_lead(&self, others: i64) -> Result<(), Refusal> {
        if !self.is_acting_lead() || others > 0 {
            return Ok(());
        }
        Err(match self.workspace {
            WorkspaceId::Community(_) => Refusal::new(
                "LAST_OWNER",
                format!("{} is the last owner. Make somebody else an owner first, then try again.", isolated(&self.name)),
            ),
            WorkspaceId::Organization(_) => Refusal::new(
                "LAST_ADMIN",
                format!("{} is the last admin. Make somebody else an admin first, then try again.", isolated(&self.name)),
            ),
        })
    }

    /// Another role; `None` when it is the one they have.
    ///
    /// # Errors
    /// `LAST_OWNER`, `LAST_ADMIN`.
    pub fn change_role(&self, role: Role, other_leads: i64) -> Result<Option<RoleChanged>, Refusal> {
        if role == self.role {
            return Ok(None);
        }
        if !leads(role) {
            self.keep_a_lead(other_leads)?;
        }
        Ok(Some(RoleChanged { seat: self.clone(), role }))
    }

    /// Where this member can be moved to by hand. Nobody is made active who never said yes.
    pub fn open_statuses(&self) -> Vec<MemberStatus> {
        use MemberStatus::{Active, Banned, Inactive, OnBoarding, Suspended};
        if matches!(self.workspace, WorkspaceId::Organization(_)) {
            return Vec::new();
        }
        match (self.status, self.has_joined) {
            (OnBoarding, _) => vec![Inactive],
            (Active, _) => vec![Inactive, Suspended, Banned],
            (Inactive, true) => vec![Active, Suspended, Banned],
            (Inactive, false) => vec![OnBoarding],
            (Suspended, _) => vec![Active, Inactive, Banned],
            (Banned, _) => vec![Inactive],
        }
    }

    /// Moves a member on; `None` when they stand there already.
    ///
    /// # Errors
    /// `STATUS_NOT_OPEN`, `REASON_NEEDED` for a suspension or a ban, `LAST_OWNER`.
    pub fn set_status(&self, to: MemberStatus, reason: &Paragraph, other_leads: i64) -> Result<Option<StatusSet>, Refusal> {
        if to == self.status {
            return Ok(None);
        }
        let open = self.open_statuses();
        if !open.contains(&to) {
            let next = match open.as_slice() {
                [] => "Remove them instead.".to_owned(),
                open => {
                    format!("What is possible now: {}.", open.iter().map(|status| status.label()).collect::<Vec<_>>().join(", "))
                }
            };
            return Err(Refusal::new(
                "STATUS_NOT_OPEN",
                format!("{} is {} and cannot become {}. {next}", isolated(&self.name), self.status, to),
            ));
        }
        if matches!(to, MemberStatus::Suspended | MemberStatus::Banned) && reason.is_empty() {
            return Err(Refusal::new("REASON_NEEDED", format!("Say why: {} is told the reason.", isolated(&self.name))));
        }
        self.keep_a_lead(other_leads)?;
        Ok(Some(StatusSet { seat: self.clone(), to, reason: reason.as_str().to_owned() }))
    }

    /// The powers that are given by name; `None` when nothing changes.
    pub fn give(&self, signatory: bool, finance: bool) -> Option<PowersGiven> {
        (signatory != self.signatory || finance != self.finance).then(|| PowersGiven { seat: self.clone(), signatory, finance })
    }

    /// Goes of their own will.
    ///
    /// # Errors
    /// `LAST_OWNER`, `LAST_ADMIN`; `STATUS_NOT_OPEN` for whoever is not active.
    pub fn leave(&self, other_leads: i64) -> Result<MemberLeft, Refusal> {
        if self.status != MemberStatus::Active {
            return Err(Refusal::new("STATUS_NOT_OPEN", format!("{} is not active here.", isolated(&self.name))));
        }
        self.keep_a_lead(other_leads)?;
        Ok(MemberLeft { seat: self.clone() })
    }

    /// Is taken out of an organization.
    ///
    /// # Errors
    /// `LAST_ADMIN`; `STATUS_NOT_OPEN` in a community, where members become inactive instead.
    pub fn remove(&self, other_leads: i64) -> Result<MemberRemoved, Refusal> {
        if matches!(self.workspace, WorkspaceId::Community(_)) {
            return Err(Refusal::new("STATUS_NOT_OPEN", "Members of a community are not removed. Make them Inactive instead."));
        }
        self.keep_a_lead(other_leads)?;
        Ok(MemberRemoved { seat: self.clone() })
    }

    /// What a member says about themselves; `None` when nothing changes.
    pub fn edit_profile(&self, before: &Profile, after: Profile) -> Option<ProfileEdited> {
        let mut changed = Vec::new();
        for (name, differs) in [
            ("interests", before.interests != after.interests),
            ("bio", before.bio != after.bio),
            ("links", before.links != after.links),
        ] {
            if differs {
                changed.push(name);
            }
        }
        (!changed.is_empty()).then(|| ProfileEdited { seat: self.clone(), after, changed })
    }

    /// Another picture, or none.
    pub fn change_photo(&self) -> PhotoChanged {
        PhotoChanged { seat: self.clone() }
    }
}

/// What a member of a community says about themselves.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Profile {
    pub interests: Vec<MemberInterest>,
    pub bio: String,
    /// By [`Place::label`].
    pub links: BTreeMap<String, String>,
}

impl Profile {
    /// Keeps what is known: an address that is one, each interest once, in the list's order.
    pub fn new(interests: &[MemberInterest], bio: &Paragraph, links: &[(Place, WebUrl)]) -> Self {
        Self {
            interests: MemberInterest::ALL.iter().copied().filter(|interest| interests.contains(interest)).collect(),
            bio: bio.as_str().to_owned(),
            links: links.iter().map(|(place, url)| (place.label().to_owned(), url.as_str().to_owned())).collect(),
        }
    }
}

fn of_seat(seat: &Seat, name: &'static str, payload: &[(&str, Value)], private: &[(&str, &str)]) -> Statement {
    let mut said = vec![("memberId", json!(seat.id)), ("memberUser", json!(seat.user))];
    said.extend_from_slice(payload);
    let mut kept = vec![("person", seat.name.as_str())];
    kept.extend_from_slice(private);
    about(seat.workspace, name, &said, &kept)
}

/// Somebody was put on a community's list; their invitation is mailed with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberAdded {
    invitation: Invitation,
    member: MemberId,
    user: UserId,
    inviter: String,
}

impl MemberAdded {
    /// The invitation is new and open, and waits for `member`.
    pub fn new(invitation: Invitation, member: MemberId, user: UserId, inviter: &str) -> Self {
        Self { invitation, member, user, inviter: inviter.to_owned() }
    }

    pub fn invitation(&self) -> &Invitation {
        &self.invitation
    }

    pub fn member(&self) -> MemberId {
        self.member
    }

    pub fn user(&self) -> UserId {
        self.user
    }
}

impl Fact for MemberAdded {
    fn statement(&self) -> Statement {
        let invitation = &self.invitation;
        let payload = [
            ("invitationId", json!(invitation.id)),
            ("memberId", json!(self.member)),
            ("memberUser", json!(self.user)),
            ("role", json!(invitation.role.label())),
        ];
        let private = [("email", &*invitation.email), ("inviteeName", &*invitation.name), ("person", &*self.inviter)];
        about(invitation.workspace, "member_added", &payload, &private)
    }
}

/// Somebody has another role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleChanged {
    seat: Seat,
    role: Role,
}

impl RoleChanged {
    pub fn seat(&self) -> &Seat {
        &self.seat
    }

    pub fn role(&self) -> Role {
        self.role
    }
}

impl Fact for RoleChanged {
    fn statement(&self) -> Statement {
        let payload = [("from", json!(self.seat.role.label())), ("role", json!(self.role.label()))];
        of_seat(&self.seat, "member_role_changed", &payload, &[])
    }
}

/// A member stands differently; who is not active cannot act from the next request on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusSet {
    seat: Seat,
    to: MemberStatus,
    reason: String,
}

impl StatusSet {
    pub fn seat(&self) -> &Seat {
        &self.seat
    }

    pub fn to(&self) -> MemberStatus {
        self.to
    }

    pub fn reason(&self) -> &str {
        &self.reason
    }
}

impl Fact for StatusSet {
    fn statement(&self) -> Statement {
        let payload = [("from", json!(self.seat.status.label())), ("status", json!(self.to.label()))];
        of_seat(&self.seat, "member_status_set", &payload, &[("reason", &self.reason)])
    }
}

/// Somebody may, or may no longer, sign or move money for the workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PowersGiven {
    seat: Seat,
    signatory: bool,
    finance: bool,
}

impl PowersGiven {
    pub fn seat(&self) -> &Seat {
        &self.seat
    }

    pub fn signatory(&self) -> bool {
        self.signatory
    }

    pub fn finance(&self) -> bool {
        self.finance
    }
}

impl Fact for PowersGiven {
    fn statement(&self) -> Statement {
        let payload = [("signatory", json!(self.signatory)), ("finance", json!(self.finance))];
        of_seat(&self.seat, "member_powers_given", &payload, &[])
    }
}

/// Somebody left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberLeft {
    seat: Seat,
}

impl MemberLeft {
    pub fn seat(&self) -> &Seat {
        &self.seat
    }
}

impl Fact for MemberLeft {
    fn statement(&self) -> Statement {
        of_seat(&self.seat, "member_left", &[], &[])
    }
}

/// Somebody was taken out of an organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberRemoved {
    seat: Seat,
}

impl MemberRemoved {
    pub fn seat(&self) -> &Seat {
        &self.seat
    }
}

impl Fact for MemberRemoved {
    fn statement(&self) -> Statement {
        of_seat(&self.seat, "member_removed", &[], &[])
    }
}

/// A member wrote about themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileEdited {
    seat: Seat,
    after: Profile,
    changed: Vec<&'static str>,
}

impl ProfileEdited {
    pub fn seat(&self) -> &Seat {
        &self.seat
    }

    pub fn after(&self) -> &Profile {
        &self.after
    }
}

impl Fact for ProfileEdited {
    fn statement(&self) -> Statement {
        of_seat(&self.seat, "member_profile_edited", &[("changed", json!(self.changed))], &[])
    }
}

/// A member has another picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhotoChanged {
    seat: Seat,
}

impl PhotoChanged {
    pub fn seat(&self) -> &Seat {
        &self.seat
    }
}

impl Fact for PhotoChanged {
    fn statement(&self) -> Statement {
        of_seat(&self.seat, "member_photo_changed", &[], &[])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::labels::MemberRole;
    use proptest::prelude::*;

    const ACME: WorkspaceId = WorkspaceId::Organization(OrganizationId(Uuid::from_u128(1)));
    const APEX: WorkspaceId = WorkspaceId::Community(CommunityId(Uuid::from_u128(2)));
    const OWNER: Role = Role::Community(CommunityRole::Owner);
    const DESIGNER: Role = Role::Community(CommunityRole::Member(MemberRole::Designer));

    fn noon() -> DateTime<Utc> {
        DateTime::from_timestamp(1_790_000_000, 0).expect("a time")
    }

    fn user(n: u128) -> UserId {
        UserId(Uuid::from_u128(n))
    }

    fn invitation() -> Invitation {
        Invitation {
            id: InvitationId(Uuid::from_u128(9)),
            workspace: APEX,
            email: "new@apex.example".into(),
            name: String::new(),
            role: DESIGNER,
            member: None,
            expires_at: noon() + INVITATION_LIFE,
            accepted_by: None,
            is_revoked: false,
        }
    }

    fn seat(role: Role, status: MemberStatus) -> Seat {
        Seat {
            id: MemberId(Uuid::from_u128(5)),
            workspace: if matches!(role, Role::Organization(_)) { ACME } else { APEX },
            user: user(6),
            name: "Ravi".into(),
            role,
            status,
            has_joined: true,
            signatory: false,
            finance: false,
            version: 1,
        }
    }

    fn words(text: &str) -> Paragraph {
        Paragraph::parse(text, REASON_LONGEST, "reason").expect("a reason")
    }

    #[test]
    fn an_invitation_opens_for_seven_days_and_once() {
        let open = invitation();
        assert_eq!(open.state(noon()), InvitationState::Open);
        assert_eq!(open.state(noon() + INVITATION_LIFE), InvitationState::Expired);
        let late = open.accept(user(6), "Ravi", noon() + INVITATION_LIFE).expect_err("too late");
        assert_eq!(late.code, "INVITATION_EXPIRED");
        assert!(open.resend("Mei", noon() + INVITATION_LIFE).is_ok(), "what is late can be sent again");
        assert!(open.accept(user(6), "Ravi", noon()).expect("open").is_some());

        let taken = Invitation { accepted_by: Some(user(6)), ..open.clone() };
        assert_eq!(taken.accept(user(6), "Ravi", noon()), Ok(None), "twice is once");
        assert_eq!(taken.accept(user(7), "Eve", noon()).expect_err("somebody else").code, "INVITATION_ACCEPTED");
        assert_eq!(taken.revoke(noon()).expect_err("too late").code, "INVITATION_ACCEPTED");
        assert_eq!(taken.resend("Mei", noon()).expect_err("too late").code, "INVITATION_ACCEPTED");

        let dead = Invitation { is_revoked: true, ..open };
        assert_eq!(dead.accept(user(6), "Ravi", noon()).expect_err("dead").code, "INVITATION_REVOKED");
        assert_eq!(dead.resend("Mei", noon()).expect_err("dead").code, "INVITATION_REVOKED");
    }

    #[test]
    fn the_last_owner_and_the_last_admin_stay() {
        let owner = seat(OWNER, MemberStatus::Active);
        assert_eq!(owner.leave(0).expect_err("last").code, "LAST_OWNER");
        assert_eq!(owner.change_role(DESIGNER, 0).expect_err("last").code, "LAST_OWNER");
        assert_eq!(owner.set_status(MemberStatus::Inactive, &words(""), 0).expect_err("last").code, "LAST_OWNER");
        assert!(owner.leave(1).is_ok());
        let admin = seat(Role::Organization(OrganizationRole::SponsorAdmin), MemberStatus::Active);
        assert_eq!(admin.leave(0).expect_err("last").code, "LAST_ADMIN");
        assert_eq!(admin.remove(0).expect_err("last").code, "LAST_ADMIN");
        let partner = Role::Organization(OrganizationRole::PartnerAdmin);
        assert!(admin.change_role(partner, 0).is_ok(), "an admin of the other kind leads as well");
        assert!(seat(DESIGNER, MemberStatus::Active).leave(0).is_ok());
    }

    #[test]
    fn every_status_and_where_it_leads() {
        let mut table = String::new();
        for status in MemberStatus::ALL {
            for has_joined in [true, false] {
                let member = Seat { has_joined, ..seat(DESIGNER, *status) };
                let open: Vec<_> = member.open_statuses().into_iter().map(MemberStatus::label).collect();
                table.push_str(&format!("{status}{}: {}\n", if has_joined { "" } else { ", never in" }, open.join(", ")));
            }
        }
        insta::assert_snapshot!(table, @r"
        On Boarding: Inactive
        On Boarding, never in: Inactive
        Active: Inactive, Suspended, Banned
        Active, never in: Inactive, Suspended, Banned
        Inactive: Active, Suspended, Banned
        Inactive, never in: On Boarding
        Suspended: Active, Inactive, Banned
        Suspended, never in: Active, Inactive, Banned
        Banned: Inactive
        Banned, never in: Inactive
        ");
    }

    #[test]
    fn a_suspension_needs_its_reason() {
        let member = seat(DESIGNER, MemberStatus::Active);
        for to in [MemberStatus::Suspended, MemberStatus::Banned] {
            assert_eq!(member.set_status(to, &words("  "), 0).expect_err("no reason").code, "REASON_NEEDED");
            assert!(member.set_status(to, &words("Spam in the chat."), 0).expect("legal").is_some());
        }
        assert_eq!(member.set_status(MemberStatus::Active, &words(""), 0), Ok(None));
        let waiting = Seat { has_joined: false, ..seat(DESIGNER, MemberStatus::OnBoarding) };
        assert_eq!(waiting.set_status(MemberStatus::Active, &words(""), 0).expect_err("only they can").code, "STATUS_NOT_OPEN");
    }

    #[test]
    fn names_and_addresses_stay_out_of_the_chain() {
        let sent = InvitationSent::new(Invitation { name: "New Person".into(), ..invitation() }, "Ravi Kulkarni").statement();
        assert!(!sent.payload.to_string().contains("apex.example") && !sent.payload.to_string().contains("Ravi"));
        assert_eq!(sent.private.as_ref().and_then(|kept| kept["email"].as_str()), Some("new@apex.example"));
        let barred = seat(DESIGNER, MemberStatus::Active);
        let barred = barred.set_status(MemberStatus::Banned, &words("Spam."), 0).expect("legal").expect("a change").statement();
        assert!(!barred.payload.to_string().contains("Spam"));
    }

    #[test]
    fn organizations_have_the_roles_of_what_they_are() {
        assert_eq!(roles_of(EntityType::Partner), [OrganizationRole::PartnerAdmin, OrganizationRole::PartnershipManager]);
        assert_eq!(roles_of(EntityType::SponsorAndPartner).len(), OrganizationRole::ALL.len());
        assert_eq!(ACME.role("Designer"), None);
        assert_eq!(APEX.role("Owner"), Some(OWNER));
    }

    proptest! {
        /// No walk of statuses lets somebody act who never said yes.
        #[test]
        fn nobody_acts_who_never_said_yes(steps in prop::collection::vec(0usize..5, 0..12)) {
            let mut member = Seat { has_joined: false, ..seat(DESIGNER, MemberStatus::OnBoarding) };
            for step in steps {
                if let Ok(Some(set)) = member.set_status(MemberStatus::ALL[step], &words("Because."), 1) {
                    member.status = set.to();
                }
            }
            prop_assert_ne!(member.status, MemberStatus::Active);
        }
    }
}
