//! The list of failures and its money lines.

use llmage_admin::audit::event::FAILED_ACCOUNTING;
use llmage_admin::audit::store as audit;
use llmage_admin::base::paging::Position;
use llmage_admin::causes::arrivals;
use llmage_admin::db::{Database, Engine};
use llmage_admin::failed_accounting::accounted;
use llmage_admin::failed_accounting::case::sketch;
use llmage_admin::failed_accounting::condition::plan_search;
use llmage_admin::failed_accounting::failure::Resolution;
use llmage_admin::failed_accounting::filter::{Filter, Handled, Sort, SortColumn};
use llmage_admin::failed_accounting::list::{self, outlined};
use llmage_admin::failed_accounting::totals;

use crate::explained::{Step, plan, reads_all, sorts};
use crate::filled::filled;
use crate::support::bulk;
use crate::support::database::{TestDatabase, engine};
use crate::support::rows::{failure, insert_many, run};
use crate::support::statements::sent;

const TABLE: &str = "llmusage_accounting_failed";

/// Reads rows by their ids: a page's worth, sorted at will.
fn is_by_id(statement: &str) -> bool {
    statement.contains(" id IN (") || statement.contains("\"id\" = ANY") || statement.contains("\"id\" IN (")
}

/// PostgreSQL alone: NaN and the infinities have no order but that of their ids, which no index has; such cells are few.
fn is_of_no_numbers(statement: &str) -> bool {
    let parts = ["amount < -1.797", "amount > 1.797", "cost < -1.797", "cost > 1.797"];
    engine() == Engine::Postgres && parts.iter().any(|part| statement.contains(part))
}

fn narrowed() -> Vec<Filter> {
    let text = |kind, number| Some(bulk::id(kind, number));
    let last = bulk::last_day();
    let before = |days| Some(last - chrono::Duration::days(days));
    let amount = |text: &str| Some(text.parse().expect("an amount"));
    vec![
        Filter { userorgid: text("org", 0), ..Filter::default() },
        Filter { llmid: text("model", 0), ..Filter::default() },
        Filter { userid: text("user", 0), ..Filter::default() },
        Filter { llmusageid: Some("u00000000000000000001".to_owned()), ..Filter::default() },
        Filter { resolution: Some(Resolution::WrittenOff), ..Filter::default() },
        Filter { start_date: before(3), end_date: before(3), ..Filter::default() },
        Filter { start_date: before(200), end_date: before(170), ..Filter::default() },
        Filter { start_date: before(100), ..Filter::default() },
        Filter { end_date: before(300), ..Filter::default() },
        Filter { amount_min: amount("20"), ..Filter::default() },
        Filter { amount_min: amount("1"), amount_max: amount("1.5"), ..Filter::default() },
        Filter { llmid: text("model", 1), start_date: before(30), end_date: before(20), ..Filter::default() },
        Filter { userorgid: text("org", 1), llmid: text("model", 1), ..Filter::default() },
    ]
}

fn in_all_tabs_and_orders(filter: &Filter) -> Vec<Filter> {
    let mut all = Vec::new();
    for handled in [Handled::Open, Handled::Handled, Handled::All] {
        for column in SortColumn::ALL {
            for descending in [true, false] {
                all.push(Filter { handled, sort: Sort { column, descending }, ..filter.clone() });
                if handled == Handled::All {
                    all.push(Filter { superseded: true, ..all[all.len() - 1].clone() });
                }
            }
        }
    }
    all
}

/// What the page at that position sends.
fn page(database: &Database, filter: &Filter, position: &Position) -> Vec<String> {
    sent(database, |connection| {
        let search = plan_search(connection, filter)?;
        list::page(connection, filter, &search, position)
    })
}

fn second_page(database: &Database, filter: &Filter) -> Position {
    let first = database.run_here(|connection| {
        let search = plan_search(connection, filter)?;
        list::page(connection, filter, &search, &Position::Start)
    });
    let first = first.expect("the first page can be read");
    first.rows.into_iter().next_back().map_or(Position::Start, |row| Position::After(row.cursor))
}

fn assert_follows_indexes(database: &Database, statements: &[String], may_sort: bool, filter: &Filter) {
    assert!(!statements.is_empty(), "the list asked nothing");
    for statement in statements {
        let steps = plan(database, statement);
        let reading = steps.iter().find(|step| reads_all(step, TABLE));
        assert_eq!(reading, None, "{filter:?} reads all rows in\n{statement}\n{steps:#?}");
        let sorting = steps
            .iter()
            .find(|step| sorts(step) && !may_sort && !is_by_id(statement) && !is_of_no_numbers(statement));
        assert_eq!(sorting, None, "{filter:?} sorts in\n{statement}\n{steps:#?}");
    }
}

#[test]
fn each_tab_in_each_order_is_a_walk_along_an_index() {
    let database = filled();
    for filter in in_all_tabs_and_orders(&Filter::default()) {
        for position in [Position::Start, second_page(&database, &filter)] {
            assert_follows_indexes(&database, &page(&database, &filter, &position), false, &filter);
        }
    }
}

#[test]
fn numbers_in_a_column_of_times_are_walked_along_its_index() {
    if engine() != Engine::Sqlite {
        return;
    }
    let database = TestDatabase::new();
    insert_many(&database, (0..60).map(|number| failure(&format!("f{number:02}"))));
    run(&database, "UPDATE llmusage_accounting_failed SET use_time = 1700000000 + rowid % 7");
    for filter in in_all_tabs_and_orders(&Filter::default()) {
        if filter.sort.column == SortColumn::UseTime {
            for position in [Position::Start, second_page(&database, &filter)] {
                assert_follows_indexes(&database, &page(&database, &filter, &position), false, &filter);
            }
        }
    }
}

#[test]
fn what_is_looked_at_for_accounted_usages_is_reached_by_indexes() {
    let database = filled();
    let (open, last) =
        database.run_here(|connection| outlined::open(connection, None, 1_000)).expect("what is open");
    let ids: Vec<String> = open.iter().map(|failure| failure.id.clone()).collect();
    let usage_ids: Vec<String> = open.into_iter().filter_map(|failure| failure.usage_id).collect();
    let mut statements = sent(&database, |connection| accounted::slice(connection, None));
    statements.extend(sent(&database, |connection| accounted::slice(connection, last.as_ref())));
    // What is asked of those whose usage is accounted.
    statements.extend(sent(&database, |connection| arrivals::among(connection, &ids)));
    statements.extend(sent(&database, |connection| audit::made(connection, FAILED_ACCOUNTING, &ids)));
    statements.extend(sent(&database, |connection| sketch::of(connection, &usage_ids)));
    for statement in &statements {
        let steps = plan(&database, statement);
        for table in [TABLE, "llmusage", "llmusage_history", "audit_event", "new_failure"] {
            let reading = steps.iter().find(|step| reads_all(step, table));
            assert_eq!(reading, None, "it reads all of {table} in\n{statement}\n{steps:#?}");
        }
        let is_in_order = statement.contains("audit_event") || is_by_id(statement);
        let sorting = steps.iter().find(|step| sorts(step) && !is_in_order);
        assert_eq!(sorting, None, "it sorts in\n{statement}\n{steps:#?}");
    }
}

#[test]
fn one_value_newest_first_is_a_walk_along_its_index() {
    let database = filled();
    for filter in narrowed().iter().take(6).flat_map(in_all_tabs_and_orders) {
        if filter.sort.column == SortColumn::FailedTime {
            for position in [Position::Start, second_page(&database, &filter)] {
                assert_follows_indexes(&database, &page(&database, &filter, &position), false, &filter);
            }
        }
    }
}

#[test]
fn no_filter_in_any_order_reads_the_whole_table() {
    let database = filled();
    for filter in narrowed().iter().flat_map(in_all_tabs_and_orders) {
        assert_follows_indexes(&database, &page(&database, &filter, &Position::Start), true, &filter);
    }
}

#[test]
fn no_money_line_reads_the_whole_table() {
    let database = filled();
    for filter in narrowed() {
        let tabs = [Handled::Open, Handled::Handled, Handled::All].map(|handled| filter.on_tab(handled));
        for filter in tabs.into_iter().chain([filter.on_superseded()]) {
            let statements = sent(&database, |connection| {
                let search = plan_search(connection, &filter)?;
                totals::known(connection, &filter, &search)
            });
            assert_follows_indexes(&database, &statements, true, &filter);
        }
    }
}

#[test]
fn the_money_line_of_open_records_reads_kept_totals_alone() {
    let database = filled();
    let filter = Filter::default();
    let statements = sent(&database, |connection| {
        totals::known(connection, &filter, &llmage_admin::failed_accounting::condition::Search::Nothing)
    });
    let sums: Vec<&String> = statements.iter().filter(|statement| statement.contains("SUM(")).collect();
    assert_eq!(sums.len(), 1, "one sum for all tabs: {statements:#?}");
    let steps = plan(&database, sums[0]);
    assert!(steps.iter().any(|step| step.contains("failed_total")), "{steps:#?}");
    assert!(!steps.iter().any(|step| step.contains(TABLE)), "it reads the rows: {steps:#?}");
}

#[test]
fn where_no_totals_are_kept_the_money_line_of_open_records_reads_an_index_only() {
    let database = filled();
    let filter = Filter::default();
    let statements = sent(&database, |connection| {
        totals::counted(connection, &filter, &llmage_admin::failed_accounting::condition::Search::Nothing)
    });
    let sums: Vec<&String> = statements.iter().filter(|statement| statement.contains("SUM(")).collect();
    assert_eq!(sums.len(), 1, "one sum for one tab: {statements:#?}");
    let wanted = match engine() {
        Engine::Sqlite => format!("SEARCH {TABLE} USING COVERING INDEX idx_laf_tab_"),
        Engine::Postgres => "Index Only Scan using idx_laf_tab_".to_owned(),
        Engine::Mysql => format!("{TABLE} | ref | idx_laf_open_"),
    };
    let steps = plan(&database, sums[0]);
    let is_from_index = |step: &Step| {
        step.contains(&wanted) && (engine() != Engine::Mysql || step.ends_with("| Using index"))
    };
    assert!(steps.iter().any(is_from_index), "not from an index alone: {steps:#?}");
}

#[test]
fn a_search_by_words_asks_the_index_of_words() {
    let database = filled();
    if engine() == Engine::Mysql {
        return;
    }
    let text = Some("req-u00000000000000000000".to_owned());
    for handled in [Handled::Open, Handled::Handled, Handled::All] {
        let filter = Filter { q: text.clone(), handled, ..Filter::default() };
        let statements = page(&database, &filter, &Position::Start);
        assert_follows_indexes(&database, &statements, true, &filter);
        let index = if engine() == Engine::Sqlite { "reason_search" } else { "idx_laf_failed_reason" };
        let asked = statements
            .iter()
            .any(|statement| plan(&database, statement).iter().any(|step| step.contains(index)));
        assert!(asked, "no statement asks {index}: {statements:#?}");
    }
}
