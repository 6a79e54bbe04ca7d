//! What crosses a wire about partners of events. Names of fields are the spec's event assignment.

use crate::kernel::{
    ids::{BenefitLineId, EventId, OrganizationId, PartnerLinkId, RequestId},
    labels::{BenefitKind, Category, Hue, Tier},
};
use serde::{Deserialize, Serialize};

/// One thing that is given in return. Its id stays the same while its words are edited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct BenefitLine {
    #[cfg_attr(feature = "server", schema(value_type = String, format = "uuid"))]
    pub id: BenefitLineId,
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub kind: BenefitKind,
    /// Details, may be empty: "3 × 3 m near the entrance".
    pub text: String,
}

/// A line as a door receives it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct BenefitInput {
    /// The line's id, when it is an old one.
    pub id: String,
    /// One of the benefit kinds, word for word.
    pub kind: String,
    pub text: String,
}

impl BenefitInput {
    /// A line that nobody filled.
    pub fn is_empty(&self) -> bool {
        self.kind.trim().is_empty() && self.text.trim().is_empty()
    }
}

impl From<&BenefitLine> for BenefitInput {
    fn from(line: &BenefitLine) -> Self {
        Self { id: line.id.to_string(), kind: line.kind.label().to_owned(), text: line.text.clone() }
    }
}

/// One organization on one event's page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct PartnerView {
    #[cfg_attr(feature = "server", schema(value_type = String, format = "uuid"))]
    pub id: PartnerLinkId,
    #[cfg_attr(feature = "server", schema(value_type = String, format = "uuid"))]
    pub event_id: EventId,
    #[cfg_attr(feature = "server", schema(value_type = Option<String>, format = "uuid"))]
    pub organization_id: Option<OrganizationId>,
    /// The organization's page, for a listed one.
    pub organization_slug: Option<String>,
    pub display_name_snapshot: String,
    pub logo_url_snapshot: Option<String>,
    pub website_snapshot: String,
    /// The website without scheme and `www.`, for people.
    pub website_label: String,
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub display_category: Category,
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub tier_keyword: Tier,
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub hue: Hue,
    pub benefits: Vec<BenefitLine>,
    pub visible: bool,
    pub display_order: i32,
}

/// A page of an event's partners.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct PartnerPage {
    pub items: Vec<PartnerView>,
    pub next_cursor: Option<String>,
    pub total: i64,
    pub total_capped: bool,
}

/// Somebody to add, or a change of somebody, as a door receives it. What is absent stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct PartnerInput {
    /// An organization of the directory. Only when adding.
    pub organization_id: Option<String>,
    /// When adding without an organization: the only one of this name or website is meant; where there is none, it is added to
    /// the directory as "Community Added".
    pub name: Option<String>,
    /// When adding by name: none of those that are easily taken for them is meant. Asked for where there are any.
    pub confirm: Option<bool>,
    /// One of the 33 labels, word for word. Without one: `Official Partner`.
    pub category: Option<String>,
    pub website: Option<String>,
    /// When adding by name: a mailbox at the website, whom we ask to take the profile of somebody new over. Without a website,
    /// nobody can.
    pub contact_email: Option<String>,
    /// Only pictures that are kept here, as `imageUrl` was answered; empty takes it away.
    pub image_url: Option<String>,
    pub benefits: Option<Vec<BenefitInput>>,
    /// On the public page?
    pub visible: Option<bool>,
    /// The place within its tier, from 0. Only when editing.
    pub display_order: Option<i32>,
    /// The version that was edited. Only when editing, and needed.
    pub version: Option<i32>,
}

/// Why somebody is taken off a page.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct RemovalInput {
    /// Needed for somebody who came by an accepted request; both sides read it.
    pub reason: String,
}

/// Somebody was taken off a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct RemovedView {
    #[cfg_attr(feature = "server", schema(value_type = String, format = "uuid"))]
    pub link_id: PartnerLinkId,
    pub removed: bool,
}

/// One organization on one event's page, as its community manages it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct AssignmentView {
    #[cfg_attr(feature = "server", schema(value_type = String, format = "uuid"))]
    pub link_id: PartnerLinkId,
    #[cfg_attr(feature = "server", schema(value_type = String, format = "uuid"))]
    pub event_id: EventId,
    #[cfg_attr(feature = "server", schema(value_type = Option<String>, format = "uuid"))]
    pub organization_id: Option<OrganizationId>,
    /// The organization's page, for a listed one.
    pub organization_slug: Option<String>,
    pub name: String,
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub category: Category,
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub tier_keyword: Tier,
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub hue: Hue,
    pub image_url: Option<String>,
    pub website: String,
    pub website_label: String,
    pub benefits: Vec<BenefitLine>,
    /// On the public page?
    pub visible: bool,
    /// The place within its tier, from 0.
    pub display_order: i32,
    pub version: i32,
    /// The accepted request that it came from, if one did.
    #[cfg_attr(feature = "server", schema(value_type = Option<String>, format = "uuid"))]
    pub request_id: Option<RequestId>,
}

/// A page of what a community manages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct AssignmentPage {
    pub items: Vec<AssignmentView>,
    pub next_cursor: Option<String>,
    pub total: i64,
    pub total_capped: bool,
}

/// The panel on the page where a community manages an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PanelView {
    pub event_id: EventId,
    pub items: Vec<AssignmentView>,
    /// The reader has put it away.
    pub collapsed: bool,
    /// "3".
    pub count: usize,
    /// Of them, how many the public does not see.
    pub hidden: usize,
    /// May the reader change anything?
    pub can_edit: bool,
    /// Are those shown who are hidden from the public page, and which agreements they come from? Not to plain roles: for them
    /// the panel is what everybody sees.
    pub sees_hidden: bool,
    /// What the public page shows; nothing while not everybody may see the event.
    pub wall: Option<PartnerWall>,
}

/// The page on which somebody is added or edited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EditorView {
    pub event_id: EventId,
    pub event_title: String,
    /// Nothing when somebody is added.
    pub partner: Option<AssignmentView>,
    /// Organizations of the directory that the search found.
    pub found: Vec<FoundOrganization>,
}

/// Somebody of the directory to choose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FoundOrganization {
    pub id: OrganizationId,
    pub name: String,
    /// "acme.example, Verified".
    pub note: String,
}

/// The wall of an event's page: groups in the order in which they are shown.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PartnerWall {
    pub groups: Vec<WallGroup>,
}

impl PartnerWall {
    pub fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }

    /// From entries in display order.
    pub fn of(entries: impl IntoIterator<Item = PartnerView>) -> Self {
        let mut groups: Vec<WallGroup> = Vec::new();
        for entry in entries {
            match groups.iter_mut().find(|group| group.tier == entry.tier_keyword) {
                Some(group) => group.entries.push(entry),
                None => groups.push(WallGroup {
                    tier: entry.tier_keyword,
                    size: WallSize::of(entry.tier_keyword),
                    hue: entry.hue,
                    entries: vec![entry],
                }),
            }
        }
        groups.sort_by_key(|group| group.tier.order());
        for group in &mut groups {
            group.entries.sort_by_key(|entry| (entry.display_order, entry.id));
        }
        Self { groups }
    }
}

/// One tier of the wall.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WallGroup {
    pub tier: Tier,
    pub size: WallSize,
    pub hue: Hue,
    pub entries: Vec<PartnerView>,
}

impl WallGroup {
    /// The group's heading: the category where all share one, else the tier's name.
    pub fn heading(&self) -> String {
        let mut categories = self.entries.iter().map(|entry| entry.display_category);
        let first = categories.next();
        match first {
            Some(first) if categories.all(|category| category == first) => first.label().to_owned(),
            _ => format!("{} sponsors and partners", capital(self.tier.label())),
        }
    }
}

fn capital(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// How large a tier's logos stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WallSize {
    Lead,
    Major,
    Standard,
    Small,
}

impl WallSize {
    pub fn of(tier: Tier) -> Self {
        match tier {
            Tier::Title | Tier::Presenting | Tier::CoPresenting | Tier::Diamond => Self::Lead,
            Tier::Platinum | Tier::Premier | Tier::Elite | Tier::Gold => Self::Major,
            Tier::Silver | Tier::Bronze => Self::Standard,
            _ => Self::Small,
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::Lead => "lead",
            Self::Major => "major",
            Self::Standard => "standard",
            Self::Small => "small",
        }
    }
}

/// An event that an organization supports, for its public profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct SupportedEvent {
    #[cfg_attr(feature = "server", schema(value_type = String, format = "uuid"))]
    pub event_id: EventId,
    pub event_slug: String,
    pub event_title: String,
    pub community_name: String,
    pub community_slug: String,
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub display_category: Category,
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub hue: Hue,
    /// "14 to 15 Mar 2027", empty when there is no date.
    pub when_label: String,
    /// Supported in the past; else it is still to come, or running.
    #[serde(default)]
    pub is_over: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn entry(id: u128, category: Category, order: i32) -> PartnerView {
        PartnerView {
            id: PartnerLinkId(Uuid::from_u128(id)),
            event_id: EventId(Uuid::from_u128(1)),
            organization_id: None,
            organization_slug: None,
            display_name_snapshot: format!("P{id}"),
            logo_url_snapshot: None,
            website_snapshot: String::new(),
            website_label: String::new(),
            display_category: category,
            tier_keyword: category.tier(),
            hue: category.hue(),
            benefits: Vec::new(),
            visible: true,
            display_order: order,
        }
    }

    #[test]
    fn the_wall_is_grouped_by_tier_in_display_order() {
        let wall = PartnerWall::of([
            entry(1, Category::MediaPartner, 13_001),
            entry(2, Category::PlatinumSponsor, 4_001),
            entry(3, Category::MediaSponsor, 13_000),
            entry(4, Category::TitleSponsor, 0),
        ]);
        assert_eq!(wall.groups.iter().map(|g| g.tier).collect::<Vec<_>>(), [Tier::Title, Tier::Platinum, Tier::Media]);
        assert_eq!(wall.groups[0].heading(), "Title Sponsor");
        assert_eq!(wall.groups[2].heading(), "Media sponsors and partners");
        assert_eq!(wall.groups[2].entries[0].display_name_snapshot, "P3");
        assert_eq!(wall.groups[0].size, WallSize::Lead);
    }
}
