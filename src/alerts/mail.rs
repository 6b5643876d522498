//! E-mail by the SMTP server of the settings.
//!
//! A password never travels unencrypted, but to this machine itself.

use std::time::Duration;

use lettre::message::header::ContentType;
use lettre::message::{Mailbox, Message as Letter};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::{Address, SmtpTransport, Transport};
use percent_encoding::percent_decode_str;
use secrecy::{ExposeSecret, SecretString};

use super::delivery::Reply;
use crate::base::form::Message;
use crate::error::{Error, Result};

/// Each step of the exchange takes at most this long.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The most addresses that one mail goes to.
pub const MOST: usize = 20;

/// Where mail is handed in, and as whom.
#[derive(Debug, Clone)]
pub struct Mailer {
    server: Server,
    from: Mailbox,
    /// Who gets it where a rule names nobody.
    to: Vec<Address>,
}

/// The SMTP server.
#[derive(Debug, Clone)]
struct Server {
    host: String,
    port: u16,
    /// From the first byte on.
    is_wrapped: bool,
    login: Option<(String, SecretString)>,
}

impl Server {
    /// Reads `smtp[s]://[USER:PASSWORD@]HOST[:PORT]`.
    fn parse(url: &str) -> Option<Server> {
        let (is_wrapped, rest) = match url.split_once("://")? {
            ("smtps", rest) => (true, rest),
            ("smtp", rest) => (false, rest),
            _ => return None,
        };
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        let (login, place) = match rest.rsplit_once('@') {
            Some((login, place)) => (Some(login.split_once(':')?), place),
            None => (None, rest),
        };
        let decoded = |text: &str| percent_decode_str(text).decode_utf8().ok().map(|text| text.into_owned());
        let login = match login {
            Some((user, password)) => Some((decoded(user)?, SecretString::from(decoded(password)?))),
            None => None,
        };
        let default_port = if is_wrapped {
            465
        } else if login.is_some() {
            587
        } else {
            25
        };
        let (host, port) = match place.rsplit_once(':').filter(|_| !place.ends_with(']')) {
            Some((host, port)) => (host, port.parse().ok()?),
            None => (place, default_port),
        };
        let host = host.trim_matches(['[', ']']);
        let is_host = !host.is_empty()
            && host.chars().all(|letter| letter.is_ascii_alphanumeric() || "-._:".contains(letter));
        is_host.then(|| Server { host: host.to_owned(), port, is_wrapped, login })
    }

    fn is_here(&self) -> bool {
        let literal = self.host.parse::<std::net::IpAddr>();
        self.host == "localhost" || literal.is_ok_and(|ip| ip.is_loopback())
    }

    fn transport(&self) -> std::result::Result<SmtpTransport, lettre::transport::smtp::Error> {
        let tls = || TlsParameters::new(self.host.clone());
        let tls = if self.is_wrapped {
            Tls::Wrapper(tls()?)
        } else if self.is_here() {
            Tls::None
        } else if self.login.is_some() {
            Tls::Required(tls()?)
        } else {
            Tls::Opportunistic(tls()?)
        };
        let builder = SmtpTransport::builder_dangerous(self.host.clone()).port(self.port).tls(tls);
        let builder = builder.timeout(Some(TIMEOUT));
        Ok(match &self.login {
            Some((user, password)) => builder
                .credentials(Credentials::new(user.clone(), password.expose_secret().to_owned()))
                .build(),
            None => builder.build(),
        })
    }
}

/// Addresses with commas between them.
pub fn parse_addresses(text: &str) -> std::result::Result<Vec<Address>, Message> {
    let parts: Vec<&str> = text.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
    if parts.is_empty() || parts.len() > MOST {
        return Err(Message::new("error-mail-to").with("limit", MOST));
    }
    let read = |part: &&str| {
        part.parse::<Address>().map_err(|_| Message::new("error-mail-address").with("address", part))
    };
    parts.iter().map(read).collect()
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// None: whom the settings name.
    pub to: Option<String>,
    /// The delivery's id: the same at each try.
    pub delivery: String,
    pub subject: String,
    /// Plain text.
    pub text: String,
}

impl Mailer {
    /// Reads the settings.
    ///
    /// # Errors
    /// [`Error::Unavailable`] with one line that names the setting.
    pub fn read(url: &SecretString, from: Option<&str>, to: Option<&str>) -> Result<Mailer> {
        let refuse = |why: &str| Error::Unavailable(why.to_owned());
        let server = Server::parse(url.expose_secret()).ok_or_else(|| {
            refuse("--smtp-url: must be smtp:// or smtps:// and a host, such as smtps://USER:PASSWORD@mail.example.com")
        })?;
        let from = from.ok_or_else(|| {
            refuse(
                "--mail-from: must be set with --smtp-url: who sends the mails, such as alerts@example.com",
            )
        })?;
        let from = from
            .parse()
            .map_err(|_| refuse("--mail-from: must be an address, such as alerts@example.com"))?;
        let to = to.map(|to| {
            parse_addresses(to).map_err(|_| {
                refuse("--mail-to: must be addresses with commas between them, such as a@example.com,b@example.com")
            })
        });
        Ok(Mailer { server, from, to: to.transpose()?.unwrap_or_default() })
    }

    /// Where mail is handed in, for people: without the password.
    pub fn place(&self) -> String {
        format!("{}:{}", self.server.host, self.server.port)
    }

    /// Whom a rule tells that names nobody, with commas between them; none where the settings name nobody either.
    pub fn to(&self) -> Option<String> {
        let to: Vec<&str> = self.to.iter().map(AsRef::as_ref).collect();
        (!to.is_empty()).then(|| to.join(", "))
    }

    /// Hands a mail in; gives whether the server took it, and what it said.
    pub fn send(&self, mail: &Mail) -> Result<(bool, Reply)> {
        let to = match &mail.to {
            Some(to) => parse_addresses(to).unwrap_or_default(),
            None => self.to.clone(),
        };
        if to.is_empty() {
            return Ok((false, Reply::Unset("LLMAGE_MAIL_TO".to_owned())));
        }
        let subject: String =
            mail.subject.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
        let domain = self.from.email.domain().to_owned();
        let mut letter = Letter::builder()
            .from(self.from.clone())
            .subject(subject)
            .message_id(Some(format!("<{}@{domain}>", mail.delivery)))
            .header(ContentType::TEXT_PLAIN);
        for address in to {
            letter = letter.to(Mailbox::new(None, address));
        }
        let letter = letter.body(mail.text.clone()).map_err(Error::internal)?;
        let sent = self.server.transport().and_then(|transport| transport.send(&letter));
        Ok(match sent {
            Ok(_) => (true, Reply::Taken),
            Err(error) => (false, Reply::Error(with_causes(&error))),
        })
    }
}

/// An error with what it came from.
fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let said = inner.to_string();
        if !text.contains(&said) {
            text = format!("{text}: {said}");
        }
        cause = inner.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_read_from_its_url() {
        let server = Server::parse("smtps://me%40x:p%3Aw%2F@mail.example.com").unwrap();
        assert_eq!((server.host.as_str(), server.port, server.is_wrapped), ("mail.example.com", 465, true));
        let (user, password) = server.login.unwrap();
        assert_eq!((user.as_str(), password.expose_secret()), ("me@x", "p:w/"));
        for (url, port) in [
            ("smtp://localhost", 25),
            ("smtp://a:b@mail.example.com/", 587),
            ("smtp://mail.example.com:2525", 2525),
            ("smtp://[::1]:2525", 2525),
            ("smtp://[::1]", 25),
        ] {
            assert_eq!(Server::parse(url).map(|server| server.port), Some(port), "{url}");
        }
        for url in
            ["", "mail.example.com", "http://x", "smtp://", "smtp://user@host", "smtp://h:x", "smtp://a b"]
        {
            assert!(Server::parse(url).is_none(), "{url}");
        }
    }

    #[test]
    fn addresses_are_separated_by_commas() {
        assert_eq!(parse_addresses("a@b.example, c@d.example,").unwrap().len(), 2);
        for text in ["", " , ", "nobody", "a@b.example; c@d.example", "a@b.example\r\nBcc: x@y.example"] {
            assert!(parse_addresses(text).is_err(), "{text:?}");
        }
        assert!(parse_addresses(&"a@b.example,".repeat(21)).is_err());
    }
}
