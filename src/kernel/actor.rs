//! Who acts, for whom, and with what scope. One table says what every role may do ([`Role::capabilities`]).
//!
//! A [`Person`] is somebody signed in, with every workspace they belong to. An [`Actor`] is that person speaking for
//! exactly one of them, or for themselves. Doors make actors; services only read them.

use super::{
    error::{AppError, AppResult, Denied},
    ids::{CommunityId, OrganizationId, SessionId, UserId},
    labels::MemberRole,
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What a role may do. Capabilities are asked for by policies, never role names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Capability {
    /// See the workspace's own events, people and public opportunities.
    SeeWorkspace,
    /// See requests, offers, money and contact data of the workspace.
    SeeRequests,
    /// Open, accept, reject and withdraw requests and applications.
    ActOnRequests,
    /// Create and edit opportunities.
    ManageOpportunities,
    /// Edit who stands on an event's page.
    ManagePartners,
    /// Create and edit events.
    EditEvents,
    /// Publish, complete and archive events.
    PublishEvents,
    /// Edit the profile of the organization or community.
    EditProfile,
    /// Invite, change and remove people.
    ManageMembers,
    /// Sign contracts.
    Sign,
    /// Move money.
    Finance,
    /// Decide on organizations and communities.
    Review,
    /// Run the platform.
    Administer,
    /// Make and revoke API keys, and say for what the workspace asks a second factor.
    ManageSecurity,
}

impl Capability {
    pub const ALL: [Self; 14] = [
        Self::SeeWorkspace,
        Self::SeeRequests,
        Self::ActOnRequests,
        Self::ManageOpportunities,
        Self::ManagePartners,
        Self::EditEvents,
        Self::PublishEvents,
        Self::EditProfile,
        Self::ManageMembers,
        Self::Sign,
        Self::Finance,
        Self::Review,
        Self::Administer,
        Self::ManageSecurity,
    ];

    const fn bit(self) -> u16 {
        1 << self as u16
    }
}

/// A set of capabilities, and which of them the workspace asks a second factor for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capabilities {
    held: u16,
    guarded: u16,
}

impl Capabilities {
    pub const NONE: Self = Self { held: 0, guarded: 0 };

    pub fn of(list: &[Capability]) -> Self {
        Self { held: list.iter().fold(0, |bits, capability| bits | capability.bit()), guarded: 0 }
    }

    #[must_use]
    pub fn with(self, capability: Capability) -> Self {
        Self { held: self.held | capability.bit(), ..self }
    }

    /// Only those of them that the list names: what a key may do of what its maker may.
    #[must_use]
    pub fn within(self, list: &[Capability]) -> Self {
        Self { held: self.held & Self::of(list).held, ..self }
    }

    /// The same, with a second factor asked for these.
    #[must_use]
    pub fn guarding(self, list: &[Capability]) -> Self {
        Self { guarded: self.guarded | Self::of(list).held, ..self }
    }

    /// Held, whether or not a second factor is asked for.
    pub fn has(self, capability: Capability) -> bool {
        self.held & capability.bit() != 0
    }

    /// Held, and used only after a second factor.
    pub fn is_guarded(self, capability: Capability) -> bool {
        self.held & self.guarded & capability.bit() != 0
    }

    /// Is a second factor asked for anything that is held?
    pub fn any_guarded(self) -> bool {
        self.held & self.guarded != 0
    }
}

/// A role in an organization. Labels are the spec's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum OrganizationRole {
    #[serde(rename = "Sponsor Admin")]
    SponsorAdmin,
    #[serde(rename = "Sponsor Manager")]
    SponsorManager,
    #[serde(rename = "DevRel Manager")]
    DevRelManager,
    #[serde(rename = "Hiring Manager")]
    HiringManager,
    #[serde(rename = "Partner Admin")]
    PartnerAdmin,
    #[serde(rename = "Partnership Manager")]
    PartnershipManager,
}

impl OrganizationRole {
    pub const ALL: [Self; 6] = [
        Self::SponsorAdmin,
        Self::SponsorManager,
        Self::DevRelManager,
        Self::HiringManager,
        Self::PartnerAdmin,
        Self::PartnershipManager,
    ];

    pub fn label(self) -> &'static str {
        match self {
            Self::SponsorAdmin => "Sponsor Admin",
            Self::SponsorManager => "Sponsor Manager",
            Self::DevRelManager => "DevRel Manager",
            Self::HiringManager => "Hiring Manager",
            Self::PartnerAdmin => "Partner Admin",
            Self::PartnershipManager => "Partnership Manager",
        }
    }

    pub fn parse(label: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.label() == label)
    }

    pub fn is_admin(self) -> bool {
        matches!(self, Self::SponsorAdmin | Self::PartnerAdmin)
    }
}

/// A role in a community: the two that the platform adds, and the labels of the member system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CommunityRole {
    Owner,
    Admin,
    Member(MemberRole),
}

impl CommunityRole {
    pub fn label(self) -> &'static str {
        match self {
            Self::Owner => "Owner",
            Self::Admin => "Admin",
            Self::Member(role) => role.label(),
        }
    }

    pub fn parse(label: &str) -> Option<Self> {
        match label {
            "Owner" => Some(Self::Owner),
            "Admin" => Some(Self::Admin),
            other => MemberRole::parse(other).ok().map(Self::Member),
        }
    }

    /// Every role, in the order of the matrix.
    pub fn all() -> impl Iterator<Item = Self> {
        [Self::Owner, Self::Admin].into_iter().chain(MemberRole::ALL.iter().copied().map(Self::Member))
    }
}

/// Platform staff.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StaffRole {
    Review,
    Finance,
    Admin,
}

impl StaffRole {
    pub const ALL: [Self; 3] = [Self::Review, Self::Finance, Self::Admin];

    pub fn label(self) -> &'static str {
        match self {
            Self::Review => "review",
            Self::Finance => "finance",
            Self::Admin => "admin",
        }
    }

    pub fn parse(label: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.label() == label)
    }
}

/// Any role of the house.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    Organization(OrganizationRole),
    Community(CommunityRole),
    Staff(StaffRole),
}

impl Role {
    pub fn label(self) -> &'static str {
        match self {
            Self::Organization(role) => role.label(),
            Self::Community(role) => role.label(),
            Self::Staff(role) => role.label(),
        }
    }

    /// The one table of who may do what. `Sign` and `Finance` in a workspace are given by name, never by role.
    pub fn capabilities(self) -> Capabilities {
        use Capability::{
            ActOnRequests, Administer, EditEvents, EditProfile, Finance, ManageMembers, ManageOpportunities, ManagePartners,
            PublishEvents, Review, SeeRequests, SeeWorkspace,
        };
        let list: &[Capability] = match self {
            Self::Organization(OrganizationRole::SponsorAdmin | OrganizationRole::PartnerAdmin) => {
                &[SeeWorkspace, SeeRequests, ActOnRequests, EditProfile, ManageMembers]
            }
            Self::Organization(OrganizationRole::SponsorManager | OrganizationRole::PartnershipManager) => {
                &[SeeWorkspace, SeeRequests, ActOnRequests]
            }
            Self::Organization(OrganizationRole::DevRelManager | OrganizationRole::HiringManager) => &[SeeWorkspace, SeeRequests],
            Self::Community(CommunityRole::Owner | CommunityRole::Admin | CommunityRole::Member(MemberRole::Organizer)) => &[
                SeeWorkspace,
                SeeRequests,
                ActOnRequests,
                ManageOpportunities,
                ManagePartners,
                EditEvents,
                PublishEvents,
                EditProfile,
                ManageMembers,
            ],
            Self::Community(CommunityRole::Member(
                MemberRole::PartnershipsLead | MemberRole::SponsorshipLead | MemberRole::IndustryRelationsLead,
            )) => &[SeeWorkspace, SeeRequests, ActOnRequests, ManageOpportunities, ManagePartners],
            Self::Community(CommunityRole::Member(_)) => &[SeeWorkspace],
            Self::Staff(StaffRole::Review) => &[SeeWorkspace, Review],
            Self::Staff(StaffRole::Finance) => &[SeeWorkspace, Finance],
            Self::Staff(StaffRole::Admin) => &[SeeWorkspace, Review, Administer],
        };
        let held = Capabilities::of(list);
        match self {
            Self::Organization(OrganizationRole::SponsorAdmin | OrganizationRole::PartnerAdmin)
            | Self::Community(CommunityRole::Owner | CommunityRole::Admin) => held.with(Capability::ManageSecurity),
            _ => held,
        }
    }
}

/// How far an organization has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum VerificationStatus {
    #[serde(rename = "Pending Verification")]
    PendingVerification,
    Verified,
    #[serde(rename = "Community Added")]
    CommunityAdded,
    Disabled,
}

impl VerificationStatus {
    pub const ALL: [Self; 4] = [Self::PendingVerification, Self::Verified, Self::CommunityAdded, Self::Disabled];

    pub fn label(self) -> &'static str {
        match self {
            Self::PendingVerification => "Pending Verification",
            Self::Verified => "Verified",
            Self::CommunityAdded => "Community Added",
            Self::Disabled => "Disabled",
        }
    }

    pub fn parse(label: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.label() == label)
    }
}

/// How far a community has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CommunityStatus {
    Pending,
    UnderReview,
    Approved,
    Active,
    Rejected,
    Suspended,
}

impl CommunityStatus {
    pub const ALL: [Self; 6] = [Self::Pending, Self::UnderReview, Self::Approved, Self::Active, Self::Rejected, Self::Suspended];

    pub fn label(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::UnderReview => "under_review",
            Self::Approved => "approved",
            Self::Active => "active",
            Self::Rejected => "rejected",
            Self::Suspended => "suspended",
        }
    }

    pub fn parse(label: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.label() == label)
    }

    /// Only approved and active communities reach the marketplace.
    pub fn may_reach_out(self) -> bool {
        matches!(self, Self::Approved | Self::Active)
    }
}

/// A side of a request, a deal, a contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    Community,
    Organization,
}

impl Side {
    pub const ALL: [Self; 2] = [Self::Community, Self::Organization];

    pub fn label(self) -> &'static str {
        match self {
            Self::Community => "community",
            Self::Organization => "organization",
        }
    }

    pub fn parse(label: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|side| side.label() == label)
    }

    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Community => Self::Organization,
            Self::Organization => Self::Community,
        }
    }
}

/// Which workspace a membership opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Workspace {
    Organization { id: OrganizationId, status: VerificationStatus, role: OrganizationRole },
    Community { id: CommunityId, status: CommunityStatus, role: CommunityRole },
    Staff { role: StaffRole },
}

/// One workspace of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    pub workspace: Workspace,
    /// `staff` for the platform's own.
    pub slug: String,
    pub name: String,
    pub capabilities: Capabilities,
}

impl Membership {
    /// `organization:acme`, `community:apex-circle`, `staff:review`: how a door names it.
    pub fn key(&self) -> String {
        match self.workspace {
            Workspace::Organization { .. } => format!("organization:{}", self.slug),
            Workspace::Community { .. } => format!("community:{}", self.slug),
            Workspace::Staff { role } => format!("staff:{}", role.label()),
        }
    }

    pub fn role_label(&self) -> &'static str {
        match self.workspace {
            Workspace::Organization { role, .. } => role.label(),
            Workspace::Community { role, .. } => role.label(),
            Workspace::Staff { role } => role.label(),
        }
    }
}

/// Somebody signed in, with every workspace they may act in. Loaded by one statement a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    pub user: UserId,
    pub session: SessionId,
    pub name: String,
    pub email: String,
    /// A second factor is set up.
    pub second_factor: bool,
    /// This session gave it.
    pub second_factor_given: bool,
    pub memberships: Vec<Membership>,
    /// The key of the workspace used last; only a default.
    pub default_workspace: Option<String>,
}

impl Person {
    /// Must this person give (staff: or first set up) a second factor before anything else? A person who has one gives it
    /// with every sign-in.
    pub fn owes_second_factor(&self) -> bool {
        let is_staff = || self.memberships.iter().any(|m| matches!(m.workspace, Workspace::Staff { .. }));
        !self.second_factor_given && (self.second_factor || is_staff())
    }

    /// The actor for the workspace that the call names, or the only possible one.
    ///
    /// `wanted` is a membership's key, or its bare slug when that is not ambiguous.
    ///
    /// # Errors
    /// 403 `SECOND_FACTOR_REQUIRED` for somebody who owes one; 422 `WORKSPACE_REQUIRED` (a field error on `workspace`)
    /// when two are possible and none is named; 404 for a workspace that is not theirs.
    pub fn actor(self: &Arc<Self>, wanted: Option<&str>) -> AppResult<Actor> {
        if self.owes_second_factor() {
            return Err(second_factor_owed().into());
        }
        let pick = |membership: &Membership| Actor { person: Arc::clone(self), acting: Some(membership.clone()) };
        match wanted.filter(|w| !w.is_empty()) {
            Some(wanted) => {
                let mut fitting = self.memberships.iter().filter(|m| m.key() == wanted || m.slug == wanted);
                match (fitting.next(), fitting.next()) {
                    (Some(one), None) => Ok(pick(one)),
                    (Some(_), Some(_)) => Err(workspace_required()),
                    (None, _) => Err(AppError::NotFound),
                }
            }
            None => match self.memberships.as_slice() {
                [] => Ok(Actor { person: Arc::clone(self), acting: None }),
                [one] => Ok(pick(one)),
                _ => Err(workspace_required()),
            },
        }
    }

    /// For pages that only show something: the named workspace, else the remembered one, else the first.
    pub fn actor_or_default(self: &Arc<Self>, wanted: Option<&str>) -> Actor {
        let find = |key: &str| self.memberships.iter().find(|m| m.key() == key || m.slug == key);
        let membership = wanted
            .and_then(find)
            .or_else(|| self.default_workspace.as_deref().and_then(find))
            .or_else(|| self.memberships.first());
        Actor { person: Arc::clone(self), acting: membership.cloned() }
    }

    /// Acting for a community in which they have a seat.
    pub fn actor_of(self: &Arc<Self>, community: CommunityId) -> Option<Actor> {
        let own = |it: &&Membership| matches!(it.workspace, Workspace::Community { id, .. } if id == community);
        self.memberships.iter().find(own).map(|it| Actor { person: Arc::clone(self), acting: Some(it.clone()) })
    }

    /// Has this person a role in that community or organization, in whatever workspace they act now?
    pub fn belongs_to(&self, community: CommunityId, organization: OrganizationId) -> (bool, bool) {
        let mut both = (false, false);
        for membership in &self.memberships {
            match membership.workspace {
                Workspace::Community { id, .. } if id == community => both.0 = true,
                Workspace::Organization { id, .. } if id == organization => both.1 = true,
                _ => {}
            }
        }
        both
    }
}

/// What somebody is told who has to give their second factor before anything else.
pub fn second_factor_owed() -> Denied {
    Denied::coded("SECOND_FACTOR_REQUIRED", "Confirm your second factor first, then try again.")
}

fn workspace_required() -> AppError {
    AppError::Invalid(super::fields::FieldErrors::one(
        "workspace",
        "You belong to more than one workspace. Say which one you act for (WORKSPACE_REQUIRED).",
    ))
}

/// A person acting for exactly one workspace, or for themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    pub person: Arc<Person>,
    pub acting: Option<Membership>,
}

impl Actor {
    pub fn user(&self) -> UserId {
        self.person.user
    }

    pub fn organization(&self) -> Option<OrganizationId> {
        match self.acting.as_ref()?.workspace {
            Workspace::Organization { id, .. } => Some(id),
            _ => None,
        }
    }

    pub fn community(&self) -> Option<CommunityId> {
        match self.acting.as_ref()?.workspace {
            Workspace::Community { id, .. } => Some(id),
            _ => None,
        }
    }

    pub fn staff(&self) -> Option<StaffRole> {
        match self.acting.as_ref()?.workspace {
            Workspace::Staff { role } => Some(role),
            _ => None,
        }
    }

    /// The side of a request that the acting workspace stands on.
    pub fn side(&self) -> Option<Side> {
        match self.acting.as_ref()?.workspace {
            Workspace::Organization { .. } => Some(Side::Organization),
            Workspace::Community { .. } => Some(Side::Community),
            Workspace::Staff { .. } => None,
        }
    }

    pub fn organization_status(&self) -> Option<VerificationStatus> {
        match self.acting.as_ref()?.workspace {
            Workspace::Organization { status, .. } => Some(status),
            _ => None,
        }
    }

    pub fn community_status(&self) -> Option<CommunityStatus> {
        match self.acting.as_ref()?.workspace {
            Workspace::Community { status, .. } => Some(status),
            _ => None,
        }
    }

    /// May the acting workspace's seat do this? Staff can do nothing before their second factor was given, and nobody what
    /// their workspace asks a second factor for.
    pub fn can(&self, capability: Capability) -> bool {
        let Some(membership) = &self.acting else { return false };
        if matches!(membership.workspace, Workspace::Staff { .. }) && !self.person.second_factor_given {
            return false;
        }
        let capabilities = membership.capabilities;
        capabilities.has(capability) && (self.person.second_factor_given || !capabilities.is_guarded(capability))
    }

    /// Would it be open to this seat, were it not for the second factor that the workspace asks for?
    pub fn lacks_second_factor_for(&self, capability: Capability) -> bool {
        !self.person.second_factor_given && self.acting.as_ref().is_some_and(|m| m.capabilities.is_guarded(capability))
    }

    /// # Errors
    /// 403 with what would be needed; whoever lacks only a second factor is told so, `SECOND_FACTOR_REQUIRED`.
    pub fn must(&self, capability: Capability, what: &str) -> Result<(), Denied> {
        if self.can(capability) {
            return Ok(());
        }
        if self.staff().is_some() && !self.person.second_factor_given {
            return Err(second_factor_owed());
        }
        if let Some(membership) = self.acting.as_ref().filter(|m| m.capabilities.is_guarded(capability)) {
            let next = if self.person.second_factor { "Confirm yours" } else { "Set one up under Account and security" };
            let message = format!("{} asks for a second factor to {what}. {next}, then try again.", membership.name);
            return Err(Denied::coded("SECOND_FACTOR_REQUIRED", message));
        }
        let role = self.acting.as_ref().map_or("no workspace", Membership::role_label);
        Err(Denied::new(format!(
            "Your role ({role}) cannot {what}. Ask an admin of your workspace to do it or to change your role."
        )))
    }

    /// What rows the actor's queries may touch.
    pub fn scope(&self) -> Scope {
        match self.acting.as_ref().map(|m| m.workspace) {
            Some(Workspace::Organization { id, .. }) => Scope(Reach::Organization(id)),
            Some(Workspace::Community { id, .. }) => Scope(Reach::Community(id)),
            Some(Workspace::Staff { .. }) if self.person.second_factor_given => Scope(Reach::Everything),
            _ => Scope(Reach::Nothing),
        }
    }
}

/// What tenant rows a query may touch. Made only from an [`Actor`], or by [`Scope::system`] with a reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scope(Reach);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    Nothing,
    Organization(OrganizationId),
    Community(CommunityId),
    Everything,
}

impl Scope {
    /// For jobs and deadlines; the reason is grepped by a test that lists every use.
    pub fn system(_reason: &'static str) -> Self {
        Self(Reach::Everything)
    }

    /// For SQL: rows of this organization …
    pub fn organization(self) -> Option<uuid::Uuid> {
        match self.0 {
            Reach::Organization(id) => Some(id.0),
            _ => None,
        }
    }

    /// … or of this community …
    pub fn community(self) -> Option<uuid::Uuid> {
        match self.0 {
            Reach::Community(id) => Some(id.0),
            _ => None,
        }
    }

    /// … or every row.
    pub fn everything(self) -> bool {
        self.0 == Reach::Everything
    }
}
