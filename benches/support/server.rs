//! A real server on a database, and a person who is signed in to it.

#![allow(dead_code, reason = "each bench uses its own part of this")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const PASSWORD: &str = "nine blue otters swim";

const FORM: &str = "application/x-www-form-urlencoded";

/// A running server; it ends with this value.
pub struct Server {
    child: Child,
    address: String,
    /// The header by which the person is known.
    cookie: String,
}

/// What came back; status 0 where nothing did.
#[derive(Default)]
pub struct Answer {
    pub status: u16,
    pub location: String,
    pub body: String,
}

impl Server {
    /// Starts the binary on that database, with further arguments, and signs in as its admin.
    pub fn start(url: &str, arguments: &[&str]) -> Server {
        let mut child = Command::new(env!("CARGO_BIN_EXE_llmage-admin"))
            .args(["serve", "--migrate", "--listen", "127.0.0.1:0", "--log", "error"])
            .args(arguments)
            .env("DATABASE_URL", url)
            .env("LLMAGE_ADMIN_PASSWORD", PASSWORD)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the server starts");
        let lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let mut addresses = lines
            .map_while(Result::ok)
            .filter_map(|line| line.strip_prefix("listening on http://").map(str::to_owned));
        let address = addresses.next().expect("it serves");
        let mut server = Server { child, address, cookie: "Cookie: none=0".to_owned() };
        let password = PASSWORD.replace(' ', "+");
        let form = format!("username=admin&password={password}");
        let (_, head) = server.try_send("POST", "/login", (FORM, &server.cookie, &form)).expect("an answer");
        let pairs: Vec<&str> =
            headers(&head, "set-cookie").filter_map(|cookie| cookie.split(';').next()).collect();
        server.cookie = format!("Cookie: {}", pairs.join("; "));
        server
    }

    /// Where it listens.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The header by which the person is known.
    pub fn cookie(&self) -> &str {
        &self.cookie
    }

    /// The most memory that it had, in kB, as Linux tells it.
    pub fn most_memory(&self) -> Option<u64> {
        self.memory("VmHWM:")
    }

    /// The memory that it has now, in kB.
    pub fn memory_now(&self) -> Option<u64> {
        self.memory("VmRSS:")
    }

    fn memory(&self, name: &str) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        line.trim().trim_end_matches("kB").trim().parse().ok()
    }

    /// Gets a page.
    pub fn get(&self, path: &str) -> Answer {
        self.send("GET", path, (FORM, &self.cookie, ""))
    }

    /// Posts a form, url-encoded.
    pub fn post(&self, path: &str, body: &str) -> Answer {
        self.send("POST", path, (FORM, &self.cookie, body))
    }

    /// Posts JSON to the API, with a token.
    pub fn post_json(&self, path: &str, token: &str, body: &str) -> Answer {
        self.send("POST", path, ("application/json", &format!("Authorization: Bearer {token}"), body))
    }

    fn send(&self, method: &str, path: &str, body: (&str, &str, &str)) -> Answer {
        let Ok((status, text)) = self.try_send(method, path, body) else { return Answer::default() };
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let location = headers(head, "location").next().unwrap_or_default().to_owned();
        Answer { status, location, body: body.to_owned() }
    }

    fn try_send(
        &self,
        method: &str,
        path: &str,
        (kind, who, body): (&str, &str, &str),
    ) -> std::io::Result<(u16, String)> {
        let mut stream = TcpStream::connect(&self.address)?;
        stream.set_read_timeout(Some(Duration::from_secs(60)))?;
        write!(
            stream,
            "{method} {path} HTTP/1.0\r\nHost: {}\r\nSec-Fetch-Site: same-origin\r\n{who}\r\n\
             Content-Type: {kind}\r\nContent-Length: {}\r\n\r\n{body}",
            self.address,
            body.len()
        )?;
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes)?;
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let status = text.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or(0);
        Ok((status, text))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Gone already where it broke.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn headers<'a>(head: &'a str, name: &'a str) -> impl Iterator<Item = &'a str> {
    head.lines().filter_map(move |line| {
        let (found, value) = line.split_once(": ")?;
        found.eq_ignore_ascii_case(name).then_some(value.trim())
    })
}
