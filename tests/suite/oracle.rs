//! What a list must show, computed in Rust from all rows; and random filters to ask both for.

use std::cmp::Ordering;
use std::sync::LazyLock;

use chrono::{Datelike, NaiveDate, NaiveDateTime};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Double, Nullable, Text};
use llmage_admin::base::grouping::{Dimension, GroupOrder, Grouping};
use llmage_admin::base::money::{Money, MoneySum};
use llmage_admin::base::secrets::signs;
use llmage_admin::db::schema::llmusage_accounting_failed as failed;
use llmage_admin::db::{Database, Engine};
use llmage_admin::failed_accounting::batched::BatchOutcome;
use llmage_admin::failed_accounting::changed::Change;
use llmage_admin::failed_accounting::failure::{FailedRecord, Resolution};
use llmage_admin::failed_accounting::filter::{Filter, Handled, Sort, SortColumn};
use proptest::prelude::*;
use proptest::sample::select;
use regex::Regex;

use crate::support::database::engine;
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
    pub rank: usize,
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
    let used = day_of_use(record);
    let from = |start: NaiveDate| used.is_some_and(|date| date >= start);
    let to = |end: NaiveDate| used.is_some_and(|date| date <= end);
    let least = |least: Money| fact.amount.is_some_and(|amount| Money::from_column(amount) >= least);
    let most = |most: Money| fact.amount.is_some_and(|amount| Money::from_column(amount) <= most);
    let is_retrying = !is_handled && record.retry.retry_requested_at.is_some();
    let asked_before =
        |time| is_retrying && record.retry.retry_requested_at.is_some_and(|asked| asked < time);
    // Without a beginning, what failed at no known time is meant, too.
    let failed_by = |day: NaiveDate| match record.failed_time {
        Some(failed) => failed.date() <= day,
        None => filter.failed_from.is_none(),
    };
    let failed_from = |from: NaiveDateTime| record.failed_time.is_some_and(|failed| failed >= from);
    let closed = |resolution: Resolution| record.resolution.as_deref() == Some(resolution.as_str());
    let decided = record.handled_at().map(|time| time.date());
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
        && (!filter.retrying || is_retrying)
        && filter.retry_before.is_none_or(asked_before)
        && filter.failed_from.is_none_or(failed_from)
        && filter.failed_to.is_none_or(failed_by)
        && filter.cause.as_deref().is_none_or(|cause| record.cause.as_deref().unwrap_or("unsorted") == cause)
        && filter.handled_by.as_deref().is_none_or(|by| {
            record.handled_by.as_deref().unwrap_or_default() == by.trim_start_matches("none")
        })
        && filter.handled_from.is_none_or(|from| decided.is_some_and(|day| day >= from))
        && filter.handled_to.is_none_or(|to| decided.is_some_and(|day| day <= to))
        && (!filter.is_undecided || decided.is_none())
        && (!filter.is_dateless || used.is_none())
        && filter.q.as_deref().is_none_or(|text| is_found(text, record, all))
}

/// The day that is shown, of those that a filter can name.
pub fn day_of_use(record: &FailedRecord) -> Option<NaiveDate> {
    record.use_date.filter(|day| (1971..=2037).contains(&day.year()))
}

/// An exact id of any kind, if any row has it; else words of the reason, in any case.
fn is_found(text: &str, record: &FailedRecord, all: &[Fact]) -> bool {
    if all.iter().any(|fact| has_id(&fact.record, text)) {
        return has_id(record, text);
    }
    let Some(reason) = record.failed_reason.as_deref() else { return false };
    let is_shown = !waits_for_masking(record, reason);
    let reason = reason.to_lowercase();
    is_shown && text.split_whitespace().all(|word| reason.contains(&word.to_lowercase()))
}

/// Where the engine cannot mask while it searches, a reason with a sign of a secret is found once it is sorted.
fn waits_for_masking(record: &FailedRecord, reason: &str) -> bool {
    static SIGNS: LazyLock<[Regex; 2]> =
        LazyLock::new(|| signs().map(|signs| Regex::new(signs).expect("it compiles")));
    let is_sorted = engine() == Engine::Sqlite || record.cause.is_some();
    !is_sorted && SIGNS.iter().any(|signs| signs.is_match(reason))
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
    let decided =
        (id(&["u1", "none"]), prop::bool::weighted(0.05), date(), date(), prop::bool::weighted(0.05));
    let order = (select(&SortColumn::ALL[..]), any::<bool>());
    let tab = (
        select(&[Handled::Open, Handled::Handled, Handled::All, Handled::All][..]),
        prop::bool::weighted(0.1),
    );
    let who = (id(&["o1", "O1", "o%"]), id(&["m1", "M1", "a'b"]), id(&["p1", "0"]), id(&["u1", "U1"]));
    let words = prop::option::weighted(0.25, search());
    let times = (date(), date(), prop::bool::weighted(0.04));
    let closing = (resolution, cause, decided, times);
    (tab, (date(), date()), who, words, (limit(), limit()), closing, order).prop_map(
        |((handled, superseded), dates, who, q, limits, closing, (column, descending))| Filter {
            handled_by: closing.2.0,
            is_dateless: closing.2.1,
            handled_from: closing.2.2,
            handled_to: closing.2.3,
            is_undecided: closing.2.4,
            handled,
            superseded,
            retrying: closing.3.2,
            failed_from: closing.3.0.map(|day: NaiveDate| day.and_time(chrono::NaiveTime::MIN)),
            failed_to: closing.3.1,
            start_date: dates.0,
            end_date: dates.1,
            userorgid: who.0,
            llmid: who.1,
            userid: who.2,
            llmusageid: who.3,
            q,
            amount_min: limits.0,
            amount_max: limits.1,
            resolution: closing.0,
            cause: closing.1,
            sort: Sort { column, descending },
            ..Filter::default()
        },
    )
}

/// As [`any_filter`], with the keys besides that ask other tables, or times of retries: for a filter as a value.
pub fn filter_of_any_key(engine: Engine) -> impl Strategy<Value = Filter> {
    let moment = || {
        let times =
            ["2026-05-01T00:00:00", "2026-05-20T13:45:10.250"].map(|text| text.parse().expect("a time"));
        prop::option::of(select(times.to_vec()))
    };
    let cause = prop::option::of(select(vec!["c1", "unsorted"]));
    let outcome = prop::option::of(select(&BatchOutcome::ALL[..]));
    let batch = prop::option::of((Just("b1".to_owned()), outcome, cause));
    let changed = prop::option::of(select(&Change::ALL[..]));
    let not_by = prop::option::of(select(vec!["li.wei", "o'neil & co", "李"]).prop_map(str::to_owned));
    let failed_to = prop::option::of(Just(NaiveDate::from_ymd_opt(2026, 5, 31).expect("a date")));
    let page_size = prop::option::of(1..=200_u32);
    let times = (moment(), moment(), moment());
    let others = (any::<bool>(), batch, changed, not_by, failed_to, page_size);
    let foreign = prop::option::of(select(vec!["none", "=WAIVED"]).prop_map(str::to_owned));
    let family = prop::option::of(select(vec!["model", "none"]));
    let group = prop::option::of(
        select(&Dimension::ALL[..]).prop_map(|one| Grouping::new(one, Some(Dimension::Day))),
    );
    let order = prop::option::of(
        select(vec!["-count", "group"]).prop_map(|name| GroupOrder::parse(name).expect("an order")),
    );
    let groups = (foreign, family, group, order);
    (any_filter(engine), times, others, groups).prop_map(
        |(filter, times, (retrying, batch, changed, changed_not_by, failed_to, page_size), groups)| Filter {
            foreign_resolution: groups.0.filter(|_| filter.resolution.is_none()),
            family: groups.1,
            group: groups.2,
            group_sort: groups.3,
            retrying,
            retry_before: times.0,
            failed_from: times.1,
            changed_from: times.2,
            batch_outcome: batch.as_ref().and_then(|(_, outcome, _)| *outcome),
            batch_cause: batch.as_ref().and_then(|(_, _, cause)| cause.map(str::to_owned)),
            batch: batch.map(|(id, ..)| id),
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
