//! The failures of a usage as its page lists them. A look at the platform's table; what may be done to a failure is
//! the business of the feature that has its name.

use diesel::prelude::*;
use diesel::sql_types::Text;

use super::usage::{ACCOUNTED, CREATED, SUCCEEDED};
use crate::db::DbConnection;
use crate::db::dialect::{self, Statement};
use crate::db::schema::llmusage_accounting_failed as failed;
use crate::db::values::{TolerantText, TolerantWords};
use crate::error::Result;

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
