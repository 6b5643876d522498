//! What is wrong at the start is told in one line that names the setting and the remedy, with exit code 1.

use std::net::TcpListener;

use llmage_admin::db::Engine;

use crate::desk::{command, said};
use crate::support::database::{TestDatabase, engine};

fn refused(url: &str, arguments: &[&str], parts: &[&str]) {
    let output = command(url, arguments);
    let words = said(&output);
    assert_eq!(output.status.code(), Some(1), "{url} {arguments:?}: {words}");
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    // The log is lines of JSON; the one line for people is not.
    let told: Vec<&str> = errors.lines().filter(|line| !line.starts_with('{')).collect();
    assert_eq!(told.len(), 1, "{url} {arguments:?}: {words}");
    for part in parts {
        assert!(told[0].contains(part), "no \"{part}\" in {}", told[0]);
    }
    assert!(!words.contains("panicked") && !words.contains("backtrace"), "{words}");
}

#[test]
fn a_database_that_cannot_be_opened_names_the_setting_and_the_remedy() {
    let setting = "--database-url";
    refused("oracle://x", &["serve"], &[setting, "sqlite:", "mysql:", "postgres:"]);
    refused("nonsense", &["serve"], &[setting, "scheme"]);
    refused(
        "sqlite:/nonexistent/folder/desk.db",
        &["serve"],
        &[setting, "folder must exist and be writable"],
    );
    // A folder in which nobody may make a file, not even root.
    refused("sqlite:/proc/desk.db", &["serve"], &[setting, "folder must exist and be writable"]);
    refused("sqlite::memory:", &["serve"], &[setting, "must be a file"]);
    for (scheme, port) in [("mysql", 1), ("postgres", 1)] {
        let is_built_in = Engine::of_url(&format!("{scheme}://x")).is_some_and(Engine::is_built_in);
        let remedy = if is_built_in { "check host and port" } else { "build it with --features" };
        refused(&format!("{scheme}://root@127.0.0.1:{port}/desk"), &["serve"], &[setting, remedy]);
        refused(&format!("{scheme}://root@127.0.0.1:{port}/desk"), &["user", "list"], &[setting, remedy]);
    }
}

#[test]
fn a_wrong_password_or_database_is_told_as_such() {
    let database = TestDatabase::without_tables();
    let url = database.url();
    match engine() {
        Engine::Sqlite => {}
        Engine::Mysql => {
            let wrong = url.replacen("//root@", "//root:wrong@", 1);
            refused(&wrong, &["serve"], &["--database-url", "check user and password"]);
            let unescaped = url.replacen("//root@", "//root:a#b@", 1);
            refused(&unescaped, &["serve"], &["--database-url", "password in the URL, percent-encoded"]);
            let nowhere = format!("{}_nowhere", url);
            refused(&nowhere, &["serve"], &["--database-url", "CREATE DATABASE"]);
        }
        // The server of the tests trusts every password.
        Engine::Postgres => {
            let nobody = url.replacen("//postgres@", "//nobody_of_that_name@", 1);
            refused(&nobody, &["serve"], &["--database-url", "check user and password"]);
            refused(&format!("{url}_nowhere"), &["serve"], &["--database-url", "CREATE DATABASE"]);
        }
    }
    if engine() != Engine::Sqlite {
        let (server, _) = url.rsplit_once('/').expect("a database in the URL");
        for nameless in [server.to_owned(), format!("{server}/"), format!("{server}?x=y")] {
            refused(&nameless, &["migrate"], &["--database-url", "names no database", "/DATABASE"]);
        }
    }
}

#[test]
fn a_port_in_use_and_other_wrong_settings_are_told() {
    let database = TestDatabase::new();
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("its address").to_string();
    refused(
        database.url(),
        &["serve", "--listen", &address, "--log", "off"],
        &["--listen", &address, "in use", "free port"],
    );
    refused(database.url(), &["serve", "--timezone", "Mars/Olympus"], &["--timezone", "IANA"]);
    refused(database.url(), &["serve", "--assets", "/nonexistent"], &["--assets", "templates/"]);
    refused(database.url(), &["serve", "--log", "a=b=c"], &["--log"]);
    refused(
        database.url(),
        &["serve", "--retry-watch-seconds", "x"],
        &["--retry-watch-seconds", "a whole number"],
    );
    for query in ["SELECT nonsense", "DELETE FROM llmusage"] {
        let arguments = ["serve", "--users-sql", query, "--log", "off"];
        refused(database.url(), &arguments, &["LLMAGE_USERS_SQL", "a SELECT of id and name"]);
    }
}

#[cfg(feature = "sqlite")]
#[test]
fn templates_and_static_files_are_found_beside_the_binary_wherever_it_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let (bin, share) = (folder.path().join("bin"), folder.path().join("share/llmage-admin"));
    std::fs::create_dir_all(&bin).expect("bin");
    std::fs::create_dir_all(&share).expect("share");
    let binary = bin.join("llmage-admin");
    std::fs::copy(env!("CARGO_BIN_EXE_llmage-admin"), &binary).expect("the binary");
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let copied = std::process::Command::new("cp")
        .arg("-r")
        .args([root.join("templates"), root.join("static")])
        .arg(&share)
        .status();
    assert!(copied.is_ok_and(|status| status.success()));
    let url = format!("sqlite:{}", folder.path().join("desk.db").display());
    let desk = crate::desk::Desk::start_binary(&binary, &url, &[]);
    let css = desk.get("/login").body;
    assert!(css.contains("/static/app.css"), "{css}");
    std::fs::write(share.join("static/marker.txt"), "installed").expect("a file");
    assert_eq!(desk.get("/static/marker.txt").body, "installed", "served from beside the binary");
}
