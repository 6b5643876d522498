//! The way from one version to the next and back: the copy of an SQLite file, and the least version a database wants.

use std::path::PathBuf;

use llmage_admin::db::Engine;

use crate::desk::{Desk, command, said};
use crate::support::database::{TestDatabase, engine};
use crate::support::rows::run;

/// A file of the platform with a row in it, and its folder.
#[cfg(feature = "sqlite")]
fn platform_file() -> (TestDatabase, PathBuf) {
    let database = TestDatabase::without_tables();
    run(&database, "CREATE TABLE llmage_note (words TEXT)");
    run(&database, "INSERT INTO llmage_note VALUES ('as it was')");
    let file = PathBuf::from(database.url().trim_start_matches("sqlite:"));
    (database, file)
}

/// The files beside a database whose names go on after it and say `before`.
fn copies(file: &std::path::Path) -> Vec<PathBuf> {
    let name = file.file_name().expect("a name").to_string_lossy().into_owned();
    let entries = std::fs::read_dir(file.parent().expect("a folder")).expect("it can be listed");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let is_copy = |path: &PathBuf| {
        let other = path.file_name().expect("a name").to_string_lossy().into_owned();
        other.starts_with(&format!("{name}.before-")) && other.ends_with('Z')
    };
    paths.filter(is_copy).collect()
}

#[cfg(feature = "sqlite")]
#[test]
fn an_sqlite_file_is_copied_before_it_is_migrated_and_only_then() {
    if engine() != Engine::Sqlite {
        return;
    }
    let (database, file) = platform_file();
    let output = command(database.url(), &["migrate"]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let [copy] = &copies(&file)[..] else { panic!("{:?}", copies(&file)) };
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(told.starts_with("copied the database as it was to "), "{told}");
    assert!(told.contains(&copy.display().to_string()), "{told}");
    let url = format!("sqlite:{}", copy.display());
    let listed = said(&command(&url, &["migrate", "--status"]));
    assert!(!listed.contains("\napplied "), "the copy is as it was before: {listed}");
    let kept = llmage_admin::db::Database::open(&url, chrono_tz::Tz::UTC).expect("the copy opens");
    run(&kept, "UPDATE llmage_note SET words = 'found' WHERE words = 'as it was'");
    use std::os::unix::fs::PermissionsExt;
    let mode = |path: &std::path::Path| std::fs::metadata(path).expect("a file").permissions().mode();
    assert_eq!(mode(copy), mode(&file), "nobody reads the copy who may not read the file");
    // Nothing is pending any more.
    assert_eq!(command(database.url(), &["migrate"]).status.code(), Some(0));
    Desk::start(database.url(), &[]).kill();
    assert_eq!(copies(&file).len(), 1);
}

#[cfg(feature = "sqlite")]
#[test]
fn serving_copies_it_too_a_new_file_and_one_with_no_copy_wanted_are_not_copied() {
    if engine() != Engine::Sqlite {
        return;
    }
    let (database, file) = platform_file();
    Desk::start(database.url(), &[]).kill();
    assert_eq!(copies(&file).len(), 1);
    let (database, file) = platform_file();
    Desk::start(database.url(), &["--no-copy"]).kill();
    assert!(copies(&file).is_empty());
    let (database, file) = platform_file();
    assert_eq!(command(database.url(), &["migrate", "--no-copy"]).status.code(), Some(0));
    assert!(copies(&file).is_empty());
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("new.db");
    let output = command(&format!("sqlite:{}", file.display()), &["migrate"]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert!(copies(&file).is_empty());
}

#[cfg(feature = "sqlite")]
#[test]
fn a_copy_that_cannot_be_made_stops_the_upgrade_before_it_begins() {
    if engine() != Engine::Sqlite {
        return;
    }
    let (database, file) = platform_file();
    let wide = "x".repeat(1_000);
    for _ in 0..600 {
        run(&database, &format!("INSERT INTO llmage_note VALUES ('{wide}')"));
    }
    let limited = std::process::Command::new("sh")
        .args(["-c", "trap '' XFSZ; ulimit -f 300; exec \"$0\" \"$@\""])
        .args([env!("CARGO_BIN_EXE_llmage-admin"), "migrate"])
        .env("DATABASE_URL", database.url())
        .output()
        .expect("it runs");
    let told = said(&limited);
    assert_eq!(limited.status.code(), Some(1), "{told}");
    assert!(told.contains("nothing was migrated") && told.contains("--no-copy"), "{told}");
    assert!(copies(&file).is_empty(), "half a copy is left");
    let listed = said(&command(database.url(), &["migrate", "--status"]));
    assert!(!listed.contains("applied 2"), "{listed}");
}

#[test]
fn a_database_that_wants_a_later_version_is_refused_by_every_command() {
    let database = TestDatabase::new();
    run(&database, "UPDATE app_setting SET value = '99.1.0' WHERE name = 'least_version'");
    for arguments in [&["serve", "--listen", "127.0.0.1:0"][..], &["migrate"], &["user", "list"], &["check"]]
    {
        let output = command(database.url(), arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        let told = said(&output);
        assert!(told.contains("wants llmage-admin 99.1.0 or later"), "{arguments:?}: {told}");
    }
}

#[test]
fn a_server_is_not_ready_once_its_database_wants_a_later_version() {
    let database = TestDatabase::new();
    let desk = Desk::start(database.url(), &[]);
    assert_eq!(desk.get("/readyz").status, 200);
    run(&database, "UPDATE app_setting SET value = '99.1.0' WHERE name = 'least_version'");
    std::thread::sleep(std::time::Duration::from_millis(1_100));
    let answer = desk.get("/readyz");
    assert_eq!(answer.status, 503);
    assert!(answer.body.contains("99.1.0"), "{}", answer.body);
}

#[test]
fn the_version_that_the_migrations_name_is_not_later_than_this_one() {
    let database = TestDatabase::new();
    llmage_admin::db::versions::check(&database).expect("this version may work on its own schema");
    run(&database, "UPDATE app_setting SET value = '0.1.9' WHERE name = 'least_version'");
    llmage_admin::db::versions::check(&database).expect("nor is an earlier one");
}
