//! Every id is its own type over a UUID v7, so that a deal's id cannot be handed to a function that wants a request's.
//! Ids are minted by the server's context only; parsing them is free.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }
    )*};
}

ids! {
    UserId,
    SessionId,
    OrganizationId,
    CommunityId,
    /// A person's place in one community.
    MemberId,
    EventId,
    OpportunityId,
    /// A line of an opportunity's or a revision's benefits; stays the same while its words are edited.
    BenefitLineId,
    RequestId,
    RevisionId,
    /// An organization standing on one event's page.
    PartnerLinkId,
    /// One place of an opportunity.
    PlaceId,
    FactId,
    JobId,
    MailId,
    NoticeId,
    /// A key with which a program acts for a workspace.
    ApiKeyId,
    /// Something that somebody reported to staff.
    ReportId,
    /// An uploaded picture that was decoded and stored again.
    LogoId,
    /// A filtered list that somebody named.
    SavedViewId,
    /// A package, add-on or other piece of an opportunity that has a price of its own.
    ItemId,
    /// Somebody's place in the line of those who wait.
    WaitingId,
    /// A mailed way into a workspace.
    InvitationId,
    /// Somebody's wish to belong to an organization.
    JoinRequestId,
    /// A list of newcomers that waits to be imported.
    ImportId,
    /// A file of organizations or events on its way in.
    IntakeId,
}
