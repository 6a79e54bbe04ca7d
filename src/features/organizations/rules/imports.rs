//! Organizations that come with a file: what is said when one is made, completed, or taken away again.

use super::{ROOM, Standpoint, products::Product};
use crate::kernel::{
    fact::{Fact, Statement, Subject},
    ids::{CommunityId, IntakeId, LogoId, OrganizationId},
    labels::{EntityType, Industry},
    text::{Email, Line, Paragraph, WebUrl},
};
use serde_json::json;

/// An organization as a file tells of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrival {
    pub display_name: Line,
    pub website: WebUrl,
    pub entity_type: EntityType,
    pub industry: Industry,
    pub short_description: Paragraph,
    pub products: Vec<Product>,
    /// Whom to ask whether the profile is theirs.
    pub contact: Option<Email>,
    pub logo: Option<LogoId>,
    /// Whose file it is; nobody's where staff brought it.
    pub community: Option<CommunityId>,
}

/// Says that an organization came with a file: it owns its website from now on, and nobody speaks for it yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Importing {
    organization: OrganizationId,
    intake: IntakeId,
    slug: String,
    arrival: Arrival,
    standpoint: Standpoint,
}

/// A file brings an organization.
pub fn import(
    organization: OrganizationId,
    intake: IntakeId,
    slug: String,
    arrival: Arrival,
    standpoint: Standpoint,
) -> Importing {
    Importing { organization, intake, slug, arrival, standpoint }
}

impl Importing {
    pub fn organization(&self) -> OrganizationId {
        self.organization
    }

    pub fn slug(&self) -> &str {
        &self.slug
    }

    pub fn arrival(&self) -> &Arrival {
        &self.arrival
    }

    pub fn standpoint(&self) -> &Standpoint {
        &self.standpoint
    }
}

impl Fact for Importing {
    fn statement(&self) -> Statement {
        let it = &self.arrival;
        Statement {
            room: ROOM,
            name: "organization_imported",
            subject: self.organization.into(),
            about: it.community.map(Subject::from).into_iter().collect(),
            payload: json!({
                "importId": self.intake,
                "communityId": it.community,
                "entityType": it.entity_type,
                "industry": it.industry,
                "identityKey": self.standpoint.identity_key,
                "products": it.products.len(),
            }),
            private: Some(json!({
                "displayName": it.display_name,
                "slug": self.slug,
                "website": it.website,
                "contactEmail": it.contact,
            })),
        }
    }
}

/// Says that a file added something to a profile that nobody speaks for yet, or that this was taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completing {
    organization: OrganizationId,
    intake: IntakeId,
    /// The whole list, afterwards.
    products: Vec<Product>,
    /// The logo, afterwards.
    logo: Option<LogoId>,
    /// What is new, or gone, in words.
    changed: Vec<String>,
    undone: bool,
}

/// A file adds to a profile: the whole list and the logo afterwards, and what is new, in words.
pub fn complete(
    organization: OrganizationId,
    intake: IntakeId,
    products: Vec<Product>,
    logo: Option<LogoId>,
    changed: Vec<String>,
) -> Completing {
    Completing { organization, intake, products, logo, changed, undone: false }
}

impl Completing {
    /// The same, said of what is taken back.
    #[must_use]
    pub fn undone(self) -> Self {
        Self { undone: true, ..self }
    }

    pub fn organization(&self) -> OrganizationId {
        self.organization
    }

    pub fn products(&self) -> &[Product] {
        &self.products
    }

    pub fn logo(&self) -> Option<LogoId> {
        self.logo
    }
}

impl Fact for Completing {
    fn statement(&self) -> Statement {
        Statement {
            room: ROOM,
            name: if self.undone { "organization_completion_undone" } else { "organization_completed" },
            subject: self.organization.into(),
            about: vec![],
            payload: json!({ "importId": self.intake, "products": self.products.len(), "hasLogo": self.logo.is_some() }),
            private: Some(json!({ "added": self.changed.join(", ") })),
        }
    }
}

/// Says that an organization that came with a file is gone again: nothing had come to depend on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmaking {
    organization: OrganizationId,
    intake: IntakeId,
    display_name: String,
}

/// An import is taken back.
pub fn unmake(organization: OrganizationId, intake: IntakeId, display_name: String) -> Unmaking {
    Unmaking { organization, intake, display_name }
}

impl Fact for Unmaking {
    fn statement(&self) -> Statement {
        Statement {
            room: ROOM,
            name: "organization_unmade",
            subject: self.organization.into(),
            about: vec![],
            payload: json!({ "importId": self.intake }),
            private: Some(json!({ "displayName": self.display_name })),
        }
    }
}
