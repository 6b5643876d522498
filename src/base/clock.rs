//! The only place that asks what time it is.
//!
//! All dates and times of the app are naive times in the business zone, cut to milliseconds, as the
//! platform stores them. Tests stop the clock.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{
    DateTime, LocalResult, NaiveDate, NaiveDateTime, Offset, SubsecRound, TimeDelta, TimeZone, Utc,
};
use chrono_tz::Tz;

/// How times are written in the CSV, the JSON and exact titles: `YYYY-MM-DD HH:MM:SS.mmm`.
pub const TIME_FORMAT: &str = "%Y-%m-%d %H:%M:%S%.3f";

/// The offset from UTC in seconds of a zone where it has not changed since 2000 and is not going to; else none.
pub fn steady_offset(zone: Tz) -> Option<i32> {
    let day = |number| DateTime::from_timestamp(number * 86_400, 0).unwrap_or_default().naive_utc();
    let offset = |number| zone.offset_from_utc_datetime(&day(number)).fix().local_minus_utc();
    // From 2000 to the end of 2037, as far as MariaDB's times reach.
    let (first, last) = (10_957_i64, 24_836);
    let steady = offset(first);
    (first..=last).all(|number| offset(number) == steady).then_some(steady)
}

/// The zone whose skipped hours no database of this process can keep.
static SKIPPING: Mutex<Option<Tz>> = Mutex::new(None);

/// Tells that the database keeps instants of that zone: a time that its clock skipped would be moved in silence.
pub fn refuse_skipped_hours(zone: Tz) {
    *SKIPPING.lock().unwrap_or_else(PoisonError::into_inner) = Some(zone);
}

/// Whether there was no such time, because the clock was put forward past it, and the database cannot keep it.
pub fn is_skipped(time: NaiveDateTime) -> bool {
    let zone = *SKIPPING.lock().unwrap_or_else(PoisonError::into_inner);
    zone.is_some_and(|zone| matches!(zone.from_local_datetime(&time), LocalResult::None))
}

/// Tells the time in the business zone.
#[derive(Debug, Clone)]
pub struct Clock {
    zone: Tz,
    stopped_at: Option<Arc<Mutex<NaiveDateTime>>>,
}

impl Clock {
    /// A running clock in that zone.
    pub fn new(zone: Tz) -> Clock {
        Clock { zone, stopped_at: None }
    }

    /// A clock that always shows that time, for tests.
    pub fn stopped(zone: Tz, at: NaiveDateTime) -> Clock {
        Clock { zone, stopped_at: Some(Arc::new(Mutex::new(at))) }
    }

    /// Moves a stopped clock, and all its clones, on.
    pub fn advance(&self, by: TimeDelta) {
        if let Some(stopped) = &self.stopped_at {
            *stopped.lock().unwrap_or_else(PoisonError::into_inner) += by;
        }
    }

    /// The business zone.
    pub fn zone(&self) -> Tz {
        self.zone
    }

    /// Now in the business zone, cut to milliseconds: what all three databases can keep.
    #[expect(clippy::disallowed_methods, reason = "all others ask here")]
    pub fn now(&self) -> NaiveDateTime {
        match &self.stopped_at {
            Some(stopped) => *stopped.lock().unwrap_or_else(PoisonError::into_inner),
            None => Utc::now().with_timezone(&self.zone).naive_local().trunc_subsecs(3),
        }
    }

    /// Milliseconds since 1970 in UTC: for spans of time between machines, never shown.
    #[expect(clippy::disallowed_methods, reason = "all others ask here")]
    pub fn epoch_milliseconds() -> i64 {
        Utc::now().timestamp_millis()
    }

    /// Milliseconds since 1970 of [`Clock::now`], a stopped clock included: for what is due later, whatever summer time
    /// does to the clock on the wall.
    pub fn milliseconds(&self) -> i64 {
        match &self.stopped_at {
            Some(_) => {
                let zoned = self.zone.from_local_datetime(&self.now()).earliest();
                zoned.map_or_else(Clock::epoch_milliseconds, |zoned| zoned.timestamp_millis())
            }
            None => Clock::epoch_milliseconds(),
        }
    }

    /// The time of the business zone at so many milliseconds since 1970.
    pub fn time_at(&self, milliseconds: i64) -> NaiveDateTime {
        let time = DateTime::from_timestamp_millis(milliseconds).unwrap_or_default();
        time.with_timezone(&self.zone).naive_local()
    }

    /// Today in the business zone.
    pub fn today(&self) -> NaiveDate {
        self.now().date()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_without_summer_time_are_steady() {
        assert_eq!(steady_offset(Tz::UTC), Some(0));
        assert_eq!(steady_offset(Tz::Asia__Shanghai), Some(8 * 3600));
        assert_eq!(steady_offset(Tz::Asia__Kolkata), Some(5 * 3600 + 1800));
        for changing in
            [Tz::Europe__Berlin, Tz::America__New_York, Tz::Europe__Moscow, Tz::America__Sao_Paulo]
        {
            assert_eq!(steady_offset(changing), None, "{changing}");
        }
    }
}
