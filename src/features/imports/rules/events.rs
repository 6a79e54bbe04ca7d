//! What a row that names an event means: its days, its zone where that is certain, its format, category and technologies.
//! What cannot be told is said, and nothing is put in its place.

use crate::kernel::{
    labels::{EventCategory, EventFormat, Region},
    text::{Line, WebUrl},
};
use chrono::{NaiveDate, NaiveDateTime};
use std::collections::{HashMap, HashSet};

/// Countries with one zone in all of the places where people meet.
#[rustfmt::skip]
const COUNTRIES: &[(&str, &str, Region)] = &[
    ("austria", "Europe/Vienna", Region::Europe), ("belgium", "Europe/Brussels", Region::Europe),
    ("czech republic", "Europe/Prague", Region::Europe), ("czechia", "Europe/Prague", Region::Europe),
    ("denmark", "Europe/Copenhagen", Region::Europe), ("finland", "Europe/Helsinki", Region::Europe),
    ("france", "Europe/Paris", Region::Europe), ("georgia", "Asia/Tbilisi", Region::Europe),
    ("germany", "Europe/Berlin", Region::Europe), ("greece", "Europe/Athens", Region::Europe),
    ("india", "Asia/Kolkata", Region::SouthAsia), ("ireland", "Europe/Dublin", Region::Europe),
    ("italy", "Europe/Rome", Region::Europe), ("japan", "Asia/Tokyo", Region::EastAsia),
    ("lithuania", "Europe/Vilnius", Region::Europe), ("malta", "Europe/Malta", Region::Europe),
    ("netherlands", "Europe/Amsterdam", Region::Europe), ("norway", "Europe/Oslo", Region::Europe),
    ("poland", "Europe/Warsaw", Region::Europe), ("singapore", "Asia/Singapore", Region::SouthEastAsia),
    ("south korea", "Asia/Seoul", Region::EastAsia), ("sweden", "Europe/Stockholm", Region::Europe),
    ("switzerland", "Europe/Zurich", Region::Europe), ("thailand", "Asia/Bangkok", Region::SouthEastAsia),
    ("united arab emirates", "Asia/Dubai", Region::MiddleEast), ("u.k.", "Europe/London", Region::Europe),
    ("uk", "Europe/London", Region::Europe), ("united kingdom", "Europe/London", Region::Europe),
];

/// Cities of countries with several zones.
#[rustfmt::skip]
const CITIES: &[(&str, &str, &str)] = &[
    ("barcelona", "spain", "Europe/Madrid"), ("madrid", "spain", "Europe/Madrid"), ("malaga", "spain", "Europe/Madrid"),
    ("valencia", "spain", "Europe/Madrid"), ("lisbon", "portugal", "Europe/Lisbon"), ("porto", "portugal", "Europe/Lisbon"),
    ("brisbane", "australia", "Australia/Brisbane"), ("melbourne", "australia", "Australia/Melbourne"),
    ("newcastle", "australia", "Australia/Sydney"), ("sydney", "australia", "Australia/Sydney"),
    ("calgary", "canada", "America/Edmonton"), ("montreal", "canada", "America/Toronto"), ("toronto", "canada", "America/Toronto"),
    ("vancouver", "canada", "America/Vancouver"),
    ("anaheim, ca", "u.s.a.", "America/Los_Angeles"), ("atlanta, ga", "u.s.a.", "America/New_York"),
    ("austin, tx", "u.s.a.", "America/Chicago"), ("boston, ma", "u.s.a.", "America/New_York"),
    ("charlotte, nc", "u.s.a.", "America/New_York"), ("chicago, il", "u.s.a.", "America/Chicago"),
    ("denver, co", "u.s.a.", "America/Denver"), ("hollywood, fl", "u.s.a.", "America/New_York"),
    ("las vegas, nv", "u.s.a.", "America/Los_Angeles"), ("los angeles, ca", "u.s.a.", "America/Los_Angeles"),
    ("menlo park, ca", "u.s.a.", "America/Los_Angeles"), ("mountain view, ca", "u.s.a.", "America/Los_Angeles"),
    ("new york, ny", "u.s.a.", "America/New_York"), ("orlando, fl", "u.s.a.", "America/New_York"),
    ("portland, or", "u.s.a.", "America/Los_Angeles"), ("san francisco, ca", "u.s.a.", "America/Los_Angeles"),
    ("san jose, ca", "u.s.a.", "America/Los_Angeles"), ("seattle, wa", "u.s.a.", "America/Los_Angeles"),
];

/// Regions of countries with several zones.
#[rustfmt::skip]
const REGIONS: &[(&str, Region)] = &[
    ("spain", Region::Europe), ("portugal", Region::Europe), ("australia", Region::Oceania), ("canada", Region::NorthAmerica),
    ("u.s.a.", Region::NorthAmerica), ("usa", Region::NorthAmerica), ("united states", Region::NorthAmerica),
];

/// What a topic says an event is about, and which technology it names.
#[rustfmt::skip]
const TOPICS: &[(&str, EventCategory, &str)] = &[
    ("ai", EventCategory::ArtificialIntelligence, ""), ("android", EventCategory::MobileDevelopment, "Android"),
    ("api", EventCategory::Technology, ""), ("clojure", EventCategory::Technology, "Clojure"), ("cloud", EventCategory::CloudComputing, ""),
    ("cpp", EventCategory::Technology, "C++"), ("css", EventCategory::WebDevelopment, "CSS"), ("data", EventCategory::DataScience, ""),
    ("devops", EventCategory::DevOps, ""), ("dotnet", EventCategory::Technology, ".NET"), ("general", EventCategory::Technology, ""),
    ("golang", EventCategory::Technology, "Go"), ("graphql", EventCategory::WebDevelopment, "GraphQL"),
    ("ios", EventCategory::MobileDevelopment, "iOS"), ("iot", EventCategory::Technology, ""), ("java", EventCategory::Technology, "Java"),
    ("javascript", EventCategory::WebDevelopment, "JavaScript"), ("kotlin", EventCategory::Technology, "Kotlin"),
    ("leadership", EventCategory::Leadership, ""), ("opensource", EventCategory::OpenSource, ""),
    ("php", EventCategory::WebDevelopment, "PHP"), ("product", EventCategory::ProductManagement, ""),
    ("python", EventCategory::Technology, "Python"), ("ruby", EventCategory::Technology, "Ruby"), ("rust", EventCategory::Technology, "Rust"),
    ("scala", EventCategory::Technology, "Scala"), ("security", EventCategory::Cybersecurity, ""), ("sre", EventCategory::DevOps, ""),
    ("typescript", EventCategory::WebDevelopment, "TypeScript"), ("ux", EventCategory::DesignUiUx, ""),
];

/// When something begins or ends, as far as a file says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    Day(NaiveDate),
    Time(NaiveDateTime),
}

impl When {
    /// # Errors
    /// Says how to write it.
    pub fn parse(text: &str) -> Result<Option<Self>, String> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(None);
        }
        // Spreadsheets write midnight behind a day.
        let day = text.strip_suffix("T00:00:00").or_else(|| text.strip_suffix(" 00:00:00")).unwrap_or(text);
        if let Ok(day) = NaiveDate::parse_from_str(day, "%Y-%m-%d") {
            return Ok(Some(Self::Day(day)));
        }
        ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S"]
            .iter()
            .find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())
            .map(|time| Some(Self::Time(time)))
            .ok_or_else(|| {
                format!("“{}” is no date that we can read. Write it as 2026-11-20.", text.chars().take(30).collect::<String>())
            })
    }

    pub fn day(self) -> NaiveDate {
        match self {
            Self::Day(day) => day,
            Self::Time(time) => time.date(),
        }
    }
}

/// The cells of a row.
#[derive(Debug, Clone, Copy, Default)]
pub struct Cells<'a> {
    pub title: &'a str,
    pub link: &'a str,
    pub start: &'a str,
    pub end: &'a str,
    pub city: &'a str,
    pub country: &'a str,
    pub online: &'a str,
    pub topics: &'a str,
    pub description: &'a str,
}

/// An event, as far as a row tells of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    pub title: String,
    pub link: String,
    pub start: Option<When>,
    pub end: Option<When>,
    pub zone: Option<&'static str>,
    pub region: Option<Region>,
    pub format: Option<EventFormat>,
    pub category: Option<EventCategory>,
    pub technologies: Vec<String>,
    /// "Berlin, Germany".
    pub place: String,
    pub description: String,
    /// What the row says and we have no certain place for.
    pub unmapped: Vec<String>,
}

/// Reads a row.
///
/// # Errors
/// What keeps it from being an event at all.
pub fn plan(cells: Cells<'_>) -> Result<Plan, String> {
    let title = Line::parse(cells.title, 3, 120, "title").map_err(|problem| problem.to_string())?.into_string();
    let link = match cells.link.trim() {
        "" => String::new(),
        typed => WebUrl::parse(typed).map_err(|problem| format!("Link: {problem}"))?.into_string(),
    };
    let start = When::parse(cells.start).map_err(|problem| format!("First day: {problem}"))?;
    // A day alone is the whole event; a moment alone is only where it begins.
    let end = When::parse(cells.end)
        .map_err(|problem| format!("Last day: {problem}"))?
        .or_else(|| start.filter(|start| matches!(start, When::Day(_))));
    if let (Some(start), Some(end)) = (start, end)
        && end.day() < start.day()
    {
        return Err("The last day is before the first.".into());
    }
    let mut unmapped = Vec::new();
    let (city, country) = (cells.city.trim(), cells.country.trim());
    let zone = zone(city, country);
    let region = region(country);
    if zone.is_none() {
        unmapped.push(match (city, start, end) {
            (_, None, None) => "no date".to_owned(),
            (_, None, Some(end)) => format!("the last day, {}: there is no first one", days_label(end.day(), end.day())),
            ("", ..) => "no city, so no time zone: its days stand in the subtitle".to_owned(),
            _ => format!("the time zone of {city}, {country}: its days stand in the subtitle"),
        });
    }
    for (when, other) in [(start, "end"), (end, "start")] {
        let Some(When::Time(time)) = when else { continue };
        let time = time.format("%H:%M");
        if zone.is_none() {
            unmapped.push(format!("the time {time}: no time zone says which moment it is"));
        } else if are_days(start, end) {
            unmapped.push(format!("the time {time}: its {other} is only a day"));
        }
    }
    let online = is_yes(cells.online);
    let format = match (city.is_empty(), online) {
        (false, true) => Some(EventFormat::Hybrid),
        (false, false) => Some(EventFormat::InPerson),
        (true, true) => Some(EventFormat::Online),
        (true, false) => {
            unmapped.push("where people meet".to_owned());
            None
        }
    };
    let (mut categories, mut technologies, mut strange) = (Vec::new(), Vec::new(), Vec::new());
    for topic in cells.topics.split([',', ';', '|']).map(str::trim).filter(|topic| !topic.is_empty()) {
        match TOPICS.iter().find(|(known, ..)| known.eq_ignore_ascii_case(topic)) {
            Some((_, category, technology)) => {
                if !categories.contains(category) {
                    categories.push(*category);
                }
                if !technology.is_empty() {
                    technologies.push((*technology).to_owned());
                }
            }
            None => strange.push(topic.to_owned()),
        }
    }
    // "Technology" fits everything: whatever says more goes first.
    let category = categories.iter().copied().find(|it| *it != EventCategory::Technology).or(categories.first().copied());
    let others: Vec<&str> =
        categories.iter().filter(|it| Some(**it) != category && **it != EventCategory::Technology).map(|it| it.label()).collect();
    if !strange.is_empty() {
        unmapped.push(format!("topics {}", strange.join(", ")));
    }
    if !others.is_empty() {
        unmapped.push(format!("more than one category: {}", others.join(", ")));
    }
    if category.is_none() {
        unmapped.push("the category".to_owned());
    }
    let place = [city, country].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ");
    let description = cells.description.trim().to_owned();
    Ok(Plan { title, link, start, end, zone, region, format, category, technologies, place, description, unmapped })
}

/// Where one of the two is only a day, all of it is days.
fn are_days(start: Option<When>, end: Option<When>) -> bool {
    [start, end].iter().flatten().any(|when| matches!(when, When::Day(_)))
}

fn zone(city: &str, country: &str) -> Option<&'static str> {
    let (city, country) = (city.to_lowercase(), country.to_lowercase());
    if city.is_empty() {
        return None;
    }
    let whole = COUNTRIES.iter().find(|(name, ..)| *name == country).map(|(_, zone, _)| *zone);
    whole.or_else(|| CITIES.iter().find(|(name, land, _)| *name == city && *land == country).map(|(.., zone)| *zone))
}

fn region(country: &str) -> Option<Region> {
    let country = country.to_lowercase();
    let whole = COUNTRIES.iter().find(|(name, ..)| *name == country).map(|(.., region)| *region);
    whole.or_else(|| REGIONS.iter().find(|(name, _)| *name == country).map(|(_, region)| *region))
}

fn is_yes(text: &str) -> bool {
    ["true", "yes", "y", "1", "online", "hybrid", "x"].contains(&text.trim().to_lowercase().as_str())
}

/// "8 to 12 June 2026".
pub fn days_label(start: NaiveDate, end: NaiveDate) -> String {
    let (from, to) = (start.format("%-d %B %Y").to_string(), end.format("%-d %B %Y").to_string());
    if start == end { from } else { format!("{from} to {to}") }
}

/// What two rows share when they are one event: the title whatever its case, and the first day.
pub fn key(title: &str, start: Option<NaiveDate>) -> String {
    format!("{} {}", folded(title), start.map(|day| day.to_string()).unwrap_or_default())
}

/// A title whatever its case and its signs.
pub fn folded(title: &str) -> String {
    title.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// What a row calls its event: the folded title, and the first day where it says one. It stays with the draft that is made of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Origin {
    pub title: String,
    pub first_day: Option<NaiveDate>,
}

impl Plan {
    pub fn origin(&self) -> Origin {
        Origin { title: folded(&self.title), first_day: self.start.map(When::day) }
    }

    /// Does it say no more than days of when it is?
    pub fn is_all_day(&self) -> bool {
        are_days(self.start, self.end)
    }
}

/// An event that is here, as rows are compared with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// As it is called now, folded.
    pub title: String,
    pub first_day: Option<NaiveDate>,
    /// What the row called it that it came from; nothing where people have drafted it.
    pub origin: Option<Origin>,
}

/// By how many days an event may have been moved and be what its row tells of: fewer than lie between two meetings of a month
/// each. A draft too many can be thrown away; an event that is taken for another one cannot be brought at all.
const MOVES: i64 = 20;

/// Can an event that is here and one of which a row tells be one, as far as their days say? Who says no day says nothing.
fn may_be_one(here: Option<NaiveDate>, told: Option<NaiveDate>) -> bool {
    here.zip(told).is_none_or(|(here, told)| (told - here).num_days().abs() <= MOVES)
}

/// For each row the place of the event that it is, among those that are here. Where a draft came from goes first, whatever people
/// have made of it since; then what it is called now; last, a title that is here without a day, or whose row is remembered without
/// one, as long as the days are not far apart. No event is two different rows.
pub fn found(rows: &[Option<&Plan>], known: &[Known]) -> Vec<Option<usize>> {
    let origins: Vec<Option<Origin>> = rows.iter().map(|row| row.map(Plan::origin)).collect();
    let (mut of, mut taken): (HashMap<&Origin, usize>, HashSet<usize>) = (HashMap::new(), HashSet::new());
    for origin in origins.iter().flatten() {
        if let Some(place) = known.iter().position(|it| it.origin.as_ref() == Some(origin)) {
            of.insert(origin, place);
            taken.insert(place);
        }
    }
    for origin in origins.iter().flatten().filter(|origin| origin.first_day.is_some()) {
        let fits = |(place, it): (usize, &Known)| {
            !taken.contains(&place) && it.title == origin.title && it.first_day == origin.first_day
        };
        if !of.contains_key(origin)
            && let Some(place) = known.iter().enumerate().position(fits)
        {
            of.insert(origin, place);
            taken.insert(place);
        }
    }
    for (row, origin) in rows.iter().zip(&origins) {
        let (Some(plan), Some(origin)) = (row, origin) else { continue };
        if of.contains_key(origin) {
            continue;
        }
        // Without a zone, or a day, its draft would stand here without a day.
        let undated = plan.zone.is_none() || plan.start.is_none();
        let fits = |(place, it): (usize, &Known)| {
            let came = it.origin.as_ref();
            let unknown = came.is_some_and(|came| came.title == origin.title && came.first_day.is_none())
                && may_be_one(it.first_day, origin.first_day);
            let nobodys = it.title == origin.title && it.first_day.is_none() && came.is_none_or(|came| came.first_day.is_none());
            !taken.contains(&place) && (unknown || (undated && nobodys))
        };
        if let Some(place) = known.iter().enumerate().position(fits) {
            of.insert(origin, place);
            taken.insert(place);
        }
    }
    origins.iter().map(|origin| of.get(origin.as_ref()?).copied()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BERLIN: Cells<'_> = Cells {
        title: "Webinale",
        link: "https://webinale.de/en",
        start: "2026-06-08",
        end: "2026-06-12",
        city: "Berlin",
        country: "Germany",
        online: "true",
        topics: "accessibility, ux",
        description: "",
    };

    #[test]
    fn what_is_certain_is_taken_and_the_rest_is_told() {
        let plan = plan(BERLIN).expect("in order");
        assert_eq!(
            (plan.zone, plan.region, plan.format),
            (Some("Europe/Berlin"), Some(Region::Europe), Some(EventFormat::Hybrid))
        );
        assert_eq!(plan.category, Some(EventCategory::DesignUiUx));
        assert_eq!(plan.unmapped, ["topics accessibility"]);
        let nowhere = super::plan(Cells { city: "", country: "", ..BERLIN }).expect("in order");
        assert_eq!((nowhere.zone, nowhere.format), (None, Some(EventFormat::Online)));
        assert!(nowhere.unmapped[0].contains("no city"), "{:?}", nowhere.unmapped);
        let springfield = super::plan(Cells { city: "Springfield", country: "U.S.A.", ..BERLIN }).expect("in order");
        assert_eq!((springfield.zone, springfield.region), (None, Some(Region::NorthAmerica)));
    }

    #[test]
    fn a_time_is_a_moment_or_is_said() {
        let of = |start: &str, end: &str, city: &str| {
            let cells = Cells { start, end, city, country: "Germany", topics: "ux", ..BERLIN };
            let plan = plan(cells).expect("in order");
            (plan.is_all_day(), plan.start.map(When::day), plan.end.map(When::day), plan.unmapped.join("; "))
        };
        let (eighth, tenth) = (NaiveDate::from_ymd_opt(2026, 6, 8), NaiveDate::from_ymd_opt(2026, 6, 10));
        assert_eq!(of("2026-06-08", "", "Berlin"), (true, eighth, eighth, String::new()));
        assert_eq!(of("2026-06-08T18:00", "", "Berlin"), (false, eighth, None, String::new()));
        assert_eq!(of("2026-06-08T18:00", "2026-06-10T12:00", "Berlin"), (false, eighth, tenth, String::new()));
        let said = |words: &str| (true, eighth, tenth, words.to_owned());
        assert_eq!(of("2026-06-08T18:00", "2026-06-10", "Berlin"), said("the time 18:00: its end is only a day"));
        assert_eq!(of("2026-06-08", "2026-06-10T12:00", "Berlin"), said("the time 12:00: its start is only a day"));
        // Nothing is put in the place of a first day.
        assert_eq!(of("", "2026-06-10", "Berlin"), (true, None, tenth, String::new()));
        assert_eq!(of("", "2026-06-10", "").3, "the last day, 10 June 2026: there is no first one");
        assert_eq!(
            of("2026-06-08T18:00", "2026-06-08T20:00", "").3,
            "no city, so no time zone: its days stand in the subtitle; the time 18:00: no time zone says which moment it is; \
             the time 20:00: no time zone says which moment it is"
        );
    }

    #[test]
    fn a_bad_row_is_no_event() {
        assert!(plan(Cells { end: "2026-06-01", ..BERLIN }).is_err());
        assert!(plan(Cells { start: "8.6.2026", ..BERLIN }).expect_err("a date").contains("8.6.2026"));
        assert!(plan(Cells { title: "x", ..BERLIN }).is_err());
        assert!(plan(Cells { link: "javascript:alert(1)", ..BERLIN }).is_err());
    }

    #[test]
    fn one_event_has_one_key() {
        let day = NaiveDate::from_ymd_opt(2026, 6, 8);
        assert_eq!(key("Web-inale", day), key("WEBINALE", day));
        assert_ne!(key("Webinale", day), key("Webinale", None));
    }

    fn day(text: &str) -> Option<NaiveDate> {
        Some(text.parse().expect("a day"))
    }

    fn known(title: &str, first_day: Option<NaiveDate>, origin: Option<(&str, Option<NaiveDate>)>) -> Known {
        let origin = origin.map(|(title, first_day)| Origin { title: folded(title), first_day });
        Known { title: folded(title), first_day, origin }
    }

    #[test]
    fn a_row_finds_what_it_has_become() {
        let zoned = plan(BERLIN).expect("in order");
        let of = |start: &str| {
            plan(Cells { title: "Online Meetup", start, end: "", city: "", country: "", ..BERLIN }).expect("in order")
        };
        let (september, october, some_day) = (of("2026-09-01"), of("2026-10-01"), of(""));
        let rows = [Some(&zoned), None, Some(&september), Some(&october), Some(&some_day), Some(&september)];
        assert_eq!(found(&rows, &[]), [None; 6]);
        // Renamed, dated, moved to the other's day: each still finds its own.
        let here = [
            known("Online Meetup", day("2026-10-01"), Some(("Online Meetup", day("2026-09-01")))),
            known("Autumn Meetup", None, Some(("Online Meetup", day("2026-10-01")))),
            known("Webinale Berlin", day("2026-06-09"), Some(("Webinale", day("2026-06-08")))),
            known("Online Meetup", None, Some(("Online Meetup", None))),
        ];
        assert_eq!(found(&rows, &here), [Some(2), None, Some(0), Some(1), Some(3), Some(0)]);
        // What people have drafted themselves: by its day, or without one; and once.
        let theirs = [known("online meetup", None, None), known("Online-Meetup", day("2026-10-01"), None)];
        assert_eq!(found(&rows, &theirs), [None, None, Some(0), Some(1), None, Some(0)]);
        // A draft of which nobody knows any more which day its row had.
        let old = [known("Webinale 2026", day("2026-06-09"), Some(("Webinale", None)))];
        assert_eq!(found(&rows, &old)[0], Some(0));
        // Next month's and next year's are other events, and so is last year's; what nobody has dated may still be it.
        for (now, is_one) in
            [("2026-06-28", true), ("2026-06-29", false), ("2026-05-08", false), ("2027-05-01", false), ("2025-06-08", false)]
        {
            let edited = [known("Webinale", day(now), Some(("Webinale", None)))];
            assert_eq!(found(&rows, &edited)[0], is_one.then_some(0), "{now}");
        }
        assert_eq!(found(&rows, &[known("Webinale Berlin", None, Some(("Webinale", None)))])[0], Some(0));
        let edited = [known("Online Meetup", day("2026-09-01"), Some(("Online Meetup", None)))];
        assert_eq!(found(&[Some(&october)], &edited), [None]);
        assert_eq!(found(&[Some(&october), Some(&september)], &edited), [None, Some(0)]);
        // A row without a day finds it whenever it is.
        let dated = [known("Online Meetup", day("2030-01-01"), Some(("Online Meetup", None)))];
        assert_eq!(found(&[Some(&some_day)], &dated), [Some(0)]);
    }
}
