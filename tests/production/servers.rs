//! A database server of a test's own, with its own folder and port: to be stopped, paused and started again.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use chrono_tz::Tz;
use llmage_admin::db::{Database, Engine};
use tempfile::TempDir;

use crate::desk::signal;

/// A running server with an empty database `desk`; killed when dropped.
pub struct Server {
    engine: Engine,
    folder: TempDir,
    port: u16,
    child: Option<Child>,
}

/// Where Debian keeps the programs of PostgreSQL.
fn postgres_program(name: &str) -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").expect("PostgreSQL is installed");
    let mut found: Vec<PathBuf> = versions
        .map(|entry| entry.expect("a version").path().join("bin").join(name))
        .filter(|path| path.exists())
        .collect();
    found.sort();
    found.pop().expect("the program is installed")
}

/// PostgreSQL refuses to run as root.
fn as_postgres(program: &Path) -> Command {
    let is_root =
        std::fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0);
    if !is_root {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]).arg(program);
    command
}

fn done(command: &mut Command) {
    let output = command.stdin(Stdio::null()).output().expect("it runs");
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}

impl Server {
    pub fn start(engine: Engine) -> Server {
        let folder = tempfile::tempdir().expect("a folder");
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("its address").port();
        drop(listener);
        let mut server = Server { engine, folder, port, child: None };
        server.prepare();
        server.run();
        server
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn prepare(&self) {
        let data = self.data();
        match self.engine {
            Engine::Postgres => {
                std::fs::create_dir(&data).expect("its folder");
                // The folder above is only ours to pass through.
                done(Command::new("chmod").arg("755").arg(self.folder.path()));
                done(Command::new("chown").arg("postgres").arg(&data));
                done(
                    as_postgres(&postgres_program("initdb"))
                        .args(["-A", "trust", "-U", "postgres", "-N", "-D"])
                        .arg(&data)
                        .current_dir("/"),
                );
            }
            _ => done(
                Command::new("mariadb-install-db")
                    .args([
                        "--no-defaults",
                        "--auth-root-authentication-method=normal",
                        "--user=root",
                        "--skip-test-db",
                    ])
                    .arg(format!("--datadir={}", data.display()))
                    .env("TMPDIR", self.folder.path()),
            ),
        }
    }

    /// Starts it, after a stop too, and waits until it answers.
    pub fn run(&mut self) {
        let (data, port) = (self.data().display().to_string(), self.port);
        let mut command = match self.engine {
            Engine::Postgres => {
                let mut command = as_postgres(&postgres_program("postgres"));
                command.args([
                    "-D",
                    &data,
                    "-p",
                    &port.to_string(),
                    "-k",
                    "",
                    "-c",
                    "listen_addresses=127.0.0.1",
                    "-c",
                    "fsync=off",
                ]);
                command
            }
            _ => {
                let mut command = Command::new("mariadbd");
                // One that starts removes the temporary tables that it finds, were they those of another server.
                command.env("TMPDIR", self.folder.path());
                command.args([
                    "--no-defaults",
                    "--user=root",
                    "--bind-address=127.0.0.1",
                    "--innodb-buffer-pool-size=32M",
                ]);
                command.args([
                    format!("--datadir={data}"),
                    format!("--port={port}"),
                    format!("--socket={data}/own.sock"),
                ]);
                command
            }
        };
        self.child = Some(
            command.current_dir("/").stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts"),
        );
        let started = Instant::now();
        while !self.make_database() {
            assert!(started.elapsed() < Duration::from_secs(60), "the server does not answer");
            std::thread::sleep(Duration::from_millis(200));
        }
    }

    fn make_database(&self) -> bool {
        let port = self.port.to_string();
        let output = match self.engine {
            Engine::Postgres => Command::new(postgres_program("psql"))
                .args(["-h", "127.0.0.1", "-p", &port, "-U", "postgres", "-c", "CREATE DATABASE desk"])
                .output(),
            _ => Command::new("mariadb")
                .args(["--no-defaults", "-h", "127.0.0.1", "-P", &port, "-u", "root", "-e"])
                .arg("CREATE DATABASE IF NOT EXISTS desk CHARACTER SET utf8mb4")
                .output(),
        };
        let output = output.expect("the client is installed");
        output.status.success() || String::from_utf8_lossy(&output.stderr).contains("already exists")
    }

    pub fn url(&self) -> String {
        match self.engine {
            Engine::Postgres => format!("postgres://postgres@127.0.0.1:{}/desk", self.port),
            _ => format!("mysql://root@127.0.0.1:{}/desk", self.port),
        }
    }

    fn process(&self) -> u32 {
        self.child.as_ref().expect("it runs").id()
    }

    /// Stops it as an administrator does.
    pub fn stop(&mut self) {
        // INT ends PostgreSQL's sessions; TERM would wait for them.
        signal(if self.engine == Engine::Postgres { "INT" } else { "TERM" }, self.process());
        self.child.take().expect("it runs").wait().expect("it ends");
    }

    /// The server and all its sessions stand still: connections are there, answers are not.
    fn all(&self, name: &str) {
        let parent = self.process();
        // First the one that begins sessions: one that began behind the list would go on.
        signal(name, parent);
        let listed =
            Command::new("ps").args(["-o", "pid=", "--ppid", &parent.to_string()]).output().expect("ps");
        for process in
            String::from_utf8_lossy(&listed.stdout).split_whitespace().filter_map(|pid| pid.parse().ok())
        {
            // A session may have ended meanwhile.
            let _ = Command::new("kill").args([&format!("-{name}"), &u32::to_string(&process)]).status();
        }
    }

    pub fn pause(&self) {
        self.all("STOP");
    }

    pub fn go_on(&self) {
        self.all("CONT");
    }

    /// Ends every session but the one that asks.
    pub fn kill_connections(&self) {
        let database = Database::open(&self.url(), Tz::UTC).expect("it opens");
        let question = match self.engine {
            Engine::Postgres => {
                "SELECT CAST(COUNT(pg_terminate_backend(pid)) AS TEXT) AS text FROM pg_stat_activity \
                 WHERE pid <> pg_backend_pid() AND datname = 'desk'"
            }
            _ => {
                "SELECT CONCAT('KILL ', id) AS text FROM information_schema.processlist \
                  WHERE id <> CONNECTION_ID() AND db = 'desk'"
            }
        };
        #[derive(diesel::QueryableByName)]
        struct Row {
            #[diesel(sql_type = diesel::sql_types::Text)]
            text: String,
        }
        let rows: Vec<Row> = database
            .run_here(|connection| {
                use diesel::RunQueryDsl;
                Ok(diesel::sql_query(question).load(connection)?)
            })
            .expect("the sessions");
        assert!(!rows.is_empty());
        for row in rows.iter().filter(|row| row.text.starts_with("KILL")) {
            let killed = database.run_here(|connection| {
                use diesel::RunQueryDsl;
                Ok(diesel::sql_query(&row.text).execute(connection)?)
            });
            // It may have ended meanwhile.
            drop(killed);
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = Command::new("kill").args(["-CONT", &child.id().to_string()]).status();
            signal(if self.engine == Engine::Postgres { "QUIT" } else { "KILL" }, child.id());
            let _ = child.wait();
        }
    }
}
