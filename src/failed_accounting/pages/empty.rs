//! Why a list shows no row: nothing ever failed, nothing is open, nothing matches.

use serde::Serialize;

use super::asked::Found;
use super::index::Builder;
use crate::failed_accounting::filter::Handled;
use crate::web::locale;
use crate::web::view::{self, TimeView};

#[derive(Serialize)]
pub(super) struct Empty {
    /// `never`, `open`, `retrying` or `match`.
    kind: &'static str,
    last: Option<TimeView>,
    last_age: Option<String>,
    last_handled_by: Option<String>,
}

impl Builder<'_> {
    pub(super) fn empty(&self, found: &Found) -> Option<Empty> {
        if !found.listing.rows.is_empty() {
            return None;
        }
        let kind = match () {
            _ if found.is_empty => "never",
            _ if self.filter.retrying && !self.filter.is_narrowed() => "retrying",
            _ if self.filter.handled == Handled::Open && !self.filter.is_narrowed() => "open",
            _ => "match",
        };
        let last = found.last.as_ref();
        let last_time = last.and_then(|record| record.failed_time);
        let now = self.state.clock.now();
        Some(Empty {
            kind,
            last: last_time.map(|time| TimeView::new(&self.state.clock, time)),
            last_age: last_time.map(|time| locale::words(self.language, &view::age(now, time))),
            last_handled_by: last
                .filter(|record| !record.is_open())
                .and_then(|record| record.handled_by.clone()),
        })
    }
}
