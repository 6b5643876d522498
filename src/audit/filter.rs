//! Which events of the trail: by person, action, record and time.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use diesel::prelude::*;

use crate::base::form::{FieldErrors, Fields, Message, Reader};
use crate::base::keys::{self, Key, names};
use crate::db::DbBackend;
use crate::db::schema::audit_event;
use crate::db::values::TextOf;

type Row = Key<Filter>;

/// The names in the query string.
pub const KEYS: [&str; ROWS.len()] = names(&ROWS);

static TABLE: [Row; ROWS.len()] = ROWS;

const ROWS: [Row; 5] = [
    Row::new(
        "from",
        |filter, read, name| filter.from = read.date(name),
        |filter| filter.from.map(|date| date.to_string()),
    ),
    Row::new(
        "to",
        |filter, read, name| filter.to = read.date(name),
        |filter| filter.to.map(|date| date.to_string()),
    ),
    Row::new(
        "author",
        |filter, read, name| filter.author = read.line(name, 64),
        |filter| filter.author.clone(),
    ),
    Row::new(
        "action",
        |filter, read, name| filter.action = read.line(name, 32),
        |filter| filter.action.clone(),
    ),
    Row::new("q", |filter, read, name| filter.record = read.line(name, 64), |filter| filter.record.clone()),
];

/// What the address takes besides: the place in the list, the mark for Excel.
pub const BESIDE: [&str; 3] = ["after", "before", "bom"];

/// What to look for; nothing means everything.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    /// Days, inclusive.
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
    pub author: Option<String>,
    /// As stored.
    pub action: Option<String>,
    /// The id of a record of any kind.
    pub record: Option<String>,
}

impl Filter {
    /// Reads a query string; what is wrong counts as absent.
    pub fn parse(fields: &Fields) -> (Filter, FieldErrors) {
        let mut read = Reader::new(fields);
        let mut filter = Filter::default();
        for key in &TABLE {
            (key.read)(&mut filter, &mut read, key.name);
        }
        if filter.from.zip(filter.to).is_some_and(|(from, to)| from > to) {
            read.refuse("to", Message::new("error-audit-order"));
        }
        (filter, read.errors)
    }

    /// The query string that says it.
    pub fn to_pairs(&self) -> Vec<(&'static str, String)> {
        keys::to_pairs(&TABLE, self)
    }

    /// The events that it means.
    pub(super) fn query(&self) -> audit_event::BoxedQuery<'static, DbBackend> {
        let mut query = audit_event::table.into_boxed();
        if let Some(from) = self.from {
            query = query.filter(audit_event::happened_at.ge(start_of(from)));
        }
        if let Some(to) = self.to {
            query = query.filter(audit_event::happened_at.lt(start_of(to) + TimeDelta::days(1)));
        }
        if let Some(author) = &self.author {
            query = query.filter(audit_event::author.eq(author.clone()));
        }
        if let Some(action) = &self.action {
            query = query.filter(audit_event::action.eq(action.clone()));
        }
        if let Some(record) = &self.record {
            query = query.filter(audit_event::record_id.eq(TextOf::new(record)));
        }
        query
    }
}

fn start_of(day: NaiveDate) -> NaiveDateTime {
    day.and_time(NaiveTime::MIN)
}
