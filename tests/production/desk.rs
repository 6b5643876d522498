//! The binary as it is installed: started, asked over HTTP like a browser does, stopped.

use std::cell::RefCell;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// The password of `admin` in these tests.
pub const PASSWORD: &str = "nine blue otters swim";

/// Runs a command of the binary to its end.
pub fn command(url: &str, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_llmage-admin"))
        .args(arguments)
        .env("DATABASE_URL", url)
        .env("LLMAGE_TIMEZONE", "Asia/Shanghai")
        // Not the port of everybody: others may have it at this moment.
        .env("LLMAGE_LISTEN", "127.0.0.1:0")
        .stdin(Stdio::null())
        .output()
        .expect("the binary runs")
}

/// What it wrote, both streams.
pub fn said(output: &Output) -> String {
    [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned()).concat()
}

/// A running server; killed when dropped.
pub struct Desk {
    child: Child,
    address: String,
    cookies: RefCell<Vec<(String, String)>>,
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

impl Desk {
    /// Starts a server on a free port and waits until it serves.
    pub fn start(url: &str, arguments: &[&str]) -> Desk {
        Desk::start_binary(env!("CARGO_BIN_EXE_llmage-admin").as_ref(), url, arguments)
    }

    /// As [`Desk::start`], a binary that lies elsewhere.
    pub fn start_binary(binary: &std::path::Path, url: &str, arguments: &[&str]) -> Desk {
        // A file at its limit is an error for the server, as a full disk is, not its end.
        let mut child = Command::new("sh")
            .args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\""])
            .arg(binary)
            .args(["serve", "--listen", "127.0.0.1:0", "--log", "off"])
            .args(arguments)
            .env("DATABASE_URL", url)
            .env("LLMAGE_TIMEZONE", "Asia/Shanghai")
            .env("LLMAGE_ADMIN_PASSWORD", PASSWORD)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        let lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let listening = lines
            .map_while(Result::ok)
            .find_map(|line| line.strip_prefix("listening on http://").map(str::to_owned));
        let address = listening.expect("it serves");
        Desk { child, address, cookies: RefCell::default() }
    }

    /// Signs in as `admin`.
    pub fn sign_in(&self) -> Answer {
        self.post("/login", &[("username", "admin"), ("password", PASSWORD)])
    }

    /// The cookies of another server for the same database, as a balancer's next request brings them.
    pub fn take_cookies_of(&self, other: &Desk) {
        *self.cookies.borrow_mut() = other.cookies.borrow().clone();
    }

    pub fn get(&self, path: &str) -> Answer {
        self.send("GET", path, "").unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    pub fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body: Vec<String> =
            fields.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
        self.send("POST", path, &body.join("&")).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    fn send(&self, method: &str, path: &str, body: &str) -> std::io::Result<Answer> {
        self.answer(self.begin(method, path, body)?)
    }

    /// Sends a request and does not wait for its answer.
    pub fn begin(&self, method: &str, path: &str, body: &str) -> std::io::Result<TcpStream> {
        let mut stream = TcpStream::connect(&self.address)?;
        stream.set_read_timeout(Some(Duration::from_secs(60)))?;
        let cookies: Vec<String> =
            self.cookies.borrow().iter().map(|(name, value)| format!("{name}={value}")).collect();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nSec-Fetch-Site: same-origin\r\n\
             Cookie: {}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
            self.address,
            cookies.join("; "),
            body.len()
        )?;
        Ok(stream)
    }

    /// The answer to a request that was sent.
    pub fn answer(&self, mut stream: TcpStream) -> std::io::Result<Answer> {
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes)?;
        let answer = parsed(&bytes);
        for (name, value) in &answer.headers {
            if name.eq_ignore_ascii_case("set-cookie") {
                self.keep_cookie(value);
            }
        }
        Ok(answer)
    }

    fn keep_cookie(&self, text: &str) {
        let pair = text.split(';').next().unwrap_or_default();
        let Some((name, value)) = pair.split_once('=') else { return };
        let mut cookies = self.cookies.borrow_mut();
        cookies.retain(|(known, _)| known != name);
        cookies.push((name.to_owned(), value.to_owned()));
    }

    /// Asks until an answer pleases, at most so long.
    pub fn until(&self, path: &str, seconds: u64, pleases: impl Fn(&Answer) -> bool) -> Answer {
        let started = Instant::now();
        loop {
            let answer = self.get(path);
            if pleases(&answer) {
                return answer;
            }
            assert!(
                started.elapsed() < Duration::from_secs(seconds),
                "{path} is {} still after {seconds} s: {}",
                answer.status,
                answer.body
            );
            std::thread::sleep(Duration::from_millis(300));
        }
    }

    /// How long its files may grow, in bytes, from now on.
    pub fn limit_files(&self, bytes: &str) {
        let process = self.child.id().to_string();
        let limit = format!("--fsize={bytes}:unlimited");
        let limited = Command::new("prlimit").args(["--pid", &process, &limit]).status();
        assert!(limited.is_ok_and(|status| status.success()), "prlimit");
    }

    /// Tells it to stop, as a service does, and waits; gives its exit code.
    pub fn stop(self) -> Option<i32> {
        self.tell_to_stop();
        self.ended()
    }

    /// Ends it without a word, as a power cut does.
    pub fn kill(mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it ends");
    }

    /// Tells it to stop, as a service does.
    pub fn tell_to_stop(&self) {
        signal("TERM", self.child.id());
    }

    /// Waits until it has ended; gives its exit code.
    pub fn ended(mut self) -> Option<i32> {
        self.child.wait().expect("it ends").code()
    }
}

/// Sends a signal to a process that the test started.
pub fn signal(name: &str, process: u32) {
    let sent = Command::new("kill").args([&format!("-{name}"), &process.to_string()]).status();
    assert!(sent.is_ok_and(|status| status.success()), "kill -{name} {process}");
}

impl Drop for Desk {
    fn drop(&mut self) {
        // Gone already where it was stopped.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn encode(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

fn parsed(bytes: &[u8]) -> Answer {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").expect("an answer with headers");
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1)).and_then(|code| code.parse().ok());
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let chunked = headers
        .iter()
        .any(|(name, value)| name.eq_ignore_ascii_case("transfer-encoding") && value.contains("chunked"));
    let body = &bytes[end + 4..];
    let body = if chunked { whole(body) } else { body.to_vec() };
    let status = status.expect("a status");
    Answer { status, headers, body: String::from_utf8_lossy(&body).into_owned() }
}

/// The chunks put together.
fn whole(mut rest: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    while let Some(end) = rest.windows(2).position(|two| two == b"\r\n") {
        let length = usize::from_str_radix(String::from_utf8_lossy(&rest[..end]).trim(), 16).unwrap_or(0);
        if length == 0 || rest.len() < end + 2 + length {
            break;
        }
        body.extend_from_slice(&rest[end + 2..end + 2 + length]);
        rest = rest.get(end + 4 + length..).unwrap_or_default();
    }
    body
}
