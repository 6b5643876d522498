//! The database that a command works with: there, in its own zone, migrated; and named when the command ends.

use std::sync::OnceLock;

use chrono::NaiveDateTime;

use crate::audit::chain;
use crate::audit::event::{Author, Source};
use crate::base::clock::Clock;
use crate::config::Config;
use crate::db::{self, Database, migrations, versions, zone};
use crate::error::{Error, Result};

/// The database of this command, as people see it; set once it is open.
static USED: OnceLock<String> = OnceLock::new();

/// An open database, and the time in its zone.
#[derive(Debug)]
pub(super) struct Desk {
    pub database: Database,
    pub clock: Clock,
}

impl Desk {
    /// Opens what a server made: no command makes a file, applies migrations or chooses a zone.
    pub(super) fn open(config: &Config) -> Result<Desk> {
        Database::check_exists(&config.database_url)?;
        let found = Database::look(&config.database_url, zone::find)?;
        let desk = Desk::within(config, found.for_command(config.timezone)?)?;
        versions::check(&desk.database)?;
        desk.check_schema()?;
        Ok(desk)
    }

    /// Opens what a server made to look at it alone: a file cannot be written, and a user of a server need not be able to.
    pub(super) fn open_to_read(config: &Config) -> Result<Desk> {
        Database::check_exists(&config.database_url)?;
        let config = Config { database_url: db::read_only_url(&config.database_url), ..config.clone() };
        let found = Database::look(&config.database_url, zone::find)?;
        let desk = Desk::within(&config, found.for_command(config.timezone)?)?;
        versions::check(&desk.database)?;
        desk.refuse_pending()?;
        migrations::check_columns(&desk.database)?;
        Ok(desk)
    }

    /// Opens the database in that zone, whatever is in it.
    pub(super) fn within(config: &Config, zone: chrono_tz::Tz) -> Result<Desk> {
        let database = Database::open_as(&config.database_url, zone, config.durability)?;
        note_use(format!("{}, times in {zone}", database.name()));
        Ok(Desk { database, clock: Clock::new(zone) })
    }

    /// Refuses a schema that is not whole.
    pub(super) fn check_schema(&self) -> Result<()> {
        self.refuse_pending()?;
        migrations::check_columns(&self.database)?;
        migrations::check_triggers(&self.database)?;
        self.database.run_here(chain::check_key)
    }

    fn refuse_pending(&self) -> Result<()> {
        let statuses = migrations::status(&self.database)?;
        let pending = statuses.into_iter().filter(|status| !status.applied).count();
        if pending > 0 {
            return Err(Error::Unavailable(format!(
                "{pending} migrations are pending; apply them with: llmage-admin migrate (or start with --migrate)"
            )));
        }
        Ok(())
    }

    /// Whoever runs this command, as the system knows them.
    pub(super) fn author(&self) -> Author {
        author_at(self.clock.now())
    }
}

/// Whoever runs this command, at that time.
pub(super) fn author_at(at: NaiveDateTime) -> Author {
    let name = format!("command line: {}", system_user());
    Author { name, source: Source::Command, request_id: None, at }
}

/// To be told at the end: this command worked with that database.
pub(super) fn note_use(database: String) {
    // Told already where one command opens it twice.
    let _ = USED.set(database);
}

/// The database that was used, if any, in words.
pub(super) fn used() -> Option<&'static str> {
    USED.get().map(String::as_str)
}

/// The most characters of a name that the trail has room for beside `command line: `.
const ROOM: usize = 48;

/// The name of the user that this process runs as; its number where it has none.
fn system_user() -> String {
    #[cfg(unix)]
    let number = std::fs::metadata("/proc/self").ok().map(|own| std::os::unix::fs::MetadataExt::uid(&own));
    #[cfg(not(unix))]
    let number: Option<u32> = None;
    let name = number.and_then(name_of).or_else(asked_name);
    let name =
        name.unwrap_or_else(|| number.map_or_else(|| "unknown".to_owned(), |number| format!("uid {number}")));
    name.chars().take(ROOM).collect()
}

fn name_of(number: u32) -> Option<String> {
    let users = std::fs::read_to_string("/etc/passwd").ok()?;
    let number = number.to_string();
    users.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)? == number).then(|| name.to_owned())
    })
}

/// As the system's directory of users tells it, such as LDAP's, which is in no file.
fn asked_name() -> Option<String> {
    let asked = std::process::Command::new("id").arg("-un").output().ok()?;
    let name = String::from_utf8_lossy(&asked.stdout).trim().to_owned();
    (asked.status.success() && !name.is_empty()).then_some(name)
}
