//! When somebody is not to be disturbed, and when their digest comes: in their own zone, across changes of its clocks. Pure,
//! but for the table of zones, which is too large for a page.

use crate::{kernel::error::AppResult, kernel::fields::FieldErrors, platform::dates};
use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, TimeZone as _, Timelike as _, Utc};
use chrono_tz::Tz;

/// What somebody chose; hours are full hours of their zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hours {
    pub zone: Tz,
    pub quiet_from: u32,
    /// Equal to `quiet_from`: no quiet hours.
    pub quiet_until: u32,
    pub digest_at: u32,
}

impl Default for Hours {
    /// Who chose nothing is mailed at any hour; a digest comes at eight in the morning.
    fn default() -> Self {
        Self { zone: Tz::UTC, quiet_from: 0, quiet_until: 0, digest_at: 8 }
    }
}

impl Hours {
    /// As they are stored.
    pub fn stored(zone: &str, quiet_from: i16, quiet_until: i16, digest_at: i16) -> Self {
        let hour = |hour: i16| u32::try_from(hour).unwrap_or_default().min(23);
        Self { zone: dates::zone(zone), quiet_from: hour(quiet_from), quiet_until: hour(quiet_until), digest_at: hour(digest_at) }
    }

    /// As they were typed.
    ///
    /// # Errors
    /// Beside `zone`, `quietFrom`, `quietUntil`, `digestAt`.
    pub fn parse(zone: &str, quiet_from: &str, quiet_until: &str, digest_at: &str) -> AppResult<Self> {
        let mut errors = FieldErrors::default();
        let mut hour = |field: &str, text: &str| match text.parse() {
            Ok(hour @ 0..=23) => hour,
            _ => {
                errors.add(field, "Choose a full hour from the list.");
                0
            }
        };
        let (quiet_from, quiet_until, digest_at) =
            (hour("quietFrom", quiet_from), hour("quietUntil", quiet_until), hour("digestAt", digest_at));
        let zone = zone.parse::<Tz>().map_err(|_| errors.add("zone", "Choose your time zone from the list."));
        match zone {
            Ok(zone) if errors.is_empty() => Ok(Self { zone, quiet_from, quiet_until, digest_at }),
            _ => Err(errors.into()),
        }
    }

    /// The end of the quiet hours that `now` lies in.
    pub fn quiet_until(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let hour = now.with_timezone(&self.zone).hour();
        let (from, until) = (self.quiet_from, self.quiet_until);
        let is_quiet = match from.cmp(&until) {
            std::cmp::Ordering::Equal => false,
            std::cmp::Ordering::Less => (from..until).contains(&hour),
            std::cmp::Ordering::Greater => hour >= from || hour < until,
        };
        is_quiet.then(|| self.next(until, now))
    }

    /// The moment of the next digest after `now`.
    pub fn next_digest(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        self.next(self.digest_at, now)
    }

    /// The next time that the clocks of the zone show this full hour. Where they skip it, the first moment after the gap.
    fn next(&self, hour: u32, now: DateTime<Utc>) -> DateTime<Utc> {
        let today = now.with_timezone(&self.zone).date_naive();
        (0..=2)
            .filter_map(|days| self.at(today + TimeDelta::days(days), hour))
            .find(|at| *at > now)
            .unwrap_or(now + TimeDelta::days(1))
    }

    fn at(&self, date: NaiveDate, hour: u32) -> Option<DateTime<Utc>> {
        let wall = date.and_time(NaiveTime::from_hms_opt(hour, 0, 0)?);
        (0..=12)
            .find_map(|quarters| self.zone.from_local_datetime(&(wall + TimeDelta::minutes(15 * quarters))).earliest())
            .map(|at| at.to_utc())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::{any, prop_assert, proptest};

    fn at(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(text).expect("a moment").to_utc()
    }

    fn hours(zone: &str, from: i16, until: i16) -> Hours {
        Hours::stored(zone, from, until, 8)
    }

    proptest! {
        #[test]
        fn quiet_hours_end_within_a_day_and_outside_of_them(zone in 0_usize..chrono_tz::TZ_VARIANTS.len(), from in 0_i16..24, until in 0_i16..24, seconds in any::<u32>()) {
            let hours = Hours { zone: chrono_tz::TZ_VARIANTS[zone], ..hours("UTC", from, until) };
            let now = DateTime::from_timestamp(1_600_000_000 + i64::from(seconds % 400_000_000), 0).expect("in range");
            if let Some(end) = hours.quiet_until(now) {
                prop_assert!(end > now && end - now <= TimeDelta::hours(26));
                prop_assert!(hours.quiet_until(end).is_none());
            }
            let digest = hours.next_digest(now);
            prop_assert!(digest > now && digest - now <= TimeDelta::hours(50));
        }
    }

    #[test]
    fn a_night_is_quiet_on_both_sides_of_midnight() {
        let night = hours("Asia/Kolkata", 22, 7);
        assert_eq!(night.quiet_until(at("2026-11-20T18:00:00Z")), Some(at("2026-11-21T01:30:00Z")));
        assert_eq!(night.quiet_until(at("2026-11-21T01:29:59Z")), Some(at("2026-11-21T01:30:00Z")));
        assert_eq!(night.quiet_until(at("2026-11-21T01:30:00Z")), None);
        assert_eq!(hours("UTC", 9, 9).quiet_until(at("2026-11-20T09:00:00Z")), None);
        assert_eq!(hours("UTC", 12, 14).quiet_until(at("2026-11-20T13:59:00Z")), Some(at("2026-11-20T14:00:00Z")));
    }

    #[test]
    fn clocks_that_skip_the_hour_end_it_after_the_gap() {
        // In Berlin, 2027-03-28 has no 02:00.
        let skipped = hours("Europe/Berlin", 22, 2);
        assert_eq!(skipped.quiet_until(at("2027-03-28T00:30:00Z")), Some(at("2027-03-28T01:00:00Z")));
    }

    #[test]
    fn what_is_no_hour_and_no_zone_is_named() {
        let problem = Hours::parse("Mars/Base", "25", "x", "8").expect_err("three problems");
        assert_eq!(problem.message(), "3 fields need your attention.");
        assert!(Hours::parse("Asia/Kolkata", "22", "7", "8").is_ok());
    }
}
