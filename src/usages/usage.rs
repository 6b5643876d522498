//! One usage, and where it is.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use serde_json::{Value, json};

use super::state::{AccountingStatus, Status};
use crate::base::clock::TIME_FORMAT;
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
#[derive(Debug, Clone, PartialEq, Queryable, Selectable)]
#[diesel(table_name = llmusage, check_for_backend(DbBackend))]
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

impl Usage {
    /// Whether the customer was charged.
    pub fn is_accounted(&self) -> bool {
        self.accounting_status.as_deref() == Some(ACCOUNTED)
    }

    /// All fields as a JSON object with the names of the columns, for the audit trail.
    pub fn to_json(&self) -> Value {
        let use_time = self.use_time.map(|time| time.format(TIME_FORMAT).to_string());
        json!({
            "id": self.id, "llmid": self.llmid, "use_date": self.use_date, "use_time": use_time,
            "userid": self.userid, "usages": self.usages, "ioinfo": self.ioinfo, "transno": self.transno,
            "responsed_seconds": self.responsed_seconds, "finish_seconds": self.finish_seconds,
            "status": self.status, "taskid": self.taskid, "amount": self.amount, "cost": self.cost,
            "userorgid": self.userorgid, "ownerid": self.ownerid,
            "accounting_status": self.accounting_status,
        })
    }
}
