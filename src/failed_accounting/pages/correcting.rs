//! Correcting the usage of one failure: the form on its page, and what it does.

use serde::Serialize;

use super::context::record_link;
use super::found::Found;
use super::show::{filter_of, in_the_way, refused};
use crate::audit::event::Author;
use crate::base::form::{Message, Reader};
use crate::base::secrets;
use crate::db::DbConnection;
use crate::error::Error;
use crate::failed_accounting::case::{Acted, Case, Place, View};
use crate::failed_accounting::correction::{self, Field, form};
use crate::failed_accounting::filter::Filter;
use crate::failed_accounting::form as failure;
use crate::failed_accounting::inquiry::Inquiry;
use crate::names::Names;
use crate::usages::form::Seen;
use crate::usages::usage::{Usage, Whereabouts};
use crate::web::error::Answer;
use crate::web::extract::{Form, Id, Visit};
use crate::web::page;
use crate::web::view::clip;

/// The most characters of `usages` beside their input.
const SHOWN: usize = 600;

/// What a person may correct of the usage of a record.
#[derive(Serialize)]
pub(super) struct CorrectView {
    link: String,
    fields: Vec<FieldView>,
    /// What the stored output says was counted, where `usages` may be corrected by it.
    recovered: Option<String>,
    /// The usage as the form's reader sees it.
    seen: String,
}

#[derive(Serialize)]
struct FieldView {
    name: &'static str,
    set: &'static str,
    present: Option<String>,
    known_as: Option<String>,
}

impl CorrectView {
    /// Whether the form has that input.
    pub(super) fn holds(&self, name: &str) -> bool {
        self.fields.iter().any(|field| field.set == name) || name == "usages_from"
    }
}

/// Whether an input is one of a correction.
pub(super) fn is_input(name: &str) -> bool {
    form::INPUTS.contains(&name) || name == "then"
}

/// What that person may correct of the usage of a record now.
pub(super) fn correct_view(
    visit: &Visit,
    names: &Names,
    found: &Found,
    filter: &Filter,
) -> Option<CorrectView> {
    let view = View { usage: found.usage.as_ref(), failures: &found.attempts };
    let (usage, Whereabouts::Live) = found.usage.as_ref()? else { return None };
    let correctable = visit.state.correctable.of(visit.visitor()?.role);
    if correctable.is_empty() || view.retry_obstacle(&found.record).is_some() {
        return None;
    }
    let may = |field: &Field| correctable.contains(&field.as_str());
    let field = |field: Field| FieldView {
        name: field.as_str(),
        set: form::inputs_of(field)[0],
        known_as: known_as(names, field, usage),
        present: field.of(usage).map(|text| clip(&secrets::mask(text), SHOWN)),
    };
    let recovered = usage.ioinfo.as_deref().and_then(correction::recovered).filter(|_| may(&Field::Usages));
    let is_other = |text: &String| Some(text) != usage.usages.as_ref();
    Some(CorrectView {
        link: record_link(&found.record.id, "/correct", filter),
        fields: Field::ALL.into_iter().filter(may).map(field).collect(),
        recovered: recovered.filter(is_other).map(|text| clip(&secrets::mask(&text), SHOWN)),
        seen: Seen::of(usage).encode(),
    })
}

fn known_as(names: &Names, field: Field, usage: &Usage) -> Option<String> {
    let id = field.of(usage);
    let name = match field {
        Field::Model => names.model(id),
        Field::User => names.user(id),
        Field::Organisation => names.organisation(id),
        Field::Usages => None,
    };
    name.map(str::to_owned)
}

/// `POST /failed-accounting/{id}/correct`: changes fields of the usage, and has it accounted again where that is asked for.
pub async fn correct(visit: Visit, Id(id): Id, author: Author, Form(fields): Form) -> Answer {
    let role = visit.visitor().map(|visitor| visitor.role);
    let correctable = role.map(|role| visit.state.correctable.of(role)).unwrap_or_default();
    let mut read = Reader::new(&fields);
    let then_retry = form::then_retry(&mut read);
    let mut errors = read.errors;
    let is_checked = failure::checked(&fields).unwrap_or_else(|wrong| {
        errors.extend(wrong);
        false
    });
    let correction = form::correction(&fields, &correctable).map_err(|wrong| errors.extend(wrong));
    let (Ok(correction), true) = (correction, errors.is_empty()) else {
        return refused(&visit, id, fields, errors).await;
    };
    let (asked, saw) = (id.clone(), Seen::in_form(&fields));
    let place = visit.state.database.run(move |connection| Place::find(connection, &asked)).await?;
    let inquiry = match then_retry {
        true => Inquiry::begin(&visit.state.ledger, &visit.state.database, &place, is_checked).await,
        false => Inquiry::default(),
    };
    let asked = Asked { place, inquiry, correction, then_retry, saw };
    let work = move |connection: &mut DbConnection| asked.correct(connection, &author);
    loop {
        match visit.state.database.transaction(work.clone()).await {
            Ok(Acted::Again) => {}
            Ok(Acted::Done) => break,
            Err(Error::Conflict(message)) => return in_the_way(&visit, id, fields, &message).await,
            Err(Error::Invalid(errors)) => return refused(&visit, id, fields, errors).await,
            Err(error) => return Err(error.into()),
        }
    }
    visit.tell(Message::new(if then_retry { "flash-corrected-retrying" } else { "flash-corrected" }));
    Ok(page::see_other(&record_link(&id, "", &filter_of(&visit)?)))
}

/// A correction that somebody asked for.
#[derive(Clone)]
struct Asked {
    place: Place,
    inquiry: Inquiry,
    correction: correction::Correction,
    then_retry: bool,
    saw: Option<Seen>,
}

impl Asked {
    fn correct(&self, connection: &mut DbConnection, author: &Author) -> crate::error::Result<Acted> {
        let Asked { place, inquiry, correction, then_retry, saw } = self;
        let mut case = Case::of_failure(connection, place)?;
        let evidence = inquiry.end(connection, place)?;
        let is_as_seen = match (saw, case.usage()) {
            (None, _) => Err("correct-unseen"),
            (Some(saw), Some((usage, _))) if *saw == Seen::of(usage) => Ok(()),
            (Some(_), _) => Err("correct-usage-changed"),
        };
        let then_retry = then_retry.then_some(&evidence);
        let acted = case.act(|case| case.correct(&place.id, correction, then_retry, author))?;
        // What the rules refuse is told first.
        is_as_seen.map_err(|key| Error::Conflict(Message::new(key)))?;
        case.save(connection, author)?;
        Ok(acted)
    }
}
