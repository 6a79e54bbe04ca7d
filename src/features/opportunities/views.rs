//! What crosses a wire about opportunities: what is typed of one, what lists and pages show of it, and what the reader may do.

use super::items::{Item, ItemInput};
use crate::{
    features::partners::views::{BenefitInput, BenefitLine},
    kernel::{
        fields::FieldErrors,
        ids::{CommunityId, EventId, OpportunityId, SavedViewId},
        labels::{Category, Hue, Tier, labels},
        money::{Currency, MoneyRangeView},
    },
};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Deserializer, Serialize};

labels! {
    /// How far an opportunity has come.
    OpportunityStatus, "a status" {
        Draft = "Draft",
        Open = "Open",
        Closed = "Closed",
        Filled = "Filled",
    }
}

impl OpportunityStatus {
    /// Does the public see it, where it sees the event?
    pub const fn is_public(self) -> bool {
        !matches!(self, Self::Draft)
    }

    /// The tone in which the status is shown.
    pub fn tone(self) -> &'static str {
        match self {
            Self::Draft | Self::Closed => "neutral",
            Self::Open => "accent",
            Self::Filled => "success",
        }
    }
}

/// A number as it was written: by a person into a form, or in JSON, whose digits are kept because no float may touch an
/// amount. Empty when absent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct NumberText(pub String);

impl<'de> Deserialize<'de> for NumberText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match serde_json::Value::deserialize(deserializer)? {
            serde_json::Value::Null => Ok(Self::default()),
            serde_json::Value::Number(number) => Ok(Self(number.to_string())),
            serde_json::Value::String(text) => Ok(Self(text)),
            _ => Err(serde::de::Error::custom("a number was expected")),
        }
    }
}

impl From<&str> for NumberText {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

/// A budget as a door receives it: decimals in major units.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct BudgetInput {
    #[cfg_attr(feature = "server", schema(value_type = f64, example = 200000.00))]
    pub min: NumberText,
    #[cfg_attr(feature = "server", schema(value_type = f64, example = 500000.00))]
    pub max: NumberText,
    /// INR, USD, EUR or GBP.
    pub currency: String,
}

/// An opportunity as a door receives it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct OpportunityInput {
    pub event_id: String,
    /// The category's label when empty.
    pub title: String,
    pub description: String,
    /// One of the 33 sponsor and partner categories, word for word.
    pub category: String,
    pub budget_range: BudgetInput,
    /// The defaults of the category's tier when absent or empty.
    pub benefits: Option<Vec<BenefitInput>>,
    /// 1 when absent.
    #[cfg_attr(feature = "server", schema(value_type = Option<i32>))]
    pub places: NumberText,
    /// `2027-03-01`: the last day, in the event's zone, on which the community decides.
    pub decision_deadline: String,
    /// What can be had piece by piece; none when absent.
    pub items: Option<Vec<ItemInput>>,
    /// `Draft` (also when absent) or `Open`.
    pub status: String,
}

/// The event of an opportunity, as lists and pages show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct EventGlance {
    #[cfg_attr(feature = "server", schema(value_type = String, format = "uuid"))]
    pub id: EventId,
    pub slug: String,
    pub title: String,
    pub event_type: Option<String>,
    pub category: Option<String>,
    pub format: Option<String>,
    pub region: Option<String>,
    pub start_at: Option<DateTime<Utc>>,
    pub end_at: Option<DateTime<Utc>>,
    pub timezone: String,
    /// "14 to 15 Mar 2027".
    pub when_label: String,
    pub venue_name: String,
    pub max_attendees: Option<i32>,
    /// "500 people", empty when unknown.
    pub people_label: String,
}

/// A community beside its offers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct CommunityGlance {
    #[cfg_attr(feature = "server", schema(value_type = String, format = "uuid"))]
    pub id: CommunityId,
    pub slug: String,
    pub name: String,
    pub city: String,
    pub country: String,
    pub logo_url: Option<String>,
}

/// One row of a list: what, who, when, how many people, how much, until when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct OpportunityRow {
    #[cfg_attr(feature = "server", schema(value_type = String, format = "uuid"))]
    pub id: OpportunityId,
    pub title: String,
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub status: OpportunityStatus,
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub category: Category,
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub tier_keyword: Tier,
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub hue: Hue,
    pub event: EventGlance,
    pub community: CommunityGlance,
    #[cfg_attr(feature = "server", schema(value_type = Object))]
    pub budget_range: MoneyRangeView,
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub currency: Currency,
    pub places: i32,
    pub places_left: i32,
    /// "2 of 3 places left".
    pub places_label: String,
    #[cfg_attr(feature = "server", schema(value_type = String, format = "date"))]
    pub decision_deadline: NaiveDate,
    /// The deadline's last second.
    pub decision_at: DateTime<Utc>,
    /// "Mon 1 Mar 2027".
    pub deadline_label: String,
    /// "in 12 days", "over".
    pub deadline_in: String,
    /// How well it fits the acting organization; absent for everybody else and for one that said nothing of its wishes.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub fit: Option<FitView>,
}

/// How well an opportunity fits an organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct FitView {
    /// Of 100.
    pub score: i32,
    pub reasons: Vec<FitReason>,
}

/// One thing that fits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct FitReason {
    pub points: i32,
    /// "You both use Rust".
    pub text: String,
}

/// A page of opportunities.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct OpportunityPage {
    pub items: Vec<OpportunityRow>,
    pub next_cursor: Option<String>,
    pub total: i64,
    pub total_capped: bool,
}

impl OpportunityPage {
    /// "12 opportunities", "1,000+ opportunities".
    pub fn count_label(&self) -> String {
        match (self.total_capped, self.total) {
            (true, _) => "1,000+ opportunities".into(),
            (false, 1) => "1 opportunity".into(),
            (false, total) => format!("{total} opportunities"),
        }
    }
}

/// A list that somebody filtered and named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct SavedView {
    #[cfg_attr(feature = "server", schema(value_type = String, format = "uuid"))]
    pub id: SavedViewId,
    pub name: String,
    /// The query of its address; `GET /opportunities?{query}` lists the same.
    pub query: String,
}

/// The named lists of a person in one workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct SavedViews {
    pub items: Vec<SavedView>,
}

/// A list to be named, as a door receives it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct SavedViewInput {
    pub name: String,
    /// The query of the list's address, `category=Gold+Sponsor&sort=newest`. Left alone when it is absent and the view is
    /// renamed.
    pub query: Option<String>,
}

/// An edit as the API receives it: what is absent stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct OpportunityPatch {
    /// The version that was read. Needed.
    pub version: Option<i32>,
    pub event_id: Option<String>,
    pub title: Option<String>,
    pub description: Option<String>,
    pub category: Option<String>,
    pub budget_range: Option<BudgetInput>,
    pub benefits: Option<Vec<BenefitInput>>,
    #[cfg_attr(feature = "server", schema(value_type = Option<i32>))]
    pub places: Option<NumberText>,
    pub decision_deadline: Option<String>,
    pub items: Option<Vec<ItemInput>>,
    /// `Open` opens a draft or opens a closed one again, `Closed` takes no more applications.
    pub status: Option<String>,
}

impl OpportunityPatch {
    /// Every word of a form.
    pub fn all(version: i32, input: OpportunityInput) -> Self {
        Self {
            version: Some(version),
            event_id: Some(input.event_id),
            title: Some(input.title),
            description: Some(input.description),
            category: Some(input.category),
            budget_range: Some(input.budget_range),
            benefits: Some(input.benefits.unwrap_or_default()),
            places: Some(input.places),
            decision_deadline: Some(input.decision_deadline),
            items: Some(input.items.unwrap_or_default()),
            status: None,
        }
    }

    /// Does it say anything but a version and a status?
    pub fn has_words(&self) -> bool {
        Self { version: None, status: None, ..self.clone() } != Self::default()
    }

    /// The words that stand, with these over them.
    pub fn over(&self, stored: OpportunityInput) -> OpportunityInput {
        fn pick<T: Clone>(new: &Option<T>, old: T) -> T {
            new.clone().unwrap_or(old)
        }
        OpportunityInput {
            event_id: pick(&self.event_id, stored.event_id),
            title: pick(&self.title, stored.title),
            description: pick(&self.description, stored.description),
            category: pick(&self.category, stored.category),
            budget_range: pick(&self.budget_range, stored.budget_range),
            benefits: self.benefits.clone().or(stored.benefits),
            places: pick(&self.places, stored.places),
            decision_deadline: pick(&self.decision_deadline, stored.decision_deadline),
            items: self.items.clone().or(stored.items),
            status: String::new(),
        }
    }
}

/// What the viewer may do with it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct OpportunityCan {
    pub edit: bool,
    pub open: bool,
    pub close: bool,
    pub reopen: bool,
    /// It is full: it opens again when more places are offered.
    pub add_places: bool,
    pub apply: bool,
    /// Every place is taken: apply for the waiting list.
    pub wait: bool,
}

/// An opportunity on its own page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct OpportunityView {
    #[cfg_attr(feature = "server", schema(value_type = String, format = "uuid"))]
    pub id: OpportunityId,
    pub title: String,
    pub description: String,
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub status: OpportunityStatus,
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub category: Category,
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub tier_keyword: Tier,
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub hue: Hue,
    /// The event as it is now.
    pub event: EventGlance,
    /// The event as it was when the opportunity was last saved.
    #[cfg_attr(feature = "server", schema(value_type = Object))]
    pub event_snapshot: serde_json::Value,
    /// What changed in the event since then, in words: "Date: 14 Mar to 21 Mar".
    pub event_changes: Vec<String>,
    pub community: CommunityGlance,
    #[cfg_attr(feature = "server", schema(value_type = Object))]
    pub budget_range: MoneyRangeView,
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub currency: Currency,
    pub benefits: Vec<BenefitLine>,
    /// What can be had piece by piece, with prices; empty where only the whole is offered.
    pub items: Vec<Item>,
    pub places: i32,
    pub places_left: i32,
    pub places_label: String,
    #[cfg_attr(feature = "server", schema(value_type = String, format = "date"))]
    pub decision_deadline: NaiveDate,
    pub decision_at: DateTime<Utc>,
    pub deadline_label: String,
    pub deadline_in: String,
    pub version: i32,
    pub can: OpportunityCan,
    /// Why staff took it off the marketplace; for its own people, and only while it is off.
    pub hidden_reason: Option<String>,
    /// Why the viewer cannot apply, and what they can do about it; empty when they can.
    pub apply_hint: String,
}

/// "2 of 3 places left", "1 place left", "No place left".
pub fn places_label(places: i32, left: i32) -> String {
    match (places, left) {
        (_, ..=0) => "No place left".into(),
        (1, _) => "1 place".into(),
        (_, 1) => format!("1 of {places} places left"),
        _ => format!("{left} of {places} places left"),
    }
}

/// "500 people"; empty when nobody said.
pub fn people_label(count: Option<i32>) -> String {
    match count {
        None => String::new(),
        Some(1) => "1 person".into(),
        Some(count) => format!("{count} people"),
    }
}

// ── Pages ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/// An opportunity's public page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OpportunityScreen {
    pub opportunity: OpportunityView,
    /// The workspace that a form of the page acts for; empty for nobody's.
    pub acting: String,
    pub signed_in: bool,
}

/// The public list, and what the reader may do with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BoardScreen {
    /// Nothing when a filter cannot be meant.
    pub page: Option<OpportunityPage>,
    pub problems: FieldErrors,
    pub views: Vec<SavedView>,
    pub acting: String,
    pub signed_in: bool,
    /// The acting organization said what it looks for.
    pub can_match: bool,
    /// Why not, where somebody might expect it.
    pub match_hint: String,
}

/// What is offered at an event, or by a community.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OffersScreen {
    pub rows: Vec<OpportunityRow>,
    pub acting: String,
}

/// The community's own list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ManageScreen {
    pub page: OpportunityPage,
    pub acting: String,
}

/// One event to choose from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EventChoice {
    pub id: EventId,
    pub label: String,
    /// On whose clocks its days end.
    pub timezone: String,
}

/// Where an opportunity is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EditorScreen {
    /// Nothing for a new one.
    pub opportunity: Option<OpportunityView>,
    pub events: Vec<EventChoice>,
    /// Why the community cannot open anything yet; empty when it can.
    pub gate: String,
    pub acting: String,
}

/// An address with the workspace that it acts for.
pub fn acting_at(path: &str, acting: &str) -> String {
    if acting.is_empty() {
        path.to_owned()
    } else {
        let joint = if path.contains('?') { '&' } else { '?' };
        format!("{path}{joint}as={acting}")
    }
}
