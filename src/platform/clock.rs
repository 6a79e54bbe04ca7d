//! The only place where the time is read. In development and tests the clock can be shifted.

use chrono::{DateTime, DurationRound as _, TimeDelta, Utc};
use std::sync::atomic::{AtomicI64, Ordering};

/// A clock with an offset; the offset stays zero in production, where nothing can set it.
#[derive(Debug, Default)]
pub struct Clock {
    offset_seconds: AtomicI64,
}

impl Clock {
    /// Now, to the microsecond that Postgres keeps.
    pub fn now(&self) -> DateTime<Utc> {
        #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the clock")]
        let now = Utc::now();
        let now = now + TimeDelta::seconds(self.offset_seconds.load(Ordering::Relaxed));
        now.duration_trunc(TimeDelta::microseconds(1)).unwrap_or(now)
    }

    /// Moves the clock forward (or, with a negative number, back).
    pub fn shift(&self, seconds: i64) {
        self.offset_seconds.fetch_add(seconds, Ordering::Relaxed);
    }

    /// Seconds by which this clock is ahead of the machine's.
    pub fn offset(&self) -> i64 {
        self.offset_seconds.load(Ordering::Relaxed)
    }
}
