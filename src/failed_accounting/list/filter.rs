//! The filter: one value behind list, totals, CSV and every link between them.
//!
//! It parses a query string, gives it back with one key changed, and says what is wrong field by field.
//! What it means in SQL is in `condition`.

use chrono::{NaiveDate, NaiveDateTime};

use super::batched::BatchOutcome;
use super::changed::Change;
pub use super::keys::KEYS;
use super::keys::{self, Key};
pub use super::sort::{Sort, SortColumn};
use crate::base::form::{FieldErrors, Fields, Message, Reader};
use crate::base::grouping::{GroupOrder, Grouping};
use crate::base::keys::to_pairs;
use crate::base::money::Money;
use crate::db::dialect::Tab;
use crate::failed_accounting::failure::Resolution;

/// Rows on a page unless asked otherwise, and the most.
pub const PAGE_SIZE: u32 = 20;
pub const MAX_PAGE_SIZE: u32 = 200;

/// The most characters that a text search takes.
pub(super) const MAX_SEARCH: usize = 200;

/// Which tab.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Handled {
    #[default]
    Open,
    Handled,
    All,
}

/// All parts of the table.
pub const ALL_TABS: [Tab; 3] = [Tab::Open, Tab::Handled, Tab::Superseded];

/// Which failed records, in which order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Filter {
    pub handled: Handled,
    /// Of the open ones only those whose retry is under way.
    pub retrying: bool,
    /// Only those that a newer failure took the place of, whatever the tab.
    pub superseded: bool,
    /// Only those whose retry is under way and was asked for before that time.
    pub retry_before: Option<NaiveDateTime>,
    pub start_date: Option<NaiveDate>,
    pub end_date: Option<NaiveDate>,
    pub userorgid: Option<String>,
    pub llmid: Option<String>,
    pub userid: Option<String>,
    pub llmusageid: Option<String>,
    /// An exact id of any kind, or words of the reason.
    pub q: Option<String>,
    pub amount_min: Option<Money>,
    pub amount_max: Option<Money>,
    pub resolution: Option<Resolution>,
    /// In place of a resolution: [`NONE`](crate::base::form::NONE), or `=` and a word that the app does not know.
    pub foreign_resolution: Option<String>,
    /// Who handled it.
    pub handled_by: Option<String>,
    /// Those decided from that day to that one, and those without any such day.
    pub handled_from: Option<NaiveDate>,
    pub handled_to: Option<NaiveDate>,
    pub is_undecided: bool,
    /// Only those whose day of use is none that `start_date` and `end_date` could name.
    pub is_dateless: bool,
    /// The stored name of the family of their cause, or [`NONE`](crate::base::form::NONE) where no cause was told yet.
    pub family: Option<&'static str>,
    /// The rows of that batch.
    pub batch: Option<String>,
    /// Of these only those of which that became; means nothing without a batch.
    pub batch_outcome: Option<BatchOutcome>,
    /// Of these only those that had that cause when they were frozen, as [`Filter::cause`] says it; means nothing without a batch.
    pub batch_cause: Option<String>,
    /// The key of a cause, or [`crate::causes::cause::UNSORTED`].
    pub cause: Option<String>,
    /// From that time, and to the end of that day, by failed_time. Without a beginning, failures of no known time match,
    /// too.
    pub failed_from: Option<NaiveDateTime>,
    pub failed_to: Option<NaiveDate>,
    /// What happened to them, since when, and that somebody else than that one did it; the two others mean something
    /// beside the first.
    pub changed: Option<Change>,
    pub changed_from: Option<NaiveDateTime>,
    pub changed_not_by: Option<String>,
    pub sort: Sort,
    pub page_size: Option<u32>,
    /// Shown in groups by that, in that order.
    pub group: Option<Grouping>,
    pub group_sort: Option<GroupOrder>,
}

/// What the address of a list takes besides a filter: the place, the exact count, the saved view, the mark for Excel.
pub const BESIDE: [&str; 6] = ["after", "before", "exact", "view", "bom", "refresh"];

impl Filter {
    /// Reads a query string. What is wrong is named in the errors and left out of the filter; the rest stands.
    pub fn parse(fields: &Fields) -> (Filter, FieldErrors) {
        let (mut filter, errors) = Filter::read(fields);
        let mut read = Reader::new(fields);
        read.errors = errors;
        filter.check_ranges(&mut read);
        (filter, read.errors)
    }

    /// As [`Filter::parse`]; a range that ends before it begins stands, and holds nothing.
    pub fn read(fields: &Fields) -> (Filter, FieldErrors) {
        let mut read = Reader::new(fields);
        let mut filter = Filter::default();
        for key in &keys::TABLE {
            (key.read)(&mut filter, &mut read, key.name);
        }
        (filter, read.errors)
    }

    /// The cause whose title stands in words for a filter.
    pub fn titled_cause(&self) -> Option<&str> {
        self.cause.as_deref().or(self.batch_cause.as_deref())
    }

    fn check_ranges(&mut self, read: &mut Reader<'_>) {
        if self.start_date.zip(self.end_date).is_some_and(|(start, end)| start > end) {
            read.refuse("end_date", Message::new("error-range-dates"));
            self.end_date = None;
        }
        if self.failed_from.zip(self.failed_to).is_some_and(|(start, end)| start.date() > end) {
            read.refuse("failed_to", Message::new("error-range-dates"));
            self.failed_to = None;
        }
        if self.handled_from.zip(self.handled_to).is_some_and(|(start, end)| start > end) {
            read.refuse("handled_to", Message::new("error-range-dates"));
            self.handled_to = None;
        }
        if self.amount_min.zip(self.amount_max).is_some_and(|(least, most)| least > most) {
            read.refuse("amount_max", Message::new("error-range-amounts"));
            self.amount_max = None;
        }
    }

    /// The query string's pairs that parse to this filter; what is default is left out.
    pub fn to_pairs(&self) -> Vec<(&'static str, String)> {
        to_pairs(&keys::TABLE, self)
    }

    /// Whether it holds superseded failures only: they are neither work nor a decision, so that whoever names them
    /// means no tab.
    pub fn is_of_superseded(&self) -> bool {
        self.superseded || self.resolution == Some(Resolution::Superseded)
    }

    /// The parts of the table in which its rows are.
    pub fn tabs(&self) -> &'static [Tab] {
        match self.handled {
            _ if self.is_of_superseded() => &[Tab::Superseded],
            Handled::Open => &[Tab::Open],
            Handled::Handled => &[Tab::Handled],
            Handled::All => &ALL_TABS,
        }
    }

    /// The word for the tab that shows it: `open`, `retrying`, `handled`, `all` or `superseded`.
    pub fn tab(&self) -> &'static str {
        match self.handled {
            _ if self.is_of_superseded() => "superseded",
            Handled::Open if self.retrying => "retrying",
            Handled::Open => "open",
            Handled::Handled => "handled",
            Handled::All => "all",
        }
    }

    /// How many rows a page shows.
    pub fn rows_per_page(&self) -> u32 {
        self.page_size.unwrap_or(PAGE_SIZE)
    }

    /// Whether anything narrows the list beyond its tab.
    pub fn is_narrowed(&self) -> bool {
        self.to_pairs().iter().any(|(key, _)| is_narrowing(key))
    }

    /// The same filter on another tab.
    pub fn on_tab(&self, handled: Handled) -> Filter {
        let resolution = self.resolution.filter(|resolution| *resolution != Resolution::Superseded);
        Filter { handled, retrying: false, superseded: false, resolution, ..self.clone() }
    }

    /// The same filter on the tab of retries under way.
    pub fn on_retrying(&self) -> Filter {
        Filter { retrying: true, ..self.on_tab(Handled::Open) }
    }

    /// The same filter over what was superseded.
    pub fn on_superseded(&self) -> Filter {
        Filter { superseded: true, ..self.on_tab(Handled::All) }
    }

    /// The same tab, order, groups and page size with nothing else.
    pub fn cleared(&self) -> Filter {
        let Filter { handled, retrying, sort, page_size, group, group_sort, .. } = *self;
        Filter { handled, retrying, sort, page_size, group, group_sort, ..Filter::default() }
    }

    /// The filter without one of its keys, as a chip's cross removes it.
    pub fn without(&self, key: &str) -> Filter {
        let pairs = self.to_pairs().into_iter().filter(|(name, _)| *name != key);
        Filter::parse(&Fields::new(pairs.map(|(name, value)| (name.to_owned(), value)).collect())).0
    }
}

/// Whether a key narrows a list; the others choose the tab, the order and the size of the page.
pub fn is_narrowing(key: &str) -> bool {
    keys::of_name(key).is_some_and(Key::is_narrowing)
}
