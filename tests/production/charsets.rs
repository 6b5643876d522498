//! Tables of the platform in narrow character sets, and its programs that do not name columns.

use llmage_admin::db::Engine;

use crate::desk::{Desk, command, said};
use crate::support::database::{TestDatabase, engine};
use crate::support::rows::run;

/// The platform's tables, made by an older server.
fn narrow(character_set: &str) -> TestDatabase {
    let database = TestDatabase::without_tables();
    let wide = "CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci";
    let narrow = format!("CHARACTER SET {character_set}");
    run(&database, &include_str!("platform.sql").replacen(wide, &narrow, 2));
    database
}

fn status(database: &TestDatabase) -> String {
    said(&command(database.url(), &["migrate", "--status"]))
}

const BY_PLACE: &str = "INSERT INTO llmusage_accounting_failed VALUES ('by-place', 'u', 'm', 'x', 'o', '2026-05-20', \
    '2026-05-20 09:15:02', 0.5, 0.25, 'usages is None', '2026-05-20 09:15:02', 0, '0', '2026-05-20 09:15:02', NULL)";

#[test]
fn what_a_narrow_table_cannot_hold_is_refused_at_its_field_and_found_nowhere() {
    if engine() != Engine::Mysql {
        return;
    }
    for character_set in ["latin1", "utf8mb3"] {
        let database = narrow(character_set);
        let before = status(&database);
        assert!(
            before.contains(&format!("llmusage_accounting_failed: its texts are in {character_set}")),
            "{before}"
        );
        let migrated = command(database.url(), &["migrate"]);
        assert!(migrated.status.success(), "{}", said(&migrated));
        let after = status(&database);
        assert!(!after.contains("quiet hour") && !after.contains("visible"), "{after}");
        run(&database, BY_PLACE);
        run(
            &database,
            "UPDATE llmusage_accounting_failed SET handled_by = '张三😀', resolution = 'other' WHERE id = 'by-place'",
        );
        let desk = Desk::start(database.url(), &[]);
        assert_eq!(desk.sign_in().status, 303);
        let note = "paid by hand 😀";
        let refused = |path: &str, fields: &[(&str, &str)], field: &str| {
            let answer = desk.post(path, fields);
            assert_eq!(answer.status, 422, "{character_set} {path}: {}", answer.body);
            for part in [note, &format!("{field}-error"), "keeps no text with such characters"] {
                assert!(
                    answer.body.contains(part),
                    "{character_set} {path}: no \"{part}\" in {}",
                    answer.body
                );
            }
        };
        refused(
            "/failed-accounting/f1/handle",
            &[("resolution", "other"), ("handled_note", note)],
            "handled_note",
        );
        refused("/failed-accounting/f1", &[("failed_reason", note), ("handled", "0")], "failed_reason");
        refused("/failed-accounting", &[("failed_reason", note), ("llmusageid", "u1")], "failed_reason");
        assert_eq!(desk.post("/failed-accounting/f2/handle", &[("resolution", "test_traffic")]).status, 303);
        refused("/failed-accounting/f2/reopen", &[("note", note)], "note");
        run(&database, "INSERT INTO llmusage (id, accounting_status) VALUES ('u9', 'created')");
        refused("/usages/u9/fail", &[("reason", note)], "reason");
        for path in [
            "/failed-accounting?handled=&q=%F0%9F%98%80",
            "/failed-accounting?handled=&q=%E4%BD%99%F0%9F%98%80+x",
            "/failed-accounting?handled=&userorgid=%F0%9F%98%80",
            "/usages?userid=%F0%9F%98%80",
            "/failed-accounting.csv?handled=&q=%F0%9F%98%80",
        ] {
            let answer = desk.get(path);
            assert_eq!(answer.status, 200, "{character_set} {path}: {}", answer.body);
            assert!(!answer.body.contains("by-place"), "{character_set} {path}");
        }
        for path in [
            "/failed-accounting/%F0%9F%98%80",
            "/usages/%F0%9F%98%80",
            "/failed-accounting/%F0%9F%98%80/edit",
        ] {
            assert_eq!(desk.get(path).status, 404, "{character_set} {path}");
        }
        // Our own column holds such names, whatever the table does.
        let by = desk.get("/failed-accounting?handled=&handled_by=%E5%BC%A0%E4%B8%89%F0%9F%98%80");
        assert!(by.body.contains("by-place"), "{character_set}: {}", by.body);
        assert_eq!(desk.get("/failed-accounting?handled=&q=USAGES+is").status, 200);
        assert!(desk.get("/failed-accounting?handled=&q=USAGES+is").body.contains("by-place"));
    }
}

#[test]
fn columns_that_an_earlier_version_made_are_hidden_at_once_and_widened_in_a_quiet_hour() {
    if engine() != Engine::Mysql {
        return;
    }
    let database = narrow("latin1");
    assert!(command(database.url(), &["migrate"]).status.success());
    run(
        &database,
        "ALTER TABLE llmusage_accounting_failed MODIFY COLUMN handled_by VARCHAR(64) CHARACTER SET latin1 NULL, \
         MODIFY COLUMN cause_version INTEGER NULL",
    );
    assert!(status(&database).contains("columns that were added are visible"), "{}", status(&database));
    let migrated = said(&command(database.url(), &["migrate"]));
    assert!(migrated.contains("columns of llmusage_accounting_failed, hidden"), "{migrated}");
    run(&database, BY_PLACE);
    let words = status(&database);
    let line = words.lines().find(|line| line.contains("quiet hour")).expect("the ALTER");
    let alter = line.split_once("copies the table: ").map(|(_, alter)| alter).expect("the ALTER");
    run(&database, alter.trim_end_matches(';'));
    run(&database, "UPDATE llmusage_accounting_failed SET handled_by = '张三' WHERE id = 'by-place'");
    let words = status(&database);
    assert!(!words.contains("quiet hour") && !words.contains("visible"), "{words}");
}

#[test]
fn where_columns_cannot_be_hidden_status_says_which_programs_break() {
    let database = TestDatabase::new();
    let words = status(&database);
    assert_eq!(words.contains("without naming columns"), engine() != Engine::Mysql, "{words}");
}
