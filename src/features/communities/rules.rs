//! What a sign-up must hold, and how a community moves from one status to the next.
//!
//! Promises: a status changes only by a fact that is built here, along the arrows below; the same parse serves the form,
//! REST and the browser. Does not know who may decide (`policy`) or what was looked up (`jobs`).
//!
//! ```text
//! pending → under_review → approved → active
//!    ↘          ↘             ↘         ↘
//!     rejected   rejected      suspended suspended → approved (lifted)
//! ```

use crate::kernel::{
    actor::CommunityStatus,
    error::Refusal,
    fact::{Fact, Statement},
    fields::{Check, FieldErrors},
    ids::{CommunityId, UserId},
    labels::{CommunityType, labels},
    text::{Email, Line, Paragraph, PersonName, Phone, Slug, WebUrl},
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeMap;

/// The most characters of a bio.
pub const BIO_LONGEST: usize = 2_000;
/// The most characters of what staff write when they decide.
pub const REASON_LONGEST: usize = 1_000;

labels! {
    /// Where a community talks, by the key of the wire.
    Network, "a network" {
        Github = "github",
        Discord = "discord",
        X = "x",
        Linkedin = "linkedin",
        Youtube = "youtube",
        Instagram = "instagram",
    }

    /// What staff can say about a community, by the key of the wire.
    Decision, "a decision" {
        Approve = "approved",
        Reject = "rejected",
        AskMore = "more_asked",
        Suspend = "suspended",
    }
}

impl Network {
    /// For people.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Github => "GitHub",
            Self::Discord => "Discord",
            Self::X => "X",
            Self::Linkedin => "LinkedIn",
            Self::Youtube => "YouTube",
            Self::Instagram => "Instagram",
        }
    }

    /// The hosts that an address there may have, with or without something in front.
    const fn hosts(self) -> &'static [&'static str] {
        match self {
            Self::Github => &["github.com"],
            Self::Discord => &["discord.gg", "discord.com"],
            Self::X => &["x.com", "twitter.com"],
            Self::Linkedin => &["linkedin.com"],
            Self::Youtube => &["youtube.com", "youtu.be"],
            Self::Instagram => &["instagram.com"],
        }
    }

    /// Is this an address at the network?
    fn holds(self, url: &WebUrl) -> bool {
        self.hosts()
            .iter()
            .any(|host| url.host() == *host || url.host().strip_suffix(host).is_some_and(|front| front.ends_with('.')))
    }
}

// ── Signing up ──────────────────────────────────────────────────────────────────────────────────────────────────────

/// A sign-up as it is typed or sent. A password that somebody sends along is not even read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct SignupInput {
    pub name: String,
    pub bio: String,
    /// Recommended: without one there is little to check.
    pub website: String,
    pub community_type: String,
    pub country: String,
    pub city: String,
    pub official_email: String,
    /// With the country's code: `+91 98765 43210`.
    pub phone: String,
    pub social_links: SocialLinksInput,
    pub owner: OwnerInput,
}

/// Addresses of the community elsewhere, each optional.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct SocialLinksInput {
    pub github: String,
    pub discord: String,
    pub x: String,
    pub linkedin: String,
    pub youtube: String,
    pub instagram: String,
}

impl SocialLinksInput {
    pub fn get(&self, network: Network) -> &str {
        match network {
            Network::Github => &self.github,
            Network::Discord => &self.discord,
            Network::X => &self.x,
            Network::Linkedin => &self.linkedin,
            Network::Youtube => &self.youtube,
            Network::Instagram => &self.instagram,
        }
    }

    pub fn set(&mut self, network: Network, address: String) {
        match network {
            Network::Github => self.github = address,
            Network::Discord => self.discord = address,
            Network::X => self.x = address,
            Network::Linkedin => self.linkedin = address,
            Network::Youtube => self.youtube = address,
            Network::Instagram => self.instagram = address,
        }
    }
}

/// Who the first account is for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct OwnerInput {
    pub full_name: String,
    pub email: String,
}

/// A sign-up that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signup {
    pub name: Line,
    pub bio: Paragraph,
    pub website: Option<WebUrl>,
    pub community_type: CommunityType,
    pub country: Line,
    pub city: Line,
    pub official_email: Email,
    pub phone: Phone,
    pub links: Links,
    pub owner_name: PersonName,
    pub owner_email: Email,
}

/// Addresses elsewhere, by network; only those that were given.
pub type Links = BTreeMap<String, String>;

impl SignupInput {
    /// # Errors
    /// Every problem, by the field's dotted path.
    pub fn parse(&self) -> Result<Signup, FieldErrors> {
        let mut check = Check::default();
        let name = check.take("name", Line::parse(&self.name, 2, 80, "community name"));
        if let Some(name) = &name {
            let letters = name.as_str().chars().any(char::is_alphanumeric);
            check.ensure("name", letters, "Enter a community name with letters in it.");
        }
        let bio = check.take("bio", Paragraph::parse(&self.bio, BIO_LONGEST, "bio"));
        if let Some(bio) = &bio {
            check.ensure("bio", !bio.is_empty(), "Say in a sentence or two what your community does and for whom.");
        }
        let website = match self.website.trim() {
            "" => Some(None),
            typed => check.take("website", WebUrl::parse(typed)).map(Some),
        };
        let community_type = check.take("communityType", CommunityType::parse(self.community_type.trim()));
        let country = check.take("country", Line::parse(&self.country, 2, 60, "country"));
        let city = check.take("city", Line::parse(&self.city, 1, 80, "city"));
        let official_email = check.take("officialEmail", Email::parse(&self.official_email));
        let phone = check.take("phone", Phone::parse(&self.phone));
        let links = self.parse_links(&mut check);
        let owner_name = check.take("owner.fullName", PersonName::parse(&self.owner.full_name));
        let owner_email = check.take("owner.email", Email::parse(&self.owner.email));
        check.finish()?;
        let all = (|| {
            Some(Signup {
                name: name?,
                bio: bio?,
                website: website?,
                community_type: community_type?,
                country: country?,
                city: city?,
                official_email: official_email?,
                phone: phone?,
                links,
                owner_name: owner_name?,
                owner_email: owner_email?,
            })
        })();
        Ok(all.expect("a part that is missing was noted as a problem"))
    }

    fn parse_links(&self, check: &mut Check) -> Links {
        let mut links = Links::new();
        for network in Network::ALL {
            let typed = self.social_links.get(*network).trim();
            if typed.is_empty() {
                continue;
            }
            let path = format!("socialLinks.{}", network.label());
            if let Some(url) = check.take(&path, WebUrl::parse(typed)) {
                if network.holds(&url) {
                    links.insert(network.label().to_owned(), url.into_string());
                } else {
                    let example = network.hosts()[0];
                    check.add(
                        &path,
                        format!("This is not an address at {}. Enter one like https://{example}/apex-circle.", network.name()),
                    );
                }
            }
        }
        links
    }
}

/// Slugs to try, fifty a batch: `apex-circle`, `apex-circle-2`, …
pub fn slug_candidates(base: &Slug, batch: u32) -> Vec<Slug> {
    const BATCH: u32 = 50;
    let from = batch * BATCH + 1;
    (from..from + BATCH).map(|number| if number == 1 { base.clone() } else { base.numbered(number) }).collect()
}

/// A decision as it is typed or sent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct DecisionInput {
    /// `approved`, `rejected`, `more_asked` or `suspended`.
    pub status: String,
    /// Mailed to the owner. Needed for all but `approved`.
    pub reason: String,
}

impl DecisionInput {
    /// # Errors
    /// An unknown decision, or one without the reason that it needs.
    pub fn parse(&self) -> Result<(Decision, Paragraph), FieldErrors> {
        let mut check = Check::default();
        let decision = check.take("status", Decision::parse(self.status.trim()));
        let reason = check.take("reason", Paragraph::parse(&self.reason, REASON_LONGEST, "reason"));
        if let (Some(decision), Some(reason)) = (decision, &reason) {
            let missing = match decision {
                Decision::Approve => "",
                Decision::Reject => "Say why, so that they understand it.",
                Decision::AskMore => "Say what you need to know.",
                Decision::Suspend => "Say why, and what would lift it.",
            };
            check.ensure("reason", missing.is_empty() || !reason.is_empty(), missing);
        }
        check.finish()?;
        let both = decision.zip(reason);
        Ok(both.expect("a part that is missing was noted as a problem"))
    }
}

// ── Status ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/// A community as its transitions see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Community {
    pub id: CommunityId,
    pub name: String,
    pub status: CommunityStatus,
}

/// A community has signed up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registered {
    id: CommunityId,
    owner: UserId,
    name: String,
    official_email: String,
    owner_name: String,
    owner_email: String,
}

impl Registered {
    pub fn new(id: CommunityId, owner: UserId, signup: &Signup) -> Self {
        Self {
            id,
            owner,
            name: signup.name.to_string(),
            official_email: signup.official_email.to_string(),
            owner_name: signup.owner_name.to_string(),
            owner_email: signup.owner_email.to_string(),
        }
    }

    pub const fn id(&self) -> CommunityId {
        self.id
    }

    pub const fn owner(&self) -> UserId {
        self.owner
    }
}

impl Fact for Registered {
    fn statement(&self) -> Statement {
        Statement {
            room: "communities",
            name: "community_registered",
            subject: self.id.into(),
            about: vec![self.owner.into()],
            payload: json!({"owner": self.owner, "status": CommunityStatus::Pending}),
            private: Some(json!({
                "name": self.name,
                "officialEmail": self.official_email,
                "ownerName": self.owner_name,
                "ownerEmail": self.owner_email,
            })),
        }
    }
}

/// The sign-up was looked at by the machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    id: CommunityId,
    score: u32,
    /// Kind and result of every check.
    results: BTreeMap<String, String>,
}

impl Checked {
    pub fn new(id: CommunityId, score: u32, results: BTreeMap<String, String>) -> Self {
        Self { id, score, results }
    }

    pub const fn id(&self) -> CommunityId {
        self.id
    }

    /// 0 to 100.
    pub const fn score(&self) -> u32 {
        self.score
    }
}

impl Fact for Checked {
    fn statement(&self) -> Statement {
        Statement {
            room: "communities",
            name: "community_checked",
            subject: self.id.into(),
            about: vec![],
            payload: json!({"score": self.score, "results": self.results}),
            private: None,
        }
    }
}

/// The owner followed the link in the mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmailVerified {
    id: CommunityId,
    owner: UserId,
}

impl Fact for EmailVerified {
    fn statement(&self) -> Statement {
        Statement {
            room: "communities",
            name: "community_email_verified",
            subject: self.id.into(),
            about: vec![self.owner.into()],
            payload: json!({"owner": self.owner}),
            private: None,
        }
    }
}

/// From one status to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    id: CommunityId,
    from: CommunityStatus,
    to: CommunityStatus,
    name: String,
    /// What staff wrote; empty where nobody did.
    reason: String,
}

impl Moved {
    pub const fn id(&self) -> CommunityId {
        self.id
    }

    pub const fn from(&self) -> CommunityStatus {
        self.from
    }

    pub const fn to(&self) -> CommunityStatus {
        self.to
    }

    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// Did staff decide it?
    pub const fn is_decision(&self) -> bool {
        matches!(self.to, CommunityStatus::Approved | CommunityStatus::Rejected | CommunityStatus::Suspended)
    }
}

impl Fact for Moved {
    fn statement(&self) -> Statement {
        Statement {
            room: "communities",
            name: match self.to {
                CommunityStatus::Pending => "community_registered",
                CommunityStatus::UnderReview => "community_under_review",
                CommunityStatus::Approved => "community_approved",
                CommunityStatus::Active => "community_activated",
                CommunityStatus::Rejected => "community_rejected",
                CommunityStatus::Suspended => "community_suspended",
            },
            subject: self.id.into(),
            about: vec![],
            payload: json!({"from": self.from, "to": self.to}),
            private: Some(json!({"name": self.name, "reason": self.reason})),
        }
    }
}

/// Staff want to know more before they decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MoreAsked {
    id: CommunityId,
    status: CommunityStatus,
    name: String,
    question: String,
}

impl MoreAsked {
    pub const fn id(&self) -> CommunityId {
        self.id
    }

    pub const fn status(&self) -> CommunityStatus {
        self.status
    }

    pub fn question(&self) -> &str {
        &self.question
    }
}

impl Fact for MoreAsked {
    fn statement(&self) -> Statement {
        Statement {
            room: "communities",
            name: "community_more_asked",
            subject: self.id.into(),
            about: vec![],
            payload: json!({"status": self.status}),
            private: Some(json!({"name": self.name, "reason": self.question})),
        }
    }
}

impl Community {
    fn moved(&self, to: CommunityStatus, reason: &str) -> Moved {
        Moved { id: self.id, from: self.status, to, name: self.name.clone(), reason: reason.to_owned() }
    }

    /// The owner proved the mailbox: staff can look at it. Nothing to do once it was done.
    pub fn verify_email(&self, owner: UserId) -> Option<(EmailVerified, Moved)> {
        (self.status == CommunityStatus::Pending)
            .then(|| (EmailVerified { id: self.id, owner }, self.moved(CommunityStatus::UnderReview, "")))
    }

    /// Staff let it in, or lift a suspension.
    ///
    /// # Errors
    /// `EMAIL_NOT_VERIFIED` while pending; `ALREADY_DECIDED` otherwise.
    pub fn approve(&self, reason: &str) -> Result<Moved, Refusal> {
        match self.status {
            CommunityStatus::UnderReview | CommunityStatus::Suspended => Ok(self.moved(CommunityStatus::Approved, reason)),
            CommunityStatus::Pending => Err(Refusal::new(
                "EMAIL_NOT_VERIFIED",
                format!("The owner of {} has not confirmed the e-mail address yet. Approve it once they have.", self.name),
            )),
            CommunityStatus::Approved | CommunityStatus::Active | CommunityStatus::Rejected => Err(self.decided()),
        }
    }

    /// Staff turn it down.
    ///
    /// # Errors
    /// `ALREADY_DECIDED` when it is not waiting.
    pub fn reject(&self, reason: &str) -> Result<Moved, Refusal> {
        match self.status {
            CommunityStatus::Pending | CommunityStatus::UnderReview => Ok(self.moved(CommunityStatus::Rejected, reason)),
            _ => Err(self.decided()),
        }
    }

    /// Staff want to know more; it goes on waiting.
    ///
    /// # Errors
    /// `ALREADY_DECIDED` when it is not waiting.
    pub fn ask_more(&self, question: &str) -> Result<MoreAsked, Refusal> {
        match self.status {
            CommunityStatus::Pending | CommunityStatus::UnderReview => {
                Ok(MoreAsked { id: self.id, status: self.status, name: self.name.clone(), question: question.to_owned() })
            }
            _ => Err(self.decided()),
        }
    }

    /// Staff take it off the marketplace.
    ///
    /// # Errors
    /// `NOT_APPROVED` when it is not on it.
    pub fn suspend(&self, reason: &str) -> Result<Moved, Refusal> {
        if self.status.may_reach_out() {
            return Ok(self.moved(CommunityStatus::Suspended, reason));
        }
        Err(Refusal::new(
            "NOT_APPROVED",
            format!("{} is not on the marketplace ({}), so there is nothing to suspend.", self.name, spoken(self.status)),
        ))
    }

    /// The owner signed in: an approved community becomes active. Nothing to do in every other status.
    pub fn activate(&self) -> Option<Moved> {
        (self.status == CommunityStatus::Approved).then(|| self.moved(CommunityStatus::Active, ""))
    }

    /// Which decisions are open to staff now.
    pub fn open_decisions(&self) -> Vec<Decision> {
        Decision::ALL
            .iter()
            .copied()
            .filter(|decision| match decision {
                Decision::Approve => self.approve("").is_ok(),
                Decision::Reject => self.reject("").is_ok(),
                Decision::AskMore => self.ask_more("").is_ok(),
                Decision::Suspend => self.suspend("").is_ok(),
            })
            .collect()
    }

    fn decided(&self) -> Refusal {
        Refusal::new(
            "ALREADY_DECIDED",
            format!("{} is {} already. Load the page again to see what was decided.", self.name, spoken(self.status)),
        )
    }
}

/// A status as it reads for people.
pub const fn spoken(status: CommunityStatus) -> &'static str {
    match status {
        CommunityStatus::Pending => "waiting for its e-mail address to be confirmed",
        CommunityStatus::UnderReview => "under review",
        CommunityStatus::Approved => "approved",
        CommunityStatus::Active => "active",
        CommunityStatus::Rejected => "rejected",
        CommunityStatus::Suspended => "suspended",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn apex() -> SignupInput {
        SignupInput {
            name: "Apex Circle".into(),
            bio: "Student builders in Pune.".into(),
            website: "apexcircle.example".into(),
            community_type: "University club".into(),
            country: "India".into(),
            city: "Pune".into(),
            official_email: "Hello@ApexCircle.example".into(),
            phone: "+91 98765 43210".into(),
            social_links: SocialLinksInput { github: "github.com/apex".into(), ..SocialLinksInput::default() },
            owner: OwnerInput { full_name: "Ravi Kumar".into(), email: "ravi@apexcircle.example".into() },
        }
    }

    fn community(status: CommunityStatus) -> Community {
        Community { id: CommunityId(Uuid::from_u128(1)), name: "Apex Circle".into(), status }
    }

    #[test]
    fn a_good_sign_up_is_taken() {
        let signup = apex().parse().expect("nothing is wrong with it");
        assert_eq!(signup.official_email.as_str(), "Hello@apexcircle.example");
        assert_eq!(signup.phone.as_str(), "+919876543210");
        assert_eq!(signup.links["github"], "https://github.com/apex");
        assert_eq!(signup.website.map(WebUrl::into_string).as_deref(), Some("https://apexcircle.example/"));
        assert!(SignupInput { website: String::new(), ..apex() }.parse().is_ok_and(|s| s.website.is_none()));
    }

    #[test]
    fn every_problem_is_named_at_once() {
        let errors = SignupInput::default().parse().expect_err("nothing was typed");
        let fields: Vec<&str> = errors.0.keys().map(String::as_str).collect();
        assert_eq!(
            fields,
            ["bio", "city", "communityType", "country", "name", "officialEmail", "owner.email", "owner.fullName", "phone"]
        );
    }

    #[test]
    fn links_lead_where_they_say() {
        let mut input = apex();
        input.social_links.discord = "https://evil.example/discord.gg".into();
        input.social_links.linkedin = "https://in.linkedin.com/company/apex".into();
        input.social_links.x = "notx.com/apex".into();
        let errors = input.parse().expect_err("two lead elsewhere");
        assert_eq!(errors.0.keys().collect::<Vec<_>>(), ["socialLinks.discord", "socialLinks.x"]);
    }

    #[test]
    fn a_password_is_not_even_read() {
        let json = r#"{"name":"Apex","password":"secret","owner":{"fullName":"Ravi","email":"r@a.example","password":"x"}}"#;
        let input: SignupInput = serde_json::from_str(json).expect("unknown fields are skipped");
        assert!(!format!("{input:?}").contains("secret"));
        assert_eq!(input.owner.full_name, "Ravi");
    }

    #[test]
    fn decisions_need_their_reason() {
        let decide = |status: &str, reason: &str| DecisionInput { status: status.into(), reason: reason.into() }.parse();
        assert!(decide("approved", "").is_ok());
        for status in ["rejected", "more_asked", "suspended"] {
            assert!(decide(status, " ").expect_err("no reason").get("reason").is_some());
            assert!(decide(status, "Because.").is_ok());
        }
        assert!(decide("active", "x").expect_err("not staff's to say").get("status").is_some());
    }

    #[test]
    fn each_status_opens_its_own_decisions() {
        let open = |status| community(status).open_decisions();
        assert_eq!(open(CommunityStatus::Pending), [Decision::Reject, Decision::AskMore]);
        assert_eq!(open(CommunityStatus::UnderReview), [Decision::Approve, Decision::Reject, Decision::AskMore]);
        assert_eq!(open(CommunityStatus::Approved), [Decision::Suspend]);
        assert_eq!(open(CommunityStatus::Active), [Decision::Suspend]);
        assert_eq!(open(CommunityStatus::Rejected), []);
        assert_eq!(open(CommunityStatus::Suspended), [Decision::Approve]);
    }

    #[test]
    fn refusals_carry_stable_codes() {
        assert_eq!(community(CommunityStatus::Pending).approve("").expect_err("too early").code, "EMAIL_NOT_VERIFIED");
        assert_eq!(community(CommunityStatus::Active).reject("x").expect_err("too late").code, "ALREADY_DECIDED");
        assert_eq!(community(CommunityStatus::Rejected).suspend("x").expect_err("not on it").code, "NOT_APPROVED");
    }

    #[test]
    fn names_stay_out_of_the_chained_part() {
        let signup = apex().parse().expect("nothing is wrong with it");
        let said = Registered::new(CommunityId(Uuid::from_u128(1)), UserId(Uuid::from_u128(2)), &signup).statement();
        assert!(!said.payload.to_string().contains("Apex"));
        let moved = community(CommunityStatus::UnderReview).reject("Too little to go by.").expect("it waits").statement();
        assert_eq!(moved.name, "community_rejected");
        assert!(!moved.payload.to_string().contains("little"));
    }

    proptest! {
        /// Nobody reaches the marketplace without a confirmed address and a person's decision, and nothing leaves
        /// `rejected`.
        #[test]
        fn no_walk_goes_round_the_review(steps in prop::collection::vec(0_u8..6, 0..30)) {
            let mut now = community(CommunityStatus::Pending);
            let (mut verified, mut approved) = (false, false);
            for step in steps {
                let moved = match step {
                    0 => now.verify_email(UserId(Uuid::from_u128(2))).map(|(_, moved)| { verified = true; moved }),
                    1 => now.approve("").ok().inspect(|_| approved = true),
                    2 => now.reject("x").ok(),
                    3 => now.suspend("x").ok(),
                    4 => now.activate(),
                    _ => { let _ = now.ask_more("x"); None }
                };
                if let Some(moved) = moved {
                    prop_assert_eq!(moved.from(), now.status);
                    prop_assert_ne!(now.status, CommunityStatus::Rejected);
                    now.status = moved.to();
                }
                if now.status.may_reach_out() {
                    prop_assert!(verified && approved);
                }
            }
        }
    }
}
