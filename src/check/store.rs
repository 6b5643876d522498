//! The last check in the database: who, when, and what each class found.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::class::{self, CLASSES};
use crate::base::finding::Finding;
use crate::base::money::MoneySum;
use crate::db::DbConnection;
use crate::db::schema::{check_finding, check_run};
use crate::error::Result;

/// The only row of `check_run`.
const THE_RUN: i32 = 1;

/// The last check that came to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    pub by: String,
    pub began: NaiveDateTime,
    pub ended: NaiveDateTime,
    /// One for each class, also where nothing was found.
    pub findings: Vec<Finding>,
}

impl Check {
    /// How many classes have findings.
    pub fn classes_found(&self) -> usize {
        self.findings.iter().filter(|finding| finding.count > 0 && !class::is_note(finding.class)).count()
    }
}

/// The last check, if there ever was one.
pub fn last(connection: &mut DbConnection) -> Result<Option<Check>> {
    type Kept = (Option<String>, Option<NaiveDateTime>, Option<NaiveDateTime>);
    let run: Option<Kept> = check_run::table
        .filter(check_run::id.eq(THE_RUN))
        .select((check_run::run_by, check_run::began_at, check_run::ended_at))
        .first(connection)
        .optional()?;
    let Some((Some(by), Some(began), Some(ended))) = run else { return Ok(None) };
    let rows: Vec<(String, i64, Option<String>, String)> =
        check_finding::table.select(check_finding::all_columns).load(connection)?;
    let finding = |(name, _): (&'static str, _)| {
        let row = rows.iter().find(|row| row.0 == name)?;
        let money = |units: &String| MoneySum::from_units(units.parse().unwrap_or_default());
        Some(Finding {
            class: name,
            count: row.1.unsigned_abs(),
            sum: row.2.as_ref().map(money),
            ids: serde_json::from_str(&row.3).unwrap_or_default(),
        })
    };
    let findings = CLASSES.into_iter().filter_map(finding).collect();
    Ok(Some(Check { by, began, ended, findings }))
}

/// Keeps a check in the place of the one before it.
pub fn keep(
    connection: &mut DbConnection,
    by: &str,
    began: NaiveDateTime,
    ended: NaiveDateTime,
    findings: &[Finding],
) -> Result<()> {
    diesel::update(check_run::table.filter(check_run::id.eq(THE_RUN)))
        .set((
            check_run::run_by.eq(by.to_owned()),
            check_run::began_at.eq(began),
            check_run::ended_at.eq(ended),
            check_run::asked_by.eq(None::<String>),
        ))
        .execute(connection)?;
    diesel::delete(check_finding::table).execute(connection)?;
    for finding in findings {
        let row = (
            check_finding::class.eq(finding.class.to_owned()),
            check_finding::found.eq(i64::try_from(finding.count).unwrap_or(i64::MAX)),
            check_finding::amount.eq(finding.sum.map(|sum| sum.units().to_string())),
            check_finding::ids.eq(serde_json::Value::from(finding.ids.clone()).to_string()),
        );
        diesel::insert_into(check_finding::table).values(row).execute(connection)?;
    }
    Ok(())
}

/// Asks for a check in the background.
pub fn ask(connection: &mut DbConnection, by: &str) -> Result<()> {
    diesel::update(check_run::table.filter(check_run::id.eq(THE_RUN)))
        .set(check_run::asked_by.eq(by.to_owned()))
        .execute(connection)?;
    Ok(())
}

/// Who asked for a check that is not done yet.
pub fn asked_by(connection: &mut DbConnection) -> Result<Option<String>> {
    let asked = check_run::table.filter(check_run::id.eq(THE_RUN)).select(check_run::asked_by);
    Ok(asked.first::<Option<String>>(connection).optional()?.flatten())
}
