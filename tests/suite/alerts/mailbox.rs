//! A mail server that keeps what it is handed.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// A mail that came.
#[derive(Debug, Clone, Default)]
pub struct Letter {
    pub to: Vec<String>,
    /// Headers and body, as they came.
    pub text: String,
}

impl Letter {
    /// The value of a header on one line.
    pub fn header(&self, name: &str) -> String {
        let (headers, _) = self.text.split_once("\n\n").unwrap();
        let unfolded = headers.replace("\n ", " ");
        let found = unfolded.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")));
        found.unwrap_or_else(|| panic!("no {name} in {}", self.text)).to_owned()
    }

    /// The body, decoded.
    pub fn body(&self) -> String {
        use base64::Engine;
        let (_, body) = self.text.split_once("\n\n").unwrap();
        match self.header("Content-Transfer-Encoding").as_str() {
            "base64" => {
                let packed: String = body.split_whitespace().collect();
                let bytes = base64::engine::general_purpose::STANDARD.decode(packed).unwrap();
                String::from_utf8(bytes).unwrap().replace("\r\n", "\n")
            }
            _ => body.to_owned(),
        }
    }
}

/// Runs until the test ends.
pub struct Mailbox {
    pub url: String,
    letters: Arc<Mutex<Vec<Letter>>>,
}

impl Mailbox {
    /// Takes every mail, or refuses each with that line.
    pub fn new(refusal: Option<&'static str>) -> Mailbox {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("smtp://{}", listener.local_addr().unwrap());
        let letters: Arc<Mutex<Vec<Letter>>> = Arc::default();
        let kept = letters.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let kept = kept.clone();
                std::thread::spawn(move || serve(stream, &kept, refusal));
            }
        });
        Mailbox { url, letters }
    }

    pub fn letters(&self) -> Vec<Letter> {
        self.letters.lock().unwrap().clone()
    }
}

fn serve(stream: TcpStream, kept: &Mutex<Vec<Letter>>, refusal: Option<&str>) {
    let mut out = stream.try_clone().unwrap();
    let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
    let mut letter = Letter::default();
    out.write_all(b"220 mailbox\r\n").unwrap();
    while let Some(line) = lines.next() {
        let reply = match line.split([' ', ':']).next().unwrap_or_default() {
            "EHLO" | "HELO" => "250 mailbox",
            "RCPT" if refusal.is_some() => refusal.unwrap(),
            "RCPT" => {
                letter.to.push(line.trim_start_matches("RCPT TO:").trim_matches(['<', '>']).to_owned());
                "250 fine"
            }
            "DATA" => {
                out.write_all(b"354 go on\r\n").unwrap();
                let text: Vec<String> = lines.by_ref().take_while(|line| line != ".").collect();
                letter.text = text.join("\n");
                kept.lock().unwrap().push(std::mem::take(&mut letter));
                "250 kept"
            }
            "QUIT" => "221 bye",
            _ => "250 fine",
        };
        if out.write_all(format!("{reply}\r\n").as_bytes()).is_err() {
            return;
        }
    }
}
