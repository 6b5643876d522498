//! Stretches of time in a filter: days of use, of failing, of decision, and what has none.
//!
//! What is shown as no day or no time is in no stretch, however its text compares: see [`crate::base::cells`].

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Nullable, Timestamp};

use super::condition::{Condition, IS_UNDECIDED, Part};
use super::filter::Filter;
use super::route::Lead;
use crate::base::grouping::{FIRST_DAY, LAST_DAY};
use crate::db::Engine;
use crate::db::dialect;
use crate::db::schema::llmusage_accounting_failed::dsl;

fn holds(condition: &str) -> Condition {
    Box::new(sql::<Nullable<Bool>>(condition))
}

/// The first moment behind a day; none behind the last day that there is.
fn end_of(day: NaiveDate) -> Option<NaiveDateTime> {
    day.succ_opt().map(|next| next.and_time(NaiveTime::MIN))
}

/// The days of use.
pub(super) fn used_on(engine: Engine, filter: &Filter) -> Vec<Part> {
    let column = "use_date";
    let mut all = Vec::new();
    let mut day = |lead, condition| all.push(Part { lead, column, condition });
    match (filter.start_date, filter.end_date) {
        (None, None) => {}
        (Some(start), Some(end)) if start == end => {
            day(Some(Lead::Days), Box::new(dsl::use_date.eq(start)) as Condition);
        }
        // Both ends, always: what no filter can name lies beyond one of them.
        (start, end) => {
            day(Some(Lead::Days), Box::new(dsl::use_date.ge(start.unwrap_or(FIRST_DAY))));
            day(Some(Lead::Days), Box::new(dsl::use_date.le(end.unwrap_or(LAST_DAY))));
            dialect::is_day_among(engine, column).into_iter().for_each(|is_day| day(None, holds(&is_day)));
        }
    }
    if filter.is_dateless {
        day(None, holds(&dialect::is_no_day_within(engine, column, FIRST_DAY, LAST_DAY)));
    }
    all
}

/// The days of failing; what is served by the order of the list is in a form that an index can seek.
pub(super) fn failed_on(engine: Engine, filter: &Filter) -> Vec<Part> {
    let column = "failed_time";
    let part = |lead, condition| Part { lead, column, condition };
    let is_time = dialect::says_time(engine, column);
    let mut all = Vec::new();
    if let Some(from) = filter.failed_from {
        // SQLite compares texts: a day parts them whatever stands behind it, a time does so where it is written alike.
        let is_text = engine.keeps_any_type();
        let begin = if is_text { from.date().and_time(NaiveTime::MIN) } else { from };
        all.push(part(Some(Lead::Times), Box::new(dsl::failed_time.ge(begin)) as Condition));
        all.push(part(None, holds(&is_time)));
        if begin != from {
            let later = sql::<Nullable<Bool>>("(REPLACE(failed_time, 'T', ' ') >= ");
            all.push(part(None, Box::new(later.bind::<Timestamp, _>(from).sql(")")) as Condition));
        }
    }
    // A day after the last one that there is: no time is later.
    if let Some(end) = filter.failed_to.and_then(end_of) {
        let before = dsl::failed_time.lt(end);
        all.push(match filter.failed_from {
            Some(_) => part(Some(Lead::Times), Box::new(before) as Condition),
            None => {
                let unknown = sql::<Nullable<Bool>>(&format!("({is_time}) IS NOT TRUE"));
                part(None, Box::new(before.or(unknown)))
            }
        });
    }
    all
}

/// The days of decision.
pub(super) fn decided(engine: Engine, filter: &Filter) -> Vec<Part> {
    let part = |lead, condition| Part { lead, column: "handled_time", condition };
    let mut all = Vec::new();
    if filter.is_undecided {
        let day = dialect::day_of(engine, "handled_time");
        let no_day = dialect::is_no_day_within(engine, &day, FIRST_DAY, LAST_DAY);
        all.push(part(None, holds(&format!("({} OR {no_day})", is_without_decision(engine)))));
    }
    if filter.handled_from.is_none() && filter.handled_to.is_none() {
        return all;
    }
    all.push(part(Some(Lead::Decisions), holds("(handled = '1')")));
    // Both ends, always, as above.
    let from = filter.handled_from.unwrap_or(FIRST_DAY).and_time(NaiveTime::MIN);
    all.push(part(Some(Lead::Decisions), Box::new(dsl::handled_time.ge(from))));
    let end = end_of(filter.handled_to.unwrap_or(LAST_DAY));
    all.extend(end.map(|end| part(Some(Lead::Decisions), Box::new(dsl::handled_time.lt(end)) as Condition)));
    all.push(part(None, holds(&dialect::says_time(engine, "handled_time"))));
    all
}

/// "It is open, or was handled at no known time."
pub(super) fn is_without_decision(engine: Engine) -> String {
    format!("({IS_UNDECIDED} OR ({}) IS NOT TRUE)", dialect::says_time(engine, "handled_time"))
}
