//! Organizations that a community adds, and how their own people take them over: a claim is asked for, proven (by a
//! mailbox at the domain, or by a text in its DNS), and then decided on by staff. Until then the profile stays as it is.

use super::{Deciding, Organization, ROOM, Reason, Standing, Standpoint, application::company_name, moves::Answer};
use crate::kernel::{
    actor::OrganizationRole,
    error::Refusal,
    fact::{Fact, Statement, Subject},
    fields::{Check, FieldErrors},
    ids::{CommunityId, OrganizationId, UserId},
    labels::{EntityType, Industry, labels},
    text::{Email, Line, Paragraph, WebUrl, isolated},
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

// ── Added by a community ────────────────────────────────────────────────────────────────────────────────────────────

/// An organization as a community types it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct AddInput {
    pub display_name: String,
    pub website: String,
    /// `Sponsor`, `Partner` or `Sponsor and partner`.
    pub entity_type: String,
    pub industry: String,
    pub short_description: String,
    /// A mailbox at the website's domain: it is invited to take the profile over when somebody sends a request.
    pub contact_email: String,
    /// None of the profiles with a similar name is the one that is meant.
    pub confirm: bool,
}

/// An organization that can be added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addition {
    pub display_name: Line,
    pub website: WebUrl,
    pub entity_type: EntityType,
    pub industry: Industry,
    pub short_description: Paragraph,
    pub contact_email: Email,
    pub confirm: bool,
}

impl AddInput {
    /// # Errors
    /// Every problem, by the field's path on the wire.
    pub fn parse(&self) -> Result<Addition, FieldErrors> {
        let mut check = Check::default();
        let display_name = check.take("displayName", company_name(&self.display_name));
        let website = check.take("website", WebUrl::parse(&self.website));
        let entity_type = check.take("entityType", EntityType::parse(self.entity_type.trim()));
        let industry = check.take("industry", Industry::parse(self.industry.trim()));
        let short_description = check.take("shortDescription", Paragraph::parse(&self.short_description, 280, "description"));
        let contact_email = check.take("contactEmail", Email::parse(&self.contact_email));
        check.finish()?;
        let whole = || {
            Some(Addition {
                display_name: display_name?,
                website: website?,
                entity_type: entity_type?,
                industry: industry?,
                short_description: short_description?,
                contact_email: contact_email?,
                confirm: self.confirm,
            })
        };
        Ok(whole().expect("a part that did not parse has left a problem, and there is none"))
    }
}

/// Says that a community added an organization; it owns its website from now on, and nobody speaks for it yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adding {
    organization: OrganizationId,
    community: CommunityId,
    slug: String,
    addition: Addition,
    standpoint: Standpoint,
    in_passing: bool,
}

/// A community adds an organization.
pub fn add(
    organization: OrganizationId,
    community: CommunityId,
    slug: String,
    addition: Addition,
    standpoint: Standpoint,
) -> Adding {
    Adding { organization, community, slug, addition, standpoint, in_passing: false }
}

impl Adding {
    /// It was named while doing something else, not added by the form for that.
    #[must_use]
    pub fn in_passing(self) -> Self {
        Self { in_passing: true, ..self }
    }

    pub fn organization(&self) -> OrganizationId {
        self.organization
    }

    pub fn community(&self) -> CommunityId {
        self.community
    }

    pub fn slug(&self) -> &str {
        &self.slug
    }

    pub fn addition(&self) -> &Addition {
        &self.addition
    }

    pub fn standpoint(&self) -> &Standpoint {
        &self.standpoint
    }
}

impl Fact for Adding {
    fn statement(&self) -> Statement {
        Statement {
            room: ROOM,
            name: "organization_added",
            subject: self.organization.into(),
            about: vec![Subject::from(self.community)],
            payload: json!({
                "communityId": self.community,
                "entityType": self.addition.entity_type,
                "industry": self.addition.industry,
                "identityKey": self.standpoint.identity_key,
                "inPassing": self.in_passing,
            }),
            private: Some(json!({
                "displayName": self.addition.display_name,
                "slug": self.slug,
                "website": self.addition.website,
                "contactEmail": self.addition.contact_email,
            })),
        }
    }
}

// ── Claims ──────────────────────────────────────────────────────────────────────────────────────────────────────────

labels! {
    /// How somebody shows that they speak for an organization.
    Method, "a way to prove it" {
        Mailbox = "mailbox",
        Dns = "dns",
    }

    /// How far a claim has come.
    ClaimState, "a state" {
        Asked = "Asked",
        Proven = "Proven",
        Approved = "Approved",
        Refused = "Refused",
    }
}

/// A claim as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    pub id: Uuid,
    pub organization: OrganizationId,
    pub display_name: String,
    pub user: UserId,
    pub method: Method,
    pub state: ClaimState,
}

/// Says what became of a claim; the fact's name says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claiming {
    claim: Claim,
    step: Step,
    email: String,
    community: Option<CommunityId>,
    reason: Option<Reason>,
    unseated: Vec<UserId>,
}

/// What became of a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// A community's request has led to an invitation.
    Invited,
    /// By a mailbox, to which a link is sent.
    Asked,
    /// By the DNS: whoever asks is signed in, and publishes a text.
    Begun,
    Proven,
    Approved,
    Refused,
}

impl Step {
    const fn fact(self) -> &'static str {
        match self {
            Self::Invited => "organization_claim_invited",
            Self::Asked => "organization_claim_asked",
            Self::Begun => "organization_claim_begun",
            Self::Proven => "organization_claim_proven",
            Self::Approved => "organization_claim_approved",
            Self::Refused => "organization_claim_refused",
        }
    }

    /// The state that the claim has after it.
    pub const fn state(self) -> ClaimState {
        match self {
            Self::Invited | Self::Asked | Self::Begun => ClaimState::Asked,
            Self::Proven => ClaimState::Proven,
            Self::Approved => ClaimState::Approved,
            Self::Refused => ClaimState::Refused,
        }
    }
}

impl Organization {
    /// Somebody wants to take it over, or is invited to (by a community).
    ///
    /// # Errors
    /// `NOT_CLAIMABLE` when its own people are here, or it is not listed.
    pub fn claim(
        &self,
        id: Uuid,
        user: UserId,
        method: Method,
        email: String,
        invited_by: Option<CommunityId>,
    ) -> Result<Claiming, Refusal> {
        self.must_be_claimable()?;
        let claim =
            Claim { id, organization: self.id, display_name: self.display_name.clone(), user, method, state: ClaimState::Asked };
        let step = match (invited_by, method) {
            (Some(_), _) => Step::Invited,
            (None, Method::Mailbox) => Step::Asked,
            (None, Method::Dns) => Step::Begun,
        };
        Ok(Claiming { claim, step, email, community: invited_by, reason: None, unseated: Vec::new() })
    }

    /// # Errors
    /// `NOT_CLAIMABLE`.
    pub fn must_be_claimable(&self) -> Result<(), Refusal> {
        if self.standing == Standing::CommunityAdded {
            return Ok(());
        }
        Err(Refusal::new(
            "NOT_CLAIMABLE",
            format!("{} has people of its own here. Ask one of its admins to invite you.", isolated(&self.display_name)),
        ))
    }

    /// Staff approve a claim: the organization is verified, and the claimant is its admin.
    ///
    /// # Errors
    /// `NOT_CLAIMABLE`; `CLAIM_NOT_PROVEN`.
    pub fn approve_claim(&self, claim: &Claim, reason: Reason) -> Result<(Deciding, Claiming), Refusal> {
        self.must_be_claimable()?;
        let approved = claim.clone().answer(Answer::Approve, reason.clone())?;
        let mut deciding = self.moving(Standing::Verified, reason);
        deciding.applicant = Some(claim.user);
        Ok((deciding, approved))
    }
}

impl Claim {
    /// The claimant has shown that they speak for the organization. Nothing when it was shown or decided before.
    pub fn prove(self, by: Method) -> Option<Claiming> {
        (self.state == ClaimState::Asked).then(|| Claiming {
            claim: Self { method: by, ..self },
            step: Step::Proven,
            email: String::new(),
            community: None,
            reason: None,
            unseated: Vec::new(),
        })
    }

    /// Staff answer. To approve is half of [`Organization::approve_claim`].
    ///
    /// # Errors
    /// `CLAIM_NOT_PROVEN` for one that is not proven, or decided already.
    pub fn answer(self, answer: Answer, reason: Reason) -> Result<Claiming, Refusal> {
        let step = match (answer, self.state) {
            (Answer::Approve, ClaimState::Proven) => Step::Approved,
            (Answer::Refuse, ClaimState::Proven | ClaimState::Asked) => Step::Refused,
            _ => {
                return Err(Refusal::new(
                    "CLAIM_NOT_PROVEN",
                    format!(
                        "This claim of {} is not proven, or it is decided. Load the page again.",
                        isolated(&self.display_name)
                    ),
                ));
            }
        };
        let nobody = Vec::new();
        Ok(Claiming { claim: self, step, email: String::new(), community: None, reason: Some(reason), unseated: nobody })
    }
}

impl Claiming {
    pub fn claim(&self) -> &Claim {
        &self.claim
    }

    pub fn step(&self) -> Step {
        self.step
    }

    pub fn email(&self) -> &str {
        &self.email
    }

    pub fn community(&self) -> Option<CommunityId> {
        self.community
    }

    /// Ends the seats of those who came in before staff had approved anybody; they are told.
    #[must_use]
    pub fn unseating(self, people: impl IntoIterator<Item = UserId>) -> Self {
        let claimant = self.claim.user;
        Self { unseated: people.into_iter().filter(|user| *user != claimant).collect(), ..self }
    }

    pub fn reason(&self) -> Option<&str> {
        self.reason.as_ref().map(Reason::as_str)
    }
}

impl Fact for Claiming {
    fn statement(&self) -> Statement {
        let mut payload = json!({
            "claim": self.claim.id,
            "applicant": self.claim.user,
            "method": self.claim.method,
            "communityId": self.community,
        });
        if !self.unseated.is_empty() {
            payload["people"] = json!(self.unseated);
        }
        Statement {
            room: ROOM,
            name: self.step.fact(),
            subject: self.claim.organization.into(),
            about: vec![Subject::from(self.claim.user)],
            payload,
            private: Some(json!({ "displayName": self.claim.display_name, "email": self.email, "reason": self.reason() })),
        }
    }
}

// ── A text in the DNS ───────────────────────────────────────────────────────────────────────────────────────────────

/// What stands before the token in the text that is published.
pub const PROOF_PREFIX: &str = "commdesk-verify=";

/// Says that the domain of an organization published what somebody was given, and what it made them, where it did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DomainProving {
    organization: OrganizationId,
    user: UserId,
    domain: String,
    seat: Option<OrganizationRole>,
    from: Option<String>,
    before: Vec<UserId>,
}

impl Organization {
    /// The text was found.
    pub fn prove_domain(&self, user: UserId, domain: String) -> DomainProving {
        DomainProving { organization: self.id, user, domain, seat: None, from: None, before: Vec::new() }
    }

    /// Does the domain's DNS decide who joins? Where staff have checked the organization and nobody leads it (any more).
    pub fn is_led_by_nobody(&self, has_admins: bool) -> bool {
        self.standing == Standing::Verified && !has_admins
    }
}

impl DomainProving {
    pub fn organization(&self) -> OrganizationId {
        self.organization
    }

    pub fn user(&self) -> UserId {
        self.user
    }

    /// The domain also decides that they lead the organization. `from` is the role that they had there, if they had one;
    /// `before` are the admins who cannot act any more: they are told.
    #[must_use]
    pub fn seating(self, role: OrganizationRole, from: Option<String>, before: Vec<UserId>) -> Self {
        Self { seat: Some(role), from, before, ..self }
    }
}

impl Fact for DomainProving {
    fn statement(&self) -> Statement {
        let mut payload = json!({ "user": self.user, "domain": self.domain });
        if let Some(role) = self.seat {
            payload["role"] = json!(role.label());
        }
        if let Some(from) = &self.from {
            payload["from"] = json!(from);
        }
        if !self.before.is_empty() {
            payload["people"] = json!(self.before);
        }
        Statement {
            room: ROOM,
            name: "organization_domain_proven",
            subject: self.organization.into(),
            about: vec![],
            payload,
            private: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn organization(standing: Standing) -> Organization {
        Organization {
            id: OrganizationId(Uuid::from_u128(1)),
            display_name: "Acme".into(),
            standing,
            applicant: None,
            identity_key: "acme.com".into(),
            disabling: None,
            disabled_from: None,
            merged_into: None,
            version: 1,
        }
    }

    const ASHA: UserId = UserId(Uuid::from_u128(5));

    fn claim(state: ClaimState) -> Claim {
        let (id, organization, display_name) = (Uuid::from_u128(9), OrganizationId(Uuid::from_u128(1)), "Acme".into());
        Claim { id, organization, display_name, user: ASHA, method: Method::Mailbox, state }
    }

    fn reason() -> Reason {
        Reason::parse("Seen in the register.").expect("a reason")
    }

    #[test]
    fn only_what_a_community_added_is_claimed() {
        for standing in Standing::ALL {
            let asked = organization(*standing).claim(Uuid::nil(), ASHA, Method::Mailbox, "asha@acme.com".into(), None);
            assert_eq!(asked.is_ok(), *standing == Standing::CommunityAdded, "{standing}");
        }
        let community = Some(CommunityId(Uuid::from_u128(7)));
        let invited = organization(Standing::CommunityAdded)
            .claim(Uuid::nil(), ASHA, Method::Mailbox, "asha@acme.com".into(), community)
            .expect("claimable")
            .statement();
        assert_eq!(invited.name, "organization_claim_invited");
        assert!(!invited.payload.to_string().contains('@'), "addresses stay out of the chain");
    }

    #[test]
    fn a_claim_is_proven_before_it_is_approved() {
        let added = organization(Standing::CommunityAdded);
        for state in ClaimState::ALL {
            let outcome = added.approve_claim(&claim(*state), reason());
            assert_eq!(outcome.is_ok(), *state == ClaimState::Proven, "{state}");
            assert_eq!(claim(*state).prove(Method::Dns).is_some(), *state == ClaimState::Asked, "{state}");
            let refused = claim(*state).answer(Answer::Refuse, reason());
            assert_eq!(refused.is_ok(), matches!(state, ClaimState::Asked | ClaimState::Proven), "{state}");
        }
        let (deciding, approved) = added.approve_claim(&claim(ClaimState::Proven), reason()).expect("proven");
        assert_eq!((deciding.to(), deciding.statement().name), (Standing::Verified, "organization_verified"));
        assert_eq!(approved.step().state(), ClaimState::Approved);
        for standing in Standing::ALL.iter().filter(|standing| **standing != Standing::CommunityAdded) {
            let late = organization(*standing).approve_claim(&claim(ClaimState::Proven), reason());
            assert_eq!(late.expect_err("not claimable").code, "NOT_CLAIMABLE");
        }
    }

    #[test]
    fn a_domain_decides_only_where_staff_have_checked_and_nobody_leads() {
        for standing in Standing::ALL {
            assert!(!organization(*standing).is_led_by_nobody(true), "{standing}: it has admins");
            assert_eq!(organization(*standing).is_led_by_nobody(false), *standing == Standing::Verified, "{standing}");
        }
        let proving = || organization(Standing::Verified).prove_domain(ASHA, "acme.com".into());
        let plain = proving().statement().payload;
        assert_eq!(plain, json!({ "user": ASHA, "domain": "acme.com" }), "a proof that makes nobody anything");
        let before = UserId(Uuid::from_u128(6));
        let lifted = proving().seating(OrganizationRole::SponsorAdmin, Some("DevRel Manager".into()), vec![before]);
        let expected = json!({
            "user": ASHA, "domain": "acme.com", "role": "Sponsor Admin", "from": "DevRel Manager", "people": [before],
        });
        assert_eq!(lifted.statement().payload, expected);
    }

    #[test]
    fn an_addition_names_its_problems() {
        let problems = AddInput::default().parse().expect_err("empty").0;
        for field in ["contactEmail", "displayName", "entityType", "industry", "website"] {
            assert!(problems.contains_key(field), "{field} in {problems:?}");
        }
    }
}
