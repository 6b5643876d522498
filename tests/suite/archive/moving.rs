//! What moves, what stays, and what is written down about it.

use chrono::{NaiveDate, NaiveDateTime};
use chrono_tz::Tz;
use llmage_admin::archive::left::{self, Left, Reason};
use llmage_admin::archive::mover::Mover;
use llmage_admin::archive::moving::Shape;
use llmage_admin::archive::preview::preview;
use llmage_admin::archive::run::Run;
use llmage_admin::archive::store;
use llmage_admin::audit::event::{Author, Source};
use llmage_admin::base::clock::Clock;
use llmage_admin::db::{Database, Engine};
use proptest::prelude::*;
use proptest::sample::select;

use crate::archive::usages::{everywhere, insert, rows};
use crate::support::database::{TestDatabase, engine};
use crate::support::proven;
use crate::support::rows::run;

fn now() -> NaiveDateTime {
    "2026-05-22T12:00:00".parse().expect("a time")
}

fn cutoff() -> NaiveDate {
    now().date()
}

pub fn author() -> Author {
    Author { name: "li.wei".to_owned(), source: Source::Command, request_id: None, at: now() }
}

/// Runs the archive to its end.
fn archive(database: &Database) -> (Run, Vec<Left>) {
    let mover = Mover::new(database.clone(), Clock::stopped(Tz::UTC, now()));
    let run = database
        .transaction_here(|connection| store::ask(connection, cutoff(), &author()))
        .expect("a run is asked for");
    let run = mover.drive(&run.id, &mut |_| {}).expect("it ends");
    assert_eq!(run.taken(), run.kept(), "the proof");
    let left = database.run_here(|connection| left::of_run(connection, &run.id)).expect("it can be read");
    (run, left)
}

fn usages(list: &[(&str, &'static str, &'static str)]) -> Vec<(String, &'static str, &'static str)> {
    list.iter().map(|(id, day, state)| ((*id).to_owned(), *day, *state)).collect()
}

fn ids(database: &Database, table: &str) -> Vec<String> {
    rows(database, table).into_keys().collect()
}

#[test]
fn accounted_usages_before_the_cutoff_move_byte_for_byte_with_one_backup_time() {
    let database = TestDatabase::new();
    insert(
        &database,
        &usages(&[
            ("a", "2026-05-20", "accounted"),
            ("B", "2026-05-21", "accounted"),
            ("today", "2026-05-22", "accounted"),
            ("new", "2026-05-20", "created"),
            ("failed", "2026-05-20", "failed"),
        ]),
    );
    run(
        &database,
        "INSERT INTO llmusage (id) VALUES ('empty'); UPDATE llmusage SET usages = NULL, taskid = '' WHERE id = 'a'",
    );
    let before = everywhere(&database);
    let (archived, left) = archive(&database);
    assert_eq!(ids(&database, "llmusage_history"), ["B", "a"]);
    assert_eq!(everywhere(&database), before);
    assert_eq!((archived.state.as_str(), archived.taken_rows, archived.known_rows), ("done", 2, 0));
    assert_eq!(archived.taken().amount.to_string(), "1.00072");
    assert_eq!(left, []);
    assert_eq!(archived.expected_rows, Some(2));
}

#[test]
fn what_is_open_or_differs_stays_and_is_told_and_the_rest_goes() {
    let database = TestDatabase::new();
    let all = ["open", "retrying", "closed", "same", "other", "plain"];
    insert(&database, &all.map(|id| (id.to_owned(), "2026-05-20", "accounted")));
    run(
        &database,
        "INSERT INTO llmusage_accounting_failed (id, llmusageid, handled, retry_requested_at) VALUES \
         ('f1', 'open', NULL, NULL), ('f2', 'open', '1', NULL), ('f3', 'closed', '1', NULL), \
         ('f4', 'retrying', '0', '2026-05-22 11:00:00'), ('f5', 'retrying', '0', NULL); \
         INSERT INTO llmusage_history SELECT u.*, '2026-05-01 00:00:00' FROM llmusage u WHERE id IN ('same', 'other'); \
         UPDATE llmusage_history SET ioinfo = 'it''s ✗ 4' WHERE id = 'other'",
    );
    let live = rows(&database, "llmusage");
    let looked = database.run_here(|connection| preview(connection, cutoff(), None)).expect("a preview");
    let bounded = database.run_here(|connection| preview(connection, cutoff(), Some(2))).expect("a preview");
    assert!(looked.is_exact && !bounded.is_exact);
    let (archived, left) = archive(&database);
    assert_eq!(ids(&database, "llmusage"), ["open", "other", "retrying"]);
    assert_eq!(ids(&database, "llmusage_history"), ["closed", "other", "plain", "same"]);
    let told: Vec<(Reason, i64, Vec<String>)> =
        left.iter().map(|left| (left.reason, left.sums.rows, left.ids.clone())).collect();
    let one = |reason, id: &str| (reason, 1, vec![id.to_owned()]);
    assert_eq!(
        told,
        [
            one(Reason::OpenFailure, "open"),
            one(Reason::OtherContent, "other"),
            one(Reason::RetryingFailure, "retrying")
        ]
    );
    assert_eq!((archived.taken_rows, archived.known_rows, archived.moved_rows()), (3, 1, 2));
    let kept = rows(&database, "llmusage_history");
    for id in ["closed", "plain", "same"] {
        assert_eq!(kept[id], live[id]);
    }
    assert_eq!((looked.goes, looked.known), (archived.taken(), 1), "as the preview said");
    let mut stays = looked.stays;
    stays.sort_by_key(|left| left.reason.as_str());
    assert_eq!(stays, left);
    let (again, left) = archive(&database);
    assert_eq!((again.taken_rows, left.len()), (0, 3), "harmless when run twice");
}

#[test]
fn what_the_history_cannot_hold_stays_and_stops_nothing() {
    let database = TestDatabase::new();
    let many: Vec<(String, &str, &str)> =
        (0..40).map(|number| (format!("u{number:02}"), "2026-05-20", "accounted")).collect();
    insert(&database, &many);
    match engine() {
        Engine::Sqlite => run(
            &database,
            "CREATE TRIGGER narrow BEFORE INSERT ON llmusage_history WHEN NEW.id = 'u17' \
             BEGIN SELECT RAISE(ABORT, 'too long for it'); END",
        ),
        Engine::Mysql => run(
            &database,
            "ALTER TABLE llmusage_history MODIFY transno VARCHAR(3); UPDATE llmusage SET transno = 'longer' WHERE id = 'u17'",
        ),
        Engine::Postgres => run(
            &database,
            "ALTER TABLE llmusage_history ALTER transno TYPE VARCHAR(3); UPDATE llmusage SET transno = 'longer' WHERE id = 'u17'",
        ),
    }
    let (archived, left) = archive(&database);
    assert_eq!(ids(&database, "llmusage"), ["u17"]);
    assert_eq!((archived.state.as_str(), archived.taken_rows), ("done", 39));
    assert_eq!((left[0].reason, left[0].ids.clone()), (Reason::NotCopied, vec!["u17".to_owned()]));
}

#[test]
fn what_the_history_would_change_stays() {
    let database = TestDatabase::new();
    insert(&database, &usages(&[("a", "2026-05-20", "accounted"), ("b", "2026-05-20", "accounted")]));
    match engine() {
        // As an old installation has it: two decimals in the history, five in the live table.
        Engine::Mysql => run(
            &database,
            "ALTER TABLE llmusage_history MODIFY amount DOUBLE(18,2); UPDATE llmusage SET amount = 2 WHERE id = 'b'",
        ),
        Engine::Sqlite => run(
            &database,
            "CREATE TRIGGER rounds AFTER INSERT ON llmusage_history \
             BEGIN UPDATE llmusage_history SET amount = ROUND(amount, 2) WHERE id = NEW.id; END; \
             UPDATE llmusage SET amount = 2 WHERE id = 'b'",
        ),
        Engine::Postgres => run(
            &database,
            "ALTER TABLE llmusage_history ALTER amount TYPE NUMERIC(18,2); UPDATE llmusage SET amount = 2 WHERE id = 'b'; \
             ALTER TABLE llmusage ALTER amount TYPE NUMERIC(18,5)",
        ),
    }
    if engine() == Engine::Postgres {
        // There the two types never look alike: both stay, which is safe.
        return;
    }
    let (archived, left) = archive(&database);
    assert_eq!(ids(&database, "llmusage"), ["a"]);
    assert_eq!(ids(&database, "llmusage_history"), ["b"], "the changed copy is gone again");
    assert_eq!((archived.taken_rows, left[0].reason), (1, Reason::NotCopied));
}

#[test]
fn a_copy_with_another_text_and_the_same_money_is_no_copy() {
    let database = TestDatabase::new();
    insert(&database, &usages(&[("a", "2026-05-20", "accounted"), ("b", "2026-05-20", "accounted")]));
    run(
        &database,
        match engine() {
            Engine::Sqlite => {
                "CREATE TRIGGER lowers AFTER INSERT ON llmusage_history WHEN NEW.id = 'a' \
                 BEGIN UPDATE llmusage_history SET status = 'succeeded' WHERE id = NEW.id; END"
            }
            Engine::Mysql => {
                "CREATE TRIGGER lowers BEFORE INSERT ON llmusage_history FOR EACH ROW \
                 SET NEW.status = IF(NEW.id = 'a', 'succeeded', NEW.status)"
            }
            Engine::Postgres => {
                "CREATE FUNCTION lower_status() RETURNS trigger LANGUAGE plpgsql AS \
                 $$ BEGIN IF NEW.id = 'a' THEN NEW.status := 'succeeded'; END IF; RETURN NEW; END $$; \
                 CREATE TRIGGER lowers BEFORE INSERT ON llmusage_history FOR EACH ROW EXECUTE FUNCTION lower_status()"
            }
        },
    );
    let before = rows(&database, "llmusage");
    let (archived, left) = archive(&database);
    assert_eq!(rows(&database, "llmusage").get("a"), before.get("a"), "it stays as it was");
    assert_eq!(ids(&database, "llmusage_history"), ["b"], "the changed copy is gone again");
    assert_eq!((archived.taken_rows, left[0].reason), (1, Reason::NotCopied));
}

#[test]
fn what_is_no_longer_due_when_its_transaction_begins_stays() {
    let database = TestDatabase::new();
    let all = ["back", "later", "gone", "due"];
    insert(&database, &all.map(|id| (id.to_owned(), "2026-05-20", "accounted")));
    let shape = database.run_here(Shape::read).expect("both tables are there");
    let found = database.run_here(|connection| shape.next(connection, cutoff(), None, 10)).expect("usages");
    assert_eq!(found.len(), 4);
    run(
        &database,
        "UPDATE llmusage SET accounting_status = 'created' WHERE id = 'back'; \
         UPDATE llmusage SET use_date = '2026-06-01' WHERE id = 'later'; DELETE FROM llmusage WHERE id = 'gone'",
    );
    let moved = database.transaction_here(|connection| shape.take(connection, &found, cutoff(), now()));
    let moved = moved.expect("it moves what is due");
    assert_eq!((moved.taken.rows, moved.left.len()), (1, 0));
    assert_eq!(ids(&database, "llmusage"), ["back", "later"]);
    assert_eq!(ids(&database, "llmusage_history"), ["due"]);
}

#[test]
fn a_column_that_only_the_platform_knows_moves_too_or_nothing_moves() {
    let database = TestDatabase::new();
    insert(&database, &usages(&[("a", "2026-05-20", "accounted")]));
    run(
        &database,
        "ALTER TABLE llmusage ADD COLUMN tenantid VARCHAR(32); UPDATE llmusage SET tenantid = 't1'",
    );
    let (refused, _) = archive(&database);
    assert_eq!(refused.state, "failed");
    assert!(refused.message.is_some_and(|message| message.contains("tenantid")));
    assert_eq!(ids(&database, "llmusage"), ["a"]);
    run(&database, "ALTER TABLE llmusage_history ADD COLUMN tenantid VARCHAR(32)");
    let (moved, _) = archive(&database);
    assert_eq!(moved.state, "done");
    run(&database, "UPDATE llmusage_history SET id = 'it came' WHERE tenantid = 't1'");
    assert_eq!(ids(&database, "llmusage_history"), ["it came"]);
}

#[test]
fn a_run_that_was_asked_to_stop_stops_and_a_later_one_moves_the_rest() {
    let database = TestDatabase::new();
    insert(&database, &usages(&[("a", "2026-05-20", "accounted")]));
    let asked = database.transaction_here(|connection| {
        let asked = store::ask(connection, cutoff(), &author())?;
        store::stop(connection, &asked.id, &author())?;
        Ok(asked)
    });
    let mover = Mover::new((*database).clone(), Clock::stopped(Tz::UTC, now()));
    let stopped = mover.drive(&asked.expect("a run").id, &mut |_| {}).expect("it ends");
    assert_eq!((stopped.state.as_str(), stopped.taken_rows), ("stopped", 0));
    assert_eq!(archive(&database).0.taken_rows, 1);
}

#[test]
fn two_movers_at_once_move_each_usage_once() {
    let database = TestDatabase::new();
    let many: Vec<(String, &str, &str)> =
        (0..1_500).map(|number| (format!("u{number:04}"), "2026-05-20", "accounted")).collect();
    insert(&database, &many);
    let before = everywhere(&database);
    let one = || {
        let database: Database = (*database).clone();
        std::thread::spawn(move || archive(&database).0)
    };
    let (first, second) = (one(), one());
    let (first, second) = (first.join().expect("it ends"), second.join().expect("it ends"));
    assert_eq!((first.state.as_str(), second.state.as_str()), ("done", "done"));
    assert_eq!(first.taken_rows + second.taken_rows, 1_500);
    assert_eq!(first.known_rows + second.known_rows, 0);
    assert_eq!(everywhere(&database), before);
    assert_eq!(ids(&database, "llmusage_history").len(), 1_500);
}

#[test]
fn any_mix_of_rows_is_moved_or_left_and_none_is_lost() {
    let database = TestDatabase::new();
    let days = select(&["2026-05-20", "2026-05-21", "2026-05-22", "2026-06-01"][..]);
    let states = select(&["accounted", "accounted", "accounted", "created", "failed", "Accounted", ""][..]);
    // Whether the history has it: not, the same, or another.
    let row = (days, states, 0..4_u8, select(&["", "", "0", "1", "2"][..]));
    proven(25, &prop::collection::vec(row, 0..25), |mix| {
        run(
            &database,
            "DELETE FROM llmusage; DELETE FROM llmusage_history; DELETE FROM llmusage_accounting_failed",
        );
        let mut doubles = Vec::new();
        let mut expected = Vec::new();
        for (number, (day, state, archived, handled)) in mix.iter().enumerate() {
            let id = format!("{}{number}", if number % 2 == 0 { "u" } else { "U" });
            insert(&database, &[(id.clone(), *day, *state)]);
            let copy =
                format!("INSERT INTO llmusage_history SELECT u.*, NULL FROM llmusage u WHERE id = '{id}'");
            match archived {
                1 => run(&database, &copy),
                2 => run(
                    &database,
                    &format!("{copy}; UPDATE llmusage_history SET amount = 99 WHERE id = '{id}'"),
                ),
                _ => {}
            }
            if *archived == 1 || *archived == 2 {
                doubles.push(id.clone());
            }
            if !handled.is_empty() {
                run(
                    &database,
                    &format!(
                        "INSERT INTO llmusage_accounting_failed (id, llmusageid, handled) VALUES ('f{number}', '{id}', '{handled}')"
                    ),
                );
            }
            let is_open = !handled.is_empty() && *handled != "1";
            if *state == "accounted" && *day < "2026-05-22" && !is_open && *archived != 2 {
                expected.push(id);
            }
        }
        let (live, history) = (rows(&database, "llmusage"), rows(&database, "llmusage_history"));
        let (archived, _) = archive(&database);
        let (live_after, history_after) = (rows(&database, "llmusage"), rows(&database, "llmusage_history"));
        assert_eq!(archived.taken_rows, expected.len() as i64);
        for (id, content) in &live {
            let goes = expected.contains(id);
            assert_eq!(live_after.get(id), (!goes).then_some(content), "{id}");
            let was = history.get(id);
            assert_eq!(history_after.get(id), if goes { Some(content) } else { was }, "{id}");
        }
        assert_eq!(
            live_after.len() + history_after.len(),
            live.len() + history.len() - expected.iter().filter(|id| doubles.contains(id)).count()
        );
    });
}
