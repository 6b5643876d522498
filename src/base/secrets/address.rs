//! Secrets in addresses: passwords before the host, and paths that are keys themselves.

use std::ops::Range;

use super::find;
use super::names::looks_secret;

pub(super) const SIGNS: [&str; 8] = ["://", ":%2F%2F", "@tcp(", "@unix(", " -u ", "--user ", " -p", " -a "];

/// Addresses whose path lets everybody in who knows it; what follows is hidden.
pub(super) const PATHS: [&str; 14] = [
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

/// The password in the address whose scheme ends there.
pub(super) fn password(text: &str, from: usize, to: usize) -> Option<Range<usize>> {
    if text.get(from..to)?.starts_with('@') {
        return before_driver(text, from);
    }
    match text.get(from..to)? {
        " -p" => return of_client(text, from, to, &["mysql", "mariadb"]),
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
