//! Who hears of what: one arm for every kind of fact, so that a new fact does not compile until somebody thought of it.

use crate::{
    features::{accounts::rules::LinkPurpose, facts::FactKind},
    kernel::{actor::Capability, labels::labels},
};
use chrono::{DateTime, Utc};

labels! {
    /// What a mail is about, for whoever chooses what is mailed.
    Topic, "a topic" {
        Requests = "requests",
        Opportunities = "opportunities",
        Events = "events",
        People = "people",
        Workspace = "workspace",
        Watching = "watching",
        Security = "security",
        Law = "law",
        Money = "money",
    }

    /// How soon a topic is mailed.
    Pace, "how it is mailed" {
        Instant = "instant",
        Digest = "digest",
        Off = "off",
    }
}

impl Topic {
    /// As people read it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Requests => "Requests and answers",
            Self::Opportunities => "Opportunities",
            Self::Events => "Events and partners",
            Self::People => "People of your workspaces",
            Self::Workspace => "Your workspaces and applications",
            Self::Watching => "Saved searches and watchlist",
            Self::Security => "Security of your account",
            Self::Law => "Contracts and legal notices",
            Self::Money => "Money",
        }
    }

    /// Mailed at once, at any hour, whatever somebody chose.
    pub fn is_always_instant(self) -> bool {
        matches!(self, Self::Security | Self::Law | Self::Money)
    }

    /// Those that somebody may choose about.
    pub fn chosen() -> impl Iterator<Item = Self> {
        Self::ALL.iter().copied().filter(|topic| !topic.is_always_instant())
    }
}

impl Pace {
    pub fn words(self) -> &'static str {
        match self {
            Self::Instant => "At once",
            Self::Digest => "Once a day",
            Self::Off => "Never",
        }
    }
}

/// When a mail leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plan {
    Now,
    /// Held until quiet hours end.
    At(DateTime<Utc>),
    /// A line in the digest of that moment.
    Digest(DateTime<Utc>),
    Never,
}

/// When a mail about this leaves for somebody who chose `pace`: `quiet_until` is the end of the quiet hours that they are
/// in, `digest` the moment of their next digest.
pub fn plan(topic: Topic, pace: Pace, quiet_until: Option<DateTime<Utc>>, digest: DateTime<Utc>) -> Plan {
    match pace {
        _ if topic.is_always_instant() => Plan::Now,
        Pace::Instant => quiet_until.map_or(Plan::Now, Plan::At),
        Pace::Digest => Plan::Digest(digest),
        Pace::Off => Plan::Never,
    }
}

/// A group of readers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum To {
    /// The person that the fact is about.
    Person,
    /// The address that a person had, or asks for: a letter only, since nobody signs in there.
    OldAddress,
    NewAddress,
    /// Whoever applied or registered, whether they have a seat yet or not.
    Applicant,
    /// Whoever an application names, before they said that it is theirs.
    Unconfirmed,
    /// Members of the organization, or of the community, who may do this.
    Organization(Capability),
    Community(Capability),
    /// Members, who may do this, of every organization with an open application for the opportunity that the fact is about.
    Applicants(Capability),
    /// Who signed the community up: also before their seat is open to them.
    Owner,
    /// Platform staff who decide on applications.
    Reviewers,
    /// The colleague that something was given to.
    Assignee,
    /// Whoever reported something.
    Reporter,
    /// People whose seat ended with the workspace that the fact is about, or whose login is suspended: a letter only.
    Former,
    /// People of the side that the fact is about, who may do this; never the other side.
    OwnSide(Capability),
    /// People of the other side of it.
    OtherSide(Capability),
    /// The address that an invitation or a question was made for; whose login it is does not matter.
    Address,
    /// The member that the fact is about, whatever they may do now.
    Member,
    /// Whose saved search found something that they may still see.
    Searcher,
    /// Whoever watches the community that the fact is about.
    Watchers,
}

/// How they hear of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// A letter, and a notice in the house.
    Both,
    Letter,
    Notice,
}

impl How {
    pub fn by_letter(self) -> bool {
        matches!(self, Self::Both | Self::Letter)
    }

    pub fn by_notice(self) -> bool {
        matches!(self, Self::Both | Self::Notice)
    }
}

/// What is written; its words are in `letters`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Template {
    ResetLink,
    ActivateLink,
    PasswordSet,
    EmailChangeLink,
    EmailChangeNotice,
    EmailChanged,
    SecondFactorOn,
    RecoveryCodeUsed,
    RecoveryCodesRenewed,
    SessionsEnded,
    UserSuspended,
    UserRestored,
    SecondFactorOff,
    SecondFactorReset,
    SessionRevoked,
    ApiKeyMade,
    ApiKeyRevoked,
    SecondFactorPolicySet,
    StaffWelcome,
    StaffRoleTaken,
    OrganizationApplied,
    OrganizationToConfirm,
    OrganizationInQueue,
    OrganizationMoreAsked,
    OrganizationBackInQueue,
    OrganizationVerified,
    OrganizationRefused,
    OrganizationDisabled,
    OrganizationRestored,
    OrganizationDisablingProposed,
    OrganizationMerged,
    OrganizationMergedAway,
    OrganizationMergeProposed,
    EventHidden,
    EventShown,
    OpportunityHidden,
    OpportunityShown,
    OrganizationWebsiteProposed,
    OrganizationWebsiteApproved,
    OrganizationWebsiteRefused,
    OrganizationAdded,
    OrganizationClaimInvited,
    OrganizationClaimAsked,
    OrganizationClaimProven,
    OrganizationClaimRefused,
    OrganizationSeatEnded,
    OrganizationLedAgain,
    OrganizationLedByOthers,
    CommunityRegistered,
    CommunityUnderReview,
    CommunityInQueue,
    CommunityMoreAsked,
    CommunityApproved,
    CommunityActivated,
    CommunityRejected,
    CommunitySuspended,
    CommunityRestored,
    CommunityBackInQueue,
    EventPublished,
    EventLive,
    EventCompleted,
    EventArchived,
    EventDeleted,
    PartnerAssigned,
    PartnerHidden,
    PartnerShown,
    PartnerRemoved,
    OpportunityOpened,
    OpportunityClosed,
    OpportunityFilled,
    PlacesTaken,
    OpportunityReopened,
    ApplicationsClosed,
    WaitingJoined,
    PlaceOffered,
    PlaceOfferLapsed,
    PlaceReleased,
    RequestOpened,
    RequestAccepted,
    RequestRejected,
    RequestWithdrawn,
    RequestExpired,
    RequestHeld,
    RequestInQueue,
    RequestReleased,
    RequestDelivered,
    RequestRefused,
    RequestWelcomeAgain,
    RequestAssigned,
    RequestWoken,
    ReportInQueue,
    ReportDecided,
    WorkspaceWarned,
    WorkspaceExported,
    Invitation,
    InvitationAccepted,
    MemberRoleChanged,
    MemberStatusSet,
    MemberPowersGiven,
    MemberLeft,
    MemberRemoved,
    JoinAsked,
    JoinMailboxAsked,
    JoinAccepted,
    JoinDeclined,
    SearchMatched,
    WatchedEvent,
    WatchedOpportunity,
}

impl Template {
    pub const ALL: &'static [Self] = &[
        Self::ResetLink,
        Self::ActivateLink,
        Self::PasswordSet,
        Self::EmailChangeLink,
        Self::EmailChangeNotice,
        Self::EmailChanged,
        Self::SecondFactorOn,
        Self::RecoveryCodeUsed,
        Self::RecoveryCodesRenewed,
        Self::SessionsEnded,
        Self::UserSuspended,
        Self::UserRestored,
        Self::SecondFactorOff,
        Self::SecondFactorReset,
        Self::SessionRevoked,
        Self::ApiKeyMade,
        Self::ApiKeyRevoked,
        Self::SecondFactorPolicySet,
        Self::StaffWelcome,
        Self::StaffRoleTaken,
        Self::OrganizationApplied,
        Self::OrganizationToConfirm,
        Self::OrganizationInQueue,
        Self::OrganizationMoreAsked,
        Self::OrganizationBackInQueue,
        Self::OrganizationVerified,
        Self::OrganizationRefused,
        Self::OrganizationDisabled,
        Self::OrganizationRestored,
        Self::OrganizationDisablingProposed,
        Self::OrganizationMerged,
        Self::OrganizationMergedAway,
        Self::OrganizationMergeProposed,
        Self::EventHidden,
        Self::EventShown,
        Self::OpportunityHidden,
        Self::OpportunityShown,
        Self::OrganizationWebsiteProposed,
        Self::OrganizationWebsiteApproved,
        Self::OrganizationWebsiteRefused,
        Self::OrganizationAdded,
        Self::OrganizationClaimInvited,
        Self::OrganizationClaimAsked,
        Self::OrganizationClaimProven,
        Self::OrganizationClaimRefused,
        Self::OrganizationSeatEnded,
        Self::OrganizationLedAgain,
        Self::OrganizationLedByOthers,
        Self::CommunityRegistered,
        Self::CommunityUnderReview,
        Self::CommunityInQueue,
        Self::CommunityMoreAsked,
        Self::CommunityApproved,
        Self::CommunityActivated,
        Self::CommunityRejected,
        Self::CommunitySuspended,
        Self::CommunityRestored,
        Self::CommunityBackInQueue,
        Self::EventPublished,
        Self::EventLive,
        Self::EventCompleted,
        Self::EventArchived,
        Self::EventDeleted,
        Self::PartnerAssigned,
        Self::PartnerHidden,
        Self::PartnerShown,
        Self::PartnerRemoved,
        Self::OpportunityOpened,
        Self::OpportunityClosed,
        Self::OpportunityFilled,
        Self::PlacesTaken,
        Self::OpportunityReopened,
        Self::ApplicationsClosed,
        Self::WaitingJoined,
        Self::PlaceOffered,
        Self::PlaceOfferLapsed,
        Self::PlaceReleased,
        Self::RequestOpened,
        Self::RequestAccepted,
        Self::RequestRejected,
        Self::RequestWithdrawn,
        Self::RequestExpired,
        Self::RequestHeld,
        Self::RequestInQueue,
        Self::RequestReleased,
        Self::RequestDelivered,
        Self::RequestRefused,
        Self::RequestWelcomeAgain,
        Self::RequestAssigned,
        Self::RequestWoken,
        Self::ReportInQueue,
        Self::ReportDecided,
        Self::WorkspaceWarned,
        Self::WorkspaceExported,
        Self::Invitation,
        Self::InvitationAccepted,
        Self::MemberRoleChanged,
        Self::MemberStatusSet,
        Self::MemberPowersGiven,
        Self::MemberLeft,
        Self::MemberRemoved,
        Self::JoinAsked,
        Self::JoinMailboxAsked,
        Self::JoinAccepted,
        Self::JoinDeclined,
        Self::SearchMatched,
        Self::WatchedEvent,
        Self::WatchedOpportunity,
    ];

    /// The one-time link that the letter carries, for a reader with or without a password.
    pub fn link(self, has_password: bool) -> Option<LinkPurpose> {
        match self {
            Self::ResetLink | Self::ActivateLink | Self::EmailChangeLink => self.only_link(),
            Self::CommunityRegistered => Some(LinkPurpose::VerifyEmail),
            // A first password proves the mailbox too, and leaves those whom nobody had asked a week.
            Self::OrganizationClaimInvited | Self::OrganizationClaimAsked | Self::OrganizationToConfirm if has_password => {
                Some(LinkPurpose::VerifyEmail)
            }
            Self::OrganizationClaimInvited | Self::OrganizationClaimAsked | Self::OrganizationToConfirm => {
                Some(LinkPurpose::Activate)
            }
            Self::StaffWelcome
            | Self::OrganizationApplied
            | Self::OrganizationMoreAsked
            | Self::OrganizationVerified
            | Self::CommunityApproved
                if !has_password =>
            {
                Some(LinkPurpose::Activate)
            }
            _ => None,
        }
    }

    /// The one-time link of a letter that says nothing beside it, and that somebody asked for: once the link is dead, they ask again.
    pub fn only_link(self) -> Option<LinkPurpose> {
        match self {
            Self::ResetLink => Some(LinkPurpose::Reset),
            Self::ActivateLink => Some(LinkPurpose::Activate),
            Self::EmailChangeLink => Some(LinkPurpose::ChangeEmail),
            _ => None,
        }
    }

    /// What it is about. Whatever carries a link to sign in with, or touches a login or a key, is about security.
    pub fn topic(self) -> Topic {
        match self {
            Self::EmailChangeNotice
            | Self::EmailChanged
            | Self::PasswordSet
            | Self::SecondFactorOn
            | Self::SecondFactorOff
            | Self::SecondFactorReset
            | Self::SecondFactorPolicySet
            | Self::RecoveryCodeUsed
            | Self::RecoveryCodesRenewed
            | Self::SessionsEnded
            | Self::SessionRevoked
            | Self::ApiKeyMade
            | Self::ApiKeyRevoked
            | Self::UserSuspended
            | Self::UserRestored
            | Self::StaffWelcome
            | Self::StaffRoleTaken
            | Self::OrganizationLedAgain
            | Self::OrganizationLedByOthers
            | Self::WorkspaceExported => return Topic::Security,
            _ if self.link(true).is_some() => return Topic::Security,
            _ => {}
        }
        // Names say the rest; a test holds the outcome for every template.
        let label = self.label();
        let starts = |names: &[&str]| names.iter().any(|name| label.starts_with(name));
        if starts(&["request"]) {
            Topic::Requests
        } else if starts(&["opportunity"]) {
            Topic::Opportunities
        } else if starts(&["event", "partner"]) {
            Topic::Events
        } else if starts(&["member", "invitation", "join", "invited"]) {
            Topic::People
        } else if starts(&["contract", "agreement", "law"]) {
            Topic::Law
        } else if starts(&["invoice", "payment", "payout", "refund", "money"]) {
            Topic::Money
        } else if starts(&["search", "watched"]) {
            Topic::Watching
        } else {
            Topic::Workspace
        }
    }

    /// The template with this label.
    pub fn find(label: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|template| template.label() == label)
    }

    /// Stable: it stands in the `mails` table.
    pub fn label(self) -> String {
        let mut label = String::new();
        for (index, letter) in format!("{self:?}").chars().enumerate() {
            if index > 0 && letter.is_ascii_uppercase() {
                label.push('_');
            }
            label.push(letter.to_ascii_lowercase());
        }
        label
    }
}

/// One group and what it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    pub to: To,
    pub how: How,
    pub template: Template,
}

/// What follows from a kind of fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    Somebody(Vec<Line>),
    /// Nobody, because.
    Nobody(&'static str),
}

impl Told {
    pub fn lines(self) -> Vec<Line> {
        match self {
            Self::Somebody(lines) => lines,
            Self::Nobody(_) => Vec::new(),
        }
    }
}

fn line(to: To, how: How, template: Template) -> Line {
    Line { to, how, template }
}

/// Who hears of this kind of fact, and how.
pub fn told(kind: FactKind) -> Told {
    use Capability::{
        ActOnRequests, EditEvents, EditProfile, ManageMembers, ManageOpportunities, ManagePartners, ManageSecurity, SeeRequests,
        SeeWorkspace,
    };
    use How::{Both, Letter, Notice};
    use Template as T;
    use To::{
        Address, Applicant, Applicants, Assignee, Community, Former, Member, NewAddress, OldAddress, Organization, OtherSide,
        OwnSide, Owner, Person, Reporter, Reviewers, Searcher, Unconfirmed, Watchers,
    };
    use Told::{Nobody, Somebody};
    match kind {
        FactKind::UserLookedUp => Nobody("a record of what staff look at, for whoever asks later"),
        FactKind::UserNamed => Nobody("the room that was typed into writes the letter"),
        FactKind::UserCreated => Nobody("the room that needed the login writes the first letter"),
        FactKind::UserSignedIn => Nobody("signing in is no news; the account page lists every session"),
        FactKind::UserSignedOut => Nobody("the person just did it"),
        FactKind::UserEmailVerified => Nobody("the page behind the link says so"),
        FactKind::PasswordSet => Somebody(vec![line(Person, Both, T::PasswordSet)]),
        FactKind::EmailChangeAsked => {
            Somebody(vec![line(NewAddress, Letter, T::EmailChangeLink), line(OldAddress, Letter, T::EmailChangeNotice)])
        }
        FactKind::EmailChanged => Somebody(vec![line(OldAddress, Letter, T::EmailChanged)]),
        FactKind::SecondFactorEnabled => Somebody(vec![line(Person, Both, T::SecondFactorOn)]),
        FactKind::RecoveryCodeUsed => Somebody(vec![line(Person, Both, T::RecoveryCodeUsed)]),
        FactKind::RecoveryCodesRenewed => Somebody(vec![line(Person, Both, T::RecoveryCodesRenewed)]),
        FactKind::SessionsEnded => Somebody(vec![line(Person, Both, T::SessionsEnded)]),
        FactKind::UserSuspended => Somebody(vec![line(Person, Letter, T::UserSuspended)]),
        FactKind::UserRestored => Somebody(vec![line(Person, Letter, T::UserRestored)]),
        FactKind::StaffRoleGiven => Somebody(vec![line(Person, Both, T::StaffWelcome)]),
        FactKind::StaffRoleTaken => Somebody(vec![line(Person, Both, T::StaffRoleTaken)]),

        FactKind::SecondFactorDisabled => Somebody(vec![line(Person, Both, T::SecondFactorOff)]),
        FactKind::SecondFactorReset => Somebody(vec![line(Person, Both, T::SecondFactorReset)]),
        FactKind::SessionRevoked => Somebody(vec![line(Person, Notice, T::SessionRevoked)]),

        FactKind::ApiKeyMade => Somebody(vec![
            line(Organization(ManageSecurity), Both, T::ApiKeyMade),
            line(Community(ManageSecurity), Both, T::ApiKeyMade),
        ]),
        FactKind::ApiKeyRevoked => Somebody(vec![
            line(Organization(ManageSecurity), Both, T::ApiKeyRevoked),
            line(Community(ManageSecurity), Both, T::ApiKeyRevoked),
        ]),
        FactKind::SecondFactorPolicySet => Somebody(vec![
            line(Organization(SeeWorkspace), Both, T::SecondFactorPolicySet),
            line(Community(SeeWorkspace), Both, T::SecondFactorPolicySet),
        ]),

        FactKind::OrganizationApplied => Somebody(vec![
            line(Applicant, Both, T::OrganizationApplied),
            line(Unconfirmed, Letter, T::OrganizationToConfirm),
            line(Reviewers, Notice, T::OrganizationInQueue),
        ]),
        FactKind::OrganizationSeatTaken => Somebody(vec![line(Applicant, Both, T::OrganizationApplied)]),
        FactKind::OrganizationSeatDeclined => Nobody("staff read it where they decide about the application"),
        FactKind::OrganizationChecked => Nobody("the score stands in the queue"),
        FactKind::OrganizationMoreAsked => Somebody(vec![line(Organization(EditProfile), Both, T::OrganizationMoreAsked)]),
        FactKind::OrganizationResubmitted => Somebody(vec![line(Reviewers, Notice, T::OrganizationBackInQueue)]),
        FactKind::OrganizationVerified => Somebody(vec![line(Organization(SeeWorkspace), Both, T::OrganizationVerified)]),
        FactKind::OrganizationRefused => Somebody(vec![line(Organization(EditProfile), Both, T::OrganizationRefused)]),
        FactKind::OrganizationDisabled => Somebody(vec![line(Organization(SeeWorkspace), Both, T::OrganizationDisabled)]),
        FactKind::OrganizationProfileEdited => Nobody("colleagues see the profile; nothing waits for them"),
        FactKind::OrganizationLogoChanged => Nobody("colleagues see the profile; nothing waits for them"),
        FactKind::OrganizationRestored => Somebody(vec![line(Organization(SeeWorkspace), Both, T::OrganizationRestored)]),
        FactKind::OrganizationDisablingProposed => Somebody(vec![line(Reviewers, Notice, T::OrganizationDisablingProposed)]),
        FactKind::OrganizationDisablingDropped => Nobody("nothing changed for anybody"),
        FactKind::OrganizationChecksAsked => Nobody("the results stand where they were asked for"),
        FactKind::OrganizationSlugChanged => Nobody("the old address leads to the new one"),
        FactKind::OrganizationWebsiteProposed => Somebody(vec![line(Reviewers, Notice, T::OrganizationWebsiteProposed)]),
        FactKind::OrganizationWebsiteWithdrawn => Nobody("nothing waits any more"),
        FactKind::OrganizationWebsiteApproved => {
            Somebody(vec![line(Organization(EditProfile), Both, T::OrganizationWebsiteApproved)])
        }
        FactKind::OrganizationWebsiteRefused => {
            Somebody(vec![line(Organization(EditProfile), Both, T::OrganizationWebsiteRefused)])
        }
        FactKind::OrganizationAdded => Somebody(vec![line(Reviewers, Notice, T::OrganizationAdded)]),
        FactKind::OrganizationClaimInvited => Somebody(vec![line(Applicant, Letter, T::OrganizationClaimInvited)]),
        FactKind::OrganizationClaimBegun => Nobody("whoever begins it reads on the page what to publish"),
        FactKind::OrganizationClaimAsked => Somebody(vec![line(Applicant, Letter, T::OrganizationClaimAsked)]),
        FactKind::OrganizationClaimProven => Somebody(vec![line(Reviewers, Notice, T::OrganizationClaimProven)]),
        // The verification that comes with it is told by itself.
        FactKind::OrganizationClaimApproved => Somebody(vec![line(Former, Letter, T::OrganizationSeatEnded)]),
        FactKind::OrganizationClaimRefused => Somebody(vec![line(Applicant, Letter, T::OrganizationClaimRefused)]),
        // Only of a proof that made somebody an admin: others are seen at once by whoever gave them.
        FactKind::OrganizationDomainProven => Somebody(vec![
            line(Organization(SeeWorkspace), Both, T::OrganizationLedAgain),
            line(Reviewers, Notice, T::OrganizationLedAgain),
            line(Former, Letter, T::OrganizationLedByOthers),
        ]),
        FactKind::OrganizationMerged => Somebody(vec![line(Organization(SeeWorkspace), Both, T::OrganizationMerged)]),
        FactKind::OrganizationMergedAway => Somebody(vec![line(Former, Letter, T::OrganizationMergedAway)]),
        FactKind::OrganizationMergeProposed => Somebody(vec![line(Reviewers, Notice, T::OrganizationMergeProposed)]),
        FactKind::OrganizationMergeDropped => Nobody("nothing changed for anybody"),
        FactKind::OrganizationImported => Nobody("the import's report names all that it made; nobody of theirs is here yet"),
        FactKind::OrganizationCompleted => Nobody("the import's report names it; nobody of theirs is here yet"),
        FactKind::OrganizationCompletionUndone => Nobody("whoever took the import back sees it; nobody of theirs is here yet"),
        FactKind::OrganizationUnmade => Nobody("nobody of theirs was here, and nothing depended on it"),

        FactKind::CommunityRegistered => Somebody(vec![line(Owner, Letter, T::CommunityRegistered)]),
        FactKind::CommunityChecked => Nobody("the score stands in the queue"),
        FactKind::CommunityChecksAsked => Nobody("the results stand where they were asked for"),
        FactKind::CommunityEmailVerified => Nobody("the review that begins with it is told"),
        FactKind::CommunityOwnerDeclined => Nobody("staff read it where they decide about the community"),
        FactKind::CommunityUnderReview => Somebody(vec![
            line(Community(EditProfile), Both, T::CommunityUnderReview),
            line(Reviewers, Notice, T::CommunityInQueue),
        ]),
        FactKind::CommunityMoreAsked => Somebody(vec![line(Community(EditProfile), Both, T::CommunityMoreAsked)]),
        FactKind::CommunityApproved => Somebody(vec![line(Community(EditProfile), Both, T::CommunityApproved)]),
        FactKind::CommunityActivated => Somebody(vec![line(Community(EditProfile), Notice, T::CommunityActivated)]),
        FactKind::CommunityRejected => Somebody(vec![line(Community(EditProfile), Both, T::CommunityRejected)]),
        FactKind::CommunitySuspended => Somebody(vec![line(Community(SeeRequests), Both, T::CommunitySuspended)]),

        FactKind::CommunityRestored => Somebody(vec![line(Community(SeeRequests), Both, T::CommunityRestored)]),
        FactKind::CommunityAnswered => Somebody(vec![line(Reviewers, Notice, T::CommunityBackInQueue)]),
        FactKind::CommunityProfileEdited => Nobody("colleagues see the profile, and staff see the history"),
        FactKind::InvitationSent | FactKind::InvitationResent | FactKind::MemberAdded => {
            Somebody(vec![line(Address, Letter, T::Invitation)])
        }
        FactKind::InvitationRevoked => Nobody("the link says so to whoever still has it"),
        FactKind::InvitationAccepted => Somebody(vec![
            line(Organization(ManageMembers), Notice, T::InvitationAccepted),
            line(Community(ManageMembers), Notice, T::InvitationAccepted),
        ]),
        FactKind::MemberRoleChanged => Somebody(vec![line(Member, Both, T::MemberRoleChanged)]),
        FactKind::MemberStatusSet => Somebody(vec![line(Member, Both, T::MemberStatusSet)]),
        FactKind::MemberPowersGiven => Somebody(vec![line(Member, Both, T::MemberPowersGiven)]),
        FactKind::MemberProfileEdited => Nobody("colleagues see it on the member's page; nothing waits for them"),
        FactKind::MemberPhotoChanged => Nobody("colleagues see it on the member's page; nothing waits for them"),
        FactKind::MemberLeft => Somebody(vec![
            line(Organization(ManageMembers), Notice, T::MemberLeft),
            line(Community(ManageMembers), Notice, T::MemberLeft),
        ]),
        FactKind::MemberRemoved => Somebody(vec![line(Member, Letter, T::MemberRemoved)]),
        FactKind::JoinAsked => Somebody(vec![line(Organization(ManageMembers), Both, T::JoinAsked)]),
        FactKind::JoinMailboxAsked => Somebody(vec![line(Address, Letter, T::JoinMailboxAsked)]),
        // All but the one who asked hear only of somebody who leads what nobody led.
        FactKind::JoinAccepted => Somebody(vec![
            line(Member, Both, T::JoinAccepted),
            line(Organization(SeeWorkspace), Both, T::OrganizationLedAgain),
            line(Reviewers, Notice, T::OrganizationLedAgain),
            line(Former, Letter, T::OrganizationLedByOthers),
        ]),
        FactKind::JoinDeclined => Somebody(vec![line(Member, Both, T::JoinDeclined)]),

        FactKind::EventDrafted => Nobody("a draft concerns its author"),
        FactKind::EventEdited => Nobody("whoever opens the event sees the newest words"),
        FactKind::EventPublished => {
            Somebody(vec![line(Community(SeeWorkspace), Notice, T::EventPublished), line(Watchers, Both, T::WatchedEvent)])
        }
        FactKind::SearchMatched => Somebody(vec![line(Searcher, Both, T::SearchMatched)]),
        FactKind::EventWentLive => Somebody(vec![line(Community(SeeWorkspace), Notice, T::EventLive)]),
        FactKind::EventCompleted => Somebody(vec![line(Community(SeeWorkspace), Notice, T::EventCompleted)]),
        FactKind::EventArchived => Somebody(vec![line(Community(ManagePartners), Notice, T::EventArchived)]),
        FactKind::EventDeleted => Somebody(vec![line(Community(ManagePartners), Notice, T::EventDeleted)]),
        FactKind::EventRestored => Nobody("it stands where it stood, and nothing waits for anybody"),
        FactKind::EventHidden => Somebody(vec![line(Community(EditEvents), Both, T::EventHidden)]),
        FactKind::EventShown => Somebody(vec![line(Community(EditEvents), Both, T::EventShown)]),

        FactKind::PartnerAssigned => Somebody(vec![line(Organization(SeeRequests), Notice, T::PartnerAssigned)]),
        FactKind::PartnerEdited => Nobody("the page shows it, and what was agreed is not touched by it"),
        FactKind::PartnerMoved => Nobody("the page shows the order, and nothing waits for anybody"),
        FactKind::PartnerHidden => Somebody(vec![line(Organization(SeeRequests), Notice, T::PartnerHidden)]),
        FactKind::PartnerShown => Somebody(vec![line(Organization(SeeRequests), Notice, T::PartnerShown)]),
        FactKind::PartnerRemoved => Somebody(vec![
            line(Organization(SeeRequests), Both, T::PartnerRemoved),
            line(Community(ManagePartners), Notice, T::PartnerRemoved),
        ]),

        FactKind::PartnerNoted => Nobody("it is the community's own note until they show it"),
        FactKind::PartnerUnnoted => Nobody("nobody but the community had seen it"),

        FactKind::ImportBegun => Nobody("whoever begins it looks at its page"),
        FactKind::ImportApplied => Nobody("its page has the report"),
        FactKind::ImportGivenUp => Nobody("its page says why"),
        FactKind::ImportUndone => Nobody("whoever takes it back sees what stays"),

        FactKind::EmbedSitesChosen => Nobody("whoever opens the page of embeds sees the sites"),

        FactKind::OpportunityDrafted => Nobody("a draft concerns its author"),
        FactKind::OpportunityEdited => Nobody("whoever opens the opportunity sees the newest words"),
        FactKind::OpportunityOpened => Somebody(vec![
            line(Community(ManageOpportunities), Notice, T::OpportunityOpened),
            line(Watchers, Both, T::WatchedOpportunity),
        ]),
        FactKind::OpportunityClosed => Somebody(vec![
            line(Community(ManageOpportunities), Notice, T::OpportunityClosed),
            line(Applicants(SeeRequests), Both, T::ApplicationsClosed),
        ]),
        FactKind::OpportunityReopened => Somebody(vec![line(Community(ManageOpportunities), Notice, T::OpportunityReopened)]),
        FactKind::OpportunityFilled => Somebody(vec![
            line(Community(ManageOpportunities), Notice, T::OpportunityFilled),
            line(Applicants(SeeRequests), Both, T::PlacesTaken),
        ]),
        FactKind::OpportunityHidden => Somebody(vec![line(Community(ManageOpportunities), Both, T::OpportunityHidden)]),
        FactKind::OpportunityShown => Somebody(vec![line(Community(ManageOpportunities), Both, T::OpportunityShown)]),

        FactKind::WaitingJoined => Somebody(vec![
            line(Organization(SeeRequests), Both, T::WaitingJoined),
            line(Community(SeeRequests), Notice, T::WaitingJoined),
        ]),
        FactKind::PlaceOffered => Somebody(vec![
            line(Organization(ActOnRequests), Both, T::PlaceOffered),
            // It may be the community that has to answer.
            line(Community(ActOnRequests), Both, T::PlaceOffered),
        ]),
        FactKind::PlaceOfferLapsed => Somebody(vec![
            line(Organization(SeeRequests), Both, T::PlaceOfferLapsed),
            line(Community(SeeRequests), Notice, T::PlaceOfferLapsed),
        ]),
        FactKind::PlaceReleased => Somebody(vec![
            line(Organization(SeeRequests), Both, T::PlaceReleased),
            line(Community(SeeRequests), Both, T::PlaceReleased),
        ]),
        FactKind::DecisionsPrepared => Nobody("it is not said yet, not even to colleagues who are not looking"),
        FactKind::DecisionsReleased => Nobody("each applicant hears their own decision"),

        FactKind::RequestOpened => Somebody(vec![
            line(Organization(ActOnRequests), Both, T::RequestOpened),
            line(Community(ActOnRequests), Both, T::RequestOpened),
        ]),
        FactKind::RequestAccepted => Somebody(vec![
            line(Organization(SeeRequests), Both, T::RequestAccepted),
            line(Community(SeeRequests), Both, T::RequestAccepted),
        ]),
        FactKind::RequestRejected => Somebody(vec![
            line(Organization(SeeRequests), Both, T::RequestRejected),
            line(Community(SeeRequests), Both, T::RequestRejected),
        ]),
        FactKind::RequestWithdrawn => Somebody(vec![
            line(Organization(SeeRequests), Both, T::RequestWithdrawn),
            line(Community(SeeRequests), Both, T::RequestWithdrawn),
        ]),
        FactKind::RequestExpired => Somebody(vec![
            line(Organization(SeeRequests), Both, T::RequestExpired),
            line(Community(SeeRequests), Both, T::RequestExpired),
        ]),
        FactKind::RequestHeld => {
            Somebody(vec![line(OwnSide(ActOnRequests), Both, T::RequestHeld), line(Reviewers, Notice, T::RequestInQueue)])
        }
        // For its receiver, this is the moment at which it comes in.
        FactKind::RequestReleased => Somebody(vec![
            line(OtherSide(ActOnRequests), Both, T::RequestOpened),
            line(OwnSide(ActOnRequests), Both, T::RequestReleased),
        ]),
        // So it is where nobody could answer before.
        FactKind::RequestDelivered => Somebody(vec![
            line(OtherSide(ActOnRequests), Both, T::RequestOpened),
            line(OwnSide(ActOnRequests), Notice, T::RequestDelivered),
        ]),
        FactKind::RequestRefused => Somebody(vec![line(OwnSide(SeeRequests), Both, T::RequestRefused)]),
        FactKind::RequestWelcomeAgain => Somebody(vec![line(OwnSide(ActOnRequests), Both, T::RequestWelcomeAgain)]),
        FactKind::RequestAssigned => Somebody(vec![line(Assignee, Notice, T::RequestAssigned)]),
        FactKind::RequestSnoozed => Nobody("it is put aside so that nobody hears of it"),
        FactKind::RequestRouteSet
        | FactKind::RequestRouteRemoved
        | FactKind::RequestFitDeclared
        | FactKind::RequestFitRemoved => Nobody("colleagues see the rules where they are set"),
        FactKind::BlockMade | FactKind::BlockLifted => {
            Nobody("a block is silent: the other side is not told, the own side did it")
        }
        FactKind::ReportMade => Somebody(vec![line(Reviewers, Notice, T::ReportInQueue)]),
        FactKind::ReportDecided => Somebody(vec![line(Reporter, Both, T::ReportDecided)]),
        FactKind::WorkspaceExported => Somebody(vec![line(OwnSide(ManageSecurity), Both, T::WorkspaceExported)]),
        FactKind::WorkspaceWarned => Somebody(vec![line(OwnSide(EditProfile), Both, T::WorkspaceWarned)]),
        FactKind::RequestWoken => Somebody(vec![line(OwnSide(ActOnRequests), Notice, T::RequestWoken)]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{collections::BTreeSet, fmt::Write as _};

    #[test]
    fn who_hears_of_what() {
        let mut table = String::new();
        for kind in FactKind::ALL {
            match told(*kind) {
                Told::Nobody(because) => writeln!(table, "{}: nobody, because {because}", kind.name()),
                Told::Somebody(lines) => lines
                    .iter()
                    .try_for_each(|l| writeln!(table, "{}: {:?} {:?} {}", kind.name(), l.to, l.how, l.template.label())),
            }
            .expect("a string takes it");
        }
        insta::assert_snapshot!(table);
    }

    #[test]
    fn every_fact_has_readers_or_a_reason_for_nobody() {
        for kind in FactKind::ALL {
            match told(*kind) {
                Told::Somebody(lines) => assert!(!lines.is_empty(), "{}", kind.name()),
                Told::Nobody(because) => {
                    assert!(because.split_whitespace().count() >= 3, "{}: \"{because}\" is no reason", kind.name());
                }
            }
        }
    }

    #[test]
    fn what_each_template_is_about() {
        let mut table = String::new();
        for template in Template::ALL.iter().copied() {
            writeln!(table, "{}: {}", template.label(), template.topic()).expect("a string takes it");
            assert_eq!(Template::find(&template.label()), Some(template));
            assert!(template.link(true).is_none() || template.topic().is_always_instant(), "{}", template.label());
        }
        insta::assert_snapshot!(table);
    }

    #[test]
    fn law_security_and_money_never_wait_and_nothing_else_ignores_what_was_chosen() {
        let (quiet, digest) = (DateTime::from_timestamp(100, 0), DateTime::from_timestamp(900, 0).expect("in range"));
        for topic in Topic::ALL.iter().copied() {
            for pace in Pace::ALL.iter().copied() {
                for quiet in [None, quiet] {
                    let plan = plan(topic, pace, quiet, digest);
                    let wanted = match (topic.is_always_instant(), pace, quiet) {
                        (true, ..) | (false, Pace::Instant, None) => Plan::Now,
                        (false, Pace::Instant, Some(end)) => Plan::At(end),
                        (false, Pace::Digest, _) => Plan::Digest(digest),
                        (false, Pace::Off, _) => Plan::Never,
                    };
                    assert_eq!(plan, wanted, "{topic} {pace} {quiet:?}");
                }
            }
        }
        let always: Vec<_> = Topic::ALL.iter().filter(|topic| topic.is_always_instant()).map(|topic| topic.label()).collect();
        assert_eq!(always, ["security", "law", "money"]);
        assert_eq!(Topic::chosen().count(), 6);
    }

    #[test]
    fn every_transition_of_a_request_is_mailed_and_noticed_on_both_sides() {
        use crate::features::facts::Audience;
        let shared = FactKind::ALL.iter().filter(|kind| kind.room() == "requests" && kind.audience() == Audience::BothSides);
        for kind in shared {
            let lines = told(*kind).lines();
            assert!(lines.iter().any(|l| matches!(l.to, To::Organization(_)) && l.how == How::Both), "{}", kind.name());
            assert!(lines.iter().any(|l| matches!(l.to, To::Community(_)) && l.how == How::Both), "{}", kind.name());
        }
    }

    #[test]
    fn labels_are_distinct() {
        let labels: BTreeSet<_> = Template::ALL.iter().map(|t| t.label()).collect();
        assert_eq!(labels.len(), Template::ALL.len());
        assert_eq!(Template::EmailChangeLink.label(), "email_change_link");
    }
}
