//! Which usages a list shows: one value behind page, money line, CSV and every link between them.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Nullable};

pub use super::keys::{HISTORY_KEYS, KEYS, TABLE};
pub use super::shelf::Shelf;
use crate::base::form::{FieldErrors, Fields, Message, NONE, Reader, id_of};
use crate::base::grouping::{FIRST_DAY, GroupOrder, Grouping, LAST_DAY};
use crate::base::keys;
use crate::db::schema::{llmusage as live, llmusage_history as history};
use crate::db::{Engine, dialect};

/// Rows on a page unless asked otherwise, and the most.
pub const PAGE_SIZE: u32 = 20;
pub const MAX_PAGE_SIZE: u32 = 200;

/// Which usages, in which order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    pub shelf: Shelf,
    /// `created`, `accounted`, `failed`, or what a foreign program wrote; none = all.
    pub accounting_status: Option<String>,
    pub start_date: Option<NaiveDate>,
    pub end_date: Option<NaiveDate>,
    pub userorgid: Option<String>,
    pub llmid: Option<String>,
    pub userid: Option<String>,
    pub status: Option<String>,
    pub id: Option<String>,
    pub taskid: Option<String>,
    /// By use time, newest first unless this is set.
    pub oldest_first: bool,
    pub page_size: Option<u32>,
    /// When it was archived, to the second: one run. In the history only.
    pub backup_time: Option<NaiveDateTime>,
    /// Only those whose day of use is none that `start_date` and `end_date` could name.
    pub is_dateless: bool,
    /// Shown in groups by that, in that order.
    pub group: Option<Grouping>,
    pub group_sort: Option<GroupOrder>,
}

/// What the address of a list takes besides a filter: the place, the exact count, the mark for Excel.
pub const BESIDE: [&str; 4] = ["after", "before", "exact", "bom"];

impl Filter {
    /// Reads the query string of live usages; see [`Filter::parse_on`].
    pub fn parse(fields: &Fields) -> (Filter, FieldErrors) {
        Filter::parse_on(Shelf::Live, fields)
    }

    /// Reads a query string. What is wrong is named in the errors and left out of the filter; the rest stands.
    pub fn parse_on(shelf: Shelf, fields: &Fields) -> (Filter, FieldErrors) {
        let (mut filter, mut errors) = Filter::read_on(shelf, fields);
        if filter.start_date.zip(filter.end_date).is_some_and(|(start, end)| start > end) {
            errors.entry("end_date".to_owned()).or_insert(Message::new("error-range-dates"));
            filter.end_date = None;
        }
        (filter, errors)
    }

    /// As [`Filter::parse_on`]; a range that ends before it begins stands, and holds nothing.
    pub fn read_on(shelf: Shelf, fields: &Fields) -> (Filter, FieldErrors) {
        let mut read = Reader::new(fields);
        let mut filter = Filter { shelf, ..Filter::default() };
        for key in shelf.keys() {
            (key.read)(&mut filter, &mut read, key.name);
        }
        (filter, read.errors)
    }

    /// The query string's pairs that parse to this filter; what is default is left out.
    pub fn to_pairs(&self) -> Vec<(&'static str, String)> {
        keys::to_pairs(&TABLE, self)
    }

    /// How many rows a page shows.
    pub fn rows_per_page(&self) -> usize {
        self.page_size.unwrap_or(PAGE_SIZE) as usize
    }

    /// As in a cursor.
    pub fn sort_name(&self) -> &'static str {
        if self.oldest_first { "use_time" } else { "-use_time" }
    }

    /// Whether rows are looked through one by one: next to all of the history is accounted, hence it has no index by
    /// accounting state.
    pub fn is_searched(&self) -> bool {
        self.shelf == Shelf::History
            && self.accounting_status.is_some()
            && self.id.is_none()
            && self.taskid.is_none()
    }

    /// The same filter on the tab of an accounting state; none = all.
    pub fn on_tab(&self, accounting_status: Option<&str>) -> Filter {
        Filter { accounting_status: accounting_status.map(str::to_owned), ..self.clone() }
    }

    /// The same tab, order, groups and page size with nothing else.
    pub fn cleared(&self) -> Filter {
        Filter {
            shelf: self.shelf,
            // The history has no tabs.
            accounting_status: self.accounting_status.clone().filter(|_| self.shelf == Shelf::Live),
            oldest_first: self.oldest_first,
            page_size: self.page_size,
            group: self.group,
            group_sort: self.group_sort,
            ..Filter::default()
        }
    }

    /// The filter without one of its keys, as a chip's cross removes it.
    pub fn without(&self, key: &str) -> Filter {
        let pairs = self.to_pairs().into_iter().filter(|(name, _)| *name != key);
        let pairs = pairs.map(|(name, value)| (name.to_owned(), value)).collect();
        Filter::parse_on(self.shelf, &Fields::new(pairs)).0
    }
}

/// The columns whose filter takes `none` for rows without such an id.
const HAS_NONE: [&str; 3] = ["userorgid", "llmid", "userid"];

/// The columns that hold one of a few words.
const IS_WORD: [&str; 2] = ["status", "accounting_status"];

/// The conditions of a filter on one of the two tables: all must hold.
macro_rules! conditions_on {
    ($filter:expr, $engine:expr, $table:ident) => {{
        let filter: &Filter = $filter;
        let mut all: Vec<dialect::Condition<$table::table>> = Vec::new();
        for (column, wanted) in filter.texts() {
            all.extend(wanted.as_deref().map(|text| match text {
                text if IS_WORD.contains(&column) => dialect::means($engine, column, text),
                text if !HAS_NONE.contains(&column) => dialect::exactly($engine, column, text),
                NONE => dialect::is_nothing(column),
                key => dialect::exactly($engine, column, id_of(key)),
            }));
        }
        let (start, end) = (filter.start_date, filter.end_date);
        if start.is_some() || end.is_some() {
            // Both ends, always: what no filter can name lies beyond one of them.
            all.push(Box::new($table::use_date.ge(start.unwrap_or(FIRST_DAY))));
            all.push(Box::new($table::use_date.le(end.unwrap_or(LAST_DAY))));
            all.extend(
                dialect::is_day_among($engine, "use_date")
                    .map(|is_day| -> dialect::Condition<_> { Box::new(sql::<Nullable<Bool>>(&is_day)) }),
            );
        }
        all.extend(filter.is_dateless.then(|| -> dialect::Condition<_> {
            Box::new(sql::<Nullable<Bool>>(&dialect::is_no_day_within(
                $engine, "use_date", FIRST_DAY, LAST_DAY,
            )))
        }));
        all
    }};
}

impl Filter {
    /// The columns that must hold exactly a text.
    fn texts(&self) -> [(&'static str, &Option<String>); 7] {
        [
            ("id", &self.id),
            ("taskid", &self.taskid),
            ("userid", &self.userid),
            ("userorgid", &self.userorgid),
            ("llmid", &self.llmid),
            ("status", &self.status),
            ("accounting_status", &self.accounting_status),
        ]
    }

    /// The filter in SQL for the live table.
    pub fn live(&self, engine: Engine) -> Vec<dialect::Condition<live::table>> {
        conditions_on!(self, engine, live)
    }

    /// The filter in SQL for the history.
    pub fn archived(&self, engine: Engine) -> Vec<dialect::Condition<history::table>> {
        let mut all = conditions_on!(self, engine, history);
        all.extend(self.backup_time.map(|time| -> dialect::Condition<_> {
            // All rows of a run share it, to the second.
            let next = time + chrono::TimeDelta::seconds(1);
            Box::new(history::backup_time.ge(time).and(history::backup_time.lt(next)))
        }));
        all
    }
}
