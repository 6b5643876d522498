//! What an attacker or a broken client tries: each line of the promises in `docs/security.md`.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use actix_web::http::{Method, StatusCode};
use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text};
use llmage_admin::accounts::role::Role;
use llmage_admin::app::routes;
use llmage_admin::db::{Database, Engine};
use llmage_admin::failed_accounting::failure::FailedRecord;

use crate::app::{TestApp, failure};

#[derive(QueryableByName)]
struct Named {
    #[diesel(sql_type = Text)]
    name: String,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Nullable<Text>)]
    text: Option<String>,
}

/// Everything in every table, as text.
fn contents(database: &Database) -> Vec<String> {
    let engine = database.engine();
    let tables = match engine {
        Engine::Sqlite => "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'reason_%'",
        Engine::Mysql => {
            "SELECT CAST(table_name AS CHAR) AS name FROM information_schema.tables WHERE table_schema = DATABASE()"
        }
        Engine::Postgres => {
            "SELECT CAST(tablename AS TEXT) AS name FROM pg_tables WHERE schemaname = 'public'"
        }
    };
    let read = |connection: &mut llmage_admin::db::DbConnection| {
        let tables: Vec<Named> = diesel::sql_query(tables).load(connection)?;
        let mut all = Vec::new();
        for table in tables.into_iter().map(|table| table.name) {
            let statement = match engine {
                Engine::Postgres => format!("SELECT CAST({table}.* AS TEXT) AS text FROM {table}"),
                _ => {
                    let columns: Vec<Named> = diesel::sql_query(match engine {
                        Engine::Sqlite => format!("SELECT name FROM pragma_table_info('{table}')"),
                        _ => format!(
                            "SELECT CAST(column_name AS CHAR) AS name FROM information_schema.columns \
                             WHERE table_schema = DATABASE() AND table_name = '{table}'"
                        ),
                    })
                    .load(connection)?;
                    let quoted =
                        columns.iter().map(|column| format!("COALESCE(quote({}), '-')", column.name));
                    let quoted: Vec<String> = quoted.collect();
                    let joined = match engine {
                        Engine::Sqlite => quoted.join(" || "),
                        _ => format!("CONCAT({})", quoted.join(", ")),
                    };
                    format!("SELECT {joined} AS text FROM {table}")
                }
            };
            let rows: Vec<Row> = diesel::sql_query(statement).load(connection)?;
            all.extend(rows.into_iter().map(|row| format!("{table}: {}", row.text.unwrap_or_default())));
        }
        all.sort();
        Ok(all)
    };
    database.run_here(read).unwrap()
}

#[actix_web::test]
async fn nothing_is_changed_by_get_or_head() {
    let app = TestApp::new();
    app.given(&failure("f1"));
    let admin = app.signed_in(Role::Admin).await;
    // `/readyz` proves that the database takes writes by noting when it was asked: nobody's state.
    let contents = |database: &Database| {
        let mut rows = contents(database);
        rows.retain(|row| !(row.starts_with("app_setting: ") && row.contains("written_at")));
        rows
    };
    let before = contents(&app.database);
    assert!(before.iter().any(|row| row.starts_with("admin_user: ")), "{before:?}");
    for rule in routes() {
        for id in ["f1", "admin", "nothing"] {
            let path = rule.path.replace("{id}", id);
            for method in [Method::GET, Method::HEAD] {
                let query = format!("{path}?confirm=1&resolution=other&role=viewer&_method=POST");
                admin.send(method.clone(), &query, None).await;
                assert_eq!(contents(&app.database), before, "{method} {path}");
            }
        }
    }
    admin.submit("/account", &[("language", "zh-CN")]).await;
    assert_ne!(contents(&app.database), before, "the comparison sees nothing");
}

#[actix_web::test]
async fn html_and_script_in_every_text_column_are_inert() {
    let app = TestApp::new();
    let evil = |name: &str| Some(format!("\"'><script src=//{name}></script>"));
    let short = |name: &str| Some(format!("\"><img src={name}>"));
    app.given(&FailedRecord {
        id: "f1".to_owned(),
        llmusageid: short("a"),
        llmid: short("b"),
        userid: short("c"),
        userorgid: short("d"),
        failed_reason: evil("reason"),
        handled: Some("1".to_owned()),
        handled_note: evil("note"),
        resolution: Some("\"><img src=r>".to_owned()),
        handled_by: short("h"),
        ..failure("f1")
    });
    let admin = app.signed_in(Role::Admin).await;
    for path in [
        "/failed-accounting?handled=",
        "/failed-accounting/f1",
        "/failed-accounting/f1/edit",
        "/failed-accounting/f1/delete",
        "/failed-accounting?handled=&q=%22%3E%3Cscript%20src%3Dx%3E&llmid=%22%3E%3Cimg%20src%3Dx%3E",
        "/audit?author=%22%3E%3Cscript%20src%3Dx%3E",
        "/login?next=/%22%3E%3Cscript%20src%3Dx%3E",
    ] {
        let page = admin.get(path).await;
        assert!(!page.body.contains("<script src=/") || !page.body.contains("<script src=//"), "{path}");
        assert!(!page.body.contains("<script src=x") && !page.body.contains("<img"), "{path}: {}", page.body);
    }
}

#[actix_web::test]
async fn errors_tell_strangers_neither_versions_nor_paths_nor_names() {
    let app = TestApp::new();
    app.add_user("li.wei", Role::Operator);
    let stranger = app.visitor();
    for path in ["/nowhere", "/login", "/static/none.css", "/failed-accounting?q=%ff", "/api/v1/none"] {
        let answer = stranger.get(path).await;
        let all = format!("{:?} {}", answer.headers, answer.body);
        for word in
            [env!("CARGO_PKG_VERSION"), env!("CARGO_MANIFEST_DIR"), "li.wei", "actix", "diesel", "sqlite"]
        {
            let stripped = all.replace("127.0.0.1", "");
            assert!(!stripped.contains(word), "{word} at {path}: {all}");
        }
        assert!(!answer.headers.contains_key("server"), "{path}");
    }
}

/// The binary itself, serving an empty database on a free port.
struct Served {
    process: Child,
    address: String,
    _folder: tempfile::TempDir,
}

impl Served {
    fn start() -> Served {
        let folder = tempfile::tempdir().unwrap();
        let mut process = Command::new(env!("CARGO_BIN_EXE_llmage-admin"))
            .args(["serve", "--listen", "127.0.0.1:0", "--database-url"])
            .arg(format!("sqlite:{}", folder.path().join("served.db").display()))
            .env("LLMAGE_ADMIN_PASSWORD", "nine blue otters swim")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut output = std::io::BufReader::new(process.stdout.take().unwrap());
        let mut line = String::new();
        let address = loop {
            line.clear();
            assert!(std::io::BufRead::read_line(&mut output, &mut line).unwrap() > 0, "it did not start");
            if let Some(address) = line.trim().strip_prefix("listening on http://") {
                break address.to_owned();
            }
        };
        Served { process, address, _folder: folder }
    }

    /// Sends bytes, then waits for the answer or the end of the connection.
    fn send(&self, bytes: &[u8]) -> (String, Duration) {
        let started = Instant::now();
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        // A server that has seen enough may hang up in the middle of it.
        let _ = stream.write_all(bytes);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        (String::from_utf8_lossy(&answer).into_owned(), started.elapsed())
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn clients_that_are_slow_or_send_too_much_are_cut_off() {
    let served = Served::start();
    let (huge, _) =
        served.send(format!("GET / HTTP/1.1\r\nHost: x\r\nX-A: {}\r\n\r\n", "a".repeat(500_000)).as_bytes());
    assert!(!huge.starts_with("HTTP/1.1 2") && !huge.starts_with("HTTP/1.1 3"), "{huge}");
    let many = "X-A: b\r\n".repeat(2_000);
    let (many, _) = served.send(format!("GET / HTTP/1.1\r\nHost: x\r\n{many}\r\n").as_bytes());
    assert!(!many.starts_with("HTTP/1.1 2") && !many.starts_with("HTTP/1.1 3"), "{many}");
    std::thread::scope(|scope| {
        let head = scope.spawn(|| served.send(b"GET / HTTP/1.1\r\nHost: x\r\nX-A: "));
        let body = scope.spawn(|| {
            served.send(
                b"POST /login HTTP/1.1\r\nHost: x\r\nSec-Fetch-Site: same-origin\r\nContent-Length: 50\r\n\
                  Content-Type: application/x-www-form-urlencoded\r\nConnection: close\r\n\r\nusername=",
            )
        });
        let (_, elapsed) = head.join().unwrap();
        assert!(elapsed < Duration::from_secs(20), "a slow head is waited for {elapsed:?}");
        let (answer, elapsed) = body.join().unwrap();
        assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
        assert!(elapsed < Duration::from_secs(40), "a slow body is waited for {elapsed:?}");
    });
    let (alive, _) = served.send(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    assert!(alive.starts_with("HTTP/1.1 200"), "{alive}");
}

#[actix_web::test]
async fn a_body_beyond_the_limit_is_refused_after_the_role() {
    let app = TestApp::new();
    let large = || Some(vec![b'a'; 1024 * 1024 + 1]);
    let viewer = app.signed_in(Role::Viewer).await;
    let refused = viewer.send(Method::POST, "/failed-accounting", large()).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let operator = app.signed_in(Role::Operator).await;
    let refused = operator.send(Method::POST, "/failed-accounting", large()).await;
    assert_eq!(refused.status, StatusCode::PAYLOAD_TOO_LARGE);
}
