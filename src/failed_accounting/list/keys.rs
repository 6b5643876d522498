//! The keys of a filter: one row of a table says all that is told of a key anywhere.
//!
//! Only what a key means in SQL (`condition`) and its input (`templates/failed_accounting/filters.html`) stand
//! elsewhere. More than 250 lines: one row for each key.

use chrono::{NaiveDateTime, NaiveTime};

use super::batched::BatchOutcome;
use super::changed::Change;
use super::filter::{Filter, Handled, MAX_PAGE_SIZE, MAX_SEARCH};
use super::sort::Sort;
use crate::base::form::{Message, Reader};
use crate::base::query::Value;
use crate::failed_accounting::failure::{RESOLUTIONS, Resolution};

/// A key of a filter.
#[derive(Debug)]
pub struct Key {
    /// As in the query string.
    pub name: &'static str,
    /// Sets the key in a filter; what is wrong is named and left out.
    pub(super) read: fn(&mut Filter, &mut Reader<'_>, &'static str),
    /// The value in the query string; none where the filter says the default.
    pub(super) write: fn(&Filter) -> Option<String>,
    /// What values the document of the API allows, and what it says of them.
    pub value: Value,
    pub meaning: &'static str,
    /// The words of the chip. Without one, the key chooses the tab, the order or the size of the page, and narrows
    /// nothing.
    pub chip: Option<&'static str>,
    /// What the chip shows in place of the value.
    pub shown: Shown,
    /// The word before the value in the name of the CSV file.
    pub in_file_name: Option<&'static str>,
    pub input: Input,
}

/// What a chip shows of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    AsItIs,
    /// A time, without the `T` between day and time of day.
    Time,
    Organisation,
    Model,
    User,
    /// The title of the cause.
    Cause,
    /// The word of the catalogue whose key begins so.
    Word(&'static str),
}

/// Where the form of the list has the input of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Input {
    Open,
    /// Behind the fold, which stays open while the key is set.
    Folded,
    /// Nowhere: links alone set it.
    None,
}

const fn key(
    name: &'static str,
    read: fn(&mut Filter, &mut Reader<'_>, &'static str),
    write: fn(&Filter) -> Option<String>,
) -> Key {
    Key {
        name,
        read,
        write,
        value: Value::Line(32),
        meaning: "",
        chip: None,
        shown: Shown::AsItIs,
        in_file_name: None,
        input: Input::None,
    }
}

impl Key {
    const fn means(self, value: Value, meaning: &'static str) -> Key {
        Key { value, meaning, ..self }
    }

    const fn chip(self, words: &'static str, shown: Shown) -> Key {
        Key { chip: Some(words), shown, ..self }
    }

    const fn file(self, word: &'static str) -> Key {
        Key { in_file_name: Some(word), ..self }
    }

    const fn input(self, input: Input) -> Key {
        Key { input, ..self }
    }

    /// Whether it narrows a list; the others choose the tab, the order and the size of the page.
    pub fn is_narrowing(&self) -> bool {
        self.chip.is_some()
    }
}

/// All keys, in the order in which links carry them.
pub static TABLE: [Key; KEYS.len()] = ROWS;

/// The names of all keys.
pub const KEYS: [&str; ROWS.len()] = {
    let mut names = [""; ROWS.len()];
    let mut place = 0;
    while place < ROWS.len() {
        names[place] = ROWS[place].name;
        place += 1;
    }
    names
};

const ROWS: [Key; 24] = [
    key("handled", read_handled, |filter| match filter.handled {
        Handled::Open => None,
        Handled::Handled => Some("1".to_owned()),
        Handled::All => Some(String::new()),
    })
    .means(Value::OneOf(&["0", "1", ""]), "0: open, unless given; 1: handled; present but empty: all."),
    key(
        "retrying",
        |filter, read, name| filter.retrying = flag(read, name, "error-retrying"),
        |filter| filter.retrying.then(|| "1".to_owned()),
    )
    .means(Value::OneOf(&["1", ""]), "1: of the open ones those whose retry is under way."),
    key(
        "superseded",
        |filter, read, name| filter.superseded = flag(read, name, "error-superseded"),
        |filter| filter.superseded.then(|| "1".to_owned()),
    )
    .means(Value::OneOf(&["1", ""]), "1: only those that a newer failure took the place of.")
    .chip("chip-superseded", Shown::AsItIs),
    key(
        "retry_before",
        |filter, read, name| filter.retry_before = read.moment(name),
        |filter| filter.retry_before.map(moment_text),
    )
    .means(Value::Moment, "Retries under way, asked for before then.")
    .chip("chip-retry-before", Shown::AsItIs)
    .file("retry-before"),
    key(
        "start_date",
        |filter, read, name| filter.start_date = read.date(name),
        |filter| filter.start_date.map(|date| date.to_string()),
    )
    .means(Value::Date, "The first use_date, YYYY-MM-DD.")
    .chip("chip-start-date", Shown::AsItIs)
    .file("from")
    .input(Input::Open),
    key(
        "end_date",
        |filter, read, name| filter.end_date = read.date(name),
        |filter| filter.end_date.map(|date| date.to_string()),
    )
    .means(Value::Date, "The last use_date, not before start_date.")
    .chip("chip-end-date", Shown::AsItIs)
    .file("to")
    .input(Input::Open),
    key(
        "userorgid",
        |filter, read, name| filter.userorgid = read.key(name),
        |filter| filter.userorgid.clone(),
    )
    .means(Value::Key, "The id of an organisation.")
    .chip("chip-organisation", Shown::Organisation)
    .file("organisation")
    .input(Input::Open),
    key("llmid", |filter, read, name| filter.llmid = read.key(name), |filter| filter.llmid.clone())
        .means(Value::Key, "The id of a model.")
        .chip("chip-model", Shown::Model)
        .file("model")
        .input(Input::Open),
    key("userid", |filter, read, name| filter.userid = read.key(name), |filter| filter.userid.clone())
        .means(Value::Key, "The id of a user.")
        .chip("chip-user", Shown::User)
        .file("user")
        .input(Input::Folded),
    key(
        "llmusageid",
        |filter, read, name| filter.llmusageid = read.key(name),
        |filter| filter.llmusageid.clone(),
    )
    .means(Value::Key, "The id of a usage.")
    .chip("chip-usage", Shown::AsItIs)
    .file("usage")
    .input(Input::Folded),
    key("q", |filter, read, name| filter.q = read.line(name, MAX_SEARCH), |filter| filter.q.clone())
        .means(Value::Line(MAX_SEARCH), "An exact id of any kind, or words of the reason in any case.")
        .chip("chip-text", Shown::AsItIs)
        .file("text")
        .input(Input::Open),
    key(
        "amount_min",
        |filter, read, name| filter.amount_min = read.money(name),
        |filter| filter.amount_min.map(|money| money.to_string()),
    )
    .means(Value::Money, "The least amount.")
    .chip("chip-amount-min", Shown::AsItIs)
    .file("least")
    .input(Input::Folded),
    key(
        "amount_max",
        |filter, read, name| filter.amount_max = read.money(name),
        |filter| filter.amount_max.map(|money| money.to_string()),
    )
    .means(Value::Money, "The highest amount, not below amount_min.")
    .chip("chip-amount-max", Shown::AsItIs)
    .file("most")
    .input(Input::Folded),
    key(
        "resolution",
        |filter, read, name| filter.resolution = named(read, name, Resolution::parse, "error-resolution"),
        |filter| filter.resolution.map(|resolution| resolution.as_str().to_owned()),
    )
    .means(Value::OneOf(&ANY_RESOLUTION), "How handled ones were closed.")
    .chip("chip-resolution", Shown::Word("resolution-"))
    .file("as")
    .input(Input::Folded),
    key("batch", |filter, read, name| filter.batch = read.id(name), |filter| filter.batch.clone())
        .means(Value::Line(32), "The failures that were frozen for that batch.")
        .chip("chip-batch", Shown::AsItIs),
    key("batch_outcome", read_batch_outcome, |filter| {
        filter.batch_outcome.map(|outcome| outcome.as_str().to_owned())
    })
    .means(
        Value::OneOf(&["accounted", "failed_again", "waiting", "ended", "not_done", "new", ""]),
        "Of that batch those of which this became; new: the failures that followed.",
    )
    .chip("chip-batch-outcome", Shown::Word("batch-outcome-")),
    key("cause", |filter, read, name| filter.cause = read.id(name), |filter| filter.cause.clone())
        .means(Value::Line(32), "The key of a cause; unsorted: not told yet.")
        .chip("chip-cause", Shown::Cause)
        .file("cause"),
    key(
        "failed_from",
        |filter, read, name| filter.failed_from = read.moment(name),
        |filter| filter.failed_from.map(moment_text),
    )
    .means(Value::Moment, "The first failed_time: YYYY-MM-DD, or YYYY-MM-DDTHH:MM:SS.")
    .chip("chip-failed-from", Shown::AsItIs)
    .file("failed-from"),
    key(
        "failed_to",
        |filter, read, name| filter.failed_to = read.date(name),
        |filter| filter.failed_to.map(|date| date.to_string()),
    )
    .means(Value::Date, "The last day of failing; alone, failures of no known time match, too.")
    .chip("chip-failed-to", Shown::AsItIs)
    .file("failed-to"),
    key(
        "changed",
        |filter, read, name| filter.changed = named(read, name, Change::parse, "error-changed"),
        |filter| filter.changed.map(|change| change.as_str().to_owned()),
    )
    .means(
        Value::OneOf(&["accounted", "handled", "reopened", ""]),
        "What happened to them, as the audit trail tells it.",
    )
    .chip("chip-changed", Shown::Word("changed-"))
    .file("changed"),
    key(
        "changed_from",
        |filter, read, name| filter.changed_from = read.moment(name),
        |filter| filter.changed_from.map(moment_text),
    )
    .means(Value::Moment, "Since when, beside changed.")
    .chip("chip-changed-from", Shown::Time)
    .file("since"),
    key(
        "changed_not_by",
        |filter, read, name| filter.changed_not_by = read.line(name, 64),
        |filter| filter.changed_not_by.clone(),
    )
    .means(Value::Line(64), "By anybody but that one, beside changed.")
    .chip("chip-changed-not-by", Shown::AsItIs)
    .file("not-by"),
    key(
        "sort",
        |filter, read, name| filter.sort = named(read, name, Sort::parse, "error-sort").unwrap_or_default(),
        |filter| (filter.sort != Sort::default()).then(|| filter.sort.name()),
    )
    .means(
        Value::OneOf(&[
            "-failed_time",
            "failed_time",
            "-use_time",
            "use_time",
            "-amount",
            "amount",
            "-cost",
            "cost",
            "",
        ]),
        "The order, `-` is descending; ties by id.",
    )
    .input(Input::Open),
    key("page_size", read_page_size, |filter| filter.page_size.map(|size| size.to_string()))
        .means(Value::Count(1, MAX_PAGE_SIZE as u64), "Rows on a page; 20 unless given.")
        .input(Input::Folded),
];

/// The names of the resolutions, and none at all.
const ANY_RESOLUTION: [&str; RESOLUTIONS.len() + 1] = {
    let mut names = [""; RESOLUTIONS.len() + 1];
    let (known, _) = names.split_at_mut(RESOLUTIONS.len());
    known.copy_from_slice(&RESOLUTIONS);
    names
};

/// The key of that name.
pub fn of_name(name: &str) -> Option<&'static Key> {
    TABLE.iter().find(|key| key.name == name)
}

fn read_handled(filter: &mut Filter, read: &mut Reader<'_>, name: &'static str) {
    // Present but empty means all, so that a blank value is not an absent one.
    match read.fields.raw(name).map(str::trim) {
        None | Some("0") => {}
        Some("1") => filter.handled = Handled::Handled,
        Some("") => filter.handled = Handled::All,
        Some(_) => read.refuse(name, Message::new("error-handled")),
    }
}

fn read_batch_outcome(filter: &mut Filter, read: &mut Reader<'_>, name: &'static str) {
    let outcome = named(read, name, BatchOutcome::parse, "error-batch-outcome");
    if outcome.is_some() && filter.batch.is_none() {
        read.refuse(name, Message::new("error-batch-outcome-alone"));
        return;
    }
    filter.batch_outcome = outcome;
}

fn read_page_size(filter: &mut Filter, read: &mut Reader<'_>, name: &'static str) {
    let Some(text) = read.fields.text(name) else { return };
    match text.parse::<u32>() {
        Ok(size) if (1..=MAX_PAGE_SIZE).contains(&size) => filter.page_size = Some(size),
        _ => read.refuse(name, Message::new("error-page-size").with("limit", MAX_PAGE_SIZE)),
    }
}

/// Whether the value is `1`; anything else but nothing is refused.
fn flag(read: &mut Reader<'_>, name: &'static str, error: &'static str) -> bool {
    match read.fields.text(name) {
        None => false,
        Some("1") => true,
        Some(_) => {
            read.refuse(name, Message::new(error));
            false
        }
    }
}

/// A value that is one of some names.
fn named<T>(
    read: &mut Reader<'_>,
    name: &'static str,
    parse: fn(&str) -> Option<T>,
    error: &'static str,
) -> Option<T> {
    let text = read.fields.text(name)?;
    let value = parse(text);
    if value.is_none() {
        read.refuse(name, Message::new(error));
    }
    value
}

/// A day, or a time where it is not the day's first.
fn moment_text(time: NaiveDateTime) -> String {
    match time.time() {
        NaiveTime::MIN => time.date().to_string(),
        _ => time.format("%Y-%m-%dT%H:%M:%S%.3f").to_string(),
    }
}
