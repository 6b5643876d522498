//! The setting that says whether the kept totals may be relied on; its row is locked by who folds or counts.

use diesel::prelude::*;

use crate::db::DbConnection;
use crate::db::dialect;
use crate::db::schema::app_setting::{self, dsl};
use crate::error::Result;

/// The setting that says whether totals are kept.
pub(super) const SETTING: &str = "failed_totals";

/// What it says where they are.
pub(super) const KEPT: &str = "kept";
const DIFFERENT: &str = "different";
const COUNTING: &str = "counting ";

/// Whether totals may be relied on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Standing {
    /// They are exact.
    Kept,
    /// A check found them to be different from the rows; `recount` ends that.
    Different,
    /// Somebody counts, since then (milliseconds since 1970).
    Counting { since: i64, mark: String },
    /// They were never counted, or what keeps them was away.
    Unknown,
}

impl Standing {
    fn of(text: Option<String>) -> Standing {
        match text.as_deref() {
            Some(KEPT) => Standing::Kept,
            Some(DIFFERENT) => Standing::Different,
            Some(text) => match text.strip_prefix(COUNTING).and_then(|rest| rest.split_once(' ')) {
                Some((since, mark)) => {
                    Standing::Counting { since: since.parse().unwrap_or_default(), mark: mark.to_owned() }
                }
                None => Standing::Unknown,
            },
            None => Standing::Unknown,
        }
    }

    fn text(&self) -> Option<String> {
        match self {
            Standing::Kept => Some(KEPT.to_owned()),
            Standing::Different => Some(DIFFERENT.to_owned()),
            Standing::Counting { since, mark } => Some(format!("{COUNTING}{since} {mark}")),
            Standing::Unknown => None,
        }
    }
}

pub(super) fn standing(connection: &mut DbConnection) -> Result<Standing> {
    let row = app_setting::table.filter(dsl::name.eq(SETTING)).select(dsl::value);
    Ok(Standing::of(row.first::<String>(connection).optional()?))
}

/// As [`standing`], and nobody else changes it, folds or counts until this transaction ends.
pub(super) fn lock(connection: &mut DbConnection) -> Result<Standing> {
    let row = app_setting::table.filter(dsl::name.eq(SETTING)).select(dsl::value);
    let rows: Vec<String> = dialect::Locked(connection.engine(), row).load(connection)?;
    Ok(Standing::of(rows.into_iter().next()))
}

pub(super) fn set(connection: &mut DbConnection, standing: &Standing) -> Result<()> {
    let row = app_setting::table.filter(dsl::name.eq(SETTING));
    let Some(text) = standing.text() else {
        diesel::delete(row).execute(connection)?;
        return Ok(());
    };
    if diesel::update(row).set(dsl::value.eq(text.clone())).execute(connection)? == 0 {
        let row = (dsl::name.eq(SETTING), dsl::value.eq(text));
        diesel::insert_into(app_setting::table).values(row).execute(connection)?;
    }
    Ok(())
}

/// The setting that says how often totals were counted.
const GENERATION: &str = "failed_totals_generation";

/// How often totals were counted: who found them different says of which generation that was.
pub(super) fn generation(connection: &mut DbConnection) -> Result<i64> {
    let row = app_setting::table.filter(dsl::name.eq(GENERATION)).select(dsl::value);
    let text: Option<String> = row.first(connection).optional()?;
    Ok(text.and_then(|text| text.parse().ok()).unwrap_or(0))
}

/// Says that totals are kept from now on, as they were counted. To be called with the lock.
pub(super) fn keep(connection: &mut DbConnection) -> Result<()> {
    let next = (generation(connection)? + 1).to_string();
    let row = app_setting::table.filter(dsl::name.eq(GENERATION));
    if diesel::update(row).set(dsl::value.eq(next.clone())).execute(connection)? == 0 {
        let row = (dsl::name.eq(GENERATION), dsl::value.eq(next));
        diesel::insert_into(app_setting::table).values(row).execute(connection)?;
    }
    set(connection, &Standing::Kept)
}

/// Says that totals of that generation are different from the rows; nothing where they were counted since.
pub(super) fn doubt(connection: &mut DbConnection, of: i64) -> Result<()> {
    lock(connection)?;
    if generation(connection)? != of {
        return Ok(());
    }
    set(connection, &Standing::Different)
}
