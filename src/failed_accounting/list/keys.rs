//! The keys of a filter: one row of a table says all that is told of a key anywhere.
//!
//! Only what a key means in SQL (`condition`) and its input (`templates/failed_accounting/filters.html`) stand
//! elsewhere. More than 250 lines: one row for each key.

use chrono::{NaiveDateTime, NaiveTime};

use super::batched::BatchOutcome;
use super::changed::Change;
use super::filter::{Filter, Handled, MAX_PAGE_SIZE, MAX_SEARCH};
use super::sort::Sort;
use crate::base::form::{Message, NONE, Reader};
use crate::base::grouping::{DIMENSIONS, GROUP_ORDERS, GroupOrder, Grouping};
use crate::base::keys::{self, names};
pub use crate::base::keys::{Input, Shown};
use crate::base::query::Value;
use crate::causes::family::FAMILIES;
use crate::failed_accounting::failure::{RESOLUTIONS, Resolution};

/// A key of the filter of failures.
pub type Key = keys::Key<Filter>;

const fn key(
    name: &'static str,
    read: fn(&mut Filter, &mut Reader<'_>, &'static str),
    write: fn(&Filter) -> Option<String>,
) -> Key {
    Key::new(name, read, write)
}

/// All keys, in the order in which links carry them.
pub static TABLE: [Key; KEYS.len()] = ROWS;

/// The names of all keys.
pub const KEYS: [&str; ROWS.len()] = names(&ROWS);

const ROWS: [Key; 33] = [
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
    key("resolution", read_resolution, |filter| match filter.resolution {
        Some(resolution) => Some(resolution.as_str().to_owned()),
        None => filter.foreign_resolution.clone(),
    })
    .means(Value::OneOf(&ANY_RESOLUTION), "How handled ones were closed; none: no resolution.")
    .chip("chip-resolution", Shown::Word("resolution-"))
    .file("as")
    .input(Input::Folded),
    key(
        "handled_by",
        |filter, read, name| filter.handled_by = read.key(name),
        |filter| filter.handled_by.clone(),
    )
    .means(Value::Key, "Who handled it; none: nobody is known.")
    .chip("chip-handled-by", Shown::Person)
    .file("handled-by")
    .input(Input::Folded),
    key(
        "handled_from",
        |filter, read, name| filter.handled_from = read.date(name),
        |filter| filter.handled_from.map(|date| date.to_string()),
    )
    .means(Value::Date, "The first day of decision of handled ones.")
    .chip("chip-handled-from", Shown::AsItIs)
    .file("handled-from")
    .input(Input::Folded),
    key(
        "handled_to",
        |filter, read, name| filter.handled_to = read.date(name),
        |filter| filter.handled_to.map(|date| date.to_string()),
    )
    .means(Value::Date, "The last day of decision, not before handled_from.")
    .chip("chip-handled-to", Shown::AsItIs)
    .file("handled-to")
    .input(Input::Folded),
    key(
        "handled_on",
        |filter, read, name| {
            filter.is_undecided = named(read, name, only_none, "error-handled-on").is_some();
        },
        |filter| filter.is_undecided.then(|| NONE.to_owned()),
    )
    .means(Value::OneOf(&[NONE, ""]), "none: those without a day of decision, open ones among them.")
    .chip("chip-undecided", Shown::AsItIs)
    .file("decided"),
    key(
        "use_date",
        |filter, read, name| {
            filter.is_dateless = named(read, name, only_none, "error-use-date").is_some();
        },
        |filter| filter.is_dateless.then(|| NONE.to_owned()),
    )
    .means(Value::OneOf(&[NONE, ""]), "none: those without a day of use from 1971 to 2037.")
    .chip("chip-dateless", Shown::AsItIs)
    .file("date"),
    key(
        "family",
        |filter, read, name| filter.family = named(read, name, family_of, "error-family"),
        |filter| filter.family.map(str::to_owned),
    )
    .means(Value::OneOf(&ANY_FAMILY), "Where their cause belongs; none: no cause was told yet.")
    .chip("chip-family", Shown::Word("family-"))
    .file("family"),
    key("batch", |filter, read, name| filter.batch = read.id(name), |filter| filter.batch.clone())
        .means(Value::Line(32), "The failures that were frozen for that batch.")
        .chip("chip-batch", Shown::AsItIs),
    key("batch_outcome", read_batch_outcome, |filter| {
        filter.batch_outcome.map(|outcome| outcome.as_str().to_owned())
    })
    .means(
        Value::OneOf(&["accounted", "failed_again", "waiting", "ended", "not_done", "new", "unsorted", ""]),
        "Of that batch those of which this became; new: the failures that followed; unsorted: those whose cause was not \
         told yet when it was frozen.",
    )
    .chip("chip-batch-outcome", Shown::Word("batch-outcome-")),
    key("batch_cause", read_batch_cause, |filter| filter.batch_cause.clone())
        .means(
            Value::Line(32),
            "Of that batch those that had this cause when it was frozen, whatever it is now; unsorted: none was told yet.",
        )
        .chip("chip-batch-cause", Shown::Cause),
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
    .chip("chip-failed-from", Shown::Time)
    .file("failed-from")
    .input(Input::Folded),
    key(
        "failed_to",
        |filter, read, name| filter.failed_to = read.date(name),
        |filter| filter.failed_to.map(|date| date.to_string()),
    )
    .means(Value::Date, "The last day of failing; alone, failures of no known time match, too.")
    .chip("chip-failed-to", Shown::AsItIs)
    .file("failed-to")
    .input(Input::Folded),
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
    .chip("chip-changed-not-by", Shown::Person)
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
    key(
        "page_size",
        |filter, read, name| filter.page_size = keys::read_page_size(read, name, MAX_PAGE_SIZE),
        |filter| filter.page_size.map(|size| size.to_string()),
    )
    .means(Value::Count(1, MAX_PAGE_SIZE as u64), "Rows on a page; 20 unless given.")
    .input(Input::Folded),
    key(
        "group",
        |filter, read, name| filter.group = Grouping::read(read, name, &DIMENSIONS),
        |filter| filter.group.map(Grouping::name),
    )
    .means(
        Value::OneOrTwoOf(&DIMENSIONS),
        "Shown in groups, by one or two; the summary answers them. The rows of a list stay as they are.",
    )
    .file("by"),
    key(
        "group_sort",
        |filter, read, name| filter.group_sort = named(read, name, GroupOrder::parse, "error-group-sort"),
        |filter| filter.group_sort.map(GroupOrder::name),
    )
    .means(Value::OneOf(&GROUP_ORDERS), "The order of the groups, `-` is descending."),
];

/// The names of the resolutions, the word for none, and nothing at all.
const ANY_RESOLUTION: [&str; RESOLUTIONS.len() + 2] = with_none(&RESOLUTIONS);

/// The names of the families, the word for none, and nothing at all.
const ANY_FAMILY: [&str; FAMILIES.len() + 2] = with_none(&FAMILIES);

const fn with_none<const MANY: usize>(words: &[&'static str]) -> [&'static str; MANY] {
    let mut names = [""; MANY];
    let (known, others) = names.split_at_mut(words.len());
    known.copy_from_slice(words);
    others[0] = NONE;
    names
}

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

fn read_resolution(filter: &mut Filter, read: &mut Reader<'_>, name: &'static str) {
    match read.fields.text(name) {
        Some(text) if text == NONE || text.starts_with('=') => filter.foreign_resolution = read.key(name),
        _ => filter.resolution = named(read, name, Resolution::parse, "error-resolution"),
    }
}

fn only_none(text: &str) -> Option<()> {
    (text == NONE).then_some(())
}

fn family_of(text: &str) -> Option<&'static str> {
    ANY_FAMILY.into_iter().find(|name| *name == text)
}

fn read_batch_outcome(filter: &mut Filter, read: &mut Reader<'_>, name: &'static str) {
    let outcome = named(read, name, BatchOutcome::parse, "error-batch-outcome");
    if outcome.is_some() && filter.batch.is_none() {
        read.refuse(name, Message::new("error-batch-outcome-alone"));
        return;
    }
    filter.batch_outcome = outcome;
}

fn read_batch_cause(filter: &mut Filter, read: &mut Reader<'_>, name: &'static str) {
    let cause = read.id(name);
    if cause.is_some() && filter.batch.is_none() {
        read.refuse(name, Message::new("error-batch-outcome-alone"));
        return;
    }
    filter.batch_cause = cause;
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
