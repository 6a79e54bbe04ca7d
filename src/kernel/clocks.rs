//! What clocks elsewhere show: of a moment that is typed for one place, the time of whoever types it. The rules of zones are asked
//! for (a browser knows them): here is only what follows from them.
//!
//! Counts whole minutes since the beginning of 1970; of a wall time, as if it stood in UTC. Does not decide what is stored: the
//! door reads the same text with a table of its own, and of a time that exists twice both take the earlier.

const DAY: i64 = 24 * 60;
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
/// The first day of 1970 was a Thursday.
const WEEK: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];

/// A wall time as a form sends it: `2027-03-14T18:30`.
pub fn wall(text: &str) -> Option<i64> {
    let (date, time) = text.split_once('T')?;
    let mut date = date.splitn(3, '-').map(|part| part.parse::<i64>().ok());
    let mut time = time.splitn(3, ':').map(|part| part.parse::<i64>().ok());
    minutes(date.next()??, date.next()??, date.next()??, time.next()??, time.next()??)
}

/// A wall time as browsers write one in American English: `3/14/2027, 18:30`.
pub fn american(text: &str) -> Option<i64> {
    let mut parts = text.split(|it: char| !it.is_ascii_digit()).filter(|it| !it.is_empty()).map(|it| it.parse::<i64>().ok());
    let (month, day, year) = (parts.next()??, parts.next()??, parts.next()??);
    // Some write midnight as the end of a day.
    minutes(year, month, day, parts.next()?? % 24, parts.next()??)
}

/// When clocks show a wall time, by what they show at a moment. Nothing where they skip it.
pub fn moment(wall: i64, shows: impl Fn(i64) -> Option<i64>) -> Option<i64> {
    // Clocks are moved at most once within two days: what is ahead of UTC before and after is all that it can be.
    let with = |near: i64| {
        let at = wall - (shows(near)? - near);
        (shows(at)? == wall).then_some(at)
    };
    match (with(wall - DAY), with(wall + DAY)) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

/// Where the clocks of a zone hang, as people say it: `America/Argentina/Buenos_Aires` is "Buenos Aires".
pub fn place(zone: &str) -> String {
    zone.rsplit('/').next().unwrap_or(zone).replace('_', " ")
}

/// In which zone a moment is meant, and what it is for the reader: what clocks there show, and the reader's own.
/// "In Kolkata; 14:30 for you."
pub fn said(zone: &str, is_day: bool, clocks: Option<(i64, i64)>) -> String {
    let place = place(zone);
    let there = if is_day { format!("The end of this day in {place}") } else { format!("In {place}") };
    match clocks {
        None => format!("{there}."),
        Some((there_is, here_is)) if there_is == here_is => format!("{there}, as on your clock."),
        Some((there_is, here_is)) => {
            let day = if there_is.div_euclid(DAY) == here_is.div_euclid(DAY) { String::new() } else { day(here_is) + ", " };
            let time = here_is.rem_euclid(DAY);
            format!("{there}; {day}{:02}:{:02} for you.", time / 60, time % 60)
        }
    }
}

/// "Sun 14 Mar".
fn day(wall: i64) -> String {
    let days = wall.div_euclid(DAY);
    let (_, month, day) = date(days);
    let weekday = usize::try_from(days.rem_euclid(7)).map_or("", |at| WEEK[at]);
    format!("{weekday} {day} {}", MONTHS[month])
}

/// Nothing for a date or a time that no clock shows.
fn minutes(year: i64, month: i64, day: i64, hour: i64, minute: i64) -> Option<i64> {
    let is_time = (0..24).contains(&hour) && (0..60).contains(&minute);
    if !(1..=9999).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) || !is_time {
        return None;
    }
    // Years begin with March, so that the day that some have more comes last; 400 of them are always as long.
    let (year, from_march) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let of_year = year.rem_euclid(400);
    let days = year.div_euclid(400) * 146_097 + of_year * 365 + of_year / 4 - of_year / 100 + (153 * from_march + 2) / 5 + day;
    // What lies between the first of March of the year 0 and the beginning of 1970.
    let days = days - 719_469;
    (date(days).2 == day).then_some(days * DAY + hour * 60 + minute)
}

/// Year, month (from 0) and day of so many days since the beginning of 1970.
fn date(days: i64) -> (i64, usize, i64) {
    let days = days + 719_468;
    let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let of_era = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let of_year = day - (365 * of_era + of_era / 4 - of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let month = if from_march < 10 { from_march + 2 } else { from_march - 10 };
    let year = of_era + era * 400 + i64::from(from_march >= 10);
    (year, usize::try_from(month).unwrap_or_default(), of_year - (153 * from_march + 2) / 5 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::NaiveDate;
    use proptest::prelude::*;

    fn at(text: &str) -> i64 {
        wall(text).expect("the test's own time")
    }

    /// Berlin in 2026: an hour ahead of UTC, two from 29 March, 01:00 UTC, to 25 October, 01:00 UTC.
    fn berlin(moment: i64) -> Option<i64> {
        let summer = (at("2026-03-29T01:00")..at("2026-10-25T01:00")).contains(&moment);
        Some(moment + if summer { 120 } else { 60 })
    }

    #[test]
    fn what_is_no_time_is_none() {
        for text in
            ["", "2026-11-20", "2026-02-29T10:00", "2026-13-01T10:00", "2026-11-20T24:00", "T", "a-b-cTd:e", "2026-11-20T"]
        {
            assert_eq!(wall(text), None, "{text:?}");
        }
        assert_eq!(wall("1970-01-01T00:00"), Some(0));
        assert_eq!(wall("2026-11-20T18:30:00"), wall("2026-11-20T18:30"));
        assert_eq!(american("11/20/2026, 18:30"), wall("2026-11-20T18:30"));
        assert_eq!(american("11/20/2026, 24:05"), wall("2026-11-20T00:05"));
        assert_eq!(american("tomorrow"), None);
    }

    #[test]
    fn clocks_that_are_moved_skip_a_time_and_show_another_twice() {
        assert_eq!(moment(at("2026-01-10T12:00"), berlin), Some(at("2026-01-10T11:00")));
        assert_eq!(moment(at("2026-07-10T12:00"), berlin), Some(at("2026-07-10T10:00")));
        assert_eq!(moment(at("2026-03-29T01:59"), berlin), Some(at("2026-03-29T00:59")));
        assert_eq!(moment(at("2026-03-29T02:30"), berlin), None);
        assert_eq!(moment(at("2026-03-29T03:00"), berlin), Some(at("2026-03-29T01:00")));
        // The earlier one, as the door has it.
        assert_eq!(moment(at("2026-10-25T02:30"), berlin), Some(at("2026-10-25T00:30")));
        assert_eq!(moment(at("2026-10-25T03:00"), berlin), Some(at("2026-10-25T02:00")));
        assert_eq!(moment(0, |_| None), None);
    }

    #[test]
    fn a_moment_is_said_with_its_zone() {
        let clocks = |there: &str, here: &str| Some((at(there), at(here)));
        assert_eq!(said("Asia/Kolkata", false, None), "In Kolkata.");
        assert_eq!(said("America/Argentina/Buenos_Aires", false, None), "In Buenos Aires.");
        assert_eq!(said("UTC", true, None), "The end of this day in UTC.");
        let there = "2026-11-20T18:00";
        assert_eq!(said("Asia/Kolkata", false, clocks(there, "2026-11-20T13:30")), "In Kolkata; 13:30 for you.");
        assert_eq!(said("Asia/Kolkata", false, clocks(there, there)), "In Kolkata, as on your clock.");
        assert_eq!(said("Asia/Kolkata", false, clocks(there, "2026-11-21T01:30")), "In Kolkata; Sat 21 Nov, 01:30 for you.");
        let end = clocks("2026-03-01T23:59", "2026-03-02T05:29");
        assert_eq!(said("Europe/London", true, end), "The end of this day in London; Mon 2 Mar, 05:29 for you.");
    }

    proptest! {
        #[test]
        fn dates_are_those_of_the_calendar(year in 1_i32..=9999, month in 1_u32..=12, day in 1_u32..=31, minute in 0_i64..1440) {
            let there = NaiveDate::from_ymd_opt(year, month, day).and_then(|date| date.and_hms_opt(0, 0, 0));
            let meant = there.map(|it| it.and_utc().timestamp() / 60 + minute);
            let text = format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}", minute / 60, minute % 60);
            prop_assert_eq!(wall(&text), meant);
            if let (Some(meant), Some(there)) = (meant, there) {
                prop_assert_eq!(super::day(meant), there.format("%a %-d %b").to_string());
            }
        }
    }
}
