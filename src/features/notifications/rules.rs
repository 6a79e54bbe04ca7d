//! Who hears of what: one arm for every kind of fact, so that a new fact does not compile until somebody thought of it.

use crate::{
    features::{accounts::rules::LinkPurpose, facts::FactKind},
    kernel::actor::Capability,
};

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
    /// Members of the organization, or of the community, who may do this.
    Organization(Capability),
    Community(Capability),
    /// Members, who may do this, of every organization with an open request for the opportunity that the fact is about.
    Applicants(Capability),
    /// Who signed the community up: also before their seat is open to them.
    Owner,
    /// Platform staff who decide on applications.
    Reviewers,
    /// The colleague that something was given to.
    Assignee,
    /// Whoever reported something.
    Reporter,
    /// People of the side that the fact is about, who may do this; never the other side.
    OwnSide(Capability),
    /// People of the other side of it.
    OtherSide(Capability),
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
    SessionRevoked,
    ApiKeyMade,
    ApiKeyRevoked,
    SecondFactorPolicySet,
    StaffWelcome,
    OrganizationApplied,
    OrganizationInQueue,
    OrganizationMoreAsked,
    OrganizationBackInQueue,
    OrganizationVerified,
    OrganizationRefused,
    OrganizationDisabled,
    CommunityRegistered,
    CommunityUnderReview,
    CommunityInQueue,
    CommunityMoreAsked,
    CommunityApproved,
    CommunityActivated,
    CommunityRejected,
    CommunitySuspended,
    EventPublished,
    EventLive,
    EventCompleted,
    EventArchived,
    PartnerAssigned,
    PartnerHidden,
    PartnerShown,
    PartnerRemoved,
    OpportunityOpened,
    OpportunityClosed,
    OpportunityFilled,
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
    RequestRefused,
    RequestWelcomeAgain,
    RequestAssigned,
    RequestWoken,
    ReportInQueue,
    ReportDecided,
    WorkspaceWarned,
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
        Self::SessionRevoked,
        Self::ApiKeyMade,
        Self::ApiKeyRevoked,
        Self::SecondFactorPolicySet,
        Self::StaffWelcome,
        Self::OrganizationApplied,
        Self::OrganizationInQueue,
        Self::OrganizationMoreAsked,
        Self::OrganizationBackInQueue,
        Self::OrganizationVerified,
        Self::OrganizationRefused,
        Self::OrganizationDisabled,
        Self::CommunityRegistered,
        Self::CommunityUnderReview,
        Self::CommunityInQueue,
        Self::CommunityMoreAsked,
        Self::CommunityApproved,
        Self::CommunityActivated,
        Self::CommunityRejected,
        Self::CommunitySuspended,
        Self::EventPublished,
        Self::EventLive,
        Self::EventCompleted,
        Self::EventArchived,
        Self::PartnerAssigned,
        Self::PartnerHidden,
        Self::PartnerShown,
        Self::PartnerRemoved,
        Self::OpportunityOpened,
        Self::OpportunityClosed,
        Self::OpportunityFilled,
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
        Self::RequestRefused,
        Self::RequestWelcomeAgain,
        Self::RequestAssigned,
        Self::RequestWoken,
        Self::ReportInQueue,
        Self::ReportDecided,
        Self::WorkspaceWarned,
    ];

    /// The one-time link that the letter carries, for a reader with or without a password.
    pub fn link(self, has_password: bool) -> Option<LinkPurpose> {
        match self {
            Self::ResetLink => Some(LinkPurpose::Reset),
            Self::ActivateLink => Some(LinkPurpose::Activate),
            Self::EmailChangeLink => Some(LinkPurpose::ChangeEmail),
            Self::CommunityRegistered => Some(LinkPurpose::VerifyEmail),
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
        ActOnRequests, EditProfile, ManageOpportunities, ManagePartners, ManageSecurity, SeeRequests, SeeWorkspace,
    };
    use How::{Both, Letter, Notice};
    use Template as T;
    use To::{
        Applicant, Applicants, Assignee, Community, NewAddress, OldAddress, Organization, OtherSide, OwnSide, Owner, Person,
        Reporter, Reviewers,
    };
    use Told::{Nobody, Somebody};
    match kind {
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

        FactKind::SecondFactorDisabled => Somebody(vec![line(Person, Both, T::SecondFactorOff)]),
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

        FactKind::OrganizationApplied => {
            Somebody(vec![line(Applicant, Both, T::OrganizationApplied), line(Reviewers, Notice, T::OrganizationInQueue)])
        }
        FactKind::OrganizationChecked => Nobody("the score stands in the queue"),
        FactKind::OrganizationMoreAsked => Somebody(vec![line(Organization(EditProfile), Both, T::OrganizationMoreAsked)]),
        FactKind::OrganizationResubmitted => Somebody(vec![line(Reviewers, Notice, T::OrganizationBackInQueue)]),
        FactKind::OrganizationVerified => Somebody(vec![line(Organization(SeeWorkspace), Both, T::OrganizationVerified)]),
        FactKind::OrganizationRefused => Somebody(vec![line(Organization(EditProfile), Both, T::OrganizationRefused)]),
        FactKind::OrganizationDisabled => Somebody(vec![line(Organization(SeeWorkspace), Both, T::OrganizationDisabled)]),
        FactKind::OrganizationProfileEdited => Nobody("colleagues see the profile; nothing waits for them"),
        FactKind::OrganizationLogoChanged => Nobody("colleagues see the profile; nothing waits for them"),

        FactKind::CommunityRegistered => Somebody(vec![line(Owner, Letter, T::CommunityRegistered)]),
        FactKind::CommunityChecked => Nobody("the score stands in the queue"),
        FactKind::CommunityEmailVerified => Nobody("the review that begins with it is told"),
        FactKind::CommunityUnderReview => Somebody(vec![
            line(Community(EditProfile), Both, T::CommunityUnderReview),
            line(Reviewers, Notice, T::CommunityInQueue),
        ]),
        FactKind::CommunityMoreAsked => Somebody(vec![line(Community(EditProfile), Both, T::CommunityMoreAsked)]),
        FactKind::CommunityApproved => Somebody(vec![line(Community(EditProfile), Both, T::CommunityApproved)]),
        FactKind::CommunityActivated => Somebody(vec![line(Community(EditProfile), Notice, T::CommunityActivated)]),
        FactKind::CommunityRejected => Somebody(vec![line(Community(EditProfile), Both, T::CommunityRejected)]),
        FactKind::CommunitySuspended => Somebody(vec![line(Community(SeeRequests), Both, T::CommunitySuspended)]),

        FactKind::EventDrafted => Nobody("a draft concerns its author"),
        FactKind::EventEdited => Nobody("whoever opens the event sees the newest words"),
        FactKind::EventPublished => Somebody(vec![line(Community(SeeWorkspace), Notice, T::EventPublished)]),
        FactKind::EventWentLive => Somebody(vec![line(Community(SeeWorkspace), Notice, T::EventLive)]),
        FactKind::EventCompleted => Somebody(vec![line(Community(SeeWorkspace), Notice, T::EventCompleted)]),
        FactKind::EventArchived => Somebody(vec![line(Community(ManagePartners), Notice, T::EventArchived)]),

        FactKind::PartnerAssigned => Somebody(vec![line(Organization(SeeRequests), Notice, T::PartnerAssigned)]),
        FactKind::PartnerEdited => Nobody("the page shows it, and what was agreed is not touched by it"),
        FactKind::PartnerMoved => Nobody("the page shows the order, and nothing waits for anybody"),
        FactKind::PartnerHidden => Somebody(vec![line(Organization(SeeRequests), Notice, T::PartnerHidden)]),
        FactKind::PartnerShown => Somebody(vec![line(Organization(SeeRequests), Notice, T::PartnerShown)]),
        FactKind::PartnerRemoved => Somebody(vec![
            line(Organization(SeeRequests), Both, T::PartnerRemoved),
            line(Community(ManagePartners), Notice, T::PartnerRemoved),
        ]),

        FactKind::OpportunityDrafted => Nobody("a draft concerns its author"),
        FactKind::OpportunityEdited => Nobody("whoever opens the opportunity sees the newest words"),
        FactKind::OpportunityOpened => Somebody(vec![line(Community(ManageOpportunities), Notice, T::OpportunityOpened)]),
        FactKind::OpportunityClosed => Somebody(vec![
            line(Community(ManageOpportunities), Notice, T::OpportunityClosed),
            line(Applicants(SeeRequests), Both, T::ApplicationsClosed),
        ]),
        FactKind::OpportunityReopened => Somebody(vec![line(Community(ManageOpportunities), Notice, T::OpportunityReopened)]),
        FactKind::OpportunityFilled => Somebody(vec![line(Community(ManageOpportunities), Notice, T::OpportunityFilled)]),

        FactKind::WaitingJoined => Somebody(vec![
            line(Organization(SeeRequests), Both, T::WaitingJoined),
            line(Community(SeeRequests), Notice, T::WaitingJoined),
        ]),
        FactKind::PlaceOffered => Somebody(vec![
            line(Organization(ActOnRequests), Both, T::PlaceOffered),
            line(Community(SeeRequests), Notice, T::PlaceOffered),
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
            line(OwnSide(ActOnRequests), Notice, T::RequestReleased),
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
    fn somebody_is_never_an_empty_list() {
        for kind in FactKind::ALL {
            if let Told::Somebody(lines) = told(*kind) {
                assert!(!lines.is_empty(), "{}", kind.name());
            }
        }
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
