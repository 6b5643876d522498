//! A failed record as programs get it: the columns of the table by name, then what is known besides.

use chrono::NaiveDateTime;
use serde::Serialize;
use utoipa::ToSchema;

use crate::base::clock::TIME_FORMAT;
use crate::base::foreign;
use crate::base::money::{Money, Number};
use crate::base::secrets;
use crate::error::{Error, Result};
use crate::failed_accounting::failure::FailedRecord;
use crate::names::Names;

/// A failure. Any column but the id may be null.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Failure)]
pub struct Record {
    pub id: String,
    /// The bytes of the id, where it is no text.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    id_hex: Option<String>,
    llmusageid: Option<String>,
    llmid: Option<String>,
    userid: Option<String>,
    userorgid: Option<String>,
    /// `YYYY-MM-DD`
    use_date: Option<String>,
    /// `YYYY-MM-DD HH:MM:SS.mmm` in the business zone, as all times.
    use_time: Option<String>,
    /// At most 5 decimals.
    #[schema(value_type = Option<f64>)]
    amount: Option<Number<Money>>,
    #[schema(value_type = Option<f64>)]
    cost: Option<Number<Money>>,
    /// API keys and the like in it are masked.
    failed_reason: Option<String>,
    failed_time: Option<String>,
    retry_count: Option<i32>,
    /// `1`: handled; anything else, null too: open.
    handled: Option<String>,
    /// Means something where handled is `1`.
    handled_time: Option<String>,
    handled_note: Option<String>,
    /// The name of the model, where it is known.
    llmid_text: Option<String>,
    userid_text: Option<String>,
    userorgid_text: Option<String>,
    /// The key of its cause: failures whose reasons differ in variable parts only share it.
    cause: Option<String>,
    resolution: Option<String>,
    handled_by: Option<String>,
    /// Since when a retry is under way.
    retry_requested_at: Option<String>,
    retry_requested_by: Option<String>,
    /// The failure whose retry failed with this one.
    supersedes: Option<String>,
    /// The failure that a retry of this one ended in.
    superseded_by: Option<String>,
}

/// What `expect` may hold: what is read.
pub const FIELDS: [&str; 25] = [
    "id",
    "llmusageid",
    "llmid",
    "userid",
    "userorgid",
    "use_date",
    "use_time",
    "amount",
    "cost",
    "failed_reason",
    "failed_time",
    "retry_count",
    "handled",
    "handled_time",
    "handled_note",
    "llmid_text",
    "userid_text",
    "userorgid_text",
    "cause",
    "resolution",
    "handled_by",
    "retry_requested_at",
    "retry_requested_by",
    "supersedes",
    "superseded_by",
];

impl Record {
    /// What programs see of a record.
    pub fn new(record: &FailedRecord, names: &Names) -> Record {
        let time = |time: Option<NaiveDateTime>| time.map(|time| time.format(TIME_FORMAT).to_string());
        let named = |name: Option<&str>| name.map(str::to_owned);
        let record = record.clone();
        Record {
            llmid_text: named(names.model(record.llmid.as_deref())),
            userid_text: named(names.user(record.userid.as_deref())),
            userorgid_text: named(names.organisation(record.userorgid.as_deref())),
            id_hex: foreign::hex_of(&record.id),
            id: record.id,
            llmusageid: record.llmusageid,
            llmid: record.llmid,
            userid: record.userid,
            userorgid: record.userorgid,
            use_date: record.use_date.map(|date| date.to_string()),
            use_time: time(record.use_time),
            amount: record.amount.map(Number),
            cost: record.cost.map(Number),
            failed_reason: record.failed_reason.map(|reason| secrets::mask(&reason).into_owned()),
            failed_time: time(record.failed_time),
            retry_count: record.retry_count,
            handled: record.handled,
            handled_time: time(record.handled_time),
            handled_note: record.handled_note.map(|note| secrets::mask(&note).into_owned()),
            cause: record.cause,
            resolution: record.resolution,
            handled_by: record.handled_by,
            retry_requested_at: time(record.retry.retry_requested_at),
            retry_requested_by: record.retry.retry_requested_by,
            supersedes: record.retry.supersedes,
            superseded_by: record.retry.superseded_by,
        }
    }

    /// A record as JSON text without names, to compare with what somebody expects.
    pub fn bare(record: &FailedRecord) -> Result<String> {
        serde_json::to_string(&Record::new(record, &Names::default())).map_err(Error::internal)
    }
}
