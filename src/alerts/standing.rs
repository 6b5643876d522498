//! How rules stand. Every turn is a compare-and-set: of two who see the same, one turns the rule and tells it.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::rule::Rule;
use crate::base::form::Message;
use crate::db::DbConnection;
use crate::db::schema::alert_rule::{self, dsl};
use crate::error::{Error, Result};

/// A test of a rule may be asked for again after this many milliseconds.
const BETWEEN_TESTS: i64 = 5_000;

/// Takes the right to test a rule now.
///
/// # Errors
/// [`Error::Conflict`] when it was tested a moment ago.
pub fn begin_test(connection: &mut DbConnection, rule: &Rule, milliseconds: i64) -> Result<()> {
    let row = alert_rule::table
        .filter(dsl::id.eq(rule.id.clone()))
        .filter(dsl::tested_at.le(milliseconds - BETWEEN_TESTS));
    match diesel::update(row).set(dsl::tested_at.eq(milliseconds)).execute(connection)? {
        0 => {
            Err(Error::Conflict(Message::new("alert-conflict-tested").with("seconds", BETWEEN_TESTS / 1_000)))
        }
        _ => Ok(()),
    }
}

/// A rule that stands as it was read, and was not changed by anybody since.
macro_rules! unchanged {
    ($rule:expr) => {
        alert_rule::table
            .filter(dsl::id.eq($rule.id.clone()))
            .filter(dsl::version.eq($rule.version))
            .filter(dsl::is_on.eq(true))
    };
}

/// Sets a quiet rule firing, or a firing one quiet; says whether it did, and nobody else was faster.
pub fn turn(connection: &mut DbConnection, rule: &Rule, firing_since: Option<NaiveDateTime>) -> Result<bool> {
    let set = dsl::firing_since.eq(firing_since);
    let turned = match firing_since {
        Some(_) => diesel::update(unchanged!(rule).filter(dsl::firing_since.is_null()))
            .set(set)
            .execute(connection)?,
        None => diesel::update(unchanged!(rule).filter(dsl::firing_since.is_not_null()))
            .set(set)
            .execute(connection)?,
    };
    Ok(turned == 1)
}

/// Notes the archive runs that a rule has looked at; says whether it did, and nobody else was faster.
pub fn see(connection: &mut DbConnection, rule: &Rule, marks: String) -> Result<bool> {
    let set = dsl::seen.eq(Some(marks));
    let seen = match rule.seen.clone() {
        Some(seen) => {
            diesel::update(unchanged!(rule).filter(dsl::seen.eq(seen))).set(set).execute(connection)?
        }
        None => diesel::update(unchanged!(rule).filter(dsl::seen.is_null())).set(set).execute(connection)?,
    };
    Ok(seen == 1)
}

/// Notes what was read.
pub fn note_value(
    connection: &mut DbConnection,
    rule: &Rule,
    value: Option<String>,
    now: NaiveDateTime,
) -> Result<()> {
    let set = (dsl::value_read.eq(value), dsl::read_at.eq(now));
    diesel::update(unchanged!(rule)).set(set).execute(connection)?;
    Ok(())
}
