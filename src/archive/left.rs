//! What a run left in the live table, and why.

use diesel::prelude::*;

use super::run::{Sums, sums};
use crate::base::finding::NAMED;
use crate::db::schema::archive_left;
use crate::db::{DbBackend, DbConnection};
use crate::error::Result;

/// Why an accounted usage stays live.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    OpenFailure,
    /// A retry of one of its failures waits for its outcome.
    RetryingFailure,
    /// The history holds another usage of that id.
    OtherContent,
    /// The history's table does not take it as it is.
    NotCopied,
    /// Its use_date is no day: nothing, zero, or a text that says none.
    NoDay,
}

impl Reason {
    pub const ALL: [Reason; 5] = [
        Reason::OpenFailure,
        Reason::RetryingFailure,
        Reason::OtherContent,
        Reason::NotCopied,
        Reason::NoDay,
    ];

    /// As stored, and with dashes as its words `archive-left-<..>` in the catalogue.
    pub fn as_str(self) -> &'static str {
        match self {
            Reason::OpenFailure => "open_failure",
            Reason::RetryingFailure => "retrying_failure",
            Reason::OtherContent => "other_content",
            Reason::NotCopied => "not_copied",
            Reason::NoDay => "no_day",
        }
    }

    /// The reason of that stored word.
    pub fn of(word: &str) -> Option<Reason> {
        Reason::ALL.into_iter().find(|reason| reason.as_str() == word)
    }
}

/// The usages that stayed for one reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Left {
    pub reason: Reason,
    pub sums: Sums,
    /// The first of them.
    pub ids: Vec<String>,
}

impl Left {
    /// Nothing yet.
    pub fn none(reason: Reason) -> Left {
        Left { reason, sums: Sums::default(), ids: Vec::new() }
    }

    fn plus(mut self, more: &Left) -> Left {
        self.sums = self.sums.plus(more.sums);
        let room = NAMED.saturating_sub(self.ids.len());
        self.ids.extend(more.ids.iter().take(room).cloned());
        self
    }
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = archive_left, check_for_backend(DbBackend))]
struct Row {
    run_id: String,
    reason: String,
    left_rows: i64,
    left_amount: String,
    left_cost: String,
    ids: String,
}

impl Row {
    fn new(run_id: &str, left: &Left) -> Row {
        Row {
            run_id: run_id.to_owned(),
            reason: left.reason.as_str().to_owned(),
            left_rows: left.sums.rows,
            left_amount: left.sums.amount.units().to_string(),
            left_cost: left.sums.cost.units().to_string(),
            ids: serde_json::Value::from(left.ids.clone()).to_string(),
        }
    }

    fn left(&self) -> Option<Left> {
        Some(Left {
            reason: Reason::of(&self.reason)?,
            sums: sums(self.left_rows, &self.left_amount, &self.left_cost),
            ids: serde_json::from_str(&self.ids).unwrap_or_default(),
        })
    }
}

/// What a run left, by reason.
pub fn of_run(connection: &mut DbConnection, run_id: &str) -> Result<Vec<Left>> {
    let rows: Vec<Row> = archive_left::table
        .filter(archive_left::run_id.eq(run_id.to_owned()))
        .order(archive_left::reason.asc())
        .select(Row::as_select())
        .load(connection)?;
    Ok(rows.iter().filter_map(Row::left).collect())
}

/// Adds what one more transaction of a run left.
pub fn add(connection: &mut DbConnection, run_id: &str, more: &Left) -> Result<()> {
    let known = of_run(connection, run_id)?.into_iter().find(|left| left.reason == more.reason);
    match known {
        None => {
            let row = Row::new(run_id, &Left::none(more.reason).plus(more));
            diesel::insert_into(archive_left::table).values(row).execute(connection)?;
        }
        Some(known) => {
            let row = archive_left::table
                .filter(archive_left::run_id.eq(run_id.to_owned()))
                .filter(archive_left::reason.eq(more.reason.as_str()));
            diesel::update(row).set(Row::new(run_id, &known.plus(more))).execute(connection)?;
        }
    }
    Ok(())
}
