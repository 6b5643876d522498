//! Closing a failure by the entry of the ledger.

use super::retries::{Wants, change};
use crate::base::form::Message;
use crate::failed_accounting::failure::FailedRecord;
use crate::web::error::Answer;
use crate::web::extract::{Form, Id, Visit};

/// `POST /failed-accounting/{id}/close-charged`: closes as charged elsewhere, by the entry that the ledger tells now.
pub async fn close_charged(visit: Visit, Id(id): Id, Form(fields): Form) -> Answer {
    let told = |record: &FailedRecord, _| {
        Message::new("flash-closed-charged").with("amount", super::changes::amount_of(record))
    };
    let seen = fields.text("entry").map(str::to_owned);
    change(
        &visit,
        id,
        Wants::Evidence { is_checked: false, fields },
        move |case, id, evidence, author| case.close_charged(id, &evidence.told, seen.as_deref(), author),
        told,
    )
    .await
}
