//! Schema migrations: equal names for all three databases, embedded in the binary.
//!
//! Diesel records what ran in `__diesel_schema_migrations`; each migration has its way back in `down.sql`. A database
//! that the platform made is adopted: of each migration only what is missing is run, so one that was cut off goes on.

mod applying;
mod copying;
pub(in crate::db) mod turn;

use diesel::RunQueryDsl;
use diesel::migration::{Migration, MigrationSource, MigrationVersion};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness};

use super::{Database, DbBackend, Engine};
use crate::error::{Error, Result};
pub use applying::{apply, apply_telling};
pub use copying::upgrade;

pub use super::adoption::columns::columns_in_words;
pub use super::adoption::outlook::{Existing, Outlook, check_columns, outlook, present};
pub use super::adoption::plan::blocking_statements;
pub use super::adoption::printed::sql;
pub use super::adoption::triggers::{
    changed_triggers, check_triggers, missing_in_words as missing_triggers, totals_obstacle,
};
pub use super::adoption::unkept::totals_unkept;

#[cfg(feature = "sqlite")]
const SQLITE: EmbeddedMigrations = diesel_migrations::embed_migrations!("migrations/sqlite");
#[cfg(feature = "mysql")]
const MYSQL: EmbeddedMigrations = diesel_migrations::embed_migrations!("migrations/mysql");
#[cfg(feature = "postgres")]
const POSTGRES: EmbeddedMigrations = diesel_migrations::embed_migrations!("migrations/postgres");

/// One migration and whether it ran here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    pub name: String,
    pub applied: bool,
}

fn embedded(engine: Engine) -> Result<EmbeddedMigrations> {
    match engine {
        #[cfg(feature = "sqlite")]
        Engine::Sqlite => Ok(SQLITE),
        #[cfg(feature = "mysql")]
        Engine::Mysql => Ok(MYSQL),
        #[cfg(feature = "postgres")]
        Engine::Postgres => Ok(POSTGRES),
        #[allow(unreachable_patterns, reason = "reached only in builds without that engine")]
        other => Err(Error::Unavailable(format!("this build has no {}", other.name()))),
    }
}

/// Takes back everything that ran, newest first.
pub fn revert_all(database: &Database) -> Result<Vec<String>> {
    let mut connection = database.connection()?;
    let reverted = connection.revert_all_migrations(embedded(database.engine())?).map_err(Error::internal)?;
    named(database.engine(), &reverted)
}

/// The names of migrations that Diesel tells by their versions: the stamp without its dashes.
fn named(engine: Engine, versions: &[MigrationVersion<'_>]) -> Result<Vec<String>> {
    let names = names(engine)?;
    let version_of = |name: &String| name.split('_').next().unwrap_or_default().replace('-', "");
    let named = versions.iter().map(|version| {
        let version = version.to_string();
        names.iter().find(|name| version_of(name) == version).cloned().unwrap_or(version)
    });
    Ok(named.collect())
}

/// All migrations in order, with whether each ran. Changes nothing, so that a user who may only read can ask.
pub fn status(database: &Database) -> Result<Vec<Status>> {
    let applied = applied(database)?;
    let names = names(database.engine())?.into_iter();
    Ok(names.map(|name| Status { applied: applied.contains(&name), name }).collect())
}

/// The names of the migrations that ran.
pub fn applied(database: &Database) -> Result<Vec<String>> {
    use diesel::QueryDsl;
    diesel::table! {
        __diesel_schema_migrations (version) {
            version -> Text,
        }
    }
    // The table may be made by another instance at this moment.
    let mut versions = super::transactions::repeated(|| {
        database.run_here(|connection| {
            if !super::dialect::table_exists(connection, "__diesel_schema_migrations")? {
                return Ok(Vec::new());
            }
            let table = __diesel_schema_migrations::table.select(__diesel_schema_migrations::version);
            Ok(table.load::<String>(connection)?)
        })
    })?;
    versions.sort();
    let versions: Vec<MigrationVersion<'_>> = versions.iter().map(MigrationVersion::from).collect();
    named(database.engine(), &versions)
}

/// The names of all migrations in order.
pub fn names(engine: Engine) -> Result<Vec<String>> {
    let source = embedded(engine)?;
    let migrations: Vec<Box<dyn Migration<DbBackend>>> = source.migrations().map_err(Error::internal)?;
    let mut names: Vec<String> = migrations.iter().map(|migration| migration.name().to_string()).collect();
    names.sort();
    Ok(names)
}
