//! The filter: one value behind list, totals, CSV and every link between them.
//!
//! It parses a query string, gives it back with one key changed, and says what is wrong field by field.
//! What it means in SQL is in `condition`. More than 250 lines: one value with all its keys.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};

use super::batched::BatchOutcome;
use super::changed::Change;
pub use super::sort::{Sort, SortColumn};
use crate::base::form::{FieldErrors, Fields, Message, Reader};
use crate::base::money::Money;
use crate::db::dialect::Tab;
use crate::failed_accounting::failure::Resolution;

/// Rows on a page unless asked otherwise, and the most.
pub const PAGE_SIZE: u32 = 20;
pub const MAX_PAGE_SIZE: u32 = 200;

/// The most characters that a text search takes.
const MAX_SEARCH: usize = 200;

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
    /// The rows of that batch.
    pub batch: Option<String>,
    /// Of these only those of which that became; means nothing without a batch.
    pub batch_outcome: Option<BatchOutcome>,
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
}

/// The keys of a filter, in the order in which links carry them.
pub const KEYS: [&str; 24] = [
    "handled",
    "retrying",
    "superseded",
    "retry_before",
    "start_date",
    "end_date",
    "userorgid",
    "llmid",
    "userid",
    "llmusageid",
    "q",
    "amount_min",
    "amount_max",
    "resolution",
    "batch",
    "batch_outcome",
    "cause",
    "failed_from",
    "failed_to",
    "changed",
    "changed_from",
    "changed_not_by",
    "sort",
    "page_size",
];

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
        let mut filter = Filter {
            handled: Handled::default(),
            retrying: false,
            superseded: false,
            retry_before: read.moment("retry_before"),
            start_date: read.date("start_date"),
            end_date: read.date("end_date"),
            userorgid: read.key("userorgid"),
            llmid: read.key("llmid"),
            userid: read.key("userid"),
            llmusageid: read.key("llmusageid"),
            q: read.line("q", MAX_SEARCH),
            amount_min: read.money("amount_min"),
            amount_max: read.money("amount_max"),
            resolution: None,
            batch: read.id("batch"),
            batch_outcome: None,
            cause: read.id("cause"),
            failed_from: read.moment("failed_from"),
            failed_to: read.date("failed_to"),
            changed: None,
            changed_from: read.moment("changed_from"),
            changed_not_by: read.line("changed_not_by", 64),
            sort: Sort::default(),
            page_size: None,
        };
        match fields.raw("handled").map(str::trim) {
            None | Some("0") => {}
            Some("1") => filter.handled = Handled::Handled,
            Some("") => filter.handled = Handled::All,
            Some(_) => read.refuse("handled", Message::new("error-handled")),
        }
        match fields.text("retrying") {
            None => {}
            Some("1") => filter.retrying = true,
            Some(_) => read.refuse("retrying", Message::new("error-retrying")),
        }
        match fields.text("superseded") {
            None => {}
            Some("1") => filter.superseded = true,
            Some(_) => read.refuse("superseded", Message::new("error-superseded")),
        }
        if let Some(text) = fields.text("resolution") {
            filter.resolution = Resolution::parse(text);
            if filter.resolution.is_none() {
                read.refuse("resolution", Message::new("error-resolution"));
            }
        }
        if let Some(text) = fields.text("batch_outcome") {
            filter.batch_outcome = BatchOutcome::parse(text).filter(|_| filter.batch.is_some());
            match BatchOutcome::parse(text) {
                None => read.refuse("batch_outcome", Message::new("error-batch-outcome")),
                Some(_) if filter.batch.is_none() => {
                    read.refuse("batch_outcome", Message::new("error-batch-outcome-alone"));
                }
                Some(_) => {}
            }
        }
        if let Some(text) = fields.text("changed") {
            filter.changed = Change::parse(text);
            if filter.changed.is_none() {
                read.refuse("changed", Message::new("error-changed"));
            }
        }
        if let Some(text) = fields.text("sort") {
            match Sort::parse(text) {
                Some(sort) => filter.sort = sort,
                None => read.refuse("sort", Message::new("error-sort")),
            }
        }
        if let Some(text) = fields.text("page_size") {
            match text.parse::<u32>() {
                Ok(size) if (1..=MAX_PAGE_SIZE).contains(&size) => filter.page_size = Some(size),
                _ => read.refuse("page_size", Message::new("error-page-size").with("limit", MAX_PAGE_SIZE)),
            }
        }
        (filter, read.errors)
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
        if self.amount_min.zip(self.amount_max).is_some_and(|(least, most)| least > most) {
            read.refuse("amount_max", Message::new("error-range-amounts"));
            self.amount_max = None;
        }
    }

    /// The query string's pairs that parse to this filter; what is default is left out.
    pub fn to_pairs(&self) -> Vec<(&'static str, String)> {
        let handled = match self.handled {
            Handled::Open => None,
            Handled::Handled => Some("1".to_owned()),
            Handled::All => Some(String::new()),
        };
        let values = [
            handled,
            self.retrying.then(|| "1".to_owned()),
            self.superseded.then(|| "1".to_owned()),
            self.retry_before.map(moment_text),
            self.start_date.map(|date| date.to_string()),
            self.end_date.map(|date| date.to_string()),
            self.userorgid.clone(),
            self.llmid.clone(),
            self.userid.clone(),
            self.llmusageid.clone(),
            self.q.clone(),
            self.amount_min.map(|money| money.to_string()),
            self.amount_max.map(|money| money.to_string()),
            self.resolution.map(|resolution| resolution.as_str().to_owned()),
            self.batch.clone(),
            self.batch_outcome.map(|outcome| outcome.as_str().to_owned()),
            self.cause.clone(),
            self.failed_from.map(moment_text),
            self.failed_to.map(|date| date.to_string()),
            self.changed.map(|change| change.as_str().to_owned()),
            self.changed_from.map(moment_text),
            self.changed_not_by.clone(),
            (self.sort != Sort::default()).then(|| self.sort.name()),
            self.page_size.map(|size| size.to_string()),
        ];
        KEYS.into_iter().zip(values).filter_map(|(key, value)| Some((key, value?))).collect()
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

    /// The same tab, order and page size with nothing else.
    pub fn cleared(&self) -> Filter {
        let Filter { handled, retrying, sort, page_size, .. } = *self;
        Filter { handled, retrying, sort, page_size, ..Filter::default() }
    }

    /// The filter without one of its keys, as a chip's cross removes it.
    pub fn without(&self, key: &str) -> Filter {
        let pairs = self.to_pairs().into_iter().filter(|(name, _)| *name != key);
        Filter::parse(&Fields::new(pairs.map(|(name, value)| (name.to_owned(), value)).collect())).0
    }
}

/// A day, or a time where it is not the day's first.
fn moment_text(time: NaiveDateTime) -> String {
    match time.time() {
        NaiveTime::MIN => time.date().to_string(),
        _ => time.format("%Y-%m-%dT%H:%M:%S%.3f").to_string(),
    }
}

/// Whether a key narrows a list; the others choose the tab, the order and the size of the page.
pub fn is_narrowing(key: &str) -> bool {
    !matches!(key, "handled" | "retrying" | "sort" | "page_size")
}
