//! The retries that wait for their outcome, and one look at one of them. What an outcome does is the case's business.
//!
//! Each retry is settled in a transaction of its own, so that a kill at any moment leaves it settled or as it was.

use diesel::prelude::*;

use crate::audit::event::Author;
use crate::db::DbConnection;
use crate::db::values::{TextOf, TolerantText, TolerantWords};
use crate::error::{Error, Result};
use crate::failed_accounting::case::{Acted, Case, Place};
pub use crate::failed_accounting::case::{Look, Settled};
use crate::ledger::Told;

/// Looks what became of the retry of a record, and closes, reopens or leaves it, with what the ledger told of its usage.
pub fn settle(
    connection: &mut DbConnection,
    id: &str,
    usage_id: Option<&str>,
    look: Look,
    told: &Told,
    author: &Author,
) -> Result<Settled> {
    let place = Place { id: id.to_owned(), usage_id: usage_id.map(str::to_owned) };
    let mut case = match Case::of_failure(connection, &place) {
        Ok(case) => case,
        // Gone, or it names another usage now; the next look reads it afresh.
        Err(Error::NotFound | Error::Conflict(_)) => return Ok(Settled::Nothing),
        Err(error) => return Err(error),
    };
    let mut settled = Settled::Nothing;
    let acted = case.act(|case| {
        settled = case.look(id, look, told, author);
        Ok(())
    })?;
    case.save(connection, author)?;
    Ok(if acted == Acted::Again { Settled::Going } else { settled })
}

/// Up to `limit` records that are retrying, with their usages, by id from after that one.
pub fn retrying(
    connection: &mut DbConnection,
    after: &str,
    limit: i64,
) -> Result<Vec<(String, Option<String>)>> {
    use crate::db::schema::llmusage_accounting_failed::dsl;
    let rows: Vec<(TolerantText, TolerantWords)> = dsl::llmusage_accounting_failed
        .filter(crate::failed_accounting::condition::is_retrying())
        .filter(dsl::id.gt(TextOf::new(after)))
        .order(dsl::id.asc())
        .limit(limit)
        .select((dsl::id, dsl::llmusageid))
        .load(connection)?;
    Ok(rows.into_iter().map(|(id, usage)| (id.into(), usage.into())).collect())
}
