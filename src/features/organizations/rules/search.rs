//! What the directory can be asked for, and under what an organization is found. Pure.
//!
//! Promises: what not everybody may see of an organization (what it gives, and how much) is a facet that is marked so, and
//! no word of it is among the words that find it. Does not count and does not read rows: the index and the store do.

use super::application::Budget;
use crate::{
    features::organizations::visibility::{Audience, Field},
    kernel::{
        actor::VerificationStatus,
        ids::OrganizationId,
        labels::{Band, EntityType, EventType, Industry, Region, SponsorshipType, UnknownLabel, labels},
        search::{Entry, Facet, Query},
        technologies,
    },
};
use chrono::{DateTime, Utc};

labels! {
    /// A way of narrowing the directory, by its parameter.
    DirectoryFacet, "a facet" {
        Industry = "industry",
        Region = "region",
        Technology = "technology",
        SponsorshipType = "sponsorshipType",
        Budget = "budget",
        EventType = "eventType",
        EntityType = "entityType",
        Verified = "verified",
    }
}

/// The directory as an address asks for it.
pub type DirectoryQuery = Query<DirectoryFacet>;

fn listed<T: Copy>(labels: &[&str], all: &[T], text: &str, parsed: Result<T, UnknownLabel>) -> Result<(usize, String), String> {
    debug_assert_eq!(labels.len(), all.len());
    parsed.map_err(|unknown| unknown.to_string())?;
    let place = labels.iter().position(|label| *label == text).unwrap_or_default();
    Ok((place, text.to_owned()))
}

impl Facet for DirectoryFacet {
    const EVERY: &'static [Self] = Self::ALL;

    fn name(self) -> &'static str {
        self.label()
    }

    fn title(self) -> &'static str {
        match self {
            Self::Industry => "Industry",
            Self::Region => "Region",
            Self::Technology => "Technology",
            Self::SponsorshipType => "Gives",
            Self::Budget => "Budget",
            Self::EventType => "Event type",
            Self::EntityType => "Joined as",
            Self::Verified => "Verified",
        }
    }

    fn read(self, text: &str) -> Result<(usize, String), String> {
        match self {
            Self::Industry => listed(Industry::LABELS, Industry::ALL, text, Industry::parse(text)),
            Self::Region => listed(Region::LABELS, Region::ALL, text, Region::parse(text)),
            Self::SponsorshipType => listed(SponsorshipType::LABELS, SponsorshipType::ALL, text, SponsorshipType::parse(text)),
            Self::EventType => listed(EventType::LABELS, EventType::ALL, text, EventType::parse(text)),
            Self::EntityType => listed(EntityType::LABELS, EntityType::ALL, text, EntityType::parse(text)),
            Self::Technology => Ok((0, technologies::one(text)?)),
            Self::Budget => {
                let band = Band::parse(text).map_err(|unknown| unknown.to_string())?;
                let place = Band::all().position(|there| there == band).unwrap_or_default();
                Ok((place, text.to_owned()))
            }
            Self::Verified => match text {
                "true" => Ok((0, text.to_owned())),
                _ => Err("Say true, or leave it out.".into()),
            },
        }
    }

    fn shown(self, value: &str) -> String {
        match self {
            Self::Budget => {
                Band::parse(value).map_or_else(|_| value.to_owned(), |band| format!("{band} ({})", band.currency().code()))
            }
            Self::Verified => "Verified by staff".to_owned(),
            _ => value.to_owned(),
        }
    }

    /// Whoever looks for Rust and Kubernetes looks for somebody who works with both.
    fn wants_all(self) -> bool {
        self == Self::Technology
    }

    fn key(self, value: &str) -> String {
        if self == Self::Technology { technologies::key(value) } else { value.to_owned() }
    }
}

impl DirectoryFacet {
    /// The field that it tells of.
    pub const fn field(self) -> Field {
        match self {
            Self::Industry => Field::Industry,
            Self::Region => Field::SupportedRegions,
            Self::Technology => Field::Technologies,
            Self::SponsorshipType => Field::SponsorshipTypes,
            Self::Budget => Field::BudgetRange,
            Self::EventType => Field::PreferredEventTypes,
            Self::EntityType => Field::EntityType,
            Self::Verified => Field::VerificationStatus,
        }
    }

    /// May this audience narrow by it? Only by what it may see of everybody: a count tells as much as the field.
    pub const fn is_open_to(self, audience: Audience) -> bool {
        self.field().is_seen_by(audience)
    }
}

/// The question as far as this audience may ask it, and the facets that were left out.
pub fn as_open_to(query: &DirectoryQuery, audience: Audience) -> (DirectoryQuery, Vec<DirectoryFacet>) {
    let mut open = query.clone();
    let closed: Vec<DirectoryFacet> =
        DirectoryFacet::ALL.iter().copied().filter(|f| !f.is_open_to(audience) && query.values(*f).next().is_some()).collect();
    for facet in &closed {
        open = open.without(*facet).at(&query.cursor);
    }
    (open, closed)
}

/// What of an organization is searched. The one place where its words are put together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Searched {
    pub id: OrganizationId,
    pub display_name: String,
    pub sort_name: String,
    pub entity_type: String,
    pub industry: String,
    pub short_description: String,
    pub long_description: String,
    pub technologies: Vec<String>,
    pub developer_tools: Vec<String>,
    /// The names of what it makes.
    pub products: Vec<String>,
    pub regions: Vec<String>,
    pub event_types: Vec<String>,
    pub sponsorship_types: Vec<String>,
    pub budget: Option<Budget>,
    pub status: String,
    pub events_sponsored: i32,
    pub communities_supported: i32,
    pub since: DateTime<Utc>,
}

impl Searched {
    /// Is it in the directory at all?
    pub fn is_listed(&self) -> bool {
        matches!(VerificationStatus::parse(&self.status), Some(VerificationStatus::Verified | VerificationStatus::CommunityAdded))
    }

    pub fn entry(self) -> Entry<DirectoryFacet> {
        let mut values = vec![(DirectoryFacet::Industry, self.industry.clone())];
        let mut all = |facet: DirectoryFacet, list: Vec<String>| values.extend(list.into_iter().map(|value| (facet, value)));
        // Whoever works everywhere works in every region.
        let everywhere = self.regions.iter().any(|region| region == Region::Global.label());
        all(
            DirectoryFacet::Region,
            if everywhere { Region::LABELS.iter().map(|label| (*label).to_owned()).collect() } else { self.regions },
        );
        all(DirectoryFacet::Technology, self.technologies.clone());
        all(DirectoryFacet::SponsorshipType, self.sponsorship_types);
        all(DirectoryFacet::EventType, self.event_types);
        if let Some(budget) = self.budget {
            all(DirectoryFacet::Budget, bands(budget).map(Band::key).collect());
        }
        // Whoever is both is found as either.
        let both = self.entity_type == EntityType::SponsorAndPartner.label();
        all(
            DirectoryFacet::EntityType,
            if both { EntityType::LABELS.iter().map(|label| (*label).to_owned()).collect() } else { vec![self.entity_type] },
        );
        let verified = VerificationStatus::parse(&self.status) == Some(VerificationStatus::Verified);
        if verified {
            all(DirectoryFacet::Verified, vec!["true".to_owned()]);
        }
        Entry {
            id: self.id.0,
            name: self.display_name,
            sort_name: self.sort_name,
            strong: std::iter::once(self.industry).chain(self.developer_tools).chain(self.products).collect(),
            technologies: self.technologies,
            text: vec![self.short_description, self.long_description],
            values,
            reputation: reputation(verified, self.events_sponsored, self.communities_supported),
            since: self.since.timestamp_micros(),
        }
    }
}

/// The bands that a budget reaches into; none for one that nobody has said.
pub fn bands(budget: Budget) -> impl Iterator<Item = Band> {
    let (from, to) = (budget.min.minor, budget.max.map(|max| max.minor));
    Band::of(budget.currency()).filter(move |band| {
        let below = band.upper().is_none_or(|upper| from < upper.minor);
        // An end is where a band stops: up to 2 lakh is not in the band that begins there, unless it is nothing but that.
        let above = to.is_none_or(|to| to > band.lower().minor || (from == to && band.holds(budget.min)));
        !budget.is_unsaid() && below && above
    })
}

/// By what the directory is sorted until reviews speak: support that can be seen, and who was checked by a person. The
/// database computes the same in `organizations.reputation`; a test holds them equal.
pub fn reputation(verified: bool, events: i32, communities: i32) -> u32 {
    let of = |count: i32, each: u32| u32::try_from(count).unwrap_or_default().min(10_000) * each;
    of(events, 10) + of(communities, 15) + if verified { 5 } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::{
        money::{Currency, Money},
        search::Order,
    };
    use proptest::prelude::*;

    fn searched() -> Searched {
        Searched {
            id: OrganizationId(uuid::Uuid::from_u128(1)),
            display_name: "Zürich Cloud".into(),
            sort_name: "zürich cloud".into(),
            entity_type: "Sponsor and partner".into(),
            industry: "Cloud and infrastructure".into(),
            short_description: "Servers for students.".into(),
            long_description: "We give credits to hackathons.".into(),
            technologies: vec!["C++".into(), "nodejs".into(), "K8s".into()],
            developer_tools: vec!["Terraform".into()],
            products: vec!["Lakeside Query".into()],
            regions: vec!["Global".into()],
            event_types: vec!["Hackathon".into()],
            sponsorship_types: vec!["Cash".into()],
            budget: Some(Budget::of(Currency::Inr, 20_000_000, Some(50_000_000))),
            status: "Verified".into(),
            events_sponsored: 3,
            communities_supported: 2,
            since: DateTime::from_timestamp(1_750_000_000, 0).expect("a time"),
        }
    }

    fn fits(query: &str) -> bool {
        DirectoryQuery::read(query).fits(&searched().entry())
    }

    #[test]
    fn an_address_is_read_and_written_in_one_way() {
        let query = DirectoryQuery::read(
            "?verified=true&technology=golang&q=%20rust%20%20fest&industry=Security&industry=Gaming&industry=Security&utm=x&sort=newest&cursor=ab&region=Mars&as=organization:acme",
        );
        assert_eq!(
            query.query(),
            "q=rust+fest&industry=Gaming&industry=Security&technology=Go&verified=true&sort=newest&cursor=ab"
        );
        assert_eq!(query.order, Order::Newest);
        assert_eq!(
            query.described(),
            "rust fest · Industry: Gaming · Industry: Security · Technology: Go · Verified: Verified by staff"
        );
        let (_, wrong) = DirectoryQuery::parse("region=Mars&sort=best&budget=INR:1-2&verified=maybe&technology=a,b&x=1");
        assert_eq!(wrong.0.into_keys().collect::<Vec<_>>(), ["budget", "region", "sort", "technology", "verified"]);
        assert_eq!(DirectoryQuery::read("search=x&sort=relevance").query(), "q=x");
        assert_eq!(DirectoryQuery::default().query(), "");
    }

    #[test]
    fn a_value_is_chosen_and_let_go() {
        let query = DirectoryQuery::read("q=a&cursor=ff&technology=K8s");
        let chosen = query.toggled(DirectoryFacet::Region, "Africa");
        assert_eq!(chosen.query(), "q=a&region=Africa&technology=Kubernetes");
        assert_eq!(chosen.toggled(DirectoryFacet::Region, "Africa").query(), query.from_the_start().query());
        assert_eq!(chosen.toggled(DirectoryFacet::Technology, "kubernetes").query(), "q=a&region=Africa");
        assert_eq!(chosen.without(DirectoryFacet::Region).query(), "q=a&technology=Kubernetes");
        assert_eq!(query.toggled(DirectoryFacet::Region, "Mars").query(), "q=a&technology=Kubernetes");
        assert!(chosen.is_narrowed() && !DirectoryQuery::read("sort=name").is_narrowed());
    }

    #[test]
    fn technologies_stay_apart_and_have_other_names() {
        for there in [
            "C++",
            "c++ cloud",
            "node.js",
            "Kubernetes",
            "terraform",
            "lakeside query",
            "zurich",
            "ZÜRICH hackathons",
            "infrastructure",
        ] {
            assert!(
                fits(&format!("q={}", url::form_urlencoded::byte_serialize(there.as_bytes()).collect::<String>())),
                "{there}"
            );
        }
        for absent in ["C#", "C", ".net", "go", "cash", "zurich python"] {
            assert!(
                !fits(&format!("q={}", url::form_urlencoded::byte_serialize(absent.as_bytes()).collect::<String>())),
                "{absent}"
            );
        }
        assert!(fits("technology=Node.js&technology=C%2B%2B") && !fits("technology=Node.js&technology=C"));
    }

    #[test]
    fn facets_fit_as_people_mean_them() {
        assert!(fits("region=Africa") && fits("region=Global"), "who works everywhere works there");
        assert!(fits("entityType=Partner") && fits("entityType=Sponsor"), "who is both is either");
        assert!(fits("industry=Gaming&industry=Cloud+and+infrastructure") && !fits("industry=Gaming"));
        assert!(fits("budget=INR:200000-500000") && !fits("budget=INR:500000-2000000") && !fits("budget=INR:50000-200000"));
        assert!(!fits("budget=USD:0-500") && fits("verified=true&eventType=Hackathon&sponsorshipType=Cash"));
        let unsaid = Budget::of(Currency::Inr, 0, None);
        assert_eq!(bands(unsaid).count(), 0);
        let one = Money { minor: 20_000_000, currency: Currency::Inr };
        assert_eq!(bands(Budget { min: one, max: Some(one) }).map(Band::key).collect::<Vec<_>>(), ["INR:200000-500000"]);
    }

    #[test]
    fn what_is_hidden_cannot_be_asked_for() {
        let query = DirectoryQuery::read("q=a&budget=INR:200000-500000&sponsorshipType=Cash&region=Africa&cursor=ab");
        for audience in [Audience::Public, Audience::PendingCommunity] {
            let (open, closed) = as_open_to(&query, audience);
            assert_eq!(open.query(), "q=a&region=Africa&cursor=ab");
            assert_eq!(closed, [DirectoryFacet::SponsorshipType, DirectoryFacet::Budget]);
        }
        for audience in [Audience::ApprovedCommunity, Audience::Staff] {
            assert_eq!(as_open_to(&query, audience), (query.clone(), Vec::new()));
        }
        // No word of it finds anybody either.
        let said: Vec<String> = searched().entry().texts().map(|(_, text)| text.to_lowercase()).collect();
        assert!(!said.iter().any(|text| text.contains("cash") || text.contains("inr")));
    }

    fn any_query() -> impl Strategy<Value = DirectoryQuery> {
        let one = |facet: DirectoryFacet, values: Vec<String>| {
            prop::collection::vec(prop::sample::select(values), 0..3).prop_map(move |chosen| (facet, chosen))
        };
        let strings = |labels: &[&str]| labels.iter().map(|label| (*label).to_owned()).collect::<Vec<String>>();
        let facets = (
            one(DirectoryFacet::Industry, strings(Industry::LABELS)),
            one(DirectoryFacet::Region, strings(Region::LABELS)),
            one(
                DirectoryFacet::Technology,
                strings(&["C", "C++", "C#", ".NET", "nodejs", "Quantum Foo", "quantum-foo", "é & ü"]),
            ),
            one(DirectoryFacet::SponsorshipType, strings(SponsorshipType::LABELS)),
            one(DirectoryFacet::Budget, Band::all().map(Band::key).collect()),
            one(DirectoryFacet::EventType, strings(EventType::LABELS)),
            one(DirectoryFacet::EntityType, strings(EntityType::LABELS)),
            one(DirectoryFacet::Verified, strings(&["true"])),
        );
        ("\\PC{0,120}", facets, prop::sample::select(Order::ALL.to_vec()), "[0-9a-f]{0,20}").prop_map(
            |(text, facets, order, cursor)| {
                let mut query = DirectoryQuery::default().with_text(&text).with_order(order).at(&cursor);
                let (a, b, c, d, e, f, g, h) = facets;
                for (facet, values) in [a, b, c, d, e, f, g, h] {
                    for value in values {
                        query.choose(facet, &value).expect("it is one of the list");
                    }
                }
                query
            },
        )
    }

    proptest! {
        #[test]
        fn what_was_written_reads_the_same(query in any_query()) {
            let written = query.query();
            let (read, wrong) = DirectoryQuery::parse(&written);
            prop_assert!(wrong.is_empty());
            prop_assert_eq!(read.query(), written);
            prop_assert_eq!(read, query);
        }

        #[test]
        fn whatever_stands_in_an_address_is_read(text in "\\PC{0,80}") {
            let read = DirectoryQuery::read(&text);
            prop_assert_eq!(DirectoryQuery::read(&read.query()), read);
        }
    }
}
