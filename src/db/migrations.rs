//! Schema migrations: equal names for all three databases, embedded in the binary.
//!
//! Diesel records what ran in `__diesel_schema_migrations`; each migration has its way back in `down.sql`.

use diesel::migration::{Migration, MigrationSource, MigrationVersion};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness};

use super::{Database, DbBackend, Engine};
use crate::error::{Error, Result};

#[cfg(feature = "sqlite")]
const SQLITE: EmbeddedMigrations = diesel_migrations::embed_migrations!("migrations/sqlite");
#[cfg(feature = "mysql")]
const MYSQL: EmbeddedMigrations = diesel_migrations::embed_migrations!("migrations/mysql");
#[cfg(feature = "postgres")]
const POSTGRES: EmbeddedMigrations = diesel_migrations::embed_migrations!("migrations/postgres");

/// The same files as text, for `migrate --print-sql`.
static SCRIPTS: include_dir::Dir<'_> = include_dir::include_dir!("$CARGO_MANIFEST_DIR/migrations");

/// Where Diesel notes which migrations ran; made by itself when it runs them.
const BOOKKEEPING: &str = "CREATE TABLE IF NOT EXISTS __diesel_schema_migrations (
    version VARCHAR(50) PRIMARY KEY NOT NULL,
    run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
);
";

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

/// Applies what is pending, in order; gives the names of what ran.
pub fn apply(database: &Database) -> Result<Vec<String>> {
    let mut connection = database.connection()?;
    let applied = connection.run_pending_migrations(embedded(database.engine())?).map_err(Error::internal)?;
    named(database.engine(), &applied)
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

/// All migrations in order, with whether each ran.
pub fn status(database: &Database) -> Result<Vec<Status>> {
    let mut connection = database.connection()?;
    let source = embedded(database.engine())?;
    let pending = connection.pending_migrations(source).map_err(Error::internal)?;
    let pending: Vec<String> = pending.iter().map(|migration| migration.name().to_string()).collect();
    Ok(names(database.engine())?
        .into_iter()
        .map(|name| Status { applied: !pending.contains(&name), name })
        .collect())
}

/// The names of all migrations in order.
pub fn names(engine: Engine) -> Result<Vec<String>> {
    let source = embedded(engine)?;
    let migrations: Vec<Box<dyn Migration<DbBackend>>> = source.migrations().map_err(Error::internal)?;
    let mut names: Vec<String> = migrations.iter().map(|migration| migration.name().to_string()).collect();
    names.sort();
    Ok(names)
}

/// The SQL of all migrations in order, for a person to read and run, with Diesel's notes of what ran. Also of
/// engines that this build cannot talk to.
pub fn sql(engine: Engine) -> Result<String> {
    let folder = SCRIPTS.get_dir(engine.name()).ok_or_else(|| Error::internal("no migrations"))?;
    let mut script = BOOKKEEPING.to_owned();
    let mut names: Vec<String> = folder
        .dirs()
        .filter_map(|migration| Some(migration.path().file_name()?.to_string_lossy().into_owned()))
        .collect();
    names.sort();
    for name in names {
        let file = folder.get_file(folder.path().join(&name).join("up.sql"));
        let sql = file.and_then(|file| file.contents_utf8()).ok_or_else(|| Error::internal("no up.sql"))?;
        let version: String = name.split('_').next().unwrap_or_default().replace('-', "");
        script.push_str(&format!(
            "\n-- {name}\n{sql}INSERT INTO __diesel_schema_migrations (version) VALUES ('{version}');\n"
        ));
    }
    Ok(script)
}
