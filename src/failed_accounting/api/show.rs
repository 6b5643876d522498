//! `GET /api/v1/failed-accounting/{id}`: a failure, and what the ledger tells of its usage.

use actix_web::http::StatusCode;
use serde::Serialize;
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::record::Record;
use crate::failed_accounting::failure::COLUMNS;
use crate::failed_accounting::store;
use crate::ledger::{Entry, Told};
use crate::web::document::ReadRefusals;
use crate::web::error::Answer;
use crate::web::extract::{Id, NoQuery, Visit};
use crate::web::{json, record};

/// An entry of the ledger, as the ledger says it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LedgerEntry)]
pub struct EntryBody {
    id: Option<String>,
    time: Option<String>,
    /// What was charged, with all decimals; null where the ledger holds no number.
    #[serde(serialize_with = "Entry::number")]
    #[schema(value_type = Option<f64>)]
    amount: Option<String>,
}

/// What the ledger tells of a usage.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Ledger)]
pub struct LedgerBody {
    /// charged: there is an entry; no_entry: there is none; not_asked: the query failed, so that nobody knows.
    told: &'static str,
    /// At most 20, the oldest first.
    entries: Vec<EntryBody>,
    /// What the database said where it could not be asked.
    why: Option<String>,
}

impl From<&Entry> for EntryBody {
    fn from(entry: &Entry) -> EntryBody {
        let Entry { id, time, amount } = entry.clone();
        EntryBody { id, time, amount }
    }
}

impl LedgerBody {
    fn new(told: &Told) -> Option<LedgerBody> {
        let is_told = *told != Told::Unknown;
        is_told.then(|| LedgerBody {
            told: told.as_str(),
            entries: told.entries().iter().map(EntryBody::from).collect(),
            why: told.why().map(str::to_owned),
        })
    }
}

/// A failure with what the ledger tells of its usage.
#[derive(Debug, Serialize)]
pub struct Shown {
    #[serde(flatten)]
    record: Record,
    #[serde(skip_serializing_if = "Option::is_none")]
    ledger: Option<LedgerBody>,
}

impl PartialSchema for Shown {
    fn schema() -> RefOr<Schema> {
        let says = "A failure. Any column but the id may be null. `ledger` is there where `LLMAGE_LEDGER_SQL` is set and the \
                    failure names a usage.";
        Schema::from(record::schema(COLUMNS, says).property("ledger", LedgerBody::schema())).into()
    }
}

impl ToSchema for Shown {
    fn name() -> std::borrow::Cow<'static, str> {
        "FailureShown".into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        <LedgerBody as ToSchema>::schemas(schemas);
    }
}

/// Reads a failure, with what the ledger tells of its usage.
#[utoipa::path(
    get,
    path = "/api/v1/failed-accounting/{id}",
    tag = "failed accounting",
    params(("id" = String, Path, description = "The id of the failure.")),
    responses((status = 200, description = "The failure.", body = Shown), ReadRefusals)
)]
pub async fn show(visit: Visit, Id(id): Id, _: NoQuery) -> Answer {
    let state = &visit.state;
    let record = state.database.run(move |connection| store::find(connection, &id)).await?;
    let told = state.ledger.look(&state.database, record.llmusageid.clone()).await;
    let names = visit.names().await;
    let shown = Shown { record: Record::new(&record, &names), ledger: LedgerBody::new(&told) };
    json::answer(StatusCode::OK, &shown)
}
