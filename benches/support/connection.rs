//! A connection that is kept from request to request, as a browser or a proxy keeps it.

#![allow(dead_code, reason = "each bench uses its own part of this")]

use std::io::{BufRead, BufReader, Error, Read, Result, Write};
use std::net::TcpStream;
use std::time::Duration;

/// How long an answer may take before the client gives up.
const TIMEOUT: Duration = Duration::from_secs(30);

pub struct Connection {
    address: String,
    stream: Option<BufReader<TcpStream>>,
}

/// A request: its method, its path, who asks (a header), and its body, JSON.
pub type Request<'a> = (&'a str, &'a str, &'a str, &'a str);

/// What was answered.
pub struct Answer {
    pub status: u16,
    /// Seconds after which to come again.
    pub retry_after: Option<u64>,
}

impl Connection {
    pub fn to(address: &str) -> Connection {
        Connection { address: address.to_owned(), stream: None }
    }

    /// Asks, and reads all of the answer. After an error the next request opens a new connection.
    pub fn ask(&mut self, request: Request<'_>) -> Result<Answer> {
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => self.open()?,
        };
        let (answer, is_kept) = exchange(&mut stream, &self.address, request)?;
        self.stream = is_kept.then_some(stream);
        Ok(answer)
    }

    fn open(&self) -> Result<BufReader<TcpStream>> {
        let stream = TcpStream::connect(&self.address)?;
        stream.set_read_timeout(Some(TIMEOUT))?;
        stream.set_nodelay(true)?;
        Ok(BufReader::new(stream))
    }
}

fn exchange(
    stream: &mut BufReader<TcpStream>,
    address: &str,
    (method, path, who, body): Request<'_>,
) -> Result<(Answer, bool)> {
    let text = format!(
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\n{who}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.get_mut().write_all(text.as_bytes())?;
    let (mut status, mut length, mut retry_after, mut is_kept) = (0, 0, None, true);
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line)? == 0 {
            return Err(Error::other("the connection was closed"));
        }
        let line = line.trim_end().to_lowercase();
        match line.split_once(": ") {
            Some(("content-length", value)) => length = value.parse().unwrap_or(0),
            Some(("retry-after", value)) => retry_after = value.parse().ok(),
            Some(("connection", value)) => is_kept = value != "close",
            _ if line.starts_with("http/") => {
                status = line.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or(0);
            }
            _ if line.is_empty() => break,
            _ => {}
        }
    }
    stream.read_exact(&mut vec![0; length])?;
    Ok((Answer { status, retry_after }, is_kept))
}
