//! Any order of retries, recordings, deletions, outcomes, handling, edits, archiving and kills keeps what must always
//! hold.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use chrono::NaiveDateTime;
use diesel::connection::{Connection, InstrumentationEvent, SimpleConnection};
use llmage_admin::audit::event::{Author, Source};
use llmage_admin::db::{Database, DbConnection};
use llmage_admin::demo::simulator::Simulator;
use llmage_admin::error::{Error, Result};
use llmage_admin::failed_accounting::case::{Case, Evidence, Place};
use llmage_admin::failed_accounting::failure::{Handling, Resolution};
use llmage_admin::failed_accounting::settlement::{self, Look};
use llmage_admin::ledger::Told;
use llmage_admin::usages::recording::Recording;
use llmage_admin::usages::store as usages;
use llmage_admin::usages::usage::Whereabouts;
use proptest::prelude::*;
use proptest::sample::select;

use crate::retries::witness::{Snapshot, Witness, records};
use crate::support::database::TestDatabase;
use crate::support::proven;
use crate::support::rows::run;

pub const USAGES: [&str; 3] = ["u0", "u1", "U1"];

/// Something that somebody does; failures are named by their place in the table.
#[derive(Debug, Clone)]
pub enum Act {
    Retry(usize),
    Withdraw(usize),
    Handle(usize),
    Reopen(usize),
    /// An administrator deletes a failure.
    Delete(usize),
    /// A program or a person says that a usage could not be accounted.
    Record(&'static str),
    /// An administrator deletes a live usage.
    DeleteUsage(&'static str),
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

impl Act {
    /// Whether the app does it, so that each change has an author; the rest is the platform's.
    pub fn is_ours(&self) -> bool {
        use Act::*;
        match self {
            Retry(_) | Withdraw(_) | Handle(_) | Reopen(_) | Delete(_) | Record(_) | DeleteUsage(_)
            | Settle(_) => true,
            Take(..) | FailStateOnly(_) | WriteRowOnly(_) | Edit(..) | Archive(_) => false,
        }
    }
}

fn act() -> impl Strategy<Value = Act> {
    let usage = || select(&USAGES[..]);
    prop_oneof![
        6 => (0..8_usize).prop_map(Act::Retry),
        1 => (0..8_usize).prop_map(Act::Withdraw),
        1 => (0..8_usize).prop_map(Act::Handle),
        1 => (0..8_usize).prop_map(Act::Reopen),
        1 => (0..8_usize).prop_map(Act::Delete),
        3 => usage().prop_map(Act::Record),
        1 => usage().prop_map(Act::DeleteUsage),
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

/// Where a failure of u0 is.
fn place(id: &str) -> Place {
    Place { id: id.to_owned(), usage_id: Some("u0".to_owned()) }
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

fn perform(database: &Database, simulator: &mut Simulator, act: &Act, dies_at: Option<u32>) {
    let acted = |place: &Place, act: &dyn Fn(&mut Case) -> Result<()>| {
        transaction(database, dies_at, |connection| {
            let mut case = Case::of_failure(connection, place)?;
            act(&mut case)?;
            case.save(connection, &author()).map(drop)
        })
    };
    let rows = records(database);
    let named = |place: &usize| {
        rows.get(*place).map(|row| Place { id: row.id.clone(), usage_id: row.llmusageid.clone() })
    };
    let conflict_or_done = |done: Option<Result<()>>| match done {
        None | Some(Ok(()) | Err(Error::Conflict(_) | Error::NotFound)) => {}
        Some(Err(error)) => panic!("{act:?}: {error}"),
    };
    conflict_or_done(match act {
        Act::Retry(place) => named(place)
            .and_then(|place| acted(&place, &|case| case.retry(&place.id, &Evidence::checked(), &author()))),
        Act::Withdraw(place) => {
            named(place).and_then(|place| acted(&place, &|case| case.withdraw(&place.id, &author())))
        }
        Act::Handle(place) => named(place).and_then(|place| {
            let handling = Handling { resolution: Resolution::WrittenOff, note: None };
            acted(&place, &|case| case.handle(&place.id, &handling, &author()))
        }),
        Act::Reopen(place) => {
            named(place).and_then(|place| acted(&place, &|case| case.reopen(&place.id, None, &author())))
        }
        Act::Delete(place) => named(place).and_then(|place| acted(&place, &|case| case.delete(&place.id))),
        Act::Record(usage) => {
            let recording = Recording {
                id: nanoid::nanoid!(),
                reason: "usages is None".to_owned(),
                failed_time: author().at,
            };
            transaction(database, dies_at, |connection| {
                let mut case = Case::of_usage(connection, usage)?;
                case.record(&recording, &author())?;
                case.save(connection, &author()).map(drop)
            })
        }
        Act::DeleteUsage(usage) => transaction(database, dies_at, |connection| {
            let mut case = Case::of_usage(connection, usage)?;
            case.delete_usage(Some(usage))?;
            case.save(connection, &author()).map(drop)
        }),
        Act::Take(usage, fails) => transaction(database, dies_at, |connection| {
            simulator.take(connection, usage, *fails, author().at).map(drop)
        }),
        Act::FailStateOnly(usage) => transaction(database, dies_at, |connection| {
            Ok(connection.batch_execute(&format!(
                "UPDATE llmusage SET accounting_status = 'failed' WHERE id = '{usage}' AND accounting_status = 'created'"
            ))?)
        }),
        Act::WriteRowOnly(usage) => transaction(database, dies_at, |connection| {
            let row = nanoid::nanoid!();
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
                    settlement::settle(connection, &id, usage.as_deref(), *look, &Told::Unknown, &author())
                });
                conflict_or_done(settled.map(|settled| settled.map(drop)));
            }
            None
        }
    });
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
        let mut witness = Witness::new(&database);
        for (act, dies_at) in steps {
            let before = Snapshot::take(&database);
            perform(&database, &mut simulator, &act, dies_at);
            witness.compare(&before, &Snapshot::take(&database), &act);
        }
        finish(&database, &mut simulator);
        witness.look(&Snapshot::take(&database));
        witness.count_the_money();
    });
    let trail = database.run_here(llmage_admin::audit::chain::check).expect("the trail can be read");
    assert_eq!(trail.count, 0, "the trail is whole: {trail:?}");
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
            let mut case = Case::of_failure(connection, &place("a"))?;
            case.retry("a", &Evidence::checked(), &author())?;
            case.save(connection, &author())
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
                .transaction_here(|connection| {
                    let mut case = Case::of_failure(connection, &place(id))?;
                    case.retry(id, &Evidence::checked(), &author())?;
                    case.save(connection, &author())
                })
                .is_ok()
        })
    };
    let asked: Vec<_> = ["a", "b", "a", "b", "a", "b"].into_iter().map(ask).collect();
    let got = asked.into_iter().map(|one| one.join().unwrap()).filter(|got| *got).count();
    assert_eq!(got, 1);
    assert_eq!(records(&database).iter().filter(|row| row.is_retrying()).count(), 1);
}
