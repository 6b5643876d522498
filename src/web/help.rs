//! `GET /help`: the words, the states and what moves a record between them, roles, keys.

use serde::Serialize;

use super::error::Answer;
use super::extract::Visit;

/// The words that are explained, by their keys: `help-word-…` says what `…` is called, `help-about-…` what it means.
const WORDS: [&str; 12] = [
    "usage",
    "failure",
    "cause",
    "retry",
    "handle",
    "resolution",
    "superseded",
    "settle",
    "batch",
    "leakage",
    "archive",
    "trail",
];

/// What moves a record: from a state, by an act, to a state.
const MOVES: [[&str; 3]; 8] = [
    ["open", "retry", "retrying"],
    ["retrying", "accounted", "accounted"],
    ["retrying", "failed-again", "superseded"],
    ["retrying", "withdraw", "open"],
    ["open", "handle", "handled"],
    ["handled", "reopen", "open"],
    ["open", "newer", "superseded"],
    ["open", "settle", "accounted"],
];

const ROLES: [&str; 3] = ["viewer", "operator", "admin"];

#[derive(Serialize)]
struct HelpPage {
    words: [&'static str; 12],
    moves: [[&'static str; 3]; 8],
    roles: [&'static str; 3],
}

/// The page of help.
pub async fn show(visit: Visit) -> Answer {
    visit.ok("help/index.html", &HelpPage { words: WORDS, moves: MOVES, roles: ROLES })
}
