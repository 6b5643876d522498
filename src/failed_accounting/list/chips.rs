//! The filter in words, as chips show it.

use super::filter::Filter;
use super::keys::TABLE;
use crate::names::Names;
use crate::names::chips;
pub use crate::names::chips::Chip;

/// The filter in words, with the title of its cause; `word` looks a key of the catalogue up.
pub fn of(
    filter: &Filter,
    names: &Names,
    cause: Option<&str>,
    word: &dyn Fn(&str) -> Option<String>,
) -> Vec<Chip> {
    let mut chips = chips::of(&TABLE, filter, names, cause, word);
    if let (Some(present), Some(frozen)) = (&filter.cause, &filter.batch_cause)
        && present != frozen
        && let Some(chip) = chips.iter_mut().find(|chip| chip.key == "batch_cause")
    {
        // The title is of the other one.
        chip.message.arguments.insert("value", frozen.clone());
    }
    chips
}
