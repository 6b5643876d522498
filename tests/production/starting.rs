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

/// A copy of the binary alone in a folder of its own.
#[cfg(feature = "sqlite")]
fn copied_binary() -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let binary = folder.path().join("llmage-admin");
    std::fs::copy(env!("CARGO_BIN_EXE_llmage-admin"), &binary).expect("the binary");
    (folder, binary)
}

/// What a binary says and does in a folder, with no environment but what is given.
#[cfg(feature = "sqlite")]
fn alone(
    binary: &std::path::Path,
    folder: &std::path::Path,
    arguments: &[&str],
    settings: &[(&str, &str)],
) -> std::process::Output {
    let mut command = std::process::Command::new(binary);
    command.current_dir(folder).env_clear().args(arguments).envs(settings.iter().copied());
    command.stdin(std::process::Stdio::null()).output().expect("the binary runs")
}

#[cfg(feature = "sqlite")]
fn files_in(folder: &std::path::Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("a folder").flatten();
    let mut names: Vec<String> =
        entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[cfg(feature = "sqlite")]
#[test]
fn a_copied_binary_brings_its_templates_style_script_and_texts_along() {
    let (folder, binary) = copied_binary();
    let url = format!("sqlite:{}", folder.path().join("desk.db").display());
    let desk = crate::desk::Desk::start_binary(&binary, &url, &[]);
    assert_eq!(desk.sign_in().status, 303);
    assert!(desk.get("/failed-accounting").body.contains("/static/app.css"));
    for (path, kind, part) in [
        ("/static/app.css", "text/css; charset=utf-8", "{"),
        ("/static/app.js", "text/javascript; charset=utf-8", "document"),
        ("/static/icons.svg", "image/svg+xml", "<svg"),
        ("/static/favicon.svg", "image/svg+xml", "<svg"),
    ] {
        let file = desk.get(path);
        assert_eq!((file.status, file.header("content-type")), (200, Some(kind)), "{path}");
        assert!(file.body.contains(part) && file.header("etag").is_some(), "{path}: {:?}", file.headers);
    }
    assert_eq!(desk.get("/static/none.css").status, 404);
    assert_eq!(desk.post("/static/app.css", &[]).status, 405);
}

#[cfg(feature = "sqlite")]
#[test]
fn a_folder_of_assets_is_served_in_place_of_those_inside() {
    let (folder, binary) = copied_binary();
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let assets = folder.path().join("assets");
    std::fs::create_dir(&assets).expect("a folder");
    let copied = std::process::Command::new("cp")
        .arg("-r")
        .args([root.join("templates"), root.join("static")])
        .arg(&assets)
        .status();
    assert!(copied.is_ok_and(|status| status.success()));
    let url = format!("sqlite:{}", folder.path().join("desk.db").display());
    let desk = crate::desk::Desk::start_binary(&binary, &url, &["--assets", &assets.display().to_string()]);
    std::fs::write(assets.join("static/marker.txt"), "changed").expect("a file");
    assert_eq!(desk.get("/static/marker.txt").body, "changed");
}

#[cfg(feature = "sqlite")]
#[test]
fn whatever_is_wrong_is_told_before_anything_is_written() {
    let (folder, binary) = copied_binary();
    let broken = folder.path().join("broken");
    std::fs::create_dir_all(broken.join("templates")).expect("a folder");
    std::fs::create_dir_all(broken.join("static")).expect("a folder");
    std::fs::write(broken.join("templates/x.html"), "{{ unclosed").expect("a file");
    let broken = broken.display().to_string();
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("its address").to_string();
    let empty = folder.path().join("empty");
    std::fs::create_dir(&empty).expect("a folder");
    for (arguments, settings, part) in [
        (&["serve", "--listen", &address][..], &[][..], "--listen"),
        (&["serve", "--demo", "--listen", &address], &[], "--listen"),
        (&["serve", "--assets", "/nonexistent"], &[], "--assets"),
        (&["serve", "--assets", &broken], &[], "--assets"),
        (&["serve"], &[("LLMAGE_USERS_SQL", "SELECT nonsense")], "LLMAGE_USERS_SQL"),
        (&["serve"], &[("LLMAGE_ADMIN_PASSWORD", "short")], "LLMAGE_ADMIN_PASSWORD"),
        (&["serve"], &[("LLMAGE_WEBHOOK_URL", "ftp://x")], "--webhook"),
        (&["serve", "--timezone", "Mars/Olympus"], &[], "--timezone"),
        (&["serve", "--database-url", "sqlite:"], &[], "must be a file"),
        (&["serve", "--database-url", "sqlite:/nonexistent/x.db"], &[], "--database-url"),
        (&["check"], &[("LLMAGE_TIMEZONE", "UTC")], "llmage-admin.db"),
        (&["archive", "--dry-run"], &[("LLMAGE_TIMEZONE", "UTC")], "llmage-admin.db"),
        (&["export", "failures"], &[("LLMAGE_TIMEZONE", "UTC")], "llmage-admin.db"),
        (&["import", "usages", "/nonexistent"], &[("LLMAGE_TIMEZONE", "UTC")], "llmage-admin.db"),
        (&["user", "list"], &[("LLMAGE_TIMEZONE", "UTC")], "llmage-admin.db"),
        (&["token", "add", "x", "--role", "viewer"], &[("LLMAGE_TIMEZONE", "UTC")], "llmage-admin.db"),
        (&["simulate"], &[("LLMAGE_TIMEZONE", "UTC")], "llmage-admin.db"),
        (&["zone", "Asia/Shanghai"], &[], "llmage-admin.db"),
        (&["migrate", "--status"], &[], "llmage-admin.db"),
        (&["check", "--env-file", "/nonexistent"], &[], "--env-file /nonexistent"),
    ] {
        let refused = alone(&binary, &empty, arguments, settings);
        let words = said(&refused);
        assert_eq!(refused.status.code(), Some(1), "{arguments:?}: {words}");
        assert!(words.contains(part) && words.trim().lines().count() == 1, "{arguments:?}: {words}");
        if part == "llmage-admin.db" {
            let whole = empty.join(part).display().to_string();
            assert!(words.contains(&whole), "{arguments:?} names no path: {words}");
        }
        assert_eq!(files_in(&empty), Vec::<String>::new(), "{arguments:?} made something");
    }
    let migrated = alone(&binary, &empty, &["migrate"], &[]);
    assert!(migrated.status.success(), "{}", said(&migrated));
    assert!(files_in(&empty).contains(&"llmage-admin.db".to_owned()));
}
