//! What a list must show, computed in Rust from all rows; and random filters to ask both for.

use std::cmp::Ordering;

use chrono::{NaiveDate, NaiveDateTime};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Double, Nullable, Text};
use llmage_admin::base::money::{Money, MoneySum};
use llmage_admin::db::schema::llmusage_accounting_failed as failed;
use llmage_admin::db::{Database, Engine};
use llmage_admin::failed_accounting::batched::BatchOutcome;
use llmage_admin::failed_accounting::changed::Change;
use llmage_admin::failed_accounting::failure::{FailedRecord, Resolution};
use llmage_admin::failed_accounting::filter::{Filter, Handled, Sort, SortColumn};
use proptest::prelude::*;
use proptest::sample::select;

use crate::support::rows::{DATES, PARTS, money};

/// One row as it lies in the table.
#[derive(Debug, Clone)]
pub struct Fact {
    pub record: FailedRecord,
    pub amount: Option<f64>,
    pub cost: Option<f64>,
    failed_time: Option<String>,
    use_time: Option<String>,
    /// Its place among all ids, by the collation of the database.
    rank: usize,
}

type Stored = (FailedRecord, Option<f64>, Option<f64>, Option<String>, Option<String>);

/// All rows of the table.
pub fn facts(database: &Database) -> Vec<Fact> {
    database
        .run_here(|connection| {
            let text = if connection.engine() == Engine::Mysql { "CHAR" } else { "TEXT" };
            let stored: Vec<Stored> = failed::table
                .select((
                    FailedRecord::as_select(),
                    sql::<Nullable<Double>>("amount"),
                    sql::<Nullable<Double>>("cost"),
                    sql::<Nullable<Text>>(&format!("CAST(failed_time AS {text})")),
                    sql::<Nullable<Text>>(&format!("CAST(use_time AS {text})")),
                ))
                .order(failed::id)
                .load(connection)?;
            let fact = |(rank, (record, amount, cost, failed_time, use_time)): (usize, Stored)| Fact {
                record,
                amount,
                cost,
                failed_time,
                use_time,
                rank,
            };
            Ok(stored.into_iter().enumerate().map(fact).collect())
        })
        .expect("the rows can be read")
}

/// The rows that a filter means, in its order.
pub fn expected(facts: &[Fact], filter: &Filter) -> Vec<Fact> {
    let mut matching: Vec<Fact> = facts.iter().filter(|fact| means(filter, fact, facts)).cloned().collect();
    matching.sort_by(|left, right| compare(filter.sort, left, right));
    matching
}

/// The order of a sort: NULL below every value, ties by id, all of it turned round when descending.
pub fn compare(sort: Sort, left: &Fact, right: &Fact) -> Ordering {
    let keys = match sort.column {
        SortColumn::FailedTime => left.failed_time.cmp(&right.failed_time),
        SortColumn::UseTime => left.use_time.cmp(&right.use_time),
        SortColumn::Amount => left.amount.partial_cmp(&right.amount).expect("no row holds a NaN"),
        SortColumn::Cost => left.cost.partial_cmp(&right.cost).expect("no row holds a NaN"),
    };
    let ascending = keys.then(left.rank.cmp(&right.rank));
    if sort.descending { ascending.reverse() } else { ascending }
}

/// What the contract says a filter means.
fn means(filter: &Filter, fact: &Fact, all: &[Fact]) -> bool {
    let record = &fact.record;
    let is_handled = record.handled.as_deref() == Some("1");
    let is_superseded = is_handled && record.resolution.as_deref() == Some("superseded");
    let in_tab = match filter.handled {
        _ if filter.superseded || filter.resolution == Some(Resolution::Superseded) => is_superseded,
        Handled::Open => !is_handled,
        Handled::Handled => is_handled && !is_superseded,
        Handled::All => true,
    };
    let is = |wanted: &Option<String>, found: &Option<String>| wanted.is_none() || wanted == found;
    let from = |start: NaiveDate| record.use_date.is_some_and(|date| date >= start);
    let to = |end: NaiveDate| record.use_date.is_some_and(|date| date <= end);
    let least = |least: Money| fact.amount.is_some_and(|amount| Money::from_column(amount) >= least);
    let most = |most: Money| fact.amount.is_some_and(|amount| Money::from_column(amount) <= most);
    let closed = |resolution: Resolution| record.resolution.as_deref() == Some(resolution.as_str());
    in_tab
        && filter.start_date.is_none_or(from)
        && filter.end_date.is_none_or(to)
        && is(&filter.userorgid, &record.userorgid)
        && is(&filter.llmid, &record.llmid)
        && is(&filter.userid, &record.userid)
        && is(&filter.llmusageid, &record.llmusageid)
        && filter.amount_min.is_none_or(least)
        && filter.amount_max.is_none_or(most)
        && filter.resolution.is_none_or(closed)
        && filter.cause.as_deref().is_none_or(|cause| record.cause.as_deref().unwrap_or("unsorted") == cause)
        && filter.q.as_deref().is_none_or(|text| is_found(text, record, all))
}

/// An exact id of any kind, if any row has it; else words of the reason, in any case.
fn is_found(text: &str, record: &FailedRecord, all: &[Fact]) -> bool {
    if all.iter().any(|fact| has_id(&fact.record, text)) {
        return has_id(record, text);
    }
    let Some(reason) = record.failed_reason.as_deref().map(str::to_lowercase) else { return false };
    text.split_whitespace().all(|word| reason.contains(&word.to_lowercase()))
}

fn has_id(record: &FailedRecord, text: &str) -> bool {
    let ids = [&record.llmusageid, &record.userorgid, &record.llmid, &record.userid];
    record.id == text || ids.into_iter().any(|id| id.as_deref() == Some(text))
}

/// The ids in their order.
pub fn ids(facts: &[Fact]) -> Vec<&str> {
    facts.iter().map(|fact| fact.record.id.as_str()).collect()
}

/// Count, amount and cost.
pub fn sums(facts: &[Fact]) -> (i64, MoneySum, MoneySum) {
    let sum =
        |column: fn(&Fact) -> Option<f64>| facts.iter().filter_map(column).map(Money::from_column).sum();
    (facts.len() as i64, sum(|fact| fact.amount), sum(|fact| fact.cost))
}

/// The earliest failed_time of those that can be read, as the database sorts them.
pub fn oldest(facts: &[Fact]) -> Option<NaiveDateTime> {
    let readable = facts.iter().filter(|fact| fact.record.failed_time.is_some());
    readable.min_by(|left, right| left.failed_time.cmp(&right.failed_time))?.record.failed_time
}

/// Any filter in any order; most of its parts are absent, so that rows are left.
pub fn any_filter(engine: Engine) -> impl Strategy<Value = Filter> {
    let date =
        || prop::option::weighted(0.12, select(&DATES[..]).prop_map(|date| date.parse().expect("a date")));
    let id = |ids: &'static [&'static str]| prop::option::weighted(0.1, select(ids).prop_map(str::to_owned));
    let most = Money::MAX_ENTERED;
    let entered = move |value| Money::from_column(value).clamp(Money::from_units(-most.units()), most);
    let limit = || prop::option::weighted(0.12, money(engine).prop_map(entered));
    let resolution = prop::option::weighted(0.08, select(&Resolution::ALL[..]));
    let causes = ["unsorted", "no-reason", "c99"];
    let cause = prop::option::weighted(0.1, select(causes.to_vec()).prop_map(str::to_owned));
    let order = (select(&SortColumn::ALL[..]), any::<bool>());
    let tab = (
        select(&[Handled::Open, Handled::Handled, Handled::All, Handled::All][..]),
        prop::bool::weighted(0.1),
    );
    let who = (id(&["o1", "O1", "o%"]), id(&["m1", "M1", "a'b"]), id(&["p1", "0"]), id(&["u1", "U1"]));
    let words = prop::option::weighted(0.25, search());
    (tab, (date(), date()), who, words, (limit(), limit()), (resolution, cause), order).prop_map(
        |((handled, superseded), dates, who, q, limits, (resolution, cause), (column, descending))| Filter {
            handled,
            superseded,
            retrying: false,
            start_date: dates.0,
            end_date: dates.1,
            userorgid: who.0,
            llmid: who.1,
            userid: who.2,
            llmusageid: who.3,
            q,
            amount_min: limits.0,
            amount_max: limits.1,
            resolution,
            cause,
            sort: Sort { column, descending },
            ..Filter::default()
        },
    )
}

/// As [`any_filter`], with the keys besides that ask other tables or other times: for a filter as a value.
pub fn filter_of_any_key(engine: Engine) -> impl Strategy<Value = Filter> {
    let moment = || {
        let times =
            ["2026-05-01T00:00:00", "2026-05-20T13:45:10.250"].map(|text| text.parse().expect("a time"));
        prop::option::of(select(times.to_vec()))
    };
    let batch = prop::option::of((Just("b1".to_owned()), prop::option::of(select(&BatchOutcome::ALL[..]))));
    let changed = prop::option::of(select(&Change::ALL[..]));
    let not_by = prop::option::of(select(vec!["li.wei", "o'neil & co", "李"]).prop_map(str::to_owned));
    let failed_to = prop::option::of(Just(NaiveDate::from_ymd_opt(2026, 5, 31).expect("a date")));
    let page_size = prop::option::of(1..=200_u32);
    let times = (moment(), moment(), moment());
    let others = (any::<bool>(), batch, changed, not_by, failed_to, page_size);
    (any_filter(engine), times, others).prop_map(
        |(filter, times, (retrying, batch, changed, changed_not_by, failed_to, page_size))| Filter {
            retrying,
            retry_before: times.0,
            failed_from: times.1,
            changed_from: times.2,
            batch_outcome: batch.as_ref().and_then(|(_, outcome)| *outcome),
            batch: batch.map(|(id, _)| id),
            changed,
            changed_not_by,
            failed_to,
            page_size,
            ..filter
        },
    )
}

/// What people search: parts of reasons in another case, several words, pieces of words, ids.
pub fn search() -> impl Strategy<Value = String> {
    let word = select(&PARTS[..]);
    prop_oneof![
        word.clone().prop_map(str::to_owned),
        word.clone().prop_map(str::to_uppercase),
        (word.clone(), word.clone()).prop_map(|(one, other)| format!("{one}  {other}").to_lowercase()),
        (word, 1..4_usize, 1..6_usize).prop_map(|(word, from, length)| {
            let piece: String = word.chars().skip(from).take(length).collect();
            if piece.trim().is_empty() { "dead".to_owned() } else { piece.trim().to_owned() }
        }),
        select(&["o1", "m1", "0", "u1", "a", "é", "漢", "%"][..]).prop_map(str::to_owned),
    ]
}
