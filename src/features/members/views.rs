//! What crosses a wire about people: inputs that both doors parse, and what pages and the API show.

use super::rules::{
    BIO_LONGEST, InvitationState, MemberStatus, Place, Profile, REASON_LONGEST, WorkspaceId, joins::MESSAGE_LONGEST,
};
use crate::kernel::{
    actor::{OrganizationRole, Role},
    fields::{Check, FieldErrors},
    ids::{ImportId, InvitationId, JoinRequestId, MemberId, OrganizationId, UserId},
    labels::MemberInterest,
    text::{Email, Paragraph, PersonName, WebUrl},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A page of ours in the same workspace.
pub fn within(path: &str, acting: &str) -> String {
    if acting.is_empty() {
        return path.to_owned();
    }
    let joint = if path.contains('?') { '&' } else { '?' };
    format!("{path}{joint}as={acting}")
}

// ── Inputs ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/// Whom to invite, and as what.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct InviteInput {
    pub email: String,
    /// A label of the workspace's roles: `Sponsor Manager`, `Designer`.
    pub role: String,
    /// What they are called, if you know; they can say it themselves.
    pub name: String,
}

/// An invitation that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invite {
    pub email: Email,
    pub role: Role,
    pub name: Option<PersonName>,
}

impl InviteInput {
    /// # Errors
    /// By field.
    pub fn parse(&self, workspace: WorkspaceId) -> Result<Invite, FieldErrors> {
        let mut check = Check::default();
        let email = check.take("email", Email::parse(&self.email));
        let role = check.take("role", workspace.role(&self.role).ok_or("Choose a role from the list."));
        let name = match self.name.trim() {
            "" => None,
            name => check.take("name", PersonName::parse(name)),
        };
        check.finish()?;
        match (email, role) {
            (Some(email), Some(role)) => Ok(Invite { email, role, name }),
            _ => Err(FieldErrors::one("", "Fill in the address and the role.")),
        }
    }
}

/// The last part of a mailed invitation's address, and a new person's name where the invitation has none.
#[derive(Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "server", schema(as = InvitationAcceptInput))]
pub struct AcceptInput {
    pub token: String,
    pub name: String,
}

/// A new member of a community.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct MemberInput {
    pub first_name: String,
    pub last_name: String,
    pub email: String,
    /// A label of the members' roles, or `Owner` or `Admin`.
    pub role: String,
}

/// A list of new members as text: `firstName,lastName,email,role`, one on each line after that header.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct ImportInput {
    pub csv: String,
    /// Only look at it: nothing is changed, and every row's problem is listed.
    pub dry_run: bool,
}

/// What to change about somebody; what is absent stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct MemberPatch {
    pub role: Option<String>,
    pub status: Option<String>,
    /// Why; needed for Suspended and Banned, and told to the member.
    pub reason: String,
    /// May sign for the workspace.
    pub signatory: Option<bool>,
    /// May move money for the workspace.
    pub finance: Option<bool>,
    /// Of oneself only, in a community.
    pub interests: Option<Vec<String>>,
    /// Of oneself only, in a community.
    pub bio: Option<String>,
    /// Of oneself only, in a community: `website`, `github`, `linkedin`, `x`.
    pub links: Option<BTreeMap<String, String>>,
    /// The version that was read; another one is answered by 409 `VERSION_CONFLICT`.
    pub version: Option<i32>,
}

/// A change that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberChange {
    pub role: Option<Role>,
    pub status: Option<MemberStatus>,
    pub reason: Paragraph,
    pub signatory: Option<bool>,
    pub finance: Option<bool>,
    pub interests: Option<Vec<MemberInterest>>,
    pub bio: Option<Paragraph>,
    pub links: Option<Vec<(Place, WebUrl)>>,
    pub version: Option<i32>,
}

impl MemberChange {
    /// Does it touch what members say about themselves?
    pub fn is_about_profile(&self) -> bool {
        self.interests.is_some() || self.bio.is_some() || self.links.is_some()
    }

    /// Does it touch what managers decide?
    pub fn is_about_seat(&self) -> bool {
        self.role.is_some() || self.status.is_some() || self.signatory.is_some() || self.finance.is_some()
    }

    /// The profile after it.
    pub fn profile(&self, before: &Profile) -> Profile {
        let fresh = Profile::new(
            self.interests.as_deref().unwrap_or(&before.interests),
            self.bio.as_ref().unwrap_or(&Paragraph::parse("", BIO_LONGEST, "bio").expect("nothing is short enough")),
            self.links.as_deref().unwrap_or_default(),
        );
        Profile {
            bio: if self.bio.is_some() { fresh.bio } else { before.bio.clone() },
            links: if self.links.is_some() { fresh.links } else { before.links.clone() },
            interests: fresh.interests,
        }
    }
}

impl MemberPatch {
    /// # Errors
    /// By field.
    pub fn parse(&self, workspace: WorkspaceId) -> Result<MemberChange, FieldErrors> {
        let mut check = Check::default();
        let role = self
            .role
            .as_deref()
            .and_then(|label| check.take("role", workspace.role(label).ok_or("Choose a role from the list.")));
        let status = self.status.as_deref().and_then(|label| check.take("status", MemberStatus::parse(label)));
        let reason = check.take("reason", Paragraph::parse(&self.reason, REASON_LONGEST, "reason"));
        let interests = self.interests.as_ref().map(|labels| {
            labels.iter().filter_map(|label| check.take("interests", MemberInterest::parse(label))).collect::<Vec<_>>()
        });
        let bio = self.bio.as_ref().and_then(|bio| check.take("bio", Paragraph::parse(bio, BIO_LONGEST, "bio")));
        let links = self.links.as_ref().map(|links| {
            let mut kept = Vec::new();
            for (key, address) in links.iter().filter(|(_, address)| !address.trim().is_empty()) {
                let path = format!("links.{key}");
                if let Some(place) = check.take(&path, Place::parse(key))
                    && let Some(url) = check.take(&path, WebUrl::parse(address))
                {
                    kept.push((place, url));
                }
            }
            kept
        });
        check.finish()?;
        let (signatory, finance, version) = (self.signatory, self.finance, self.version);
        let reason = reason.ok_or_else(|| FieldErrors::one("reason", "Shorten the reason."))?;
        Ok(MemberChange { role, status, reason, signatory, finance, interests, bio, links, version })
    }
}

/// A wish to belong to an organization.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct JoinInput {
    /// The organization, by id or slug.
    pub organization_id: String,
    /// What its people should know.
    pub message: String,
    /// Where the organization has nobody to ask: a mailbox at its domain that decides.
    pub mailbox: String,
}

impl JoinInput {
    /// # Errors
    /// By field.
    pub fn parse(&self) -> Result<(Paragraph, Option<Email>), FieldErrors> {
        let mut check = Check::default();
        let message = check.take("message", Paragraph::parse(&self.message, MESSAGE_LONGEST, "message"));
        let mailbox = match self.mailbox.trim() {
            "" => None,
            mailbox => check.take("mailbox", Email::parse(mailbox)),
        };
        check.finish()?;
        let message = message.ok_or_else(|| FieldErrors::one("message", "Shorten the message."))?;
        Ok((message, mailbox))
    }
}

/// Yes with a role, or no.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct JoinDecisionInput {
    /// `accept` or `decline`.
    pub decision: String,
    /// With `accept`: the role that they get.
    pub role: String,
    /// With `decline`, if you like; the asker is told.
    pub reason: String,
}

/// A decision that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JoinDecision {
    Accept(OrganizationRole),
    Decline(Paragraph),
}

impl JoinDecisionInput {
    /// # Errors
    /// By field.
    pub fn parse(&self) -> Result<JoinDecision, FieldErrors> {
        match self.decision.as_str() {
            "accept" => OrganizationRole::parse(&self.role)
                .map(JoinDecision::Accept)
                .ok_or_else(|| FieldErrors::one("role", "Choose the role that they get.")),
            "decline" => Paragraph::parse(&self.reason, REASON_LONGEST, "reason")
                .map(JoinDecision::Decline)
                .map_err(|problem| FieldErrors::one("reason", problem.to_string())),
            _ => Err(FieldErrors::one("decision", "Choose accept or decline.")),
        }
    }
}

// ── What is shown ───────────────────────────────────────────────────────────────────────────────────────────────────

/// An invitation, for those who manage people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct InvitationView {
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub invitation_id: InvitationId,
    pub email: String,
    /// Empty until the newcomer says it.
    pub name: String,
    pub role: String,
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub state: InvitationState,
    /// RFC 3339.
    pub sent_at: String,
    pub sent_label: String,
    /// RFC 3339.
    pub expires_at: String,
    /// "in 6 days", "over".
    pub expires_label: String,
    /// Who invited.
    pub invited_by: String,
}

/// Open invitations, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct InvitationList {
    pub items: Vec<InvitationView>,
}

/// What became of saying yes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct AcceptedView {
    /// What `X-CommDesk-Workspace` names: `community:apex-circle`.
    pub workspace: String,
    pub workspace_name: String,
    pub role: String,
    /// For a new person: the token of the link behind which they set their password (`POST auth/activate-member`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub activation_token: Option<String>,
}

/// The page behind a mailed invitation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InvitationPage {
    pub workspace_name: String,
    /// `organization` or `community`.
    pub kind: String,
    pub role: String,
    pub email: String,
    pub invited_by: String,
    pub expires_label: String,
    pub step: InvitationStep,
}

/// What the reader can do about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum InvitationStep {
    /// Signed in with the address: one press.
    Accept,
    /// Nobody is signed in, and the address has a login with a password.
    SignIn,
    /// Nobody is signed in, and the address has no password yet; `name` is empty where the form asks for it.
    NewPerson { name: String },
    /// Somebody else is signed in.
    Other { signed_in: String },
    /// It does not open any more.
    Closed { problem: String },
    /// The reader said yes before.
    Done { workspace: String },
}

/// Somebody of the workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct MemberView {
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub member_id: MemberId,
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub user_id: UserId,
    pub name: String,
    pub initials: String,
    /// Only for those who manage people, and of oneself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    pub role: String,
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub status: MemberStatus,
    pub tone: String,
    /// Why they are suspended or banned; for managers and for oneself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_reason: Option<String>,
    pub signatory: bool,
    pub finance: bool,
    #[cfg_attr(feature = "server", schema(value_type = Vec<String>))]
    pub interests: Vec<MemberInterest>,
    pub bio: String,
    /// By `website`, `github`, `linkedin`, `x`.
    pub links: BTreeMap<String, String>,
    pub photo_url: Option<String>,
    /// RFC 3339: when they came onto the list.
    pub since: String,
    pub since_label: String,
    pub version: i32,
    pub is_you: bool,
    pub can: MemberCan,
}

/// What the reader may do with a member, decided on the server.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct MemberCan {
    /// Roles to choose from; empty when the role stays.
    pub roles: Vec<String>,
    /// Where the member can be moved to.
    #[cfg_attr(feature = "server", schema(value_type = Vec<String>))]
    pub statuses: Vec<MemberStatus>,
    pub give_powers: bool,
    pub edit_profile: bool,
    pub leave: bool,
    pub remove: bool,
}

/// A page of people, in the order in which they came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct MemberList {
    pub items: Vec<MemberView>,
    pub next_cursor: Option<String>,
    pub total: i64,
    pub total_capped: bool,
}

/// `/people`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PeopleScreen {
    pub acting: String,
    /// `organization` or `community`.
    pub kind: String,
    pub workspace_name: String,
    pub members: MemberList,
    pub status: String,
    pub invitations: Vec<InvitationView>,
    pub joins: Vec<JoinView>,
    /// Roles that the reader may give.
    pub roles: Vec<String>,
    pub manages: bool,
    /// Why a manager cannot invite now.
    pub cannot_invite: Option<String>,
}

/// `/people/{id}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MemberScreen {
    pub acting: String,
    pub kind: String,
    pub workspace_name: String,
    pub member: MemberView,
}

/// What an import would do, or did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct ImportReport {
    pub dry_run: bool,
    pub rows: Vec<ImportRow>,
    /// How many come onto the list.
    pub new: usize,
    /// How many are on it already, with the same role: nothing happens to them.
    pub unchanged: usize,
    /// How many rows need a change before anything is imported.
    pub problems: usize,
}

/// One row of an import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct ImportRow {
    /// The line of the text, 1 for the header.
    pub line: usize,
    pub first_name: String,
    pub last_name: String,
    pub email: String,
    pub role: String,
    /// `new`, `unchanged` or `problem`.
    pub outcome: String,
    /// By field; `""` for the row as a whole.
    #[cfg_attr(feature = "server", schema(value_type = Object))]
    pub problems: FieldErrors,
}

/// `/people/import`: a list that was looked at, or an empty box for one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ImportScreen {
    pub acting: String,
    pub workspace_name: String,
    /// The list that was asked for, if one was.
    pub import_id: Option<ImportId>,
    /// Its words, for whoever brought it: they are corrected where they stand.
    pub csv: String,
    /// What would become of its rows.
    pub report: Option<ImportReport>,
    /// Why a file has no rows to speak of; empty when it has.
    pub problem: String,
    /// The list that was looked at last and not imported, when none was asked for.
    pub last: Option<ImportId>,
    pub roles: Vec<String>,
}

/// Somebody who asks to belong to the organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct JoinView {
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub join_request_id: JoinRequestId,
    pub name: String,
    pub email: String,
    pub message: String,
    /// RFC 3339.
    pub asked_at: String,
    pub asked_label: String,
}

/// Who asks, the longest waiting first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct JoinList {
    pub items: Vec<JoinView>,
}

/// A wish that was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct JoinSentView {
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub join_request_id: JoinRequestId,
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub organization_id: OrganizationId,
    /// `admins` or `mailbox`.
    pub decided_by: String,
    pub message: String,
}

/// `/directory/{slug}/join`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct JoinScreen {
    pub organization_name: String,
    pub slug: String,
    pub acting: String,
    /// The reader has a seat there.
    pub belongs: bool,
    pub step: JoinStep,
}

/// What the reader can do there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum JoinStep {
    AskAdmins,
    AskMailbox {
        domain: String,
    },
    /// They asked before.
    Waiting {
        by_mailbox: bool,
    },
    /// They belong to it.
    Member,
    /// Nobody of theirs is here: it is claimed, and staff decide.
    Claim,
    /// Nobody of theirs is here, and nobody has said which website is theirs: they apply, and staff make the two profiles one.
    Apply,
    /// Nobody can decide.
    Nobody {
        why: String,
    },
}

/// The page that decides behind a link mailed to the organization's domain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct JoinDecisionPage {
    pub organization_name: String,
    pub name: String,
    pub email: String,
    pub message: String,
    pub mailbox: String,
    /// The role that they have there already: they ask to lead it.
    pub belongs_as: Option<String>,
    /// Roles to choose from, the most fitting first.
    pub roles: Vec<String>,
    /// Why it cannot be decided any more.
    pub problem: Option<String>,
}

/// The colour of a status.
pub const fn tone(status: MemberStatus) -> &'static str {
    match status {
        MemberStatus::OnBoarding => "info",
        MemberStatus::Active => "success",
        MemberStatus::Inactive => "neutral",
        MemberStatus::Suspended => "warning",
        MemberStatus::Banned => "danger",
    }
}

/// "Technical development" of `TECHNICAL DEVELOPMENT`: the list shouts, pages do not.
pub fn interest_label(interest: MemberInterest) -> String {
    let lower = interest.label().to_lowercase();
    let mut letters = lower.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::ids::CommunityId;
    use uuid::Uuid;

    const APEX: WorkspaceId = WorkspaceId::Community(CommunityId(Uuid::from_u128(2)));

    #[test]
    fn an_invitation_says_everything_that_is_wrong_at_once() {
        let input = InviteInput { email: "nowhere".into(), role: "Sponsor Admin".into(), name: "<b>".into() };
        let errors = input.parse(APEX).expect_err("three things");
        assert_eq!(errors.0.keys().collect::<Vec<_>>(), ["email", "name", "role"]);
        let fine = InviteInput { email: "New@Apex.example".into(), role: "Designer".into(), name: String::new() };
        assert_eq!(fine.parse(APEX).expect("in order").email.key(), "new@apex.example");
    }

    #[test]
    fn a_change_touches_only_what_it_names() {
        let before = Profile { bio: "Hello".into(), ..Profile::default() };
        let patch = MemberPatch { interests: Some(vec!["MENTORSHIP".into()]), ..MemberPatch::default() };
        let change = patch.parse(APEX).expect("in order");
        assert!(change.is_about_profile() && !change.is_about_seat());
        let after = change.profile(&before);
        assert_eq!((after.bio.as_str(), after.interests.len()), ("Hello", 1));
        let links = BTreeMap::from([("github".to_owned(), "not an address".to_owned()), ("icq".to_owned(), "7".to_owned())]);
        let errors = MemberPatch { links: Some(links), ..MemberPatch::default() }.parse(APEX).expect_err("two problems");
        assert_eq!(errors.0.keys().collect::<Vec<_>>(), ["links.github", "links.icq"]);
    }

    #[test]
    fn a_decision_is_yes_with_a_role_or_no() {
        let input = |decision: &str, role: &str| JoinDecisionInput {
            decision: decision.into(),
            role: role.into(),
            ..JoinDecisionInput::default()
        };
        assert!(matches!(input("accept", "Sponsor Manager").parse(), Ok(JoinDecision::Accept(OrganizationRole::SponsorManager))));
        assert!(input("accept", "").parse().expect_err("no role").get("role").is_some());
        assert!(matches!(input("decline", "").parse(), Ok(JoinDecision::Decline(_))));
        assert!(input("", "").parse().is_err());
    }

    #[test]
    fn interests_are_said_quietly() {
        assert_eq!(interest_label(MemberInterest::MarketingGrowth), "Marketing & growth");
    }
}
