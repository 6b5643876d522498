//! A database restored without its triggers is noticed, and set right by `migrate`.

use llmage_admin::db::Engine;
use llmage_admin::failed_accounting::condition::Search;
use llmage_admin::failed_accounting::filter::{Filter, Handled};
use llmage_admin::failed_accounting::{condition, list, totals};

use crate::adoption::platform;
use crate::desk::{Desk, command, said};
use crate::script::client;
use crate::support::database::{TestDatabase, engine};
use crate::support::rows::{failure, insert, run};

/// The ids of failures on that tab, in order.
pub fn listed(database: &TestDatabase, handled: Handled) -> Vec<String> {
    let filter = Filter { handled, ..Filter::default() };
    let page = database.run_here(|connection| {
        let search = condition::plan_search(connection, &filter)?;
        list::page(connection, &filter, &search, &Default::default())
    });
    let mut ids: Vec<String> = page.expect("the list").rows.into_iter().map(|row| row.record.id).collect();
    ids.sort();
    ids
}

/// Is not done, and the last line names the setting, that part and the way out.
pub fn is_refused(database: &TestDatabase, arguments: &[&str], trigger: &str) {
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

/// Ways to have a trigger on the platform's tables do something else, with its name.
fn others_deeds() -> Vec<(&'static str, &'static str)> {
    match engine() {
        Engine::Sqlite => vec![(
            "reason_told",
            "DROP TRIGGER reason_told; CREATE TRIGGER reason_told AFTER INSERT ON llmusage_accounting_failed \
             BEGIN SELECT 1; END",
        )],
        Engine::Mysql => vec![
            (
                "laf_is_open_at_update",
                "CREATE OR REPLACE TRIGGER laf_is_open_at_update BEFORE UPDATE ON llmusage_accounting_failed \
                 FOR EACH ROW SET NEW.is_open = 0",
            ),
            (
                "failed_total_inserted",
                "CREATE OR REPLACE TRIGGER failed_total_inserted AFTER INSERT ON llmusage_accounting_failed \
                 FOR EACH ROW SET @nothing = 1",
            ),
        ],
        Engine::Postgres => vec![
            (
                "failed_total_noted",
                "CREATE OR REPLACE FUNCTION keep_failed_total() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER \
                 AS $$BEGIN RETURN NULL; END$$",
            ),
            ("failed_total_truncated", "ALTER FUNCTION forget_failed_total() SECURITY INVOKER"),
            ("reason_changed", "ALTER TABLE llmusage_accounting_failed DISABLE TRIGGER reason_changed"),
            (
                "failed_total_noted",
                "DROP TRIGGER failed_total_noted ON llmusage_accounting_failed; CREATE TRIGGER failed_total_noted \
                 AFTER DELETE ON llmusage_accounting_failed FOR EACH ROW EXECUTE FUNCTION keep_failed_total()",
            ),
        ],
    }
}

#[test]
fn a_trigger_that_does_something_else_is_named_by_the_check_and_made_again() {
    let database = TestDatabase::new();
    let desk = Desk::start(database.url(), &[]);
    let found = || {
        let words = said(&command(database.url(), &["check"]));
        words.lines().find(|line| line.starts_with("triggers_changed ")).map(str::to_owned).expect("its line")
    };
    assert_eq!(found(), "triggers_changed 0 - -");
    for (trigger, statement) in others_deeds() {
        run(&database, statement);
        assert_eq!(found(), format!("triggers_changed 1 - {trigger} (the trigger was changed)"));
        let migrated = said(&command(database.url(), &["migrate"]));
        assert!(migrated.contains(&format!("trigger {trigger}, made again")), "{migrated}");
        assert_eq!(found(), "triggers_changed 0 - -", "{statement}");
    }
    assert_eq!(desk.get("/readyz").status, 200);
}

#[test]
fn of_several_that_make_triggers_again_at_once_one_does_and_all_end_well() {
    let database = TestDatabase::new();
    let on = if engine() == Engine::Postgres { " ON audit_event" } else { "" };
    for (trigger, statement) in others_deeds().into_iter().take(1) {
        run(&database, &format!("DROP TRIGGER audit_event_stays{on}"));
        run(&database, statement);
        let ended: Vec<_> = std::thread::scope(|scope| {
            let started: Vec<_> =
                (0..4).map(|_| scope.spawn(|| command(database.url(), &["migrate"]))).collect();
            started.into_iter().map(|one| one.join().expect("it ends")).collect()
        });
        let words: Vec<String> = ended.iter().map(said).collect();
        assert!(ended.iter().all(|one| one.status.success()), "{words:?}");
        for made in [trigger, "audit_event_stays"] {
            let made = format!("trigger {made}, made again");
            assert_eq!(words.iter().filter(|words| words.contains(&made)).count(), 1, "{words:?}");
        }
    }
}

#[test]
fn triggers_on_tables_of_another_schema_are_known_as_what_they_are() {
    if engine() != Engine::Postgres {
        return;
    }
    for schema in ["temp", "own-one"] {
        let database = platform();
        run(&database, &format!("CREATE SCHEMA \"{schema}\""));
        let url = format!("{}?options=-csearch_path%3D%22{schema}%22,public", database.url());
        let migrated = command(&url, &["migrate"]);
        assert!(migrated.status.success(), "{}", said(&migrated));
        let words = said(&command(&url, &["check"]));
        assert!(words.contains("triggers_changed 0 - -"), "{schema}: {words}");
        let again = said(&command(&url, &["migrate"]));
        assert!(again.contains("nothing to apply"), "{schema}: {again}");
    }
}

/// PostgreSQL names triggers by their tables.
#[test]
fn triggers_of_our_names_on_other_tables_are_the_platforms_own() {
    if engine() != Engine::Postgres {
        return;
    }
    let database = platform();
    let theirs = |table: &str, name: &str| {
        format!("CREATE TRIGGER {name} BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION theirs(); ")
    };
    let names = ["reason_changed", "failed_total_noted", "failed_total_truncated", "audit_event_stays"];
    // Before and behind ours by the alphabet and by the path; and one whose name only looks like ours.
    let tables = ["aaa", "zzz", "llmusage", "later.llmusage_accounting_failed", "later.audit_event"];
    let made = tables.iter().flat_map(|table| names.iter().map(move |name| theirs(table, name)));
    let before = format!(
        "CREATE FUNCTION theirs() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$; \
         CREATE SCHEMA later; CREATE TABLE aaa (id TEXT); CREATE TABLE zzz (id TEXT); \
         CREATE TABLE later.audit_event (id TEXT); CREATE TABLE later.llmusage_accounting_failed (id TEXT, extra TEXT); {} {}",
        made.collect::<String>(),
        theirs("llmusage_accounting_failed", "\"Reason_Changed\""),
    );
    run(&database, &before);
    let url = format!("{}?options=-csearch_path%3Dpublic,later", database.url());
    for url in [database.url(), &url] {
        let migrated = command(url, &["migrate"]);
        assert!(migrated.status.success(), "{}", said(&migrated));
        let words = said(&command(url, &["check"]));
        assert!(words.contains("triggers_changed 0 - -"), "{words}");
        let again = said(&command(url, &["migrate"]));
        assert!(again.contains("nothing to apply"), "{again}");
        for (name, table) in
            [("reason_changed", "llmusage_accounting_failed"), ("audit_event_stays", "audit_event")]
        {
            run(&database, &format!("DROP TRIGGER {name} ON public.{table}"));
            let refused = command(url, &["serve", "--listen", "127.0.0.1:0"]);
            assert!(!refused.status.success() && said(&refused).contains(name), "{}", said(&refused));
            let mended = said(&command(url, &["migrate"]));
            assert!(mended.contains(&format!("trigger {name}, made again")), "{mended}");
        }
    }
    let kept = "DO $$ BEGIN IF (SELECT COUNT(*) FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid \
                WHERE p.proname = 'theirs') <> 21 THEN RAISE EXCEPTION 'a trigger of theirs is gone'; END IF; END $$";
    run(&database, kept);
}

/// A trigger of the platform's that has a name of ours is not ours to replace.
#[test]
fn a_trigger_of_the_platform_with_a_name_of_ours_is_refused_by_name_and_stays() {
    let database = platform();
    let (name, trigger) = match engine() {
        Engine::Sqlite => (
            "reason_changed",
            "CREATE TRIGGER reason_changed AFTER UPDATE ON llmusage BEGIN UPDATE llmusage SET taskid = 'seen' WHERE id = NEW.id; END",
        ),
        Engine::Mysql => (
            "laf_reason_changed",
            "CREATE TRIGGER laf_reason_changed BEFORE UPDATE ON llmusage FOR EACH ROW SET NEW.taskid = 'seen'",
        ),
        Engine::Postgres => (
            "reason_changed",
            "CREATE FUNCTION theirs() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$; \
             CREATE TRIGGER reason_changed BEFORE UPDATE ON llmusage_accounting_failed \
             FOR EACH ROW EXECUTE FUNCTION theirs()",
        ),
    };
    run(&database, trigger);
    for arguments in
        [&["migrate"][..], &["migrate", "--status"], &["serve", "--listen", "127.0.0.1:0", "--migrate"]]
    {
        is_refused(&database, arguments, name);
    }
    let on = if engine() == Engine::Postgres { " ON llmusage_accounting_failed" } else { "" };
    // It is there still: it can be dropped once.
    run(&database, &format!("DROP TRIGGER {name}{on}"));
    assert!(command(database.url(), &["migrate"]).status.success());
}

/// Rows that go or change without any trigger cannot be kept count of: pages count for themselves, and it is said.
#[test]
fn where_rows_change_without_a_trigger_totals_are_counted_and_it_is_said() {
    let (rule, change, name) = match engine() {
        Engine::Sqlite => (
            "CREATE UNIQUE INDEX one_open ON llmusage_accounting_failed (llmusageid, failed_time)",
            "INSERT OR REPLACE INTO llmusage_accounting_failed (id, llmusageid, failed_time, amount, handled) \
             VALUES ('new', 'unkept', '2026-05-20 10:00:00', 5, '0')",
            "one_open",
        ),
        Engine::Mysql => (
            "CREATE TABLE owners (PRIMARY KEY (id)) AS \
             SELECT DISTINCT userorgid AS id FROM llmusage_accounting_failed WHERE userorgid IS NOT NULL; INSERT IGNORE INTO owners VALUES ('unkept'); \
             ALTER TABLE llmusage_accounting_failed ADD CONSTRAINT of_owner FOREIGN KEY (userorgid) REFERENCES owners (id) \
             ON DELETE CASCADE",
            "DELETE FROM owners WHERE id = 'unkept'",
            "of_owner",
        ),
        Engine::Postgres => return,
    };
    let database = platform();
    run(&database, rule);
    let migrated = command(database.url(), &["migrate"]);
    assert!(migrated.status.success(), "{}", said(&migrated));
    let told = said(&command(database.url(), &["migrate", "--status"]));
    assert!(told.contains(name) && told.contains("counted each time"), "{told}");
    run(
        &database,
        "INSERT INTO llmusage_accounting_failed (id, llmusageid, userorgid, failed_time, amount, handled) \
         VALUES ('old', 'unkept', 'unkept', '2026-05-20 10:00:00', 3, '0')",
    );
    run(&database, change);
    let checked = said(&command(database.url(), &["check"]));
    assert!(checked.contains("totals_differ 0"), "{checked}");
    let recount = command(database.url(), &["recount"]);
    assert!(!recount.status.success() && said(&recount).contains(name), "{}", said(&recount));
    let known = database
        .run_here(|connection| {
            let filter = Filter { handled: Handled::All, ..Filter::default() };
            totals::exact(connection, &filter, &Search::Nothing)
        })
        .unwrap();
    let counted = database.run_here(counted_rows).unwrap();
    assert_eq!(known.count, counted);
}

fn counted_rows(connection: &mut llmage_admin::db::DbConnection) -> llmage_admin::error::Result<i64> {
    use diesel::prelude::*;
    use llmage_admin::db::schema::llmusage_accounting_failed::table;
    Ok(table.count().get_result(connection)?)
}
