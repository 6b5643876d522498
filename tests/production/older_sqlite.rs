//! Programs of the platform with the SQLite of their distribution go on writing a file that was adopted.

use std::process::Command;

use diesel::prelude::*;
use diesel::sql_types::Text;
use llmage_admin::causes::sorting;
use llmage_admin::db::{Database, Engine, migrations};
use llmage_admin::failed_accounting::filter::{Filter, Handled};
use llmage_admin::failed_accounting::{condition, list};

use crate::adoption::platform;
use crate::desk::{command, said};
use crate::support::database::{TestDatabase, engine};
use crate::support::rows::run;

/// What made an earlier version's text index.
const OLD_INDEX: &str = "
CREATE TABLE reason_document (number INTEGER PRIMARY KEY NOT NULL, failed_id VARCHAR(32) NOT NULL UNIQUE);
CREATE VIRTUAL TABLE reason_index USING fts5 (failed_reason, content = '', contentless_delete = 1, tokenize = 'trigram');
INSERT INTO reason_document (failed_id) SELECT id FROM llmusage_accounting_failed;
INSERT INTO reason_index (rowid, failed_reason)
    SELECT number, failed_reason FROM reason_document JOIN llmusage_accounting_failed ON id = failed_id;
CREATE TRIGGER reason_index_insert AFTER INSERT ON llmusage_accounting_failed BEGIN
    INSERT INTO reason_document (failed_id) VALUES (new.id);
    INSERT INTO reason_index (rowid, failed_reason)
        SELECT number, new.failed_reason FROM reason_document WHERE failed_id = new.id;
END;
CREATE TRIGGER reason_index_delete AFTER DELETE ON llmusage_accounting_failed BEGIN
    DELETE FROM reason_index WHERE rowid = (SELECT number FROM reason_document WHERE failed_id = old.id);
    DELETE FROM reason_document WHERE failed_id = old.id;
END;
CREATE TRIGGER reason_index_update AFTER UPDATE OF id, failed_reason ON llmusage_accounting_failed
WHEN old.id IS NOT new.id OR old.failed_reason IS NOT new.failed_reason BEGIN
    DELETE FROM reason_index WHERE rowid = (SELECT number FROM reason_document WHERE failed_id = old.id);
    UPDATE reason_document SET failed_id = new.id WHERE failed_id = old.id;
    INSERT INTO reason_index (rowid, failed_reason)
        SELECT number, new.failed_reason FROM reason_document WHERE failed_id = new.id;
END;";

/// What the platform does with its tables, each statement by itself.
const WRITES: [&str; 16] = [
    "INSERT INTO llmusage_accounting_failed (id, failed_reason, failed_time) VALUES ('s1', 'Deadlock found', '2026-05-01 00:00:00')",
    "INSERT OR REPLACE INTO llmusage_accounting_failed (id, failed_reason, failed_time) VALUES ('s1', 'Gateway Time-out', '2026-05-01 00:00:00')",
    "UPDATE llmusage_accounting_failed SET failed_reason = 'Bad Gateway' WHERE id = 's1'",
    "UPDATE OR REPLACE llmusage_accounting_failed SET id = 's2' WHERE id = 's1'",
    "INSERT INTO llmusage_accounting_failed (id, failed_reason, amount, cost) VALUES ('s3', x'ff00fe', 1e308, 'not a number')",
    "INSERT INTO llmusage_accounting_failed (id, failed_reason) VALUES (x'fffe', NULL)",
    "UPDATE llmusage_accounting_failed SET failed_reason = x'00ff', amount = -1e308 WHERE id = 's3'",
    "UPDATE llmusage_accounting_failed SET failed_reason = 17 WHERE id = x'fffe'",
    "UPDATE llmusage_accounting_failed SET failed_reason = NULL",
    "INSERT OR IGNORE INTO llmusage_accounting_failed (id) VALUES ('s3')",
    "DELETE FROM llmusage_accounting_failed WHERE id IN ('s2', x'fffe')",
    "DELETE FROM llmusage_accounting_failed WHERE id = 's3'",
    "INSERT INTO llmusage (id, amount, cost, accounting_status) VALUES ('s4', 'x', x'00', 'created')",
    "INSERT OR REPLACE INTO llmusage (id, amount, cost) VALUES ('s4', 1e308, NULL)",
    "UPDATE llmusage SET accounting_status = 'failed' WHERE id = 's4'",
    "DELETE FROM llmusage WHERE id = 's4'",
];

fn file(database: &TestDatabase) -> &str {
    database.url().trim_start_matches("sqlite:")
}

/// By the shell of the distribution.
fn shell(database: &TestDatabase, statement: &str) -> String {
    let mut shell = Command::new("sqlite3");
    shell.args(["-cmd", ".timeout 10000", file(database), statement]);
    let output = shell.output().expect("sqlite3 is installed");
    assert!(output.status.success(), "{statement}: {}", said(&output));
    said(&output)
}

/// By the module of Python.
fn python(database: &TestDatabase, statement: &str) {
    let program = "import sqlite3, sys\nwith sqlite3.connect(sys.argv[1], timeout=10) as file: file.execute(sys.argv[2])";
    let output = Command::new("python3").args(["-c", program, file(database), statement]).output();
    let output = output.expect("python3 is installed");
    assert!(output.status.success(), "{statement}: {}", said(&output));
}

fn found(database: &Database, text: &str) -> Vec<String> {
    let filter = Filter { q: Some(text.to_owned()), handled: Handled::All, ..Filter::default() };
    let page = database.run_here(|connection| {
        let search = condition::plan_search(connection, &filter)?;
        list::page(connection, &filter, &search, &Default::default())
    });
    page.expect("the list").rows.into_iter().map(|row| row.record.id).collect()
}

fn schema(database: &Database) -> String {
    #[derive(QueryableByName)]
    struct Line {
        #[diesel(sql_type = Text)]
        sql: String,
    }
    let question = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL";
    let lines = database.run_here(|connection| Ok(diesel::sql_query(question).load::<Line>(connection)?));
    lines.expect("the schema").into_iter().map(|line| line.sql + ";\n").collect()
}

#[test]
fn the_platform_writes_on_with_the_library_of_its_distribution() {
    if engine() != Engine::Sqlite {
        return;
    }
    let database = platform();
    let migrated = command(database.url(), &["migrate"]);
    assert!(migrated.status.success(), "{}", said(&migrated));
    for statement in WRITES {
        shell(&database, statement);
    }
    assert_eq!(shell(&database, "PRAGMA integrity_check").trim(), "ok");
    sorting::sort_all(&database).expect("what is left is sorted");
    for statement in WRITES {
        python(&database, statement);
    }
    sorting::sort_all(&database).expect("what is left is sorted");
    shell(&database, "VACUUM");
    assert_eq!(shell(&database, "PRAGMA integrity_check").trim(), "ok");
}

#[test]
fn nothing_in_the_schema_needs_a_new_sqlite_or_a_function_of_ours() {
    if engine() != Engine::Sqlite {
        return;
    }
    let schema = schema(&TestDatabase::new()).to_lowercase();
    for word in [") strict", "->", "contentless_delete", "generated", "holds_word", "shows_word", "collate"] {
        assert!(!schema.contains(word), "{word} in {schema}");
    }
    for trigger in schema.split("create trigger ").skip(1) {
        let body = trigger.split(';').next().unwrap_or_default();
        assert!(!body.contains("reason_search"), "a trigger fills the text index: {body}");
    }
}

#[test]
fn a_file_with_the_triggers_of_an_earlier_version_is_mended_and_searched_on() {
    if engine() != Engine::Sqlite {
        return;
    }
    let database = platform();
    assert!(!migrations::apply(&database).expect("the schema").is_empty());
    sorting::sort_all(&database).expect("the rows are sorted");
    // Back to what there was before.
    for part in [
        "TRIGGER reason_told",
        "TRIGGER reason_changed",
        "TABLE reason_change",
        "TABLE reason_search_row",
        "TABLE reason_search",
    ] {
        run(&database, &format!("DROP {part}"));
    }
    run(&database, "DELETE FROM __diesel_schema_migrations WHERE version = '20261130050000'");
    run(&database, "UPDATE llmusage_accounting_failed SET cause_version = 1");
    run(&database, OLD_INDEX);
    let migrated = command(database.url(), &["migrate"]);
    assert!(migrated.status.success(), "{}", said(&migrated));
    for statement in WRITES {
        shell(&database, statement);
    }
    run(&database, "UPDATE llmusage_accounting_failed SET failed_reason = 'Lost connection' WHERE id = 'f1'");
    assert_eq!(found(&database, "lost conn"), ["f1"], "before it is sorted");
    sorting::sort_all(&database).expect("the rows are sorted");
    assert_eq!(found(&database, "lost conn"), ["f1"], "from the index");
    assert!(command(database.url(), &["migrate", "--status"]).status.success());
}

#[test]
fn a_search_finds_what_the_platform_wrote_at_once_and_what_it_changed() {
    let database = platform();
    assert!(command(database.url(), &["migrate"]).status.success());
    sorting::sort_all(&database).expect("the rows are sorted");
    run(
        &database,
        "INSERT INTO llmusage_accounting_failed (id, failed_reason) VALUES ('n1', 'Quokka overload')",
    );
    assert_eq!(found(&database, "quokka"), ["n1"]);
    sorting::sort_all(&database).expect("the rows are sorted");
    assert_eq!(found(&database, "quokka"), ["n1"]);
    run(&database, "UPDATE llmusage_accounting_failed SET failed_reason = 'Wombat overload' WHERE id = 'n1'");
    for _ in 0..2 {
        assert_eq!(
            (found(&database, "quokka").len(), found(&database, "wombat")),
            (0, vec!["n1".to_owned()])
        );
        assert_eq!(sorting::is_due(&database).ok(), Some(true), "its cause must be told anew");
        sorting::sort_all(&database).expect("the rows are sorted");
        run(&database, "UPDATE llmusage_accounting_failed SET failed_reason = 'A wombat' WHERE id = 'n1'");
    }
    run(&database, "DELETE FROM llmusage_accounting_failed WHERE id = 'n1'");
    assert!(found(&database, "wombat").is_empty());
}

/// A file as the platform's programs make it is switched to a log first, for which SQLite waits for nobody by itself.
#[test]
fn migrate_waits_for_another_program_that_writes_and_says_so_where_it_does_not_end() {
    if engine() != Engine::Sqlite {
        return;
    }
    for mode in ["delete", "wal"] {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("theirs.db");
        let url = format!("sqlite:{}", file.display());
        let ask = |statement: &str| {
            let output =
                Command::new("sqlite3").arg(&file).arg(statement).output().expect("sqlite3 is installed");
            said(&output)
        };
        ask(&format!("PRAGMA journal_mode = {mode}; CREATE TABLE theirs (id TEXT)"));
        let mut writer = Command::new("sqlite3")
            .arg(&file)
            .stdin(std::process::Stdio::piped())
            .spawn()
            .expect("sqlite3 is installed");
        let mut orders = writer.stdin.take().expect("its input");
        std::io::Write::write_all(&mut orders, b"BEGIN IMMEDIATE; INSERT INTO theirs VALUES ('a');\n")
            .unwrap();
        std::thread::sleep(std::time::Duration::from_millis(300));
        let refused = command(&url, &["--timezone", "UTC", "migrate"]);
        assert_eq!(refused.status.code(), Some(1), "{mode}: {}", said(&refused));
        assert!(said(&refused).contains("write lock"), "{mode}: {}", said(&refused));
        let ends = std::thread::spawn(move || {
            std::thread::sleep(std::time::Duration::from_millis(1_500));
            std::io::Write::write_all(&mut orders, b"COMMIT;\n").unwrap();
            drop(orders);
            writer.wait().unwrap()
        });
        let done = command(&url, &["--timezone", "UTC", "migrate"]);
        assert!(done.status.success(), "{mode}: {}", said(&done));
        assert!(ends.join().unwrap().success());
        assert_eq!(ask("SELECT COUNT(*) FROM theirs").trim(), "1");
    }
}
