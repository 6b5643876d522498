//! The command line as people and scripts call it: output, exit codes, one line for what is wrong.

use std::io::Write;
use std::process::{Command, Output, Stdio};

use crate::support::database::TestDatabase;

/// Runs the binary on a database, with a standard input.
fn run(database: &TestDatabase, arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_llmage-admin"))
        .args(arguments)
        .env("DATABASE_URL", database.url())
        // As nobody has served them yet, these databases keep no zone.
        .env("LLMAGE_TIMEZONE", "UTC")
        // Not the port of everybody: others may have it at this moment.
        .env("LLMAGE_LISTEN", "127.0.0.1:0")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    // A command that reads nothing may be gone already.
    let _ = child.stdin.take().expect("its input").write_all(input.as_bytes());
    child.wait_with_output().expect("it ends")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).trim().to_owned()
}

#[test]
fn users_are_added_changed_and_listed() {
    let database = TestDatabase::new();
    let added = run(&database, &["user", "add", "li.wei", "--role", "admin"], "nine blue otters swim\n");
    assert!(added.status.success(), "{}", text(&added.stderr));
    assert!(!text(&added.stdout).contains("otters"));
    assert!(
        run(&database, &["user", "add", "sofia", "--role", "viewer"], "ten green otters dive")
            .status
            .success()
    );
    assert!(run(&database, &["user", "role", "sofia", "operator"], "").status.success());
    assert!(run(&database, &["user", "password", "sofia"], "a new one, longer\r\n").status.success());
    assert!(run(&database, &["user", "disable", "sofia"], "").status.success());
    assert_eq!(text(&run(&database, &["user", "list"], "").stdout), "li.wei admin\nsofia operator disabled");
}

#[test]
fn a_refused_command_says_why_in_one_line_and_changes_nothing() {
    let database = TestDatabase::new();
    assert!(
        run(&database, &["user", "add", "li.wei", "--role", "admin"], "nine blue otters swim\n")
            .status
            .success()
    );
    let missing = ["import", "failures", "/nonexistent/file.csv"];
    for (arguments, input, part) in [
        (&["user", "add", "li.wei", "--role", "viewer"][..], "nine blue otters swim\n", "Another user"),
        (&["user", "add", "bad name", "--role", "viewer"], "nine blue otters swim\n", "name"),
        (&["user", "add", "bob", "--role", "viewer"], "short\n", "12"),
        (&["user", "add", "bob", "--role", "viewer"], "", "12"),
        (&["user", "password", "nobody"], "nine blue otters swim\n", "no such"),
        (&["user", "disable", "li.wei"], "", "last"),
        (&["user", "role", "li.wei", "viewer"], "", "last"),
        (&["export", "failures", "--filter", "handled=9"], "", "handled"),
        (&["export", "failures", "--filter", "nonsense=1"], "", "nonsense"),
        (&missing, "", "file"),
        (&["serve", "--timezone", "Mars/Olympus"], "", "--timezone"),
        (&["serve", "--listen", "nowhere"], "", "--listen"),
        (&["serve", "--public-url", "ftp://x"], "", "--public-url"),
        (&["serve", "--secret-key", "short"], "", "--secret-key"),
        (&["serve", "--audit-key", "short"], "", "--audit-key"),
        (&["serve", "--assets", "/nonexistent"], "", "--assets"),
        (&["serve", "--database-url", "oracle://x"], "", "--database-url"),
    ] {
        let refused = run(&database, arguments, input);
        let said = text(&refused.stderr);
        assert_eq!(refused.status.code(), Some(1), "{arguments:?}: {said}");
        assert!(said.contains(part), "{arguments:?}: {said}");
        assert_eq!(said.lines().count(), 1, "{arguments:?}: {said}");
    }
    assert_eq!(text(&run(&database, &["user", "list"], "").stdout), "li.wei admin");
}

#[test]
fn wrong_usage_ends_with_two() {
    let database = TestDatabase::new();
    for arguments in
        [&["bogus"][..], &["user", "add"], &["user", "role", "a", "king"], &["export", "--nothing"]]
    {
        assert_eq!(run(&database, arguments, "").status.code(), Some(2), "{arguments:?}");
    }
    assert_eq!(run(&database, &["--help"], "").status.code(), Some(0));
}

#[test]
fn migrations_are_listed_applied_and_printed() {
    let database = TestDatabase::without_tables();
    let status = text(&run(&database, &["migrate", "--status"], "").stdout);
    assert!(
        status.lines().filter(|line| line.starts_with("pending ")).count() >= 8
            && !status.contains("applied "),
        "{status}"
    );
    let script = text(&run(&database, &["migrate", "--print-sql"], "").stdout);
    for name in status.lines().filter_map(|line| line.strip_prefix("pending ")) {
        assert!(script.contains(name), "{name} in the script");
    }
    assert!(
        text(&run(&database, &["migrate", "--status"], "").stdout).starts_with("pending"),
        "printing ran nothing"
    );
    let migrated = run(&database, &["migrate"], "");
    assert!(migrated.status.success());
    let (applied, told) = (text(&migrated.stdout), text(&migrated.stderr));
    assert!(applied.starts_with("applied 2026-"));
    let (told, used) = told.rsplit_once('\n').expect("the database last");
    assert_eq!(told, applied.replace("applied", "applying"), "each is told before it runs");
    assert!(used.starts_with("database: "), "{used}");
    let status = text(&run(&database, &["migrate", "--status"], "").stdout);
    assert!(status.contains("applied ") && !status.contains("pending "), "{status}");
    assert!(text(&run(&database, &["migrate"], "").stdout).contains("nothing to apply"));
}

#[test]
fn the_permissions_are_printed_one_route_a_line() {
    let database = TestDatabase::without_tables();
    let printed = text(&run(&database, &["permissions"], "").stdout);
    assert!(printed.lines().any(|line| line == "GET /failed-accounting/{id} viewer"), "{printed}");
    assert!(printed.lines().any(|line| line == "POST /failed-accounting/{id}/delete admin"), "{printed}");
    assert!(printed.lines().all(|line| line.split(' ').count() == 3), "{printed}");
}

#[test]
fn an_export_is_imported_into_an_empty_database_with_the_same_rows() {
    let full = TestDatabase::new();
    let now = "2026-05-22T12:00:00".parse().expect("a time");
    llmage_admin::demo::store::fill(&full, now, 1).expect("sample data");
    let exported = run(&full, &["export", "failures"], "");
    assert!(exported.status.success(), "{}", text(&exported.stderr));
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("failures.csv");
    std::fs::write(&file, &exported.stdout).expect("a file");
    let empty = TestDatabase::new();
    let path = file.to_string_lossy().into_owned();
    let imported = run(&empty, &["import", "failures", &path], "");
    assert!(
        text(&imported.stdout).contains("1200 rows"),
        "{}{}",
        text(&imported.stdout),
        text(&imported.stderr)
    );
    let again = run(&empty, &["export", "failures"], "");
    let rows = |csv: &[u8]| -> Vec<Vec<String>> {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(csv);
        let known = |record: csv::StringRecord| {
            // The names are not in the other database.
            record
                .iter()
                .enumerate()
                .filter(|(column, _)| !(15..18).contains(column))
                .map(|(_, cell)| cell.to_owned())
                .collect()
        };
        reader.records().map(|record| known(record.expect("a row"))).collect()
    };
    assert_eq!(rows(&again.stdout), rows(&exported.stdout));
}

#[test]
fn a_token_is_shown_once_listed_without_its_secret_and_revoked() {
    let database = TestDatabase::new();
    let added = run(&database, &["token", "add", "platform", "--role", "reporter"], "");
    assert!(added.status.success(), "{}", text(&added.stderr));
    let said = text(&added.stdout);
    let token = said.lines().last().expect("a line").to_owned();
    assert!(token.len() >= 32 && !token.contains(' '), "{said}");
    let listed = text(&run(&database, &["token", "list"], "").stdout);
    assert!(
        listed.contains("platform") && listed.contains("reporter") && !listed.contains(&token),
        "{listed}"
    );
    assert_eq!(run(&database, &["token", "add", "platform", "--role", "viewer"], "").status.code(), Some(1));
    assert!(run(&database, &["token", "revoke", "platform"], "").status.success());
    assert!(!text(&run(&database, &["token", "list"], "").stdout).contains("platform"));
    assert_eq!(run(&database, &["token", "revoke", "platform"], "").status.code(), Some(1));
}

#[test]
fn a_check_finds_an_event_that_the_app_did_not_write() {
    let database = TestDatabase::new();
    assert!(
        run(&database, &["user", "add", "sofia", "--role", "admin"], "ten green otters dive\n")
            .status
            .success()
    );
    assert!(run(&database, &["user", "disable", "nobody"], "").status.code() == Some(1));
    let clean = run(&database, &["check"], "");
    assert_eq!(clean.status.code(), Some(0), "{}", text(&clean.stdout));
    let forge = |statement: &str| {
        database.transaction_here(|connection| {
            diesel::connection::SimpleConnection::batch_execute(connection, statement)?;
            Ok(())
        })
    };
    let event = "INSERT INTO audit_event (id, happened_at, author, source, action, record_kind, record_id) \
                 VALUES (999, '2026-05-22 01:00:00', 'nobody', 'page', 'delete', 'failed_accounting', 'f1')";
    assert!(forge(event).is_err(), "the database takes no such event");
    let on = if database.engine() == llmage_admin::db::Engine::Postgres { " ON audit_event" } else { "" };
    forge(&format!("DROP TRIGGER audit_event_follows{on}")).expect("the trigger is taken away");
    forge(event).expect("a forged event");
    let found = run(&database, &["check"], "");
    assert_eq!(found.status.code(), Some(1), "{}", text(&found.stdout));
    // Nothing is done before the triggers are there again.
    assert!(text(&found.stderr).contains("audit_event_follows"), "{}", text(&found.stderr));
}

/// Runs a command with a key of the audit trail, or none.
fn keyed(database: &TestDatabase, key: &str, arguments: &[&str], input: &str) -> std::process::Output {
    let flag = ["--audit-key", key];
    let flag = if key.is_empty() { &[][..] } else { &flag[..] };
    run(database, &[arguments, flag].concat(), input)
}

#[test]
fn a_trail_that_was_written_with_a_key_wants_it_from_every_command() {
    const KEY: &str = "a key of the trail that no database holds";
    let database = TestDatabase::new();
    let password = "nine blue otters swim\n";
    let done = keyed(&database, "", &["user", "add", "li.wei", "--role", "admin"], password);
    assert!(done.status.success(), "{}", text(&done.stderr));
    let head = keyed(&database, "", &["audit", "head"], "");
    assert!(text(&head.stderr).contains("LLMAGE_AUDIT_KEY"), "it is said that there is no key");
    let early = text(&head.stdout).trim().to_owned();
    // The end has no key until something is written with it.
    assert!(text(&keyed(&database, KEY, &["check"], "").stdout).contains("(the end has no key)"));
    // Nobody binds it but whoever says so.
    let add = ["user", "add", "sofia", "--role", "viewer"];
    let refused = keyed(&database, KEY, &add, password);
    assert!(text(&refused.stderr).contains("llmage-admin audit bind"), "{}", text(&refused.stderr));
    assert_eq!(keyed(&database, "", &["audit", "bind"], "").status.code(), Some(1), "no key");
    let bound = keyed(&database, KEY, &["audit", "bind"], "");
    assert!(text(&bound.stdout).contains("is bound"), "{}{}", text(&bound.stdout), text(&bound.stderr));
    let done = keyed(&database, KEY, &add, password);
    assert!(done.status.success(), "{}", text(&done.stderr));
    let head = keyed(&database, KEY, &["audit", "head"], "");
    assert!(!text(&head.stderr).contains("LLMAGE_AUDIT_KEY"), "{}", text(&head.stderr));
    for since in [&early, text(&head.stdout).trim()] {
        let checked = keyed(&database, KEY, &["check", "--since", since], "");
        assert_eq!(checked.status.code(), Some(0), "{since}: {}", text(&checked.stdout));
    }
    let other = format!("{}{}", &early[..early.len() - 1], if early.ends_with('0') { '1' } else { '0' });
    let checked = keyed(&database, KEY, &["check", "--since", &other], "");
    assert!(text(&checked.stdout).contains("1 (not as it was kept)"), "{}", text(&checked.stdout));
    assert_eq!(keyed(&database, KEY, &["check", "--since", "1"], "").status.code(), Some(2));
    assert_eq!(keyed(&database, KEY, &["check", "--since", "1:"], "").status.code(), Some(2));
    for arguments in [&["check"][..], &["user", "list"], &["serve", "--listen", "127.0.0.1:0"]] {
        let refused = keyed(&database, "", arguments, "");
        assert_eq!(refused.status.code(), Some(1), "{arguments:?}");
        assert!(text(&refused.stderr).contains("LLMAGE_AUDIT_KEY"), "{}", text(&refused.stderr));
    }
    let wrong = keyed(&database, "another key, as long as a key has to be", &["check"], "");
    assert!(text(&wrong.stderr).contains("another key"), "{}", text(&wrong.stderr));
    // Somebody who can write every table, and computes hashes without the key.
    let forge = |statement: &str| {
        let run = |connection: &mut _| {
            diesel::connection::SimpleConnection::batch_execute(connection, statement)?;
            Ok(())
        };
        database.transaction_here(run).expect("all rights")
    };
    let on = if database.engine() == llmage_admin::db::Engine::Postgres { " ON audit_event" } else { "" };
    forge(&format!("DROP TRIGGER audit_event_remains{on}"));
    if on.is_empty() {
        forge("DELETE FROM audit_event WHERE id = 2");
    } else {
        forge(&format!("DROP TRIGGER audit_event_stays{on}"));
        forge("DELETE FROM audit_event WHERE id = 2");
    }
    let (_, hash) = early.split_once(':').expect("an id and a hash");
    forge(&format!("UPDATE audit_chain SET last_id = 1, last_hash = '{hash}'"));
    let checked = keyed(&database, KEY, &["check", "--since", text(&head.stdout).trim()], "");
    // Nothing is done before the triggers are there again.
    assert!(text(&checked.stderr).contains("audit_event_remains"), "{}", text(&checked.stderr));
}

#[test]
fn a_disabled_user_comes_back_by_enable() {
    let database = TestDatabase::new();
    assert!(
        run(&database, &["user", "add", "li.wei", "--role", "admin"], "nine blue otters swim\n")
            .status
            .success()
    );
    assert!(
        run(&database, &["user", "add", "sofia", "--role", "viewer"], "ten green otters dive\n")
            .status
            .success()
    );
    assert!(run(&database, &["user", "disable", "sofia"], "").status.success());
    assert!(run(&database, &["user", "enable", "sofia"], "").status.success());
    assert!(run(&database, &["user", "sign-out", "sofia"], "").status.success());
    assert!(!text(&run(&database, &["user", "list"], "").stdout).contains("disabled"));
}

#[test]
fn a_variable_that_is_set_to_nothing_is_none() {
    let database = TestDatabase::new();
    let names =
        ["LLMAGE_PUBLIC_URL", "LLMAGE_TIMEZONE", "LLMAGE_METRICS_TOKEN", "LLMAGE_USERS_SQL", "LLMAGE_LISTEN"];
    assert!(run(&database, &["zone", "Asia/Shanghai"], "").status.success());
    let done = Command::new(env!("CARGO_BIN_EXE_llmage-admin"))
        .args(["user", "list"])
        .envs(names.map(|name| (name, "")))
        .env("DATABASE_URL", database.url())
        .output()
        .expect("the binary runs");
    assert!(done.status.success(), "{}", text(&done.stderr));
}

#[test]
fn an_alias_of_the_kept_zone_is_taken_and_a_neighbour_refused() {
    use chrono_tz::Tz;
    use llmage_admin::db::zone::Found;

    let given = |kept, given| Found::Kept(kept).for_command(Some(given));
    for (kept, alias) in [
        (Tz::Asia__Shanghai, Tz::PRC),
        (Tz::PRC, Tz::Asia__Chongqing),
        (Tz::UTC, Tz::Etc__Zulu),
        (Tz::Asia__Kolkata, Tz::Asia__Calcutta),
        (Tz::America__New_York, Tz::US__Eastern),
    ] {
        assert_eq!(given(kept, alias).expect("it means the same"), kept, "{alias}");
    }
    for (kept, other) in [
        (Tz::Asia__Shanghai, Tz::Asia__Taipei),
        (Tz::Asia__Shanghai, Tz::Asia__Singapore),
        (Tz::Europe__Berlin, Tz::Europe__Kiev),
        (Tz::UTC, Tz::Europe__London),
    ] {
        assert!(given(kept, other).is_err(), "{kept} is not {other}");
    }
}
