//! The printed script, run as a DBA runs it: by the database's own client.

use std::process::{Command, Output};

use llmage_admin::db::Engine;

use crate::adoption::{cells, open_every_page, platform};
use crate::desk::{command, said};
use crate::support::database::{TestDatabase, engine};
use crate::support::rows::run;

/// A client of the server at that URL, of this database.
pub fn client(url: &str, program: &str) -> Command {
    let address = url.split("//").nth(1).expect("an address");
    let (server, name) = address.rsplit_once('/').expect("a database");
    let (user, place) = server.rsplit_once('@').expect("a user");
    let (host, port) = place.rsplit_once(':').unwrap_or((place, "3306"));
    let mut command = Command::new(program);
    command.args(["-h", host, "-P", port, "-u", user, name]);
    command
}

fn run_by_client(database: &TestDatabase, script: &str) -> Option<Output> {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("schema.sql");
    std::fs::write(&file, script).expect("the script");
    let ran = match engine() {
        // Its client is no part of the app: the script is run by the library.
        Engine::Sqlite => return None,
        Engine::Mysql => {
            let script = std::fs::File::open(&file).expect("the script");
            client(database.url(), "mariadb").stdin(script).output()
        }
        Engine::Postgres => {
            Command::new("psql").args(["-v", "ON_ERROR_STOP=1", "-f"]).arg(&file).arg(database.url()).output()
        }
    };
    Some(ran.expect("the client is installed"))
}

#[test]
fn the_printed_script_run_by_the_client_is_what_migrate_does() {
    let database = platform();
    let before = cells(&database);
    let printed = command(database.url(), &["migrate", "--print-sql"]);
    let script = said(&printed);
    assert!(printed.status.success(), "{script}");
    for part in ["-- Before", "-- After", "-- The way back", "SUM(amount)", "there already"] {
        assert!(script.contains(part), "no {part} in\n{script}");
    }
    assert!(!script.contains("DROP TABLE llmusage;"), "the way back drops a table of the platform");
    match run_by_client(&database, &script) {
        Some(ran) => assert!(ran.status.success(), "{}", said(&ran)),
        None => run(&database, &script),
    }
    assert_eq!(cells(&database), before);
    let status = command(database.url(), &["migrate", "--status"]);
    assert!(status.status.success(), "{}", said(&status));
    let status = said(&status);
    assert!(!status.contains("pending ") && !status.contains("adds: "), "{status}");
    let migrated = said(&command(database.url(), &["migrate"]));
    assert!(migrated.contains("nothing to apply"), "{migrated}");
    open_every_page(&database);
}

#[test]
fn the_way_back_of_the_script_leaves_the_platform_as_it_was() {
    let database = platform();
    let before = cells(&database);
    let script = said(&command(database.url(), &["migrate", "--print-sql"]));
    let (forth, back) = script.split_once("-- The way back").expect("a way back");
    let back: Vec<&str> = back
        .lines()
        .skip(2)
        .filter_map(|line| line.strip_prefix("-- "))
        .filter(|line| !line.starts_with("back from"))
        .collect();
    for part in [forth, &back.join("\n")] {
        match run_by_client(&database, part) {
            Some(ran) => assert!(ran.status.success(), "{}", said(&ran)),
            None => run(&database, part),
        }
    }
    assert_eq!(cells(&database), before);
    let status = said(&command(database.url(), &["migrate", "--status"]));
    assert!(!status.contains("applied "), "{status}");
    assert!(status.contains("adds: column resolution of llmusage_accounting_failed"), "{status}");
    // And forth again.
    let migrated = command(database.url(), &["migrate"]);
    assert!(migrated.status.success(), "{}", said(&migrated));
    assert_eq!(cells(&database), before);
}
