//! What the list of communities can be asked for, and under what a community is found. Pure.

use crate::{
    features::communities::rules::CommunitySize,
    kernel::{
        ids::CommunityId,
        labels::{CommunityType, EventType, Region, labels},
        search::{Entry, Facet, Query},
        technologies, words,
    },
};
use chrono::{DateTime, Utc};

labels! {
    /// A way of narrowing the list of communities, by its parameter.
    CommunityFacet, "a facet" {
        Type = "type",
        Region = "region",
        Country = "country",
        Language = "language",
        Size = "size",
        // Of its public events.
        Technology = "technology",
        EventType = "eventType",
    }
}

/// The list of communities as an address asks for it.
pub type CommunitiesQuery = Query<CommunityFacet>;

impl Facet for CommunityFacet {
    const EVERY: &'static [Self] = Self::ALL;

    fn name(self) -> &'static str {
        self.label()
    }

    fn title(self) -> &'static str {
        match self {
            Self::Type => "Kind",
            Self::Region => "Region",
            Self::Country => "Country",
            Self::Language => "Language",
            Self::Size => "People",
            Self::Technology => "Technology",
            Self::EventType => "Event type",
        }
    }

    fn read(self, text: &str) -> Result<(usize, String), String> {
        let listed = |labels: &[&str], known: Result<(), String>| {
            known?;
            Ok((labels.iter().position(|label| *label == text).unwrap_or_default(), text.to_owned()))
        };
        match self {
            Self::Type => listed(CommunityType::LABELS, CommunityType::parse(text).map(drop).map_err(|e| e.to_string())),
            Self::Region => listed(Region::LABELS, Region::parse(text).map(drop).map_err(|e| e.to_string())),
            Self::Size => listed(CommunitySize::LABELS, CommunitySize::parse(text).map(drop).map_err(|e| e.to_string())),
            Self::EventType => listed(EventType::LABELS, EventType::parse(text).map(drop).map_err(|e| e.to_string())),
            Self::Technology => Ok((0, technologies::one(text)?)),
            // Written by people; there is no list of them.
            Self::Country | Self::Language => {
                let tidy = text.split_whitespace().collect::<Vec<_>>().join(" ");
                if tidy.is_empty() || tidy.chars().any(char::is_control) {
                    return Err(format!("Name a {}.", self.title().to_lowercase()));
                }
                Ok((0, tidy))
            }
        }
    }

    /// Whoever looks for Rust and Kubernetes looks for a community that is about both.
    fn wants_all(self) -> bool {
        self == Self::Technology
    }

    fn key(self, value: &str) -> String {
        match self {
            Self::Country | Self::Language => words::fold(value),
            Self::Technology => technologies::key(value),
            Self::Type | Self::Region | Self::Size | Self::EventType => value.to_owned(),
        }
    }
}

/// What of a community is searched. The one place where its words are put together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Searched {
    pub id: CommunityId,
    pub name: String,
    pub sort_name: String,
    pub bio: String,
    pub community_type: String,
    pub country: String,
    pub city: String,
    pub region: String,
    pub languages: Vec<String>,
    pub size: String,
    /// What its public events are about, and what they are.
    pub technologies: Vec<String>,
    pub event_types: Vec<String>,
    pub reputation: i32,
    pub listed: bool,
    pub since: DateTime<Utc>,
}

impl Searched {
    pub fn entry(self) -> Entry<CommunityFacet> {
        let mut values =
            vec![(CommunityFacet::Type, self.community_type.clone()), (CommunityFacet::Country, self.country.clone())];
        values.extend(self.languages.iter().map(|language| (CommunityFacet::Language, language.clone())));
        values.push((CommunityFacet::Size, self.size));
        values.extend(self.technologies.iter().map(|technology| (CommunityFacet::Technology, technology.clone())));
        values.extend(self.event_types.into_iter().map(|kind| (CommunityFacet::EventType, kind)));
        // Whoever works everywhere works in every region.
        if self.region == Region::Global.label() {
            values.extend(Region::LABELS.iter().map(|label| (CommunityFacet::Region, (*label).to_owned())));
        } else {
            values.push((CommunityFacet::Region, self.region.clone()));
        }
        values.retain(|(_, value)| !value.trim().is_empty());
        Entry {
            id: self.id.0,
            name: self.name,
            sort_name: self.sort_name,
            strong: [self.community_type, self.city, self.country, self.region].into_iter().chain(self.languages).collect(),
            technologies: self.technologies,
            text: vec![self.bio],
            values,
            reputation: u32::try_from(self.reputation).unwrap_or_default(),
            since: self.since.timestamp_micros(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_address_is_read_and_written_in_one_way() {
        let query =
            CommunitiesQuery::read("size=201+to+1%2C000&language=Hindi&q=rust&type=Meetup+group&country=%20India&x=1&sort=name");
        assert_eq!(query.query(), "q=rust&type=Meetup+group&country=India&language=Hindi&size=201+to+1%2C000&sort=name");
        assert_eq!(
            CommunitiesQuery::read("eventType=Meetup&technology=golang&technology=k8s&q=x").query(),
            "q=x&technology=Go&technology=Kubernetes&eventType=Meetup"
        );
        let (_, wrong) = CommunitiesQuery::parse("type=Club&size=12&region=Mars&language=x&eventType=Party&technology=Go,+Rust");
        assert_eq!(wrong.0.into_keys().collect::<Vec<_>>(), ["eventType", "region", "size", "technology", "type"]);
    }

    #[test]
    fn a_community_is_found_by_what_it_says() {
        let entry = Searched {
            id: CommunityId(uuid::Uuid::from_u128(1)),
            name: "Rust Pune".into(),
            sort_name: "rust pune".into(),
            bio: "We meet monthly.".into(),
            community_type: "Meetup group".into(),
            country: "India".into(),
            city: "Pune".into(),
            region: "South Asia".into(),
            languages: vec!["Français".into()],
            size: String::new(),
            technologies: vec!["Node.js".into(), "C++".into()],
            event_types: vec!["Meetup".into(), "Hackathon".into()],
            reputation: 5,
            listed: true,
            since: DateTime::from_timestamp(1_750_000_000, 0).expect("a time"),
        }
        .entry();
        let fits = |query: &str| CommunitiesQuery::read(query).fits(&entry);
        for there in [
            "q=pune",
            "q=india monthly",
            "language=francais",
            "country=INDIA&region=South+Asia",
            "type=Meetup+group",
            "q=c%2B%2B pune",
            "technology=nodejs&technology=C%2B%2B",
            "eventType=Workshop&eventType=Meetup",
        ] {
            assert!(fits(there), "{there}");
        }
        for absent in
            ["q=delhi", "country=Nepal", "size=Up+to+50", "q=c%23", "technology=C%2B%2B&technology=C", "eventType=Workshop"]
        {
            assert!(!fits(absent), "{absent}");
        }
    }

    proptest! {
        #[test]
        fn whatever_stands_in_an_address_is_read(country in "\\PC{0,30}", text in "\\PC{0,60}") {
            let mut query = CommunitiesQuery::default().with_text(&text);
            let _ = query.choose(CommunityFacet::Country, &country);
            let again = CommunitiesQuery::read(&query.query());
            prop_assert_eq!(again.query(), query.query());
        }
    }
}
