//! What crosses a wire about opportunities: what is typed of one, what lists and pages show of it, and what the reader may do.

use crate::{
    features::partners::views::{BenefitInput, BenefitLine},
    kernel::{
        ids::{CommunityId, EventId, OpportunityId},
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

/// What the viewer may do with it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct OpportunityCan {
    pub edit: bool,
    pub open: bool,
    pub close: bool,
    pub apply: bool,
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
