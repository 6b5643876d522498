//! What operators wait for, on 100,000 failures in an SQLite file: a page of the list, one deep in it, the
//! money line, a text search, and the CSV of everything.
//!
//! `cargo bench --bench lists`. Compare figures of one run on one machine, never across machines.

use std::hint::black_box;

use chrono::{Duration, NaiveDate, NaiveDateTime};
use chrono_tz::Tz;
use criterion::{Criterion, criterion_group, criterion_main};
use llmage_admin::base::money::Money;
use llmage_admin::base::paging::Position;
use llmage_admin::db::{Database, migrations};
use llmage_admin::failed_accounting::condition::{self, Search};
use llmage_admin::failed_accounting::failure::FailedRecord;
use llmage_admin::failed_accounting::filter::{Filter, Handled, Sort, SortColumn};
use llmage_admin::failed_accounting::{export, list, totals};
use llmage_admin::imports::Importable;
use llmage_admin::names::Names;

const ROWS: i64 = 100_000;

/// A seventh of the rows open, forty models, two thousand organisations, five causes.
fn record(number: i64) -> FailedRecord {
    const REASONS: [&str; 5] = [
        "usages is None",
        "(1213, 'Deadlock found when trying to get lock; try restarting transaction')",
        "账户余额不够",
        "llm_charging failed: 'prompt_tokens'",
        "accounting failed",
    ];
    // Steps through all remainders, so that neighbours in time differ in everything else.
    let mixed = (number * 7_919) % ROWS;
    let day = NaiveDate::from_ymd_opt(2025, 6, 1).expect("a date") + Duration::days(number * 365 / ROWS);
    let time: NaiveDateTime = day.and_hms_opt(8, 0, 0).expect("a time") + Duration::seconds(mixed % 36_000);
    let is_open = mixed % 7 == 0;
    FailedRecord {
        id: format!("failure-{mixed:06}-{number:06}"),
        llmusageid: Some(format!("usage-{number:06}")),
        llmid: Some(format!("model-{}", mixed % 40)),
        userid: Some(format!("user-{}", mixed % 20_000)),
        userorgid: Some(format!("organisation-{}", mixed % 2_000)),
        use_date: Some(day),
        use_time: Some(time - Duration::seconds(60)),
        amount: Some(Money::from_units(1 + mixed * 37)),
        cost: Some(Money::from_units(mixed * 23)),
        failed_reason: Some(format!("{} request req-{number:06}", REASONS[(mixed % 5) as usize])),
        failed_time: Some(time),
        retry_count: Some(0),
        handled: Some(if is_open { "0" } else { "1" }.to_owned()),
        handled_time: None,
        handled_note: None,
        resolution: None,
        handled_by: None,
        cause: None,
        retry: Default::default(),
    }
}

fn filled(folder: &std::path::Path) -> Database {
    let url = format!("sqlite:{}", folder.join("bench.db").display());
    let database = Database::open(&url, Tz::UTC).expect("a database");
    migrations::apply(&database).expect("migrations");
    database
        .transaction_here(|connection| {
            for number in 0..ROWS {
                Importable::insert(&record(number), connection)?;
            }
            Ok(())
        })
        .expect("rows");
    database
}

/// One page of a filter, with its money line, as a request reads them.
fn page(database: &Database, filter: &Filter, position: &Position) -> usize {
    database
        .run_here(|connection| {
            let search = condition::plan_search(connection, filter)?;
            Ok(list::page(connection, filter, &search, position)?.rows.len())
        })
        .expect("a page")
}

fn lists(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a folder");
    let database = filled(folder.path());
    let open = Filter::default();
    let all = Filter { handled: Handled::All, ..Filter::default() };
    let by_amount = Sort { column: SortColumn::Amount, descending: true };
    let organisation = Some("organisation-7".to_owned());
    for (name, filter) in [
        ("page: open", open.clone()),
        ("page: all", all.clone()),
        ("page: open, by amount", Filter { sort: by_amount, ..open.clone() }),
        ("page: one organisation", Filter { userorgid: organisation, ..all.clone() }),
        ("page: one word among many", Filter { q: Some("deadlock".to_owned()), ..all.clone() }),
        ("page: one rare word", Filter { q: Some("req-012345".to_owned()), ..all.clone() }),
    ] {
        criterion.bench_function(name, |bench| {
            bench.iter(|| page(&database, black_box(&filter), &Position::Start))
        });
    }
    let deep = database
        .run_here(|connection| list::cursor_of(connection, all.sort, &record(ROWS / 2).id))
        .expect("a row in the middle");
    let deep = Position::After(deep);
    criterion.bench_function("page: all, from the middle", |bench| {
        bench.iter(|| page(&database, black_box(&all), &deep));
    });
    criterion.bench_function("money line: open", |bench| {
        bench.iter(|| {
            database
                .run_here(|connection| totals::known(connection, black_box(&open), &Search::Nothing))
                .expect("totals")
        });
    });
    let mut slow = criterion.benchmark_group("whole table");
    slow.sample_size(10);
    slow.bench_function("CSV of all rows", |bench| {
        bench.iter(|| {
            export::run(&database, black_box(&all), &Names::default(), &mut std::io::sink())
                .expect("a CSV")
                .rows
        });
    });
    slow.finish();
}

criterion_group!(benches, lists);
criterion_main!(benches);
