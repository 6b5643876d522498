//! What a database says it would do for a statement.

use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text};
use llmage_admin::base::money::Money;
use llmage_admin::db::{Database, Engine};

use crate::filled::is_large;
use crate::support::database::{TestDatabase, engine};
use crate::support::rows::run;
use crate::support::statements::INDEXED;

/// One step of a plan, in the words of its engine.
pub type Step = String;

/// The plan of a statement.
pub fn plan(database: &Database, statement: &str) -> Vec<Step> {
    let statement = &with_money(statement);
    #[derive(QueryableByName)]
    struct Sqlite {
        #[diesel(sql_type = Text)]
        detail: String,
    }
    #[derive(QueryableByName)]
    struct Postgres {
        #[diesel(sql_type = Text, column_name = "QUERY PLAN")]
        step: String,
    }
    #[derive(QueryableByName)]
    struct Mysql {
        #[diesel(sql_type = Nullable<Text>)]
        table: Option<String>,
        #[diesel(sql_type = Nullable<Text>, column_name = "type")]
        kind: Option<String>,
        #[diesel(sql_type = Nullable<Text>)]
        key: Option<String>,
        #[diesel(sql_type = Nullable<Text>, column_name = "Extra")]
        extra: Option<String>,
    }
    let steps = database.run_here(|connection| {
        Ok(match connection.engine() {
            Engine::Sqlite => diesel::sql_query(format!("EXPLAIN QUERY PLAN {statement}"))
                .load::<Sqlite>(connection)?
                .into_iter()
                .map(|row| row.detail)
                .collect(),
            Engine::Postgres => {
                if !is_large() || statement.starts_with(INDEXED) {
                    // Reading all of a small table is the best plan: the question is what else there is.
                    diesel::sql_query("SET LOCAL enable_seqscan = off").execute(connection)?;
                }
                diesel::sql_query(format!("EXPLAIN (COSTS OFF) {statement}"))
                    .load::<Postgres>(connection)?
                    .into_iter()
                    .map(|row| row.step)
                    .collect()
            }
            Engine::Mysql => diesel::sql_query(format!("EXPLAIN {statement}"))
                .load::<Mysql>(connection)?
                .into_iter()
                .map(|row| {
                    let words = [row.table, row.kind, row.key, row.extra];
                    words.map(Option::unwrap_or_default).join(" | ")
                })
                .collect::<Vec<Step>>(),
        })
    });
    steps.expect("the database explains itself")
}

/// Money that is bound stands in the statement as Rust shows it.
fn with_money(statement: &str) -> String {
    let shown = regex::Regex::new(r"Money\((-?\d+)\)").expect("a pattern");
    let number =
        |found: &regex::Captures<'_>| Money::from_units(found[1].parse().expect("units")).to_string();
    shown.replace_all(statement, number).into_owned()
}

/// Whether the step reads the whole table, be it through an index.
pub fn reads_all(step: &str, table: &str) -> bool {
    match engine() {
        Engine::Sqlite => step.starts_with(&format!("SCAN {table}")),
        Engine::Postgres => step.contains(&format!("Seq Scan on {table}")),
        Engine::Mysql => {
            step.starts_with(&format!("{table} | ALL")) || step.starts_with(&format!("{table} | index |"))
        }
    }
}

/// Whether the step sorts rows that no index gives in order.
pub fn sorts(step: &str) -> bool {
    match engine() {
        Engine::Sqlite => step.contains("TEMP B-TREE"),
        Engine::Postgres => step.contains("Sort"),
        Engine::Mysql => step.contains("filesort") || step.contains("temporary"),
    }
}

/// Has the planner look at these tables. SQLite gets no statistics, as the adopted file of an installation has none.
pub fn look_at(database: &TestDatabase, tables: &[&str]) {
    for table in tables {
        match engine() {
            Engine::Sqlite => {}
            Engine::Mysql => run(database, &format!("ANALYZE TABLE {table}")),
            Engine::Postgres => vacuum(database, table),
        }
    }
}

#[cfg(feature = "postgres")]
#[expect(clippy::disallowed_methods, reason = "no transaction may be open")]
fn vacuum(database: &TestDatabase, table: &str) {
    use diesel::connection::SimpleConnection;
    let mut connection = diesel::PgConnection::establish(database.url()).expect("it connects");
    connection.batch_execute(&format!("VACUUM ANALYZE {table}")).expect("it is vacuumed");
}

#[cfg(not(feature = "postgres"))]
fn vacuum(_: &TestDatabase, _: &str) {}
