//! What a sign-up must hold, and how a community moves from one status to the next.
//!
//! Promises: a status changes only by a fact that is built here, along the arrows below; the same parse serves the form,
//! REST and the browser. Does not know who may decide (`policy`) or what was looked up (`jobs`).
//!
//! ```text
//! pending → under_review → approved → active
//!    ↘          ↘             ↘         ↘
//!     rejected   rejected      suspended suspended → approved (restored)
//! ```

use crate::kernel::{
    actor::CommunityStatus,
    error::Refusal,
    fact::{Fact, Statement},
    fields::{Answers, Check, FieldErrors},
    ids::{CommunityId, LogoId, UserId},
    labels::{CommunityType, Region, labels},
    pictures,
    text::{Email, Line, Paragraph, PersonName, Phone, Slug, WebUrl, isolated},
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
        Restore = "restored",
    }

    /// How many people a community reaches.
    CommunitySize, "a size" {
        UpTo50 = "Up to 50",
        UpTo200 = "51 to 200",
        UpTo1000 = "201 to 1,000",
        UpTo5000 = "1,001 to 5,000",
        More = "More than 5,000",
    }
}

/// The most languages that a community names.
pub const MOST_LANGUAGES: usize = 10;

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
    /// One of the regions; may be left open.
    pub region: String,
    /// In which it meets and writes, at most 10.
    pub languages: Vec<String>,
    /// One of the sizes; may be left open.
    pub size: String,
    pub official_email: String,
    /// With the country's code: `+91 98765 43210`.
    pub phone: String,
    pub social_links: SocialLinksInput,
    pub owner: OwnerInput,
}

/// What a community says about itself, as it is typed or sent. Everything is sent: what is empty becomes empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "server", schema(as = CommunityProfileInput))]
pub struct ProfileInput {
    pub name: String,
    pub bio: String,
    pub website: String,
    pub community_type: String,
    pub country: String,
    pub city: String,
    pub region: String,
    pub languages: Vec<String>,
    pub size: String,
    pub official_email: String,
    pub phone: String,
    pub social_links: SocialLinksInput,
    /// The version that was edited.
    pub version: i32,
}

/// What the list of communities is narrowed by.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListAsk {
    pub community_type: Option<CommunityType>,
    pub region: Option<Region>,
    pub country: Option<String>,
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
    /// As a form has them.
    pub fn typed(typed: &dyn Answers) -> Self {
        let mut links = Self::default();
        for network in Network::ALL {
            links.set(*network, typed.owned(&format!("socialLinks.{}", network.label())));
        }
        links
    }

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

/// What a community says about itself, looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Details {
    pub name: Line,
    pub bio: Paragraph,
    pub website: Option<WebUrl>,
    pub community_type: CommunityType,
    pub country: Line,
    pub city: Line,
    pub region: Option<Region>,
    pub languages: Vec<String>,
    pub size: Option<CommunitySize>,
    pub official_email: Email,
    pub phone: Phone,
    pub links: Links,
}

/// A sign-up that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signup {
    pub details: Details,
    pub owner_name: PersonName,
    pub owner_email: Email,
}

/// Addresses elsewhere, by network; only those that were given.
pub type Links = BTreeMap<String, String>;

/// What is wrong with a sign-up as it was typed: said by the browser before it sends the form, and by the server.
pub fn signup_problems(typed: &dyn Answers) -> FieldErrors {
    let mut problems = SignupInput::typed(typed).parse().err().unwrap_or_default();
    if typed.chosen("logo") > pictures::MAX_BYTES {
        problems.add("logo", pictures::too_heavy());
    }
    problems
}

impl SignupInput {
    /// As the form has it.
    pub fn typed(typed: &dyn Answers) -> Self {
        let profile = ProfileInput::typed(typed);
        Self {
            name: profile.name,
            bio: profile.bio,
            website: profile.website,
            community_type: profile.community_type,
            country: profile.country,
            city: profile.city,
            region: profile.region,
            languages: profile.languages,
            size: profile.size,
            official_email: profile.official_email,
            phone: profile.phone,
            social_links: profile.social_links,
            owner: OwnerInput { full_name: typed.owned("owner.fullName"), email: typed.owned("owner.email") },
        }
    }

    /// # Errors
    /// Every problem, by the field's dotted path.
    pub fn parse(&self) -> Result<Signup, FieldErrors> {
        let mut check = Check::default();
        let profile = ProfileInput {
            name: self.name.clone(),
            bio: self.bio.clone(),
            website: self.website.clone(),
            community_type: self.community_type.clone(),
            country: self.country.clone(),
            city: self.city.clone(),
            region: self.region.clone(),
            languages: self.languages.clone(),
            size: self.size.clone(),
            official_email: self.official_email.clone(),
            phone: self.phone.clone(),
            social_links: self.social_links.clone(),
            version: 0,
        };
        let details = profile.read(&mut check);
        let owner_name = check.take("owner.fullName", PersonName::parse(&self.owner.full_name));
        let owner_email = check.take("owner.email", Email::parse(&self.owner.email));
        check.finish()?;
        let all = (|| Some(Signup { details: details?, owner_name: owner_name?, owner_email: owner_email? }))();
        Ok(all.expect("a part that is missing was noted as a problem"))
    }
}

impl ProfileInput {
    /// As its form has it, and that of a sign-up, which has no version.
    pub fn typed(typed: &dyn Answers) -> Self {
        Self {
            name: typed.owned("name"),
            bio: typed.owned("bio"),
            website: typed.owned("website"),
            community_type: typed.owned("communityType"),
            country: typed.owned("country"),
            city: typed.owned("city"),
            region: typed.owned("region"),
            languages: typed.all("languages"),
            size: typed.owned("size"),
            official_email: typed.owned("officialEmail"),
            phone: typed.owned("phone"),
            social_links: SocialLinksInput::typed(typed),
            version: typed.owned("version").parse().unwrap_or_default(),
        }
    }

    /// # Errors
    /// Every problem, by the field's dotted path.
    pub fn parse(&self) -> Result<Details, FieldErrors> {
        let mut check = Check::default();
        let details = self.read(&mut check);
        check.finish()?;
        Ok(details.expect("a part that is missing was noted as a problem"))
    }

    fn read(&self, check: &mut Check) -> Option<Details> {
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
        let region = match self.region.trim() {
            "" => Some(None),
            typed => check.take("region", Region::parse(typed)).map(Some),
        };
        let languages = check.take("languages", read_languages(&self.languages));
        let size = match self.size.trim() {
            "" => Some(None),
            typed => check.take("size", CommunitySize::parse(typed)).map(Some),
        };
        let official_email = check.take("officialEmail", Email::parse(&self.official_email));
        let phone = check.take("phone", Phone::parse(&self.phone));
        let links = self.parse_links(check);
        Some(Details {
            name: name?,
            bio: bio?,
            website: website?,
            community_type: community_type?,
            country: country?,
            city: city?,
            region: region?,
            languages: languages?,
            size: size?,
            official_email: official_email?,
            phone: phone?,
            links,
        })
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

/// Languages, each once, in the order in which they were named; a text with commas is several.
fn read_languages(typed: &[String]) -> Result<Vec<String>, String> {
    let mut languages: Vec<String> = Vec::new();
    for word in typed.iter().flat_map(|text| text.split(',')).map(str::trim).filter(|word| !word.is_empty()) {
        let language = Line::parse(word, 2, 40, "language").map_err(|problem| problem.to_string())?;
        if !language.as_str().chars().all(|c| c.is_alphabetic() || matches!(c, ' ' | '-' | '(' | ')' | '\'')) {
            return Err(format!("“{word}” is no language. Write them like this: English, Hindi."));
        }
        if !languages.iter().any(|known| known.to_lowercase() == language.as_str().to_lowercase()) {
            languages.push(language.into_string());
        }
    }
    if languages.len() > MOST_LANGUAGES {
        return Err(format!("Name the {MOST_LANGUAGES} that matter most."));
    }
    Ok(languages)
}

/// Fifty slugs to try: `apex-circle`, `apex-circle-2`, …
pub fn slug_candidates(base: &Slug) -> Vec<Slug> {
    (1..=50).map(|number| if number == 1 { base.clone() } else { base.numbered(number) }).collect()
}

/// A decision as it is typed or sent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "server", schema(as = CommunityDecisionInput))]
pub struct DecisionInput {
    /// `approved`, `rejected`, `more_asked`, `suspended` or `restored`.
    pub status: String,
    /// Mailed to the owner. Needed for all but `approved` and `restored`.
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
                Decision::Approve | Decision::Restore => "",
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
            name: signup.details.name.to_string(),
            official_email: signup.details.official_email.to_string(),
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

/// Staff want the machine to look again. Any status: a website may have gone, too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChecksAsked {
    id: CommunityId,
}

impl ChecksAsked {
    pub const NAME: &'static str = "community_checks_asked";
}

impl Community {
    pub fn ask_checks(&self) -> ChecksAsked {
        ChecksAsked { id: self.id }
    }
}

impl Fact for ChecksAsked {
    fn statement(&self) -> Statement {
        Statement {
            room: "communities",
            name: Self::NAME,
            subject: self.id.into(),
            about: vec![],
            payload: json!({}),
            private: None,
        }
    }
}

/// The owner followed the link in the mail, or said yes on their home page.
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

/// What somebody answers who was asked whether a community is theirs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct RegistrationAnswer {
    /// `yes` or `no`.
    pub answer: String,
}

impl RegistrationAnswer {
    /// # Errors
    /// On `answer`, for everything but a yes and a no.
    pub fn parse(&self) -> Result<bool, FieldErrors> {
        match self.answer.as_str() {
            "yes" => Ok(true),
            "no" => Ok(false),
            _ => Err(FieldErrors::one("answer", "Say whether the community is yours: yes or no.")),
        }
    }
}

/// Whoever was named as the owner said that it is not theirs. It stays where it is, and staff turn it down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnerDeclined {
    id: CommunityId,
    owner: UserId,
}

impl OwnerDeclined {
    pub const fn id(&self) -> CommunityId {
        self.id
    }

    pub const fn owner(&self) -> UserId {
        self.owner
    }
}

impl Fact for OwnerDeclined {
    fn statement(&self) -> Statement {
        Statement {
            room: "communities",
            name: "community_owner_declined",
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
                CommunityStatus::Approved if self.from == CommunityStatus::Suspended => "community_restored",
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

/// The community answered what staff asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    id: CommunityId,
    status: CommunityStatus,
    name: String,
    answer: String,
}

impl Answered {
    pub const fn id(&self) -> CommunityId {
        self.id
    }

    pub const fn status(&self) -> CommunityStatus {
        self.status
    }
}

impl Fact for Answered {
    fn statement(&self) -> Statement {
        Statement {
            room: "communities",
            name: "community_answered",
            subject: self.id.into(),
            about: vec![],
            payload: json!({"status": self.status}),
            private: Some(json!({"name": self.name, "reason": self.answer})),
        }
    }
}

/// What is stored of a profile, in the form in which an edit is compared with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    pub name: String,
    pub bio: String,
    pub website: String,
    pub community_type: String,
    pub country: String,
    pub city: String,
    pub region: String,
    pub languages: Vec<String>,
    pub size: String,
    pub official_email: String,
    pub phone: String,
    pub links: Links,
    pub logo: Option<LogoId>,
}

impl Stored {
    /// As the details are stored.
    pub fn of(details: &Details, logo: Option<LogoId>) -> Self {
        Self {
            name: details.name.to_string(),
            bio: details.bio.as_str().to_owned(),
            website: details.website.as_ref().map_or(String::new(), |url| url.as_str().to_owned()),
            community_type: details.community_type.label().to_owned(),
            country: details.country.to_string(),
            city: details.city.to_string(),
            region: details.region.map(Region::label).unwrap_or_default().to_owned(),
            languages: details.languages.clone(),
            size: details.size.map(CommunitySize::label).unwrap_or_default().to_owned(),
            official_email: details.official_email.key(),
            phone: details.phone.as_str().to_owned(),
            links: details.links.clone(),
            logo,
        }
    }

    /// The fields in which the two differ, by their names on the wire.
    fn differing(&self, other: &Self) -> Vec<&'static str> {
        let pairs = [
            ("name", self.name != other.name),
            ("bio", self.bio != other.bio),
            ("website", self.website != other.website),
            ("communityType", self.community_type != other.community_type),
            ("country", self.country != other.country),
            ("city", self.city != other.city),
            ("region", self.region != other.region),
            ("languages", self.languages != other.languages),
            ("size", self.size != other.size),
            ("officialEmail", self.official_email != other.official_email),
            ("phone", self.phone != other.phone),
            ("socialLinks", self.links != other.links),
            ("logo", self.logo != other.logo),
        ];
        pairs.into_iter().filter_map(|(name, differs)| differs.then_some(name)).collect()
    }
}

/// The community changed what it says about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileEdited {
    id: CommunityId,
    from_version: i32,
    changed: Vec<&'static str>,
    profile: Stored,
}

impl ProfileEdited {
    pub const NAME: &'static str = "community_profile_edited";

    pub const fn id(&self) -> CommunityId {
        self.id
    }

    pub const fn from_version(&self) -> i32 {
        self.from_version
    }

    pub const fn profile(&self) -> &Stored {
        &self.profile
    }
}

/// Do these changes make the machine look again?
pub fn needs_checks(changed: &[&str]) -> bool {
    changed.iter().any(|name| ["name", "bio", "website", "officialEmail"].contains(name))
}

impl Fact for ProfileEdited {
    fn statement(&self) -> Statement {
        Statement {
            room: "communities",
            name: Self::NAME,
            subject: self.id.into(),
            about: vec![],
            payload: json!({"changed": self.changed, "version": self.from_version + 1}),
            private: Some(json!({"name": self.profile.name})),
        }
    }
}

impl Community {
    /// Changes what it says about itself; nothing when nothing is different. `seen` is the version that the editor had
    /// before them, `version` the one that is stored.
    ///
    /// # Errors
    /// `VERSION_CONFLICT`; `REJECTED`.
    pub fn edit_profile(&self, seen: i32, version: i32, old: &Stored, new: Stored) -> Result<Option<ProfileEdited>, Refusal> {
        if self.status == CommunityStatus::Rejected {
            return Err(Refusal::new(
                "REJECTED",
                format!(
                    "{} was not approved, so its profile stays as it is. Sign up again when what was missing is there.",
                    isolated(&self.name)
                ),
            ));
        }
        if seen != version {
            return Err(Refusal::new(
                "VERSION_CONFLICT",
                "Somebody saved this profile after you opened it. Nothing was overwritten, and your text is still here: open the profile \
                 in another tab, compare the two, then save again.",
            ));
        }
        let changed = old.differing(&new);
        Ok((!changed.is_empty()).then_some(ProfileEdited { id: self.id, from_version: version, changed, profile: new }))
    }

    /// Answers what staff asked; it goes on waiting, at its old place in the queue.
    ///
    /// # Errors
    /// `NOTHING_ASKED` when nobody waits for an answer.
    pub fn answer(&self, is_asked: bool, answer: &str) -> Result<Answered, Refusal> {
        let waits = matches!(self.status, CommunityStatus::Pending | CommunityStatus::UnderReview);
        if waits && is_asked {
            return Ok(Answered { id: self.id, status: self.status, name: self.name.clone(), answer: answer.to_owned() });
        }
        Err(Refusal::new(
            "NOTHING_ASKED",
            format!("Nobody waits for an answer of {}. Its profile can be edited at any time.", isolated(&self.name)),
        ))
    }

    /// Staff lift a suspension: it is approved again, and active once its owner signs in.
    ///
    /// # Errors
    /// `NOT_SUSPENDED` in every other status.
    pub fn restore(&self, reason: &str) -> Result<Moved, Refusal> {
        match self.status {
            CommunityStatus::Suspended => Ok(self.moved(CommunityStatus::Approved, reason)),
            _ => Err(Refusal::new(
                "NOT_SUSPENDED",
                format!("{} is {}, so there is no suspension to lift.", isolated(&self.name), spoken(self.status)),
            )),
        }
    }

    fn moved(&self, to: CommunityStatus, reason: &str) -> Moved {
        Moved { id: self.id, from: self.status, to, name: self.name.clone(), reason: reason.to_owned() }
    }

    /// The owner proved the mailbox: staff can look at it. Nothing to do once it was done.
    pub fn verify_email(&self, owner: UserId) -> Option<(EmailVerified, Moved)> {
        (self.status == CommunityStatus::Pending)
            .then(|| (EmailVerified { id: self.id, owner }, self.moved(CommunityStatus::UnderReview, "")))
    }

    /// The named owner says that it is not theirs. Nothing to do once somebody has said yes to it, or staff have decided.
    pub fn decline(&self, owner: UserId) -> Option<OwnerDeclined> {
        (self.status == CommunityStatus::Pending).then_some(OwnerDeclined { id: self.id, owner })
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
                format!(
                    "The owner of {} has not confirmed the e-mail address yet. Approve it once they have.",
                    isolated(&self.name)
                ),
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
            format!(
                "{} is not on the marketplace ({}), so there is nothing to suspend.",
                isolated(&self.name),
                spoken(self.status)
            ),
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
                // Lifting a suspension has a word of its own; `approved` does it too, for those who know only that.
                Decision::Approve => self.status != CommunityStatus::Suspended && self.approve("").is_ok(),
                Decision::Restore => self.restore("").is_ok(),
                Decision::Reject => self.reject("").is_ok(),
                Decision::AskMore => self.ask_more("").is_ok(),
                Decision::Suspend => self.suspend("").is_ok(),
            })
            .collect()
    }

    fn decided(&self) -> Refusal {
        Refusal::new(
            "ALREADY_DECIDED",
            format!("{} is {} already. Load the page again to see what was decided.", isolated(&self.name), spoken(self.status)),
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
            region: "South Asia".into(),
            languages: vec!["English, Marathi".into(), "english".into()],
            size: "51 to 200".into(),
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
        let details = signup.details;
        assert_eq!(details.official_email.as_str(), "Hello@apexcircle.example");
        assert_eq!(details.phone.as_str(), "+919876543210");
        assert_eq!(details.links["github"], "https://github.com/apex");
        assert_eq!(details.languages, ["English", "Marathi"]);
        assert_eq!(details.website.map(WebUrl::into_string).as_deref(), Some("https://apexcircle.example/"));
        assert!(SignupInput { website: String::new(), ..apex() }.parse().is_ok_and(|s| s.details.website.is_none()));
        let wrong = SignupInput { region: "Atlantis".into(), size: "Huge".into(), languages: vec!["C++".into()], ..apex() };
        assert_eq!(wrong.parse().expect_err("three are wrong").0.keys().collect::<Vec<_>>(), ["languages", "region", "size"]);
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
        assert_eq!(open(CommunityStatus::Suspended), [Decision::Restore]);
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

    #[test]
    fn only_what_waits_for_its_owner_can_be_declined() {
        let owner = UserId(Uuid::from_u128(2));
        for status in CommunityStatus::ALL {
            let it = community(status);
            assert_eq!(it.decline(owner).is_some(), status == CommunityStatus::Pending, "{}", status.label());
            assert_eq!(it.decline(owner).is_some(), it.verify_email(owner).is_some(), "{}", status.label());
        }
    }

    #[test]
    fn an_edit_names_what_changed_and_an_old_version_is_refused() {
        let details = apex().parse().expect("in order").details;
        let old = Stored::of(&details, None);
        let new = Stored { city: "Mumbai".into(), ..old.clone() };
        let it = community(CommunityStatus::Active);
        let edited = it.edit_profile(3, 3, &old, new.clone()).expect("the newest").expect("a change").statement();
        assert_eq!(edited.payload["changed"], serde_json::json!(["city"]));
        assert!(it.edit_profile(3, 3, &old, old.clone()).expect("the newest").is_none());
        assert_eq!(it.edit_profile(2, 3, &old, new.clone()).expect_err("old").code, "VERSION_CONFLICT");
        assert_eq!(community(CommunityStatus::Rejected).edit_profile(3, 3, &old, new).expect_err("rejected").code, "REJECTED");
        assert!(needs_checks(&["city", "website"]) && !needs_checks(&["city"]));
    }

    #[test]
    fn what_was_asked_is_answered_and_what_was_suspended_restored() {
        assert!(community(CommunityStatus::UnderReview).answer(true, "Two hundred.").is_ok());
        assert_eq!(community(CommunityStatus::UnderReview).answer(false, "x").expect_err("nobody asked").code, "NOTHING_ASKED");
        assert_eq!(community(CommunityStatus::Active).answer(true, "x").expect_err("decided").code, "NOTHING_ASKED");
        let lifted = community(CommunityStatus::Suspended).restore("").expect("suspended");
        assert_eq!((lifted.to(), lifted.statement().name), (CommunityStatus::Approved, "community_restored"));
        assert_eq!(community(CommunityStatus::Active).restore("").expect_err("active").code, "NOT_SUSPENDED");
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
