//! Forms as templates show them: values as typed, what is wrong with them, choices.

use std::collections::BTreeMap;

use serde::Serialize;

use super::locale::{self, Language};
use crate::base::form::{FieldErrors, Fields};

/// What a form shows: the values as typed, and what is wrong with them.
#[derive(Debug, Default, Serialize)]
pub struct FormView {
    pub values: BTreeMap<String, String>,
    pub errors: BTreeMap<String, String>,
}

impl FormView {
    /// Each of these fields with its value as typed, empty when absent.
    pub fn new(names: &[&str], fields: &Fields, errors: &FieldErrors, language: Language) -> FormView {
        let value = |name: &&str| ((*name).to_owned(), fields.raw(name).unwrap_or_default().to_owned());
        FormView {
            values: names.iter().map(value).collect(),
            errors: locale::errors_in_words(language, errors),
        }
    }
}

/// One choice of a select.
#[derive(Debug, Serialize)]
pub struct Choice {
    pub value: &'static str,
    /// Key of its words in the catalogue.
    pub text: String,
    pub selected: bool,
}
