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
        // Of a list, the first question finds the ids; the others fetch rows by them.
        for statement in watched.iter().chain(listed.first()).chain(&counted) {
            let plan = plan(&database, statement);
            assert!(plan.contains("idx_laf_retrying"), "{plan}\n{statement}");
        }
    }
}
