//! Moments in words, in the zone of the event that they belong to. Made on the server only, so that the browser shows the
//! same text; the browser has no zone database.
//!
//! Promises that a date ends at 23:59:59 of its zone, and that a moment is always printed with its zone. Does not guess
//! the reader's zone.

use chrono::{DateTime, Datelike as _, NaiveDate, NaiveTime, TimeDelta, TimeZone as _, Utc};
use chrono_tz::Tz;

/// The zone by its IANA name; UTC where the name is unknown, which labels then say.
pub fn zone(name: &str) -> Tz {
    name.parse().unwrap_or(Tz::UTC)
}

/// The last second of a date in a zone. Where the clock stands at it twice, the later one; where it is skipped, the first
/// second after the gap.
pub fn end_of_day(date: NaiveDate, zone: Tz) -> DateTime<Utc> {
    let wall = date.and_time(NaiveTime::from_hms_opt(23, 59, 59).expect("every day has a last second"));
    let found = zone.from_local_datetime(&wall).latest();
    // A gap is two hours at most, so one of the next steps is outside of it.
    let after = || (1..=8).find_map(|quarters| zone.from_local_datetime(&(wall + TimeDelta::minutes(15 * quarters))).earliest());
    found.or_else(after).map_or_else(|| wall.and_utc(), |at| at.to_utc())
}

/// The date on which a moment falls in a zone.
pub fn date_in(at: DateTime<Utc>, zone: Tz) -> NaiveDate {
    at.with_timezone(&zone).date_naive()
}

/// "Mon 1 Mar 2027".
pub fn day(at: DateTime<Utc>, zone: Tz) -> String {
    at.with_timezone(&zone).format("%a %-d %b %Y").to_string()
}

/// "Fri 20 Nov 2026, 18:30 IST".
pub fn moment(at: DateTime<Utc>, zone: Tz) -> String {
    zone_said(at.with_timezone(&zone).format("%a %-d %b %Y, %H:%M %Z").to_string())
}

/// A moment whose zone has no letters of its own ends in a number, "18:00 +08": people read "18:00 GMT+8".
pub fn zone_said(moment: String) -> String {
    let said = moment.rsplit_once(' ').and_then(|(front, zone)| {
        let sign = zone.chars().next().filter(|c| matches!(c, '+' | '-'))?;
        let digits = &zone[1..];
        if !matches!(digits.len(), 2 | 4) || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let (hours, minutes) = digits.split_at(2);
        let hours: u8 = hours.parse().ok()?;
        let minutes = if matches!(minutes, "" | "00") { String::new() } else { format!(":{minutes}") };
        Some(format!("{front} GMT{sign}{hours}{minutes}"))
    });
    said.unwrap_or(moment)
}

/// "14 to 15 Mar 2027", "30 Mar to 2 Apr 2027", "14 Mar 2027".
pub fn days(start: DateTime<Utc>, end: DateTime<Utc>, zone: Tz) -> String {
    let (start, end) = (date_in(start, zone), date_in(end, zone));
    let last = end.format("%-d %b %Y");
    if start == end {
        last.to_string()
    } else if start.year() != end.year() {
        format!("{} to {last}", start.format("%-d %b %Y"))
    } else if start.month() != end.month() {
        format!("{} to {last}", start.format("%-d %b"))
    } else {
        format!("{} to {last}", start.format("%-d"))
    }
}

/// What lies ahead: "in 12 days", "in 3 hours", "in a minute"; "over" when it has passed.
pub fn ahead(now: DateTime<Utc>, at: DateTime<Utc>) -> String {
    if at <= now { "over".into() } else { format!("in {}", span(at - now)) }
}

/// What lies behind: "4 days", "an hour", "a minute".
pub fn behind(now: DateTime<Utc>, at: DateTime<Utc>) -> String {
    span((now - at).max(TimeDelta::zero()))
}

fn span(length: TimeDelta) -> String {
    let (days, hours, minutes) = (length.num_days(), length.num_hours(), length.num_minutes());
    match (days, hours, minutes) {
        (2.., _, _) => format!("{days} days"),
        (1, _, _) => "a day".into(),
        (_, 2.., _) => format!("{hours} hours"),
        (_, 1, _) => "an hour".into(),
        (_, _, 2..) => format!("{minutes} minutes"),
        _ => "a minute".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).expect("a date")
    }

    #[test]
    fn a_zone_without_letters_is_said_as_people_say_it() {
        assert_eq!(zone_said("Thu 4 Mar, 18:00 +08".into()), "Thu 4 Mar, 18:00 GMT+8");
        assert_eq!(zone_said("Thu 4 Mar, 18:00 +0545".into()), "Thu 4 Mar, 18:00 GMT+5:45");
        assert_eq!(zone_said("Thu 4 Mar, 18:00 -03".into()), "Thu 4 Mar, 18:00 GMT-3");
        assert_eq!(zone_said("Thu 4 Mar, 18:00 IST".into()), "Thu 4 Mar, 18:00 IST");
    }

    #[test]
    fn a_date_ends_with_its_last_second_in_its_zone() {
        assert_eq!(end_of_day(date(2027, 3, 1), zone("Asia/Kolkata")).to_rfc3339(), "2027-03-01T18:29:59+00:00");
        // Clocks go back at midnight in Cuba: 23:59:59 is once, but 00:59:59 twice; the day of the change keeps its end.
        assert_eq!(end_of_day(date(2027, 11, 7), zone("America/Havana")).to_rfc3339(), "2027-11-08T04:59:59+00:00");
        // An unknown zone is UTC.
        assert_eq!(end_of_day(date(2027, 3, 1), zone("Mars/Base")).to_rfc3339(), "2027-03-01T23:59:59+00:00");
    }

    #[test]
    fn moments_carry_their_zone() {
        let at = end_of_day(date(2027, 3, 1), zone("Asia/Kolkata"));
        assert_eq!(moment(at, zone("Asia/Kolkata")), "Mon 1 Mar 2027, 23:59 IST");
        assert_eq!(day(at, zone("Asia/Kolkata")), "Mon 1 Mar 2027");
    }

    #[test]
    fn days_are_told_once() {
        let zone = zone("Asia/Kolkata");
        let at = |d: NaiveDate| end_of_day(d, zone);
        assert_eq!(days(at(date(2027, 3, 14)), at(date(2027, 3, 15)), zone), "14 to 15 Mar 2027");
        assert_eq!(days(at(date(2027, 3, 30)), at(date(2027, 4, 2)), zone), "30 Mar to 2 Apr 2027");
        assert_eq!(days(at(date(2027, 3, 14)), at(date(2027, 3, 14)), zone), "14 Mar 2027");
        assert_eq!(days(at(date(2026, 12, 31)), at(date(2027, 1, 1)), zone), "31 Dec 2026 to 1 Jan 2027");
    }

    #[test]
    fn spans_are_rounded_down() {
        let now = end_of_day(date(2027, 3, 1), Tz::UTC);
        assert_eq!(ahead(now, now + TimeDelta::hours(25)), "in a day");
        assert_eq!(ahead(now, now + TimeDelta::days(12)), "in 12 days");
        assert_eq!(ahead(now, now), "over");
        assert_eq!(behind(now, now - TimeDelta::minutes(1)), "a minute");
        assert_eq!(behind(now, now + TimeDelta::minutes(1)), "a minute");
    }
}
