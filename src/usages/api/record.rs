//! A usage as programs get it: the columns of the table by name, then what is known besides.

use chrono::NaiveDateTime;
use serde::Serialize;
use utoipa::ToSchema;

use crate::base::clock::TIME_FORMAT;
use crate::base::foreign;
use crate::base::money::{Money, Number};
use crate::base::secrets;
use crate::error::{Error, Result};
use crate::names::Names;
use crate::usages::usage::{Usage, Whereabouts};

/// A usage, live or archived. Any column but the id may be null.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Usage)]
pub struct Record {
    pub id: String,
    /// The bytes of the id, where it is no text.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    id_hex: Option<String>,
    llmid: Option<String>,
    /// `YYYY-MM-DD`
    use_date: Option<String>,
    /// `YYYY-MM-DD HH:MM:SS.mmm` in the business zone.
    use_time: Option<String>,
    userid: Option<String>,
    /// What the model counted: JSON, as text, of any shape or damage; secrets are masked.
    usages: Option<String>,
    ioinfo: Option<String>,
    transno: Option<String>,
    responsed_seconds: Option<f64>,
    finish_seconds: Option<f64>,
    status: Option<String>,
    taskid: Option<String>,
    /// At most 5 decimals.
    #[schema(value_type = Option<f64>)]
    amount: Option<Number<Money>>,
    #[schema(value_type = Option<f64>)]
    cost: Option<Number<Money>>,
    userorgid: Option<String>,
    ownerid: Option<String>,
    /// `created`, `accounted`, `failed`, or what another program wrote.
    accounting_status: Option<String>,
    /// The name of the model, where it is known.
    llmid_text: Option<String>,
    userid_text: Option<String>,
    userorgid_text: Option<String>,
    /// Whether it was moved to the history, where nothing changes it.
    archived: bool,
    /// When it was moved there, where that is known.
    backup_time: Option<String>,
}

/// What `expect` may hold: what is read.
pub const FIELDS: [&str; 22] = [
    "id",
    "llmid",
    "use_date",
    "use_time",
    "userid",
    "usages",
    "ioinfo",
    "transno",
    "responsed_seconds",
    "finish_seconds",
    "status",
    "taskid",
    "amount",
    "cost",
    "userorgid",
    "ownerid",
    "accounting_status",
    "llmid_text",
    "userid_text",
    "userorgid_text",
    "archived",
    "backup_time",
];

impl Record {
    /// What programs see of a usage.
    pub fn new(usage: &Usage, whereabouts: Whereabouts, names: &Names) -> Record {
        let time = |time: Option<NaiveDateTime>| time.map(|time| time.format(TIME_FORMAT).to_string());
        let named = |name: Option<&str>| name.map(str::to_owned);
        let masked = |text: Option<String>| text.map(|text| secrets::mask(&text).into_owned());
        let usage = usage.clone();
        Record {
            llmid_text: named(names.model(usage.llmid.as_deref())),
            userid_text: named(names.user(usage.userid.as_deref())),
            userorgid_text: named(names.organisation(usage.userorgid.as_deref())),
            id_hex: foreign::hex_of(&usage.id),
            id: usage.id,
            llmid: usage.llmid,
            use_date: usage.use_date.map(|date| date.to_string()),
            use_time: time(usage.use_time),
            userid: usage.userid,
            usages: masked(usage.usages),
            ioinfo: masked(usage.ioinfo),
            transno: usage.transno,
            responsed_seconds: usage.responsed_seconds,
            finish_seconds: usage.finish_seconds,
            status: usage.status,
            taskid: usage.taskid,
            amount: usage.amount.map(Number),
            cost: usage.cost.map(Number),
            userorgid: usage.userorgid,
            ownerid: usage.ownerid,
            accounting_status: usage.accounting_status,
            archived: whereabouts != Whereabouts::Live,
            backup_time: match whereabouts {
                Whereabouts::Live => None,
                Whereabouts::Archived { backup_time } => time(backup_time),
            },
        }
    }

    /// A live usage as JSON text without names, to compare with what somebody expects.
    pub fn bare(usage: &Usage) -> Result<String> {
        let record = Record::new(usage, Whereabouts::Live, &Names::default());
        serde_json::to_string(&record).map_err(Error::internal)
    }
}
