//! Kept totals: the same as counted from the rows, at every commit, whoever writes.

use std::sync::Barrier;

use diesel::connection::SimpleConnection;
use llmage_admin::db::{Database, Engine, migrations};
use llmage_admin::error::Error;
use llmage_admin::failed_accounting::condition::Search;
use llmage_admin::failed_accounting::failure::Resolution;
use llmage_admin::failed_accounting::filter::{Filter, Handled};
use llmage_admin::failed_accounting::totals::{self, Known};
use llmage_admin::kept_totals::asking::{self, Question};
use llmage_admin::kept_totals::counting::{self, TOTALS_DIFFER};
use llmage_admin::kept_totals::folding;
use llmage_admin::kept_totals::{Kind, State};
use proptest::prelude::*;
use proptest::sample::select;

use crate::support::database::{TestDatabase, engine};
use crate::support::proven;
use crate::support::rows::{Row, clear, failure, hostile, insert, insert_many, run};

fn same(database: &Database, after: &str) {
    let differences = counting::differences(database).unwrap();
    assert!(differences.is_empty(), "after {after}: {differences:#?}");
}

fn fold(database: &Database) -> usize {
    database.transaction_here(folding::fold).unwrap()
}

/// The totals of all failures: open, retrying, handled, superseded.
fn counts(database: &Database) -> Option<[i64; 4]> {
    let question = Question { kind: Kind::All, key: String::new(), days: (None, None) };
    let parts = database.run_here(|connection| asking::total(connection, &question)).unwrap()?;
    let order = [State::Open, State::Retrying, State::Handled, State::Superseded];
    Some(order.map(|state| parts.of(&[state]).records))
}

const TABLE: &str = "llmusage_accounting_failed";

/// What other programs do to the table, in the words of its engine.
fn statement(engine: Engine, kind: usize, [one, other]: [&str; 2], value: &str) -> String {
    let columns = "(id, llmid, cause, userorgid, use_date, amount, cost, handled, resolution)";
    let values = format!("('{one}', 'm1', '{value}', 'o1', '2026-05-20', 1.5, 0.5, '0', NULL)");
    match (kind, engine) {
        (0, _) => format!("UPDATE {TABLE} SET handled = '{value}' WHERE id = '{one}'"),
        (1, _) => format!("UPDATE {TABLE} SET amount = 12345.67891, llmid = '{value}' WHERE id <> '{one}'"),
        (2, _) => format!("UPDATE {TABLE} SET handled = '1', resolution = 'superseded' WHERE id = '{one}'"),
        (3, _) => format!("UPDATE {TABLE} SET retry_requested_at = '2026-05-20 10:00:00' WHERE id = '{one}'"),
        (4, _) => format!("UPDATE {TABLE} SET retry_requested_at = NULL, userorgid = NULL"),
        (5, _) => format!("DELETE FROM {TABLE} WHERE id = '{one}'"),
        (6, _) => format!("UPDATE {TABLE} SET handled_note = 'of no account', failed_reason = 'x'"),
        (7, _) => format!("UPDATE {TABLE} SET use_date = NULL, cause = '{value}' WHERE id = '{one}'"),
        (8, Engine::Sqlite | Engine::Mysql) => format!("REPLACE INTO {TABLE} {columns} VALUES {values}"),
        (8, Engine::Postgres) => {
            format!(
                "INSERT INTO {TABLE} {columns} VALUES {values} ON CONFLICT (id) DO UPDATE SET amount = 7, handled = '1'"
            )
        }
        (9, Engine::Sqlite) => format!("INSERT OR IGNORE INTO {TABLE} {columns} VALUES {values}"),
        (9, Engine::Mysql) => format!("INSERT IGNORE INTO {TABLE} {columns} VALUES {values}"),
        (9, Engine::Postgres) => {
            format!("INSERT INTO {TABLE} {columns} VALUES {values} ON CONFLICT DO NOTHING")
        }
        (10, Engine::Sqlite) => {
            format!(
                "INSERT INTO {TABLE} {columns} VALUES {values} ON CONFLICT (id) DO UPDATE SET amount = 7, handled = '1'"
            )
        }
        (10, Engine::Mysql) => {
            format!(
                "INSERT INTO {TABLE} {columns} VALUES {values} ON DUPLICATE KEY UPDATE amount = 7, handled = '1'"
            )
        }
        (11, Engine::Sqlite) => format!("UPDATE OR REPLACE {TABLE} SET id = '{other}' WHERE id = '{one}'"),
        (12, Engine::Sqlite) => format!("UPDATE OR IGNORE {TABLE} SET id = '{other}' WHERE id = '{one}'"),
        (13, Engine::Sqlite) => {
            format!("UPDATE {TABLE} SET amount = x'00ff', cost = 'dear', use_date = x'31' WHERE id = '{one}'")
        }
        (14, Engine::Sqlite) => {
            format!("UPDATE {TABLE} SET amount = 1e308, cost = 9e999, use_date = 20260520, llmid = x'6d31'")
        }
        (13, Engine::Mysql) => {
            format!("UPDATE {TABLE} SET amount = -9999999999999.99999, llmid = '{value}  '")
        }
        (13, Engine::Postgres) => {
            format!("UPDATE {TABLE} SET amount = 'NaN', use_date = 'infinity' WHERE id = '{one}'")
        }
        (14, Engine::Postgres) => format!("UPDATE {TABLE} SET use_date = '0044-03-15 BC', cost = 0.000015"),
        (15, _) => format!("UPDATE {TABLE} SET use_date = '2026-06-01', resolution = '{value}'"),
        _ => format!("UPDATE {TABLE} SET cause = NULL, handled = NULL WHERE id <> '{other}'"),
    }
}

/// One step: a statement, alone or taken back, or a fold.
fn steps() -> impl Strategy<Value = Vec<(usize, [&'static str; 2], &'static str, u32)>> {
    let id = || select(&["a", "A", "b", "c"][..]);
    let value = select(&["1", "0", "", "other", "m2"][..]);
    let step = (0..17_usize, [id(), id()], value, 0..10_u32);
    prop::collection::vec(step, 1..12)
}

/// The filters that kept totals answer: each tab, with some days, of one of each kind.
fn filters() -> Vec<Filter> {
    let day = |text: &str| Some(text.parse().unwrap());
    let tabs = [
        Filter::default(),
        Filter { handled: Handled::Handled, ..Filter::default() },
        Filter { handled: Handled::All, ..Filter::default() },
        Filter { retrying: true, ..Filter::default() },
        Filter { superseded: true, ..Filter::default() },
    ];
    let days = [
        (None, None),
        (day("2026-05-20"), day("2026-05-20")),
        (day("2026-05-01"), day("2026-05-31")),
        (None, day("2026-05-20")),
        (day("2026-06-01"), None),
    ];
    let id = |id: &str| Some(id.to_owned());
    let one = |filter: &Filter| {
        let filter = || filter.clone();
        [
            filter(),
            Filter { llmid: id("m1"), ..filter() },
            Filter { llmid: id("none"), ..filter() },
            Filter { userorgid: id("o1"), ..filter() },
            Filter { cause: id("other"), ..filter() },
            Filter { cause: id("unsorted"), ..filter() },
            Filter { resolution: Some(Resolution::Other), ..filter() },
        ]
    };
    let within =
        |tab: &Filter| days.map(|(start_date, end_date)| Filter { start_date, end_date, ..tab.clone() });
    tabs.iter().flat_map(within).collect::<Vec<_>>().iter().flat_map(one).collect()
}

/// What pages say of a filter is what is counted of it.
fn pages_agree(database: &Database) {
    for filter in filters() {
        let (said, counted) = database
            .run_here(|connection| {
                let nothing = Search::Nothing;
                Ok((
                    totals::known(connection, &filter, &nothing)?,
                    totals::counted(connection, &filter, &nothing)?,
                ))
            })
            .unwrap();
        let Known::Exactly(said) = said else { panic!("{filter:?}: {said:?}") };
        assert_eq!(
            (said.count, said.amount, said.cost),
            (counted.count, counted.amount, counted.cost),
            "{filter:?}"
        );
    }
}

#[test]
fn totals_are_what_is_counted_after_every_commit() {
    let database = TestDatabase::with_doubles();
    let engine = engine();
    proven(5, &(hostile(engine, 8), steps()), |(rows, steps)| {
        clear(&database);
        insert(&database, &rows);
        same(&database, "INSERT");
        for (kind, ids, value, fate) in steps {
            // `handled` holds one letter.
            let value = if kind == 0 { value.get(..1).unwrap_or("") } else { value };
            let sql = statement(engine, kind, ids, value);
            let ended = database.transaction_here(|connection| {
                // An id that is there already is refused.
                connection.batch_execute(&sql)?;
                if fate < 3 { Err(Error::NotFound) } else { Ok(()) }
            });
            if let Err(error) = ended {
                assert!(matches!(error, Error::NotFound), "{sql}: {error:?}");
            }
            same(&database, &sql);
            if fate > 6 {
                fold(&database);
                same(&database, "a fold");
            }
        }
        pages_agree(&database);
    });
    while fold(&database) > 0 {}
    same(&database, "all was folded");
}

#[test]
fn totals_tell_states_apart() {
    let database = TestDatabase::new();
    let state = |id: &str, handled: &str, resolution: Option<&str>| Row {
        handled: Some(handled.to_owned()),
        resolution: resolution.map(str::to_owned),
        ..failure(id)
    };
    insert(
        &database,
        &[
            state("f1", "0", None),
            state("f2", "1", Some("other")),
            state("f3", "1", Some("superseded")),
            failure("f4"),
        ],
    );
    run(&database, &format!("UPDATE {TABLE} SET retry_requested_at = '2026-05-20 10:00:00' WHERE id = 'f4'"));
    assert_eq!(counts(&database), Some([1, 1, 1, 1]));
    assert!(fold(&database) > 0);
    assert_eq!((counts(&database), fold(&database)), (Some([1, 1, 1, 1]), 0));
}

/// Whoever comes second to a delta folds nothing.
#[test]
fn two_folders_and_writers_at_once_count_each_change_once() {
    let database = TestDatabase::new();
    let start = Barrier::new(5);
    std::thread::scope(|scope| {
        for folder in 0..2 {
            let (database, start) = (&database, &start);
            scope.spawn(move || {
                start.wait();
                for _ in 0..15 {
                    let _ = database.transaction_here(folding::fold);
                    if folder == 0 {
                        same(database, "a fold beside writers");
                    }
                }
            });
        }
        for writer in 0..3 {
            let (database, start) = (&database, &start);
            scope.spawn(move || {
                start.wait();
                for number in 0..15 {
                    let id = format!("f{writer}-{number}");
                    insert(database, &[failure(&id)]);
                    run(database, &format!("UPDATE {TABLE} SET handled = '1' WHERE id = '{id}'"));
                }
            });
        }
    });
    while fold(&database) > 0 {}
    same(&database, "all was folded");
    assert_eq!(counts(&database), Some([0, 0, 45, 0]));
}

#[test]
fn what_went_past_the_triggers_is_found_and_recounted() {
    let database = TestDatabase::new();
    insert(&database, &[failure("f1"), failure("f2")]);
    fold(&database);
    // As a TRUNCATE of MariaDB, or a restore of some tables.
    run(&database, "UPDATE failed_total SET records = records + 1 WHERE kind = 0");
    let finding = counting::check(&database).unwrap();
    assert_eq!((finding.class, finding.count), (TOTALS_DIFFER, 1), "{finding:?}");
    assert_eq!(counts(&database), None, "what is wrong is told no more");
    pages_agree(&database);
    insert(&database, &[failure("f3")]);
    assert_eq!(fold(&database), 0);
    assert!(counting::count(&database).unwrap() > 0);
    assert_eq!(counts(&database), Some([3, 0, 0, 0]));
    assert_eq!(counting::check(&database).unwrap().count, 0);
}

#[test]
fn a_table_that_is_emptied_at_once_is_counted_anew() {
    if engine() != Engine::Postgres {
        return;
    }
    let database = TestDatabase::new();
    insert(&database, &[failure("f1")]);
    run(&database, &format!("TRUNCATE {TABLE}"));
    assert_eq!(counts(&database), None);
    insert(&database, &[failure("f2")]);
    assert!(counting::count_if_unknown(&database).unwrap());
    assert_eq!(counts(&database), Some([1, 0, 0, 0]));
    same(&database, "TRUNCATE");
}

#[test]
fn what_waits_while_totals_differ_is_folded_in_parts_and_the_recount_is_exact() {
    let database = TestDatabase::new();
    insert(&database, &[failure("f1")]);
    fold(&database);
    run(&database, "UPDATE failed_total SET records = records + 1 WHERE kind = 0");
    assert_eq!(counting::check(&database).unwrap().count, 1);
    insert_many(&database, (0..2_600).map(|number| failure(&format!("m{number}"))));
    let mut folds = Vec::new();
    while let folded @ 1.. = fold(&database) {
        folds.push(folded);
    }
    assert!(folds.len() > 1 && folds.iter().sum::<usize>() > 2_100, "{folds:?}");
    assert_eq!(counts(&database), None);
    assert_eq!(counting::differences(&database).unwrap().len(), 1, "by as much as before");
    counting::count(&database).unwrap();
    same(&database, "the recount");
    assert_eq!(counts(&database), Some([2_601, 0, 0, 0]));
}

#[test]
fn a_check_that_began_before_a_recount_says_nothing_of_what_was_counted_since() {
    let database = TestDatabase::new();
    insert(&database, &[failure("f1")]);
    fold(&database);
    run(&database, "UPDATE failed_total SET records = records + 1 WHERE kind = 0");
    let found = counting::compare(&database).unwrap();
    counting::count(&database).unwrap();
    assert_eq!(counting::note(&database, found).unwrap().count, 1, "it was so");
    assert_eq!(counts(&database), Some([1, 0, 0, 0]), "and is no more");
}

/// Takes a trigger of the totals away, or what it does.
fn altered(engine: Engine) -> Vec<&'static str> {
    const GONE: &str = "DROP TRIGGER failed_total_inserted";
    match engine {
        Engine::Sqlite => vec![
            GONE,
            "DROP TRIGGER failed_total_inserted; CREATE TRIGGER failed_total_inserted AFTER INSERT \
             ON llmusage_accounting_failed BEGIN DELETE FROM failed_replaced; END",
        ],
        Engine::Mysql => vec![
            GONE,
            "DROP TRIGGER failed_total_inserted; CREATE TRIGGER failed_total_inserted AFTER INSERT \
             ON llmusage_accounting_failed FOR EACH ROW SET @nothing = 1",
        ],
        Engine::Postgres => vec![
            "DROP TRIGGER failed_total_noted ON llmusage_accounting_failed",
            "ALTER TABLE llmusage_accounting_failed DISABLE TRIGGER failed_total_noted",
            "CREATE OR REPLACE FUNCTION keep_failed_total() RETURNS trigger LANGUAGE plpgsql AS \
             $$BEGIN RETURN NULL; END$$",
            "DROP FUNCTION keep_failed_total CASCADE",
        ],
    }
}

#[test]
fn without_triggers_that_do_what_they_were_made_for_nothing_is_kept_or_counted() {
    for at in altered(engine()) {
        let database = TestDatabase::new();
        insert(&database, &[failure("f1")]);
        run(&database, at);
        insert(&database, &[failure("f2")]);
        folding::Folder::new((*database).clone()).step().unwrap();
        assert_eq!(counts(&database), None, "{at}");
        let refused = counting::count(&database);
        assert!(
            matches!(&refused, Err(Error::Conflict(why)) if why.key == "conflict-no-triggers"),
            "{refused:?}"
        );
        let done = migrations::upgrade(&database, false, &mut |_| Ok(()), &mut |_| {}).unwrap();
        assert_eq!(done.len(), 1, "{done:?}");
        assert!(counting::count_if_unknown(&database).unwrap());
        insert(&database, &[failure("f3")]);
        same(&database, "the triggers were made again");
        assert_eq!(counts(&database), Some([3, 0, 0, 0]));
    }
}
