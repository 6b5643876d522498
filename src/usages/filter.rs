//! Which usages a list shows: one value behind page, money line, CSV and every link between them.

use chrono::NaiveDate;
use diesel::prelude::*;

use crate::base::form::{FieldErrors, Fields, Message, Reader};
use crate::db::dialect;
use crate::db::schema::llmusage as live;

/// Rows on a page unless asked otherwise, and the most.
pub const PAGE_SIZE: u32 = 20;
pub const MAX_PAGE_SIZE: u32 = 200;

/// A condition on live usages.
pub type Condition = dialect::Condition<live::table>;

/// Which usages, in which order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
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
}

/// The keys of a filter, in the order in which links carry them.
pub const KEYS: [&str; 11] = [
    "accounting_status",
    "start_date",
    "end_date",
    "userorgid",
    "llmid",
    "userid",
    "status",
    "id",
    "taskid",
    "sort",
    "page_size",
];

impl Filter {
    /// Reads a query string. What is wrong is named in the errors and left out of the filter; the rest stands.
    pub fn parse(fields: &Fields) -> (Filter, FieldErrors) {
        let mut read = Reader::new(fields);
        let mut filter = Filter {
            accounting_status: read.id("accounting_status"),
            start_date: read.date("start_date"),
            end_date: read.date("end_date"),
            userorgid: read.id("userorgid"),
            llmid: read.id("llmid"),
            userid: read.id("userid"),
            status: read.id("status"),
            id: read.id("id"),
            taskid: read.line("taskid", 256),
            oldest_first: false,
            page_size: None,
        };
        match fields.text("sort") {
            None | Some("-use_time") => {}
            Some("use_time") => filter.oldest_first = true,
            Some(_) => read.refuse("sort", Message::new("error-sort")),
        }
        if let Some(text) = fields.text("page_size") {
            match text.parse::<u32>() {
                Ok(size) if (1..=MAX_PAGE_SIZE).contains(&size) => filter.page_size = Some(size),
                _ => read.refuse("page_size", Message::new("error-page-size").with("limit", MAX_PAGE_SIZE)),
            }
        }
        if filter.start_date.zip(filter.end_date).is_some_and(|(start, end)| start > end) {
            read.refuse("end_date", Message::new("error-range-dates"));
            filter.end_date = None;
        }
        (filter, read.errors)
    }

    /// The query string's pairs that parse to this filter; what is default is left out.
    pub fn to_pairs(&self) -> Vec<(&'static str, String)> {
        let values = [
            self.accounting_status.clone(),
            self.start_date.map(|date| date.to_string()),
            self.end_date.map(|date| date.to_string()),
            self.userorgid.clone(),
            self.llmid.clone(),
            self.userid.clone(),
            self.status.clone(),
            self.id.clone(),
            self.taskid.clone(),
            self.oldest_first.then(|| "use_time".to_owned()),
            self.page_size.map(|size| size.to_string()),
        ];
        KEYS.into_iter().zip(values).filter_map(|(key, value)| Some((key, value?))).collect()
    }

    /// How many rows a page shows.
    pub fn rows_per_page(&self) -> usize {
        self.page_size.unwrap_or(PAGE_SIZE) as usize
    }

    /// As in a cursor.
    pub fn sort_name(&self) -> &'static str {
        if self.oldest_first { "use_time" } else { "-use_time" }
    }

    /// The same filter on the tab of an accounting state; none = all.
    pub fn on_tab(&self, accounting_status: Option<&str>) -> Filter {
        Filter { accounting_status: accounting_status.map(str::to_owned), ..self.clone() }
    }

    /// The same tab, order and page size with nothing else.
    pub fn cleared(&self) -> Filter {
        Filter {
            accounting_status: self.accounting_status.clone(),
            oldest_first: self.oldest_first,
            page_size: self.page_size,
            ..Filter::default()
        }
    }

    /// The filter without one of its keys, as a chip's cross removes it.
    pub fn without(&self, key: &str) -> Filter {
        let pairs = self.to_pairs().into_iter().filter(|(name, _)| *name != key);
        Filter::parse(&Fields::new(pairs.map(|(name, value)| (name.to_owned(), value)).collect())).0
    }

    /// The filter in SQL: all of these must hold.
    pub fn conditions(&self) -> Vec<Condition> {
        let mut all: Vec<Condition> = Vec::new();
        let mut push = |condition: Option<Condition>| all.extend(condition);
        push(self.id.clone().map(|id| Box::new(live::id.eq(id).nullable()) as Condition));
        push(self.taskid.clone().map(|task| Box::new(live::taskid.eq(task)) as Condition));
        push(self.userid.clone().map(|id| Box::new(live::userid.eq(id)) as Condition));
        push(self.userorgid.clone().map(|id| Box::new(live::userorgid.eq(id)) as Condition));
        push(self.llmid.clone().map(|id| Box::new(live::llmid.eq(id)) as Condition));
        push(self.status.clone().map(|status| Box::new(live::status.eq(status)) as Condition));
        push(
            self.accounting_status
                .clone()
                .map(|state| Box::new(live::accounting_status.eq(state)) as Condition),
        );
        push(self.start_date.map(|date| Box::new(live::use_date.ge(date)) as Condition));
        push(self.end_date.map(|date| Box::new(live::use_date.le(date)) as Condition));
        all
    }
}

/// Whether a key narrows a list; the others choose the tab, the order and the size of the page.
pub fn is_narrowing(key: &str) -> bool {
    !matches!(key, "accounting_status" | "sort" | "page_size")
}
