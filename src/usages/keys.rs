//! The keys of the filter of usages, live and archived: one row says all that is told of a key.

use super::filter::{Filter, MAX_PAGE_SIZE};
use crate::base::form::{Message, NONE};
use crate::base::grouping::{DIMENSIONS, GROUP_ORDERS, GroupOrder, Grouping, OF_USAGES};
use crate::base::keys::{self, Input, Key, Shown, names};
use crate::base::query::Value;

type Row = Key<Filter>;

/// The time of a run of the archive, in the query string.
const TO_THE_SECOND: &str = "%Y-%m-%d %H:%M:%S";

/// The keys of the history, in the order in which links carry them; live usages have all but the last.
pub static TABLE: [Row; ROWS.len()] = ROWS;

/// The names of the keys of live usages.
pub const KEYS: [&str; ROWS.len() - 1] = names(&ROWS);

/// The names of the keys of the history.
pub const HISTORY_KEYS: [&str; ROWS.len()] = names(&ROWS);

const ROWS: [Row; 15] = [
    Row::new(
        "accounting_status",
        |filter, read, name| filter.accounting_status = read.key(name),
        |filter| filter.accounting_status.clone(),
    )
    .means(Value::Key, "created, accounted, failed, or what another program wrote.")
    .chip("chip-accounting", Shown::AsItIs),
    Row::new(
        "start_date",
        |filter, read, name| filter.start_date = read.date(name),
        |filter| filter.start_date.map(|date| date.to_string()),
    )
    .means(Value::Date, "The first use_date, YYYY-MM-DD.")
    .chip("chip-start-date", Shown::AsItIs)
    .input(Input::Open),
    Row::new(
        "end_date",
        |filter, read, name| filter.end_date = read.date(name),
        |filter| filter.end_date.map(|date| date.to_string()),
    )
    .means(Value::Date, "The last use_date, not before start_date.")
    .chip("chip-end-date", Shown::AsItIs)
    .input(Input::Open),
    Row::new(
        "userorgid",
        |filter, read, name| filter.userorgid = read.key(name),
        |filter| filter.userorgid.clone(),
    )
    .means(Value::Key, "The id of an organisation.")
    .chip("chip-organisation", Shown::Organisation)
    .input(Input::Open),
    Row::new("llmid", |filter, read, name| filter.llmid = read.key(name), |filter| filter.llmid.clone())
        .means(Value::Key, "The id of a model.")
        .chip("chip-model", Shown::Model)
        .input(Input::Open),
    Row::new("userid", |filter, read, name| filter.userid = read.key(name), |filter| filter.userid.clone())
        .means(Value::Key, "The id of a user.")
        .chip("chip-user", Shown::User)
        .input(Input::Open),
    Row::new("status", |filter, read, name| filter.status = read.key(name), |filter| filter.status.clone())
        .means(Value::Key, "SUCCEEDED, FAILED, UNKNOWN, or what a supplier sent.")
        .chip("chip-status", Shown::AsItIs)
        .input(Input::Open),
    Row::new("id", |filter, read, name| filter.id = read.key(name), |filter| filter.id.clone())
        .means(Value::Key, "The id of a usage.")
        .chip("chip-usage", Shown::AsItIs)
        .input(Input::Open),
    Row::new("taskid", |filter, read, name| filter.taskid = read.key(name), |filter| filter.taskid.clone())
        .means(Value::Key, "The id of a task.")
        .chip("chip-task", Shown::AsItIs)
        .input(Input::Open),
    Row::new(
        "sort",
        |filter, read, name| match read.fields.text(name) {
            None | Some("-use_time") => {}
            Some("use_time") => filter.oldest_first = true,
            Some(_) => read.refuse(name, Message::new("error-sort")),
        },
        |filter| filter.oldest_first.then(|| "use_time".to_owned()),
    )
    .means(Value::OneOf(&["-use_time", "use_time", ""]), "Newest first, unless `use_time`."),
    Row::new(
        "page_size",
        |filter, read, name| filter.page_size = keys::read_page_size(read, name, MAX_PAGE_SIZE),
        |filter| filter.page_size.map(|size| size.to_string()),
    ),
    Row::new(
        "use_date",
        |filter, read, name| match read.fields.text(name) {
            None => {}
            Some(NONE) => filter.is_dateless = true,
            Some(_) => read.refuse(name, Message::new("error-use-date")),
        },
        |filter| filter.is_dateless.then(|| NONE.to_owned()),
    )
    .means(Value::OneOf(&["none", ""]), "none: those without a day of use from 1971 to 2037.")
    .chip("chip-dateless", Shown::AsItIs),
    Row::new(
        "group",
        |filter, read, name| filter.group = Grouping::read(read, name, &DIMENSIONS[..OF_USAGES]),
        |filter| filter.group.map(Grouping::name),
    )
    .means(
        Value::OneOrTwoOf(DIMENSIONS.split_at(OF_USAGES).0),
        "For pages and their CSV; rows stay as they are.",
    ),
    Row::new(
        "group_sort",
        |filter, read, name| {
            let Some(text) = read.fields.text(name) else { return };
            filter.group_sort = GroupOrder::parse(text);
            if filter.group_sort.is_none() {
                read.refuse(name, Message::new("error-group-sort"));
            }
        },
        |filter| filter.group_sort.map(GroupOrder::name),
    )
    .means(Value::OneOf(&GROUP_ORDERS), "The order of the groups, `-` is descending."),
    Row::new(
        "backup_time",
        |filter, read, name| filter.backup_time = read.time(name),
        |filter| filter.backup_time.map(|time| time.format(TO_THE_SECOND).to_string()),
    )
    .means(Value::Time, "When it was archived, `YYYY-MM-DD HH:MM:SS`: one run of the archive.")
    .chip("chip-backup-time", Shown::AsItIs),
];
