//! Saying what a batch of corrections makes of its usages, and what that comes to, before anything is done.

use serde::Serialize;

use super::context::{Card, batch_link};
use super::create::{by, correctable, correction_of};
use super::show::{self, Builder};
use super::split::SkippedView;
use crate::audit::event::Author;
use crate::base::secrets;
use crate::batches::planned::{Change, Planned, Sampled};
use crate::batches::{foretelling, store};
use crate::error::Error;
use crate::failed_accounting::correction::Field;
use crate::failed_accounting::correction::form::inputs_of;
use crate::web::error::Answer;
use crate::web::extract::{Form, Id, Visit};
use crate::web::form::FormState;
use crate::web::view::clip;
use crate::web::{links, locale, page};

/// The most characters of a value in the tables.
const SHOWN: usize = 160;

/// What a preview shows of a correction.
#[derive(Serialize)]
pub(super) struct CorrectionView {
    /// The fields that this person may correct.
    fields: Vec<FieldView>,
    is_told: bool,
    then_retry: bool,
    changes: Vec<ChangeView>,
    more: usize,
    refused: Vec<SkippedView>,
    sample: Vec<SampleView>,
}

#[derive(Serialize)]
struct FieldView {
    name: &'static str,
    /// The names of its inputs.
    set: &'static str,
    other: &'static str,
    present: Vec<(ValueView, Card)>,
}

/// A value with the name that it stands for, where one is known.
#[derive(Serialize)]
struct ValueView {
    /// Empty for nothing.
    text: String,
    name: Option<String>,
}

#[derive(Serialize)]
struct ChangeView {
    field: &'static str,
    from: ValueView,
    to: ValueView,
    sum: Card,
}

#[derive(Serialize)]
struct SampleView {
    id: String,
    link: String,
    changes: Vec<(&'static str, String, String)>,
}

/// `POST /batches/{id}/correction`: what shall become of which field; nothing is done to the usages yet.
pub async fn correct(visit: Visit, Id(id): Id, author: Author, Form(fields): Form) -> Answer {
    let state = &visit.state;
    let asked = id.clone();
    let read = state.database.run(move |connection| store::find(connection, &asked)).await?;
    if read.planned.is_none() {
        return Err(Error::NotFound.into());
    }
    let correction = match correction_of(&visit, &fields) {
        Ok(correction) => correction,
        Err(errors) => return show::with_form(&visit, id, &FormState::refused(fields, errors)).await,
    };
    let database = &state.database;
    if let Some(message) = read.correcting_obstacle(&author.name, author.at) {
        let form = FormState::conflict(fields, "not_now", message);
        return show::with_form(&visit, id, &form).await;
    }
    match foretelling::retell(database, &id, Some(correction), by(&visit), author).await {
        Ok(()) => Ok(page::see_other(&batch_link(&id, ""))),
        Err(Error::Conflict(message)) => {
            let form = FormState::conflict(fields, "not_now", message);
            show::with_form(&visit, id, &form).await
        }
        Err(error) => Err(error.into()),
    }
}

impl Builder<'_> {
    /// What the page shows of a correction to that person.
    pub(super) fn correction(&self, visit: &Visit, planned: &Planned) -> CorrectionView {
        let correctable = correctable(visit);
        let foreseen = planned.foreseen.clone().unwrap_or_default();
        let field = |field: Field| {
            let [set, other] = inputs_of(field);
            let parts = planned.present.get(&field).map(Vec::as_slice).unwrap_or_default();
            let part = |part: &crate::batches::counts::Part| {
                (self.value(field, part.key.as_deref().unwrap_or_default()), part.tally.into())
            };
            FieldView { name: field.as_str(), set, other, present: parts.iter().map(part).collect() }
        };
        let offered = Field::ALL.into_iter().filter(|field| correctable.contains(&field.as_str()));
        CorrectionView {
            fields: offered.map(field).collect(),
            is_told: planned.correction.is_some(),
            then_retry: planned.then_retry,
            changes: foreseen.changes.iter().map(|change| self.change(change)).collect(),
            more: foreseen.more,
            refused: foreseen.refused.iter().map(|part| self.skipped(part)).collect(),
            sample: foreseen.sample.into_iter().map(sampled).collect(),
        }
    }

    fn change(&self, change: &Change) -> ChangeView {
        let to = match &change.to {
            Some(to) => ValueView { name: self.name(change.field, to), text: shown(to) },
            None => self.word("correct-from-output"),
        };
        let from = self.value(change.field, &change.from);
        ChangeView { field: change.field.as_str(), from, to, sum: change.tally.into() }
    }

    /// A value as it is; of `usages` the kind, in words.
    fn value(&self, field: Field, text: &str) -> ValueView {
        match field {
            Field::Usages => self.word(&format!("correct-usages-{text}")),
            _ => ValueView { name: self.name(field, text), text: shown(text) },
        }
    }

    fn word(&self, key: &str) -> ValueView {
        let word = locale::word(self.language)(key).unwrap_or_else(|| key.to_owned());
        ValueView { text: word, name: None }
    }

    fn name(&self, field: Field, id: &str) -> Option<String> {
        let names = match field {
            Field::Model => &self.names.models,
            Field::User => &self.names.users,
            Field::Organisation => &self.names.organisations,
            Field::Usages => return None,
        };
        names.get(id).cloned()
    }
}

fn shown(text: &str) -> String {
    clip(&secrets::mask(text), SHOWN)
}

fn sampled(row: Sampled) -> SampleView {
    let change = |(field, from, to): &(Field, String, String)| (field.as_str(), shown(from), shown(to));
    SampleView {
        link: format!("/failed-accounting/{}", links::segment(&row.failed_id)),
        changes: row.changes.iter().map(change).collect(),
        id: row.failed_id,
    }
}
