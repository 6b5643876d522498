//! A web server that keeps what it is sent and answers as told.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// A request that came.
#[derive(Debug, Clone)]
pub struct Received {
    pub line: String,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Received {
    pub fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str()).unwrap_or_else(|| panic!("no header {name}: {self:?}"))
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// Whether the signature is that of the body and the time, as the documentation tells receivers to check it.
    pub fn is_signed_by(&self, secret: &str) -> bool {
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
        mac.update(format!("{}.{}", self.header("x-llmage-timestamp"), self.body).as_bytes());
        let digits: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        self.header("x-llmage-signature") == format!("sha256={digits}")
    }
}

/// How a request is answered: the bytes, and what comes after them.
#[derive(Clone)]
pub enum Reaction {
    Status(u16),
    /// 200 and what is said of that request.
    Says(fn(&Received) -> String),
    /// To that address.
    Redirect(String),
    /// 200 and so many bytes.
    Huge(usize),
    /// 200 and then one byte after another, for ever.
    Slow,
    /// Nothing at all.
    Silent,
}

/// Runs until the test ends.
pub struct Receiver {
    pub address: String,
    received: Arc<Mutex<Vec<Received>>>,
}

impl Receiver {
    /// Answers with these, one after the other; the last one stays.
    pub fn new(reactions: &[Reaction]) -> Receiver {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let received: Arc<Mutex<Vec<Received>>> = Arc::default();
        let (kept, mut reactions) = (received.clone(), reactions.to_vec());
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let reaction = if reactions.len() > 1 { reactions.remove(0) } else { reactions[0].clone() };
                let kept = kept.clone();
                std::thread::spawn(move || serve(stream, &kept, &reaction));
            }
        });
        Receiver { address, received }
    }

    pub fn url(&self) -> String {
        format!("{}/hook?key=T0K3N", self.address)
    }

    pub fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }
}

fn serve(stream: TcpStream, kept: &Mutex<Vec<Received>>, reaction: &Reaction) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut line = || {
        let mut line = String::new();
        reader.read_line(&mut line).map(|_| line.trim_end().to_owned())
    };
    let Ok(first) = line() else { return };
    let mut headers = Vec::new();
    while let Some((name, value)) = line().unwrap_or_default().split_once(": ") {
        headers.push((name.to_owned(), value.to_owned()));
    }
    let length = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    let mut body = vec![0; length.map_or(0, |(_, value)| value.parse().unwrap())];
    reader.read_exact(&mut body).unwrap();
    let body = String::from_utf8(body).unwrap();
    let request = Received { line: first, headers, body };
    kept.lock().unwrap().push(request.clone());
    let mut stream = stream;
    // Whoever gave up has closed the connection.
    let _ = answer(&mut stream, &request, reaction);
}

fn answer(stream: &mut TcpStream, request: &Received, reaction: &Reaction) -> std::io::Result<()> {
    let plain = |status: u16, more: &str, body: &str| {
        format!(
            "HTTP/1.1 {status} Said\r\n{more}content-length: {}\r\nconnection: close\r\n\r\n{body}",
            body.len()
        )
    };
    match reaction {
        Reaction::Status(status) => {
            stream.write_all(plain(*status, "", "thanks, key sk-abcdefghijklmnop").as_bytes())
        }
        Reaction::Says(say) => stream.write_all(plain(200, "", &say(request)).as_bytes()),
        Reaction::Redirect(to) => stream.write_all(plain(302, &format!("location: {to}\r\n"), "").as_bytes()),
        Reaction::Huge(bytes) => stream.write_all(plain(200, "", &"x".repeat(*bytes)).as_bytes()),
        Reaction::Slow => {
            stream.write_all(b"HTTP/1.1 200 Said\r\ncontent-length: 1000000\r\n\r\n")?;
            loop {
                stream.write_all(b"x")?;
                std::thread::sleep(Duration::from_millis(100));
            }
        }
        Reaction::Silent => {
            std::thread::sleep(Duration::from_secs(60));
            Ok(())
        }
    }
}
