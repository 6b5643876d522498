//! The index of retries answers what is asked every few seconds, however many records there are.

use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text};
use llmage_admin::base::paging::Position;
use llmage_admin::db::{Database, Engine};
use llmage_admin::failed_accounting::condition::Search;
use llmage_admin::failed_accounting::filter::{Filter, Handled, Sort, SortColumn};
use llmage_admin::failed_accounting::{list, settlement, totals};

use crate::support::database::TestDatabase;
use crate::support::rows::{Row, failure, insert_many, run};
use crate::support::statements::sent;

fn plan(database: &Database, statement: &str) -> String {
    #[derive(QueryableByName)]
    struct Sqlite {
        #[diesel(sql_type = Text)]
        detail: String,
    }
    #[derive(QueryableByName)]
    struct Mysql {
        #[diesel(sql_type = Nullable<Text>)]
        key: Option<String>,
    }
    #[derive(QueryableByName)]
    struct Postgres {
        #[diesel(sql_type = Text, column_name = "QUERY PLAN")]
        line: String,
    }
    let lines = database.run_here(|connection| {
        Ok(match connection.engine() {
            Engine::Sqlite => diesel::sql_query(format!("EXPLAIN QUERY PLAN {statement}"))
                .load::<Sqlite>(connection)?
                .into_iter()
                .map(|row| row.detail)
                .collect::<Vec<_>>(),
            Engine::Mysql => diesel::sql_query(format!("EXPLAIN {statement}"))
                .load::<Mysql>(connection)?
                .into_iter()
                .filter_map(|row| row.key)
                .collect(),
            Engine::Postgres => diesel::sql_query(format!("EXPLAIN {statement}"))
                .load::<Postgres>(connection)?
                .into_iter()
                .map(|row| row.line)
                .collect(),
        })
    });
    lines.expect("a plan").join("\n")
}

#[test]
fn retries_are_found_by_their_own_index() {
    let database = TestDatabase::new();
    let row =
        |number: usize| Row { llmusageid: Some(format!("u{number}")), ..failure(&format!("f{number:05}")) };
    insert_many(&database, (0..6_000).map(row));
    run(
        &database,
        "UPDATE llmusage_accounting_failed SET retry_requested_at = '2026-05-22 12:00:00' WHERE id IN ('f00007', 'f05999')",
    );
    match database.engine() {
        Engine::Mysql => run(&database, "ANALYZE TABLE llmusage_accounting_failed"),
        Engine::Postgres => run(&database, "ANALYZE llmusage_accounting_failed"),
        Engine::Sqlite => {}
    }
    let watched = sent(&database, |connection| settlement::retrying(connection, "f00001", 200));
    for column in SortColumn::ALL {
        let sort = Sort { column, descending: true };
        let filter = Filter { retrying: true, handled: Handled::Open, sort, ..Filter::default() };
        let listed = sent(&database, |connection| {
            list::rows(connection, &filter, &Search::Nothing, &Position::Start, 20)
        });
        let counted = sent(&database, |connection| totals::known(connection, &filter, &Search::Nothing));
        // The money line also asks, by an index of amounts, whether any of the tab is too large to sum simply.
        let counted: Vec<&String> =
            counted.iter().filter(|statement| statement.contains("retry_requested_at")).collect();
        assert!(!counted.is_empty());
        // Of a list, the first question finds the ids; the others fetch rows by them.
        for statement in watched.iter().chain(listed.first()).chain(counted) {
            let plan = plan(&database, statement);
            assert!(plan.contains("idx_laf_retrying"), "{plan}\n{statement}");
        }
    }
}

#[test]
fn each_filter_of_usages_has_its_index() {
    use llmage_admin::usages::filter::Filter;
    use llmage_admin::usages::list;
    let database = TestDatabase::new();
    let values: Vec<String> = (0..6_000)
        .map(|number| {
            let (day, second) = (number / 240 + 1, number % 60);
            format!(
                "('u{number}', 'm{}', '2026-05-{day:02}', '2026-05-{day:02} 10:{:02}:{second:02}', 'p{}', 'o{}', '{}', 't{number}', '{}')",
                number % 300,
                number / 60 % 60,
                number % 300,
                number % 300,
                if number % 300 == 0 { "FAILED" } else { "SUCCEEDED" },
                if number % 300 == 0 { "failed" } else { "accounted" },
            )
        })
        .collect();
    for some in values.chunks(500) {
        let rows = some.join(", ");
        run(
            &database,
            &format!(
                "INSERT INTO llmusage (id, llmid, use_date, use_time, userid, userorgid, status, taskid, accounting_status) VALUES {rows}"
            ),
        );
    }
    match database.engine() {
        Engine::Mysql => run(&database, "ANALYZE TABLE llmusage"),
        Engine::Postgres => run(&database, "ANALYZE llmusage"),
        Engine::Sqlite => {}
    }
    let some = |text: &str| Some(text.to_owned());
    let all = Filter::default();
    let date = "2026-05-07".parse().ok();
    for (filter, index) in [
        (all.clone(), "usetime"),
        (Filter { oldest_first: true, ..all.clone() }, "usetime"),
        (Filter { llmid: some("m7"), ..all.clone() }, "llmid_usetime"),
        (Filter { status: some("FAILED"), ..all.clone() }, "status_usetime"),
        (Filter { accounting_status: some("failed"), ..all.clone() }, "accounting"),
        (Filter { userid: some("p7"), ..all.clone() }, "userid"),
        (Filter { userorgid: some("o7"), ..all.clone() }, "userorgid"),
        (Filter { taskid: some("t7"), ..all.clone() }, "taskid"),
        (Filter { id: some("u7"), ..all.clone() }, "id"),
        (Filter { start_date: date, end_date: date, ..all.clone() }, "use"),
    ] {
        let first = read_page(&database, &filter, &Position::Start);
        let mut asked = first.1;
        if let Some(row) = first.0.rows.last() {
            asked.extend(read_page(&database, &filter, &Position::After(row.cursor.clone())).1);
        }
        for statement in asked.iter().filter(|statement| !statement.contains(" IN (")) {
            let plan = plan(&database, statement).to_lowercase();
            if plan.is_empty() {
                // MariaDB looked the one row up while planning and found that none is left.
                continue;
            }
            let is_by_id = index == "id"
                && (plan.contains("primary") || plan.contains("pkey") || plan.contains("autoindex"));
            assert!(plan.contains(index) || is_by_id, "{index}: {plan}\n{statement}");
            assert!(!plan.contains("scan llmusage\n") && !plan.contains("seq scan"), "{plan}\n{statement}");
        }
    }

    fn read_page(database: &Database, filter: &Filter, position: &Position) -> (list::Listing, Vec<String>) {
        let page = database
            .run_here(|connection| list::page(connection, filter, position, list::SEARCHED_ROWS))
            .expect("a page");
        let asked =
            sent(database, |connection| list::page(connection, filter, position, list::SEARCHED_ROWS));
        // SQLite is asked for rows without an id first, which one place in the index of ids tells.
        let rows = asked.into_iter().filter(|statement| !statement.starts_with("SELECT EXISTS"));
        (page, rows.take(1).collect())
    }
}
