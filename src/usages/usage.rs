//! One usage, and where it is.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use serde_json::Value;

use super::state::{AccountingStatus, Status};
use crate::base::columns::{self, Column, column};
use crate::base::money::Money;
use crate::db::DbBackend;
use crate::db::schema::llmusage;
use crate::db::values::{
    TolerantDate, TolerantDouble, TolerantMoney, TolerantText, TolerantTime, TolerantWords,
};

/// Accounting states that the platform knows.
pub const CREATED: &str = "created";
pub const ACCOUNTED: &str = "accounted";
pub const FAILED: &str = "failed";

/// The status of a usage that the platform accounts; it takes no other.
pub const SUCCEEDED: &str = "SUCCEEDED";

/// A row of `llmusage` or `llmusage_history`. Every column but the id may be missing.
#[derive(Debug, Clone, PartialEq, Default, Queryable, Selectable, Insertable)]
#[diesel(table_name = llmusage, check_for_backend(DbBackend))]
#[diesel(treat_none_as_default_value = false)]
pub struct Usage {
    #[diesel(deserialize_as = TolerantText)]
    pub id: String,
    #[diesel(deserialize_as = TolerantWords)]
    pub llmid: Option<String>,
    #[diesel(deserialize_as = TolerantDate)]
    pub use_date: Option<NaiveDate>,
    #[diesel(deserialize_as = TolerantTime)]
    pub use_time: Option<NaiveDateTime>,
    #[diesel(deserialize_as = TolerantWords)]
    pub userid: Option<String>,
    /// What the model counted; valid JSON, `null`, cut text or nothing.
    #[diesel(deserialize_as = TolerantWords)]
    pub usages: Option<String>,
    #[diesel(deserialize_as = TolerantWords)]
    pub ioinfo: Option<String>,
    #[diesel(deserialize_as = TolerantWords)]
    pub transno: Option<String>,
    /// Seconds until the first answer.
    #[diesel(deserialize_as = TolerantDouble)]
    pub responsed_seconds: Option<f64>,
    /// Seconds until the last.
    #[diesel(deserialize_as = TolerantDouble)]
    pub finish_seconds: Option<f64>,
    #[diesel(deserialize_as = Status)]
    pub status: Option<String>,
    #[diesel(deserialize_as = TolerantWords)]
    pub taskid: Option<String>,
    #[diesel(deserialize_as = TolerantMoney)]
    pub amount: Option<Money>,
    #[diesel(deserialize_as = TolerantMoney)]
    pub cost: Option<Money>,
    #[diesel(deserialize_as = TolerantWords)]
    pub userorgid: Option<String>,
    #[diesel(deserialize_as = TolerantWords)]
    pub ownerid: Option<String>,
    #[diesel(deserialize_as = AccountingStatus)]
    pub accounting_status: Option<String>,
}

/// The columns of a usage, each once: files, answers, forms, imports and the audit trail follow.
pub const COLUMNS: &[Column<Usage>] = &[
    column!(Usage, id: Id),
    column!(Usage, llmid: Text(32)),
    column!(Usage, use_date: Date).says("`YYYY-MM-DD`"),
    column!(Usage, use_time: Time).says("`YYYY-MM-DD HH:MM:SS.mmm` in the business zone."),
    column!(Usage, userid: Text(32)),
    column!(Usage, usages: Long)
        .says("What the model counted: JSON, as text, of any shape or damage; secrets are masked."),
    column!(Usage, ioinfo: Long),
    column!(Usage, transno: Text(32)).hiding(),
    column!(Usage, responsed_seconds: Seconds),
    column!(Usage, finish_seconds: Seconds),
    column!(Usage, status: Text(32)),
    column!(Usage, taskid: Text(256)).hiding(),
    column!(Usage, amount: Money).says("At most 5 decimals."),
    column!(Usage, cost: Money),
    column!(Usage, userorgid: Text(32)),
    column!(Usage, ownerid: Text(32)),
    column!(Usage, accounting_status: Text(32))
        .says("`created`, `accounted`, `failed`, or what another program wrote."),
];

/// The columns of a usage in one of its two tables, in the order of [`Usage`].
macro_rules! columns_in {
    ($table:ident) => {
        (
            $table::id,
            $table::llmid,
            $table::use_date,
            $table::use_time,
            $table::userid,
            $table::usages,
            $table::ioinfo,
            $table::transno,
            $table::responsed_seconds,
            $table::finish_seconds,
            $table::status,
            $table::taskid,
            $table::amount,
            $table::cost,
            $table::userorgid,
            $table::ownerid,
            $table::accounting_status,
        )
    };
}
pub(crate) use columns_in;

/// In which table a usage is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whereabouts {
    /// In `llmusage`.
    Live,
    /// In `llmusage_history`; all rows of one run share the time, which foreign rows may lack.
    Archived { backup_time: Option<NaiveDateTime> },
}

impl Whereabouts {
    /// When it was archived, where it is and that is known.
    pub fn backup_time(self) -> Option<NaiveDateTime> {
        match self {
            Whereabouts::Live => None,
            Whereabouts::Archived { backup_time } => backup_time,
        }
    }
}

impl Usage {
    /// Whether the customer was charged.
    pub fn is_accounted(&self) -> bool {
        self.accounting_status.as_deref() == Some(ACCOUNTED)
    }

    /// A usage of which nothing is known.
    pub fn blank(id: String) -> Usage {
        Usage { id, ..Usage::default() }
    }

    /// All fields as a JSON object with the names of the columns, for the audit trail.
    pub fn to_json(&self) -> Value {
        columns::to_json(COLUMNS, self)
    }
}
