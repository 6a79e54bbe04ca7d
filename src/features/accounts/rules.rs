//! What is true of logins: how long a session and a link live, when a link opens, and the facts of this room.
//!
//! Pure: tokens, hashes and the clock are somebody else's. Facts have private fields and are built here only.

use crate::kernel::{
    actor::{Capability, Person, StaffRole},
    error::Refusal,
    fact::{Fact, Statement, Subject},
    ids::UserId,
    labels::labels,
};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use uuid::Uuid;

/// This room's name in facts.
const ROOM: &str = "accounts";

/// A session that nobody used for so long is over.
pub const SESSION_IDLE: TimeDelta = TimeDelta::hours(12);
/// A session is over so long after signing in, however busy it was.
pub const SESSION_LIFE: TimeDelta = TimeDelta::days(30);
/// "Last seen" is written at most so often.
pub const SEEN_EVERY: TimeDelta = TimeDelta::minutes(5);

/// What a mailed one-time link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkPurpose {
    /// The first password of a new login.
    Activate,
    /// A new password in place of a forgotten one.
    Reset,
    /// The address belongs to the person.
    VerifyEmail,
    /// The new address belongs to the person.
    ChangeEmail,
}

impl LinkPurpose {
    pub const ALL: [Self; 4] = [Self::Activate, Self::Reset, Self::VerifyEmail, Self::ChangeEmail];
    /// What a new password puts an end to: whoever asked for another address knew the old one.
    pub const ENDED_BY_PASSWORD: [Self; 3] = [Self::Activate, Self::Reset, Self::ChangeEmail];

    pub fn label(self) -> &'static str {
        match self {
            Self::Activate => "activate",
            Self::Reset => "reset",
            Self::VerifyEmail => "verify_email",
            Self::ChangeEmail => "change_email",
        }
    }

    pub fn parse(label: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.label() == label)
    }

    /// How long a link lives.
    pub fn lifetime(self) -> TimeDelta {
        match self {
            Self::Activate => TimeDelta::days(7),
            Self::Reset => TimeDelta::hours(1),
            Self::VerifyEmail | Self::ChangeEmail => TimeDelta::hours(24),
        }
    }

    /// The lifetime in words, for letters and pages.
    pub fn lifetime_label(self) -> &'static str {
        match self {
            Self::Activate => "7 days",
            Self::Reset => "1 hour",
            Self::VerifyEmail | Self::ChangeEmail => "24 hours",
        }
    }
}

/// A one-time link as it is stored; its token is known to nobody but the reader of the mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    pub id: Uuid,
    pub purpose: LinkPurpose,
    pub user: UserId,
    /// The address that it was mailed to.
    pub email: String,
    /// What following it says yes to, beside the address: an organization, a community.
    pub about: Option<Uuid>,
    pub expires_at: DateTime<Utc>,
    pub used_at: Option<DateTime<Utc>>,
    /// The address that the login has now.
    pub login_email: String,
    pub has_password: bool,
    pub suspended: bool,
}

impl Link {
    /// May this link still be used? Looking changes nothing.
    ///
    /// # Errors
    /// `LINK_USED` (used, or replaced by a newer one), `LINK_EXPIRED`, `SUSPENDED`.
    pub fn peek(&self, now: DateTime<Utc>) -> Result<(), Refusal> {
        if self.suspended {
            return Err(Refusal::new("SUSPENDED", SUSPENDED));
        }
        if self.used_at.is_some() {
            return Err(Refusal::new(
                "LINK_USED",
                if self.waits_at_home() {
                    "This link was already used, or has ended. What it asked waits on your home page, if you have not answered it."
                } else {
                    "This link was already used, or a newer one was sent. Use the newest mail, or ask for another link."
                },
            ));
        }
        if now >= self.expires_at {
            return Err(Refusal::new(
                "LINK_EXPIRED",
                if self.waits_at_home() {
                    "This link has expired. What it asked waits on your home page, if you have not answered it."
                } else {
                    "This link has expired. Ask for a new one; it arrives within a minute."
                },
            ));
        }
        Ok(())
    }

    /// Is what the link asks asked on its reader's home page too? Then another link is no way to answer it.
    pub fn waits_at_home(&self) -> bool {
        self.about.is_some()
    }

    /// Does this link's form ask for a password? A person who proves an address and has no password sets it right there.
    pub fn wants_password(&self) -> bool {
        match self.purpose {
            LinkPurpose::Activate | LinkPurpose::Reset => true,
            LinkPurpose::VerifyEmail => !self.has_password,
            LinkPurpose::ChangeEmail => false,
        }
    }

    /// Uses the link up. What follows from it depends on the purpose.
    ///
    /// # Errors
    /// As [`Link::peek`].
    pub fn consume(self, now: DateTime<Utc>) -> Result<UsedLink, Refusal> {
        self.peek(now)?;
        Ok(UsedLink { link: self, at: now })
    }
}

/// A link that was just used: the only way to a new password without the old one, or to a proven address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsedLink {
    link: Link,
    at: DateTime<Utc>,
}

impl UsedLink {
    pub fn link(&self) -> &Link {
        &self.link
    }

    pub fn at(&self) -> DateTime<Utc> {
        self.at
    }

    /// The password that was set behind the link; `None` for links that set none.
    pub fn password_set(&self) -> Option<PasswordSet> {
        let how = match self.link.purpose {
            LinkPurpose::Activate | LinkPurpose::VerifyEmail => PasswordHow::Activated,
            LinkPurpose::Reset => PasswordHow::Reset,
            LinkPurpose::ChangeEmail => return None,
        };
        Some(PasswordSet { user: self.link.user, how })
    }

    /// The address that the link proves, when it is the login's own.
    pub fn email_verified(&self) -> Option<EmailVerified> {
        (self.link.purpose != LinkPurpose::ChangeEmail && self.link.email == self.link.login_email).then(|| EmailVerified {
            user: self.link.user,
            email: self.link.email.clone(),
            about: self.link.about,
        })
    }

    /// The address that takes the old one's place.
    pub fn email_changed(&self) -> Option<EmailChanged> {
        (self.link.purpose == LinkPurpose::ChangeEmail).then(|| EmailChanged {
            user: self.link.user,
            old: self.link.login_email.clone(),
            new: self.link.email.clone(),
        })
    }
}

/// What somebody is told who may no longer sign in.
pub const SUSPENDED: &str = "This account is suspended. Write to us if you think that is a mistake.";

macro_rules! stated {
    ($fact:ident, $name:literal, |$this:ident| $user:expr, $payload:expr, $private:expr) => {
        impl $fact {
            pub const NAME: &'static str = $name;
        }

        impl Fact for $fact {
            fn statement(&self) -> Statement {
                let $this = self;
                Statement {
                    room: ROOM,
                    name: Self::NAME,
                    subject: Subject::from($user),
                    about: Vec::new(),
                    payload: $payload,
                    private: $private,
                }
            }
        }
    };
}

/// A login exists; it has no password yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserCreated {
    user: UserId,
    name: String,
    email: String,
}

impl UserCreated {
    pub fn new(user: UserId, name: &str, email: &str) -> Self {
        Self { user, name: name.to_owned(), email: email.to_owned() }
    }
}

stated!(UserCreated, "user_created", |f| f.user, json!({"userId": f.user}), Some(json!({"name": f.name, "email": f.email})));

/// Somebody typed the address of a login that was there already, into an application, a registration or a list. Nothing
/// follows from it: it says no more than that somebody did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserNamed {
    user: UserId,
    name: String,
    email: String,
}

impl UserNamed {
    pub fn new(user: UserId, name: &str, email: &str) -> Self {
        Self { user, name: name.to_owned(), email: email.to_owned() }
    }
}

stated!(UserNamed, "user_named", |f| f.user, json!({"userId": f.user}), Some(json!({"name": f.name, "email": f.email})));

/// Somebody signed in with their password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserSignedIn {
    user: UserId,
    device: String,
}

stated!(UserSignedIn, "user_signed_in", |f| f.user, json!({"userId": f.user}), Some(json!({"device": f.device})));

/// Somebody signed out of one session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserSignedOut {
    user: UserId,
}

impl UserSignedOut {
    pub fn new(user: UserId) -> Self {
        Self { user }
    }
}

stated!(UserSignedOut, "user_signed_out", |f| f.user, json!({"userId": f.user}), None::<Value>);

/// How a password came to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordHow {
    Activated,
    Reset,
    Changed,
}

impl PasswordHow {
    pub fn label(self) -> &'static str {
        match self {
            Self::Activated => "activated",
            Self::Reset => "reset",
            Self::Changed => "changed",
        }
    }
}

/// A password was set: the first, behind a reset link, or in place of the known one. Every other session ends with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasswordSet {
    user: UserId,
    how: PasswordHow,
}

impl PasswordSet {
    pub fn user(&self) -> UserId {
        self.user
    }
}

stated!(PasswordSet, "password_set", |f| f.user, json!({"userId": f.user, "how": f.how.label()}), None::<Value>);

/// The address was proven to be the person's; where the link was about something, they said yes to that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmailVerified {
    user: UserId,
    email: String,
    about: Option<Uuid>,
}

impl EmailVerified {
    fn payload(&self) -> Value {
        match self.about {
            Some(about) => json!({"userId": self.user, "about": about}),
            None => json!({"userId": self.user}),
        }
    }
}

stated!(EmailVerified, "user_email_verified", |f| f.user, f.payload(), Some(json!({"email": f.email})));

/// Somebody asked, with their password, for another address; the new one is not theirs until its link was followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmailChangeAsked {
    user: UserId,
    old: String,
    new: String,
}

stated!(EmailChangeAsked, "email_change_asked", |f| f.user, json!({"userId": f.user}), Some(json!({"old": f.old, "new": f.new})));

/// What puts an end to a change of address that somebody asked for before it: no link is made for it any more.
pub const ENDS_EMAIL_CHANGE: [&str; 5] =
    [PasswordSet::NAME, SessionsEnded::NAME, EmailChanged::NAME, UserSuspended::NAME, SecondFactorReset::NAME];

/// The login has another address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmailChanged {
    user: UserId,
    old: String,
    new: String,
}

impl EmailChanged {
    pub fn user(&self) -> UserId {
        self.user
    }

    pub fn new_address(&self) -> &str {
        &self.new
    }
}

stated!(EmailChanged, "email_changed", |f| f.user, json!({"userId": f.user}), Some(json!({"old": f.old, "new": f.new})));

/// A second factor was set up and confirmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecondFactorEnabled {
    user: UserId,
}

stated!(SecondFactorEnabled, "second_factor_enabled", |f| f.user, json!({"userId": f.user}), None::<Value>);

/// The second factor was turned off, with the password and a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecondFactorDisabled {
    user: UserId,
}

stated!(SecondFactorDisabled, "second_factor_disabled", |f| f.user, json!({"userId": f.user}), None::<Value>);

/// Whoever runs the platform took a second factor off that was lost; sessions end with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecondFactorReset {
    user: UserId,
}

stated!(SecondFactorReset, "second_factor_reset", |f| f.user, json!({"userId": f.user}), None::<Value>);

/// Somebody ended one session from another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRevoked {
    user: UserId,
    device: String,
}

impl SessionRevoked {
    pub fn new(user: UserId, device: &str) -> Self {
        Self { user, device: device.to_owned() }
    }
}

stated!(SessionRevoked, "session_revoked", |f| f.user, json!({"userId": f.user}), Some(json!({"device": f.device})));

/// A recovery code took the place of the second factor once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecoveryCodeUsed {
    user: UserId,
    left: i64,
}

impl RecoveryCodeUsed {
    pub fn new(user: UserId, left: i64) -> Self {
        Self { user, left }
    }
}

stated!(RecoveryCodeUsed, "recovery_code_used", |f| f.user, json!({"userId": f.user, "left": f.left}), None::<Value>);

/// All recovery codes were replaced by new ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecoveryCodesRenewed {
    user: UserId,
}

impl RecoveryCodesRenewed {
    pub fn new(user: UserId) -> Self {
        Self { user }
    }
}

stated!(RecoveryCodesRenewed, "recovery_codes_renewed", |f| f.user, json!({"userId": f.user}), None::<Value>);

/// A person works for the platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaffRoleGiven {
    user: UserId,
    role: StaffRole,
}

impl StaffRoleGiven {
    pub fn new(user: UserId, role: StaffRole) -> Self {
        Self { user, role }
    }
}

stated!(StaffRoleGiven, "staff_role_given", |f| f.user, json!({"userId": f.user, "role": f.role}), None::<Value>);

/// A person no longer works for the platform in this role; sessions end with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaffRoleTaken {
    user: UserId,
    role: StaffRole,
}

impl StaffRoleTaken {
    pub fn new(user: UserId, role: StaffRole) -> Self {
        Self { user, role }
    }
}

stated!(StaffRoleTaken, "staff_role_taken", |f| f.user, json!({"userId": f.user, "role": f.role}), None::<Value>);

/// Every session of a person ended at once, because they said so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionsEnded {
    user: UserId,
    sessions: u64,
}

impl SessionsEnded {
    pub fn new(user: UserId, sessions: u64) -> Self {
        Self { user, sessions }
    }
}

stated!(SessionsEnded, "sessions_ended", |f| f.user, json!({"userId": f.user, "sessions": f.sessions}), None::<Value>);

/// A login was shut by staff; its sessions and links are dead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserSuspended {
    user: UserId,
    reason: String,
}

stated!(UserSuspended, "user_suspended", |f| f.user, json!({"userId": f.user}), Some(json!({"reason": f.reason})));

/// A suspended login was opened again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserRestored {
    user: UserId,
}

stated!(UserRestored, "user_restored", |f| f.user, json!({"userId": f.user}), None::<Value>);

/// Somebody of the staff looked a login up by its address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserLookedUp {
    user: UserId,
}

impl UserLookedUp {
    pub fn new(user: UserId) -> Self {
        Self { user }
    }
}

stated!(UserLookedUp, "user_looked_up", |f| f.user, json!({"userId": f.user}), None::<Value>);

/// Is there still an admin of the platform once this login is shut, or no admin's? `admins` are those whose login is open.
///
/// # Errors
/// `LAST_ADMIN`.
pub fn keeps_an_admin(admins: &[UserId], shut: UserId) -> Result<(), Refusal> {
    if admins == [shut] {
        return Err(Refusal::new("LAST_ADMIN", "This is the last platform admin. Make somebody else one first."));
    }
    Ok(())
}

/// A login as the rules see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    pub user: UserId,
    pub name: String,
    pub email: String,
    pub has_password: bool,
    pub email_verified: bool,
    pub suspended: bool,
    /// A confirmed second factor.
    pub second_factor: bool,
    /// The last half minute that a code of the second factor was spent in.
    pub last_step: i64,
}

impl Login {
    /// The password was right.
    ///
    /// # Errors
    /// `SUSPENDED`, said only to somebody who knows the password.
    pub fn sign_in(&self, device: &str) -> Result<UserSignedIn, Refusal> {
        if self.suspended {
            return Err(Refusal::new("SUSPENDED", SUSPENDED));
        }
        Ok(UserSignedIn { user: self.user, device: device.to_owned() })
    }

    /// The current password was right.
    pub fn change_password(&self) -> PasswordSet {
        PasswordSet { user: self.user, how: PasswordHow::Changed }
    }

    /// The current password was right.
    ///
    /// # Errors
    /// `EMAIL_UNCHANGED` when it is the address of the login already.
    pub fn ask_email_change(&self, new: &str) -> Result<EmailChangeAsked, Refusal> {
        if self.email == new {
            return Err(Refusal::new(
                "EMAIL_UNCHANGED",
                "This is your address already. Enter the one that you want to change to.",
            ));
        }
        Ok(EmailChangeAsked { user: self.user, old: self.email.clone(), new: new.to_owned() })
    }

    /// The first code of the new secret was right.
    ///
    /// # Errors
    /// `SECOND_FACTOR_ON` when one is on already: a stolen session must not put its own in place.
    pub fn enable_second_factor(&self) -> Result<SecondFactorEnabled, Refusal> {
        if self.second_factor {
            return Err(Refusal::new("SECOND_FACTOR_ON", "Your second factor is on already. Enter a code from your app."));
        }
        Ok(SecondFactorEnabled { user: self.user })
    }

    /// The password and a code were right.
    ///
    /// # Errors
    /// `SECOND_FACTOR_OFF` when there is none; `SECOND_FACTOR_STAFF` for staff, who cannot work without one.
    pub fn disable_second_factor(&self, is_staff: bool) -> Result<SecondFactorDisabled, Refusal> {
        if !self.second_factor {
            return Err(Refusal::new("SECOND_FACTOR_OFF", "Your second factor is off already."));
        }
        if is_staff {
            return Err(Refusal::new("SECOND_FACTOR_STAFF", "Staff cannot work without a second factor, so it stays on."));
        }
        Ok(SecondFactorDisabled { user: self.user })
    }

    /// Whoever runs the platform was told that the second factor is lost.
    ///
    /// # Errors
    /// `SECOND_FACTOR_OFF` when there is none.
    pub fn reset_second_factor(&self) -> Result<SecondFactorReset, Refusal> {
        if !self.second_factor {
            return Err(Refusal::new("SECOND_FACTOR_OFF", "This account has no second factor."));
        }
        Ok(SecondFactorReset { user: self.user })
    }

    /// May a code of this half minute be spent? A code works once, and none from before the last one does.
    ///
    /// # Errors
    /// `CODE_USED`.
    pub fn spend_code(&self, step: u64) -> Result<i64, Refusal> {
        let step = i64::try_from(step).unwrap_or(i64::MAX);
        if step <= self.last_step {
            return Err(Refusal::new("CODE_USED", "This code was already used. Wait for the next one, at most half a minute."));
        }
        Ok(step)
    }

    /// # Errors
    /// `SUSPENDED` when it is already.
    pub fn suspend(&self, reason: &str) -> Result<UserSuspended, Refusal> {
        if self.suspended {
            return Err(Refusal::new("SUSPENDED", "This account is suspended already."));
        }
        Ok(UserSuspended { user: self.user, reason: reason.to_owned() })
    }

    /// # Errors
    /// `NOT_SUSPENDED`.
    pub fn restore(&self) -> Result<UserRestored, Refusal> {
        if !self.suspended {
            return Err(Refusal::new("NOT_SUSPENDED", "This account is not suspended."));
        }
        Ok(UserRestored { user: self.user })
    }
}

/// Must this person give (or first set up) a second factor before anything else?
pub fn owes_second_factor(person: &Person) -> bool {
    person.owes_second_factor()
}

labels! {
    /// What a workspace may ask a second factor for.
    Guarded, "what needs a second factor" {
        Accepting = "accepting",
        Inviting = "inviting",
        Publishing = "publishing",
        Events = "events",
        Opportunities = "opportunities",
        Partners = "partners",
        Profile = "profile",
        Keys = "keys",
        Money = "money",
        Signing = "signing",
    }
}

impl Guarded {
    /// The capability behind it: asked for in one place, where capabilities are.
    pub fn capability(self) -> Capability {
        match self {
            Self::Accepting => Capability::ActOnRequests,
            Self::Inviting => Capability::ManageMembers,
            Self::Publishing => Capability::PublishEvents,
            Self::Events => Capability::EditEvents,
            Self::Opportunities => Capability::ManageOpportunities,
            Self::Partners => Capability::ManagePartners,
            Self::Profile => Capability::EditProfile,
            Self::Keys => Capability::ManageSecurity,
            Self::Money => Capability::Finance,
            Self::Signing => Capability::Sign,
        }
    }

    /// As it reads after "Ask for a second factor before": "answering requests".
    pub fn words(self) -> &'static str {
        match self {
            Self::Accepting => "sending and answering requests",
            Self::Inviting => "inviting and changing people",
            Self::Publishing => "publishing, completing and archiving events",
            Self::Events => "writing and changing events",
            Self::Opportunities => "writing, opening and closing opportunities",
            Self::Partners => "changing who stands on events' pages",
            Self::Profile => "changing the profile",
            Self::Keys => "making API keys and changing these rules",
            Self::Money => "moving money",
            Self::Signing => "signing contracts",
        }
    }
}

/// What the security page calls a session: browser and system, as far as `User-Agent` says them. Nothing else of it is
/// kept.
pub fn device_name(user_agent: &str) -> String {
    // In this order: every later browser also claims to be the earlier ones' kin.
    let browser = [("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari")]
        .into_iter()
        .find_map(|(mark, name)| user_agent.contains(mark).then_some(name));
    let system = [
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ]
    .into_iter()
    .find_map(|(mark, name)| user_agent.contains(mark).then_some(name));
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => String::new(),
    }
}

/// The network that an address belongs to, coarse enough to be nobody's: 203.0.113.0/24, 2001:db8:1::/48. All that is kept
/// of where a session was used.
pub fn network_of(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(v4) => {
            let [a, b, c, _] = v4.octets();
            format!("{}/24", Ipv4Addr::new(a, b, c, 0))
        }
        IpAddr::V6(v6) => {
            let [a, b, c, ..] = v6.segments();
            format!("{}/48", Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0))
        }
    }
}

/// The address by which a network that was kept is looked up in a list of places: its first. No place is known more closely than
/// that, because nothing more is kept.
pub fn address_of(network: &str) -> Option<IpAddr> {
    network.split_once('/').and_then(|(first, _)| first.parse().ok())
}

/// Where a session was used, as far as it is known: the place if a list of places told it, and the network.
pub fn place_words(place: Option<&str>, network: &str) -> String {
    let place = place.unwrap_or("Unknown place");
    if network.is_empty() { place.to_owned() } else { format!("{place}, network {network}") }
}

/// Is a session of these times over?
pub fn session_is_over(created_at: DateTime<Utc>, last_seen_at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    now - last_seen_at >= SESSION_IDLE || now - created_at >= SESSION_LIFE
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::{Just, Strategy, any, prop_assert, prop_assert_eq, prop_oneof, proptest};

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + seconds, 0).expect("in range")
    }

    fn link(purpose: LinkPurpose, used: bool, has_password: bool) -> Link {
        Link {
            id: Uuid::nil(),
            purpose,
            user: UserId(Uuid::nil()),
            email: "asha@acme.example".into(),
            about: None,
            expires_at: at(0) + purpose.lifetime(),
            used_at: used.then(|| at(1)),
            login_email: "asha@acme.example".into(),
            has_password,
            suspended: false,
        }
    }

    fn login() -> Login {
        Login {
            user: UserId(Uuid::nil()),
            name: "Asha Rao".into(),
            email: "asha@acme.example".into(),
            has_password: true,
            email_verified: true,
            suspended: false,
            second_factor: true,
            last_step: 100,
        }
    }

    fn purposes() -> impl Strategy<Value = LinkPurpose> {
        prop_oneof![
            Just(LinkPurpose::Activate),
            Just(LinkPurpose::Reset),
            Just(LinkPurpose::VerifyEmail),
            Just(LinkPurpose::ChangeEmail)
        ]
    }

    proptest! {
        #[test]
        fn a_link_opens_exactly_while_it_is_unused_and_alive(purpose in purposes(), used: bool, suspended: bool, seconds in -10_i64..2_000_000) {
            let mut link = link(purpose, used, true);
            link.suspended = suspended;
            let alive = at(seconds) < link.expires_at;

            prop_assert_eq!(link.peek(at(seconds)).is_ok(), !used && !suspended && alive);
            prop_assert_eq!(link.clone().consume(at(seconds)).is_ok(), link.peek(at(seconds)).is_ok());
        }

        #[test]
        fn peeking_says_the_same_however_often(purpose in purposes(), used: bool, seconds in any::<i32>()) {
            let link = link(purpose, used, false);
            let first = link.peek(at(seconds.into()));
            for _ in 0..3 {
                prop_assert_eq!(&link.peek(at(seconds.into())), &first);
            }
        }

        #[test]
        fn a_link_sets_a_password_or_changes_the_address_never_both(purpose in purposes()) {
            let used = link(purpose, false, false).consume(at(0)).expect("alive");
            prop_assert!(used.password_set().is_some() != used.email_changed().is_some());
            prop_assert!(used.email_verified().is_none() || used.email_changed().is_none());
        }

        #[test]
        fn a_code_is_spent_once_and_never_backwards(steps in proptest::collection::vec(0_u64..200, 1..40)) {
            let mut login = login();
            let mut spent = Vec::new();
            for step in steps {
                if let Ok(step) = login.spend_code(step) {
                    login.last_step = step;
                    spent.push(step);
                }
            }
            prop_assert!(spent.windows(2).all(|pair| pair[0] < pair[1]));
        }

        #[test]
        fn no_use_keeps_a_session_alive_for_ever(gaps in proptest::collection::vec(1_i64..40_000, 1..200)) {
            let created = at(0);
            let mut seen = created;
            for gap in gaps {
                let now = seen + TimeDelta::seconds(gap);
                if session_is_over(created, seen, now) {
                    return Ok(());
                }
                seen = now;
            }
            prop_assert!(seen - created < SESSION_LIFE);
        }
    }

    #[test]
    fn lifetimes_are_those_that_were_promised() {
        let lives: Vec<_> = LinkPurpose::ALL.map(|p| (p.label(), p.lifetime().num_hours())).to_vec();
        assert_eq!(lives, [("activate", 168), ("reset", 1), ("verify_email", 24), ("change_email", 24)]);
        for purpose in LinkPurpose::ALL {
            assert_eq!(LinkPurpose::parse(purpose.label()), Some(purpose));
        }
    }

    #[test]
    fn a_dead_link_about_something_leads_to_where_that_is_asked_too() {
        for used in [true, false] {
            let plain = link(LinkPurpose::VerifyEmail, used, true);
            let about = Link { about: Some(Uuid::from_u128(1)), ..plain.clone() };
            let late = at(2 * 86_400);
            let (plain, about) = (plain.peek(late).expect_err("dead"), about.peek(late).expect_err("dead"));

            assert_eq!(plain.code, about.code);
            assert!(about.message.contains("home page") && !plain.message.contains("home page"));
        }
    }

    #[test]
    fn an_address_that_the_login_no_longer_has_is_not_verified_by_its_link() {
        let mut old = link(LinkPurpose::VerifyEmail, false, true);
        old.login_email = "asha@new.example".into();

        assert_eq!(old.consume(at(0)).expect("alive").email_verified(), None);
    }

    #[test]
    fn only_a_suspended_login_is_refused_and_restored() {
        let open = login();
        let shut = Login { suspended: true, ..login() };

        assert!(open.sign_in("").is_ok() && shut.sign_in("").is_err());
        assert!(open.suspend("spam").is_ok() && shut.suspend("spam").is_err());
        assert!(open.restore().is_err() && shut.restore().is_ok());
    }

    #[test]
    fn the_address_of_the_login_is_no_change() {
        assert!(login().ask_email_change("asha@acme.example").is_err());
        assert!(login().ask_email_change("asha@new.example").is_ok());
    }

    #[test]
    fn a_device_is_named_by_browser_and_system_only() {
        for (agent, name) in [
            ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox on Linux"),
            ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/126.0 Safari/537.36 Edg/126.0", "Edge on Windows"),
            ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Safari/604.1", "Safari on iPhone"),
            ("curl/8.5.0", ""),
        ] {
            assert_eq!(device_name(agent), name);
        }
    }

    #[test]
    fn of_an_address_only_the_network_is_kept() {
        for (address, network) in [
            ("203.0.113.77", "203.0.113.0/24"),
            ("::ffff:203.0.113.77", "203.0.113.0/24"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"),
        ] {
            assert_eq!(network_of(address.parse().expect("an address")), network);
            let first = address_of(network).expect("its first address");
            assert_eq!(network_of(first), network);
        }
        assert_eq!(address_of(""), None);
        assert_eq!(place_words(None, ""), "Unknown place");
        assert_eq!(place_words(None, "203.0.113.0/24"), "Unknown place, network 203.0.113.0/24");
        assert_eq!(place_words(Some("Pune, India"), "203.0.113.0/24"), "Pune, India, network 203.0.113.0/24");
    }

    #[test]
    fn staff_keep_their_second_factor_and_others_may_turn_it_off() {
        assert!(login().disable_second_factor(false).is_ok());
        assert_eq!(login().disable_second_factor(true).expect_err("staff").code, "SECOND_FACTOR_STAFF");
        assert!(Login { second_factor: false, ..login() }.disable_second_factor(false).is_err());
    }

    #[test]
    fn only_a_second_factor_that_is_there_is_reset() {
        assert!(login().reset_second_factor().is_ok());
        assert!(Login { second_factor: false, ..login() }.reset_second_factor().is_err());
    }

    #[test]
    fn a_second_factor_is_put_in_place_once() {
        assert!(login().enable_second_factor().is_err());
        assert!(Login { second_factor: false, ..login() }.enable_second_factor().is_ok());
    }
}
