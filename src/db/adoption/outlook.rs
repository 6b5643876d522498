//! What a database has of the schema and what it would get, in words; nothing is changed.

use super::kinds;
use super::plan::{self, Step};
use super::present::{PLATFORM_TABLES, Present};
use super::printed;
use super::shapes;
use super::triggers;
use crate::db::Database;
use crate::db::migrations::{names, status};
use crate::error::{Error, Result};

/// A pending migration in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outlook {
    pub name: String,
    pub adds: Vec<String>,
    pub present: Vec<String>,
}

/// What each pending migration would add to the database as it is, and what of it is there already.
pub fn outlook(database: &Database) -> Result<Vec<Outlook>> {
    let pending = status(database)?.into_iter().filter(|status| !status.applied);
    let present = Present::of(&mut *database.connection()?)?;
    pending
        .map(|status| {
            let script = printed::script(database.engine(), &status.name, "up.sql")?;
            let steps = plan::steps(database.engine(), script, &present);
            let all = |words: fn(&Step) -> &Vec<String>| steps.iter().flat_map(words).cloned().collect();
            Ok(Outlook {
                adds: all(|step| &step.adds),
                present: all(|step| &step.present),
                name: status.name,
            })
        })
        .collect()
}

/// What the database has of the schema, so that only what is missing is printed.
pub fn present(database: &Database) -> Result<Existing> {
    Ok(Existing(Present::of(&mut *database.connection()?)?))
}

/// What a database has of the schema.
#[derive(Debug, Default)]
pub struct Existing(pub(in crate::db) Present);

impl Existing {
    /// The tables of the platform that are there, in the words of `migrate --status`.
    pub fn platform_tables(&self) -> Vec<String> {
        let state = |table: &str| if self.0.filled.contains(table) { "with rows" } else { "empty" };
        let known = PLATFORM_TABLES.iter().filter(|table| self.0.tables.contains_key(**table));
        known.map(|table| format!("{table} ({})", state(table))).collect()
    }
}

/// Refuses a database whose tables cannot be served without harm, lack columns that the app reads, as after an upgrade of the platform, or have them in
/// types that it cannot serve.
///
/// # Errors
/// [`Error::Unavailable`] with all of them in one line.
pub fn check_columns(database: &Database) -> Result<()> {
    let faults = shapes::faults(&mut *database.connection()?)?;
    if !faults.is_empty() {
        return Err(Error::Unavailable(format!(
            "--database-url: the platform's tables cannot be served as they are: {}; nothing was changed",
            faults.join("; ")
        )));
    }
    let taken = triggers::taken_names(database)?;
    if !taken.is_empty() {
        return Err(Error::Unavailable(format!(
            "--database-url: triggers of the platform's have names that ours need: {}; nothing was changed; rename them, then: llmage-admin migrate",
            taken.join(", ")
        )));
    }
    let engine = database.engine();
    let scripts: Result<Vec<String>> = names(engine)?
        .iter()
        .map(|name| printed::script(engine, name, "up.sql").map(str::to_owned))
        .collect();
    let missing = plan::missing_columns(&scripts?, &Present::of(&mut *database.connection()?)?);
    if missing.is_empty() {
        return check_kinds(database);
    }
    let missing: Vec<String> =
        missing.into_iter().map(|(table, column)| format!("{table}.{column}")).collect();
    Err(Error::Unavailable(format!(
        "--database-url: the database lacks {}; this schema of the platform is not supported (later versions drop \
         cost): add the missing columns, nullable, or point to another database",
        missing.join(", ")
    )))
}

fn check_kinds(database: &Database) -> Result<()> {
    let misfits = kinds::misfits(&mut *database.connection()?)?;
    if misfits.is_empty() {
        return Ok(());
    }
    let in_words = |misfit: &kinds::Misfit| {
        format!("{}.{} is {}, wanted {}", misfit.table, misfit.column, misfit.found, misfit.wanted)
    };
    let all: Vec<String> = misfits.iter().map(in_words).collect();
    Err(Error::Unavailable(format!(
        "--database-url: columns of types that cannot be served: {}; nothing was changed",
        all.join("; ")
    )))
}
