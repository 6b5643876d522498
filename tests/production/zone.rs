//! The business zone is the database's: kept by the first server, used by every command, changed by one of them alone.

use std::process::{Command, Output, Stdio};

use llmage_admin::db::zone::{self, Found};

use crate::desk::{Desk, PASSWORD, said};
use crate::support::database::TestDatabase;
use crate::support::rows::{failure, insert};

/// A command in a shell that knows the database and, where it is given, a zone.
fn command(url: &str, zone: Option<&str>, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_llmage-admin"));
    command.env_remove("LLMAGE_TIMEZONE").env("DATABASE_URL", url).env("LLMAGE_LISTEN", "127.0.0.1:0");
    command.args(arguments);
    command.envs(zone.map(|zone| ("LLMAGE_TIMEZONE", zone))).stdin(Stdio::null());
    command.output().expect("the binary runs")
}

fn kept(database: &TestDatabase) -> Found {
    database.run_here(zone::find).expect("it is looked for")
}

fn refused(output: &Output, parts: &[&str]) {
    let words = said(output);
    assert_eq!(output.status.code(), Some(1), "{words}");
    let told: Vec<&str> = words.lines().filter(|line| !line.starts_with('{')).collect();
    assert_eq!(told.len(), 1, "{words}");
    for part in parts {
        assert!(told[0].contains(part), "no {part} in {words}");
    }
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the server that is looked at has the clock of the machine")]
fn the_first_server_keeps_the_zone_and_a_shell_of_another_one_is_refused() {
    let database = TestDatabase::new();
    let url = database.url();
    refused(&command(url, None, &["user", "list"]), &["--timezone", "first serve"]);
    // In Asia/Shanghai.
    let desk = Desk::start(url, &[]);
    assert_eq!(desk.sign_in().status, 303);
    assert_eq!(kept(&database), Found::Kept(chrono_tz::Asia::Shanghai));
    for arguments in [&["user", "list"][..], &["check"], &["archive", "--dry-run"], &["token", "list"]] {
        let done = command(url, None, arguments);
        assert!(done.status.success(), "{arguments:?}: {}", said(&done));
        assert!(String::from_utf8_lossy(&done.stderr).contains("times in Asia/Shanghai"), "{}", said(&done));
        let other = command(url, Some("UTC"), arguments);
        refused(&other, &["UTC", "Asia/Shanghai", "llmage-admin zone UTC"]);
    }
    let server = ["serve", "--listen", "127.0.0.1:0", "--log", "off"];
    refused(&command(url, Some("Asia/Tokyo"), &server), &["Asia/Tokyo", "Asia/Shanghai"]);
    let added = command(url, None, &["token", "add", "zoned", "--role", "viewer"]);
    assert!(added.status.success(), "{}", said(&added));
    let audit = desk.get("/audit?action=create_token").body;
    let today = chrono::Utc::now().with_timezone(&chrono_tz::Asia::Shanghai);
    assert!(
        audit.contains(&today.format("%Y-%m-%d %H:").to_string()),
        "in the zone of the database: {audit}"
    );
    assert!(audit.contains("command line: "), "{audit}");
}

#[test]
fn a_database_of_an_earlier_version_takes_the_zone_only_where_it_is_given() {
    let database = TestDatabase::new();
    insert(&database, &[failure("f1")]);
    let url = database.url();
    let server = ["serve", "--listen", "127.0.0.1:0", "--log", "off"];
    refused(&command(url, None, &server), &["--timezone", "holds rows", "LLMAGE_TIMEZONE"]);
    assert_eq!(kept(&database), Found::Unknown, "nothing was kept");
    drop(Desk::start(url, &[]));
    assert_eq!(kept(&database), Found::Kept(chrono_tz::Asia::Shanghai));
}

#[test]
fn an_empty_database_is_in_utc_unless_another_zone_is_given() {
    let database = TestDatabase::new();
    let mut server = Command::new(env!("CARGO_BIN_EXE_llmage-admin"));
    server.args(["serve", "--listen", "127.0.0.1:0", "--log", "off"]);
    server.env_remove("LLMAGE_TIMEZONE").env("DATABASE_URL", database.url());
    let mut server =
        server.env("LLMAGE_ADMIN_PASSWORD", PASSWORD).stdout(Stdio::piped()).spawn().expect("it starts");
    let output = std::io::BufReader::new(server.stdout.take().expect("its output"));
    let mut lines = std::io::BufRead::lines(output).map_while(Result::ok);
    assert!(lines.any(|line| line.starts_with("listening on ")));
    server.kill().expect("it runs");
    server.wait().expect("it ends");
    assert_eq!(kept(&database), Found::Kept(chrono_tz::Tz::UTC));
}

#[test]
fn the_zone_is_changed_by_its_command_with_an_event_and_what_it_means() {
    let database = TestDatabase::new();
    let url = database.url();
    let server = Desk::start(url, &[]);
    let refused = command(url, Some("Asia/Shanghai"), &["zone", "Asia/Tokyo"]);
    assert!(!refused.status.success() && said(&refused).contains("a server works with this database"));
    drop(server);
    let change = || command(url, Some("Asia/Shanghai"), &["zone", "Asia/Tokyo"]);
    let mut changed = change();
    // One that was killed counts for 10 s on a server.
    for _ in 0..30 {
        if changed.status.success() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(500));
        changed = change();
    }
    let words = said(&changed);
    assert!(changed.status.success(), "{words}");
    for part in ["the zone is Asia/Tokyo now; it was Asia/Shanghai", "09:15 stays 09:15", "again"] {
        assert!(words.contains(part), "no {part} in {words}");
    }
    assert_eq!(kept(&database), Found::Kept(chrono_tz::Asia::Tokyo));
    let told = said(&command(url, None, &["zone"]));
    assert!(told.contains("Asia/Tokyo") && told.contains("database: "), "{told}");
    assert!(said(&command(url, None, &["zone", "Asia/Tokyo"])).contains("already"));
    assert_eq!(command(url, None, &["zone", "Mars/Olympus"]).status.code(), Some(2));
    let events = database.run_here(|connection| {
        llmage_admin::audit::store::timeline(connection, llmage_admin::audit::event::SETTING, "timezone")
    });
    let events = events.expect("the trail");
    assert_eq!(events.len(), 1, "{events:?}");
    assert_eq!(events[0].action, "change_zone");
    assert!(events[0].author.starts_with("command line: "), "{events:?}");
    assert_eq!(events[0].before_state.as_deref(), Some("{\"timezone\":\"Asia/Shanghai\"}"));
    assert_eq!(events[0].after_state.as_deref(), Some("{\"timezone\":\"Asia/Tokyo\"}"));
    assert!(command(url, None, &["check"]).status.success());
}

#[test]
fn a_file_of_settings_is_that_of_the_service() {
    let database = TestDatabase::new();
    drop(Desk::start(database.url(), &[]));
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("llmage-admin.env");
    let text = format!("# settings\nDATABASE_URL=\"{}\"\nLLMAGE_TIMEZONE='Asia/Shanghai'\n", database.url());
    std::fs::write(&file, text).expect("a file");
    let run = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_llmage-admin"));
        command.current_dir(folder.path()).env_clear().arg("--env-file").arg(&file).args(arguments);
        command.stdin(Stdio::null()).output().expect("the binary runs")
    };
    let listed = run(&["user", "list"]);
    assert!(listed.status.success(), "{}", said(&listed));
    assert_eq!(String::from_utf8_lossy(&listed.stdout).trim(), "admin admin");
    refused(&run(&["user", "list", "--timezone", "UTC"]), &["UTC", "Asia/Shanghai"]);
    std::fs::write(&file, "LLMAGE_LISTEN=nowhere\n").expect("a file");
    refused(&run(&["user", "list"]), &["--listen", "nowhere"]);
}
