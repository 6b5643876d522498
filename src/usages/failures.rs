//! The failures of a usage as its page lists them. A look at the platform's table; what may be done to a failure is
//! the business of the feature that has its name.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use diesel::sql_types::Text;

use super::usage::{ACCOUNTED, CREATED, SUCCEEDED};
use crate::base::money::Money;
use crate::db::dialect::{self, Statement};
use crate::db::schema::llmusage_accounting_failed as failed;
use crate::db::values::{TolerantMoney, TolerantText, TolerantTime, TolerantWords};
use crate::db::{DbBackend, DbConnection};
use crate::error::Result;

/// The most failures that a page lists.
const LISTED: i64 = 100;

/// One failed attempt to account a usage.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable)]
#[diesel(table_name = failed, check_for_backend(DbBackend))]
pub struct Failure {
    #[diesel(deserialize_as = TolerantText)]
    pub id: String,
    #[diesel(deserialize_as = TolerantWords)]
    pub llmusageid: Option<String>,
    #[diesel(deserialize_as = TolerantMoney)]
    pub amount: Option<Money>,
    #[diesel(deserialize_as = TolerantMoney)]
    pub cost: Option<Money>,
    #[diesel(deserialize_as = TolerantWords)]
    pub failed_reason: Option<String>,
    #[diesel(deserialize_as = TolerantTime)]
    pub failed_time: Option<NaiveDateTime>,
    #[diesel(deserialize_as = TolerantWords)]
    pub handled: Option<String>,
    #[diesel(deserialize_as = TolerantWords)]
    pub resolution: Option<String>,
    pub handled_by: Option<String>,
    #[diesel(deserialize_as = TolerantTime)]
    pub handled_time: Option<NaiveDateTime>,
    #[diesel(deserialize_as = TolerantTime)]
    pub retry_requested_at: Option<NaiveDateTime>,
}

impl Failure {
    /// Open unless `handled` is '1': NULL and foreign values count as open.
    pub fn is_open(&self) -> bool {
        self.handled.as_deref() != Some("1")
    }

    /// The word for its state.
    pub fn state(&self) -> &'static str {
        match self.resolution.as_deref() {
            _ if self.is_open() && self.retry_requested_at.is_some() => "retrying",
            _ if self.is_open() => "open",
            Some("accounted") => "accounted",
            Some("superseded") => "superseded",
            _ => "handled",
        }
    }
}

/// The failures of exactly that usage, newest first, at most 100.
pub fn of_usage(connection: &mut DbConnection, usage_id: &str) -> Result<Vec<Failure>> {
    let found: Vec<Failure> = failed::table
        .filter(dialect::exactly::<failed::table>(connection.engine(), "llmusageid", usage_id))
        .order((failed::failed_time.desc(), failed::id.desc()))
        .limit(LISTED)
        .select(Failure::as_select())
        .load(connection)?;
    Ok(found.into_iter().filter(|failure| failure.llmusageid.as_deref() == Some(usage_id)).collect())
}

/// How many failures a usage has, and the id of the newest open one.
pub fn count_and_open(connection: &mut DbConnection, usage_id: &str) -> Result<(i32, Option<String>)> {
    let rows: Vec<(TolerantText, TolerantWords, TolerantWords)> = failed::table
        .filter(dialect::exactly::<failed::table>(connection.engine(), "llmusageid", usage_id))
        .order((failed::failed_time.desc(), failed::id.desc()))
        .select((failed::id, failed::llmusageid, failed::handled))
        .load(connection)?;
    let text = |text: TolerantWords| Option::<String>::from(text);
    let rows: Vec<(String, Option<String>, Option<String>)> =
        rows.into_iter().map(|(id, usage, handled)| (id.into(), text(usage), text(handled))).collect();
    let mut exact = rows.iter().filter(|(_, usage, _)| usage.as_deref() == Some(usage_id));
    let count = i32::try_from(exact.clone().count()).unwrap_or(i32::MAX);
    let open = exact.find(|(_, _, handled)| handled.as_deref() != Some("1")).map(|(id, ..)| id.clone());
    Ok((count, open))
}

/// The live usages that the platform charges, now or later, although a failure of theirs says that their money was moved by
/// hand: the SQL twin of the rule of a case. What was charged may be credited.
pub fn charged_beside(connection: &mut DbConnection) -> Result<Vec<String>> {
    #[derive(QueryableByName)]
    struct Charged {
        #[diesel(sql_type = Text, deserialize_as = TolerantText)]
        id: String,
    }
    let engine = connection.engine();
    let question = format!(
        "SELECT u.id AS id FROM llmusage_accounting_failed f JOIN llmusage u ON {} WHERE f.handled = '1' \
         AND f.resolution IN ('charged_manually', 'accounted_elsewhere', 'customer_credited') \
         AND ((u.accounting_status = '{CREATED}' AND u.status = '{SUCCEEDED}') \
         OR (u.accounting_status = '{ACCOUNTED}' AND f.resolution <> 'customer_credited'))",
        dialect::is_same_id(engine, "u.id", "f.llmusageid")
    );
    let rows: Vec<Charged> = Statement::new(engine, &question).load(connection)?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}
