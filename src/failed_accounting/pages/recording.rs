//! Recording a failure by its form; sent twice it records one.

use actix_web::http::StatusCode;

use super::changes::amount_of;
use super::context::record_link;
use super::forms::{DifferingField, RecordedView, new_form};
use crate::audit::event::{Action, Author, FAILED_ACCOUNTING};
use crate::audit::store as audit;
use crate::base::clock::TIME_FORMAT;
use crate::base::form::{Fields, Message};
use crate::base::secrets;
use crate::db::DbConnection;
use crate::error::{Error, Result};
use crate::failed_accounting::change::{self, Inserted};
use crate::failed_accounting::failure::FailedRecord;
use crate::failed_accounting::form;
use crate::web::changes::field_in_words;
use crate::web::error::Answer;
use crate::web::extract::{Form, Visit};
use crate::web::form::FormState;
use crate::web::locale::{self, Language};
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
    if is_deleted(&visit, &record.id).await? {
        let again = with_another_id(&fields);
        let form = FormState { status: StatusCode::CONFLICT, ..FormState::new(again) };
        return new_form(&visit, &form, Some(RecordedView::default())).await;
    }
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
        Inserted::Before(present) => {
            let state = format!("state-{}", present.state(visit.state.stuck_since()));
            let told = Message::new("flash-recorded-before").with("amount", amount_of(&present)).with(
                "state",
                locale::lookup(visit.language, &state, &Default::default()).unwrap_or_default(),
            );
            visit.tell(told);
            Ok(page::see_other(&record_link(&present.id, "", &Default::default())))
        }
        Inserted::Other(present) => {
            let recorded = RecordedView {
                link: Some(record_link(&present.id, "", &Default::default())),
                fields: differing(&present, &sent, visit.language),
            };
            let form = FormState { status: StatusCode::CONFLICT, ..FormState::new(with_another_id(&fields)) };
            new_form(&visit, &form, Some(recorded)).await
        }
    }
}

/// Whether this form recorded a failure before that was deleted since.
async fn is_deleted(visit: &Visit, id: &str) -> Result<bool> {
    let id = id.to_owned();
    let deleted = move |connection: &mut DbConnection| {
        audit::last_time(connection, FAILED_ACCOUNTING, &id, Action::Delete)
    };
    Ok(visit.state.database.run(deleted).await?.is_some())
}

/// Whoever means another failure sends it under an id of its own.
fn with_another_id(fields: &Fields) -> Fields {
    fields.with("id", nanoid::nanoid!())
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
