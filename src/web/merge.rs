//! What a conflict asks about, who changed what is there now, and what of it is kept, as pages show and tell it.

use serde::Serialize;
use serde_json::Value;

use super::author;
use super::changes::{field_in_words, value_in_words};
use super::error::{Answer, WebError};
use super::extract::Visit;
use super::locale::{self, Language};
use super::view::TimeView;
use crate::audit::store::{self as audit, Event};
use crate::base::form::{Fields, Message};
use crate::base::merge::{Clash, Merged, Snapshot};
use crate::error::{Error, Result};

/// A merge on the page of a form.
#[derive(Debug, Default, Serialize)]
pub struct MergeView {
    pub clashes: Vec<ClashView>,
    pub taken: Vec<TakenView>,
    /// The last change that the trail knows; the platform may have changed the record since.
    pub last: Option<LastChange>,
    /// Key of the words that say why nothing was done; none where the form shall be saved again.
    pub text: Option<&'static str>,
}

/// The last change of a record, as its timeline has it.
#[derive(Debug, Serialize)]
pub struct LastChange {
    /// In words, where the app itself did it.
    pub by: String,
    pub at: TimeView,
}

/// The last change of the record of that kind and id; none where nobody noted one.
pub async fn last_change(visit: &Visit, kind: &'static str, id: &str) -> Result<Option<LastChange>> {
    let id = id.to_owned();
    let state = &visit.state;
    let last = state.database.run(move |connection| audit::last(connection, kind, &id)).await?;
    Ok(last.map(|event| of_event(visit, &event)))
}

/// The answer to a program that expected that record to be otherwise, with the last change that its timeline has.
pub async fn with_last_change(visit: &Visit, kind: &'static str, id: String, answer: Answer) -> Answer {
    let Err(WebError(Error::Stale { expected, present, .. })) = answer else { return answer };
    let last = visit.state.database.run(move |connection| audit::last(connection, kind, &id)).await?;
    let changed = last.map(|event| (event.author, event.happened_at));
    Err(Error::Stale { expected, present, changed }.into())
}

/// Who did that, and when.
pub fn of_event(visit: &Visit, event: &Event) -> LastChange {
    LastChange {
        by: author::in_words(visit.language, &event.author),
        at: TimeView::new(&visit.state.clock, event.happened_at),
    }
}

/// What both changed, differently.
#[derive(Debug, Serialize)]
pub struct ClashView {
    /// The first of its fields.
    name: String,
    label: String,
    saw: String,
    now: String,
    mine: String,
}

/// What others changed and the reader did not touch.
#[derive(Debug, Serialize)]
pub struct TakenView {
    label: String,
    saw: String,
    now: String,
}

impl MergeView {
    /// A merge in words; `saw` gives a field as the reader saw it.
    pub fn new(merged: &Merged, now: &Fields, saw: impl Fn(&str) -> String, language: Language) -> MergeView {
        let taken = merged.taken.iter().map(|name| TakenView {
            label: field_in_words(language, name),
            saw: in_words(language, name, &saw(name)),
            now: in_words(language, name, now.raw(name).unwrap_or_default()),
        });
        MergeView {
            clashes: merged.clashes.iter().map(|clash| view(clash, language)).collect(),
            taken: taken.collect(),
            ..MergeView::default()
        }
    }

    /// A form without fields that met another state than its reader saw; why nothing was done.
    pub fn refused(text: &'static str, last: Option<LastChange>) -> MergeView {
        MergeView { text: Some(text), last, ..MergeView::default() }
    }

    /// With the last change that the trail knows.
    pub fn by(self, last: Option<LastChange>) -> MergeView {
        MergeView { last, ..self }
    }
}

/// The page of a form that carries in it what its reader saw.
pub fn of_form(merged: &Merged, saw: &Snapshot, now: &Fields, language: Language) -> MergeView {
    MergeView::new(merged, now, |name| saw.shown(name).unwrap_or_default().to_owned(), language)
}

fn view(clash: &Clash, language: Language) -> ClashView {
    let joined = |texts: Vec<String>| {
        texts.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" · ")
    };
    let values = |values: &[String]| {
        joined(clash.names.iter().zip(values).map(|(name, value)| in_words(language, name, value)).collect())
    };
    ClashView {
        name: clash.names.first().cloned().unwrap_or_default(),
        label: joined(clash.names.iter().map(|name| field_in_words(language, name)).collect()),
        saw: values(&clash.saw),
        now: values(&clash.now),
        mine: values(&clash.typed),
    }
}

/// Fields that are ticked or not.
const BOXES: [&str; 3] = ["shared", "to_webhook", "to_mail"];

fn in_words(language: Language, name: &str, value: &str) -> String {
    if BOXES.contains(&name) {
        return locale::text(language, if value == "1" { "ticked" } else { "not-ticked" });
    }
    if ["standing", "role"].contains(&name) {
        let words = locale::lookup(language, &format!("{name}-{value}"), &Default::default());
        return words.unwrap_or_else(|| value.to_owned());
    }
    value_in_words(language, name, &Value::String(value.to_owned()))
}

/// What was done, and what of others was kept where they changed something meanwhile.
pub fn done(language: Language, done: Message, taken: &[String]) -> Message {
    if taken.is_empty() {
        return done;
    }
    let names: Vec<String> = taken.iter().map(|name| field_in_words(language, name)).collect();
    let comma = locale::text(language, "list-comma");
    Message::new("flash-merged")
        .with("done", locale::words(language, &done))
        .with("fields", names.join(&comma))
}
