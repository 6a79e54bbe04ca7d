//! What of a community crosses a wire. Labels and dates are ready to show; what the reader may not see is absent.

use super::{
    policy::{self, Audience, Field, shows},
    rules::{Decision, Links, Network, ProfileInput, spoken},
};
use crate::{
    features::organizations::{
        trust::{FriendlyTrust, FullTrust},
        views::CheckView,
    },
    kernel::{
        actor::CommunityStatus,
        ids::CommunityId,
        search::{FacetView, InsteadView},
        text::{initials, isolated},
    },
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// What other rooms need of a community.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CommunityBrief {
    pub id: CommunityId,
    pub slug: String,
    pub name: String,
    pub status: CommunityStatus,
    /// Of the object store; nothing where there is no logo.
    pub logo_key: Option<String>,
    pub country: String,
    pub city: String,
}

/// How to reach a community; only for those who may.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Contact {
    pub official_email: String,
    pub phone: String,
}

/// One address elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct LinkView {
    /// `github`, `discord`, …
    pub network: String,
    /// "GitHub".
    pub label: String,
    pub url: String,
}

/// The links in the order of the networks.
pub fn link_views(links: &Links) -> Vec<LinkView> {
    let view = |network: &Network| {
        let url = links.get(network.label())?;
        Some(LinkView { network: network.label().to_owned(), label: network.name().to_owned(), url: url.clone() })
    };
    Network::ALL.iter().filter_map(view).collect()
}

/// The answer to a sign-up. It is the same whether the owner's address was known or not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct SignupView {
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub community_id: CommunityId,
    pub slug: String,
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub status: CommunityStatus,
    pub next_step: String,
}

/// What became of a community that its owner was asked about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct RegistrationAnswered {
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub community_id: CommunityId,
    pub yours: bool,
    pub next_step: String,
}

impl RegistrationAnswered {
    pub fn new(community_id: CommunityId, yours: bool) -> Self {
        let next_step =
            if yours { policy::next_step(CommunityStatus::UnderReview) } else { "Nobody asks you about it again." }.to_owned();
        Self { community_id, yours, next_step }
    }
}

/// A community as somebody sees it: the parts that they may not see are absent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct CommunityView {
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub id: CommunityId,
    pub slug: String,
    pub name: String,
    /// Stands where there is no logo.
    pub initials: String,
    pub bio: String,
    pub logo_url: Option<String>,
    pub website: String,
    /// The website without its scheme.
    pub website_label: String,
    pub community_type: String,
    pub country: String,
    pub city: String,
    /// "Pune, India".
    pub place_label: String,
    /// "South Asia"; empty when it does not say.
    pub region: String,
    pub languages: Vec<String>,
    /// "51 to 200"; empty when it does not say.
    pub size: String,
    /// "Usually answers in 5 hours"; "New here" until it has answered three requests.
    pub answers_label: String,
    pub social_links: Vec<LinkView>,
    /// Is it on the marketplace?
    pub listed: bool,
    /// Is the reader one of its own people?
    pub is_own: bool,
    #[cfg_attr(feature = "server", schema(value_type = Option<String>))]
    pub status: Option<CommunityStatus>,
    pub contact: Option<Contact>,
    pub standing: Option<Standing>,
    /// What an edit must name; for its own people.
    pub version: Option<i32>,
    /// May the reader want nothing to do with it?
    #[serde(default)]
    pub can_block: bool,
}

/// A community in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct CommunityCard {
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub id: CommunityId,
    pub slug: String,
    pub name: String,
    pub logo_url: Option<String>,
    pub community_type: String,
    /// "Pune, India".
    pub place_label: String,
    pub region: String,
    pub languages: Vec<String>,
    /// "51 to 200"; empty when it does not say.
    pub size: String,
    /// The beginning of its words about itself.
    pub bio: String,
    /// "Usually answers in 5 hours".
    pub answers_label: String,
}

/// A page of the list of communities.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct CommunitiesView {
    pub items: Vec<CommunityCard>,
    pub next_cursor: Option<String>,
    /// Hand it back as `cursor` for the rows before these; absent at the beginning.
    pub previous_cursor: Option<String>,
    /// How many fit, exactly up to 2,000.
    pub total: i64,
    pub total_capped: bool,
    /// The words that were looked for instead, where one that was typed is nowhere.
    pub said_instead: Option<String>,
    /// Words that none has: those that are listed have others that begin so.
    pub said_begun: Vec<String>,
    /// What the list can be narrowed by. Absent for a moment after a start.
    pub facets: Vec<FacetView>,
    /// Where nothing fits: how many would without a part of what is asked for, or without several where one is not enough.
    pub without: Vec<InsteadView>,
    /// What is asked for, as an address has it.
    pub query: String,
}

/// How far a community has come: for its own people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Standing {
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub status: CommunityStatus,
    /// "Under review".
    pub status_label: String,
    /// `neutral`, `info`, `success`, `warning`, `danger`.
    pub tone: String,
    pub next_step: String,
    /// What staff want to know.
    pub more_asked: Option<String>,
    /// What staff wrote when they decided.
    pub decision_reason: Option<String>,
    /// Advice that makes the review quicker; only while it waits.
    #[cfg_attr(feature = "server", schema(value_type = Option<Object>))]
    pub advice: Option<FriendlyTrust>,
}

/// "Under review": a status at the head of a card.
pub fn status_label(status: CommunityStatus) -> &'static str {
    match status {
        CommunityStatus::Pending => "Waiting for the e-mail address",
        CommunityStatus::UnderReview => "Under review",
        CommunityStatus::Approved => "Approved",
        CommunityStatus::Active => "Active",
        CommunityStatus::Rejected => "Rejected",
        CommunityStatus::Suspended => "Suspended",
    }
}

/// The tone of a status's badge.
pub const fn status_tone(status: CommunityStatus) -> &'static str {
    match status {
        CommunityStatus::Pending => "warning",
        CommunityStatus::UnderReview => "info",
        CommunityStatus::Approved | CommunityStatus::Active => "success",
        CommunityStatus::Rejected => "neutral",
        CommunityStatus::Suspended => "danger",
    }
}

/// Everything that is stored of a community, for the views to choose from. Stays on the server.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    pub brief: CommunityBrief,
    pub bio: String,
    pub logo_url: Option<String>,
    pub website: String,
    pub community_type: String,
    pub region: String,
    pub languages: Vec<String>,
    pub size: String,
    /// How many requests it answered, and the median time that it took, in seconds.
    pub answers: (i32, Option<i64>),
    pub links: Links,
    pub official_email: String,
    /// Opened only for those who may see it.
    pub phone: String,
    pub more_asked: Option<String>,
    pub decision_reason: Option<String>,
    pub advice: Option<FriendlyTrust>,
    pub version: i32,
}

impl CommunityView {
    /// The parts of the profile that the audience sees.
    pub fn of(profile: &Profile, audience: Audience) -> Self {
        let brief = &profile.brief;
        let see = |field| shows(field, audience);
        let waits = matches!(brief.status, CommunityStatus::Pending | CommunityStatus::UnderReview);
        Self {
            id: brief.id,
            slug: brief.slug.clone(),
            name: brief.name.clone(),
            initials: initials(&brief.name),
            bio: profile.bio.clone(),
            logo_url: profile.logo_url.clone(),
            website_label: website_label(&profile.website),
            website: profile.website.clone(),
            community_type: profile.community_type.clone(),
            country: brief.country.clone(),
            city: brief.city.clone(),
            place_label: place_label(&brief.city, &brief.country),
            region: profile.region.clone(),
            languages: profile.languages.clone(),
            size: profile.size.clone(),
            answers_label: answers_label(profile.answers.0, profile.answers.1),
            social_links: link_views(&profile.links),
            listed: brief.status.may_reach_out(),
            is_own: matches!(audience, Audience::Itself | Audience::Member),
            can_block: false,
            version: matches!(audience, Audience::Itself | Audience::Member).then_some(profile.version),
            status: see(Field::Status).then_some(brief.status),
            contact: (see(Field::OfficialEmail) && see(Field::Phone))
                .then(|| Contact { official_email: profile.official_email.clone(), phone: profile.phone.clone() }),
            standing: see(Field::Status).then(|| Standing {
                status: brief.status,
                status_label: status_label(brief.status).to_owned(),
                tone: status_tone(brief.status).to_owned(),
                next_step: policy::next_step(brief.status).to_owned(),
                more_asked: profile.more_asked.clone().filter(|_| see(Field::Decision) && waits),
                decision_reason: profile.decision_reason.clone().filter(|_| see(Field::Decision)),
                advice: profile.advice.clone().filter(|_| see(Field::FriendlyTrust) && waits),
            }),
        }
    }
}

/// A community in the list of those on the marketplace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct CommunityRow {
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub id: CommunityId,
    pub slug: String,
    pub name: String,
    pub logo_url: Option<String>,
    pub community_type: String,
    pub country: String,
    pub city: String,
    pub region: String,
    pub languages: Vec<String>,
    pub size: String,
    pub answers_label: String,
}

/// A page of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct CommunityPage {
    pub items: Vec<CommunityRow>,
    pub next_cursor: Option<String>,
    pub total: i64,
    pub total_capped: bool,
}

/// "Pune, India"; a city that is a country of its own is said once.
pub fn place_label(city: &str, country: &str) -> String {
    if city == country || city.is_empty() { country.to_owned() } else { format!("{city}, {country}") }
}

/// How many answers it takes before their median says something.
pub const ANSWERS_NEEDED: i32 = 3;

/// "Usually answers in 5 hours"; "New here" until there are enough answers.
pub fn answers_label(count: i32, median_seconds: Option<i64>) -> String {
    let Some(seconds) = median_seconds.filter(|_| count >= ANSWERS_NEEDED) else { return "New here".to_owned() };
    let (number, unit) = match seconds.max(0) {
        0..=5_399 => return "Usually answers within an hour".to_owned(),
        5_400..=129_599 => ((seconds + 1_800) / 3_600, "hours"),
        _ => ((seconds + 43_200) / 86_400, "days"),
    };
    format!("Usually answers in {number} {unit}")
}

/// A website without its scheme and a lonely last slash.
fn website_label(website: &str) -> String {
    let short = website.split_once("://").map_or(website, |(_, rest)| rest);
    short.strip_suffix('/').filter(|host| !host.contains('/')).unwrap_or(short).to_owned()
}

/// The page on which a community edits what it says about itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProfilePage {
    pub slug: String,
    pub input: ProfileInput,
    pub logo_url: Option<String>,
    pub standing: Standing,
    /// Is it on the marketplace?
    pub listed: bool,
    pub can_edit: bool,
    /// The role would do, were a second factor given.
    pub lacks_second_factor: bool,
}

// ── Staff ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/// One line of the queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct QueueItem {
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub id: CommunityId,
    pub slug: String,
    pub name: String,
    pub initials: String,
    pub place_label: String,
    pub community_type: String,
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub status: CommunityStatus,
    pub status_label: String,
    pub tone: String,
    /// RFC 3339.
    pub submitted_at: String,
    /// "3 days".
    pub age_label: String,
    pub score: u32,
    /// Has the machine looked at it yet?
    pub checked: bool,
    /// Staff wait for an answer.
    pub more_asked: bool,
}

/// One part of the queue, as the page shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct QueuePage {
    pub items: Vec<QueueItem>,
    pub next_cursor: Option<String>,
    /// "12", "1,000+".
    pub count_label: String,
}

/// Everything that staff decide by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct ReviewView {
    pub community: CommunityView,
    pub owner: OwnerView,
    pub submitted_at: String,
    pub age_label: String,
    #[cfg_attr(feature = "server", schema(value_type = Object))]
    pub trust: FullTrust,
    /// When the machine looked, "20 Nov 2026, 13:00 UTC"; nothing before it did.
    pub checked_label: Option<String>,
    /// The newest run, then the earlier ones.
    #[cfg_attr(feature = "server", schema(value_type = Vec<Object>))]
    pub checks: Vec<CheckView>,
    #[cfg_attr(feature = "server", schema(value_type = Vec<Object>))]
    pub earlier_checks: Vec<CheckView>,
    /// Others with the same name skeleton, domain or official address.
    pub rivals: Vec<Rival>,
    pub history: Vec<HistoryLine>,
    /// The decisions that are open now, by the key of the wire.
    #[cfg_attr(feature = "server", schema(value_type = Vec<String>))]
    pub decisions: Vec<Decision>,
}

/// Who signed the community up.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct OwnerView {
    pub name: String,
    pub email: String,
}

/// Another community that this one could be taken for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Rival {
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub id: CommunityId,
    pub name: String,
    pub place_label: String,
    pub status_label: String,
    pub tone: String,
    /// "the same name", "the same domain", "the same official e-mail address".
    pub why: String,
}

/// One step of a community's way, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct HistoryLine {
    /// "Approved".
    pub what: String,
    /// What was written with it.
    pub note: String,
    /// RFC 3339.
    pub at: String,
    /// "20 Nov 2026, 13:00 UTC".
    pub at_label: String,
}

/// The step as it reads on a timeline; nothing for facts of other rooms.
pub fn history_word(name: &str) -> Option<&'static str> {
    Some(match name {
        "community_registered" => "Signed up",
        "community_checked" => "Checked",
        "community_checks_asked" => "New checks asked for",
        "community_email_verified" => "E-mail address confirmed",
        "community_owner_declined" => "The named owner said that it is not theirs",
        "community_under_review" => "Came to review",
        "community_approved" => "Approved",
        "community_rejected" => "Rejected",
        "community_more_asked" => "Asked for more",
        "community_suspended" => "Suspended",
        "community_restored" => "Restored",
        "community_answered" => "Answered",
        "community_profile_edited" => "Profile edited",
        "community_activated" => "Became active",
        _ => return None,
    })
}

/// "3 days", "5 hours", "just now": how long something waits.
pub fn age_label(since: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let minutes = (now - since).num_minutes().max(0);
    let (count, unit) = match minutes {
        0..=1 => return "just now".to_owned(),
        2..=119 => (minutes, "minutes"),
        120..=2879 => (minutes / 60, "hours"),
        _ => (minutes / 1440, "days"),
    };
    format!("{count} {unit}")
}

/// What a person is told who tries something that their status does not allow yet.
pub fn standing_line(name: &str, status: CommunityStatus) -> String {
    format!("{} is {}. {}", isolated(name), spoken(status), policy::next_step(status))
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn profile(status: CommunityStatus) -> Profile {
        Profile {
            brief: CommunityBrief {
                id: CommunityId(Uuid::from_u128(1)),
                slug: "apex-circle".into(),
                name: "Apex Circle".into(),
                status,
                logo_key: None,
                country: "India".into(),
                city: "Pune".into(),
            },
            bio: "Student builders.".into(),
            logo_url: None,
            website: "https://apexcircle.example/".into(),
            community_type: "University club".into(),
            region: "South Asia".into(),
            languages: vec!["English".into()],
            size: String::new(),
            answers: (0, None),
            links: Links::from([("x".into(), "https://x.com/apex".into()), ("github".into(), "https://github.com/apex".into())]),
            official_email: "hello@apexcircle.example".into(),
            phone: "+919876543210".into(),
            more_asked: Some("How many members?".into()),
            decision_reason: None,
            advice: None,
            version: 1,
        }
    }

    #[test]
    fn the_public_sees_no_contact_and_no_status() {
        let json =
            serde_json::to_string(&CommunityView::of(&profile(CommunityStatus::Active), Audience::Public)).expect("plain data");
        for secret in ["hello@", "98765", "How many", "\"active\""] {
            assert!(!json.contains(secret), "{secret} in {json}");
        }
        let seen = CommunityView::of(&profile(CommunityStatus::UnderReview), Audience::Itself);
        assert_eq!(seen.contact.map(|c| c.phone).as_deref(), Some("+919876543210"));
        assert_eq!(seen.standing.and_then(|s| s.more_asked).as_deref(), Some("How many members?"));
    }

    #[test]
    fn links_stand_in_the_order_of_the_networks() {
        let view = CommunityView::of(&profile(CommunityStatus::Active), Audience::Public);
        assert_eq!(view.social_links.iter().map(|l| l.label.as_str()).collect::<Vec<_>>(), ["GitHub", "X"]);
        assert_eq!((view.website_label.as_str(), view.place_label.as_str()), ("apexcircle.example", "Pune, India"));
    }

    #[test]
    fn a_median_is_said_once_there_are_three() {
        assert_eq!(answers_label(2, Some(60)), "New here");
        assert_eq!(answers_label(3, Some(600)), "Usually answers within an hour");
        assert_eq!(answers_label(3, Some(5 * 3_600 + 60)), "Usually answers in 5 hours");
        assert_eq!(answers_label(9, Some(3 * 86_400)), "Usually answers in 3 days");
    }

    #[test]
    fn ages_are_rounded_down() {
        let at = |minutes| DateTime::UNIX_EPOCH + chrono::TimeDelta::minutes(minutes);
        let label = |minutes| age_label(DateTime::UNIX_EPOCH, at(minutes));
        assert_eq!(
            [label(-5), label(1), label(45), label(150), label(2880)],
            ["just now", "just now", "45 minutes", "2 hours", "2 days"]
        );
    }
}
