//! What was answered is on the disk: an answer that says yes survives a power cut.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use chrono_tz::Tz;
use diesel::prelude::*;
use diesel::sql_types::Text;
use llmage_admin::base::durability::Durability;
use llmage_admin::db::{Database, DbConnection, Engine};

use crate::desk::Desk;
use crate::support::database::{TestDatabase, engine};
use crate::support::rows::{failure, insert};

#[derive(QueryableByName)]
struct Setting {
    #[diesel(sql_type = Text)]
    value: String,
}

/// What a connection is told about the disk.
fn level(connection: &mut DbConnection) -> llmage_admin::error::Result<String> {
    let question = match connection.engine() {
        Engine::Sqlite => "SELECT CAST(synchronous AS TEXT) AS value FROM pragma_synchronous",
        Engine::Postgres => "SELECT current_setting('synchronous_commit') AS value",
        Engine::Mysql => "SELECT CAST(@@innodb_flush_log_at_trx_commit AS CHAR) AS value",
    };
    let setting: Setting = diesel::sql_query(question).get_result(connection)?;
    Ok(setting.value)
}

#[test]
fn each_connection_waits_for_the_disk_unless_less_is_wanted() {
    let test = TestDatabase::new();
    let (full, normal) = match engine() {
        Engine::Sqlite => ("2", "1"),
        Engine::Postgres => ("on", "off"),
        // The server's own.
        Engine::Mysql => return,
    };
    for (durability, expected) in [(Durability::Full, full), (Durability::Normal, normal)] {
        let database = Database::open_as(test.url(), Tz::UTC, durability).expect("it opens");
        assert_eq!(database.transaction_here(level).expect("a writer"), expected);
        assert_eq!(
            database.background().expect("a background connection").transaction(level).expect("a writer"),
            expected
        );
    }
    let database = Database::open(test.url(), Tz::UTC).expect("it opens");
    assert_eq!(database.transaction_here(level).expect("a writer"), full, "by default");
}

/// A program that runs the binary, and notes each time that it asks the disk.
fn traced(folder: &Path) -> std::path::PathBuf {
    let script = folder.join("traced");
    let text = format!(
        "#!/bin/sh\nexec strace -D -f -qq -o {} -e trace=fsync,fdatasync {} \"$@\"\n",
        folder.join("calls").display(),
        env!("CARGO_BIN_EXE_llmage-admin")
    );
    std::fs::write(&script, text).expect("a script");
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).expect("a program");
    script
}

#[test]
fn the_disk_is_asked_before_each_answer() {
    let is_there = std::process::Command::new("strace").arg("-V").output().is_ok();
    if engine() != Engine::Sqlite || !is_there {
        eprintln!("skipped: needs SQLite and strace");
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let database = TestDatabase::new();
    insert(&database, &["f1", "f2", "f3"].map(failure));
    let desk = Desk::start_binary(&traced(folder.path()), database.url(), &["--archive-at", "off"]);
    assert_eq!(desk.sign_in().status, 303);
    let calls = || {
        let text = std::fs::read_to_string(folder.path().join("calls")).expect("what was traced");
        text.lines().filter(|line| line.contains("sync(") && line.ends_with("= 0")).count()
    };
    for id in ["f1", "f2", "f3"] {
        let before = calls();
        let handled = desk.post(&format!("/failed-accounting/{id}/handle"), &[("resolution", "written_off")]);
        assert_eq!(handled.status, 303, "{}", handled.body);
        assert!(calls() > before, "{id} was answered and is not on the disk");
    }
    assert_eq!(desk.stop(), Some(0));
}
