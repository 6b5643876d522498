//! Signed POSTs to other programs: bounded in time and size, without redirects and proxies, to checked addresses only.
//!
//! The name is resolved once; the addresses that were judged are those that are connected to.

pub mod address;

use std::io::Read;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;
use ureq::http::Uri;
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};
use ureq::{Agent, config::Config};

use super::form::Message;
use crate::error::{Error, Result};

/// The most bytes that are read of the headers of an answer.
const HEADERS: usize = 16 * 1_024;

/// The most characters of an address.
const MAX_ADDRESS: usize = 2_000;

/// The shortest secret that signs.
pub const SHORTEST_SECRET: usize = 16;

/// Checks the address of a program as it is typed. Where its name leads is judged whenever it is called.
pub fn check_url(text: &str, allows_private: bool) -> std::result::Result<(), Message> {
    let wrong = || Message::new("error-webhook-url");
    let uri: Uri = text.parse().map_err(|_| wrong())?;
    let is_web = matches!(uri.scheme_str(), Some("http" | "https"));
    let host = uri.host().filter(|host| !host.is_empty()).ok_or_else(wrong)?;
    if !is_web || text.len() > MAX_ADDRESS || text.contains('#') {
        return Err(wrong());
    }
    if uri.authority().is_some_and(|authority| authority.as_str().contains('@')) {
        return Err(Message::new("error-webhook-password"));
    }
    let literal = host.trim_matches(['[', ']']).parse::<IpAddr>();
    let is_inside = host.eq_ignore_ascii_case("localhost") || literal.is_ok_and(|ip| !address::is_public(ip));
    if is_inside && !allows_private { Err(Message::new("error-webhook-private")) } else { Ok(()) }
}

/// The signature of a post: HMAC-SHA256 over `<timestamp>.<body>`, in hexadecimal digits.
pub fn signature(secret: &SecretString, timestamp: i64, body: &str) -> Result<String> {
    let mut mac =
        Hmac::<Sha256>::new_from_slice(secret.expose_secret().as_bytes()).map_err(Error::internal)?;
    mac.update(format!("{timestamp}.{body}").as_bytes());
    Ok(mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect())
}

/// How long a whole exchange may take, and the most bytes that are read of the body of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    pub timeout: Duration,
    pub longest: u64,
}

/// Why the body of an answer is not all of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    TooLong,
    Late,
    Broken,
}

/// How an exchange ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    Came {
        status: u16,
        body: Vec<u8>,
        cut: Option<Cut>,
    },
    /// The name leads to that address, and none that is private may be called.
    Private(IpAddr),
    /// Nothing in time.
    Silent,
    /// Anything else, as the library says it.
    Error(String),
}

/// Calls one address; keeps its connections between the calls.
#[derive(Debug)]
pub struct Caller {
    agent: Agent,
    url: String,
    secret: SecretString,
    longest: u64,
    /// The private address because of which the name was refused.
    refused: Arc<Mutex<Option<IpAddr>>>,
}

impl Caller {
    /// Of an address that was checked.
    pub fn new(url: &str, secret: &SecretString, allows_private: bool, bounds: Bounds) -> Caller {
        let refused = Arc::new(Mutex::new(None));
        let resolver =
            Checked { inner: DefaultResolver::default(), allows_private, refused: refused.clone() };
        let agent = Agent::with_parts(config(url, bounds.timeout), DefaultConnector::default(), resolver);
        Caller { agent, url: url.to_owned(), secret: secret.clone(), longest: bounds.longest, refused }
    }

    /// Posts JSON, signed, at that time (seconds since 1970).
    pub fn post(&self, timestamp: i64, headers: &[(&str, &str)], body: &str) -> Result<Answer> {
        let signature = format!("sha256={}", signature(&self.secret, timestamp, body)?);
        let mut post = self
            .agent
            .post(&self.url)
            .header("content-type", "application/json")
            .header("x-llmage-timestamp", timestamp.to_string())
            .header("x-llmage-signature", signature);
        for (name, value) in headers {
            post = post.header(*name, *value);
        }
        let sent = post.send(body);
        let refused = *self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(match (sent, refused) {
            (_, Some(address)) => Answer::Private(address),
            (Ok(mut response), None) => {
                let status = response.status().as_u16();
                let (mut text, longest) = (Vec::new(), self.longest);
                let read = response.body_mut().as_reader().take(longest + 1).read_to_end(&mut text);
                let cut = match read {
                    Err(error) if is_late(&error) => Some(Cut::Late),
                    Err(_) => Some(Cut::Broken),
                    Ok(_) if text.len() as u64 > longest => Some(Cut::TooLong),
                    Ok(_) => None,
                };
                text.truncate(usize::try_from(longest).unwrap_or(usize::MAX));
                Answer::Came { status, body: text, cut }
            }
            (Err(ureq::Error::Timeout(_)), None) => Answer::Silent,
            (Err(error), None) => Answer::Error(error.to_string()),
        })
    }
}

fn is_late(error: &std::io::Error) -> bool {
    let cause = error.get_ref().and_then(|cause| cause.downcast_ref::<ureq::Error>());
    error.kind() == std::io::ErrorKind::TimedOut || matches!(cause, Some(ureq::Error::Timeout(_)))
}

fn config(url: &str, timeout: Duration) -> Config {
    let config = Agent::config_builder()
        .timeout_global(Some(timeout))
        .max_redirects(0)
        .max_redirects_will_error(false)
        .http_status_as_error(false)
        .max_response_header_size(HEADERS)
        // A proxy would resolve the name by itself, and what it leads to could not be judged.
        .proxy(None)
        .user_agent(concat!("llmage-admin/", env!("CARGO_PKG_VERSION")));
    match url.starts_with("https") {
        true => config.tls_config(TlsConfig::builder().root_certs(roots()).build()).build(),
        false => config.build(),
    }
}

/// The certificates that this machine trusts, with those of one's own company; where it has none, those of the web.
fn roots() -> RootCerts {
    let known = rustls_native_certs::load_native_certs().certs;
    if known.is_empty() {
        return RootCerts::WebPki;
    }
    let known: Vec<Certificate<'static>> =
        known.iter().map(|certificate| Certificate::from_der(certificate.as_ref()).to_owned()).collect();
    RootCerts::new_with_certs(&known)
}

/// Resolves names, and refuses those that lead inside.
#[derive(Debug)]
struct Checked {
    inner: DefaultResolver,
    allows_private: bool,
    /// The address because of which it refused.
    refused: Arc<Mutex<Option<IpAddr>>>,
}

impl Resolver for Checked {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> std::result::Result<ResolvedSocketAddrs, ureq::Error> {
        let found = self.inner.resolve(uri, config, timeout)?;
        let inside = found.iter().map(|socket| socket.ip()).find(|ip| !address::is_public(*ip));
        match inside.filter(|_| !self.allows_private) {
            Some(ip) => {
                *self.refused.lock().unwrap_or_else(PoisonError::into_inner) = Some(ip);
                Err(ureq::Error::HostNotFound)
            }
            None => Ok(found),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_a_public_web_server_without_a_password() {
        for url in [
            "https://a.example",
            "http://a.example:8080/hook?x=1",
            "https://8.8.8.8/x",
            "https://[2606:4700::1]/",
        ] {
            assert_eq!(check_url(url, false), Ok(()), "{url}");
        }
        for (url, key) in [
            ("", "error-webhook-url"),
            ("a.example", "error-webhook-url"),
            ("/hook", "error-webhook-url"),
            ("ftp://a.example", "error-webhook-url"),
            ("file:///etc/passwd", "error-webhook-url"),
            ("https://", "error-webhook-url"),
            ("https://a.example/ x", "error-webhook-url"),
            ("https://a.example/#part", "error-webhook-url"),
            ("https://user:pass@a.example/", "error-webhook-password"),
            ("https://a.example@127.0.0.1/", "error-webhook-password"),
            ("http://127.0.0.1/", "error-webhook-private"),
            ("http://localhost:3000/", "error-webhook-private"),
            ("http://[::1]/", "error-webhook-private"),
            ("http://[::ffff:10.0.0.1]/", "error-webhook-private"),
            ("http://169.254.169.254/latest/meta-data", "error-webhook-private"),
        ] {
            assert_eq!(check_url(url, false).map_err(|message| message.key), Err(key), "{url}");
        }
        assert_eq!(check_url("http://127.0.0.1:9/", true), Ok(()));
    }

    #[test]
    fn the_signature_is_that_of_rfc_2104() {
        let secret = SecretString::from("a secret of sixteen");
        // printf '1779422400.{"a":1}' | openssl dgst -sha256 -hmac 'a secret of sixteen'
        let expected = "a4c7506094b3ed15074720af866b73525489c51ce92777a7e30e5446b977a1ee";
        assert_eq!(signature(&secret, 1_779_422_400, "{\"a\":1}").unwrap(), expected);
    }
}
