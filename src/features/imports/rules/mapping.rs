//! Which heading of a file holds which of our fields: guessed once, changed by people, and remembered by the caller.

use super::Target;
use crate::kernel::labels::{EntityType, Industry};
use std::collections::BTreeMap;

/// For each field of ours, the heading that holds it.
pub type Mapping = BTreeMap<String, String>;

/// A field that a file can fill.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FieldOf {
    pub name: &'static str,
    pub label: &'static str,
    /// Without it there is nothing to import.
    pub needed: bool,
    /// How files call it, folded.
    also: &'static [&'static str],
}

const fn field(name: &'static str, label: &'static str, needed: bool, also: &'static [&'static str]) -> FieldOf {
    FieldOf { name, label, needed, also }
}

const NAME: FieldOf =
    field("displayName", "Name", true, &["name", "company", "companyname", "organization", "organisation", "sponsor", "partner"]);
const WEBSITE: FieldOf = field("website", "Website", true, &["url", "homepage", "site", "web", "webpage", "link", "domain"]);
const INDUSTRY: FieldOf = field("industry", "Industry", false, &["sector", "field"]);
const SEGMENT: FieldOf = field("segment", "Segment", false, &["subcategory", "subindustry", "group"]);
const ABOUT: FieldOf =
    field("shortDescription", "Short description", false, &["description", "about", "summary", "tagline", "notes"]);
const LOGO: FieldOf = field("logo", "Logo's file", false, &["logofile", "logoname", "image", "picture"]);
const CONTACT: FieldOf = field(
    "contactEmail",
    "Mailbox of theirs",
    false,
    &["email", "mail", "contact", "contactmail", "officialemail", "primaryemail"],
);
/// Which field says whether somebody sponsors or is a partner.
pub const ENTITY_TYPE: &str = "entityType";
const ENTITY: FieldOf = field(ENTITY_TYPE, "Sponsor or partner", false, &["type", "kind"]);

const ORGANIZATIONS: &[FieldOf] = &[NAME, WEBSITE, INDUSTRY, SEGMENT, ABOUT, LOGO, CONTACT, ENTITY];
const SPONSORS: &[FieldOf] = &[
    NAME,
    WEBSITE,
    field("event", "Event of yours", false, &["eventtitle", "eventname", "conference", "meetup"]),
    field("category", "As what", false, &["tier", "level", "package", "sponsorcategory", "sponsorlevel", "as"]),
    INDUSTRY,
    ABOUT,
    LOGO,
    CONTACT,
];
const EVENTS: &[FieldOf] = &[
    field("title", "Title", true, &["name", "event", "eventname", "conference"]),
    field("registrationLink", "Link", false, &["url", "link", "website", "homepage"]),
    field("startAt", "First day", false, &["startdate", "start", "from", "date", "begins"]),
    field("endAt", "Last day", false, &["enddate", "end", "to", "until", "ends"]),
    field("city", "City", false, &["place", "location", "town"]),
    field("country", "Country", false, &["land", "nation"]),
    field("online", "Online too", false, &["virtual", "hybrid", "remote"]),
    field("topics", "Topics", false, &["tags", "tag", "topic", "technologies"]),
    field("descriptionMarkdown", "Description", false, &["description", "about", "summary"]),
];

/// What a file for this target can fill.
pub const fn fields(target: Target) -> &'static [FieldOf] {
    match target {
        Target::Organizations => ORGANIZATIONS,
        Target::Sponsors => SPONSORS,
        Target::Events => EVENTS,
    }
}

fn folded(heading: &str) -> String {
    heading.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The likeliest mapping: a field's own name first, then how files call it; no heading is used twice.
pub fn guess(target: Target, headings: &[String]) -> Mapping {
    let mut mapping = Mapping::new();
    let take = |mapping: &mut Mapping, field: &FieldOf, wanted: &dyn Fn(&str) -> bool| {
        if mapping.contains_key(field.name) {
            return;
        }
        let free = |heading: &&String| !mapping.values().any(|used| used == *heading);
        if let Some(heading) = headings.iter().filter(free).find(|heading| wanted(&folded(heading))) {
            let heading = heading.clone();
            mapping.insert(field.name.to_owned(), heading);
        }
    };
    for field in fields(target) {
        take(&mut mapping, field, &|heading| heading == folded(field.name) || heading == folded(field.label));
    }
    for field in fields(target) {
        take(&mut mapping, field, &|heading| field.also.contains(&heading));
    }
    mapping
}

/// Only what exists: fields of the target and headings of the file.
pub fn cleaned(target: Target, headings: &[String], mapping: Mapping) -> Mapping {
    mapping
        .into_iter()
        .filter(|(name, heading)| fields(target).iter().any(|field| field.name == name) && headings.contains(heading))
        .collect()
}

/// What is taken for granted about every new profile, as no heading says it; empty where nothing is.
pub fn assumed(target: Target, mapping: &Mapping) -> String {
    if target == Target::Events {
        return String::new();
    }
    let mut said = Vec::new();
    if !mapping.contains_key(ENTITY_TYPE) {
        said.push(format!(
            "No column says who sponsors and who is a partner: each new profile stands in the directory as “{}” until its own people \
             say otherwise.",
            EntityType::SponsorAndPartner
        ));
    }
    if !says_industry(mapping) {
        said.push(format!("No column says the industry: each new profile stands below “{}”.", Industry::Other));
    }
    said.join(" ")
}

/// Does any heading say what organizations do?
pub fn says_industry(mapping: &Mapping) -> bool {
    [INDUSTRY, SEGMENT].iter().any(|field| mapping.contains_key(field.name))
}

/// The labels of needed fields that no heading holds.
pub fn missing(target: Target, mapping: &Mapping) -> Vec<&'static str> {
    fields(target).iter().filter(|field| field.needed && !mapping.contains_key(field.name)).map(|field| field.label).collect()
}

/// In which places of its rows stands what a file that was carried out is still needed for: by these fields pictures find their
/// rows. Mailboxes, descriptions, and columns that nothing is taken from are not among them; of events, nothing is.
pub fn kept(target: Target, headings: &[String], mapping: &Mapping) -> Vec<usize> {
    if target == Target::Events {
        return Vec::new();
    }
    let fields = [NAME, WEBSITE, INDUSTRY, SEGMENT, LOGO];
    let mut places: Vec<usize> = fields
        .iter()
        .filter_map(|field| mapping.get(field.name))
        .filter_map(|heading| headings.iter().position(|there| there == heading))
        .collect();
    places.sort_unstable();
    places
}

/// The headings that nothing is taken from.
pub fn unused<'a>(headings: &'a [String], mapping: &Mapping) -> Vec<&'a str> {
    headings.iter().filter(|heading| !mapping.values().any(|used| used == *heading)).map(String::as_str).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(target: Target, headings: &[&str]) -> Mapping {
        guess(target, &headings.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn headings_are_guessed() {
        let mapping = of(Target::Organizations, &["Company Name", "URL", "displayName", "Segment", "twitter"]);
        assert_eq!(mapping["displayName"], "displayName", "a field's own name goes first");
        assert_eq!((mapping["website"].as_str(), mapping["segment"].as_str()), ("URL", "Segment"));
        assert!(!mapping.values().any(|heading| heading == "twitter" || heading == "Company Name"));
        let events =
            of(Target::Events, &["name", "url", "startDate", "endDate", "city", "country", "online", "locales", "topics"]);
        assert_eq!(events.len(), 8, "languages have no place here");
        assert_eq!(missing(Target::Organizations, &of(Target::Organizations, &["a", "b"])), ["Name", "Website"]);
    }

    #[test]
    fn what_does_not_exist_is_dropped() {
        let headings = ["a".to_owned()];
        let typed =
            Mapping::from([("displayName".into(), "a".into()), ("website".into(), "b".into()), ("nose".into(), "a".into())]);
        assert_eq!(cleaned(Target::Organizations, &headings, typed), Mapping::from([("displayName".into(), "a".into())]));
    }

    #[test]
    fn what_no_heading_says_is_taken_for_granted_in_words() {
        let said = |headings: &[&str]| assumed(Target::Organizations, &of(Target::Organizations, headings));
        let bare = said(&["name", "website"]);
        assert!(bare.contains("“Sponsor and partner”") && bare.contains("below “Other”"), "{bare}");
        assert!(!said(&["name", "website", "segment"]).contains("industry"));
        assert!(!said(&["name", "website", "type"]).contains("partner"));
        assert_eq!(said(&["name", "website", "type", "industry"]), "");
        assert_eq!(assumed(Target::Events, &of(Target::Events, &["title"])), "");
    }

    #[test]
    fn nobodys_mailbox_is_kept() {
        let headings = ["Company", "E-mail", "Website", "Phone", "Logo", "Notes"].map(str::to_owned);
        let mapping = guess(Target::Organizations, &headings);
        assert_eq!(mapping.get("contactEmail").map(String::as_str), Some("E-mail"));
        assert_eq!(kept(Target::Organizations, &headings, &mapping), [0, 2, 4]);
        assert_eq!(kept(Target::Events, &headings, &mapping), [0_usize; 0]);
    }
}
