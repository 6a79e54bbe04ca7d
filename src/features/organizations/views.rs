//! What crosses a wire about organizations: the names of REST, and texts that are ready to show. Every field that not
//! everybody may see is asked for in the table of `visibility`.

use super::{
    rules::{
        Organization, Standing, Verdict,
        application::{ApplicationInput, ApplicationStep, Budget},
        claims::{ClaimState, Method},
        products::Product,
        profile::{Completeness, Profile, ProfileInput},
    },
    trust::{CheckResult, FriendlyTrust, FullTrust},
    visibility::{Audience, Field},
};
use crate::kernel::{
    actor::VerificationStatus,
    compare::SideBySide,
    ids::{CommunityId, OrganizationId, UserId},
    labels::{CommunityType, EntityType, EventType, Industry, Region, SponsorshipType, labels},
    money::{Currency, MoneyView},
    search::{FacetView, InsteadView},
    text::isolated,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

labels! {
    /// By what the staff's queue is sorted: the longest waiting first, or the most trusted (quick to decide) first.
    QueueOrder, "an order" {
        Age = "age",
        Score = "score",
    }
}

labels! {
    /// A part of all organizations, as staff look for them.
    StaffPart, "a part" {
        Waiting = "waiting",
        Verified = "verified",
        Added = "added",
        Refused = "refused",
        Disabled = "disabled",
        All = "all",
    }
}

impl StaffPart {
    pub const fn title(self) -> &'static str {
        match self {
            Self::Waiting => "Waiting",
            Self::Verified => "Verified",
            Self::Added => "Added by communities",
            Self::Refused => "Refused",
            Self::Disabled => "Disabled",
            Self::All => "All",
        }
    }
}

/// Where a stored logo is served from: the last part of its key is its content's hash.
pub fn logo_url(key: &str) -> String {
    format!("/media/logos/{}", key.rsplit('/').next().unwrap_or_default())
}

/// A page of ours, for the workspace that its reader acts for: `/inbox` becomes `/inbox?as=organization%3Aacme`.
pub fn within(path: &str, acting: &str) -> String {
    if acting.is_empty() {
        return path.to_owned();
    }
    let (page, anchor) = path.split_once('#').map_or((path, String::new()), |(page, anchor)| (page, format!("#{anchor}")));
    let sign = if page.contains('?') { '&' } else { '?' };
    let acting: String = url::form_urlencoded::byte_serialize(acting.as_bytes()).collect();
    format!("{page}{sign}as={acting}{anchor}")
}

/// Everything that is kept about an organization, before the table of visibility takes away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    pub id: OrganizationId,
    pub slug: String,
    pub profile: Profile,
    pub logo_key: Option<String>,
    pub logo_on_dark_key: Option<String>,
    pub wordmark_key: Option<String>,
    /// Where it wants to move, while staff have not decided.
    pub proposed_website: Option<String>,
    pub proposed_website_id: Option<Uuid>,
    /// Who of the staff has proposed to disable it.
    pub disabling: Option<UserId>,
    /// Where a disabled one goes back to.
    pub disabled_from: Option<VerificationStatus>,
    /// The profile that took over what this one had.
    pub merged_into: Option<OrganizationId>,
    pub standing: Standing,
    pub applicant: Option<UserId>,
    pub identity_key: String,
    /// Verified, and an admin has set a password.
    pub active: bool,
    /// An admin has a seat, and their login is not suspended.
    pub is_led: bool,
    pub more_asked: Option<String>,
    pub decision_reason: Option<String>,
    pub trust_score: u32,
    pub events_sponsored: i32,
    pub communities_supported: i32,
    pub version: i32,
    pub submitted_at: DateTime<Utc>,
    pub decided_at: Option<DateTime<Utc>>,
}

impl Record {
    /// What the rules need to know of it.
    pub fn organization(&self) -> Organization {
        Organization {
            id: self.id,
            display_name: self.profile.display_name.to_string(),
            standing: self.standing,
            applicant: self.applicant,
            identity_key: self.identity_key.clone(),
            disabling: self.disabling,
            disabled_from: self.disabled_from,
            merged_into: self.merged_into,
            version: self.version,
        }
    }
}

/// What other rooms need of an organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrganizationBrief {
    pub id: OrganizationId,
    pub slug: String,
    pub name: String,
    pub status: VerificationStatus,
    pub entity_type: EntityType,
    pub website: String,
    /// The key of its logo in the store; `logo_url` makes an address of it.
    pub logo_key: Option<String>,
}

/// An organization, as far as the reader may see it: fields that they may not are absent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct OrganizationView {
    #[cfg_attr(feature = "server", schema(value_type = String, format = Uuid))]
    pub id: OrganizationId,
    pub slug: String,
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub entity_type: EntityType,
    pub display_name: String,
    pub legal_name: String,
    pub logo_url: Option<String>,
    /// For dark grounds.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub logo_on_dark_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub wordmark_url: Option<String>,
    /// `#rrggbb`, the main colour first.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub brand_colors: Vec<String>,
    /// How others may describe it, word for word.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub boilerplate: String,
    /// What it makes, each with its own page.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub products: Vec<Product>,
    pub website: String,
    /// The website as people read it: without scheme and last slash.
    pub website_label: String,
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub industry: Industry,
    pub short_description: String,
    pub long_description: String,
    pub technologies: Vec<String>,
    pub developer_tools: Vec<String>,
    #[cfg_attr(feature = "server", schema(value_type = Vec<String>))]
    pub supported_regions: Vec<Region>,
    #[cfg_attr(feature = "server", schema(value_type = Vec<String>))]
    pub preferred_event_types: Vec<EventType>,
    #[cfg_attr(feature = "server", schema(value_type = Vec<String>))]
    pub supported_community_types: Vec<CommunityType>,
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub verification_status: VerificationStatus,
    /// Verified, and an admin has set a password.
    pub active: bool,
    /// Not counted yet: absent.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reputation_score: Option<u32>,
    pub communities_supported_count: i32,
    pub events_sponsored_count: i32,
    /// How many developers came to what it supported. Nobody counts them yet, so it is absent from every answer: absent means
    /// not counted, never none.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub developers_reached_count: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub budget_range: Option<BudgetView>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[cfg_attr(feature = "server", schema(value_type = Option<Vec<String>>))]
    pub available_sponsorship_types: Option<Vec<SponsorshipType>>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub primary_email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub business_email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub dev_rel_email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub hiring_email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub billing_email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub phone: Option<String>,
    /// Where it wants to move: the website above keeps its standing until staff have approved this one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub proposed_website: Option<String>,
    /// The `id` by which staff decide on the proposed website.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub proposed_website_id: Option<Uuid>,
    /// Who would take it over, while nobody has decided; the newest first. For staff, who decide on each by its `id`.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub open_claims: Vec<OpenClaimView>,
    /// What staff asked for while the application waits.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub more_asked: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub decision_reason: Option<String>,
    /// 0 to 100; staff only.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub trust_score: Option<u32>,
    /// Hand it back when the profile is edited.
    pub version: i32,
    pub can: OrganizationCan,
}

/// What the reader may do, decided on the server.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct OrganizationCan {
    pub edit: bool,
    /// Answer what staff asked for.
    pub resubmit: bool,
    /// Decisions that staff can take now.
    #[cfg_attr(feature = "server", schema(value_type = Vec<String>))]
    pub decide: Vec<Verdict>,
    /// Send this organization a request.
    pub request: bool,
    /// Claim it: a community added it, and nobody of it is here yet.
    #[serde(default)]
    pub claim: bool,
    /// Invite a mailbox of theirs to claim it.
    #[serde(default)]
    pub invite: bool,
    /// Open it at the staff's desk.
    #[serde(default)]
    pub review: bool,
    /// Want nothing to do with it.
    #[serde(default)]
    pub block: bool,
}

impl OrganizationView {
    /// The record as this audience may see it.
    pub fn for_audience(record: &Record, audience: Audience) -> Self {
        let profile = &record.profile;
        let sees = |field: Field| field.is_seen_by(audience);
        let only = |field: Field, text: Option<String>| text.filter(|_| sees(field));
        let shown = |text: &str, field: Field| if sees(field) { text.to_owned() } else { String::new() };
        let email =
            |field: Field, email: &Option<crate::kernel::text::Email>| only(field, email.as_ref().map(ToString::to_string));
        Self {
            id: record.id,
            slug: record.slug.clone(),
            entity_type: profile.entity_type,
            display_name: shown(profile.display_name.as_str(), Field::DisplayName),
            legal_name: shown(profile.legal_name.as_str(), Field::LegalName),
            logo_url: only(Field::Logo, record.logo_key.as_deref().map(logo_url)),
            logo_on_dark_url: only(Field::LogoOnDark, record.logo_on_dark_key.as_deref().map(logo_url)),
            wordmark_url: only(Field::Wordmark, record.wordmark_key.as_deref().map(logo_url)),
            brand_colors: if sees(Field::BrandColors) { profile.brand_colors.clone() } else { Vec::new() },
            boilerplate: shown(profile.boilerplate.as_str(), Field::Boilerplate),
            products: if sees(Field::Products) { profile.products.clone() } else { Vec::new() },
            website: shown(profile.website.as_str(), Field::Website),
            website_label: shown(profile.website.short(), Field::Website),
            industry: profile.industry,
            short_description: shown(profile.short_description.as_str(), Field::ShortDescription),
            long_description: shown(profile.long_description.as_str(), Field::LongDescription),
            technologies: if sees(Field::Technologies) { profile.technologies.clone() } else { Vec::new() },
            developer_tools: if sees(Field::DeveloperTools) { profile.developer_tools.clone() } else { Vec::new() },
            supported_regions: if sees(Field::SupportedRegions) { profile.supported_regions.clone() } else { Vec::new() },
            preferred_event_types: if sees(Field::PreferredEventTypes) {
                profile.preferred_event_types.clone()
            } else {
                Vec::new()
            },
            supported_community_types: if sees(Field::SupportedCommunityTypes) {
                profile.supported_community_types.clone()
            } else {
                Vec::new()
            },
            verification_status: record.standing.status(),
            active: record.active,
            reputation_score: None,
            communities_supported_count: record.communities_supported,
            events_sponsored_count: record.events_sponsored,
            developers_reached_count: None,
            budget_range: (sees(Field::BudgetRange) && !profile.budget.is_unsaid()).then(|| BudgetView::from(profile.budget)),
            available_sponsorship_types: sees(Field::SponsorshipTypes).then(|| profile.sponsorship_types.clone()),
            primary_email: email(Field::PrimaryEmail, &profile.primary_email),
            business_email: email(Field::BusinessEmail, &profile.business_email),
            dev_rel_email: email(Field::DevRelEmail, &profile.dev_rel_email),
            hiring_email: email(Field::HiringEmail, &profile.hiring_email),
            billing_email: email(Field::BillingEmail, &profile.billing_email),
            phone: only(Field::Phone, profile.phone.as_ref().map(ToString::to_string)),
            proposed_website: only(Field::ProposedWebsite, record.proposed_website.clone()),
            proposed_website_id: record.proposed_website_id.filter(|_| sees(Field::ProposedWebsite)),
            // They stand beside the record: whoever may see them reads them besides.
            open_claims: Vec::new(),
            more_asked: only(Field::MoreAsked, record.more_asked.clone()),
            decision_reason: only(Field::DecisionReason, record.decision_reason.clone()),
            trust_score: sees(Field::FullTrust).then_some(record.trust_score),
            version: record.version,
            can: OrganizationCan {
                edit: audience == Audience::Admin && record.standing != Standing::Disabled,
                resubmit: audience == Audience::Admin && record.standing == Standing::MoreAsked,
                decide: if audience == Audience::Staff { verdicts(&record.organization()) } else { Vec::new() },
                request: audience == Audience::ApprovedCommunity && record.standing.is_listed(),
                // Without a website, no mailbox and no DNS proves anything: the people of such a one apply, and staff merge the two.
                invite: audience == Audience::ApprovedCommunity
                    && record.standing == Standing::CommunityAdded
                    && !profile.website.is_unknown(),
                claim: record.standing == Standing::CommunityAdded && !profile.website.is_unknown(),
                review: audience == Audience::Staff,
                block: false,
            },
        }
    }
}

/// What staff may decide about an organization: asked of the rules, so that the two cannot disagree.
pub fn verdicts(organization: &Organization) -> Vec<Verdict> {
    use super::rules::{Decision, Reason};
    let reason = Reason::parse("because").expect("seven letters are a reason");
    // Whoever proposed to disable it may not confirm it; the rules say so when they try.
    let nobody = UserId(Uuid::nil());
    let may = |verdict: &Verdict| organization.decide(nobody, Decision { verdict: *verdict, reason: reason.clone() }).is_ok();
    Verdict::ALL.iter().copied().filter(may).collect()
}

/// How much somebody gives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct BudgetView {
    /// The key of the band, when it is one.
    pub band: Option<String>,
    /// Ready to show: "₹2L – ₹5L".
    pub label: String,
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub currency: Currency,
    #[cfg_attr(feature = "server", schema(value_type = Object))]
    pub min: MoneyView,
    /// Absent: no upper end.
    #[cfg_attr(feature = "server", schema(value_type = Option<Object>))]
    pub max: Option<MoneyView>,
}

impl From<Budget> for BudgetView {
    fn from(budget: Budget) -> Self {
        Self {
            band: budget.band().map(|band| band.key()),
            label: budget.label(),
            currency: budget.currency(),
            min: budget.min.into(),
            max: budget.max.map(Into::into),
        }
    }
}

/// An organization in a list, as far as the reader may see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct OrganizationCard {
    #[cfg_attr(feature = "server", schema(value_type = String, format = Uuid))]
    pub id: OrganizationId,
    pub slug: String,
    pub display_name: String,
    pub entity_type: String,
    pub logo_url: Option<String>,
    pub website: String,
    pub industry: String,
    pub short_description: String,
    pub technologies: Vec<String>,
    pub supported_regions: Vec<String>,
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub verification_status: VerificationStatus,
    pub events_sponsored_count: i32,
    pub communities_supported_count: i32,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub budget_range: Option<BudgetView>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[cfg_attr(feature = "server", schema(value_type = Option<Vec<String>>))]
    pub available_sponsorship_types: Option<Vec<SponsorshipType>>,
}

/// Organizations side by side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CompareView {
    pub found: SideBySide<OrganizationCard>,
    /// The reader sees what they give, and how much.
    pub shows_money: bool,
}

/// A page of the directory.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct DirectoryView {
    pub items: Vec<OrganizationCard>,
    pub next_cursor: Option<String>,
    /// Hand it back as `cursor` for the rows before these; absent at the beginning.
    #[serde(default)]
    pub previous_cursor: Option<String>,
    /// How many fit, exactly up to 2,000.
    pub total: i64,
    pub total_capped: bool,
    /// Nothing had the words; these are spelled alike.
    pub similar: bool,
    /// The words that were looked for instead, where one that was typed is nowhere.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub said_instead: Option<String>,
    /// Words that nobody has: whoever is listed has others that begin so.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub said_begun: Vec<String>,
    /// What the list can be narrowed by, each value with how many fit it beside everything else that is asked for. Absent for
    /// a moment after a start.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub facets: Vec<FacetView>,
    /// Where nothing fits: how many would without a part of what is asked for, or without several where one is not enough.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub without: Vec<InsteadView>,
    /// What is asked for, as an address has it.
    #[serde(default)]
    pub query: String,
    /// Facets that were asked for and are not open to this reader.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub closed: Vec<String>,
}

/// What an applicant gets back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct AppliedView {
    #[cfg_attr(feature = "server", schema(value_type = String, format = Uuid))]
    pub organization_id: OrganizationId,
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub verification_status: VerificationStatus,
    /// What happens next.
    pub message: String,
    /// The profile of the directory that has this website already. Whoever works there asks to join it instead of waiting for
    /// a second one.
    pub known_profile: Option<KnownProfile>,
}

impl AppliedView {
    pub fn new(organization_id: OrganizationId, known_profile: Option<KnownProfile>) -> Self {
        Self {
            organization_id,
            known_profile,
            verification_status: VerificationStatus::PendingVerification,
            message: "Your application is with us. We have sent you a mail: follow its link to set a password, and complete your profile while we check.".into(),
        }
    }
}

/// A profile of the directory that has an applicant's website already.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct KnownProfile {
    #[cfg_attr(feature = "server", schema(value_type = String, format = Uuid))]
    pub organization_id: OrganizationId,
    pub slug: String,
    pub display_name: String,
    /// Somebody of theirs is here. If nobody is, it is claimed instead of joined.
    pub claimed: bool,
    /// The page where that is asked for.
    pub href: String,
}

impl KnownProfile {
    pub fn new(organization_id: OrganizationId, slug: &str, display_name: String, claimed: bool) -> Self {
        let href = if claimed { format!("/directory/{slug}/join") } else { format!("/claim/{slug}") };
        Self { organization_id, slug: slug.to_owned(), display_name, claimed, href }
    }

    /// What its link says.
    pub fn label(&self) -> String {
        format!("{} {}", if self.claimed { "Ask to join" } else { "Claim" }, isolated(&self.display_name))
    }

    /// What the applicant is told about it.
    pub fn words(&self) -> String {
        let name = isolated(&self.display_name);
        if self.claimed {
            format!("{name} has the website that you named. If you work there, ask to join: its admins decide.")
        } else {
            format!("A community added {name}, which has the website that you named. If you speak for it, claim that profile.")
        }
    }
}

/// A half-filled application, as its pages show it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DraftView {
    pub input: ApplicationInput,
    pub logo_url: Option<String>,
    /// Something to know about the logo: what was left out of the file.
    pub saved_label: Option<String>,
    /// The step that the application has reached.
    pub reached: Option<ApplicationStep>,
    /// For the last step: the budget as it reads.
    pub budget_label: Option<String>,
    /// After the last: who has the website already.
    pub known: Option<KnownProfile>,
}

/// How complete a profile is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct CompletenessView {
    pub percent: u32,
    /// What would complete it, most helpful first: field name and title.
    pub missing: Vec<MissingView>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct MissingView {
    /// The field's name on the wire.
    pub field: String,
    pub title: String,
}

impl From<Completeness> for CompletenessView {
    fn from(completeness: Completeness) -> Self {
        let missing = completeness.missing.into_iter();
        Self {
            percent: completeness.percent,
            missing: missing.map(|f| MissingView { field: f.label().to_owned(), title: f.title().to_owned() }).collect(),
        }
    }
}

/// The form of the profile, filled in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProfileView {
    /// The workspace that the reader acts for, as forms name it.
    pub acting: String,
    pub slug: String,
    pub input: ProfileInput,
    pub logo_url: Option<String>,
    pub logo_on_dark_url: Option<String>,
    pub wordmark_url: Option<String>,
    pub standing: Standing,
    pub more_asked: Option<String>,
    pub completeness: CompletenessView,
    pub can_edit: bool,
    /// The role would do, were a second factor given.
    pub lacks_second_factor: bool,
    /// What the website stands for and keeps until staff approve another one.
    pub verified_identity: Option<String>,
    /// Where it wants to move.
    pub proposed_website: Option<String>,
}

/// The next thing to do, with where to do it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct NextStep {
    pub label: String,
    pub href: String,
}

/// A seat that an application kept for somebody whose address it named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct WaitingSeat {
    #[cfg_attr(feature = "server", schema(value_type = String, format = Uuid))]
    pub organization_id: OrganizationId,
    pub display_name: String,
    /// "acme.example".
    pub website_label: String,
    pub role: String,
    /// "3 days ago".
    pub asked_label: String,
}

/// A community that waits for its owner to say that it is theirs. It stands here and not in the room of communities because one
/// statement reads all that a home page asks (`store/review.rs::Home`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct WaitingRegistration {
    #[cfg_attr(feature = "server", schema(value_type = String, format = Uuid))]
    pub community_id: CommunityId,
    pub name: String,
    /// The reader registered it themselves; else somebody named them.
    pub by_reader: bool,
    /// "3 days ago".
    pub asked_label: String,
}

/// An organization that the reader claims, before anybody has decided on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct OpenClaim {
    pub slug: String,
    pub display_name: String,
    /// It waits for staff; until then, for its proof.
    pub proven: bool,
}

/// The organization's part of its dashboard; what waits for it and its open requests are told by the requests room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct DashboardPart {
    /// The workspace that the reader acts for, as forms name it.
    pub acting: String,
    #[cfg_attr(feature = "server", schema(value_type = String, format = Uuid))]
    pub organization_id: OrganizationId,
    pub slug: String,
    pub display_name: String,
    pub logo_url: Option<String>,
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub verification_status: VerificationStatus,
    pub active: bool,
    /// An admin of it has a login that is not suspended.
    pub is_led: bool,
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub standing: Standing,
    /// Where the verification stands, in a sentence.
    pub headline: String,
    /// What it means, and what happens next.
    pub text: String,
    /// What staff asked for, or why they decided as they did.
    pub said_by_staff: Option<String>,
    pub next_step: Option<NextStep>,
    /// While it is not checked: the profile of the directory that has its website already.
    pub known_profile: Option<KnownProfile>,
    pub events_sponsored_count: i32,
    pub communities_supported_count: i32,
    pub completeness: CompletenessView,
    /// What the checks found, for admins.
    #[cfg_attr(feature = "server", schema(value_type = Option<Object>))]
    pub trust: Option<FriendlyTrust>,
    pub can_resubmit: bool,
    /// May the reader change the profile?
    pub can_edit: bool,
}

impl DashboardPart {
    /// What an organization's people see first. `friendly` is what the checks found.
    pub fn of(record: &Record, audience: Audience, friendly: Option<FriendlyTrust>) -> Self {
        let name = isolated(record.profile.display_name.as_str());
        let completeness = record.profile.completeness();
        let is_admin = audience == Audience::Admin;
        let step = |label: &str, href: &str| Some(NextStep { label: label.into(), href: href.into() });
        let complete = || {
            (completeness.percent < 100 && is_admin)
                .then(|| NextStep { label: "Complete the profile".into(), href: "/organization/profile".into() })
        };
        let (headline, text, next_step) = match record.standing {
            Standing::Waiting => (
                format!("We are checking {name}"),
                "A person looks at every application, usually within two working days. You get a mail as soon as it is decided. Until then you can complete the profile and look at opportunities.".to_owned(),
                complete(),
            ),
            Standing::MoreAsked => (
                format!("We need one more thing about {name}"),
                if is_admin {
                    "Answer below, or change the profile, and send it again. Your place in the queue is kept.".to_owned()
                } else {
                    "An admin of your workspace can answer. Your place in the queue is kept.".to_owned()
                },
                if is_admin { step("Answer", "/dashboard#answer") } else { None },
            ),
            Standing::Refused => (
                format!("We could not verify {name}"),
                "The reason is below. When it is solved, apply again: a refused application keeps nobody's place.".to_owned(),
                step("Apply again", "/become-sponsor"),
            ),
            Standing::Verified if !record.is_led => (
                format!("Nobody leads {name} any more"),
                "It has no admin who can act, so nobody can edit its profile or invite people. A mailbox or the DNS of its domain decides who does: show that it is yours.".to_owned(),
                step("Lead it", &format!("/directory/{}/join", record.slug)),
            ),
            Standing::Verified => (
                format!("{name} is verified"),
                "Communities find you in the directory, and you can apply to their opportunities.".to_owned(),
                complete().or_else(|| step("Browse opportunities", "/opportunities")),
            ),
            Standing::CommunityAdded => (
                format!("{name} was added by a community"),
                "Nobody speaks for it before somebody of theirs has claimed it and our staff have approved the claim.".to_owned(),
                step("Claim it", &format!("/claim/{}", record.slug)),
            ),
            Standing::Disabled => (
                format!("{name} is disabled"),
                "It is not in the directory, and cannot send or answer requests. The reason is below; write to us if this is a mistake.".to_owned(),
                None,
            ),
        };
        let said = match record.standing {
            Standing::MoreAsked => record.more_asked.clone(),
            Standing::Refused | Standing::Disabled => record.decision_reason.clone(),
            Standing::Waiting | Standing::Verified | Standing::CommunityAdded => None,
        };
        Self {
            acting: format!("organization:{}", record.slug),
            organization_id: record.id,
            slug: record.slug.clone(),
            display_name: record.profile.display_name.to_string(),
            logo_url: record.logo_key.as_deref().map(logo_url),
            verification_status: record.standing.status(),
            active: record.active,
            is_led: record.is_led,
            standing: record.standing,
            headline,
            text,
            said_by_staff: said,
            next_step,
            known_profile: None,
            events_sponsored_count: record.events_sponsored,
            communities_supported_count: record.communities_supported,
            completeness: completeness.into(),
            trust: friendly.filter(|_| {
                Field::FriendlyTrust.is_seen_by(audience) && record.standing.status() == VerificationStatus::PendingVerification
            }),
            can_resubmit: is_admin && record.standing == Standing::MoreAsked,
            can_edit: is_admin && record.standing != Standing::Disabled,
        }
    }
}

/// One application in the staff's queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct QueueRow {
    pub id: OrganizationId,
    pub slug: String,
    pub display_name: String,
    pub entity_type: String,
    pub industry: String,
    pub website: String,
    pub primary_email: String,
    pub logo_url: Option<String>,
    pub standing: Standing,
    pub trust_score: u32,
    pub submitted_at: DateTime<Utc>,
    /// "waits 3 days".
    pub waits_label: String,
}

/// Applications that name the same website, side by side, oldest first; a profile that owns it stands among them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct QueueGroup {
    pub identity_key: String,
    pub applications: Vec<QueueRow>,
}

/// A page of the staff's queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct QueueView {
    pub groups: Vec<QueueGroup>,
    pub next_cursor: Option<String>,
    /// How many websites wait: "12", "1,000+".
    pub count_label: String,
    pub parts: Vec<PartCount>,
}

/// How many organizations a part has: "12", "1,000+".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PartCount {
    pub part: StaffPart,
    pub count_label: String,
}

/// A page of one part of all organizations, the newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RegistryView {
    pub part: StaffPart,
    /// What was searched for; empty: nothing.
    pub text: String,
    pub items: Vec<QueueRow>,
    pub next_cursor: Option<String>,
    pub count_label: String,
    pub parts: Vec<PartCount>,
}

/// One check as staff see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CheckView {
    pub title: String,
    pub result: CheckResult,
    pub evidence: String,
    pub checked_at: DateTime<Utc>,
    pub checked_label: String,
}

/// One step of an organization's story.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StepView {
    pub text: String,
    /// What was said, word for word.
    pub quote: Option<String>,
    pub at: DateTime<Utc>,
    pub at_label: String,
}

/// One application with everything that staff may know.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReviewView {
    /// The workspace that the reader acts for, as forms name it.
    pub acting: String,
    pub organization: OrganizationView,
    pub standing: Standing,
    pub identity_key: String,
    /// What its website stands for by now and who has that, where it keeps an older key because that place was taken.
    pub stands_beside: Option<(String, String)>,
    pub applicant_name: Option<String>,
    pub applicant_email: Option<String>,
    /// The applicant has set a password, and so has shown that the mailbox is theirs.
    pub applicant_confirmed: bool,
    pub submitted_label: String,
    pub waits_label: String,
    pub trust: FullTrust,
    /// The newest run, then the earlier ones.
    pub checks: Vec<CheckView>,
    pub earlier_checks: Vec<CheckView>,
    /// Others that name the same website.
    pub rivals: Vec<QueueRow>,
    pub timeline: Vec<StepView>,
    /// Another website, which waits for a decision.
    pub proposal: Option<ProposalView>,
    /// Who wants to take it over: open claims, and those that were decided.
    pub claims: Vec<ClaimView>,
    /// A proposal to disable it, which waits for a second person.
    pub disabling: Option<DisablingView>,
    /// A merge of it, or into it, that waits for a second person.
    pub merges: Vec<MergeWaiting>,
    /// What took it over, and what it is called.
    pub merged_into: Option<(OrganizationId, String)>,
}

/// A merge that waits for a second person of the staff.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MergeWaiting {
    pub gone_id: OrganizationId,
    pub gone_name: String,
    pub kept_id: OrganizationId,
    pub kept_name: String,
    pub reason: String,
    pub proposed_by: String,
    pub waits_label: String,
}

/// One of two profiles that may be one organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MergeSide {
    pub id: OrganizationId,
    pub slug: String,
    pub name: String,
    pub website: String,
    pub status: VerificationStatus,
    pub logo_url: Option<String>,
    pub events_sponsored: i32,
}

/// A website that an organization wants to move to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProposalView {
    pub id: Uuid,
    pub organization_id: OrganizationId,
    pub display_name: String,
    pub old_website: String,
    pub website: String,
    pub identity_key: String,
    pub proposed_by: String,
    /// "waits 3 days".
    pub waits_label: String,
    /// Empty in lists, and until they have run.
    pub checks: Vec<CheckView>,
}

/// Somebody who wants to take an organization over that a community added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClaimView {
    pub id: Uuid,
    pub organization_id: OrganizationId,
    pub display_name: String,
    pub website: String,
    pub claimant: String,
    pub email: String,
    /// How it was proven, or is to be: "by the mailbox", "by the domain's DNS".
    pub method_label: String,
    pub state: ClaimState,
    /// The community whose request led to it.
    pub invited_by: Option<String>,
    pub waits_label: String,
    pub reason: Option<String>,
}

/// Somebody's claim on which nobody has decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct OpenClaimView {
    /// By which staff decide on it.
    pub id: Uuid,
    pub claimant: String,
    pub email: String,
    /// `mailbox` or `dns`.
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub method: Method,
    /// `Asked`, or `Proven`: only those can be approved.
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub state: ClaimState,
    pub asked_at: DateTime<Utc>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub proven_at: Option<DateTime<Utc>>,
}

/// Where an organization wanted to move, as it takes it along.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MoveView {
    pub id: Uuid,
    pub website: String,
    /// `Open`, `Approved`, `Refused`, `Withdrawn`.
    pub state: String,
    /// What staff said.
    pub reason: Option<String>,
    pub proposed_by: String,
    pub proposed_at: DateTime<Utc>,
    pub decided_at: Option<DateTime<Utc>>,
}

/// How somebody of an organization claimed it, as it takes it along.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OwnClaimView {
    pub id: Uuid,
    pub claimant: String,
    pub email: String,
    /// `mailbox` or `dns`.
    pub method: String,
    /// `Asked`, `Proven`, `Approved`, `Refused`.
    pub state: String,
    /// The community whose request led to it.
    pub invited_by: Option<String>,
    pub reason: Option<String>,
    pub asked_at: DateTime<Utc>,
    pub proven_at: Option<DateTime<Utc>>,
    pub decided_at: Option<DateTime<Utc>>,
}

/// A verified organization that somebody of the staff wants disabled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DisablingView {
    pub organization_id: OrganizationId,
    pub display_name: String,
    pub proposed_by: String,
    pub waits_label: String,
    pub reason: String,
}

/// What waits for staff beside applications.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WaitingView {
    pub claims: Vec<ClaimView>,
    pub proposals: Vec<ProposalView>,
    pub disablings: Vec<DisablingView>,
    pub merges: Vec<MergeWaiting>,
}

impl WaitingView {
    pub fn is_empty(&self) -> bool {
        self.claims.is_empty() && self.proposals.is_empty() && self.disablings.is_empty() && self.merges.is_empty()
    }
}

/// The page on which somebody takes an organization over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClaimPageView {
    pub slug: String,
    pub display_name: String,
    pub logo_url: Option<String>,
    pub domain: String,
    /// Its own people are not here yet.
    pub claimable: bool,
    /// Staff have checked it, and nobody leads it (any more): its domain's DNS says who does.
    pub joinable: bool,
    /// The reader belongs to it.
    pub member: bool,
    /// The address of whoever is signed in.
    pub signed_in: Option<String>,
    /// What became of their own claim.
    pub mine: Option<ClaimView>,
    pub proof: Option<ProofView>,
}

/// A text that somebody publishes in a domain's DNS.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "server", schema(as = DomainProofView))]
#[serde(rename_all = "camelCase")]
pub struct ProofView {
    /// Where it is published.
    pub domain: String,
    /// The whole value of the TXT record: `commdesk-verify=…`.
    pub text: String,
    pub proven: bool,
}

/// The page on which an organization proves its domain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProofPageView {
    /// The workspace that the reader acts for, as forms name it.
    pub acting: String,
    pub display_name: String,
    /// Absent where no domain can be proven: the website is a place on a host that many share.
    pub domain: Option<String>,
    pub can_edit: bool,
    /// The role would do, were a second factor given.
    pub lacks_second_factor: bool,
    pub proof: Option<ProofView>,
}

/// An uploaded picture, drawn anew and kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct UploadedLogo {
    /// What `logo`, `logoOnDark` and `wordmark` of a profile take.
    pub key: String,
    /// Where it is served from, for ever.
    pub url: String,
    pub width: u32,
    pub height: u32,
    /// Something to know: what was left out of the file.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub note: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_profile_is_joined_or_claimed() {
        let known = |claimed| KnownProfile::new(OrganizationId(Uuid::nil()), "acme", "Acme".into(), claimed);
        let (joined, claimed) = (known(true), known(false));
        assert_eq!((joined.href.as_str(), joined.label().as_str()), ("/directory/acme/join", "Ask to join Acme"));
        assert_eq!((claimed.href.as_str(), claimed.label().as_str()), ("/claim/acme", "Claim Acme"));
        assert!(joined.words().contains("its admins decide") && claimed.words().contains("claim that profile"));
    }

    fn record(standing: Standing) -> Record {
        let input = ProfileInput {
            entity_type: "Sponsor".into(),
            display_name: "Acme Cloud".into(),
            legal_name: "Acme Cloud Pvt Ltd".into(),
            website: "https://acme.com".into(),
            industry: "Cloud and infrastructure".into(),
            short_description: "Servers for students.".into(),
            technologies: vec!["Rust".into()],
            budget_range: super::super::rules::application::BudgetInput::band("INR:200000-500000"),
            available_sponsorship_types: vec!["Cash".into()],
            primary_email: "asha@acme.com".into(),
            business_email: "business@acme.com".into(),
            dev_rel_email: "devrel@acme.com".into(),
            hiring_email: "hiring@acme.com".into(),
            billing_email: "billing@acme.com".into(),
            phone: "+91 98765 43210".into(),
            brand_colors: vec!["#1f6feb".into()],
            boilerplate: "Acme Cloud hosts what students build.".into(),
            ..ProfileInput::default()
        };
        Record {
            id: OrganizationId(Uuid::from_u128(1)),
            slug: "acme-cloud".into(),
            profile: input.parse().expect("in order"),
            logo_key: Some("logos/ab/abcd.png".into()),
            logo_on_dark_key: None,
            wordmark_key: Some("logos/ab/wordmark.png".into()),
            proposed_website: Some("https://acme.dev/".into()),
            proposed_website_id: Some(Uuid::from_u128(3)),
            disabling: None,
            disabled_from: None,
            merged_into: None,
            standing,
            applicant: Some(UserId(Uuid::from_u128(2))),
            identity_key: "acme.com".into(),
            active: false,
            is_led: true,
            more_asked: Some("Which company is behind it?".into()),
            decision_reason: Some("Seen in the register.".into()),
            trust_score: 82,
            events_sponsored: 12,
            communities_supported: 4,
            version: 3,
            submitted_at: DateTime::from_timestamp(1_750_000_000, 0).expect("a time"),
            decided_at: None,
        }
    }

    #[test]
    fn each_audience_gets_its_own_view() {
        let record = record(Standing::Verified);
        let mut all = String::new();
        for audience in Audience::ALL {
            let view = OrganizationView::for_audience(&record, *audience);
            let json = serde_json::to_string_pretty(&view).expect("plain data");
            assert_eq!(serde_json::from_str::<OrganizationView>(&json).expect("our own"), view);
            all.push_str(&format!("== {audience}\n{json}\n"));
        }
        insta::assert_snapshot!(all);
    }

    #[test]
    fn nothing_that_the_table_hides_crosses_the_wire() {
        let record = record(Standing::MoreAsked);
        let wire = [
            (Field::BudgetRange, "INR:200000"),
            (Field::SponsorshipTypes, "Cash"),
            (Field::PrimaryEmail, "asha@acme.com"),
            (Field::BusinessEmail, "business@acme.com"),
            (Field::DevRelEmail, "devrel@acme.com"),
            (Field::HiringEmail, "hiring@acme.com"),
            (Field::BillingEmail, "billing@acme.com"),
            (Field::Phone, "+919876543210"),
            (Field::ProposedWebsite, "https://acme.dev"),
            (Field::ProposedWebsite, "00000000-0000-0000-0000-000000000003"),
            (Field::MoreAsked, "Which company"),
            (Field::DecisionReason, "in the register"),
            (Field::FullTrust, "\"trustScore\":82"),
        ];
        for audience in Audience::ALL {
            let json = serde_json::to_string(&OrganizationView::for_audience(&record, *audience)).expect("plain data");
            for (field, text) in wire {
                assert_eq!(json.contains(text), field.is_seen_by(*audience), "{field} for {audience}");
            }
        }
    }

    #[test]
    fn links_stay_in_the_workspace() {
        assert_eq!(within("/inbox", ""), "/inbox");
        assert_eq!(within("/inbox", "organization:acme"), "/inbox?as=organization%3Aacme");
        assert_eq!(within("/inbox?all=yes#new", "acme"), "/inbox?all=yes&as=acme#new");
    }

    #[test]
    fn a_dashboard_says_the_next_step() {
        for standing in Standing::ALL {
            for audience in [Audience::Admin, Audience::Member] {
                let part = DashboardPart::of(&record(*standing), audience, None);
                assert!(part.headline.contains("Acme Cloud") && !part.text.is_empty());
                assert_eq!(part.can_resubmit, *standing == Standing::MoreAsked && audience == Audience::Admin);
            }
        }
        let deserted = Record { is_led: false, ..record(Standing::Verified) };
        let part = DashboardPart::of(&deserted, Audience::Member, None);
        assert_eq!(part.next_step.map(|step| step.href).as_deref(), Some("/directory/acme-cloud/join"));
        let asked = DashboardPart::of(&record(Standing::MoreAsked), Audience::Admin, None);
        assert_eq!(asked.said_by_staff.as_deref(), Some("Which company is behind it?"));
    }
}
