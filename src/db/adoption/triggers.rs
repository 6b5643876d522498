//! Triggers that the schema rests on: a restore without them leaves a database that looks whole and goes wrong quietly.
//!
//! On MariaDB they keep `is_open`: without them new failures would not be seen as open.

use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::altered::{self, altered};
use super::mending::{self, Kept};
use super::present::{Present, Spot};
use super::script::{self, Part};
use super::{definers, printed};
use crate::db::migrations::{applied, status, turn};
use crate::db::{Database, DbConnection, Engine};
use crate::error::{Error, Result};

/// A trigger and the statement that makes it.
#[derive(Clone)]
pub(in crate::db) struct Trigger {
    table: String,
    pub(in crate::db) name: String,
    pub(in crate::db) sql: String,
}

impl Trigger {
    /// Where it stands.
    pub(super) fn spot(&self, engine: Engine) -> Spot {
        Spot::new(engine, &self.table, &self.name)
    }
}

/// The triggers of the migrations that ran.
pub(super) fn of_schema(database: &Database) -> Result<Vec<Trigger>> {
    let mut triggers = Vec::new();
    for migration in applied(database)? {
        // What a newer version applied is that version's matter.
        let Ok(text) = printed::script(database.engine(), &migration, "up.sql") else { continue };
        for trigger in of_script(text) {
            // Of two migrations that make it the later one has the last word.
            triggers.retain(|other: &Trigger| other.name != trigger.name);
            triggers.push(trigger);
        }
    }
    Ok(triggers)
}

fn of_script(text: &str) -> Vec<Trigger> {
    let clauses = script::statements(text).into_iter().flat_map(|statement| script::clauses(&statement.sql));
    let trigger = |clause: script::Clause| match clause.part {
        Some(Part::Trigger { table, name }) => Some(Trigger { table, name, sql: clause.sql }),
        _ => None,
    };
    clauses.filter_map(trigger).collect()
}

fn missing(database: &Database) -> Result<Vec<Trigger>> {
    let mut triggers = of_schema(database)?;
    database.run_here(|connection| {
        let (engine, known) = (connection.engine(), Present::triggers_of(connection)?);
        triggers.retain(|trigger| !known.contains_key(&trigger.spot(engine)));
        if !triggers.is_empty() && !may_see_triggers(connection)? {
            tracing::warn!("this user may not see triggers, so none can be missed: GRANT TRIGGER to it");
            triggers.clear();
        }
        Ok(triggers)
    })
}

/// Which triggers of the kept totals are gone or altered, if any is: without them nothing is kept.
pub fn totals_obstacle(database: &Database) -> Result<Option<String>> {
    let wrong = missing(database)?.into_iter().chain(altered(database)?);
    let names: Vec<String> = wrong.filter(Trigger::keeps_totals).map(|trigger| trigger.name).collect();
    let words =
        || format!("gone or altered: {}; make them again with: llmage-admin migrate", names.join(", "));
    Ok((!names.is_empty()).then(words))
}

/// The names of triggers that are not ours and that pending migrations would make: these stay as they are.
pub(super) fn taken_names(database: &Database) -> Result<Vec<String>> {
    let ours = of_schema(database)?;
    let (engine, known) = (database.engine(), database.run_here(Present::triggers_of)?);
    let mut taken = Vec::new();
    for migration in status(database)?.into_iter().filter(|migration| !migration.applied) {
        for trigger in of_script(printed::script(engine, &migration.name, "up.sql")?) {
            let is_ours = ours.iter().any(|made| made.name == trigger.name);
            let is_other = known.get(&trigger.spot(engine)).is_some_and(|told| !trigger.does(engine, told));
            if is_other && !is_ours {
                taken.push(trigger.name);
            }
        }
    }
    Ok(taken)
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

/// Refuses a database whose migrations ran and whose triggers are gone, or were made again without what they keep.
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

/// Which triggers are gone, or what was not set right behind them, and what mends it.
pub fn missing_in_words(database: &Database) -> Result<Option<String>> {
    let names: Vec<String> = missing(database)?.into_iter().map(|trigger| trigger.name).collect();
    if !names.is_empty() {
        return Ok(Some(format!(
            "the database lacks the triggers {} (restored without them?); make them again with: llmage-admin migrate",
            names.join(", ")
        )));
    }
    let is_unfinished = database.run_here(mending::owed)?.contains(&Kept::IsOpen);
    let words = "which failures are open was not set right to the end behind triggers that were gone or altered (the last \
                 migrate was stopped or refused, or rows were held); end it with: llmage-admin migrate";
    Ok(is_unfinished.then(|| words.to_owned()))
}

/// The names of triggers that are gone, or on the platform's tables and altered, with which of both.
pub fn changed_triggers(database: &Database) -> Result<Vec<String>> {
    let gone =
        missing(database)?.into_iter().map(|trigger| format!("{} (the trigger is missing)", trigger.name));
    let altered =
        altered(database)?.into_iter().map(|trigger| format!("{} (the trigger was changed)", trigger.name));
    Ok(gone.chain(altered).collect())
}

/// Makes the triggers that are gone or altered, and sets right what they would have kept; says which. Also what an earlier
/// one began and did not end. To be called in one's turn on a server; on SQLite, it is a transaction.
pub(in crate::db) fn mend(database: &Database, connection: &mut DbConnection) -> Result<Vec<String>> {
    let is_whole = changed_triggers(database)?.is_empty()
        && database.run_here(mending::owed)?.is_empty()
        && definers::fault(database)?.is_none();
    if is_whole {
        return Ok(Vec::new());
    }
    let work = |connection: &mut DbConnection| {
        let mut mended = make_again(database, connection)?;
        mended.extend(make_again_for_this_account(database, connection)?);
        if mending::settle(connection)? && mended.is_empty() {
            mended.push("what triggers keep, set right to the end".to_owned());
        }
        Ok(mended)
    };
    match database.engine() {
        Engine::Sqlite => turn::taken(connection, work),
        Engine::Mysql | Engine::Postgres => work(connection),
    }
}

/// Looks anew, for somebody else may have made them while this process waited for its turn.
fn make_again(database: &Database, connection: &mut DbConnection) -> Result<Vec<String>> {
    let (mut wrong, altered) = (missing(database)?, altered(database)?);
    wrong.extend(altered);
    let functions = altered::functions(database, wrong.iter())?;
    mending::replace(connection, &wrong.iter().collect::<Vec<_>>(), &functions)?;
    for trigger in &wrong {
        tracing::warn!(trigger = trigger.name, "was missing or altered, made again");
    }
    Ok(wrong.into_iter().map(|trigger| format!("trigger {}, made again", trigger.name)).collect())
}

/// Those on the platform's tables, where they fail with the rights of whoever made them.
fn make_again_for_this_account(database: &Database, connection: &mut DbConnection) -> Result<Vec<String>> {
    if definers::fault(database)?.is_none() {
        return Ok(Vec::new());
    }
    let mut triggers = of_schema(database)?;
    triggers.retain(Trigger::is_on_platform);
    mending::replace(connection, &triggers.iter().collect::<Vec<_>>(), &[])?;
    let words = |trigger: Trigger| format!("trigger {}, made again for this account", trigger.name);
    Ok(triggers.into_iter().map(words).collect())
}
