//! Making triggers again that breaks off, cannot be done, or comes late: nothing that they keep stays wrong.

use llmage_admin::db::Engine;
use llmage_admin::failed_accounting::filter::Handled;

use crate::desk::{command, said};
use crate::support::database::{TestDatabase, engine};
use crate::support::rows::{everything, failure, insert, run};
use crate::triggers::{is_refused, listed};

#[test]
fn what_a_mending_that_broke_off_left_is_set_right_by_the_next() {
    if engine() != Engine::Mysql {
        return;
    }
    let database = TestDatabase::new();
    insert(&database, &[failure("f1"), failure("f2")]);
    run(&database, "DROP TRIGGER laf_is_open_at_update");
    run(&database, "UPDATE llmusage_accounting_failed SET handled = '1' WHERE id = 'f1'");
    run(
        &database,
        "CREATE TRIGGER somebody_elses BEFORE UPDATE ON llmusage_accounting_failed FOR EACH ROW \
         SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'not now'",
    );
    let broken_off = command(database.url(), &["migrate"]);
    assert!(!broken_off.status.success(), "{}", said(&broken_off));
    run(&database, "DROP TRIGGER somebody_elses");
    assert_eq!(listed(&database, Handled::Open), ["f1", "f2"], "what is wrong until it is ended");
    is_refused(&database, &["serve", "--listen", "127.0.0.1:0"], "not set right to the end");
    let ended = said(&command(database.url(), &["migrate"]));
    assert!(ended.contains("what triggers keep, set right to the end"), "{ended}");
    assert_eq!(listed(&database, Handled::Open), ["f2"]);
    assert!(said(&command(database.url(), &["migrate"])).contains("nothing to apply"));
}

#[test]
fn reasons_that_changed_without_their_trigger_are_noted_when_it_is_made_again() {
    let database = TestDatabase::new();
    insert(&database, &[failure("f1")]);
    run(&database, "UPDATE llmusage_accounting_failed SET cause_version = 1");
    run(&database, "DELETE FROM reason_change");
    run(
        &database,
        match engine() {
            Engine::Sqlite => "DROP TRIGGER reason_changed",
            Engine::Mysql => "DROP TRIGGER laf_reason_changed",
            Engine::Postgres => "DROP TRIGGER reason_changed ON llmusage_accounting_failed",
        },
    );
    run(&database, "UPDATE llmusage_accounting_failed SET failed_reason = 'another'");
    assert!(everything(&database, &["reason_change"]).iter().flatten().next().is_none());
    assert!(said(&command(database.url(), &["migrate"])).contains("reason_changed, made again"));
    let noted = everything(&database, &["reason_change"]).concat();
    assert!(noted.len() == 1 && noted[0].contains("f1"), "{noted:?}");
}

#[test]
fn a_trigger_that_cannot_be_made_again_stays_what_it_is() {
    if engine() != Engine::Postgres {
        return;
    }
    let database = TestDatabase::new();
    run(
        &database,
        "DROP TRIGGER failed_total_noted ON llmusage_accounting_failed; DROP FUNCTION keep_failed_total(); \
         CREATE FUNCTION keep_failed_total() RETURNS int LANGUAGE sql AS 'SELECT 1'; \
         CREATE FUNCTION others() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'; \
         CREATE TRIGGER failed_total_noted AFTER INSERT ON llmusage_accounting_failed \
         FOR EACH ROW EXECUTE FUNCTION others()",
    );
    let found = "triggers_changed 1 - failed_total_noted (the trigger was changed)";
    assert!(said(&command(database.url(), &["check"])).contains(found));
    assert!(!command(database.url(), &["migrate"]).status.success());
    assert!(said(&command(database.url(), &["check"])).contains(found));
}

#[test]
fn a_function_that_is_as_it_was_made_is_left_alone_when_its_trigger_is_made_again() {
    if engine() != Engine::Postgres {
        return;
    }
    let database = TestDatabase::new();
    let functions = || {
        let made = "(SELECT proname, xmin FROM pg_proc WHERE prorettype = CAST('trigger' AS regtype) \
                    AND pronamespace = CAST('public' AS regnamespace))";
        everything(&database, &[made]).concat()
    };
    let before = functions();
    assert_eq!(before.len(), 5);
    for (trigger, table) in [
        ("failed_total_noted", "llmusage_accounting_failed"),
        ("failed_total_truncated", "llmusage_accounting_failed"),
        ("reason_changed", "llmusage_accounting_failed"),
        ("audit_event_stays", "audit_event"),
        ("audit_event_follows", "audit_event"),
    ] {
        run(&database, &format!("DROP TRIGGER {trigger} ON {table}"));
    }
    let migrated = said(&command(database.url(), &["migrate"]));
    assert!(migrated.contains("trigger audit_event_follows, made again"), "{migrated}");
    assert_eq!(functions(), before);
}
