//! Any order of retries, outcomes, handling, edits, archiving and kills keeps what must always hold.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use chrono::NaiveDateTime;
use diesel::connection::{Connection, InstrumentationEvent, SimpleConnection};
use diesel::prelude::*;
use llmage_admin::audit::event::{Author, FAILED_ACCOUNTING, Source};
use llmage_admin::audit::store as audit;
use llmage_admin::db::schema::llmusage_accounting_failed as failed;
use llmage_admin::db::{Database, DbConnection};
use llmage_admin::demo::simulator::Simulator;
use llmage_admin::error::{Error, Result};
use llmage_admin::failed_accounting::failure::{FailedRecord, Handling, Resolution};
use llmage_admin::failed_accounting::settlement::{self, Look};
use llmage_admin::failed_accounting::{retry, store};
use llmage_admin::usages::store as usages;
use llmage_admin::usages::usage::Whereabouts;
use proptest::prelude::*;
use proptest::sample::select;

use crate::support::database::TestDatabase;
use crate::support::proven;
use crate::support::rows::run;

const USAGES: [&str; 3] = ["u0", "u1", "U1"];

/// Something that somebody does; failures are named by their place in the table.
#[derive(Debug, Clone)]
enum Act {
    Retry(usize),
    Withdraw(usize),
    Handle(usize),
    /// The platform accounts a usage, or fails it with a new row.
    Take(&'static str, bool),
    /// The platform sets the state and writes no row.
    FailStateOnly(&'static str),
    /// The platform writes the row before the state.
    WriteRowOnly(&'static str),
    /// Somebody changes the state of a usage that is not accounted.
    Edit(&'static str, &'static str),
    /// An accounted usage moves to the history.
    Archive(&'static str),
    Settle(Look),
}

fn act() -> impl Strategy<Value = Act> {
    let usage = || select(&USAGES[..]);
    prop_oneof![
        6 => (0..8_usize).prop_map(Act::Retry),
        1 => (0..8_usize).prop_map(Act::Withdraw),
        1 => (0..8_usize).prop_map(Act::Handle),
        5 => (usage(), any::<bool>()).prop_map(|(usage, fails)| Act::Take(usage, fails)),
        1 => usage().prop_map(Act::FailStateOnly),
        1 => usage().prop_map(Act::WriteRowOnly),
        2 => (usage(), select(&["failed", "created", "frozen"][..])).prop_map(|(usage, to)| Act::Edit(usage, to)),
        1 => usage().prop_map(Act::Archive),
        5 => select(&[Look::First, Look::Again][..]).prop_map(Act::Settle),
    ]
}

fn author() -> Author {
    let at = NaiveDateTime::parse_from_str("2026-05-22 12:00:00", "%Y-%m-%d %H:%M:%S").expect("a time");
    Author { name: "somebody".to_owned(), source: Source::Job, request_id: None, at }
}

/// What a kill unwinds with; not a panic, so that nothing is printed.
struct Killed;

/// One transaction in which the process dies at a statement, if so: connection gone, nothing said.
fn transaction<T>(
    database: &Database,
    dies_at: Option<u32>,
    work: impl FnOnce(&mut DbConnection) -> Result<T>,
) -> Option<Result<T>> {
    let attempt = AssertUnwindSafe(|| {
        database.transaction_once_here(|connection| {
            let mut left = dies_at;
            connection.set_instrumentation(move |event: InstrumentationEvent<'_>| {
                if let (InstrumentationEvent::StartQuery { .. }, Some(statements)) = (event, left.as_mut()) {
                    if *statements == 0 {
                        resume_unwind(Box::new(Killed));
                    }
                    *statements -= 1;
                }
            });
            let done = work(connection);
            connection.set_instrumentation(|_: InstrumentationEvent<'_>| {});
            if dies_at == Some(0) {
                resume_unwind(Box::new(Killed));
            }
            done
        })
    });
    match catch_unwind(attempt) {
        Ok(done) => Some(done),
        Err(reason) if reason.is::<Killed>() => None,
        Err(reason) => resume_unwind(reason),
    }
}

fn records(database: &Database) -> Vec<FailedRecord> {
    database
        .run_here(|connection| {
            Ok(failed::table.order(failed::id.asc()).select(FailedRecord::as_select()).load(connection)?)
        })
        .expect("the failures can be read")
}

/// Where each usage is and in which accounting state, once for each table that holds it.
fn states(database: &Database) -> BTreeMap<String, Vec<Option<String>>> {
    let mut all: BTreeMap<String, Vec<Option<String>>> = BTreeMap::new();
    for usage in USAGES {
        let found = database.run_here(|connection| {
            let live = usages::lookup(connection, usage)?.map(|usage| usage.accounting_status);
            let archived =
                usages::find_archived(connection, usage)?.map(|(usage, _)| usage.accounting_status);
            Ok([live, archived].into_iter().flatten().collect())
        });
        all.insert(usage.to_owned(), found.expect("usages can be read"));
    }
    all
}

fn perform(database: &Database, simulator: &mut Simulator, act: &Act, dies_at: Option<u32>) {
    let rows = records(database);
    let named = |place: &usize| rows.get(*place).map(|row| (row.id.clone(), row.llmusageid.clone()));
    let conflict_or_done = |done: Option<Result<()>>| match done {
        None | Some(Ok(()) | Err(Error::Conflict(_) | Error::NotFound)) => {}
        Some(Err(error)) => panic!("{act:?}: {error}"),
    };
    conflict_or_done(match act {
        Act::Retry(place) => named(place).and_then(|(id, usage)| {
            transaction(database, dies_at, |connection| {
                retry::request(connection, &id, usage.as_deref(), &author()).map(drop)
            })
        }),
        Act::Withdraw(place) => named(place).and_then(|(id, usage)| {
            transaction(database, dies_at, |connection| {
                retry::withdraw(connection, &id, usage.as_deref(), &author()).map(drop)
            })
        }),
        Act::Handle(place) => named(place).and_then(|(id, _)| {
            transaction(database, dies_at, |connection| {
                let before = store::find_for_update(connection, &id)?;
                let handling = Handling { resolution: Resolution::WrittenOff, note: None };
                let after = before.handle(&handling, "somebody", author().at)?;
                store::save(connection, &before, &after)
            })
        }),
        Act::Take(usage, fails) => transaction(database, dies_at, |connection| {
            simulator.take(connection, usage, *fails, author().at).map(drop)
        }),
        Act::FailStateOnly(usage) => transaction(database, dies_at, |connection| {
            usages::move_state(connection, usage, "created", "failed").map(drop)
        }),
        Act::WriteRowOnly(usage) => transaction(database, dies_at, |connection| {
            let row = format!("row{}", rows.len());
            Ok(connection.batch_execute(&format!(
                "INSERT INTO llmusage_accounting_failed (id, llmusageid, handled) VALUES ('{row}', '{usage}', '0')"
            ))?)
        }),
        Act::Edit(usage, to) => transaction(database, dies_at, |connection| {
            Ok(connection.batch_execute(&format!(
                "UPDATE llmusage SET accounting_status = '{to}' WHERE id = '{usage}' AND accounting_status <> 'accounted'"
            ))?)
        }),
        Act::Archive(usage) => transaction(database, dies_at, |connection| {
            Ok(connection.batch_execute(&format!(
                "INSERT INTO llmusage_history (id, accounting_status) SELECT id, accounting_status FROM llmusage \
                 WHERE id = '{usage}' AND accounting_status = 'accounted'; \
                 DELETE FROM llmusage WHERE id = '{usage}' AND accounting_status = 'accounted'"
            ))?)
        }),
        Act::Settle(look) => {
            let retrying = database.run_here(|connection| settlement::retrying(connection, "", 100));
            for (id, usage) in retrying.expect("retries can be read") {
                let settled = transaction(database, dies_at, |connection| {
                    settlement::settle(connection, (&id, usage.as_deref()), *look, &author())
                });
                conflict_or_done(settled.map(|settled| settled.map(drop)));
            }
            None
        }
    });
}

/// What must hold after every step, whoever did what before.
fn check(database: &Database, seen: &mut BTreeSet<String>, accounted: &mut BTreeSet<String>) {
    let (rows, states) = (records(database), states(database));
    for (usage, places) in &states {
        assert_eq!(places.len(), 1, "{usage} is in exactly one table");
        let is_accounted = places[0].as_deref() == Some("accounted");
        assert!(is_accounted || !accounted.contains(usage), "{usage} left the state accounted");
        if is_accounted {
            accounted.insert(usage.clone());
        }
    }
    let ids: BTreeSet<String> = rows.iter().map(|row| row.id.clone()).collect();
    assert!(ids.is_superset(seen), "a failure disappeared");
    seen.extend(ids);
    for row in &rows {
        let usage = row.llmusageid.clone().unwrap_or_default();
        let closed_as = row.closed_as();
        if closed_as == Some(Resolution::Accounted) {
            assert!(accounted.contains(&usage), "{row:?} is closed as accounted, its usage is not");
            proven_by(database, &row.id, "retry_accounted");
        }
        if closed_as == Some(Resolution::Superseded) {
            let next = row.retry.superseded_by.as_ref().expect("a link to the next failure");
            let next = rows.iter().find(|other| other.id == *next).expect("the next failure is there");
            assert_eq!(next.llmusageid, row.llmusageid);
            assert!(next.retry.supersedes.is_some() && next.retry_count > row.retry_count, "{next:?}");
            proven_by(database, &row.id, "retry_superseded");
        }
        if row.retry.retry_requested_at.is_some() {
            assert!(row.is_open(), "{row:?} is closed and retrying");
        }
    }
}

fn proven_by(database: &Database, id: &str, action: &str) {
    let events = database.run_here(|connection| audit::timeline(connection, FAILED_ACCOUNTING, id));
    assert!(
        events.expect("events can be read").iter().any(|event| event.action == action),
        "{id}: no {action}"
    );
}

/// The platform finishes what waits; then every retry has its outcome.
fn finish(database: &Database, simulator: &mut Simulator) {
    for usage in USAGES {
        perform(database, simulator, &Act::Take(usage, false), None);
    }
    perform(database, simulator, &Act::Settle(Look::Again), None);
    let left = database.run_here(|connection| settlement::retrying(connection, "", 1));
    assert_eq!(left.expect("retries can be read"), []);
}

#[test]
fn whatever_comes_between_and_whenever_it_is_killed_no_money_is_lost_or_charged_twice() {
    let database = TestDatabase::new();
    let dies_at = prop::option::weighted(0.3, 0..9_u32);
    proven(60, &prop::collection::vec((act(), dies_at), 1..40), |steps| {
        run(
            &database,
            "DELETE FROM llmusage; DELETE FROM llmusage_history; DELETE FROM llmusage_accounting_failed; \
             INSERT INTO llmusage (id, status, accounting_status, amount, cost) VALUES \
             ('u0', 'SUCCEEDED', 'failed', 1, 1), ('u1', 'SUCCEEDED', 'failed', 2, 1), ('U1', 'SUCCEEDED', 'accounted', 3, 1); \
             INSERT INTO llmusage_accounting_failed (id, llmusageid, handled) VALUES \
             ('a', 'u0', '0'), ('b', 'u1', NULL), ('c', 'u1', '0'), ('d', 'U1', '0'), ('e', 'U1', '1')",
        );
        let mut simulator = Simulator::new(1, 50);
        let (mut seen, mut accounted) = (BTreeSet::new(), BTreeSet::new());
        for (act, dies_at) in steps {
            perform(&database, &mut simulator, &act, dies_at);
            check(&database, &mut seen, &mut accounted);
        }
        finish(&database, &mut simulator);
        check(&database, &mut seen, &mut accounted);
    });
}

#[test]
fn a_kill_between_the_two_writes_of_a_retry_leaves_both_undone() {
    let database = TestDatabase::new();
    run(
        &database,
        "INSERT INTO llmusage (id, status, accounting_status) VALUES ('u0', 'SUCCEEDED', 'failed'); \
         INSERT INTO llmusage_accounting_failed (id, llmusageid, handled) VALUES ('a', 'u0', '0')",
    );
    let mut killed = 0;
    for dies_at in 1..30 {
        let done = transaction(&database, Some(dies_at), |connection| {
            retry::request(connection, "a", Some("u0"), &author())
        });
        let (found, where_it_is) = database
            .run_here(|connection| usages::find_anywhere(connection, "u0"))
            .unwrap()
            .expect("the usage is there");
        assert_eq!(where_it_is, Whereabouts::Live);
        let is_created = found.accounting_status.as_deref() == Some("created");
        assert_eq!(is_created, done.is_some(), "killed at {dies_at}");
        assert_eq!(records(&database)[0].is_retrying(), done.is_some(), "killed at {dies_at}");
        if done.is_some() {
            break;
        }
        killed += 1;
    }
    assert!((4..29).contains(&killed), "killed at {killed} statements, then done");
}

#[test]
fn of_many_who_ask_at_once_one_gets_the_retry() {
    let database = TestDatabase::new();
    run(
        &database,
        "INSERT INTO llmusage (id, status, accounting_status) VALUES ('u0', 'SUCCEEDED', 'failed'); \
         INSERT INTO llmusage_accounting_failed (id, llmusageid, handled) VALUES ('a', 'u0', '0'), ('b', 'u0', '0')",
    );
    let ask = |id: &'static str| {
        let database: Database = (*database).clone();
        std::thread::spawn(move || {
            database
                .transaction_here(|connection| retry::request(connection, id, Some("u0"), &author()))
                .is_ok()
        })
    };
    let asked: Vec<_> = ["a", "b", "a", "b", "a", "b"].into_iter().map(ask).collect();
    let got = asked.into_iter().map(|one| one.join().unwrap()).filter(|got| *got).count();
    assert_eq!(got, 1);
    assert_eq!(records(&database).iter().filter(|row| row.is_retrying()).count(), 1);
}
