//! A filled database of version 0.1: upgraded without a loss, served as it is, and not touched a second time.

use std::path::Path;

use diesel::prelude::*;
use diesel::sql_types::Text;
use llmage_admin::db::{Engine, migrations};

use crate::desk::{Desk, command, said};
use crate::support::database::{TestDatabase, engine};
use crate::support::rows::run;

/// The last migration of that version.
const LAST: &str = "2026-11-29-000000_index_audit_times";

/// The text of a migration as that version had it: the folder `earlier` holds those that were edited since.
fn script(name: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let edited = root.join("tests/production/earlier").join(engine().name()).join(format!("{name}.sql"));
    let kept = root.join("migrations").join(engine().name()).join(name).join("up.sql");
    std::fs::read_to_string(edited).or_else(|_| std::fs::read_to_string(kept)).expect("a migration")
}

/// A database as that version left it.
fn earlier() -> TestDatabase {
    let database = TestDatabase::without_tables();
    run(
        &database,
        "CREATE TABLE __diesel_schema_migrations (version VARCHAR(50) PRIMARY KEY NOT NULL, \
         run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP)",
    );
    let names = migrations::names(engine()).expect("their names");
    for name in names.iter().filter(|name| name.as_str() <= LAST) {
        run(&database, &script(name));
        let version = name.split('_').next().expect("a stamp").replace('-', "");
        run(&database, &format!("INSERT INTO __diesel_schema_migrations (version) VALUES ('{version}')"));
    }
    let mode = match engine() {
        Engine::Mysql => "SET SESSION sql_mode = CONCAT(@@sql_mode, ',NO_BACKSLASH_ESCAPES');\n",
        _ => "",
    };
    run(&database, &format!("{mode}{}", include_str!("earlier/rows.sql")));
    if engine() == Engine::Mysql {
        run(&database, "SET SESSION sql_mode = REPLACE(@@sql_mode, 'NO_BACKSLASH_ESCAPES', '')");
    }
    database
}

fn texts(database: &TestDatabase, question: &str) -> Vec<String> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        text: String,
    }
    let rows = database.run_here(|connection| Ok(diesel::sql_query(question).load::<Row>(connection)?));
    rows.expect("the rows").into_iter().map(|row| row.text).collect()
}

/// Count and money of each state, as the database itself adds them up.
fn states(database: &TestDatabase) -> Vec<String> {
    let text = if engine() == Engine::Mysql { "CHAR" } else { "TEXT" };
    let cell = |cell: &str| format!("COALESCE(CAST({cell} AS {text}), 'NULL')");
    let all = |cells: &[&str]| match engine() {
        Engine::Mysql => {
            format!("CONCAT_WS('|', {})", cells.iter().map(|one| cell(one)).collect::<Vec<_>>().join(", "))
        }
        _ => cells.iter().map(|one| cell(one)).collect::<Vec<_>>().join(" || '|' || "),
    };
    let sums = ["COUNT(*)", "SUM(amount)", "SUM(cost)"];
    let failures = all(&[&["handled", "resolution"], &sums[..]].concat());
    let usages = all(&[&["accounting_status"], &sums[..]].concat());
    let ask = |what, table, group| {
        texts(database, &format!("SELECT {what} AS text FROM {table} GROUP BY {group} ORDER BY {group}"))
    };
    [
        ask(failures, "llmusage_accounting_failed", "handled, resolution"),
        ask(usages, "llmusage", "accounting_status"),
    ]
    .concat()
}

fn migrated(database: &TestDatabase) -> String {
    let output = command(database.url(), &["migrate", "--no-copy"]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The classes of a check that found something.
fn findings(database: &TestDatabase) -> Vec<String> {
    let output = command(database.url(), &["check"]);
    let lines = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(lines.contains("audit_chain 0"), "{}", said(&output));
    lines.lines().filter(|line| !line.contains(" 0 ")).map(str::to_owned).collect()
}

#[test]
fn a_filled_database_of_the_version_before_is_upgraded_without_a_loss() {
    let database = earlier();
    let before = states(&database);
    assert_eq!(before.len(), 7, "{before:?}");
    assert!(migrated(&database).contains("tell_superseded_from_handled"));
    assert_eq!(states(&database), before);
    assert!(migrated(&database).contains("nothing to apply"));
    let desk = Desk::start(database.url(), &[]);
    assert_eq!(findings(&database), ["created_too_long 1 1.20008 u8"]);
    assert_eq!(desk.sign_in().status, 303);
    every_record_is_shown(&database, &desk);
    assert_eq!(states(&database), before, "nobody changed anything");
}

fn every_record_is_shown(database: &TestDatabase, desk: &Desk) {
    let ids = texts(database, "SELECT id AS text FROM llmusage_accounting_failed ORDER BY id");
    let batches = texts(database, "SELECT id AS text FROM batch ORDER BY id");
    let mut paths: Vec<String> = ids.iter().map(|id| format!("/failed-accounting/{id}")).collect();
    paths.extend(batches.iter().map(|id| format!("/batches/{id}")));
    paths.extend((1..=8).map(|number| format!("/usages/u{number}")));
    let lists = "/ /failed-accounting?handled=&q=provided /failed-accounting/causes /usages /history /batches /audit \
                 /views /check /jobs /failed-accounting.csv?handled= /usages.csv /audit.csv";
    paths.extend(lists.split_whitespace().map(str::to_owned));
    for path in &paths {
        let answer = desk.get(path);
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        assert!(!answer.body.contains("hunter2hunter") && !answer.body.contains("Ab12Cd34"), "{path}");
    }
    let csv = desk.get("/failed-accounting.csv?handled=").body;
    assert_eq!(csv.lines().count(), ids.len() + 1, "{csv}");
    for (tab, count) in [("0", 4), ("1", 4)] {
        let csv = desk.get(&format!("/failed-accounting.csv?handled={tab}")).body;
        assert_eq!(csv.lines().count(), count + 1, "{tab}: {csv}");
    }
}

#[test]
fn after_an_upgrade_the_schema_is_that_of_a_new_database() {
    let (old, new) = (earlier(), TestDatabase::without_tables());
    migrated(&old);
    migrated(&new);
    let (was_old, is_new) = (schema(&old), schema(&new));
    let only_in = |these: &[String], those: &[String]| -> Vec<String> {
        these.iter().filter(|part| !those.contains(part)).cloned().collect()
    };
    assert_eq!(only_in(&was_old, &is_new), only_in(&is_new, &was_old));
    if engine() == Engine::Postgres {
        let kind = "SELECT CAST(data_type AS TEXT) AS text FROM information_schema.columns \
                    WHERE table_name = 'llmusage_accounting_failed' AND column_name = 'amount'";
        assert_eq!(texts(&old, kind), ["double precision"], "its type is kept");
        assert_eq!(texts(&new, kind), ["numeric"]);
    }
}

/// Columns, indexes and triggers with what they do.
fn schema(database: &TestDatabase) -> Vec<String> {
    let questions: &[&str] = match engine() {
        Engine::Sqlite => &["SELECT type || ' ' || name || ' ' || sql AS text FROM sqlite_master \
              WHERE sql IS NOT NULL AND name NOT LIKE '\\_\\_%' ESCAPE '\\' ORDER BY 1"],
        Engine::Mysql => &[
            "SELECT CONCAT_WS(' ', table_name, column_name, column_type, collation_name, extra) AS text \
             FROM information_schema.columns WHERE table_schema = DATABASE() \
             AND table_name NOT LIKE '\\_\\_%' ORDER BY 1",
            "SELECT CONCAT_WS(' ', table_name, index_name, GROUP_CONCAT(column_name ORDER BY seq_in_index)) AS text \
             FROM information_schema.statistics WHERE table_schema = DATABASE() \
             AND table_name NOT LIKE '\\_\\_%' GROUP BY table_name, index_name ORDER BY 1",
            "SELECT CONCAT_WS(' ', trigger_name, action_timing, event_manipulation, action_statement) AS text \
             FROM information_schema.triggers WHERE trigger_schema = DATABASE() ORDER BY 1",
        ],
        Engine::Postgres => &[
            "SELECT CAST(concat_ws(' ', table_name, column_name, data_type, is_nullable) AS TEXT) AS text \
             FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE '\\_\\_%' \
             AND data_type NOT IN ('numeric', 'double precision') ORDER BY 1",
            "SELECT indexdef AS text FROM pg_indexes WHERE schemaname = 'public' AND tablename NOT LIKE '\\_\\_%' \
             ORDER BY 1",
            "SELECT pg_get_triggerdef(oid) AS text FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1",
        ],
    };
    questions
        .iter()
        .flat_map(|question| texts(database, question))
        .map(|text| without_comments(&text))
        .collect()
}

/// SQLite keeps the words of a statement with its comments, which mean nothing.
fn without_comments(statement: &str) -> String {
    let lines = statement.lines().map(|line| line.split("-- ").next().unwrap_or_default());
    lines.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ")
}
