//! What a newcomer sees: `--help`, `config`, and the first start, as people and as programs read it.

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use chrono::NaiveDateTime;
use chrono_tz::Tz;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use llmage_admin::base::clock::Clock;
use llmage_admin::batches::store::{self as batches, Place};
use llmage_admin::db::schema::audit_event;
use llmage_admin::demo::{morning, store as demo};
use llmage_admin::kept_totals::counting;

use crate::app::{TestApp, at, failure};
use crate::support::database::{TestDatabase, engine};

fn binary(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_llmage-admin"));
    command.args(arguments).env_clear().stdin(Stdio::null());
    command
}

fn text(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn help_names_every_command_and_every_setting_in_groups() {
    let help = text(&binary(&["--help"]).output().expect("it runs"));
    for name in
        ["serve", "config", "migrate", "zone", "user sign-out", "token revoke", "import usages", "simulate"]
    {
        assert!(help.contains(&format!("\n  {name} ")), "no {name} in {help}");
    }
    let declared = ["mod.rs", "alerts.rs"].map(|file| {
        std::fs::read_to_string(format!("{}/src/config/{file}", env!("CARGO_MANIFEST_DIR")))
            .expect("the settings")
    });
    let declared = declared.concat();
    let variables: Vec<&str> =
        declared.split("env = \"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert!(variables.len() > 20, "{variables:?}");
    for variable in variables.into_iter().chain(["LLMAGE_ADMIN_PASSWORD", "NO_COLOR"]) {
        assert!(help.contains(variable), "no {variable} in {help}");
    }
    for heading in ["Start:", "People and programs:", "Database settings:", "Log settings:"] {
        assert!(help.contains(&format!("\n{heading}\n")), "no {heading} in {help}");
    }
}

#[test]
fn config_tells_each_value_and_where_it_is_from_and_no_secret() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("desk.env");
    std::fs::write(
        &file,
        "LLMAGE_ARCHIVE_AT=03:15\nLLMAGE_WEBHOOK_SECRET=sixteen-characters\nLLMAGE_LOG=warn\n",
    )
    .expect("a file");
    let told = binary(&["config", "--listen", "127.0.0.1:9", "--env-file", &file.display().to_string()])
        .env("DATABASE_URL", "mysql://desk:pa55word@127.0.0.1:1/llm?password=x")
        .env("LLMAGE_LOG", "error")
        .env("LLMAGE_SMTP_URL", "smtps://me:s3cret@mail")
        .env("LLMAGE_ADMIN_PASSWORD", "nine blue otters swim")
        .output()
        .expect("it runs");
    let told = text(&told);
    let words = |flag: &str| {
        let line = told.lines().find(|line| line.split_whitespace().next() == Some(flag));
        line.unwrap_or_else(|| panic!("no {flag} in {told}")).split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let from_file = |name: &str| format!("{}: {name}", file.display());
    for (flag, line) in [
        ("--listen", "127.0.0.1:9 flag".to_owned()),
        ("--public-url", "http://127.0.0.1:9 from --listen".to_owned()),
        ("--database-url", "mysql://desk@127.0.0.1:1/llm environment: DATABASE_URL".to_owned()),
        ("--log", "error environment: LLMAGE_LOG".to_owned()),
        ("--archive-at", format!("03:15 {}", from_file("LLMAGE_ARCHIVE_AT"))),
        ("--webhook-secret", format!("*** {}", from_file("LLMAGE_WEBHOOK_SECRET"))),
        ("--smtp-url", "*** environment: LLMAGE_SMTP_URL".to_owned()),
        ("--archive-keep-days", "0 default".to_owned()),
        ("--mail-to", "- not set".to_owned()),
        ("LLMAGE_ADMIN_PASSWORD", "*** environment: LLMAGE_ADMIN_PASSWORD".to_owned()),
    ] {
        assert_eq!(words(flag), format!("{flag} {line}"));
    }
    for secret in ["pa55word", "password=x", "sixteen-characters", "s3cret", "otters"] {
        assert!(!told.contains(secret), "{secret} in {told}");
    }
}

/// What a first start says until it serves: standard output with all that follows at once, and the log.
fn first_start(database: &TestDatabase, format: Option<&str>) -> [String; 2] {
    let mut command = binary(&["serve", "--migrate", "--listen", "127.0.0.1:0"]);
    command.args(format.map(|format| ["--log-format", format]).into_iter().flatten());
    command.env("DATABASE_URL", database.url()).env("LLMAGE_TIMEZONE", "UTC");
    let mut server = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    let mut output = BufReader::new(server.stdout.take().expect("its output"));
    let mut said = String::new();
    while !said.contains("listening on ") {
        assert!(output.read_line(&mut said).expect("a line") > 0, "it ended: {said}");
    }
    if format == Some("text") {
        while !said.contains('└') {
            assert!(output.read_line(&mut said).expect("a line") > 0, "it ended: {said}");
        }
    }
    server.kill().expect("it is killed");
    server.wait().expect("it ends");
    let mut log = String::new();
    server.stderr.take().expect("its log").read_to_string(&mut log).expect("text");
    [said, log]
}

#[test]
fn people_read_one_block_and_a_plain_log() {
    let database = TestDatabase::without_tables();
    let [said, log] = first_start(&database, Some("text"));
    let block: Vec<&str> = said.lines().skip_while(|line| !line.starts_with('┌')).collect();
    assert!(block[0].ends_with('┐') && block.last().is_some_and(|line| line.starts_with('└')), "{said}");
    for part in ["open       http://127.0.0.1:", "user       admin", "password   "] {
        assert_eq!(block.iter().filter(|line| line.contains(part)).count(), 1, "{part}: {said}");
    }
    assert!(!said.contains("first sign-in"), "told twice: {said}");
    assert!(log.lines().all(|line| !line.starts_with('{') && !line.contains('\u{1b}')), "{log}");
    let migrated: Vec<&str> = log.lines().filter(|line| line.contains("migration")).collect();
    assert_eq!(migrated.len(), 1, "{log}");
    let count = llmage_admin::db::migrations::names(engine()).expect("names").len();
    assert!(migrated.last().is_some_and(|line| line.ends_with(&format!(", {count} migrations"))), "{log}");
}

#[test]
fn programs_read_lines_and_json() {
    let database = TestDatabase::without_tables();
    let [said, log] = first_start(&database, None);
    assert!(
        said.contains("\nfirst sign-in: user admin, password ") || said.starts_with("first sign-in"),
        "{said}"
    );
    assert!(!said.contains('┌'), "{said}");
    assert!(log.lines().count() > 1 && log.lines().all(|line| line.starts_with("{\"")), "{log}");
}

#[test]
fn the_demo_begins_with_a_mornings_work_on_every_page() {
    let app = TestApp::new();
    let clock = Clock::stopped(Tz::Asia__Shanghai, at("2026-05-22 15:00:00"));
    demo::fill(&app.database, clock.now(), 7).expect("it fills");
    morning::tell(&app.database, &clock).expect("the morning");
    let count = |table: &str| -> i64 {
        #[derive(QueryableByName)]
        struct Counted {
            #[diesel(sql_type = BigInt)]
            number: i64,
        }
        let question = format!("SELECT COUNT(*) AS number FROM {table}");
        let counted = app.database.run_here(|connection| {
            Ok(diesel::sql_query(&question).get_result::<Counted>(connection)?.number)
        });
        counted.expect("a count")
    };
    let counts = ["llmusage", "llmusage_history", "llmusage_accounting_failed", "admin_user", "saved_view"];
    assert_eq!(counts.map(count), [5_000, 180, 1_200, 3, 1]);
    assert_eq!(count("alert_rule WHERE firing_since IS NOT NULL"), 1);
    let (batches, _, _) = app
        .database
        .run_here(|connection| batches::page(connection, &Place::Newest, 10))
        .expect("the batches");
    let told: Vec<(&str, &str)> =
        batches.iter().map(|batch| (batch.action.as_str(), batch.state.as_str())).collect();
    assert_eq!(told, [("handle", "undone"), ("correct", "done"), ("handle", "done"), ("retry", "done")]);
    let retried = &batches[3];
    assert!(retried.outcomes.accounted.count > 0 && retried.outcomes.failed_again.count > 0, "{retried:?}");
    assert_eq!(retried.waiting().count, 0);
    assert!(batches[1].outcomes.accounted.count > 0, "{:?}", batches[1]);
    assert_eq!(counting::check(&app.database).expect("a check").count, 0, "kept totals are what is counted");
    let times: Vec<NaiveDateTime> = app
        .database
        .run_here(|connection| Ok(audit_event::table.select(audit_event::happened_at).load(connection)?))
        .expect("the trail");
    assert!(times.iter().all(|at| *at <= clock.now()), "nothing is done in the future");
}

#[test]
fn the_platform_is_played_only_on_rows_of_the_demo() {
    let app = TestApp::new();
    app.given(&failure("f1"));
    let mut started =
        binary(&["serve", "--demo", "--simulate", "--listen", "127.0.0.1:0", "--timezone", "UTC"])
            .env("DATABASE_URL", app.database.url())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it runs");
    // One that serves never ends by itself.
    let until = Instant::now() + Duration::from_secs(60);
    while started.try_wait().expect("a child").is_none() && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(50));
    }
    // Nothing to stop where it has ended.
    let _ = started.kill();
    let started = started.wait_with_output().expect("it ended");
    let told = String::from_utf8_lossy(&started.stderr).into_owned();
    assert!(!started.status.success() && told.contains("--simulate"), "{told}");
}
