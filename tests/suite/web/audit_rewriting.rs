//! Ways to rewrite the audit trail, by somebody who may write every table: each is refused by the database, and where
//! the triggers are taken away first, named by the check.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use llmage_admin::audit::chain::{self, Mark};
use llmage_admin::audit::event::{Action, Author, Change, FAILED_ACCOUNTING, Source};
use llmage_admin::audit::sealing;
use llmage_admin::audit::store::record;
use llmage_admin::db::{Database, Engine};
use llmage_admin::error::Error;

use crate::app::{TestApp, noon};
use crate::web::audit::event;

const COLUMNS: &str = "id, happened_at, author, source, action, record_kind, record_id, before_state, after_state, \
                       request_id, hash";
const FORGED: &str = "happened_at, 'somebody else', source, action, record_kind, record_id, before_state, \
                      after_state, request_id, NULL";

fn run(database: &Database, statements: &str) -> Result<(), String> {
    let ran = database.transaction_here(|connection| Ok(connection.batch_execute(statements)?));
    ran.map_err(|error| error.to_string())
}

/// Rows of that table in the place of those that are there with the same ids.
fn replace(engine: Engine, columns: &str, select: &str) -> String {
    match engine {
        Engine::Sqlite => format!("INSERT OR REPLACE INTO audit_event ({columns}) {select}"),
        Engine::Mysql => format!("REPLACE INTO audit_event ({columns}) {select}"),
        Engine::Postgres => {
            format!(
                "INSERT INTO audit_event ({columns}) {select} ON CONFLICT (id) DO UPDATE SET author = 'x', hash = NULL"
            )
        }
    }
}

/// Takes the triggers away, as somebody with all rights can.
fn unprotect(database: &Database) {
    let on = if database.engine() == Engine::Postgres { " ON audit_event" } else { "" };
    for trigger in ["audit_event_stays", "audit_event_remains", "audit_event_follows"] {
        run(database, &format!("DROP TRIGGER {trigger}{on}")).unwrap();
    }
}

/// Six events, and how each way rewrites them. The database refuses those that begin with `true`.
fn ways(engine: Engine) -> Vec<(&'static str, bool, String, &'static str)> {
    let all = replace(engine, COLUMNS, &format!("SELECT id, {FORGED} FROM audit_event"));
    let one = |id: &str| {
        format!("INSERT INTO audit_event ({COLUMNS}) SELECT {id}, {FORGED} FROM audit_event WHERE id = 1")
    };
    vec![
        ("all in their places, and no chain", true, format!("{all}; UPDATE audit_chain SET last_hash = ''"), "1"),
        ("all without a hash, and the chain begins later", true,
            "UPDATE audit_event SET hash = NULL, author = 'x'; UPDATE audit_chain SET last_hash = '', began_after = 6".to_owned(),
            "6 (the beginning)"),
        ("the first ones gone, and the chain begins later", true,
            "DELETE FROM audit_event WHERE id < 4; UPDATE audit_chain SET began_after = 3".to_owned(), "4"),
        ("one before all", true, one("-5"), "-5"),
        ("one in between", true,
            format!("DELETE FROM audit_event WHERE id = 3; {}", one("3")), "3"),
        ("one at the end, with another's hash", true,
            one("999").replace("NULL FROM", "hash FROM"), "999"),
        ("the end gone", true, "DELETE FROM audit_event WHERE id > 4".to_owned(), "6 (the end)"),
        ("no end", false, "DELETE FROM audit_chain".to_owned(), "0 (the end is missing)"),
        ("nothing left", true,
            "DELETE FROM audit_event; UPDATE audit_chain SET last_id = 0, last_hash = ''".to_owned(), "0 (the beginning)"),
    ]
}

fn found(database: &Database, kept: Option<&Mark>) -> Vec<String> {
    database.run_here(|connection| chain::check_since(connection, kept)).expect("it can be checked").ids
}

fn six_events() -> TestApp {
    let app = TestApp::new();
    // One with an event of its own, so that there is somebody.
    app.add_user("li.wei", llmage_admin::accounts::role::Role::Viewer);
    for number in 2..=6 {
        event(&app.database, number);
    }
    assert_eq!(found(&app.database, None), Vec::<String>::new());
    app
}

#[test]
fn what_is_there_is_neither_changed_nor_replaced_nor_preceded() {
    let app = six_events();
    for (way, is_refused, statements, _) in ways(app.database.engine()) {
        if is_refused {
            let refused = run(&app.database, &statements);
            assert!(refused.as_ref().is_err_and(|why| why.contains("audit events")), "{way}: {refused:?}");
        }
    }
    // Neither by an id that the database would choose.
    let columns = COLUMNS.trim_start_matches("id, ");
    let chosen = format!("INSERT INTO audit_event ({columns}) SELECT {FORGED} FROM audit_event WHERE id = 1");
    assert!(run(&app.database, &chosen).is_err_and(|why| why.contains("audit events")));
    assert_eq!(found(&app.database, None), Vec::<String>::new());
    event(&app.database, 7);
    assert_eq!(found(&app.database, None), Vec::<String>::new());
}

#[test]
fn each_way_to_rewrite_the_trail_without_its_triggers_is_named() {
    for (way, _, statements, named) in ways(Engine::Sqlite) {
        let app = six_events();
        let ways = ways(app.database.engine());
        let statements = ways.iter().find(|other| other.0 == way).map_or(statements, |own| own.2.clone());
        unprotect(&app.database);
        run(&app.database, &statements).unwrap_or_else(|why| panic!("{way}: {why}"));
        let found = found(&app.database, None);
        assert!(found.iter().any(|id| id == named), "{way}: {found:?}");
    }
}

fn is_broken(found: &[String]) -> usize {
    found.iter().filter(|id| id.contains("(the trail was found broken here)")).count()
}

#[test]
fn what_was_rewritten_stays_named_after_further_events() {
    for (way, ..) in ways(Engine::Sqlite) {
        let app = six_events();
        let (_, _, statements, named) =
            ways(app.database.engine()).into_iter().find(|other| other.0 == way).expect("the same ways");
        unprotect(&app.database);
        run(&app.database, &statements).unwrap_or_else(|why| panic!("{way}: {why}"));
        if way == "no end" {
            let author =
                Author { name: "me".to_owned(), source: Source::Command, request_id: None, at: noon() };
            let refused = app.database.transaction_here(|connection| record(connection, &author, edit()));
            assert!(
                matches!(&refused, Err(Error::Unavailable(why)) if why.contains("audit_chain")),
                "{refused:?}"
            );
            let mend = |connection: &mut _| sealing::after_migration(connection, &author, false);
            app.database.transaction_here(mend).expect("the end is made again");
        }
        for number in 8..11 {
            event(&app.database, number);
        }
        let found = found(&app.database, None);
        let is_named = found.iter().any(|id| id == named && !id.contains('('));
        assert!(is_broken(&found) == 1 || is_named, "{way}: {found:?}");
        assert!(is_broken(&found) <= 1, "{way}: it is said once: {found:?}");
    }
}

fn edit() -> Change<'static> {
    Change {
        action: Action::Edit,
        record_kind: FAILED_ACCOUNTING,
        record_id: "f1",
        before: None,
        after: None,
    }
}

/// A trail that is whole in itself, but is not what this process wrote: an old state that was put back.
#[actix_web::test]
async fn a_running_server_notices_that_the_trail_is_not_what_it_wrote() {
    let app = six_events();
    event(&app.database, 7);
    let end = "SELECT hash FROM audit_event WHERE id = 6";
    unprotect(&app.database);
    let back = format!(
        "UPDATE audit_chain SET last_id = 6, last_hash = ({end}); DELETE FROM audit_event WHERE id = 7"
    );
    run(&app.database, &back).unwrap();
    let named =
        |found: Vec<String>| found.into_iter().filter(|id| !id.contains("trigger")).collect::<Vec<_>>();
    assert_eq!(named(found(&app.database, None)), Vec::<String>::new(), "in itself it is whole");
    let fault = sealing::obstacle_of(&app.database).unwrap().unwrap_or_default();
    assert!(fault.starts_with("event 7 is not what this process wrote"), "{fault}");
    let author = Author { name: "job".to_owned(), source: Source::Job, request_id: None, at: noon() };
    let watch = |connection: &mut _| sealing::watch(connection, &author);
    assert!(app.database.transaction_here(watch).unwrap());
    assert!(!app.database.transaction_here(watch).unwrap(), "it is said once");
    event(&app.database, 8);
    assert_eq!(named(found(&app.database, None)), ["7 (the trail was found broken here)"]);
    assert_eq!(sealing::obstacle_of(&app.database).unwrap(), None);
}

#[test]
fn an_end_that_was_kept_has_a_hash_but_at_the_beginning() {
    assert!("0:".parse::<Mark>().is_ok());
    assert!("7:".parse::<Mark>().is_err());
}

#[test]
fn a_trigger_that_is_gone_or_was_made_harmless_is_named() {
    let app = six_events();
    let engine = app.database.engine();
    let on = if engine == Engine::Postgres { " ON audit_event" } else { "" };
    run(&app.database, &format!("DROP TRIGGER audit_event_follows{on}")).unwrap();
    assert_eq!(found(&app.database, None), ["audit_event_follows (the trigger is missing)"]);
    let harmless = match engine {
        Engine::Sqlite => {
            "DROP TRIGGER audit_event_stays; \
             CREATE TRIGGER audit_event_stays BEFORE UPDATE ON audit_event BEGIN SELECT 1; END"
        }
        Engine::Mysql => {
            "DROP TRIGGER audit_event_stays; \
             CREATE TRIGGER audit_event_stays BEFORE UPDATE ON audit_event FOR EACH ROW SET @nothing = 1"
        }
        Engine::Postgres => "ALTER TABLE audit_event DISABLE TRIGGER audit_event_stays",
    };
    run(&app.database, harmless).unwrap();
    let found = found(&app.database, None);
    assert!(found.contains(&"audit_event_stays (the trigger was changed)".to_owned()), "{found:?}");
}

/// What leaves every hash as it is, or waits to change what is written later; and how the check names it.
fn quiet_ways(engine: Engine) -> Vec<(&'static str, &'static str)> {
    let otherwise = |id: u8| match id {
        2 => "2 (stored otherwise than this app writes it)",
        3 => "3 (stored otherwise than this app writes it)",
        4 => "4 (stored otherwise than this app writes it)",
        _ => "5 (stored otherwise than this app writes it)",
    };
    let second = ("INSERT INTO audit_chain (id, last_id, last_hash) VALUES (2, 6, '')", "2 (a second end)");
    let own = match engine {
        Engine::Sqlite => vec![
            ("UPDATE audit_event SET before_state = CAST(before_state AS BLOB) WHERE id = 2", otherwise(2)),
            (
                "UPDATE audit_event SET happened_at = replace(happened_at, ' ', 'T') WHERE id = 3",
                otherwise(3),
            ),
            (
                "UPDATE audit_event SET happened_at = strftime('%Y-%m-%d %H:%M:%f', happened_at) || '001' \
                 WHERE id = 4",
                otherwise(4),
            ),
            ("UPDATE audit_event SET author = CAST(author AS BLOB) WHERE id = 5", otherwise(5)),
            (
                "CREATE TRIGGER quiet_one AFTER INSERT ON AUDIT_EVENT BEGIN SELECT 1; END",
                "quiet_one (a trigger that is not ours)",
            ),
            (
                "CREATE TRIGGER quiet_two AFTER UPDATE ON Audit_Chain BEGIN SELECT 1; END",
                "quiet_two (a trigger that is not ours)",
            ),
        ],
        Engine::Mysql => vec![
            (
                "ALTER TABLE audit_event MODIFY happened_at DATETIME(6) NOT NULL; \
                 UPDATE audit_event SET happened_at = happened_at + INTERVAL 1 MICROSECOND WHERE id = 4",
                otherwise(4),
            ),
            (
                "CREATE TRIGGER quiet_one AFTER INSERT ON audit_event FOR EACH ROW SET @nothing = 1",
                "quiet_one (a trigger that is not ours)",
            ),
            (
                "CREATE TRIGGER quiet_two AFTER UPDATE ON audit_chain FOR EACH ROW SET @nothing = 1",
                "quiet_two (a trigger that is not ours)",
            ),
        ],
        Engine::Postgres => vec![
            (
                "UPDATE audit_event SET happened_at = happened_at + INTERVAL '1 microsecond' WHERE id = 4",
                otherwise(4),
            ),
            (
                "CREATE RULE quiet_one AS ON DELETE TO audit_event DO INSTEAD NOTHING",
                "quiet_one (a rule that is not ours)",
            ),
            (
                "CREATE RULE quiet_two AS ON INSERT TO audit_chain DO ALSO NOTHING",
                "quiet_two (a rule that is not ours)",
            ),
            ("ALTER TABLE audit_event ENABLE ROW LEVEL SECURITY", "audit_event (row security hides rows)"),
        ],
    };
    own.into_iter().chain([second]).collect()
}

#[test]
fn what_no_hash_tells_is_named_by_the_check() {
    let app = six_events();
    unprotect(&app.database);
    for (statements, named) in quiet_ways(app.database.engine()) {
        run(&app.database, statements).unwrap_or_else(|why| panic!("{statements}: {why}"));
        let found = found(&app.database, None);
        assert!(found.iter().any(|id| id == named), "{statements}: {found:?}");
    }
}

/// Computes the hashes of the whole chain anew, as somebody can who has read this source.
#[test]
fn a_chain_that_was_computed_anew_shows_against_an_end_that_was_kept() {
    let app = six_events();
    let kept = app.database.run_here(|connection| Ok(chain::head(connection)?.mark())).unwrap();
    assert_eq!(kept.to_string().parse(), Ok(kept.clone()));
    event(&app.database, 7);
    assert_eq!(found(&app.database, Some(&kept)), Vec::<String>::new(), "the trail goes on");
    let other = TestApp::new();
    for number in 1..=7 {
        event(&other.database, number);
    }
    unprotect(&app.database);
    // Another chain in the place of this one: whole in itself.
    let events = other.database.run_here(|connection| {
        use llmage_admin::audit::store::Event;
        use llmage_admin::db::schema::audit_event;
        Ok(audit_event::table.order(audit_event::id).select(Event::as_select()).load(connection)?)
    });
    run(&app.database, "DELETE FROM audit_event").unwrap();
    for event in events.unwrap() {
        let text = |text: Option<&String>| {
            text.map_or("NULL".to_owned(), |text| format!("'{}'", text.replace('\'', "''")))
        };
        // MariaDB reads a backslash in a text as the beginning of something.
        let text = |value: Option<&String>| match app.database.engine() {
            Engine::Mysql => text(value.map(|value| value.replace('\\', "\\\\")).as_ref()),
            _ => text(value),
        };
        let row = format!(
            "INSERT INTO audit_event ({COLUMNS}) VALUES ({}, '{}', '{}', '{}', '{}', '{}', '{}', {}, {}, NULL, {})",
            event.id,
            event.happened_at,
            event.author,
            event.source,
            event.action,
            event.record_kind,
            event.record_id,
            text(event.before_state.as_ref()),
            text(event.after_state.as_ref()),
            text(event.hash.as_ref()),
        );
        run(&app.database, &row).unwrap();
    }
    let head = other.database.run_here(|connection| Ok(chain::head(connection)?.mark())).unwrap();
    run(&app.database, &format!("UPDATE audit_chain SET last_hash = '{}'", head.hash)).unwrap();
    let triggers =
        |found: Vec<String>| found.into_iter().filter(|id| !id.contains("trigger")).collect::<Vec<_>>();
    assert_eq!(triggers(found(&app.database, None)), Vec::<String>::new(), "in itself it is whole");
    assert_eq!(triggers(found(&app.database, Some(&kept))), [format!("{} (not as it was kept)", kept.id)]);
}

#[test]
fn a_trail_from_before_the_chain_goes_on_and_its_beginning_stands() {
    let app = TestApp::new();
    unprotect(&app.database);
    // As a database of an early version: events without hashes, some of them gone.
    for id in [1, 2, 5] {
        let row = format!(
            "INSERT INTO audit_event (id, happened_at, author, source, action, record_kind, record_id) \
             VALUES ({id}, '2026-05-22 11:00:00', 'me', 'page', 'edit', 'user', 'x')"
        );
        run(&app.database, &row).unwrap();
    }
    run(&app.database, "UPDATE audit_chain SET last_id = 5, began_after = 5").unwrap();
    let author = Author { name: "me".to_owned(), source: Source::Command, request_id: None, at: noon() };
    let bind = |connection: &mut _| sealing::after_migration(connection, &author, true);
    app.database.transaction_here(bind).unwrap();
    event(&app.database, 1);
    event(&app.database, 2);
    let found = found(&app.database, None);
    assert!(found.iter().all(|id| id.contains("trigger")), "{found:?}");
    run(&app.database, "UPDATE audit_chain SET began_after = 4").unwrap();
    let found = self::found(&app.database, None);
    assert!(found.contains(&"5".to_owned()) && found.contains(&"6".to_owned()), "{found:?}");
}
