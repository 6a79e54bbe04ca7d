//! How an organization goes from an application to a verified sponsor or partner. One pure function for each step; it
//! gives the fact, or a refusal that says what to do next.
//!
//! ```text
//! apply ─► waiting ─► verified ─► (proposed by one, confirmed by another) ─► disabled ─► what it was
//!            │  ▲ └──► refused ─► verified          (staff may change their mind)
//!            ▼  │
//!        more asked (the applicant answers)
//!
//! a community adds it ─► community added ─► (claimed, proven, approved) ─► verified
//!
//! waiting, community added, verified ─► merged into another (of a verified one: proposed by one, confirmed by another)
//! ```
//!
//! Promises: only waiting, asked and refused applications own no domain (the database keeps that). Does not look anything
//! up: the identity that a website stands for comes in as a value.

pub mod application;
pub mod claims;
pub mod imports;
pub mod merging;
pub mod moves;
pub mod products;
pub mod profile;
pub mod search;

use super::visibility::Field;
use crate::kernel::{
    actor::{OrganizationRole, VerificationStatus},
    error::Refusal,
    fact::{Fact, Statement, Subject},
    fields::FieldErrors,
    ids::{OrganizationId, UserId},
    labels::{EntityType, labels},
    text::{Paragraph, isolated},
};
use application::Application;
use profile::Profile;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

labels! {
    /// Where an organization stands: its verification status, with what a waiting application waits for.
    Standing, "a standing" {
        Waiting = "waiting",
        MoreAsked = "more asked",
        Refused = "refused",
        Verified = "verified",
        CommunityAdded = "community added",
        Disabled = "disabled",
    }

    /// What staff may decide.
    Verdict, "a decision" {
        Verify = "verify",
        More = "more",
        Refuse = "refuse",
        Disable = "disable",
        // Back to what a disabled one was.
        Restore = "restore",
        // A proposal to disable it is dropped.
        Keep = "keep",
    }
}

impl Standing {
    /// From the columns.
    pub const fn of(status: VerificationStatus, more_asked: bool, refused: bool) -> Self {
        match (status, refused, more_asked) {
            (VerificationStatus::PendingVerification, true, _) => Self::Refused,
            (VerificationStatus::PendingVerification, false, true) => Self::MoreAsked,
            (VerificationStatus::PendingVerification, false, false) => Self::Waiting,
            (VerificationStatus::Verified, ..) => Self::Verified,
            (VerificationStatus::CommunityAdded, ..) => Self::CommunityAdded,
            (VerificationStatus::Disabled, ..) => Self::Disabled,
        }
    }

    pub const fn status(self) -> VerificationStatus {
        match self {
            Self::Waiting | Self::MoreAsked | Self::Refused => VerificationStatus::PendingVerification,
            Self::Verified => VerificationStatus::Verified,
            Self::CommunityAdded => VerificationStatus::CommunityAdded,
            Self::Disabled => VerificationStatus::Disabled,
        }
    }

    /// In the directory, and known to strangers?
    pub const fn is_listed(self) -> bool {
        matches!(self, Self::Verified | Self::CommunityAdded)
    }

    /// Does it own the identity of its website? The same statuses as in the index `organizations_identity_key`.
    pub const fn owns_identity(self) -> bool {
        matches!(self, Self::Verified | Self::CommunityAdded | Self::Disabled)
    }

    /// In a sentence: "Acme is …".
    const fn words(self) -> &'static str {
        match self {
            Self::Waiting => "waiting for a decision",
            Self::MoreAsked => "waiting for an answer of the applicant",
            Self::Refused => "refused",
            Self::Verified => "verified already",
            Self::CommunityAdded => "in the directory, added by a community",
            Self::Disabled => "disabled",
        }
    }
}

/// What the rules need to know of an organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organization {
    pub id: OrganizationId,
    pub display_name: String,
    pub standing: Standing,
    /// Who applied; nobody for one that a community added.
    pub applicant: Option<UserId>,
    /// What its website stands for, as `identity::Identity::key` gives it.
    pub identity_key: String,
    /// Who of the staff has proposed to disable it.
    pub disabling: Option<UserId>,
    /// What a disabled one was before.
    pub disabled_from: Option<VerificationStatus>,
    /// The profile that took over what this one had.
    pub merged_into: Option<OrganizationId>,
    pub version: i32,
}

/// What a website stands for, looked up by the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standpoint {
    pub identity_key: String,
    pub identity_shared: bool,
    pub name_skeleton: String,
}

/// A reason that staff give, or a question that they ask: 3 to 1,000 characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason(Paragraph);

impl Reason {
    /// # Errors
    /// A field error on `reason`.
    pub fn parse(text: &str) -> Result<Self, FieldErrors> {
        let paragraph =
            Paragraph::parse(text, 1_000, "reason").map_err(|problem| FieldErrors::one("reason", problem.to_string()))?;
        if paragraph.as_str().trim().chars().count() < 3 {
            return Err(FieldErrors::one("reason", "Give a reason in a sentence. The applicant reads it."));
        }
        Ok(Self(paragraph))
    }

    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

/// A decision as a door gets it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "server", schema(as = OrganizationDecisionInput))]
#[serde(rename_all = "camelCase", default)]
pub struct DecisionInput {
    /// `verify`, `more`, `refuse`, `disable`, `restore` or `keep`.
    pub decision: String,
    /// Why, or what is asked for; the applicant reads it.
    pub reason: String,
}

/// A decision that can be carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    pub verdict: Verdict,
    pub reason: Reason,
}

impl DecisionInput {
    /// # Errors
    /// Field errors on `decision` and `reason`.
    pub fn parse(&self) -> Result<Decision, FieldErrors> {
        let mut errors = FieldErrors::default();
        let verdict = Verdict::parse(self.decision.trim()).map_err(|problem| errors.add("decision", problem.to_string())).ok();
        let reason = match Reason::parse(&self.reason) {
            Ok(reason) => Some(reason),
            Err(problems) => {
                for (path, message) in problems.0 {
                    errors.add(path, message);
                }
                None
            }
        };
        match (verdict, reason) {
            (Some(verdict), Some(reason)) => Ok(Decision { verdict, reason }),
            _ => Err(errors),
        }
    }
}

/// Says that somebody applied.
#[derive(Debug, Clone, PartialEq)]
pub struct Applying {
    organization: OrganizationId,
    applicant: UserId,
    slug: String,
    application: Application,
    standpoint: Standpoint,
}

/// An application becomes a waiting organization; it owns no domain yet.
pub fn apply(
    organization: OrganizationId,
    applicant: UserId,
    slug: String,
    application: Application,
    standpoint: Standpoint,
) -> Applying {
    Applying { organization, applicant, slug, application, standpoint }
}

impl Applying {
    pub fn organization(&self) -> OrganizationId {
        self.organization
    }

    pub fn applicant(&self) -> UserId {
        self.applicant
    }

    pub fn slug(&self) -> &str {
        &self.slug
    }

    pub fn application(&self) -> &Application {
        &self.application
    }

    pub fn standpoint(&self) -> &Standpoint {
        &self.standpoint
    }

    /// The role that the applicant gets: the admin's that fits what they join as.
    pub fn role(&self) -> OrganizationRole {
        admin_role(self.application.entity_type)
    }
}

/// The admin's role that fits what an organization joined as.
pub const fn admin_role(entity: EntityType) -> OrganizationRole {
    match entity {
        EntityType::Sponsor | EntityType::SponsorAndPartner => OrganizationRole::SponsorAdmin,
        EntityType::Partner => OrganizationRole::PartnerAdmin,
    }
}

impl Fact for Applying {
    fn statement(&self) -> Statement {
        let Application { entity_type, display_name, website, primary_email, industry, .. } = &self.application;
        Statement {
            room: ROOM,
            name: "organization_applied",
            subject: self.organization.into(),
            about: vec![self.applicant.into()],
            payload: json!({
                "applicant": self.applicant,
                "entityType": entity_type,
                "industry": industry,
                "identityKey": self.standpoint.identity_key,
                "role": self.role(),
            }),
            private: Some(json!({
                "displayName": display_name,
                "slug": self.slug,
                "website": website,
                "primaryEmail": primary_email,
                "contactName": self.application.contact_name,
            })),
        }
    }
}

/// Says that the applicant, who had a login already, confirmed that the application is theirs.
#[derive(Debug, Clone, PartialEq)]
pub struct SeatTaking {
    organization: OrganizationId,
    display_name: String,
    user: UserId,
    role: OrganizationRole,
}

impl Organization {
    /// Whoever reads the applicant's mailbox takes the seat that waited for them.
    pub fn take_seat(&self, user: UserId, role: OrganizationRole) -> SeatTaking {
        SeatTaking { organization: self.id, display_name: self.display_name.clone(), user, role }
    }

    /// Whom the application named says that it is not theirs.
    pub fn decline_seat(&self, user: UserId) -> SeatDeclining {
        SeatDeclining { organization: self.id, display_name: self.display_name.clone(), user }
    }
}

/// Says that the application is not the named person's: nobody speaks for the organization.
#[derive(Debug, Clone, PartialEq)]
pub struct SeatDeclining {
    organization: OrganizationId,
    display_name: String,
    user: UserId,
}

impl SeatDeclining {
    pub fn organization(&self) -> OrganizationId {
        self.organization
    }

    pub fn user(&self) -> UserId {
        self.user
    }
}

impl Fact for SeatDeclining {
    fn statement(&self) -> Statement {
        Statement {
            room: ROOM,
            name: "organization_seat_declined",
            subject: self.organization.into(),
            about: vec![self.user.into()],
            payload: json!({ "applicant": self.user }),
            private: Some(json!({ "displayName": self.display_name })),
        }
    }
}

impl SeatTaking {
    pub fn organization(&self) -> OrganizationId {
        self.organization
    }

    pub fn user(&self) -> UserId {
        self.user
    }

    pub fn role(&self) -> OrganizationRole {
        self.role
    }
}

impl Fact for SeatTaking {
    fn statement(&self) -> Statement {
        Statement {
            room: ROOM,
            name: "organization_seat_taken",
            subject: self.organization.into(),
            about: vec![self.user.into()],
            payload: json!({ "applicant": self.user, "role": self.role }),
            private: Some(json!({ "displayName": self.display_name })),
        }
    }
}

/// Says that the checks ran; only they may change the score.
#[derive(Debug, Clone, PartialEq)]
pub struct Checking {
    organization: OrganizationId,
    applicant: Option<UserId>,
    score: u32,
    results: Value,
}

impl Organization {
    /// Checks ran and gave these results (kind and result of each, on the wire's words).
    pub fn check(&self, score: u32, results: impl IntoIterator<Item = (&'static str, &'static str)>) -> Checking {
        let results = results.into_iter().map(|(kind, result)| (kind.to_owned(), Value::from(result))).collect();
        Checking { organization: self.id, applicant: self.applicant, score, results: Value::Object(results) }
    }
}

impl Checking {
    pub fn organization(&self) -> OrganizationId {
        self.organization
    }

    /// 0 to 100.
    pub fn score(&self) -> u32 {
        self.score
    }
}

impl Fact for Checking {
    fn statement(&self) -> Statement {
        Statement {
            room: ROOM,
            name: "organization_checked",
            subject: self.organization.into(),
            about: self.applicant.map(Subject::from).into_iter().collect(),
            payload: json!({ "score": self.score, "results": self.results }),
            private: None,
        }
    }
}

/// Says that staff decided. Built by [`Organization::decide`] only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deciding {
    organization: OrganizationId,
    display_name: String,
    applicant: Option<UserId>,
    from: Standing,
    to: Standing,
    reason: Reason,
}

/// What a decision comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decided {
    /// The organization stands elsewhere now.
    Moved(Deciding),
    /// A second person has to confirm.
    Proposed(DisablingProposing),
    /// It stays as it is.
    Dropped(DisablingDropping),
}

impl Organization {
    /// Somebody of the staff decides. Disabling a verified organization takes two of them: the first proposes, another
    /// confirms.
    ///
    /// # Errors
    /// `NOT_WAITING` when there is nothing (more) to decide that way; `SECOND_PERSON_NEEDED` for whoever proposed; `MERGED`.
    pub fn decide(&self, by: UserId, decision: Decision) -> Result<Decided, Refusal> {
        use Standing::{CommunityAdded, Disabled, MoreAsked, Refused, Verified, Waiting};
        if self.merged_into.is_some() {
            return Err(self.is_merged());
        }
        let to = match (decision.verdict, self.standing) {
            (Verdict::Verify, Waiting | MoreAsked | Refused) => Verified,
            (Verdict::More, Waiting | MoreAsked) => MoreAsked,
            (Verdict::Refuse, Waiting | MoreAsked) => Refused,
            (Verdict::Disable, CommunityAdded) => Disabled,
            (Verdict::Disable, Verified) => match self.disabling {
                None => {
                    return Ok(Decided::Proposed(DisablingProposing {
                        organization: self.id,
                        display_name: self.display_name.clone(),
                        by,
                        reason: decision.reason,
                    }));
                }
                Some(proposer) if proposer == by => {
                    return Err(Refusal::new(
                        "SECOND_PERSON_NEEDED",
                        format!(
                            "You proposed to disable {}. Somebody else of the staff has to confirm it.",
                            isolated(&self.display_name)
                        ),
                    ));
                }
                Some(_) => Disabled,
            },
            (Verdict::Restore, Disabled) => match self.disabled_from {
                Some(VerificationStatus::CommunityAdded) => CommunityAdded,
                _ => Verified,
            },
            (Verdict::Keep, Verified) if self.disabling.is_some() => {
                return Ok(Decided::Dropped(DisablingDropping {
                    organization: self.id,
                    display_name: self.display_name.clone(),
                    reason: decision.reason,
                }));
            }
            (verdict, standing) => return Err(self.not_that_way(verdict, standing)),
        };
        Ok(Decided::Moved(self.moving(to, decision.reason)))
    }

    /// Only called where a rule has found that it may move there.
    fn moving(&self, to: Standing, reason: Reason) -> Deciding {
        Deciding {
            organization: self.id,
            display_name: self.display_name.clone(),
            applicant: self.applicant,
            from: self.standing,
            to,
            reason,
        }
    }

    fn not_that_way(&self, verdict: Verdict, standing: Standing) -> Refusal {
        let next = match (verdict, standing) {
            (Verdict::Verify, Standing::CommunityAdded) => {
                "It is verified when somebody of it has claimed it and the claim is approved."
            }
            (Verdict::Verify, Standing::Disabled) => "Restore it instead.",
            (Verdict::Verify, _) => "There is nothing left to do.",
            (Verdict::More | Verdict::Refuse, _) => {
                "Only an application that waits can be answered that way. Load the page again."
            }
            (Verdict::Disable, _) => "Only a verified or community-added profile can be disabled; refuse an application instead.",
            (Verdict::Restore, _) => "Only a disabled profile can be restored.",
            (Verdict::Keep, _) => "Nobody proposes to disable it (any more).",
        };
        Refusal::new("NOT_WAITING", format!("{} is {}. {next}", isolated(&self.display_name), standing.words()))
    }
}

impl Deciding {
    pub fn organization(&self) -> OrganizationId {
        self.organization
    }

    pub fn from(&self) -> Standing {
        self.from
    }

    pub fn to(&self) -> Standing {
        self.to
    }

    pub fn reason(&self) -> &str {
        self.reason.as_str()
    }
}

impl Fact for Deciding {
    fn statement(&self) -> Statement {
        let (name, key) = match self.to {
            _ if self.from == Standing::Disabled => ("organization_restored", "reason"),
            Standing::Verified | Standing::Waiting | Standing::CommunityAdded => ("organization_verified", "reason"),
            Standing::MoreAsked => ("organization_more_asked", "question"),
            Standing::Refused => ("organization_refused", "reason"),
            Standing::Disabled => ("organization_disabled", "reason"),
        };
        Statement {
            room: ROOM,
            name,
            subject: self.organization.into(),
            about: self.applicant.map(Subject::from).into_iter().collect(),
            payload: json!({ "from": self.from, "to": self.to, "applicant": self.applicant }),
            private: Some(json!({ "displayName": self.display_name, (key): self.reason() })),
        }
    }
}

/// Says that somebody of the staff wants a verified organization disabled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisablingProposing {
    organization: OrganizationId,
    display_name: String,
    by: UserId,
    reason: Reason,
}

impl DisablingProposing {
    pub fn organization(&self) -> OrganizationId {
        self.organization
    }

    pub fn by(&self) -> UserId {
        self.by
    }

    pub fn reason(&self) -> &str {
        self.reason.as_str()
    }
}

impl Fact for DisablingProposing {
    fn statement(&self) -> Statement {
        Statement {
            room: ROOM,
            name: "organization_disabling_proposed",
            subject: self.organization.into(),
            about: vec![],
            payload: json!({ "by": self.by }),
            private: Some(json!({ "displayName": self.display_name, "reason": self.reason() })),
        }
    }
}

/// Says that the staff keep an organization that somebody had proposed to disable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisablingDropping {
    organization: OrganizationId,
    display_name: String,
    reason: Reason,
}

impl DisablingDropping {
    pub fn organization(&self) -> OrganizationId {
        self.organization
    }
}

impl Fact for DisablingDropping {
    fn statement(&self) -> Statement {
        Statement {
            room: ROOM,
            name: "organization_disabling_dropped",
            subject: self.organization.into(),
            about: vec![],
            payload: json!({}),
            private: Some(json!({ "displayName": self.display_name, "reason": self.reason.as_str() })),
        }
    }
}

/// Says that staff want the checks to run again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChecksAsking {
    organization: OrganizationId,
}

impl Organization {
    /// Staff want to look again. Any standing: a verified website may have gone, too.
    pub fn ask_checks(&self) -> ChecksAsking {
        ChecksAsking { organization: self.id }
    }
}

impl Fact for ChecksAsking {
    fn statement(&self) -> Statement {
        Statement {
            room: ROOM,
            name: "organization_checks_asked",
            subject: self.organization.into(),
            about: vec![],
            payload: json!({}),
            private: None,
        }
    }
}

/// Says that the applicant answered what staff had asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resubmitting {
    organization: OrganizationId,
    display_name: String,
    applicant: Option<UserId>,
    answer: Paragraph,
}

impl Organization {
    /// The applicant has added what was asked for; the application waits for staff again, at its old place in the queue.
    ///
    /// # Errors
    /// `NOTHING_ASKED` when nobody waits for an answer.
    pub fn resubmit(&self, answer: Paragraph) -> Result<Resubmitting, Refusal> {
        if self.standing != Standing::MoreAsked {
            return Err(Refusal::new(
                "NOTHING_ASKED",
                format!(
                    "{} is {}: nobody waits for an answer. Your profile can be edited at any time.",
                    isolated(&self.display_name),
                    self.standing.words()
                ),
            ));
        }
        Ok(Resubmitting { organization: self.id, display_name: self.display_name.clone(), applicant: self.applicant, answer })
    }
}

impl Resubmitting {
    pub fn organization(&self) -> OrganizationId {
        self.organization
    }
}

impl Fact for Resubmitting {
    fn statement(&self) -> Statement {
        Statement {
            room: ROOM,
            name: "organization_resubmitted",
            subject: self.organization.into(),
            about: self.applicant.map(Subject::from).into_iter().collect(),
            payload: json!({ "from": Standing::MoreAsked, "to": Standing::Waiting }),
            private: Some(json!({ "displayName": self.display_name, "answer": self.answer.as_str() })),
        }
    }
}

/// Says that the profile was edited.
#[derive(Debug, Clone, PartialEq)]
pub struct ProfileEditing {
    organization: OrganizationId,
    applicant: Option<UserId>,
    from_version: i32,
    changed: Vec<Field>,
    profile: Profile,
    standpoint: Standpoint,
}

impl Organization {
    /// Puts a new profile in place of the old one. `seen` is the version that the editor had before them, `since` the
    /// fields that were changed after it; `standpoint` is what the new profile's website and name stand for.
    ///
    /// Gives nothing when nothing differs.
    ///
    /// # Errors
    /// `VERSION_CONFLICT` names what somebody else changed meanwhile. `DISABLED` for a disabled profile. Who owns an
    /// identity keeps it (see [`Organization::propose_website`]): a field error on `website`.
    pub fn edit_profile(
        &self,
        seen: i32,
        since: &[Field],
        old: &Profile,
        new: Profile,
        standpoint: Standpoint,
    ) -> Result<Option<ProfileEditing>, ProfileRefusal> {
        if self.standing == Standing::Disabled {
            return Err(Refusal::new(
                "DISABLED",
                format!(
                    "{} is disabled, so its profile stays as it is. Write to us if this is a mistake.",
                    isolated(&self.display_name)
                ),
            )
            .into());
        }
        if seen != self.version {
            return Err(version_conflict(since).into());
        }
        if self.standing.owns_identity() && standpoint.identity_key != self.identity_key {
            return Err(FieldErrors::one(
                "website",
                format!("{} keeps its standing until staff have approved another website.", self.identity_key),
            )
            .into());
        }
        let changed = old.differences(&new);
        if changed.is_empty() {
            return Ok(None);
        }
        Ok(Some(ProfileEditing {
            organization: self.id,
            applicant: self.applicant,
            from_version: self.version,
            changed,
            profile: new,
            standpoint,
        }))
    }
}

fn version_conflict(since: &[Field]) -> Refusal {
    let what = match since {
        [] => "the profile".to_owned(),
        fields => fields.iter().map(|field| field.title().to_lowercase()).collect::<Vec<_>>().join(", "),
    };
    Refusal::new(
        "VERSION_CONFLICT",
        format!("Somebody changed {what} after you opened this page. Your text is still here: compare it, then save again."),
    )
}

/// Why a profile was not edited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProfileRefusal {
    Refused(Refusal),
    Invalid(FieldErrors),
}

impl From<Refusal> for ProfileRefusal {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<FieldErrors> for ProfileRefusal {
    fn from(errors: FieldErrors) -> Self {
        Self::Invalid(errors)
    }
}

impl From<ProfileRefusal> for crate::kernel::error::AppError {
    fn from(refusal: ProfileRefusal) -> Self {
        match refusal {
            ProfileRefusal::Refused(refusal) => Self::Refused(refusal),
            ProfileRefusal::Invalid(errors) => Self::Invalid(errors),
        }
    }
}

impl ProfileEditing {
    pub fn organization(&self) -> OrganizationId {
        self.organization
    }

    pub fn from_version(&self) -> i32 {
        self.from_version
    }

    pub fn profile(&self) -> &Profile {
        &self.profile
    }

    pub fn standpoint(&self) -> &Standpoint {
        &self.standpoint
    }
}

impl Fact for ProfileEditing {
    fn statement(&self) -> Statement {
        Statement {
            room: ROOM,
            name: "organization_profile_edited",
            subject: self.organization.into(),
            about: self.applicant.map(Subject::from).into_iter().collect(),
            payload: json!({ "version": self.from_version + 1, "changed": self.changed }),
            private: None,
        }
    }
}

/// Must the checks run again after these fields changed?
pub fn needs_checks(changed: &[Field]) -> bool {
    changed.iter().any(|field| {
        matches!(
            field,
            Field::Website | Field::PrimaryEmail | Field::DisplayName | Field::ShortDescription | Field::LongDescription
        )
    })
}

const ROOM: &str = "organizations";

#[cfg(test)]
mod tests {
    use super::*;
    use application::ApplicationInput;
    use profile::ProfileInput;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn organization(standing: Standing) -> Organization {
        Organization {
            id: OrganizationId(Uuid::from_u128(1)),
            display_name: "Acme".into(),
            standing,
            applicant: Some(UserId(Uuid::from_u128(2))),
            identity_key: "acme.com".into(),
            disabling: None,
            disabled_from: None,
            merged_into: None,
            version: 3,
        }
    }

    const SARA: UserId = UserId(Uuid::from_u128(20));
    const OMAR: UserId = UserId(Uuid::from_u128(21));

    fn decision(verdict: Verdict) -> Decision {
        Decision { verdict, reason: Reason::parse("Because of a test.").expect("a reason") }
    }

    fn standpoint(key: &str) -> Standpoint {
        Standpoint { identity_key: key.into(), identity_shared: false, name_skeleton: "acme".into() }
    }

    pub(super) fn profile_input() -> ProfileInput {
        ProfileInput {
            entity_type: "Sponsor".into(),
            display_name: "Acme".into(),
            website: "https://acme.com".into(),
            industry: "Developer tools".into(),
            budget_range: application::BudgetInput::band("INR:200000-500000"),
            available_sponsorship_types: vec!["Cash".into()],
            primary_email: "asha@acme.com".into(),
            version: 3,
            ..ProfileInput::default()
        }
    }

    #[test]
    fn every_verdict_from_every_standing() {
        let mut table = String::new();
        for standing in Standing::ALL {
            for verdict in Verdict::ALL {
                let outcome = match organization(*standing).decide(SARA, decision(*verdict)) {
                    Ok(Decided::Moved(deciding)) => {
                        assert_eq!(deciding.from(), *standing);
                        format!("{} ({})", deciding.to(), deciding.statement().name)
                    }
                    Ok(Decided::Proposed(fact)) => format!("as before ({})", fact.statement().name),
                    Ok(Decided::Dropped(fact)) => format!("as before ({})", fact.statement().name),
                    Err(refusal) => refusal.message,
                };
                table.push_str(&format!("{standing} + {verdict}: {outcome}\n"));
            }
        }
        insta::assert_snapshot!(table);
    }

    #[test]
    fn disabling_a_verified_one_takes_two() {
        let verified = organization(Standing::Verified);
        let Ok(Decided::Proposed(first)) = verified.decide(SARA, decision(Verdict::Disable)) else { panic!("proposed") };
        assert_eq!(first.by(), SARA);
        let proposed = Organization { disabling: Some(SARA), ..verified };
        let again = proposed.decide(SARA, decision(Verdict::Disable)).expect_err("the same person");
        assert_eq!(again.code, "SECOND_PERSON_NEEDED");
        let Ok(Decided::Moved(done)) = proposed.decide(OMAR, decision(Verdict::Disable)) else { panic!("done") };
        assert_eq!((done.to(), done.statement().name), (Standing::Disabled, "organization_disabled"));
        assert!(matches!(proposed.decide(OMAR, decision(Verdict::Keep)), Ok(Decided::Dropped(_))));
    }

    #[test]
    fn a_disabled_one_goes_back_to_what_it_was() {
        let to = |from| {
            let disabled = Organization { disabled_from: from, ..organization(Standing::Disabled) };
            match disabled.decide(SARA, decision(Verdict::Restore)) {
                Ok(Decided::Moved(fact)) => (fact.to(), fact.statement().name),
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(to(Some(VerificationStatus::CommunityAdded)), (Standing::CommunityAdded, "organization_restored"));
        assert_eq!(to(Some(VerificationStatus::Verified)), (Standing::Verified, "organization_restored"));
        assert_eq!(to(None).0, Standing::Verified, "disabled before it was remembered");
    }

    #[test]
    fn only_what_was_asked_is_answered() {
        let answer = || Paragraph::parse("Here it is.", 1_000, "answer").expect("a paragraph");
        for standing in Standing::ALL {
            let outcome = organization(*standing).resubmit(answer());
            assert_eq!(outcome.is_ok(), *standing == Standing::MoreAsked, "{standing}");
        }
        let fact = organization(Standing::MoreAsked).resubmit(answer()).expect("asked").statement();
        assert_eq!(fact.name, "organization_resubmitted");
        assert_eq!(fact.about.len(), 1, "the applicant's timeline shows it");
        assert!(!fact.payload.to_string().contains("Here it is"), "free text stays out of the chain");
    }

    #[test]
    fn an_edit_names_what_changed_and_a_stale_one_is_refused() {
        let old = profile_input().parse().expect("fine");
        let mut input = profile_input();
        input.industry = "Security".into();
        input.website = "https://www.acme.com/about".into();
        let new = input.parse().expect("fine");

        let editing = organization(Standing::Verified)
            .edit_profile(3, &[], &old, new.clone(), standpoint("acme.com"))
            .expect("allowed")
            .expect("something changed");
        assert_eq!(editing.statement().payload, json!({ "version": 4, "changed": ["website", "industry"] }));

        let stale = organization(Standing::Waiting).edit_profile(2, &[Field::Website], &old, new.clone(), standpoint("acme.com"));
        let Err(ProfileRefusal::Refused(refusal)) = stale else { panic!("{stale:?}") };
        assert_eq!(refusal.code, "VERSION_CONFLICT");
        assert!(refusal.message.contains("changed website"), "{}", refusal.message);

        let same = organization(Standing::Waiting).edit_profile(3, &[], &old, old.clone(), standpoint("acme.com"));
        assert_eq!(same, Ok(None));

        let moved = organization(Standing::Verified).edit_profile(3, &[], &old, new.clone(), standpoint("evil.com"));
        assert!(matches!(moved, Err(ProfileRefusal::Invalid(_))), "{moved:?}");
        assert!(organization(Standing::Waiting).edit_profile(3, &[], &old, new.clone(), standpoint("evil.com")).is_ok());
        assert!(organization(Standing::Disabled).edit_profile(3, &[], &old, new, standpoint("acme.com")).is_err());
    }

    #[test]
    fn an_application_keeps_names_out_of_the_chain() {
        let application = ApplicationInput {
            entity_type: "Partner".into(),
            company_name: "Acme Cloud".into(),
            website: "acme.com".into(),
            official_email: "asha@acme.com".into(),
            contact_name: "Asha Rao".into(),
            industry: "Security".into(),
            budget_range: application::BudgetInput::band("USD:0-500"),
            sponsorship_types: vec!["Venue".into()],
            ..ApplicationInput::default()
        };
        let applying = apply(
            OrganizationId(Uuid::from_u128(1)),
            UserId(Uuid::from_u128(2)),
            "acme-cloud".into(),
            application.parse().expect("fine"),
            standpoint("acme.com"),
        );
        assert_eq!(applying.role(), OrganizationRole::PartnerAdmin);
        let payload = applying.statement().payload.to_string();
        assert!(!payload.contains("Asha") && !payload.contains("Acme Cloud") && !payload.contains('@'), "{payload}");
    }

    fn any_verdict() -> impl Strategy<Value = Verdict> {
        prop::sample::select(Verdict::ALL)
    }

    proptest! {
        #[test]
        fn no_walk_of_decisions_lists_what_was_never_verified(verdicts in prop::collection::vec(any_verdict(), 0..12)) {
            let mut standing = Standing::Waiting;
            let mut verified = false;
            for verdict in verdicts {
                let proposed = Organization { disabling: Some(OMAR), ..organization(standing) };
                if let Ok(Decided::Moved(deciding)) = proposed.decide(SARA, decision(verdict)) {
                    standing = deciding.to();
                    verified |= verdict == Verdict::Verify;
                }
                prop_assert!(verified || !standing.is_listed());
                prop_assert!(verified || !standing.owns_identity());
                prop_assert_eq!(Standing::of(standing.status(), standing == Standing::MoreAsked, standing == Standing::Refused), standing);
            }
        }
    }
}
