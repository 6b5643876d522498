//! Forms as templates show them: values as typed, what is wrong with them, choices.

use std::collections::{BTreeMap, HashMap};

use actix_web::http::StatusCode;
use serde::Serialize;

use super::locale::{self, Language};
use super::merge::MergeView;
use super::view::Named;
use crate::base::form::{FieldErrors, Fields, Message, UNKNOWN};

/// The most names that a field suggests.
const SUGGESTIONS: usize = 200;

/// What a form shows: the values as typed, and what is wrong with them.
#[derive(Debug, Default, Serialize)]
pub struct FormView {
    pub values: BTreeMap<String, String>,
    pub errors: BTreeMap<String, String>,
    /// What is said of names that do not exist here, by name.
    pub unknown: BTreeMap<String, String>,
}

impl FormView {
    /// Each of these fields with its value as typed, empty when absent.
    pub fn new(names: &[&str], fields: &Fields, errors: &FieldErrors, language: Language) -> FormView {
        let value = |name: &&str| ((*name).to_owned(), fields.raw(name).unwrap_or_default().to_owned());
        let is_unknown = |message: &Message| message.key == UNKNOWN;
        let (unknown, errors): (FieldErrors, FieldErrors) =
            errors.clone().into_iter().partition(|(_, message)| is_unknown(message));
        FormView {
            values: names.iter().map(value).collect(),
            errors: locale::errors_in_words(language, &errors),
            unknown: locale::errors_in_words(language, &unknown),
        }
    }
}

/// A form on its way to the page: as it was typed, what is wrong with it, and what others changed meanwhile.
#[derive(Debug, Default)]
pub struct FormState {
    pub status: StatusCode,
    pub fields: Fields,
    pub errors: FieldErrors,
    /// What must be asked, because somebody else changed the same.
    pub merge: Option<MergeView>,
}

impl FormState {
    /// A form that nothing is wrong with.
    pub fn new(fields: Fields) -> FormState {
        FormState { fields, ..FormState::default() }
    }

    /// A form with fields that were refused.
    pub fn refused(fields: Fields, errors: FieldErrors) -> FormState {
        FormState { status: StatusCode::UNPROCESSABLE_ENTITY, fields, errors, merge: None }
    }

    /// A form that the record's present state stands in the way of; the message is told at that field.
    pub fn conflict(fields: Fields, name: &str, message: Message) -> FormState {
        let errors = FieldErrors::from([(name.to_owned(), message)]);
        FormState { status: StatusCode::CONFLICT, ..FormState::refused(fields, errors) }
    }

    /// A form of which something must be asked before it can be saved.
    pub fn merging(fields: Fields, merge: MergeView) -> FormState {
        FormState { status: StatusCode::CONFLICT, merge: Some(merge), ..FormState::new(fields) }
    }

    /// The form as templates show it.
    pub fn view(&self, names: &[&str], language: Language) -> FormView {
        FormView::new(names, &self.fields, &self.errors, language)
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

/// Names to choose from, by name.
pub fn suggestions(names: &HashMap<String, String>) -> Vec<Named> {
    let mut all: Vec<Named> =
        names.iter().map(|(id, name)| Named { id: id.clone(), name: Some(name.clone()) }).collect();
    all.sort_by(|left, right| (&left.name, &left.id).cmp(&(&right.name, &right.id)));
    all.truncate(SUGGESTIONS);
    all
}
