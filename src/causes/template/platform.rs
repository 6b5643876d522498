//! The platform's own wordings, whose variable parts no mark sets off from the rest.

use super::scanner::Scanner;
use super::{body, names};

/// The longest value of these wordings, in bytes; ids have 32 characters.
const LONGEST: usize = 200;

/// What follows the data of a usage that had no price, before and after the id of the usage.
const DATA_END: &str = "llmusage.id=";
const TAIL: &str = "llmusage.id='…' env.buffered_charging() return None";

/// Reads one of these wordings where the present place begins one.
pub(super) fn read(scanner: &mut Scanner<'_>) -> bool {
    let rest = scanner.rest();
    match rest.as_bytes().first() {
        Some(b'l') => {
            between(scanner, "llm not found(", ")", "")
                || between(scanner, "llm (", ") donot has a pricing_program", ") donot has a pricing_program")
                || no_data(scanner)
        }
        Some(b'a') => account(scanner),
        Some(b'u') => usages(scanner),
        Some(b'M') => gone_away(scanner),
        _ => false,
    }
}

/// `begin<value>end`, where the value is on the same line.
fn between(scanner: &mut Scanner<'_>, begin: &str, end: &str, next: &str) -> bool {
    let Some(value) = value(scanner.rest(), begin, end) else { return false };
    // The id of `llm not found(…)` may hold a bracket; the last one of the line is the end.
    let value = if next.is_empty() { last_value(scanner.rest(), begin, end).unwrap_or(value) } else { value };
    scanner.out.push_str(begin);
    if names::is_nothing_or_truth(value) {
        scanner.out.push_str(value)
    } else {
        scanner.hide()
    }
    scanner.out.push_str(end);
    scanner.word.clear();
    scanner.at += begin.len() + value.len() + end.len();
    true
}

fn near(text: &str) -> &str {
    let mut end = text.len().min(LONGEST);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let near = text.get(..end).unwrap_or_default();
    near.split('\n').next().unwrap_or_default()
}

fn value<'t>(text: &'t str, begin: &str, end: &str) -> Option<&'t str> {
    let near = near(text.strip_prefix(begin)?);
    near.find(end).and_then(|length| near.get(..length))
}

fn last_value<'t>(text: &'t str, begin: &str, end: &str) -> Option<&'t str> {
    let near = near(text.strip_prefix(begin)?);
    let is_whole =
        near.trim_end().ends_with(end) && near.matches(end).count() == near.matches('(').count() + 1;
    near.rfind(end).filter(|_| is_whole).and_then(|length| near.get(..length))
}

/// `llm_charging failed: <name> data not found`
fn no_data(scanner: &mut Scanner<'_>) -> bool {
    const BEGIN: &str = "llm_charging failed: ";
    const END: &str = " data not found";
    let Some(name) = value(scanner.rest(), BEGIN, END) else { return false };
    scanner.out.push_str(BEGIN);
    let (field, told) = name.split_once('=').map_or(("", name), |(field, told)| (field, told));
    if matches!(field, "ppid" | "llmid" | "ptid") {
        scanner.out.push_str(field);
        scanner.out.push('=');
    }
    if names::is_nothing_or_truth(told) || matches!(told, "''" | "\"\"") {
        scanner.out.push_str(told)
    } else {
        scanner.hide()
    }
    scanner.out.push_str(END);
    scanner.word.clear();
    scanner.at += BEGIN.len() + name.len() + END.len();
    true
}

/// `account not found: orgid=<org>, subject=<…>`
fn account(scanner: &mut Scanner<'_>) -> bool {
    const BEGIN: &str = "account not found: orgid=";
    const BETWEEN: &str = ", subject=";
    let Some(org) = value(scanner.rest(), BEGIN, BETWEEN) else { return false };
    let rest = scanner.rest().get(BEGIN.len() + org.len() + BETWEEN.len()..).unwrap_or_default();
    let subject = rest.split('\n').next().unwrap_or_default();
    for (part, value) in [(BEGIN, org), (BETWEEN, subject)] {
        scanner.out.push_str(part);
        if names::is_nothing_or_truth(value) { scanner.out.push_str(value) } else { scanner.hide() }
    }
    scanner.at += BEGIN.len() + org.len() + BETWEEN.len() + subject.len();
    scanner.word.clear();
    true
}

/// `usages=<dict>llmusage.id='<luid>'  env.buffered_charging() return None`: the dict may be broken, and the text cut.
fn usages(scanner: &mut Scanner<'_>) -> bool {
    let Some(data) = scanner.rest().strip_prefix("usages=") else { return false };
    if !scanner.out.ends_with(", ") || !scanner.out.contains("ppid=") {
        return false;
    }
    let end = match data.rfind(DATA_END) {
        Some(end) => end,
        None => body::parse(data, 0).map_or(data.len(), |(_, end)| end),
    };
    let (value, rest) = data.split_at(end);
    scanner.out.push_str("usages=");
    if names::is_nothing_or_truth(value.trim()) {
        scanner.out.push_str(value.trim())
    } else {
        scanner.hide()
    }
    scanner.at += "usages=".len() + end;
    scanner.word.clear();
    if is_cut_tail(rest) {
        scanner.out.push_str(TAIL);
        scanner.at = scanner.text.len();
    }
    true
}

/// Whether a text was cut somewhere in the tail.
fn is_cut_tail(rest: &str) -> bool {
    let Some(after) = rest.strip_prefix(DATA_END) else { return DATA_END.starts_with(rest) };
    let Some(id) = after.strip_prefix('\'') else { return after.is_empty() };
    let Some((_, end)) = id.split_once('\'') else { return id.len() <= 64 };
    let words = end.split_whitespace().collect::<Vec<_>>().join(" ");
    words.len() < "env.buffered_charging() return None".len()
        && "env.buffered_charging() return None".starts_with(&words)
}

/// `MySQL server has gone away (<…>)`: how the line broke is no part of the cause.
fn gone_away(scanner: &mut Scanner<'_>) -> bool {
    const BEGIN: &str = "MySQL server has gone away (";
    let Some(inside) = scanner.rest().strip_prefix(BEGIN) else { return false };
    let near = near(inside);
    let mut open = 1;
    let end = near.bytes().position(|byte| {
        open += i32::from(byte == b'(') - i32::from(byte == b')');
        open == 0
    });
    let Some(end) = end else { return false };
    scanner.out.push_str(BEGIN);
    scanner.hide();
    scanner.out.push(')');
    scanner.at += BEGIN.len() + end + 1;
    true
}
