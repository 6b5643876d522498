//! `migrate`: applying, listing and printing the schema; adopting a database that the platform made.

use std::io::Write;
use std::path::Path;

use chrono_tz::Tz;

use super::{Config, desk, say};
use crate::audit::sealing;
use crate::base::clock::Clock;
use crate::db::{Database, Engine, migrations, zone as zones};
use crate::error::{Error, Result};
use crate::failed_accounting::store;
use crate::kept_totals::counting;

#[derive(Debug, Clone, Default, clap::Args)]
pub(super) struct MigrateCommand {
    /// List every migration and whether it is applied.
    #[arg(long, conflicts_with = "print_sql")]
    status: bool,
    /// Print the SQL for this database and run nothing.
    #[arg(long)]
    print_sql: bool,
    /// Do not copy an SQLite file before it is migrated.
    #[arg(long, conflicts_with_all = ["status", "print_sql"])]
    no_copy: bool,
}

pub(super) fn migrate(config: &Config, command: &MigrateCommand) -> Result<()> {
    let MigrateCommand { status, print_sql, no_copy } = *command;
    if print_sql {
        return print(config);
    }
    if status {
        Database::check_exists(&config.database_url)?;
    }
    let found = Database::look(&config.database_url, zones::find)?;
    let zone = found.for_migration(config.timezone)?;
    let database = Database::open(&config.database_url, zone)?;
    desk::note_use(database.name());
    if status {
        return list(&database);
    }
    migrations::check_columns(&database)?;
    warn_of_others(&database, |words| {
        // Nobody may be reading; the README says it, too.
        let _ = writeln!(std::io::stderr(), "{words}");
    })?;
    let applied = migrations::upgrade(&database, !no_copy, &mut tell_copy, &mut |name| {
        // What is applied is known at the end; until then, whoever waits sees how far it is.
        let _ = writeln!(std::io::stderr(), "applying {name}");
    })?;
    for name in &applied {
        say(&format!("applied {name}"))?;
    }
    let (author, is_new) = (desk::author_at(Clock::new(zone).now()), !applied.is_empty());
    database.transaction_here(|connection| sealing::after_migration(connection, &author, is_new))?;
    counting::count_if_unknown(&database)?;
    if applied.is_empty() {
        return say("nothing to apply: the schema is up to date");
    }
    let unmarked = database.run_here(store::count_unmarked)?;
    if unmarked > 0 {
        say(&format!(
            "{unmarked} failed records have no handled (NULL): they count as open and were left as they are"
        ))?;
    }
    Ok(())
}

/// What whoever upgrades must know before: the version before does not look which version the database wants.
const STOP_OTHERS: &str = "instances of an earlier version must be stopped now: they would work on the new schema by \
                           old rules";

/// Says where the copy is that leads back.
pub(super) fn tell_copy(path: &Path) -> Result<()> {
    say(&format!("copied the database as it was to {}", path.display()))
}

/// Says it where an earlier version worked on this database.
pub(super) fn warn_of_others(database: &Database, say: impl FnOnce(&str)) -> Result<()> {
    let all = migrations::status(database)?;
    let applied = all.iter().filter(|status| status.applied).count();
    if applied > 0 && applied < all.len() {
        say(STOP_OTHERS);
    }
    Ok(())
}

/// What exists, what is applied, and what each pending migration would add.
fn list(database: &Database) -> Result<()> {
    let mut outlook = migrations::outlook(database)?.into_iter().peekable();
    for migration in migrations::status(database)? {
        say(&format!("{} {}", if migration.applied { "applied" } else { "pending" }, migration.name))?;
        let Some(pending) = outlook.next_if(|pending| pending.name == migration.name) else { continue };
        for there in pending.present {
            say(&format!("    there already: {there}"))?;
        }
        for added in pending.adds {
            say(&format!("    adds: {added}"))?;
        }
    }
    let tables = migrations::present(database)?.platform_tables();
    say(&match tables.is_empty() {
        true => "the platform's tables: none".to_owned(),
        false => format!("the platform's tables: {}", tables.join(", ")),
    })?;
    for line in
        migrations::columns_in_words(database)?.into_iter().chain(migrations::totals_unkept(database)?)
    {
        say(&line)?;
    }
    migrations::check_columns(database)?;
    migrations::check_triggers(database)
}

/// The script; of a database that can be asked, without what it has.
fn print(config: &Config) -> Result<()> {
    let url = &config.database_url;
    let engine = Engine::of_url(url).ok_or_else(|| {
        Error::Unavailable(
            "--database-url: the scheme must be sqlite:, mysql: or postgres:, such as sqlite:llmage-admin.db"
                .to_owned(),
        )
    })?;
    // Opening an SQLite file that is not there would make it.
    let database = match engine.is_built_in() && !engine.is_missing_file(url) {
        true => Database::open(url, Tz::UTC).ok(),
        false => None,
    };
    let Some(database) = database else { return say(&migrations::sql(engine, None, &[])?) };
    let applied = migrations::applied(&database)?;
    say(&migrations::sql(engine, Some(&migrations::present(&database)?), &applied)?)
}
