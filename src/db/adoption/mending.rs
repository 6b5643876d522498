//! Making triggers again, and setting right what they did not keep meanwhile. A note says what is still to be set right, so
//! that what one mending began and did not end, because it waited too long or was stopped, the next one ends.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text};

use super::altered::take_away;
use super::columns::is_mariadb;
use super::triggers::Trigger;
use crate::db::connection::Begin;
use crate::db::schema::app_setting;
use crate::db::{DbConnection, Engine, dialect, transactions};
use crate::error::{Error, Result};

/// What triggers keep of each row that is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kept {
    /// On MariaDB, whether a failure is open, in its column `is_open`.
    IsOpen,
    /// What changes for the kept totals.
    Totals,
    /// Whose reason changed.
    Reasons,
}

/// Each with what the names of its triggers have in them, and the setting that notes that it is to be set right.
const KEPT: [(Kept, &str, &str); 3] = [
    (Kept::IsOpen, "laf_is_open", "mending_is_open"),
    (Kept::Reasons, "reason_", "mending_reasons"),
    (Kept::Totals, "failed_total_", "mending_totals"),
];

/// Rows that are looked at in one small transaction.
const STRETCH: usize = 5_000;

/// How often a stretch is tried whose rows somebody else holds, each time for as long as one waits for a lock.
const TRIES: usize = 6;

impl Trigger {
    fn keeps(&self, kept: Kept) -> bool {
        KEPT.iter().any(|(other, sign, _)| *other == kept && self.name.contains(sign))
    }

    /// Whether it notes what changes for the kept totals.
    pub(super) fn keeps_totals(&self) -> bool {
        self.keeps(Kept::Totals)
    }
}

/// What earlier mendings have not set right, or one that is under way has not yet.
pub(super) fn owed(connection: &mut DbConnection) -> Result<Vec<Kept>> {
    if !dialect::table_exists(connection, "app_setting")? {
        return Ok(Vec::new());
    }
    let noted = app_setting::table.filter(app_setting::name.like("mending_%")).select(app_setting::name);
    let noted: Vec<String> = noted.load(connection)?;
    let owed = KEPT.iter().filter(|(.., setting)| noted.iter().any(|name| name == setting));
    Ok(owed.map(|(kept, ..)| *kept).collect())
}

/// Makes these triggers again, whether they are there or not, with the functions that they call. On PostgreSQL and SQLite
/// all or none; MariaDB puts each in the place of the old one by one statement. MySQL has no such statement: where it does
/// not let one be made, the old one is gone.
///
/// What they would have kept is set right by [`settle`].
pub(super) fn replace(
    connection: &mut DbConnection,
    triggers: &[&Trigger],
    functions: &[String],
) -> Result<()> {
    owe(connection, triggers)?;
    match connection.engine() {
        // Within the transaction of its turn.
        Engine::Sqlite => replace_each(connection, triggers, functions, false),
        Engine::Mysql => {
            let at_once = is_mariadb(connection)?;
            replace_each(connection, triggers, functions, at_once)
        }
        Engine::Postgres => transactions::repeated(|| {
            transactions::within(connection, Begin::Write, |connection| {
                replace_each(connection, triggers, functions, false)
            })
        }),
    }
}

fn replace_each(
    connection: &mut DbConnection,
    triggers: &[&Trigger],
    functions: &[String],
    at_once: bool,
) -> Result<()> {
    if !at_once {
        for trigger in triggers.iter().filter(|trigger| trigger.is_on_platform()) {
            take_away(connection, trigger)?;
        }
    }
    for function in functions {
        connection.batch_execute(function)?;
    }
    for trigger in triggers {
        let sql = match at_once {
            true => trigger.sql.replacen("CREATE TRIGGER", "CREATE OR REPLACE TRIGGER", 1),
            false => trigger.sql.clone(),
        };
        diesel::sql_query(sql).execute(connection)?;
    }
    Ok(())
}

/// Notes what is to be set right behind a time without these triggers, before that time begins.
fn owe(connection: &mut DbConnection, triggers: &[&Trigger]) -> Result<()> {
    for (kept, _, setting) in KEPT {
        if triggers.iter().any(|trigger| trigger.keeps(kept)) {
            forget(connection, setting)?;
            let row = (app_setting::name.eq(setting), app_setting::value.eq("1"));
            diesel::insert_into(app_setting::table).values(row).execute(connection)?;
            if kept == Kept::Totals {
                // Nothing is kept from before that time to behind it.
                forget_totals(connection)?;
            }
        }
    }
    Ok(())
}

/// Sets right what is noted, and takes each note away when that is done; gives whether there was any.
pub(super) fn settle(connection: &mut DbConnection) -> Result<bool> {
    let owed = owed(connection)?;
    for (kept, _, setting) in KEPT.into_iter().filter(|(kept, ..)| owed.contains(kept)) {
        match kept {
            Kept::IsOpen => set_is_open_right(connection)?,
            Kept::Reasons => patiently(|| dialect::note_all_reasons(connection))?,
            // What they would have noted is lost: the totals are counted anew.
            Kept::Totals => forget_totals(connection)?,
        }
        forget(connection, setting)?;
    }
    Ok(!owed.is_empty())
}

fn forget(connection: &mut DbConnection, setting: &str) -> Result<()> {
    diesel::delete(app_setting::table.filter(app_setting::name.eq(setting))).execute(connection)?;
    Ok(())
}

/// Says that the kept totals are to be counted anew.
fn forget_totals(connection: &mut DbConnection) -> Result<()> {
    forget(connection, "failed_totals")
}

/// Repeats a statement that met others, or waited for them in vain.
fn patiently<T>(mut work: impl FnMut() -> Result<T>) -> Result<T> {
    for _ in 1..TRIES {
        match transactions::repeated(&mut work) {
            Err(Error::Held) => tracing::warn!("rows of failures are held by somebody else; tried again"),
            ended => return ended,
        }
    }
    transactions::repeated(work)
}

/// What `is_open` says of a row: 1 open, 0 handled, 2 superseded.
const IS_OPEN: &str = "IF(handled <=> '1', IF(resolution <=> 'superseded', 2, 0), 1)";

/// Sets `is_open` where it does not say what the row says. In stretches by id, so that others go on writing; times stay
/// where a column would renew itself.
fn set_is_open_right(connection: &mut DbConnection) -> Result<()> {
    let mut from = String::new();
    loop {
        let last = patiently(|| set_stretch_right(connection, &from))?;
        match last {
            Some(last) if last != from => from = last,
            _ => return Ok(()),
        }
    }
}

/// The stretch that begins with that id; gives the id that ends it, if there is any.
fn set_stretch_right(connection: &mut DbConnection, from: &str) -> Result<Option<String>> {
    #[derive(QueryableByName)]
    struct Last {
        #[diesel(sql_type = Nullable<Text>)]
        id: Option<String>,
    }
    let last = format!(
        "SELECT MAX(id) AS id FROM (SELECT id FROM llmusage_accounting_failed WHERE id >= ? ORDER BY id \
         LIMIT {STRETCH}) stretch"
    );
    let last = diesel::sql_query(last).bind::<Text, _>(from).get_result::<Last>(connection)?.id;
    let Some(last) = last else { return Ok(None) };
    diesel::sql_query(format!(
        "UPDATE llmusage_accounting_failed SET is_open = {IS_OPEN}, use_time = use_time, \
         failed_time = failed_time, handled_time = handled_time \
         WHERE id >= ? AND id <= ? AND NOT (is_open <=> {IS_OPEN})"
    ))
    .bind::<Text, _>(from)
    .bind::<Text, _>(&last)
    .execute(connection)?;
    Ok(Some(last))
}
