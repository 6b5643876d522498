//! One small transaction of the archive: which of the usages may go, copying them, proving it, and deleting exactly those.

use std::collections::HashMap;

use chrono::{NaiveDate, NaiveDateTime};

use super::left::{Left, Reason};
use super::movement::Movement;
use super::run::Sums;
use super::verdict::{FRESH, Judged, KNOWN, Proved, tally};
use super::walk::{Candidate, Rows};
use crate::db::dialect::{self, Column, Statement, WalkKey};
use crate::db::{DbConnection, Engine};
use crate::error::{Error, Result};
use crate::failed_accounting::case::Held;
use crate::usages::usage::ACCOUNTED;

/// What the two tables have in common: every column of the live one, also those that only the platform knows.
#[derive(Debug, Clone)]
pub struct Shape {
    pub engine: Engine,
    /// By what the live usages of one day are walked.
    pub key: WalkKey,
    columns: Vec<Column>,
}

/// What a transaction did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Moved {
    /// The usages that left the live table, as they were there.
    pub taken: Sums,
    /// The same as they are in the history.
    pub kept: Sums,
    /// How many of them the history had before.
    pub known: i64,
    pub left: Vec<Left>,
}

/// "`u` is to be archived", to be followed by the cutoff.
pub fn is_due(engine: Engine) -> String {
    let accounted = dialect::is_word("u.accounting_status", ACCOUNTED);
    format!("{accounted} AND {}", dialect::is_day_before(engine, "u.use_date"))
}

impl Shape {
    /// Looks at both tables.
    ///
    /// # Errors
    /// [`Error::Unavailable`] naming a column that the history lacks: moving would lose what it holds.
    pub fn read(connection: &mut DbConnection) -> Result<Shape> {
        let columns = dialect::columns(connection, "llmusage")?;
        let kept = dialect::columns(connection, "llmusage_history")?;
        match columns.iter().find(|column| !kept.iter().any(|kept| kept.name == column.name)) {
            Some(missing) => Err(Error::Unavailable(format!(
                "llmusage_history has no column {}: what it holds would be lost; nothing was moved",
                missing.name
            ))),
            None => Ok(Shape { engine: connection.engine(), key: WalkKey::of_usages(connection)?, columns }),
        }
    }

    /// All columns, for a list of what is copied.
    pub(super) fn names(&self) -> String {
        self.columns
            .iter()
            .map(|column| dialect::quoted(self.engine, &column.name))
            .collect::<Vec<_>>()
            .join(", ")
    }

    fn is_same(&self) -> String {
        dialect::is_same(self.engine, "u", "h", &self.columns)
    }

    /// What is to become of `u`, beside its row `h` of the history, as one word.
    pub fn fate(&self) -> String {
        let same = self.is_same();
        format!(
            "CASE (SELECT MAX(CASE WHEN f.retry_requested_at IS NULL THEN 1 ELSE 2 END) \
             FROM llmusage_accounting_failed f WHERE f.llmusageid = u.id AND (f.handled IS NULL OR f.handled <> '1')) \
             WHEN 2 THEN '{}' WHEN 1 THEN '{}' ELSE CASE WHEN h.id IS NULL THEN '{FRESH}' WHEN {same} THEN '{KNOWN}' \
             ELSE '{}' END END",
            Reason::RetryingFailure.as_str(),
            Reason::OpenFailure.as_str(),
            Reason::OtherContent.as_str()
        )
    }

    /// Moves those of the candidates that may still go; to be called in a transaction of its own.
    pub fn take(
        &self,
        connection: &mut DbConnection,
        candidates: &[Candidate],
        cutoff: NaiveDate,
        backup_time: NaiveDateTime,
    ) -> Result<Moved> {
        let keys: Vec<String> = candidates.iter().map(|candidate| candidate.place.key.clone()).collect();
        if keys.is_empty() {
            return Ok(Moved::default());
        }
        let ids = candidates.iter().map(|candidate| candidate.id.clone()).collect();
        let movement = Movement::new(self, Held::take(connection, ids)?);
        let judged = self.judge(connection, &keys, cutoff)?;
        let of = |fate: &str| -> Vec<String> {
            judged.iter().filter(|row| row.fate == fate).map(|row| row.row_key.clone()).collect()
        };
        let (fresh, known) = (of(FRESH), of(KNOWN));
        movement.copy(connection, &fresh, backup_time)?;
        let proved = self.prove(connection, &[fresh, known].concat())?;
        let is_unproved = |row: &&Judged| row.fate == FRESH && !proved.contains_key(&row.row_key);
        let unproved: Vec<String> = judged.iter().filter(is_unproved).map(|row| row.id.clone()).collect();
        movement.take_back(connection, &unproved)?;
        let gone: Vec<String> = proved.keys().cloned().collect();
        movement.delete(connection, &gone)?;
        tally(&judged, &proved)
    }

    /// Asks of each of these usages what is to become of it.
    pub fn judging(&self, rows: Rows<'_>, cutoff: NaiveDate) -> Statement {
        // What is due is asked of the rows found by key: as a condition it would have the planner walk all that is due.
        let start = format!(
            "SELECT {} AS row_key, u.id AS id, u.amount AS amount, u.cost AS cost, CASE WHEN {}",
            self.key.selected(self.engine),
            is_due(self.engine)
        );
        let rest = format!(
            " THEN {} ELSE '' END AS fate FROM llmusage u LEFT JOIN llmusage_history h ON h.id = u.id WHERE ",
            self.fate()
        );
        rows.within(Statement::new(self.engine, &start).date(cutoff).sql(&rest), self.key)
    }

    fn judge(
        &self,
        connection: &mut DbConnection,
        keys: &[String],
        cutoff: NaiveDate,
    ) -> Result<Vec<Judged>> {
        let judged: Vec<Judged> = self.judging(Rows::Keys(keys), cutoff).load(connection)?;
        Ok(judged.into_iter().filter(|row| !row.fate.is_empty()).collect())
    }

    /// Asks which of these usages the history has with the same content, and for the history's money.
    pub fn proving(&self, rows: Rows<'_>) -> Statement {
        let start = format!(
            "SELECT {} AS row_key, h.amount AS amount, h.cost AS cost FROM llmusage u \
             JOIN llmusage_history h ON h.id = u.id AND {} WHERE ",
            self.key.selected(self.engine),
            self.is_same()
        );
        rows.within(Statement::new(self.engine, &start), self.key)
    }

    /// How many of these usages the history has with the same content.
    pub(super) fn count_proved(&self, connection: &mut DbConnection, rows: Rows<'_>) -> Result<usize> {
        let proved: Vec<Proved> = self.proving(rows).load(connection)?;
        Ok(proved.len())
    }

    /// Those of the rows whose copy in the history is the same as the live one, with the history's money.
    fn prove(&self, connection: &mut DbConnection, keys: &[String]) -> Result<HashMap<String, Proved>> {
        if keys.is_empty() {
            return Ok(HashMap::new());
        }
        let rows: Vec<Proved> = self.proving(Rows::Keys(keys)).load(connection)?;
        Ok(rows.into_iter().map(|row| (row.row_key.clone(), row)).collect())
    }
}
