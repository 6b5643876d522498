//! One failed record: what it holds, and what an act makes of it. Whether the act is possible says its case (`case::rules`).

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;

pub use super::resolution::{RESOLUTIONS, Resolution};
use super::retry::Retry;
use crate::base::columns::{Column, Place, column};
use crate::base::form::Message;
use crate::base::money::Money;
use crate::db::DbBackend;
use crate::db::schema::llmusage_accounting_failed;
use crate::db::values::{
    TolerantCount, TolerantDate, TolerantMoney, TolerantText, TolerantTime, TolerantWords,
};
use crate::error::{Error, Result};

/// A row of `llmusage_accounting_failed`. Every column but the id may be missing.
#[derive(Debug, Clone, PartialEq, Default, Queryable, Selectable, Insertable)]
#[diesel(table_name = llmusage_accounting_failed, check_for_backend(DbBackend))]
#[diesel(treat_none_as_default_value = false)]
pub struct FailedRecord {
    #[diesel(deserialize_as = TolerantText)]
    pub id: String,
    #[diesel(deserialize_as = TolerantWords)]
    pub llmusageid: Option<String>,
    #[diesel(deserialize_as = TolerantWords)]
    pub llmid: Option<String>,
    #[diesel(deserialize_as = TolerantWords)]
    pub userid: Option<String>,
    #[diesel(deserialize_as = TolerantWords)]
    pub userorgid: Option<String>,
    #[diesel(deserialize_as = TolerantDate)]
    pub use_date: Option<NaiveDate>,
    #[diesel(deserialize_as = TolerantTime)]
    pub use_time: Option<NaiveDateTime>,
    #[diesel(deserialize_as = TolerantMoney)]
    pub amount: Option<Money>,
    #[diesel(deserialize_as = TolerantMoney)]
    pub cost: Option<Money>,
    #[diesel(deserialize_as = TolerantWords)]
    pub failed_reason: Option<String>,
    #[diesel(deserialize_as = TolerantTime)]
    pub failed_time: Option<NaiveDateTime>,
    #[diesel(deserialize_as = TolerantCount)]
    pub retry_count: Option<i32>,
    #[diesel(deserialize_as = TolerantWords)]
    pub handled: Option<String>,
    #[diesel(deserialize_as = TolerantTime)]
    pub handled_time: Option<NaiveDateTime>,
    #[diesel(deserialize_as = TolerantWords)]
    pub handled_note: Option<String>,
    #[diesel(deserialize_as = TolerantWords)]
    pub resolution: Option<String>,
    #[diesel(deserialize_as = TolerantWords)]
    pub handled_by: Option<String>,
    /// The key of its cause; None until the reason of a foreign row was looked at.
    #[diesel(deserialize_as = TolerantWords)]
    pub cause: Option<String>,
    #[diesel(embed)]
    pub retry: Retry,
}

/// The columns of a failure, each once: files, answers, imports and the audit trail follow.
pub const COLUMNS: &[Column<FailedRecord>] = &[
    column!(FailedRecord, id: Id),
    column!(FailedRecord, llmusageid: Text(32)),
    column!(FailedRecord, llmid: Text(32)),
    column!(FailedRecord, userid: Text(32)),
    column!(FailedRecord, userorgid: Text(32)),
    column!(FailedRecord, use_date: Date).says("`YYYY-MM-DD`"),
    column!(FailedRecord, use_time: Time)
        .says("`YYYY-MM-DD HH:MM:SS.mmm` in the business zone, as all times."),
    column!(FailedRecord, amount: Money).says("At most 5 decimals."),
    column!(FailedRecord, cost: Money),
    column!(FailedRecord, failed_reason: Long).says("API keys and the like in it are masked."),
    column!(FailedRecord, failed_time: Time),
    column!(FailedRecord, retry_count: Count),
    column!(FailedRecord, handled: Text(1)).says("`1`: handled; anything else, null too: open."),
    column!(FailedRecord, handled_time: Time).says("Means something where handled is `1`."),
    column!(FailedRecord, handled_note: Long),
    column!(FailedRecord, cause: Text(32))
        .at(Place::Derived)
        .says("The key of its cause: failures whose reasons differ in variable parts only share it."),
    column!(FailedRecord, resolution: Word(&RESOLUTIONS)).at(Place::Added),
    column!(FailedRecord, handled_by: Text(64)).at(Place::Added),
    column!(FailedRecord, retry_requested_at in retry: Time)
        .at(Place::Programs)
        .says("Since when a retry is under way."),
    column!(FailedRecord, retry_requested_by in retry: Text(64)).at(Place::Programs),
    column!(FailedRecord, retry_known in retry: Long).at(Place::Trail),
    column!(FailedRecord, supersedes in retry: Text(32))
        .at(Place::Programs)
        .says("The failure whose retry failed with this one."),
    column!(FailedRecord, superseded_by in retry: Text(32))
        .at(Place::Programs)
        .says("The failure that a retry of this one ended in."),
];

/// What a person asks when closing a failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handling {
    pub resolution: Resolution,
    pub note: Option<String>,
}

/// What a person asks when editing: the values that the record shall have.
#[derive(Debug, Clone, PartialEq)]
pub struct Edit {
    pub amount: Option<Money>,
    pub cost: Option<Money>,
    pub failed_reason: Option<String>,
    pub handled: bool,
    pub resolution: Option<Resolution>,
    pub handled_note: Option<String>,
}

impl FailedRecord {
    /// Open unless `handled` is '1': NULL and foreign values count as open.
    pub fn is_open(&self) -> bool {
        self.handled.as_deref() != Some("1")
    }

    /// When it was handled; the platform fills the column on open rows too, where it means nothing.
    pub fn handled_at(&self) -> Option<NaiveDateTime> {
        self.handled_time.filter(|_| !self.is_open())
    }

    /// How it was closed, where that is known and means something.
    pub fn closed_as(&self) -> Option<Resolution> {
        self.resolution.as_deref().filter(|_| !self.is_open()).and_then(Resolution::parse)
    }

    /// Whether a newer failure of its usage is the work now: it is neither open nor handled.
    pub fn is_superseded(&self) -> bool {
        self.closed_as() == Some(Resolution::Superseded)
    }

    /// Closes an open failure.
    pub(in crate::failed_accounting) fn handle(
        &self,
        handling: &Handling,
        author: &str,
        now: NaiveDateTime,
    ) -> Result<FailedRecord> {
        let refused = |key, state, way_out| {
            let message = Message::new(key).with("state", state).with("record", &self.id);
            Err(Error::Conflict(message.with("way_out", way_out)))
        };
        if !self.is_open() {
            return refused("conflict-already-handled", "handled", "reopen");
        }
        if self.is_retrying() {
            return refused("conflict-retrying", "retrying", "withdraw");
        }
        Ok(FailedRecord {
            handled: Some("1".to_owned()),
            handled_time: Some(now),
            handled_note: handling.note.clone(),
            resolution: Some(handling.resolution.as_str().to_owned()),
            handled_by: Some(author.to_owned()),
            ..self.clone()
        })
    }

    /// Open again; the note says why and replaces the old one, which the audit trail keeps.
    pub(in crate::failed_accounting) fn opened(&self, note: Option<&str>) -> FailedRecord {
        FailedRecord {
            handled: Some("0".to_owned()),
            handled_time: None,
            handled_note: note.map(str::to_owned),
            resolution: None,
            handled_by: None,
            retry: Retry { superseded_by: None, ..self.retry.ended() },
            ..self.clone()
        }
    }

    /// The record with those values; closing and reopening through an edit follow the same rules.
    pub(in crate::failed_accounting) fn edit(
        &self,
        edit: &Edit,
        author: &str,
        now: NaiveDateTime,
    ) -> Result<FailedRecord> {
        let stays = self.is_open() != edit.handled;
        let base = match (stays, edit.handled, edit.resolution) {
            (true, ..) => self.clone(),
            (false, true, Some(resolution)) => {
                self.handle(&Handling { resolution, note: edit.handled_note.clone() }, author, now)?
            }
            (false, true, None) => {
                return Err(Error::invalid("resolution", Message::new("error-required")));
            }
            (false, false, _) => self.opened(edit.handled_note.as_deref()),
        };
        let resolution = match edit.resolution {
            Some(resolution) if edit.handled => Some(resolution.as_str().to_owned()),
            _ if stays && edit.handled => self.resolution.clone(),
            _ => base.resolution.clone(),
        };
        Ok(FailedRecord {
            amount: edit.amount,
            cost: edit.cost,
            failed_reason: edit.failed_reason.clone(),
            handled_note: edit.handled_note.clone(),
            resolution,
            ..base
        })
    }
}
