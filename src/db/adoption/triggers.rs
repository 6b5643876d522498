//! Triggers that the schema rests on: a restore without them leaves a database that looks whole and goes wrong quietly.
//!
//! On MariaDB they keep `is_open`: without them new failures would not be seen as open.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};

use super::present::Present;
use super::script::{self, Part};
use super::{definers, printed};
use crate::db::migrations::applied;
use crate::db::{Database, DbConnection, Engine};
use crate::error::{Error, Result};

/// The column of MariaDB that triggers keep has these in their names.
const KEEPS_IS_OPEN: &str = "laf_is_open";

/// Rows that are looked at in one small transaction.
const STRETCH: usize = 5_000;

/// A trigger and the statement that makes it.
pub(in crate::db) struct Trigger {
    pub(in crate::db) name: String,
    pub(in crate::db) sql: String,
}

/// The triggers of the migrations that ran.
fn of_schema(database: &Database) -> Result<Vec<Trigger>> {
    let mut triggers = Vec::new();
    for migration in applied(database)? {
        // What a newer version applied is that version's matter.
        let Ok(text) = printed::script(database.engine(), &migration, "up.sql") else { continue };
        for statement in script::statements(text) {
            for clause in script::clauses(&statement.sql) {
                if let Some(Part::Trigger { name }) = clause.part {
                    // Of two migrations that make it the later one has the last word.
                    triggers.retain(|trigger: &Trigger| trigger.name != name);
                    triggers.push(Trigger { name, sql: clause.sql });
                }
            }
        }
    }
    Ok(triggers)
}

fn missing(database: &Database) -> Result<Vec<Trigger>> {
    let mut triggers = of_schema(database)?;
    database.run_here(|connection| {
        let known = Present::triggers_of(connection)?;
        triggers.retain(|trigger| !known.contains(&trigger.name));
        if !triggers.is_empty() && !may_see_triggers(connection)? {
            tracing::warn!("this user may not see triggers, so none can be missed: GRANT TRIGGER to it");
            triggers.clear();
        }
        Ok(triggers)
    })
}

/// MariaDB and MySQL show triggers only to those who hold the right to make them.
fn may_see_triggers(connection: &mut DbConnection) -> Result<bool> {
    #[derive(QueryableByName)]
    struct Number {
        #[diesel(sql_type = BigInt)]
        number: i64,
    }
    if connection.engine() != Engine::Mysql {
        return Ok(true);
    }
    // Who may read the system's tables sees the rights of all users. A schema may be granted as a pattern.
    let held = diesel::sql_query(
        "SELECT COUNT(*) AS number FROM ( \
         SELECT grantee, privilege_type FROM information_schema.user_privileges UNION ALL \
         SELECT grantee, privilege_type FROM information_schema.schema_privileges \
         WHERE DATABASE() LIKE table_schema UNION ALL \
         SELECT grantee, privilege_type FROM information_schema.table_privileges \
         WHERE table_schema = DATABASE()) held \
         WHERE privilege_type = 'TRIGGER' AND grantee = CONCAT('''', \
         LEFT(CURRENT_USER(), CHAR_LENGTH(CURRENT_USER()) - CHAR_LENGTH(SUBSTRING_INDEX(CURRENT_USER(), '@', -1)) - 1), \
         '''@''', SUBSTRING_INDEX(CURRENT_USER(), '@', -1), '''')",
    );
    Ok(held.get_result::<Number>(connection)?.number > 0)
}

/// Refuses a database whose migrations ran and whose triggers are gone.
///
/// # Errors
/// [`Error::Unavailable`] with their names and what makes them again.
pub fn check_triggers(database: &Database) -> Result<()> {
    let gone = match missing_in_words(database)? {
        Some(words) => Some(words),
        None => definers::fault(database)?.map(|error| {
            format!(
                "the platform cannot write failures: {error}; the account that made the triggers is gone or lost its \
                 rights; make them again for the present one with: llmage-admin migrate"
            )
        }),
    };
    gone.map_or(Ok(()), |words| Err(Error::Unavailable(format!("--database-url: {words}"))))
}

/// Which triggers are gone and what makes them again, if any is.
pub fn missing_in_words(database: &Database) -> Result<Option<String>> {
    let names: Vec<String> = missing(database)?.into_iter().map(|trigger| trigger.name).collect();
    Ok((!names.is_empty()).then(|| {
        format!(
            "the database lacks the triggers {} (restored without them?); make them again with: llmage-admin migrate",
            names.join(", ")
        )
    }))
}

/// Makes the triggers that are gone, and sets right what they would have kept; says which.
pub(in crate::db) fn mend(database: &Database) -> Result<Vec<String>> {
    let missing = missing(database)?;
    let mut connection = database.connection()?;
    for trigger in &missing {
        diesel::sql_query(&trigger.sql).execute(&mut *connection)?;
        tracing::warn!(trigger = trigger.name, "was missing, made again");
    }
    if missing.iter().any(|trigger| trigger.name.starts_with(KEEPS_IS_OPEN)) {
        set_is_open_right(&mut connection)?;
    }
    drop(connection);
    let mut mended: Vec<String> =
        missing.into_iter().map(|trigger| format!("trigger {}, made again", trigger.name)).collect();
    if definers::fault(database)?.is_some() {
        mended.extend(definers::make_again(database, &of_schema(database)?)?);
    }
    Ok(mended)
}

/// What `is_open` says of a row: 1 open, 0 handled, 2 superseded.
const IS_OPEN: &str = "IF(handled <=> '1', IF(resolution <=> 'superseded', 2, 0), 1)";

/// Sets `is_open` where it does not say what the row says. In stretches by id, so that others go on writing; times stay
/// where a column would renew itself.
fn set_is_open_right(connection: &mut DbConnection) -> Result<()> {
    #[derive(QueryableByName)]
    struct Last {
        #[diesel(sql_type = Nullable<Text>)]
        id: Option<String>,
    }
    let mut from = String::new();
    loop {
        let last = format!(
            "SELECT MAX(id) AS id FROM (SELECT id FROM llmusage_accounting_failed WHERE id >= ? ORDER BY id \
             LIMIT {STRETCH}) stretch"
        );
        let last = diesel::sql_query(last).bind::<Text, _>(&from).get_result::<Last>(connection)?.id;
        let Some(last) = last else { return Ok(()) };
        diesel::sql_query(format!(
            "UPDATE llmusage_accounting_failed SET is_open = {IS_OPEN}, use_time = use_time, \
             failed_time = failed_time, handled_time = handled_time \
             WHERE id >= ? AND id <= ? AND NOT (is_open <=> {IS_OPEN})"
        ))
        .bind::<Text, _>(&from)
        .bind::<Text, _>(&last)
        .execute(connection)?;
        if last == from {
            return Ok(());
        }
        from = last;
    }
}
