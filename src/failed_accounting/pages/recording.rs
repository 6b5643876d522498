//! Recording a failure by its form; sent twice it records one.

use actix_web::http::StatusCode;

use super::changes::amount_of;
use super::context::record_link;
use super::forms::{DifferingField, RecordedView, new_form};
use crate::audit::event::Author;
use crate::base::clock::TIME_FORMAT;
use crate::base::form::{Fields, Message};
use crate::base::secrets;
use crate::error::Error;
use crate::failed_accounting::change::{self, Inserted};
use crate::failed_accounting::failure::FailedRecord;
use crate::failed_accounting::form;
use crate::web::changes::field_in_words;
use crate::web::error::Answer;
use crate::web::extract::{Form, Visit};
use crate::web::form::FormState;
use crate::web::locale::Language;
use crate::web::page;
use crate::web::view::clip;

/// The most characters of a field that is shown beside another content.
const SHOWN: usize = 300;

/// `POST /failed-accounting`: records a failure.
pub async fn create(visit: Visit, author: Author, Form(fields): Form) -> Answer {
    // The form brings the id, so that sending it twice records one failure.
    let id = fields.text("id").filter(|id| is_fresh_id(id)).map_or_else(|| nanoid::nanoid!(), str::to_owned);
    let record = match form::new_failure(&fields, id, author.at).and_then(form::on_one_day) {
        Ok(record) => record,
        Err(errors) => {
            return new_form(&visit, &FormState::refused(fields, errors), None).await;
        }
    };
    let sent = record.clone();
    let inserted = visit
        .state
        .database
        .transaction(move |connection| change::insert(connection, &record, &author))
        .await;
    let inserted = match inserted {
        Err(Error::Invalid(errors)) => {
            return new_form(&visit, &FormState::refused(fields, errors), None).await;
        }
        ended => ended?,
    };
    match inserted {
        Inserted::There(record) => {
            visit.tell(Message::new("flash-recorded").with("amount", amount_of(&record)));
            Ok(page::see_other(&record_link(&record.id, "", &Default::default())))
        }
        Inserted::Other(present) => {
            let recorded = RecordedView {
                link: record_link(&present.id, "", &Default::default()),
                fields: differing(&present, &sent, visit.language),
                id: present.id.clone(),
            };
            // Whoever means another failure sends it under an id of its own.
            let pairs = fields.pairs().iter().filter(|(name, _)| name != "id").cloned();
            let fields = Fields::new(pairs.chain([("id".to_owned(), nanoid::nanoid!())]).collect());
            let form = FormState { status: StatusCode::CONFLICT, ..FormState::new(fields) };
            new_form(&visit, &form, Some(recorded)).await
        }
    }
}

fn is_fresh_id(id: &str) -> bool {
    id.len() == 21 && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

/// The fields of a new failure that differ, as they were recorded and as they were sent now.
fn differing(present: &FailedRecord, sent: &FailedRecord, language: Language) -> Vec<DifferingField> {
    let told = |record: &FailedRecord| {
        let record = record.clone();
        [
            ("llmusageid", record.llmusageid),
            ("llmid", record.llmid),
            ("userid", record.userid),
            ("userorgid", record.userorgid),
            ("use_date", record.use_date.map(|date| date.to_string())),
            ("use_time", record.use_time.map(|time| time.format(TIME_FORMAT).to_string())),
            ("amount", record.amount.map(|money| money.to_string())),
            ("cost", record.cost.map(|money| money.to_string())),
            ("failed_reason", record.failed_reason),
        ]
    };
    let shown = |text: Option<String>| clip(&secrets::mask(&text.unwrap_or_default()), SHOWN);
    let pairs = told(present).into_iter().zip(told(sent));
    pairs
        .filter(|((_, recorded), (_, typed))| recorded != typed)
        .map(|((name, recorded), (_, typed))| DifferingField {
            label: field_in_words(language, name),
            recorded: shown(recorded),
            typed: shown(typed),
        })
        .collect()
}
