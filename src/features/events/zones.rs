//! Wall times, zones and instants: the one place that knows the world's clocks.
//!
//! Promises: a wall time that does not exist (clocks went forward over it) is refused with one that does; of a time that
//! exists twice (clocks went back) the earlier is meant; a chosen zone keeps the wall time. Server only: the zone table is
//! far too large for a page. Pure otherwise.

use super::rules::{Chosen, Details, Draft, Timed, wall_text};
use crate::{
    kernel::fields::{Check, FieldErrors},
    platform::dates::zone_said,
};
use chrono::{DateTime, Datelike as _, LocalResult, NaiveDateTime, TimeDelta, TimeZone as _, Utc};
use chrono_tz::Tz;

/// Reads an IANA name.
///
/// # Errors
/// Says how to write it.
pub fn zone(name: &str) -> Result<Tz, String> {
    name.parse().map_err(|_| format!("“{name}” is no time zone. Use a name like Asia/Kolkata or Europe/Berlin."))
}

/// Every zone that a person may choose: places, and UTC.
pub fn names() -> impl Iterator<Item = &'static str> {
    const PLACES: [&str; 10] =
        ["Africa/", "America/", "Antarctica/", "Arctic/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/"];
    chrono_tz::TZ_VARIANTS
        .iter()
        .map(|zone| zone.name())
        .filter(|name| *name == "UTC" || PLACES.iter().any(|place| name.starts_with(place)))
}

/// The instant of a wall time.
///
/// # Errors
/// The clocks skip it; says the first time after the gap.
pub fn instant(zone: Tz, wall: NaiveDateTime) -> Result<DateTime<Utc>, String> {
    match zone.from_local_datetime(&wall) {
        LocalResult::Single(at) => Ok(at.with_timezone(&Utc)),
        LocalResult::Ambiguous(earlier, later) => Ok(earlier.min(later).with_timezone(&Utc)),
        LocalResult::None => {
            // Clocks are moved by whole minutes, and never by more than a day.
            let after = (1..=26 * 60)
                .map(|minutes| wall + TimeDelta::minutes(minutes))
                .find(|wall| zone.from_local_datetime(wall).earliest().is_some());
            let suggestion =
                after.map_or_else(String::new, |after| format!(" Choose {} or later.", wall_text(after).replace('T', " ")));
            Err(format!("The clocks in {} skip this time.{suggestion}", zone.name()))
        }
    }
}

/// The wall time of an instant.
pub fn wall(zone: Tz, at: DateTime<Utc>) -> NaiveDateTime {
    at.with_timezone(&zone).naive_local()
}

/// Settles the moments of a draft. What is not changed keeps its instant to the second, also where its wall time exists twice.
///
/// # Errors
/// An unknown zone, a time that the clocks skip, an end that is not after the start.
pub fn settle(draft: Draft, stored: Option<&Details>) -> Result<Details, FieldErrors> {
    let mut check = Check::default();
    let zone = check.take("timezone", zone(&draft.timezone));
    let same_zone = stored.is_some_and(|stored| stored.timezone == draft.timezone);
    let all_day = draft.all_day;
    let mut settled = |path: &str, chosen: Option<Chosen>, before: Option<Timed>| {
        let zone = zone?;
        let chosen = if all_day { whole_day(zone, chosen?, path == "endAt") } else { chosen? };
        match chosen {
            Chosen::Instant(at) => Some(Timed { wall: wall(zone, at), at }),
            Chosen::Wall(wall) => match before.filter(|before| same_zone && before.wall == wall) {
                Some(before) => Some(before),
                None => check.take(path, instant(zone, wall)).map(|at| Timed { wall, at }),
            },
        }
    };
    let starts = settled("startAt", draft.starts, stored.and_then(|stored| stored.starts));
    let ends = settled("endAt", draft.ends, stored.and_then(|stored| stored.ends));
    check.finish()?;
    Details::settled(draft, starts, ends)
}

/// The day's first minute, or its last.
fn whole_day(zone: Tz, chosen: Chosen, is_end: bool) -> Chosen {
    let day = match chosen {
        Chosen::Wall(wall) => wall.date(),
        Chosen::Instant(at) => wall(zone, at).date(),
    };
    let time = if is_end { day.and_hms_opt(23, 59, 0) } else { day.and_hms_opt(0, 0, 0) };
    time.map_or(chosen, Chosen::Wall)
}

/// From the first day to the last: "20 to 22 Nov 2026".
pub fn days_label(zone_name: &str, starts: DateTime<Utc>, ends: DateTime<Utc>) -> String {
    crate::platform::dates::days(starts, ends, zone(zone_name).unwrap_or(Tz::UTC))
}

/// "Fri 20 Nov, 18:30 IST"; the year is said when it is not the present one.
pub fn moment_label(zone: Tz, at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let local = at.with_timezone(&zone);
    let year = if local.year() == now.with_timezone(&zone).year() { "" } else { " %Y" };
    zone_said(local.format(&format!("%a %-d %b{year}, %H:%M %Z")).to_string())
}

/// "Fri 20 Nov, 18:30 IST", for a zone by its name; in UTC where the name is unknown.
pub fn moment_label_in(zone_name: &str, at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    moment_label(zone(zone_name).unwrap_or(Tz::UTC), at, now)
}

/// From when to when: "Fri 20 Nov, 18:30 to 21:00 IST", "Fri 20 Nov, 18:30 to Sun 22 Nov, 12:00 IST".
pub fn span_label(zone_name: &str, starts: DateTime<Utc>, ends: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let zone = zone(zone_name).unwrap_or(Tz::UTC);
    let (from, to) = (starts.with_timezone(&zone), ends.with_timezone(&zone));
    let this_year = now.with_timezone(&zone).year();
    let year = |year: i32| if year == this_year { "" } else { " %Y" };
    let from_label = from.format(&format!("%a %-d %b{}, %H:%M", year(from.year()))).to_string();
    let to_label = if from.date_naive() == to.date_naive() {
        to.format("%H:%M %Z").to_string()
    } else {
        to.format(&format!("%a %-d %b{}, %H:%M %Z", year(to.year()))).to_string()
    };
    zone_said(format!("{from_label} to {to_label}"))
}

/// For the corner of a card: "Nov" and "20".
pub fn card_date(zone_name: &str, at: DateTime<Utc>) -> (String, String) {
    let local = at.with_timezone(&zone(zone_name).unwrap_or(Tz::UTC));
    (local.format("%b").to_string(), local.format("%-d").to_string())
}

/// The end of a day (23:59:59) in the zone: when a deadline that is a date runs out.
///
/// # Errors
/// The zone is unknown, or its clocks skip that second.
pub fn end_of_day(zone_name: &str, date: chrono::NaiveDate) -> Result<DateTime<Utc>, String> {
    let wall = date.and_hms_opt(23, 59, 59).expect("every day has this second");
    instant(zone(zone_name)?, wall)
}

#[cfg(test)]
mod tests {
    use super::super::rules::EventInput;
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(text).expect("RFC 3339").with_timezone(&Utc)
    }

    fn naive(text: &str) -> NaiveDateTime {
        NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M").expect("a wall time")
    }

    fn event(starts: &str, ends: &str, zone: &str) -> EventInput {
        EventInput {
            title: Some("HackFest".into()),
            start_at: Some(starts.into()),
            end_at: Some(ends.into()),
            timezone: Some(zone.into()),
            ..EventInput::default()
        }
    }

    fn settled(input: &EventInput, stored: Option<&Details>) -> Result<Details, FieldErrors> {
        settle(input.parse().expect("nothing is wrong with the rest"), stored)
    }

    #[test]
    fn wall_times_become_instants() {
        let details = settled(&event("2026-11-20T18:30", "2026-11-22T12:00", "Asia/Kolkata"), None).expect("fine");
        assert_eq!(details.starts.map(|t| t.at), Some(at("2026-11-20T13:00:00Z")));
        let details = settled(&event("2026-11-20T13:00:00Z", "2026-11-22T12:00", "Asia/Kolkata"), None).expect("mixed");
        assert_eq!(details.starts.map(|t| wall_text(t.wall)).as_deref(), Some("2026-11-20T18:30"));
    }

    #[test]
    fn another_zone_keeps_the_wall_time() {
        let stored = settled(&event("2026-11-20T18:30", "2026-11-22T12:00", "Asia/Kolkata"), None).expect("fine");
        let moved = EventInput { timezone: Some("Europe/Berlin".into()), ..EventInput::default() }.over(EventInput::of(&stored));
        let moved = settled(&moved, Some(&stored)).expect("fine");
        assert_eq!(moved.starts.map(|t| t.wall), stored.starts.map(|t| t.wall));
        assert_eq!(moved.starts.map(|t| t.at), Some(at("2026-11-20T17:30:00Z")));
    }

    #[test]
    fn a_gap_is_refused_with_a_suggestion() {
        let errors = settled(&event("2026-03-29T02:30", "2026-03-29T09:00", "Europe/Berlin"), None).expect_err("no such time");
        assert_eq!(errors.get("startAt"), Some("The clocks in Europe/Berlin skip this time. Choose 2026-03-29 03:00 or later."));
        // A whole day that never was.
        let errors = settled(&event("2011-12-30T10:00", "2012-01-01T10:00", "Pacific/Apia"), None).expect_err("no such day");
        assert!(errors.get("startAt").is_some_and(|m| m.contains("2011-12-31 00:00")));
    }

    #[test]
    fn of_a_time_that_exists_twice_the_earlier_is_meant() {
        let details = settled(&event("2026-10-25T02:30", "2026-10-25T09:00", "Europe/Berlin"), None).expect("fine");
        assert_eq!(details.starts.map(|t| t.at), Some(at("2026-10-25T00:30:00Z")));
        // The later one can be said as an instant, and an edit of something else keeps it.
        let later = settled(&event("2026-10-25T01:30:00Z", "2026-10-25T09:00", "Europe/Berlin"), None).expect("fine");
        let edit = EventInput { subtitle: Some("x".into()), ..EventInput::default() }.over(EventInput::of(&later));
        assert_eq!(settled(&edit, Some(&later)).expect("fine").starts, later.starts);
    }

    #[test]
    fn zones_are_names_of_places() {
        assert!(settled(&event("", "", "Mars/Olympus"), None).expect_err("no such zone").get("timezone").is_some());
        assert!(names().any(|name| name == "Asia/Kolkata") && names().all(|name| zone(name).is_ok()));
        assert!(!names().any(|name| name.starts_with("Etc/")));
    }

    #[test]
    fn labels_read_well() {
        let now = at("2026-06-01T00:00:00Z");
        let (start, end) = (at("2026-11-20T13:00:00Z"), at("2026-11-22T06:30:00Z"));
        assert_eq!(moment_label_in("Asia/Kolkata", start, now), "Fri 20 Nov, 18:30 IST");
        assert_eq!(moment_label_in("Asia/Kolkata", start, at("2025-06-01T00:00:00Z")), "Fri 20 Nov 2026, 18:30 IST");
        assert_eq!(span_label("Asia/Kolkata", start, end, now), "Fri 20 Nov, 18:30 to Sun 22 Nov, 12:00 IST");
        assert_eq!(span_label("Asia/Kolkata", start, at("2026-11-20T15:30:00Z"), now), "Fri 20 Nov, 18:30 to 21:00 IST");
        assert_eq!(card_date("Asia/Kolkata", start), ("Nov".into(), "20".into()));
        assert_eq!(end_of_day("Asia/Kolkata", naive("2026-11-20T00:00").date()), Ok(at("2026-11-20T18:29:59Z")));
    }

    proptest! {
        /// Every instant comes back from its wall time, unless that exists twice: then the earlier of the two does.
        #[test]
        fn instants_and_wall_times_round_trip(seconds in 0_i64..4_000_000_000, pick in any::<prop::sample::Index>()) {
            let zones: Vec<&str> = names().collect();
            let zone = zone(zones[pick.index(zones.len())]).expect("a name of the table");
            let at = DateTime::from_timestamp(seconds, 0).expect("in range");
            let wall_time = wall(zone, at);
            let back = instant(zone, wall_time).expect("a wall time of an instant exists");
            prop_assert!(back <= at);
            prop_assert_eq!(wall(zone, back), wall_time);
        }
    }
}
