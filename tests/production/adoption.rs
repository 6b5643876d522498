//! A database that the platform made, adopted: nothing of it lost or changed, every page on it, its writes go on.

use diesel::prelude::*;
use diesel::sql_types::Text;
use llmage_admin::db::{Database, Engine, migrations};
use llmage_admin::failed_accounting::filter::{Filter, Handled};
use llmage_admin::failed_accounting::{condition, list, store};
use llmage_admin::usages::{filter as usage_filter, totals as usage_totals};

use crate::desk::{Desk, command, said};
use crate::support::database::{TestDatabase, engine};
use crate::support::rows::run;

/// The platform's tables with its rows, in the words of this engine. Only MariaDB's are the original.
pub fn platform() -> TestDatabase {
    let database = TestDatabase::without_tables();
    let original = include_str!("platform.sql");
    let script = match engine() {
        Engine::Mysql => original.to_owned(),
        _ => foreign(original),
    };
    run(&database, &script);
    database
}

fn foreign(original: &str) -> String {
    let mut script = original.replace("SET time_zone = '+08:00';", "").replace(" COMMENT 'id'", "");
    for (from, to) in [
        (" ENGINE=InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci", ""),
        ("LONGTEXT", "TEXT"),
        ("DOUBLE(18,5)", "DOUBLE PRECISION"),
        ("DOUBLE(18,3)", "DOUBLE PRECISION"),
    ] {
        script = script.replace(from, to);
    }
    script
}

/// Every cell of the platform's columns, as the database writes it.
pub fn cells(database: &Database) -> Vec<String> {
    #[derive(QueryableByName)]
    struct Line {
        #[diesel(sql_type = Text)]
        line: String,
    }
    let text = if engine() == Engine::Mysql { "CHAR" } else { "TEXT" };
    let tables = [
        (
            "llmusage_accounting_failed",
            "id llmusageid llmid userid userorgid use_date use_time amount cost failed_reason failed_time \
             retry_count handled handled_time handled_note",
        ),
        (
            "llmusage",
            "id llmid use_date use_time userid usages ioinfo status taskid amount cost userorgid accounting_status",
        ),
        ("llm", "id name model"),
    ];
    tables
        .iter()
        .flat_map(|(table, columns)| {
            let cell = |column| format!("COALESCE(CAST({column} AS {text}), 'NULL')");
            let all: Vec<String> = columns.split_whitespace().map(cell).collect();
            let line = match engine() {
                Engine::Mysql => format!("CONCAT_WS('|', {})", all.join(", ")),
                _ => all.join(" || '|' || "),
            };
            let question = format!("SELECT {line} AS line FROM {table} ORDER BY id");
            let lines =
                database.run_here(|connection| Ok(diesel::sql_query(question).load::<Line>(connection)?));
            lines.expect("the rows").into_iter().map(|row| row.line)
        })
        .collect()
}

#[test]
fn status_says_what_is_there_and_what_would_be_added_and_changes_nothing() {
    let database = platform();
    let before = cells(&database);
    let status = said(&command(database.url(), &["migrate", "--status"]));
    for part in [
        "there already: table llmusage_accounting_failed, 15 columns",
        "there already: index idx_laf_use_date on llmusage_accounting_failed (use_date), as llmusage_accounting_failed_idx_laf_use_date",
        "there already: index idx_llmusage_userid on llmusage (userid), as llmusage_idx2",
        "adds: index idx_laf_userorgid on llmusage_accounting_failed (userorgid)",
        "adds: table llmusage_history, 18 columns",
        "adds: column resolution of llmusage_accounting_failed",
        "the platform's tables: llmusage (with rows), llmusage_accounting_failed (with rows)",
    ] {
        assert!(status.contains(part), "no \"{part}\" in\n{status}");
    }
    assert_eq!(cells(&database), before);
    assert!(said(&command(database.url(), &["migrate", "--status"])).contains("pending "));
}

#[test]
fn every_page_works_on_adopted_tables_and_the_platform_writes_on() {
    let database = platform();
    let before = cells(&database);
    let migrated = command(database.url(), &["migrate"]);
    assert!(migrated.status.success(), "{}", said(&migrated));
    assert!(said(&migrated).contains("1 failed records have no handled"), "{}", said(&migrated));
    assert_eq!(cells(&database), before, "a cell of the platform changed");
    assert!(!said(&command(database.url(), &["migrate", "--status"])).contains("pending "));
    // The platform's INSERTs again, as new rows.
    let inserts = include_str!("platform.sql");
    let start = inserts.find("INSERT INTO llmusage (").expect("its INSERTs");
    let again =
        inserts[start..].replace("('orN", "('2rN").replace("('ORN", "('2RN").replace("('a1'", "('a2'");
    let again = again.replace("'t-1'", "'t-2'").replace("('f", "('g");
    run(&database, &again);
    let count = |handled| {
        let filter = Filter { handled, ..Filter::default() };
        let page = database.run_here(|connection| {
            let search = condition::plan_search(connection, &filter)?;
            list::page(connection, &filter, &search, &Default::default())
        });
        page.expect("the list").rows.len()
    };
    assert_eq!((count(Handled::Open), count(Handled::Handled), count(Handled::All)), (6, 0, 6));
    open_every_page(&database);
}

pub fn open_every_page(database: &TestDatabase) {
    let desk = Desk::start(database.url(), &[]);
    assert_eq!(desk.sign_in().status, 303);
    let routes = said(&command(database.url(), &["permissions"]));
    let mut opened = 0;
    for path in routes.lines().filter_map(|line| line.strip_prefix("GET ")?.split(' ').next()) {
        let id = match path {
            path if path.starts_with("/failed-accounting/causes") => "unknown",
            path if path.starts_with("/failed-accounting/") => "f1",
            path if path.starts_with("/usages/") => "a1",
            path if path.starts_with("/users/") => "admin",
            _ => "unknown",
        };
        let answer = desk.get(&path.replace("{id}", id));
        assert!(answer.status < 500, "{path}: {} {}", answer.status, answer.body);
        if path.contains("{id}") && matches!(id, "f1" | "a1" | "admin") {
            assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        }
        opened += 1;
    }
    assert!(opened > 15, "{routes}");
    let handled = desk.get("/failed-accounting/f3");
    assert_eq!(handled.status, 200, "a row of NULLs");
    let seen = desk.get("/failed-accounting").body;
    assert!(seen.contains("Kimi K3") && seen.contains("data-id=\"f3\""), "{seen}");
}

#[test]
fn a_migration_that_was_cut_off_goes_on_where_it_stopped() {
    let database = platform();
    run(&database, "ALTER TABLE llmusage_accounting_failed ADD COLUMN resolution VARCHAR(32) NULL");
    run(&database, "CREATE INDEX idx_laf_userorgid ON llmusage_accounting_failed (userorgid)");
    assert!(!migrations::apply(&database).expect("it goes on").is_empty());
    assert!(migrations::apply(&database).expect("all is there").is_empty());
}

#[test]
fn a_dropped_column_is_told_in_one_line() {
    for (table, at_start) in [("llmusage", false), ("llmusage", true)] {
        let database = platform();
        if at_start {
            assert!(command(database.url(), &["migrate"]).status.success());
        }
        run(&database, &format!("ALTER TABLE {table} DROP COLUMN cost"));
        let refused = command(database.url(), if at_start { &["serve"] } else { &["migrate"] });
        let words = said(&refused);
        let last = words.lines().last().unwrap_or_default();
        assert_eq!(refused.status.code(), Some(1), "{words}");
        assert!(last.contains(&format!("{table}.cost")) && last.contains("--database-url"), "{words}");
    }
}

#[test]
fn ids_that_differ_in_case_and_rows_of_nulls_stay_apart_on_adopted_tables() {
    let database = platform();
    assert!(command(database.url(), &["migrate"]).status.success());
    run(
        &database,
        "INSERT INTO llmusage_accounting_failed (id, llmusageid, llmid, userid, userorgid, failed_time, handled) VALUES \
         ('c1', 'Case', 'M-Kimi-K3', 'U2', 'ORG-B', '2026-05-22 00:00:04', '0'), \
         ('c2', 'cASE', 'm-kimi-k3', 'u2', 'org-b', '2026-05-22 00:00:04', '0')",
    );
    let ids = |filter: Filter| {
        let page = database.run_here(|connection| {
            let search = condition::plan_search(connection, &filter)?;
            list::page(connection, &filter, &search, &Default::default())
        });
        page.expect("the list").rows.into_iter().map(|row| row.record.id).collect::<Vec<_>>()
    };
    let text = |text: &str| Some(text.to_owned());
    assert_eq!(ids(Filter { llmusageid: text("Case"), ..Filter::default() }), ["c1"]);
    assert_eq!(ids(Filter { llmusageid: text("cASE"), ..Filter::default() }), ["c2"]);
    assert_eq!(ids(Filter { userorgid: text("ORG-B"), ..Filter::default() }), ["c1"]);
    assert_eq!(ids(Filter { llmid: text("M-Kimi-K3"), ..Filter::default() }), ["c1"]);
    assert_eq!(ids(Filter { userid: text("u2"), ..Filter::default() }), ["f2", "c2"]);
    assert_eq!(ids(Filter { q: text("cASE"), ..Filter::default() }), ["c2"]);
    let attempts = database.run_here(|connection| store::attempts(connection, "Case")).expect("attempts");
    assert_eq!(attempts.len(), 1);
    let usages = |filter: usage_filter::Filter| {
        database.run_here(|connection| usage_totals::exact(connection, &filter)).expect("usages").count
    };
    let of_user = |id: &str| usage_filter::Filter { userid: text(id), ..Default::default() };
    assert_eq!((usages(of_user("u2")), usages(of_user("U2"))), (2, 0));
    let nobody = database.run_here(|connection| store::lookup(connection, "F1")).expect("a look");
    assert!(nobody.is_none());
}

#[test]
fn handled_time_of_an_open_row_means_nothing() {
    let database = platform();
    assert!(command(database.url(), &["migrate"]).status.success());
    let desk = Desk::start(database.url(), &[]);
    assert_eq!(desk.sign_in().status, 303);
    run(
        &database,
        "UPDATE llmusage_accounting_failed SET handled_time = '2031-01-01 00:00:00' WHERE id = 'f1'",
    );
    assert!(!desk.get("/failed-accounting/f1").body.contains("2031-01-01"));
}

#[test]
fn no_migration_stops_the_platform_from_writing() {
    for engine in [Engine::Sqlite, Engine::Mysql, Engine::Postgres] {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(engine.name());
        for entry in std::fs::read_dir(folder).expect("migrations") {
            let file = entry.expect("a migration").path().join("up.sql");
            let script = std::fs::read_to_string(&file).expect("up.sql");
            let found = migrations::blocking_statements(engine, &script);
            assert!(
                found.is_empty(),
                "{}: copies, locks or changes a table of the platform:\n{found:#?}",
                file.display()
            );
        }
    }
    let bad = "ALTER TABLE llmusage_accounting_failed ADD COLUMN x INT AS (1) STORED";
    assert_eq!(migrations::blocking_statements(Engine::Mysql, bad), [bad]);
}

#[test]
fn a_user_who_may_only_read_is_told_at_the_start_in_one_line() {
    let database = TestDatabase::new();
    let (url, tidy) = match engine() {
        Engine::Sqlite => (database.url().replacen("sqlite:", "sqlite:file:", 1) + "?mode=ro", String::new()),
        Engine::Mysql => {
            let user = format!("reader_{}", std::process::id());
            run(
                &database,
                &format!("CREATE USER {user}@'%' IDENTIFIED BY 'reads'; GRANT SELECT ON *.* TO {user}@'%'"),
            );
            (
                database.url().replacen("//root@", &format!("//{user}:reads@"), 1),
                format!("DROP USER {user}@'%'"),
            )
        }
        Engine::Postgres => {
            let user = format!("reader_{}", std::process::id());
            run(&database, &format!("CREATE ROLE {user} SUPERUSER LOGIN PASSWORD 'reads'"));
            run(&database, &format!("ALTER ROLE {user} NOSUPERUSER; GRANT pg_read_all_data TO {user}"));
            let url = format!("{}?options=-crole%3D{user}", database.url());
            (url, format!("DROP ROLE {user}"))
        }
    };
    let refused = command(&url, &["serve", "--listen", "127.0.0.1:0"]);
    let words = said(&refused);
    if !tidy.is_empty() {
        run(&database, &tidy);
    }
    assert_eq!(refused.status.code(), Some(1), "{words}");
    let last = words.lines().last().unwrap_or_default();
    assert!(last.contains("--database-url") && last.contains("written"), "{words}");
}
