//! How an organization moves: to another address on this site, and to another website. The old ones are not lost: an old
//! address leads to the new one for ever, and an old website keeps its standing until staff have approved the new one.

use super::{Organization, ROOM, Reason, Standing, Standpoint};
use crate::kernel::{
    error::Refusal,
    fact::{Fact, Statement, Subject},
    ids::{OrganizationId, UserId},
    labels::labels,
    text::{Slug, WebUrl, isolated},
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

/// The most addresses that one organization ever gets: none is ever given back, so that nobody may collect them.
pub const MOST_SLUGS: usize = 10;

labels! {
    /// What staff decide about a proposal or a claim.
    Answer, "an answer" {
        Approve = "approve",
        Refuse = "refuse",
    }
}

/// An answer of staff as a door gets it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "server", schema(as = OrganizationAnswerInput))]
#[serde(rename_all = "camelCase", default)]
pub struct AnswerInput {
    /// What is answered: the proposal's or the claim's id.
    pub id: String,
    /// `approve` or `refuse`.
    pub decision: String,
    /// Why; they read it.
    pub reason: String,
}

impl AnswerInput {
    /// # Errors
    /// Field errors on `id`, `decision` and `reason`.
    pub fn parse(&self) -> Result<(Uuid, Answer, Reason), crate::kernel::fields::FieldErrors> {
        let mut check = crate::kernel::fields::Check::default();
        let id = check.take("id", self.id.trim().parse::<Uuid>().map_err(|_| "Name what is answered by its id."));
        let answer = check.take("decision", Answer::parse(self.decision.trim()));
        let reason = Reason::parse(&self.reason);
        if let Err(problems) = &reason {
            for (path, message) in &problems.0 {
                check.add(path, message.clone());
            }
        }
        check.finish()?;
        match (id, answer, reason) {
            (Some(id), Some(answer), Ok(reason)) => Ok((id, answer, reason)),
            _ => Err(crate::kernel::fields::FieldErrors::one("", "Fill the form again.")),
        }
    }
}

// ── The address on this site ────────────────────────────────────────────────────────────────────────────────────────

/// Says that the page has another address; the old one leads to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlugChanging {
    organization: OrganizationId,
    from: String,
    to: Slug,
}

impl Organization {
    /// Takes another address. `from` is the one it has, `known` how many it has had with it.
    ///
    /// # Errors
    /// `DISABLED`; `SLUG_UNCHANGED`; `TOO_MANY_SLUGS`.
    pub fn change_slug(&self, from: &str, to: Slug, known: usize) -> Result<SlugChanging, Refusal> {
        if self.standing == Standing::Disabled {
            return Err(self.is_disabled());
        }
        if to.as_str() == from {
            return Err(Refusal::new("SLUG_UNCHANGED", format!("{from} is the address already. Enter another one.")));
        }
        if known >= MOST_SLUGS {
            return Err(Refusal::new(
                "TOO_MANY_SLUGS",
                format!(
                    "{} has had {known} addresses, and every one of them goes on leading here. Keep this one, or write to us.",
                    isolated(&self.display_name)
                ),
            ));
        }
        Ok(SlugChanging { organization: self.id, from: from.to_owned(), to })
    }

    pub(super) fn is_disabled(&self) -> Refusal {
        Refusal::new(
            "DISABLED",
            format!(
                "{} is disabled, so its profile stays as it is. Write to us if this is a mistake.",
                isolated(&self.display_name)
            ),
        )
    }
}

impl SlugChanging {
    pub fn organization(&self) -> OrganizationId {
        self.organization
    }

    pub fn from(&self) -> &str {
        &self.from
    }

    pub fn to(&self) -> &str {
        self.to.as_str()
    }
}

impl Fact for SlugChanging {
    fn statement(&self) -> Statement {
        Statement {
            room: ROOM,
            name: "organization_slug_changed",
            subject: self.organization.into(),
            about: vec![],
            payload: json!({}),
            private: Some(json!({ "from": self.from, "slug": self.to.as_str() })),
        }
    }
}

// ── The website ─────────────────────────────────────────────────────────────────────────────────────────────────────

/// Says that an organization wants to move to another website.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebsiteProposing {
    id: Uuid,
    organization: OrganizationId,
    display_name: String,
    website: WebUrl,
    standpoint: Standpoint,
    by: UserId,
}

impl Organization {
    /// Proposes another website. The one it has keeps its standing.
    ///
    /// # Errors
    /// `DISABLED`; `WEBSITE_UNCHANGED` when it stands for the same; `NOTHING_TO_KEEP` for an application, whose website is
    /// simply edited.
    pub fn propose_website(
        &self,
        id: Uuid,
        by: UserId,
        website: WebUrl,
        standpoint: Standpoint,
    ) -> Result<WebsiteProposing, Refusal> {
        if self.standing == Standing::Disabled {
            return Err(self.is_disabled());
        }
        if !self.standing.owns_identity() {
            return Err(Refusal::new(
                "NOTHING_TO_KEEP",
                format!("{} is not verified yet: edit the website in its profile.", isolated(&self.display_name)),
            ));
        }
        if standpoint.identity_key == self.identity_key {
            return Err(Refusal::new("WEBSITE_UNCHANGED", format!("{website} stands for {}, as now.", self.identity_key)));
        }
        Ok(WebsiteProposing { id, organization: self.id, display_name: self.display_name.clone(), website, standpoint, by })
    }

    /// Staff answer a proposal of another website. A profile that is disabled stays as it is.
    ///
    /// # Errors
    /// `DISABLED` for approving.
    pub fn answer_website(&self, proposal: WebsiteProposal, answer: Answer, reason: Reason) -> Result<WebsiteDeciding, Refusal> {
        if answer == Answer::Approve && self.standing == Standing::Disabled {
            return Err(Refusal::new(
                "DISABLED",
                format!(
                    "{} is disabled, so its website stays as it is. Restore it first, or refuse the proposal.",
                    isolated(&self.display_name)
                ),
            ));
        }
        Ok(proposal.answer(answer, reason))
    }
}

impl WebsiteProposing {
    pub fn id(&self) -> Uuid {
        self.id
    }

    pub fn organization(&self) -> OrganizationId {
        self.organization
    }

    pub fn website(&self) -> &WebUrl {
        &self.website
    }

    pub fn standpoint(&self) -> &Standpoint {
        &self.standpoint
    }

    pub fn by(&self) -> UserId {
        self.by
    }
}

impl Fact for WebsiteProposing {
    fn statement(&self) -> Statement {
        Statement {
            room: ROOM,
            name: "organization_website_proposed",
            subject: self.organization.into(),
            about: vec![],
            payload: json!({ "proposal": self.id, "identityKey": self.standpoint.identity_key }),
            private: Some(json!({ "displayName": self.display_name, "website": self.website })),
        }
    }
}

/// A proposal that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebsiteProposal {
    pub id: Uuid,
    pub organization: OrganizationId,
    pub display_name: String,
    pub website: String,
    pub identity_key: String,
    pub identity_shared: bool,
}

/// How a proposal ended. Built by [`Organization::answer_website`] and [`WebsiteProposal::withdraw`] only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebsiteDeciding {
    proposal: WebsiteProposal,
    outcome: Outcome,
    reason: Option<Reason>,
}

/// How a proposal ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Approved,
    Refused,
    Withdrawn,
}

impl Outcome {
    /// As it is stored.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Approved => "Approved",
            Self::Refused => "Refused",
            Self::Withdrawn => "Withdrawn",
        }
    }
}

impl WebsiteProposal {
    /// Staff answer.
    fn answer(self, answer: Answer, reason: Reason) -> WebsiteDeciding {
        let outcome = match answer {
            Answer::Approve => Outcome::Approved,
            Answer::Refuse => Outcome::Refused,
        };
        WebsiteDeciding { proposal: self, outcome, reason: Some(reason) }
    }

    /// The organization stays where it is, by its own wish.
    pub fn withdraw(self) -> WebsiteDeciding {
        WebsiteDeciding { proposal: self, outcome: Outcome::Withdrawn, reason: None }
    }
}

impl WebsiteDeciding {
    pub fn proposal(&self) -> &WebsiteProposal {
        &self.proposal
    }

    pub fn outcome(&self) -> Outcome {
        self.outcome
    }

    pub fn reason(&self) -> Option<&str> {
        self.reason.as_ref().map(Reason::as_str)
    }
}

impl Fact for WebsiteDeciding {
    fn statement(&self) -> Statement {
        let name = match self.outcome {
            Outcome::Approved => "organization_website_approved",
            Outcome::Refused => "organization_website_refused",
            Outcome::Withdrawn => "organization_website_withdrawn",
        };
        Statement {
            room: ROOM,
            name,
            subject: Subject::from(self.proposal.organization),
            about: vec![],
            payload: json!({ "proposal": self.proposal.id, "identityKey": self.proposal.identity_key }),
            private: Some(json!({
                "displayName": self.proposal.display_name,
                "website": self.proposal.website,
                "reason": self.reason(),
            })),
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

    fn standpoint(key: &str) -> Standpoint {
        Standpoint { identity_key: key.into(), identity_shared: false, name_skeleton: "acme".into() }
    }

    #[test]
    fn an_address_changes_a_few_times_only() {
        let to = |text: &str| Slug::parse(text).expect("a slug");
        let verified = organization(Standing::Verified);
        let fact = verified.change_slug("acme", to("acme-cloud"), 1).expect("allowed");
        assert_eq!((fact.from(), fact.to()), ("acme", "acme-cloud"));
        assert!(!fact.statement().payload.to_string().contains("acme"), "names stay out of the chain");
        assert_eq!(verified.change_slug("acme", to("acme"), 1).expect_err("same").code, "SLUG_UNCHANGED");
        assert_eq!(verified.change_slug("acme", to("other"), MOST_SLUGS).expect_err("many").code, "TOO_MANY_SLUGS");
        assert_eq!(organization(Standing::Disabled).change_slug("acme", to("other"), 1).expect_err("off").code, "DISABLED");
    }

    #[test]
    fn only_who_owns_a_website_proposes_another() {
        let propose = |standing, key: &str| {
            let website = WebUrl::parse("https://acme.dev").expect("an address");
            organization(standing).propose_website(Uuid::nil(), UserId(Uuid::nil()), website, standpoint(key))
        };
        for standing in Standing::ALL {
            let outcome = propose(*standing, "acme.dev").map(|fact| fact.statement().name).map_err(|refusal| refusal.code);
            let wanted = match standing {
                Standing::Verified | Standing::CommunityAdded => Ok("organization_website_proposed"),
                Standing::Disabled => Err("DISABLED"),
                _ => Err("NOTHING_TO_KEEP"),
            };
            assert_eq!(outcome, wanted, "{standing}");
        }
        assert_eq!(propose(Standing::Verified, "acme.com").expect_err("same").code, "WEBSITE_UNCHANGED");
    }

    #[test]
    fn a_disabled_profile_gets_no_other_website() {
        let proposal = WebsiteProposal {
            id: Uuid::nil(),
            organization: OrganizationId(Uuid::from_u128(1)),
            display_name: "Acme".into(),
            website: "https://acme.dev".into(),
            identity_key: "acme.dev".into(),
            identity_shared: false,
        };
        for standing in Standing::ALL {
            for answer in Answer::ALL {
                let reason = Reason::parse("Seen in the register.").expect("a reason");
                let outcome = organization(*standing).answer_website(proposal.clone(), *answer, reason);
                let stays = *standing == Standing::Disabled && *answer == Answer::Approve;
                assert_eq!(outcome.err().map(|refusal| refusal.code), stays.then_some("DISABLED"), "{standing}, {answer}");
            }
        }
    }

    #[test]
    fn an_answer_names_what_it_answers() {
        let problems = AnswerInput::default().parse().expect_err("empty").0;
        assert_eq!(problems.keys().collect::<Vec<_>>(), ["decision", "id", "reason"]);
        let input = AnswerInput { id: Uuid::nil().to_string(), decision: "approve".into(), reason: "Seen.".into() };
        assert_eq!(input.parse().expect("in order").1, Answer::Approve);
    }
}
