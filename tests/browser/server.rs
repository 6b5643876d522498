//! The binary itself, serving the demo on a port of its own.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use crate::support::database::TestDatabase;

pub const PASSWORD: &str = "correct horse battery";

/// A running server; ends with this value.
pub struct Server {
    child: Child,
    origin: String,
    _database: TestDatabase,
}

impl Server {
    pub fn start() -> Server {
        let database = TestDatabase::new();
        let mut child = Command::new(env!("CARGO_BIN_EXE_llmage-admin"))
            .args(["serve", "--demo", "--listen", "127.0.0.1:0", "--log", "warn"])
            .args(["--database-url", database.url()])
            .env("LLMAGE_ADMIN_PASSWORD", PASSWORD)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        let lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let origin = lines
            .map_while(Result::ok)
            .find_map(|line| line.strip_prefix("listening on ").map(str::to_owned))
            .expect("it says where it listens");
        Server { child, origin, _database: database }
    }

    pub fn address(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
