//! A filter in words: one message for each key that narrows a list, names in place of ids where they are known.

use std::collections::HashMap;

use super::filter::{Filter, is_narrowing};
use crate::base::form::{Message, NONE};
use crate::names::Names;

/// What says that a key of a filter is in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chip {
    pub key: &'static str,
    pub message: Message,
}

/// The filter in words, with the title of its cause; `word` looks a key of the catalogue up.
pub fn of(
    filter: &Filter,
    (names, cause): (&Names, Option<&str>),
    word: &dyn Fn(&str) -> Option<String>,
) -> Vec<Chip> {
    let chip = |(key, value): (&'static str, String)| {
        let shown = match key {
            "userorgid" | "llmid" | "userid" if value == NONE => word("filter-none").unwrap_or(value),
            "userorgid" => named(&names.organisations, &value),
            "llmid" => named(&names.models, &value),
            "userid" => named(&names.users, &value),
            "resolution" => word(&format!("resolution-{}", value.replace('_', "-"))).unwrap_or(value),
            "batch_outcome" => word(&format!("batch-outcome-{}", value.replace('_', "-"))).unwrap_or(value),
            "changed" => word(&format!("changed-{value}")).unwrap_or(value),
            "changed_from" => value.replace('T', " "),
            "cause" => cause.map_or(value, str::to_owned),
            _ => value,
        };
        Chip { key, message: Message::new(words_of(key)).with("value", shown) }
    };
    filter.to_pairs().into_iter().filter(|(key, _)| is_narrowing(key)).map(chip).collect()
}

fn named(names: &HashMap<String, String>, id: &str) -> String {
    names.get(id).cloned().unwrap_or_else(|| id.to_owned())
}

fn words_of(key: &str) -> &'static str {
    match key {
        "start_date" => "chip-start-date",
        "end_date" => "chip-end-date",
        "userorgid" => "chip-organisation",
        "llmid" => "chip-model",
        "userid" => "chip-user",
        "llmusageid" => "chip-usage",
        "amount_min" => "chip-amount-min",
        "amount_max" => "chip-amount-max",
        "resolution" => "chip-resolution",
        "cause" => "chip-cause",
        "retry_before" => "chip-retry-before",
        "failed_from" => "chip-failed-from",
        "failed_to" => "chip-failed-to",
        "changed" => "chip-changed",
        "changed_from" => "chip-changed-from",
        "changed_not_by" => "chip-changed-not-by",
        "batch" => "chip-batch",
        "batch_outcome" => "chip-batch-outcome",
        "superseded" => "chip-superseded",
        _ => "chip-text",
    }
}
