//! One small transaction of the archive: which usages come next, which of them may go, copying them, proving it, and
//! deleting exactly those.
//! Over 250 lines, because one transaction is best read from its beginning to its end.

use std::collections::{BTreeMap, HashMap};

use chrono::{NaiveDate, NaiveDateTime};
use diesel::sql_types::{BigInt, Double, Nullable, Text};
use diesel::{QueryResult, QueryableByName};

use super::left::{Left, Reason};
use super::run::Sums;
use super::walk::Candidate;
use crate::base::money::Money;
use crate::db::dialect::{self, Column, Statement};
use crate::db::{DbConnection, Engine};
use crate::error::{Error, Result};
use crate::usages::usage::ACCOUNTED;

/// A word for a usage that the history does not have, and for one that it has with the same content.
const FRESH: &str = "fresh";
const KNOWN: &str = "known";

/// What the two tables have in common: every column of the live one, also those that only the platform knows.
#[derive(Debug, Clone)]
pub struct Shape {
    pub engine: Engine,
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

#[derive(QueryableByName)]
struct Judged {
    #[diesel(sql_type = Text)]
    id: String,
    #[diesel(sql_type = Text)]
    fate: String,
    #[diesel(sql_type = Nullable<Double>)]
    amount: Option<f64>,
    #[diesel(sql_type = Nullable<Double>)]
    cost: Option<f64>,
}

#[derive(QueryableByName)]
struct Proved {
    #[diesel(sql_type = Text)]
    id: String,
    #[diesel(sql_type = Nullable<Double>)]
    amount: Option<f64>,
    #[diesel(sql_type = Nullable<Double>)]
    cost: Option<f64>,
}

/// "`u` is to be archived", to be followed by the cutoff.
pub fn is_due(engine: Engine) -> String {
    let accounted = dialect::is_word(engine, "u.accounting_status", ACCOUNTED);
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
            None => Ok(Shape { engine: connection.engine(), columns }),
        }
    }

    fn names(&self) -> String {
        self.columns
            .iter()
            .map(|column| dialect::quoted(self.engine, &column.name))
            .collect::<Vec<_>>()
            .join(", ")
    }

    fn is_same(&self) -> String {
        dialect::is_same(self.engine, ("u", "h"), &self.columns)
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
        (cutoff, backup_time): (NaiveDate, NaiveDateTime),
    ) -> Result<Moved> {
        let ids: Vec<String> = candidates.iter().map(|candidate| candidate.id.clone()).collect();
        if ids.is_empty() {
            return Ok(Moved::default());
        }
        self.lock(connection, "llmusage", &ids)?;
        let judged = self.judge(connection, &ids, cutoff)?;
        let of = |fate: &str| -> Vec<String> {
            judged.iter().filter(|row| row.fate == fate).map(|row| row.id.clone()).collect()
        };
        let (fresh, known) = (of(FRESH), of(KNOWN));
        self.copy(connection, &fresh, backup_time)?;
        let proved = self.prove(connection, &[fresh.clone(), known].concat())?;
        let unproved: Vec<String> = fresh.into_iter().filter(|id| !proved.contains_key(id)).collect();
        self.delete(connection, "llmusage_history", &unproved)?;
        let gone: Vec<String> = proved.keys().cloned().collect();
        self.delete(connection, "llmusage", &gone)?;
        tally(&judged, &proved)
    }

    /// Nobody changes these rows until the transaction ends. On SQLite nobody can anyway.
    fn lock(&self, connection: &mut DbConnection, table: &str, ids: &[String]) -> Result<()> {
        #[derive(QueryableByName)]
        struct Locked {
            #[diesel(sql_type = Text)]
            #[expect(dead_code, reason = "only locked")]
            id: String,
        }
        let lock = dialect::for_update(self.engine);
        if !lock.is_empty() {
            let start = format!("SELECT id FROM {table} WHERE id IN ");
            let rows = Statement::new(self.engine, &start).ids(ids);
            let _: Vec<Locked> = rows.sql(" ORDER BY id").sql(lock).load(connection)?;
        }
        Ok(())
    }

    /// As [`Shape::lock`], for rows of the history.
    pub(super) fn lock_archived(&self, connection: &mut DbConnection, ids: &[String]) -> Result<()> {
        self.lock(connection, "llmusage_history", ids)
    }

    /// Copies one row of the history into the live table.
    pub(super) fn bring_back(&self, connection: &mut DbConnection, id: &str) -> QueryResult<usize> {
        let names = self.names();
        let text =
            format!("INSERT INTO llmusage ({names}) SELECT {names} FROM llmusage_history WHERE id IN ");
        Statement::new(self.engine, &text).ids(&[id.to_owned()]).execute(connection)
    }

    /// Deletes rows of the history, all of which must be in the live table with the same content.
    pub(super) fn leave_history(&self, connection: &mut DbConnection, ids: &[String]) -> Result<()> {
        is_all(self.prove(connection, ids)?.len(), ids, "proved")?;
        self.delete(connection, "llmusage_history", ids)
    }

    /// Asks of each of these usages what is to become of it.
    pub fn judging(&self, ids: &[String], cutoff: NaiveDate) -> Statement {
        // What is due is asked of the rows found by id: as a condition it would have the planner walk all that is due.
        let start = format!(
            "SELECT u.id AS id, u.amount AS amount, u.cost AS cost, CASE WHEN {}",
            is_due(self.engine)
        );
        let rest = format!(
            " THEN {} ELSE '' END AS fate FROM llmusage u LEFT JOIN llmusage_history h ON h.id = u.id WHERE u.id IN ",
            self.fate()
        );
        Statement::new(self.engine, &start).date(cutoff).sql(&rest).ids(ids)
    }

    fn judge(&self, connection: &mut DbConnection, ids: &[String], cutoff: NaiveDate) -> Result<Vec<Judged>> {
        let judged: Vec<Judged> = self.judging(ids, cutoff).load(connection)?;
        Ok(judged.into_iter().filter(|row| !row.fate.is_empty()).collect())
    }

    fn copy(&self, connection: &mut DbConnection, ids: &[String], backup_time: NaiveDateTime) -> Result<()> {
        if ids.is_empty() {
            return Ok(());
        }
        let names = self.names();
        let copied = Statement::new(
            self.engine,
            &format!("INSERT INTO llmusage_history ({names}, backup_time) SELECT {names}, "),
        )
        .time(backup_time)
        .sql(" FROM llmusage WHERE id IN ")
        .ids(ids)
        .execute(connection)?;
        is_all(copied, ids, "copied")
    }

    /// Asks which of these usages the history has with the same content, and for the history's money.
    pub fn proving(&self, ids: &[String]) -> Statement {
        let start = format!(
            "SELECT u.id AS id, h.amount AS amount, h.cost AS cost FROM llmusage u \
             JOIN llmusage_history h ON h.id = u.id AND {} WHERE u.id IN ",
            self.is_same()
        );
        Statement::new(self.engine, &start).ids(ids)
    }

    /// Those of the ids whose row in the history is the same as the live one, with the history's money.
    fn prove(&self, connection: &mut DbConnection, ids: &[String]) -> Result<HashMap<String, Proved>> {
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let rows: Vec<Proved> = self.proving(ids).load(connection)?;
        Ok(rows.into_iter().map(|row| (row.id.clone(), row)).collect())
    }

    fn delete(&self, connection: &mut DbConnection, table: &str, ids: &[String]) -> Result<()> {
        if ids.is_empty() {
            return Ok(());
        }
        let statement = Statement::new(self.engine, &format!("DELETE FROM {table} WHERE id IN ")).ids(ids);
        is_all(statement.execute(connection)?, ids, "deleted")
    }
}

/// Nothing is half done: a count that is not as it must be takes the whole transaction back.
fn is_all(count: usize, ids: &[String], what: &str) -> Result<()> {
    match count == ids.len() {
        true => Ok(()),
        false => Err(Error::Internal(format!("{count} rows were {what}, not {}", ids.len()))),
    }
}

fn tally(judged: &[Judged], proved: &HashMap<String, Proved>) -> Result<Moved> {
    let money = |column: Option<f64>| column.map(Money::from_column);
    let (mut moved, mut left) = (Moved::default(), BTreeMap::<Reason, Left>::new());
    for row in judged {
        let (amount, cost) = (money(row.amount), money(row.cost));
        if let Some(kept) = proved.get(&row.id) {
            moved.taken.add(amount, cost);
            moved.kept.add(money(kept.amount), money(kept.cost));
            moved.known += i64::from(row.fate == KNOWN);
            continue;
        }
        let reason = match row.fate.as_str() {
            FRESH => Reason::NotCopied,
            fate => Reason::of(fate).unwrap_or(Reason::OtherContent),
        };
        let stays = left.entry(reason).or_insert_with(|| Left::none(reason));
        stays.sums.add(amount, cost);
        stays.ids.push(row.id.clone());
    }
    if moved.taken != moved.kept {
        return Err(Error::Internal(format!("the sums differ: {:?} and {:?}", moved.taken, moved.kept)));
    }
    moved.left = left.into_values().collect();
    Ok(moved)
}

/// How many usages wait to be archived.
pub fn count(connection: &mut DbConnection, cutoff: NaiveDate) -> Result<i64> {
    #[derive(QueryableByName)]
    struct Count {
        #[diesel(sql_type = BigInt)]
        number: i64,
    }
    let engine = connection.engine();
    let start = format!("SELECT COUNT(*) AS number FROM llmusage u WHERE {}", is_due(engine));
    let rows: Vec<Count> = Statement::new(engine, &start).date(cutoff).load(connection)?;
    Ok(rows.first().map_or(0, |row| row.number))
}
