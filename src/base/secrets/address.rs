//! Secrets in addresses: passwords before the host, and paths that are keys themselves.

use std::ops::Range;

use super::find;
use super::names::looks_secret;
use super::told::is_mixed;

pub(super) const SIGNS: [&str; 8] = ["://", ":%2F%2F", "@tcp(", "@unix(", " -u ", "--user ", " -p", " -a "];

/// Addresses whose path lets everybody in who knows it; what follows is hidden.
pub(super) const PATHS: [&str; 18] = [
    "bce-auth-v1/",
    "UPYUN ",
    "hooks.slack-gov.com/services/",
    "inbots.zoom.us/incoming/hook/",
    "hooks.slack.com/services/",
    "hooks.slack.com/workflows/",
    "hooks.slack.com/triggers/",
    "discord.com/api/webhooks/",
    "discordapp.com/api/webhooks/",
    "open-apis/bot/v2/hook/",
    "open-apis/bot/hook/",
    "webhook.office.com/webhookb2/",
    "outlook.office.com/webhook/",
    "api.telegram.org/bot",
    "hooks.zapier.com/hooks/catch/",
    "sctapi.ftqq.com/",
    "api.day.app/",
    "/webhookb2/",
];

/// What stands before a host, and behind who asks it.
pub(super) const HOST: &str = "@";

/// Parts of paths behind which a drawn word is a key.
pub(super) const PATHS_BEFORE_KEYS: [&str; 12] = [
    "/hook/",
    "/hooks/",
    "/webhook/",
    "/webhooks/",
    "/send/",
    "/push/",
    "/inputs/",
    "/key/",
    "/token/",
    "/secret/",
    "ntfy.sh/",
    ".make.com/",
];

/// The longest name and password, in bytes.
const LONGEST: usize = 400;

pub(super) fn key_in_path(text: &str, to: usize) -> Option<Range<usize>> {
    let rest = find::near(text, to, LONGEST);
    let end = rest
        .find(|next: char| next.is_whitespace() || "\"'<>?#,;)}]，。".contains(next))
        .unwrap_or(rest.len());
    let path = rest.get(..end)?.trim_end_matches(['.', ':']);
    (path.len() >= 8).then_some(to..to + path.len())
}

/// The first drawn word of a path that may hold a key, with all behind it.
pub(super) fn drawn_in_path(text: &str, to: usize) -> Option<Range<usize>> {
    let path = key_in_path(text, to)?;
    let mut from = path.start;
    for part in text.get(path.clone())?.split('/') {
        if part.len() >= 16 && looks_secret(part) && !is_uuid(part) {
            return Some(from..path.end);
        }
        from += part.len() + 1;
    }
    None
}

/// An id, which stands in many paths.
fn is_uuid(word: &str) -> bool {
    word.len() == 36 && word.split('-').map(str::len).eq([8, 4, 4, 4, 12])
}

/// `name:password@host.example`, without a scheme: the password has to look drawn.
pub(super) fn password_before(text: &str, at: usize) -> Option<Range<usize>> {
    let before = find::just_before(text, at, LONGEST);
    let begin = before.rfind(|next: char| next.is_whitespace() || "\"'`<>(/,;=".contains(next));
    let pair = before.get(begin.map_or(0, |sign| sign + 1)..)?;
    let host = find::near(text, at + 1, 200);
    let (name, password) = match pair.split_once(':') {
        Some(parts) => parts,
        None => behind_slash(before, host)?,
    };
    let is_with_port = !pair.contains(':');
    // Oracle's programs name a service behind the port; else it may be a model or a task and where it runs.
    let is_of_service = is_with_port
        && host.split_once(':').is_some_and(|(_, port)| {
            port.trim_start_matches(|next: char| next.is_ascii_digit()).starts_with('/')
        });
    let host = host.get(
        ..host
            .find(|next: char| !(next.is_ascii_alphanumeric() || ".-".contains(next)))
            .unwrap_or(host.len()),
    )?;
    let is_name =
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte));
    let is_host = host.trim_end_matches('.').contains('.') || is_with_port;
    let is_drawn = looks_secret(password) && (!is_with_port || password.len() >= 12)
        || (is_of_service && password.len() >= 8 && is_mixed(password));
    let is_pair = is_name && is_host && is_drawn;
    is_pair.then(|| at - password.len()..at)
}

/// `name/password@host:port`, as Oracle's programs take it.
fn behind_slash<'t>(before: &'t str, host: &str) -> Option<(&'t str, &'t str)> {
    let begin = before.rfind(|next: char| next.is_whitespace() || "\"'`<>(,;=".contains(next));
    let parts = before.get(begin.map_or(0, |sign| sign + 1)..)?.split_once('/')?;
    let port = host.split_once(':')?.1;
    (is_port(port) && !parts.1.contains('/')).then_some(parts)
}

/// The password in the address whose scheme ends there.
pub(super) fn password(text: &str, from: usize, to: usize) -> Option<Range<usize>> {
    if text.get(from..to)?.starts_with('@') {
        return before_driver(text, from);
    }
    match text.get(from..to)? {
        " -p" => {
            return of_client_behind_blank(text, from, to)
                .or_else(|| of_client(text, from, to, &["mysql", "mariadb"]));
        }
        " -a " => return of_client(text, from, to, &["redis-cli", "valkey-cli"]),
        option if option.ends_with(' ') => return of_option(text, to),
        _ => {}
    }
    let rest = find::near(text, to, LONGEST);
    let end = rest.find(['\n', '\r', '"', '<', '>', '`', '\\', '，', '。']).unwrap_or(rest.len());
    let rest = rest.get(..end)?;
    let rest = rest.find("://").map_or(rest, |next| rest.get(..next).unwrap_or(rest));
    let is_database = is_database(text, from);
    let hosts = rest.match_indices('@').filter(|(at, _)| is_host(rest.get(at + 1..).unwrap_or_default()));
    let places: Vec<usize> = hosts.map(|(at, _)| at).collect();
    // A host ends before a blank or a path: an @ behind one belongs to something else, but in a password of a database.
    let plain = rest.find(|next: char| next.is_whitespace() || matches!(next, '/' | '?' | '#' | '\'' | ','));
    let near = places.iter().rev().find(|at| plain.is_none_or(|plain| **at < plain));
    let colon = rest.find(':').filter(|colon| plain.is_none_or(|plain| *colon < plain));
    let at = match (near, colon) {
        (Some(near), _) => *near,
        (None, Some(colon)) if !is_port(rest.get(colon + 1..)?) || is_database => *places
            .iter()
            .rfind(|at| **at > colon)
            .filter(|at| is_database || !rest.get(..**at).is_some_and(|part| part.contains(' ')))?,
        _ => return None,
    };
    match colon.filter(|colon| *colon < at) {
        Some(colon) => Some(to + colon + 1..to + at),
        // A key in the place of the name.
        None => looks_secret(rest.get(..at)?).then_some(to..to + at),
    }
}

/// `root:…@tcp(10.0.0.1:3306)/db`
fn before_driver(text: &str, at: usize) -> Option<Range<usize>> {
    let before = find::just_before(text, at, LONGEST);
    let skipped = at - before.len();
    let begin =
        before.rfind(|next: char| next.is_whitespace() || "\"'`".contains(next)).map_or(0, |sign| sign + 1);
    let begin = before.get(begin..).filter(|part| part.len() <= LONGEST).map(|_| begin)?;
    let colon = before.get(begin..)?.find(':')?;
    Some(skipped + begin + colon + 1..at)
}

/// `curl -u name:password`
fn of_option(text: &str, to: usize) -> Option<Range<usize>> {
    let rest = find::near(text, to, LONGEST);
    let quote = rest.chars().next().filter(|first| matches!(first, '"' | '\''));
    let inside = rest.get(usize::from(quote.is_some())..)?;
    let end = inside.find(|next: char| {
        quote.map_or(next.is_whitespace() || matches!(next, '"' | '\''), |quote| next == quote)
    });
    let pair = inside.get(..end.unwrap_or(inside.len()))?;
    let begin = to + usize::from(quote.is_some()) + pair.find(':')? + 1;
    let password = text.get(begin..to + usize::from(quote.is_some()) + pair.len())?;
    (password.len() >= 4).then_some(begin..begin + password.len())
}

/// `sshpass -p …`, `docker login -p …`: the password stands behind a blank.
fn of_client_behind_blank(text: &str, from: usize, to: usize) -> Option<Range<usize>> {
    const CLIENTS: [&str; 6] = ["sshpass", "docker login", "podman login", "mongosh", "mongo ", "mongodump"];
    let line = find::just_before(text, from, 200).rsplit('\n').next()?;
    let rest = find::near(text, to, LONGEST).strip_prefix(' ')?;
    let quote = rest.chars().next().filter(|first| matches!(first, '"' | '\''));
    let inside = rest.get(usize::from(quote.is_some())..)?;
    let end = inside.find(|next: char| quote.map_or(next.is_whitespace(), |quote| next == quote));
    let length = end.unwrap_or(inside.len());
    let begin = to + 1 + usize::from(quote.is_some());
    (length >= 4 && CLIENTS.iter().any(|client| line.contains(client))).then_some(begin..begin + length)
}

/// `mysql -u root -p…`, `redis-cli -a …`: the password of the client whose name stands before in the line.
fn of_client(text: &str, from: usize, to: usize, clients: &[&str]) -> Option<Range<usize>> {
    let before = find::just_before(text, from, 200);
    let line = before.rsplit('\n').next()?;
    let rest = find::near(text, to, LONGEST);
    let end = rest.find(|next: char| next.is_whitespace() || matches!(next, '"' | '\'' | '`' | ';'));
    let length = end.unwrap_or(rest.len());
    (length >= 4 && clients.iter().any(|client| line.contains(client))).then_some(to..to + length)
}

fn is_database(text: &str, from: usize) -> bool {
    const DATABASES: [&str; 12] = [
        "sql",
        "mariadb",
        "postgres",
        "postgresql",
        "redis",
        "rediss",
        "mongodb",
        "srv",
        "amqp",
        "amqps",
        "clickhouse",
        "oracle",
    ];
    let before = text.get(..from).unwrap_or_default();
    let scheme = before.get(before.len().saturating_sub(30)..).unwrap_or_default().to_ascii_lowercase();
    DATABASES.iter().any(|name| scheme.ends_with(name)) || scheme.contains("sql+")
}

/// A port, and then a path, a blank or the end.
fn is_port(text: &str) -> bool {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    (1..=5).contains(&digits)
        && text.get(digits..).is_some_and(|rest| {
            rest.is_empty()
                || rest.starts_with(|next: char| "/?#,;)]}'".contains(next) || next.is_whitespace())
        })
}

fn is_host(text: &str) -> bool {
    text.starts_with(|next: char| {
        next.is_ascii_alphanumeric() || matches!(next, '[' | '*' | '(' | '…' | '/') || !next.is_ascii()
    })
}
