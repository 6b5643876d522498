//! What an event says: one sentence, what belongs to it, and where to look.

use super::event::{CauseFact, Event, Facts, What};
use super::rule::Kind;
use crate::base::form::Message;

/// A rule in words, such as "Open amount above 1,000.00000".
pub fn rule(kind: Kind, threshold: Option<String>) -> Message {
    let key = match kind {
        Kind::OpenAmount => "alert-rule-open-amount",
        Kind::LeakageMoney => "alert-rule-leakage-money",
        Kind::LeakageCount => "alert-rule-leakage-count",
        Kind::NewCause => "alert-rule-new-cause",
        Kind::ArchiveFailed => "alert-rule-archive-failed",
        Kind::StuckRetries => "alert-rule-stuck-retries",
        Kind::LikelyFixed => "alert-rule-likely-fixed",
    };
    Message::new(key).with("threshold", threshold.unwrap_or_default())
}

/// An event in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    pub title: Message,
    /// One below the other.
    pub lines: Vec<Message>,
    /// The page of this app to look at.
    pub path: String,
}

impl Notice {
    /// What an event says; none for a kind of a newer program.
    pub fn of(event: &Event) -> Option<Notice> {
        let kind = event.kind()?;
        let (facts, threshold) = (event.facts(), event.threshold_text());
        if event.is_test() {
            let test = Message::new("alert-say-test-about");
            return Some(Notice {
                title: Message::new("alert-say-test"),
                lines: vec![test, rule(kind, threshold)],
                path: "/alerts".to_owned(),
            });
        }
        let title = Message::new(title(kind, &event.what, &facts))
            .with("threshold", threshold.unwrap_or_default())
            .with("reading", facts.value.clone().unwrap_or_else(|| "–".to_owned()))
            .with("number", facts.count.unwrap_or_default())
            .with("of", facts.of.unwrap_or_default())
            .with("title", facts.causes.first().map(|cause| cause.title.clone()).unwrap_or_default())
            .with("cutoff", facts.run.as_ref().map(|run| run.cutoff.to_string()).unwrap_or_default());
        Some(Notice { title, lines: lines(kind, &facts), path: path(kind, &facts) })
    }
}

fn title(kind: Kind, what: &str, facts: &Facts) -> &'static str {
    let is_over = what == What::Recovered.as_str();
    match (kind, is_over) {
        (Kind::OpenAmount, false) => "alert-say-open-amount",
        (Kind::OpenAmount, true) => "alert-say-open-amount-over",
        (Kind::LeakageMoney, false) => "alert-say-leakage-money",
        (Kind::LeakageMoney, true) => "alert-say-leakage-money-over",
        (Kind::LeakageCount, false) => "alert-say-leakage-count",
        (Kind::LeakageCount, true) => "alert-say-leakage-count-over",
        (Kind::ArchiveFailed, false) => "alert-say-archive-failed",
        (Kind::ArchiveFailed, true) => "alert-say-archive-failed-over",
        (Kind::StuckRetries, false) => "alert-say-stuck-retries",
        (Kind::StuckRetries, true) => "alert-say-stuck-retries-over",
        (Kind::LikelyFixed, false) => "alert-say-likely-fixed",
        (Kind::LikelyFixed, true) => "alert-say-likely-fixed-over",
        (Kind::NewCause, _) if facts.causes.len() > 1 => "alert-say-new-causes",
        (Kind::NewCause, _) if facts.causes.first().is_some_and(|cause| cause.title.is_empty()) => {
            "alert-say-new-cause-without-reason"
        }
        (Kind::NewCause, _) => "alert-say-new-cause",
    }
}

fn lines(kind: Kind, facts: &Facts) -> Vec<Message> {
    let number = facts.count.unwrap_or_default();
    let line = |cause: &CauseFact| match cause.title.is_empty() {
        true => Message::new("alert-line-no-reason"),
        false => Message::new("alert-line-cause").with("title", &cause.title),
    };
    let mut lines = Vec::new();
    match kind {
        Kind::OpenAmount => lines.push(Message::new("alert-line-open").with("number", number)),
        Kind::LeakageMoney | Kind::LeakageCount => {
            let of = facts.of.unwrap_or_default();
            lines.push(Message::new("alert-line-failed").with("number", number).with("of", of));
        }
        Kind::NewCause if facts.causes.len() > 1 => {
            lines.extend(facts.causes.iter().map(line));
            let more = number - facts.causes.len() as i64;
            if more > 0 {
                lines.push(Message::new("alert-line-more").with("number", more));
            }
        }
        Kind::ArchiveFailed => {
            let said = facts.run.as_ref().and_then(|run| run.message.clone());
            lines.extend(said.map(|text| Message::new("alert-line-archive").with("text", text)));
        }
        Kind::LikelyFixed => {
            lines.push(Message::new("alert-line-fixed").with("number", number));
            lines.extend(facts.causes.iter().map(line));
        }
        Kind::NewCause | Kind::StuckRetries => {}
    }
    lines
}

fn path(kind: Kind, facts: &Facts) -> String {
    match (kind, facts.causes.as_slice()) {
        // Keys of causes are letters, digits and dashes.
        (Kind::NewCause | Kind::LikelyFixed, [cause]) => format!("/failed-accounting/causes/{}", cause.key),
        (Kind::NewCause, _) => "/failed-accounting/causes?sort=newest".to_owned(),
        (Kind::LikelyFixed, _) => "/failed-accounting/causes".to_owned(),
        (Kind::OpenAmount, _) => "/failed-accounting".to_owned(),
        (Kind::LeakageMoney | Kind::LeakageCount, _) => "/".to_owned(),
        (Kind::ArchiveFailed, _) => "/archive".to_owned(),
        (Kind::StuckRetries, _) => "/failed-accounting?retrying=1".to_owned(),
    }
}
