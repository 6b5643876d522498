//! The only place that asks what time it is.
//!
//! All dates and times of the app are naive times in the business zone, cut to milliseconds, as the
//! platform stores them. Tests stop the clock.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{NaiveDate, NaiveDateTime, SubsecRound, TimeDelta, Utc};
use chrono_tz::Tz;

/// How times are written in the CSV, the JSON and exact titles: `YYYY-MM-DD HH:MM:SS.mmm`.
pub const TIME_FORMAT: &str = "%Y-%m-%d %H:%M:%S%.3f";

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
    pub fn now(&self) -> NaiveDateTime {
        match &self.stopped_at {
            Some(stopped) => *stopped.lock().unwrap_or_else(PoisonError::into_inner),
            None => Utc::now().with_timezone(&self.zone).naive_local().trunc_subsecs(3),
        }
    }

    /// Milliseconds since 1970 in UTC: for spans of time between machines, never shown.
    pub fn epoch_milliseconds() -> i64 {
        Utc::now().timestamp_millis()
    }

    /// Today in the business zone.
    pub fn today(&self) -> NaiveDate {
        self.now().date()
    }
}
