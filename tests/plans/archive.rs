//! The walk of the archive and its preview.

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::sql_types::Text;
use llmage_admin::archive::moving::Shape;
use llmage_admin::archive::preview;
use llmage_admin::archive::walk::{Place, Rows};
use llmage_admin::db::Engine;
use llmage_admin::db::dialect::WalkKey;

use crate::explained::{plan, reads_all, sorts};
use crate::filled::filled;
use crate::support::database::{TestDatabase, engine};
use crate::support::rows::run;
use crate::support::statements::sent;

#[derive(QueryableByName)]
struct Key {
    #[diesel(sql_type = Text)]
    row_key: String,
}

fn cutoff() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 5, 22).expect("a date")
}

/// No statement reads one of the tables from end to end; where it may not sort, an index gives the order.
fn assert_follows_indexes(database: &TestDatabase, statements: &[String], may_sort: bool) {
    assert!(!statements.is_empty(), "nothing was asked");
    for statement in statements {
        let steps = plan(database, statement);
        let names: &[&str] = if engine() == Engine::Postgres {
            &["llmusage"]
        } else {
            &["llmusage", "llmusage_history", "u", "h"]
        };
        let reading = steps.iter().find(|step| names.iter().any(|name| reads_whole(step, name)));
        assert_eq!(reading, None, "reads all rows in\n{statement}\n{steps:#?}");
        let sorting = steps.iter().find(|step| sorts(step) && !may_sort);
        assert_eq!(sorting, None, "sorts in\n{statement}\n{steps:#?}");
    }
}

fn reads_whole(step: &str, name: &str) -> bool {
    match engine() {
        // A scan of `u` is not one of `usage_something`.
        Engine::Sqlite => step == format!("SCAN {name}") || step.starts_with(&format!("SCAN {name} ")),
        _ => reads_all(step, name),
    }
}

#[test]
fn each_stretch_of_the_archives_walk_is_a_seek_in_the_order_of_an_index() {
    let database = filled();
    let shape = database.run_here(Shape::read).expect("both tables are there");
    let first = sent(&database, |connection| shape.next(connection, cutoff(), None, 100));
    assert_follows_indexes(&database, &first, false);
    let found = database.run_here(|connection| shape.next(connection, cutoff(), None, 100)).expect("usages");
    let place: Place = found.last().expect("a hundred").place.clone();
    let next = sent(&database, |connection| shape.next(connection, cutoff(), Some(&place), 100));
    assert_eq!(next.len(), 2, "the rest of a day, and the days after it");
    assert_follows_indexes(&database, &next, false);
}

/// A table that numbers no rows has them by their ids in each index.
#[test]
fn a_table_without_numbers_of_rows_is_walked_along_an_index_too() {
    if engine() != Engine::Sqlite {
        return;
    }
    let database = filled();
    let made = |kind: &str| {
        let question = format!(
            "SELECT sql AS row_key FROM sqlite_master WHERE tbl_name = 'llmusage' AND type = '{kind}' AND sql <> ''"
        );
        let keys: Vec<Key> = database
            .run_here(|connection| Ok(diesel::sql_query(question).load(connection)?))
            .expect("its schema");
        keys.into_iter().map(|key| format!("{};", key.row_key)).collect::<String>()
    };
    let (table, indexes) = (made("table").replace(";", " WITHOUT ROWID;"), made("index"));
    run(
        &database,
        &format!(
            "PRAGMA legacy_alter_table = ON; ALTER TABLE llmusage RENAME TO numbered; {table} \
        INSERT INTO llmusage SELECT * FROM numbered; DROP TABLE numbered; {indexes}"
        ),
    );
    let shape = database.run_here(Shape::read).expect("both tables are there");
    assert_eq!(shape.key, WalkKey::Id);
    let found = database.run_here(|connection| shape.next(connection, cutoff(), None, 100)).expect("usages");
    let place: Place = found.last().expect("a hundred").place.clone();
    for from in [None, Some(&place)] {
        let asked = sent(&database, |connection| shape.next(connection, cutoff(), from, 100));
        assert_follows_indexes(&database, &asked, false);
    }
    let keys: Vec<String> = found.into_iter().map(|usage| usage.place.key).collect();
    for statement in [shape.judging(Rows::Keys(&keys), cutoff()), shape.proving(Rows::Keys(&keys))] {
        let asked = sent(&database, |connection| Ok(statement.load::<Key>(connection)?));
        assert_follows_indexes(&database, &asked, true);
    }
}

#[test]
fn a_preview_that_is_bounded_reads_no_more_than_it_must() {
    let database = filled();
    let asked = sent(&database, |connection| preview::preview(connection, cutoff(), Some(1_000)));
    let asked: Vec<String> = asked.into_iter().filter(|statement| statement.contains("llmusage u")).collect();
    assert_follows_indexes(&database, &asked, true);
}

#[test]
fn what_a_transaction_judges_and_proves_is_found_by_its_keys_or_ids() {
    let database = filled();
    let shape = database.run_here(Shape::read).expect("both tables are there");
    let some = database.run_here(|connection| shape.next(connection, cutoff(), None, 50)).expect("usages");
    assert_eq!(some.len(), 50);
    let ids: Vec<String> = some.iter().map(|usage| usage.id.clone()).collect();
    let keys: Vec<String> = some.into_iter().map(|usage| usage.place.key).collect();
    for statement in [Rows::Ids(&ids), Rows::Keys(&keys)]
        .into_iter()
        .flat_map(|rows| [shape.judging(rows, cutoff()), shape.proving(rows)])
    {
        let asked = sent(&database, |connection| Ok(statement.load::<Key>(connection)?));
        assert_follows_indexes(&database, &asked, true);
    }
}
