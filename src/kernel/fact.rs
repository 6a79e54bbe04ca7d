//! What a rule says has happened. Rules build facts, stores write what they say, and the transaction keeps them: as the
//! audit entry, the timeline, and the source of mails and notices.

use super::ids::{CommunityId, EventId, IntakeId, OpportunityId, OrganizationId, PartnerLinkId, ReportId, RequestId, UserId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What a fact is about. Every subject has a chain of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SubjectKind {
    User,
    Organization,
    Community,
    Event,
    Opportunity,
    Request,
    PartnerLink,
    Report,
    Import,
}

impl SubjectKind {
    pub fn label(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Organization => "organization",
            Self::Community => "community",
            Self::Event => "event",
            Self::Opportunity => "opportunity",
            Self::Request => "request",
            Self::PartnerLink => "partner_link",
            Self::Report => "report",
            Self::Import => "import",
        }
    }
}

/// One thing that facts are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Subject {
    pub kind: SubjectKind,
    pub id: Uuid,
}

macro_rules! subjects {
    ($($id:ident => $kind:ident),* $(,)?) => {$(
        impl From<$id> for Subject {
            fn from(id: $id) -> Self {
                Self { kind: SubjectKind::$kind, id: id.0 }
            }
        }
    )*};
}

subjects! {
    UserId => User,
    OrganizationId => Organization,
    CommunityId => Community,
    EventId => Event,
    OpportunityId => Opportunity,
    RequestId => Request,
    PartnerLinkId => PartnerLink,
    ReportId => Report,
    IntakeId => Import,
}

/// What a fact says, ready to be chained.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// The room that states it.
    pub room: &'static str,
    /// `<subject>_<past tense>`: `request_accepted`. One list of all of them stands in `features/facts.rs`.
    pub name: &'static str,
    pub subject: Subject,
    /// Other subjects whose timelines show it.
    pub about: Vec<Subject>,
    /// Ids and values only: it is chained for ever.
    pub payload: serde_json::Value,
    /// Names and free text: kept beside the chain, erasable.
    pub private: Option<serde_json::Value>,
}

/// An object with more fields, for a payload.
pub fn with(mut fields: serde_json::Value, more: &[(&str, serde_json::Value)]) -> serde_json::Value {
    for (key, value) in more {
        fields[*key] = value.clone();
    }
    fields
}

/// Something that has happened. Implementors have private fields and are built only by rules.
pub trait Fact {
    fn statement(&self) -> Statement;
}
