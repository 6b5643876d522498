//! The plans of what is not the list of failures: causes, batches, the overview, the lists of usages and of the history.
//!
//! None reads a whole table, unless it stops after some rows of an index.

use chrono::{Duration, NaiveDateTime, NaiveTime};
use llmage_admin::base::paging::Position;
use llmage_admin::db::{Database, DbConnection, Engine};
use llmage_admin::error::Result;
use llmage_admin::failed_accounting::causes::{groups, history, ranking};
use llmage_admin::failed_accounting::changed::Change;
use llmage_admin::failed_accounting::condition::{Search, plan_search};
use llmage_admin::failed_accounting::filter::{Filter, Handled};
use llmage_admin::failed_accounting::{list, totals};
use llmage_admin::overview::{leakage, money};
use llmage_admin::usages::filter::{Filter as UsageFilter, Shelf};
use llmage_admin::usages::{list as usages, totals as usage_totals};

use crate::explained::plan;
use crate::filled::{BATCH, CAUSE, filled};
use crate::support::bulk;
use crate::support::database::engine;
use crate::support::statements::sent;

/// Whether a step reads a large table from end to end, and nothing in the statement stops it.
fn reads_all(step: &str, statement: &str) -> bool {
    let stops = statement.contains("LIMIT");
    match engine() {
        Engine::Sqlite => {
            let is_large = step.starts_with("SCAN llmusage") || step.starts_with("SCAN batch_item");
            is_large && !(stops && step.contains("USING"))
        }
        Engine::Postgres => step.contains("Seq Scan on llmusage") || step.contains("Seq Scan on batch_item"),
        Engine::Mysql => {
            let is_large = step.starts_with("llmusage") || step.starts_with("batch_item");
            is_large && (step.contains(" | ALL |") || (step.contains(" | index |") && !stops))
        }
    }
}

fn assert_seeks<T>(database: &Database, what: &str, work: impl FnOnce(&mut DbConnection) -> Result<T>) {
    let statements = sent(database, work);
    assert!(!statements.is_empty(), "{what} asked nothing");
    for statement in statements {
        let steps = plan(database, &statement);
        let reading = steps.iter().find(|step| reads_all(step, &statement));
        assert_eq!(reading, None, "{what} reads all rows in\n{statement}\n{steps:#?}");
    }
}

fn noon() -> NaiveDateTime {
    bulk::last_day().and_time(NaiveTime::MIN) + Duration::hours(12)
}

/// When the usages of so many days ago were archived.
fn night(days: i64) -> NaiveDateTime {
    (bulk::last_day() - Duration::days(days - 1)).and_time(NaiveTime::MIN) + Duration::minutes(150)
}

#[test]
fn causes_batches_overview_and_usages_read_no_whole_table() {
    let database = filled();
    let today = bulk::last_day();
    // Of the last days nearly all usages are live: reading all of them is the best plan there.
    let long_ago = today - Duration::days(100);
    let of_cause = history::filter_of(CAUSE);
    assert_seeks(&database, "the cards", |connection| {
        let ranking = ranking::ranking(connection, ranking::Rank::Amount)?;
        let shown = ranking.causes.into_iter().take(3).collect();
        ranking::cards(connection, shown, today, false)
    });
    for handled in [Handled::Open, Handled::Handled, Handled::All] {
        for filter in [
            Filter { batch: Some(BATCH.to_owned()), handled, ..Filter::default() },
            Filter { handled, ..of_cause.clone() },
            Filter {
                changed: Some(Change::Handled),
                changed_from: Some(noon()),
                handled,
                ..Filter::default()
            },
            Filter { handled, failed_from: Some(noon() - Duration::days(2)), ..Filter::default() },
            Filter { handled, failed_from: Some(noon() - Duration::days(9)), ..of_cause.clone() },
        ] {
            assert_seeks(&database, &format!("the list of {filter:?}"), |connection| {
                let search = plan_search(connection, &filter)?;
                list::page(connection, &filter, &search, &Position::Start)
            });
            assert_seeks(&database, &format!("the money line of {filter:?}"), |connection| {
                let search = plan_search(connection, &filter)?;
                totals::known(connection, &filter, &search)
            });
        }
    }
    let open_of_cause = Filter { handled: Handled::Open, ..of_cause };
    assert_seeks(&database, "the groups of a cause", |connection| {
        groups::grouped(connection, &open_of_cause, &Search::Nothing, groups::By::Organisation)
    });
    assert_seeks(&database, "the overview's money", |connection| {
        money::at_stake(connection, today, noon(), Some(noon() - Duration::days(1)), "ann")
    });
    assert_seeks(&database, "the leakage", |connection| leakage::of_last_days(connection, long_ago));
    for shelf in [Shelf::Live, Shelf::History] {
        usages_of(&database, shelf);
    }
}

fn usages_of(database: &Database, shelf: Shelf) {
    let some = |kind: &str| Some(bulk::id(kind, 0));
    let all = UsageFilter { shelf, ..UsageFilter::default() };
    let before = |days| Some(bulk::last_day() - Duration::days(days));
    for filter in [
        all.clone(),
        UsageFilter { llmid: some("model"), ..all.clone() },
        UsageFilter { userid: some("user"), ..all.clone() },
        UsageFilter { userorgid: some("org"), ..all.clone() },
        UsageFilter { status: Some("SUCCEEDED".to_owned()), ..all.clone() },
        UsageFilter { taskid: Some("f00000000000000000000".to_owned()), ..all.clone() },
        UsageFilter { id: Some("f00000000000000000000".to_owned()), ..all.clone() },
        UsageFilter { start_date: before(30), end_date: before(20), ..all.clone() },
        UsageFilter { start_date: before(90), end_date: before(90), ..all.clone() },
        UsageFilter { accounting_status: Some("failed".to_owned()), ..all.clone() },
        UsageFilter { accounting_status: Some("failed".to_owned()), llmid: some("model"), ..all.clone() },
        UsageFilter { backup_time: (shelf == Shelf::History).then(|| night(90)), ..all.clone() },
    ] {
        for oldest_first in [false, true] {
            let filter = UsageFilter { oldest_first, ..filter.clone() };
            assert_seeks(database, &format!("the list of {filter:?}"), |connection| {
                usages::page(connection, &filter, &Position::Start, 500)
            });
        }
        assert_seeks(database, &format!("the money line of {filter:?}"), |connection| {
            if filter.is_searched() {
                return usage_totals::known(connection, &filter, 500).map(drop);
            }
            usage_totals::count_up_to(connection, &filter, 10_001).map(drop)
        });
    }
}
