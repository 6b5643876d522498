//! A database restored without its triggers is noticed, and set right by `migrate`.

use llmage_admin::db::Engine;
use llmage_admin::failed_accounting::filter::{Filter, Handled};
use llmage_admin::failed_accounting::{condition, list};

use crate::desk::{Desk, command, said};
use crate::script::client;
use crate::support::database::{TestDatabase, engine};
use crate::support::rows::{failure, insert, run};

fn listed(database: &TestDatabase, handled: Handled) -> Vec<String> {
    let filter = Filter { handled, ..Filter::default() };
    let page = database.run_here(|connection| {
        let search = condition::plan_search(connection, &filter)?;
        list::page(connection, &filter, &search, &Default::default())
    });
    let mut ids: Vec<String> = page.expect("the list").rows.into_iter().map(|row| row.record.id).collect();
    ids.sort();
    ids
}

fn is_refused(database: &TestDatabase, arguments: &[&str], trigger: &str) {
    let output = command(database.url(), arguments);
    let words = said(&output);
    assert_eq!(output.status.code(), Some(1), "{arguments:?}: {words}");
    let last = words.lines().last().unwrap_or_default();
    for part in ["--database-url", trigger, "llmage-admin migrate"] {
        assert!(last.contains(part), "no \"{part}\" in {words}");
    }
}

#[test]
fn a_trigger_that_is_gone_is_told_and_made_again() {
    let database = TestDatabase::new();
    let desk = Desk::start(database.url(), &[]);
    assert_eq!(desk.get("/readyz").status, 200);
    let on = if engine() == Engine::Postgres { " ON audit_event" } else { "" };
    run(&database, &format!("DROP TRIGGER audit_event_stays{on}"));
    let ready = desk.until("/readyz", 10, |answer| answer.status == 503);
    assert!(ready.body.contains("audit_event_stays") && ready.body.contains("migrate"), "{}", ready.body);
    is_refused(&database, &["migrate", "--status"], "audit_event_stays");
    if engine() != Engine::Sqlite {
        // SQLite makes it again by itself, as it migrates by itself.
        is_refused(&database, &["serve", "--listen", "127.0.0.1:0"], "audit_event_stays");
    }
    let migrated = command(database.url(), &["migrate"]);
    assert!(said(&migrated).contains("trigger audit_event_stays, made again"), "{}", said(&migrated));
    assert!(command(database.url(), &["migrate", "--status"]).status.success());
    desk.until("/readyz", 10, |answer| answer.status == 200);
    assert!(said(&command(database.url(), &["migrate"])).contains("nothing to apply"));
}

#[test]
fn a_dump_restored_without_triggers_is_set_right() {
    if engine() != Engine::Mysql {
        return;
    }
    let original = TestDatabase::new();
    insert(&original, &[failure("f1"), failure("f2")]);
    let dump = client(original.url(), "mariadb-dump").arg("--skip-triggers").output().expect("the dump");
    assert!(dump.status.success(), "{}", said(&dump));
    let restored = TestDatabase::without_tables();
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("dump.sql");
    std::fs::write(&file, &dump.stdout).expect("the dump");
    let script = std::fs::File::open(&file).expect("the dump");
    let loaded = client(restored.url(), "mariadb").stdin(script).output().expect("the client");
    assert!(loaded.status.success(), "{}", said(&loaded));
    // The platform goes on writing.
    run(&restored, "UPDATE llmusage_accounting_failed SET handled = '1' WHERE id = 'f1'");
    insert(&restored, &[failure("f3")]);
    assert_eq!(listed(&restored, Handled::Open), ["f1", "f2"], "what is wrong without triggers");
    is_refused(&restored, &["serve", "--listen", "127.0.0.1:0"], "laf_is_open_at_update");
    let migrated = command(restored.url(), &["migrate"]);
    assert!(migrated.status.success(), "{}", said(&migrated));
    assert_eq!(listed(&restored, Handled::Open), ["f2", "f3"]);
    assert_eq!(listed(&restored, Handled::Handled), ["f1"]);
    insert(&restored, &[failure("f4")]);
    assert_eq!(listed(&restored, Handled::Open), ["f2", "f3", "f4"]);
}

#[test]
fn triggers_of_an_account_that_is_gone_are_told_and_made_again() {
    if engine() != Engine::Mysql {
        return;
    }
    let database = TestDatabase::without_tables();
    let (server, name) = database.url().rsplit_once('/').expect("a database");
    let account = format!("llmage_gone_{}", std::process::id());
    run(&database, &format!("CREATE USER '{account}'@'%'; GRANT ALL ON {name}.* TO '{account}'@'%'"));
    let (_, place) = server.rsplit_once('@').expect("a user");
    let migrated = command(&format!("mysql://{account}@{place}/{name}"), &["migrate"]);
    let words = said(&migrated);
    run(&database, &format!("DROP USER '{account}'@'%'"));
    assert!(migrated.status.success(), "{words}");
    is_refused(&database, &["migrate", "--status"], "definer");
    is_refused(&database, &["serve", "--listen", "127.0.0.1:0"], "definer");
    let mended = said(&command(database.url(), &["migrate"]));
    assert!(mended.contains("trigger laf_reason_changed, made again for this account"), "{mended}");
    run(&database, "INSERT INTO llmusage_accounting_failed (id, failed_reason) VALUES ('f1', 'a')");
    run(&database, "UPDATE llmusage_accounting_failed SET failed_reason = 'b'");
    assert!(command(database.url(), &["migrate", "--status"]).status.success());
}
