//! Applying what is pending, so that whatever stops it half way can be asked again.

use diesel::RunQueryDsl;
use diesel::connection::{BoxableConnection, SimpleConnection};
use diesel::migration::{Migration, MigrationMetadata, MigrationName};
use diesel_migrations::MigrationHarness;

use super::{embedded, status, turn};
use crate::db::adoption::plan::{self, Step};
use crate::db::adoption::present::Present;
use crate::db::adoption::{columns, printed, script, triggers};
use crate::db::connection::Begin;
use crate::db::sqlite::wal;
use crate::db::{Database, DbBackend, DbConnection, Engine};
use crate::error::{Error, Result};

/// A migration cut down to what this database lacks.
struct Adapted<'a> {
    migration: &'a dyn Migration<DbBackend>,
    steps: Vec<Step>,
    in_transaction: bool,
}

impl Migration<DbBackend> for Adapted<'_> {
    fn run(&self, connection: &mut dyn BoxableConnection<DbBackend>) -> diesel::migration::Result<()> {
        for sql in self.steps.iter().filter_map(|step| step.sql.as_deref()) {
            // One at a time: several at once are one transaction on PostgreSQL.
            for statement in script::statements(sql) {
                connection.batch_execute(&format!("{};", statement.sql))?;
            }
        }
        Ok(())
    }

    fn revert(&self, connection: &mut dyn BoxableConnection<DbBackend>) -> diesel::migration::Result<()> {
        self.migration.revert(connection)
    }

    fn metadata(&self) -> &dyn MigrationMetadata {
        self
    }

    fn name(&self) -> &dyn MigrationName {
        self.migration.name()
    }
}

impl MigrationMetadata for Adapted<'_> {
    fn run_in_transaction(&self) -> bool {
        self.in_transaction
    }
}

/// Applies what is pending, in order, and makes triggers again that are gone; gives the names of what ran. Of several
/// that are asked to at once, one does.
///
/// # Errors
/// [`Error::Unavailable`] with the migration that failed; run again, it goes on where it stopped.
pub fn apply(database: &Database) -> Result<Vec<String>> {
    apply_telling(database, &mut |_| ())
}

/// As [`apply`]; each is told by its name before it runs, because one may take minutes on a large table.
pub fn apply_telling(database: &Database, tell: &mut dyn FnMut(&str)) -> Result<Vec<String>> {
    let mut connection = database.connection()?;
    if database.engine() == Engine::Sqlite {
        return applied_and_mended(database, &mut connection, |connection| apply_each(connection, tell));
    }
    // Also where all is applied: whoever applied the last may be mending still, and nobody can read a table meanwhile.
    turn::taken(&mut connection, |connection| {
        applied_and_mended(database, connection, |connection| apply_pending(connection, usize::MAX, tell))
    })
}

fn applied_and_mended(
    database: &Database,
    connection: &mut DbConnection,
    apply: impl FnOnce(&mut DbConnection) -> Result<Vec<String>>,
) -> Result<Vec<String>> {
    let is_up_to_date = status(database)?.iter().all(|status| status.applied);
    let mut applied = if is_up_to_date { Vec::new() } else { apply(connection)? };
    applied.extend(triggers::mend(database, connection)?);
    applied.extend(columns::hide(database)?);
    Ok(applied)
}

/// Applies what is pending, each in a transaction of its own, with nobody else meanwhile. A long log is copied in
/// between: where it has many gigabytes, SQLite is slow to find a page.
fn apply_each(connection: &mut DbConnection, tell: &mut dyn FnMut(&str)) -> Result<Vec<String>> {
    let mut applied = Vec::new();
    loop {
        connection.begin(Begin::Write)?;
        match apply_pending(connection, 1, tell) {
            Ok(names) if names.is_empty() => {
                connection.rollback()?;
                return Ok(applied);
            }
            Ok(names) => applied.extend(names),
            Err(error) => {
                // The first error is what went wrong.
                let _ = connection.rollback();
                return Err(error);
            }
        }
        connection.commit()?;
        if wal::should_restart(connection)? {
            connection.batch_execute("PRAGMA wal_checkpoint(TRUNCATE)")?;
        }
    }
}

/// Applies so many of what is pending, at most.
fn apply_pending(
    connection: &mut DbConnection,
    most: usize,
    tell: &mut dyn FnMut(&str),
) -> Result<Vec<String>> {
    let engine = connection.engine();
    let mut applied = Vec::new();
    let pending: Vec<Box<dyn Migration<DbBackend>>> =
        connection.pending_migrations(embedded(engine)?).map_err(failed)?;
    for migration in pending.iter().take(most) {
        let name = migration.name().to_string();
        tell(&name);
        let present = Present::of(connection)?;
        let mut steps = plan::steps(engine, printed::script(engine, &name, "up.sql")?, &present);
        without_impossible(connection, &mut steps)?;
        // MariaDB and MySQL end a transaction at each change of the schema.
        let in_transaction = engine != Engine::Mysql && !steps.iter().any(plan::stands_alone);
        let adapted = Adapted { migration: &**migration, steps, in_transaction };
        connection.run_migration(&adapted).map_err(|error| {
            Error::Unavailable(format!(
                "migration {name}: {error}; run it again, it goes on where it stopped"
            ))
        })?;
        tracing::debug!(migration = name, "applied");
        applied.push(name);
    }
    Ok(applied)
}

/// Takes out the index for parts of words where PostgreSQL's extension for it may not be made.
fn without_impossible(connection: &mut DbConnection, steps: &mut [Step]) -> Result<()> {
    let needs_extension = |step: &Step| step.sql.as_deref().is_some_and(|sql| sql.contains("gin_trgm_ops"));
    let Some(place) = steps.iter().position(needs_extension) else { return Ok(()) };
    // What comes before makes the extension if it can; it may be run twice.
    for sql in steps[..place].iter().filter_map(|step| step.sql.as_deref()) {
        connection.batch_execute(sql)?;
    }
    let known = "SELECT 1 FROM pg_opclass WHERE opcname = 'gin_trgm_ops'";
    if diesel::sql_query(known).execute(connection)? == 0 {
        tracing::warn!("no extension pg_trgm: no index for words in reasons");
        steps[place].sql = None;
    }
    Ok(())
}

fn failed(error: Box<dyn std::error::Error + Send + Sync>) -> Error {
    match error.downcast::<diesel::result::Error>() {
        Ok(error) => Error::from(*error),
        Err(error) => Error::internal(error),
    }
}
