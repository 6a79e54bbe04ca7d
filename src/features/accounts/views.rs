//! What crosses a wire about logins, and the words that other rooms share: whom to write to.

use super::rules::LinkPurpose;
use crate::kernel::{
    fields::FieldErrors,
    ids::{SessionId, UserId},
    text::Paragraph,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Somebody to write to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Recipient {
    pub user: UserId,
    pub name: String,
    pub email: String,
}

/// What a workspace is called, in words and in addresses.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WorkspaceName {
    pub slug: String,
    pub name: String,
}

/// A session that was just made or renewed. `token` goes into the cookie and nowhere else.
#[derive(Clone, PartialEq, Eq)]
pub struct SignedIn {
    pub token: String,
    pub user: UserId,
}

/// What the page behind a mailed link shows before anything is used up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LinkView {
    pub purpose: LinkPurpose,
    /// The person's name and the address that the link was mailed to.
    pub name: String,
    pub email: String,
    /// Does its form ask for a password?
    pub wants_password: bool,
    /// Why it cannot be used; with it, only the way on is shown.
    pub problem: Option<String>,
    /// What it asks is asked on the reader's home page too: there is the way on.
    pub waits_at_home: bool,
}

/// The security page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SecurityView {
    pub name: String,
    pub email: String,
    pub is_staff: bool,
    pub second_factor: bool,
    /// Is there a list that says where a network is? Without one no session has a place.
    pub knows_places: bool,
    pub sessions: Vec<SessionView>,
}

/// One place where the person is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct SessionView {
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub id: SessionId,
    pub device: String,
    /// As far as it is known: "Pune, India, network 203.0.113.0/24", or "Unknown place, network 203.0.113.0/24".
    pub place: String,
    /// The one that asks.
    pub is_this: bool,
    pub since: DateTime<Utc>,
    pub since_label: String,
    pub seen: DateTime<Utc>,
    pub seen_label: String,
}

/// A QR code: the `d` of one path in a square of `side` units.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QrView {
    pub side: u32,
    pub path: String,
}

/// Where a person stands with their second factor, with what the page has to show for the next step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum SecondFactorView {
    /// Not set up. Staff can do nothing without one; everybody else may have one.
    Off { is_staff: bool },
    /// A secret waits for its first code.
    Confirm { qr: Option<QrView>, secret: String },
    /// On, and not given in this session.
    Challenge,
    /// On and given; these recovery codes wait to be written down.
    Keep { codes: Vec<String> },
    /// On and given.
    On { recovery_codes_left: i64, is_staff: bool },
}

// ── For admins of the platform ──────────────────────────────────────────────────────────────────────────────────────

/// Logins that are shut.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SuspendedList {
    /// The key of the acting workspace, for links and forms.
    pub acting: String,
    pub people: Vec<SuspendedLine>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SuspendedLine {
    pub id: UserId,
    pub name: String,
    pub email: String,
    pub since: DateTime<Utc>,
    pub since_label: String,
}

/// One login, with what admins did about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct PersonView {
    /// The key of the acting workspace, for links and forms.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub acting: String,
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub id: UserId,
    pub name: String,
    pub email: String,
    pub joined_label: String,
    pub email_verified: bool,
    pub has_password: bool,
    pub second_factor: bool,
    pub staff_roles: Vec<String>,
    /// Where they may act.
    pub seats: Vec<SeatLine>,
    /// Live ones, and when one of them was used last.
    pub sessions: u32,
    pub seen_label: Option<String>,
    /// Since when the login is shut.
    pub suspended_label: Option<String>,
    pub can_suspend: bool,
    pub can_restore: bool,
    /// Why neither is for this admin to do.
    pub not_now: Option<String>,
    /// Oldest first.
    pub history: Vec<RecordLine>,
}

/// A seat of a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct SeatLine {
    /// `organization` or `community`.
    pub kind: String,
    pub name: String,
    pub role: String,
}

/// What an admin did about a login.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct RecordLine {
    pub text: String,
    /// The reason that they gave.
    pub quote: Option<String>,
    pub at: DateTime<Utc>,
    pub at_label: String,
}

/// Whose login an admin looks up.
#[derive(Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct LookUpInput {
    pub email: String,
}

/// What becomes of a login.
#[derive(Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct StatusInput {
    /// `suspended` or `restored`.
    pub status: String,
    /// The person reads it, word for word. Restoring needs none.
    pub reason: String,
}

/// What an admin decides about a login.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StatusChange {
    Suspend(Paragraph),
    Restore,
}

impl StatusInput {
    /// # Errors
    /// Another status; a reason that is missing or too long.
    pub fn parse(&self) -> Result<StatusChange, FieldErrors> {
        match self.status.trim() {
            "restored" => Ok(StatusChange::Restore),
            "suspended" => match Paragraph::parse(&self.reason, 1_000, "reason") {
                Ok(reason) if !reason.is_empty() => Ok(StatusChange::Suspend(reason)),
                Ok(_) => Err(FieldErrors::one("reason", "Say why. The person reads it, word for word.")),
                Err(problem) => Err(FieldErrors::one("reason", problem.to_string())),
            },
            _ => Err(FieldErrors::one("status", "The status is suspended or restored.")),
        }
    }
}

// ── The API ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/// Where the person is signed in, the session that asks first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct SessionsView {
    pub items: Vec<SessionView>,
}

/// Signing in.
#[derive(Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct LoginInput {
    pub email: String,
    pub password: String,
}

/// A mailed link's token, for links that set no password, or set one when it is given.
#[derive(Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct VerifyInput {
    /// The last part of the link's address.
    pub token: String,
    /// The person's first password, when they have none yet.
    pub password: Option<String>,
}

/// A mailed link's token and the password to set.
#[derive(Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct PasswordInput {
    /// The last part of the link's address.
    pub token: String,
    pub password: String,
}

/// Whose password was forgotten.
#[derive(Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct ForgotInput {
    pub email: String,
}

/// Six digits of the authenticator app, or a recovery code.
#[derive(Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct CodeInput {
    pub code: String,
}

/// Who is signed in now. The session itself is in the cookie.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct SessionInfo {
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub user_id: UserId,
    pub name: String,
    pub email: String,
    /// Nothing else opens before `POST auth/second-factor`.
    pub second_factor_required: bool,
    /// What `X-CommDesk-Workspace` may name.
    pub workspaces: Vec<String>,
}

/// What was done with a mailed link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct LinkDone {
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub purpose: LinkPurpose,
    pub password_set: bool,
}

/// Said the same way for every address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Accepted {
    pub message: String,
}

impl Accepted {
    /// The answer to a forgotten password.
    pub fn forgotten() -> Self {
        Self { message: "If the address has an account, a mail with a link is on its way. It arrives within a minute.".into() }
    }

    pub fn signed_out() -> Self {
        Self { message: "You are signed out.".into() }
    }
}
