//! `serve`: sample data where asked for, the first user, the jobs, the server.

use secrecy::SecretString;

use super::desk::Desk;
use super::greeting::{FirstSignIn, Greeting};
use super::migrate::{tell_copy, warn_of_others};
use super::say;
use super::simulating::OwnPrices;
use crate::accounts::password;
use crate::accounts::role::Role;
use crate::accounts::store::{self, User};
use crate::audit::event::Author;
use crate::audit::{key, sealing};
use crate::causes::sorting;
use crate::config::Config;
use crate::db::durability::server_weakness;
use crate::db::{Database, access, migrations, versions, zone};
use crate::demo::morning;
use crate::demo::store::{self as demo, Filled};
use crate::error::{Error, Result};
use crate::server::{Serving, jobs, retry_jobs};
use crate::web::locale;
use crate::{app, server};

/// The setting that gives the first user a password.
pub(super) const ADMIN_PASSWORD: &str = "LLMAGE_ADMIN_PASSWORD";

/// The same sample data at every first start.
const DEMO_SEED: u64 = 7;

#[derive(Debug, Clone, Default, clap::Args)]
pub(super) struct Serve {
    /// Fill an empty database with sample data: 5,000 usages, 1,200 failures, names.
    #[arg(long)]
    demo: bool,
    /// With --demo: play the platform as well, so that what is retried is accounted or fails again.
    #[arg(long, requires = "demo")]
    simulate: bool,
    /// Apply pending migrations before serving (SQLite does so by itself).
    #[arg(long)]
    migrate: bool,
    /// Do not copy an SQLite file before it is migrated.
    #[arg(long)]
    no_copy: bool,
}

/// Serves until the process is told to stop. All that can be wrong is looked at before anything is written.
pub(super) fn serve(config: &Config, options: &Serve, admin_password: Option<String>) -> Result<()> {
    server::log::start(&config.log, config.log_format())?;
    let admin_password = admin_password.map(SecretString::from);
    check_password(admin_password.as_ref())?;
    let (config, prices) = &OwnPrices::within(config, options.simulate)?;
    let prepared = app::Prepared::new(config)?;
    let listener = server::bind(config.listen)?;
    let zone = zone_of(config, options, &prepared)?;
    let desk = Desk::within(config, zone)?;
    migrate(&desk, options)?;
    access::check_may_write(&desk.database)?;
    if let Some(weakness) = server_weakness(&desk.database)? {
        tracing::warn!("{weakness}");
    }
    desk.database.transaction_here(|connection| zone::keep(connection, zone))?;
    desk.database.transaction_here(sorting::follow_setting)?;
    watch_trail(&desk)?;
    let is_filled = options.demo && fill(&desk, options)?;
    let greeting = Greeting::of(config.log_format());
    let sign_in = first_admin(&desk, admin_password)?;
    if is_filled {
        morning::tell(&desk.database, &desk.clock)?;
    }
    greeting.tell_sign_in(sign_in)?;
    prices.as_ref().map_or(Ok(()), |prices| prices.start(&desk))?;
    let Desk { database, clock } = desk;
    // From here on the zone cannot be changed by a command.
    database.instance().appear()?;
    let application = app::Application::of(prepared, config, database.clone(), clock.clone())?;
    let mut jobs = jobs::all(config, &application.given(), &database, &clock);
    if options.simulate {
        jobs.push(retry_jobs::simulated_platform(&database, &clock));
    }
    let serving = Serving { listener, application, jobs, database, clock };
    server::serve(config, serving, |address| greeting.tell_address(address))
}

/// The zone of the database, or of the settings; looks at what names are read by, too.
fn zone_of(config: &Config, options: &Serve, prepared: &app::Prepared) -> Result<chrono_tz::Tz> {
    let found = Database::look(&config.database_url, |connection| {
        // The sample data bring names along.
        if !options.demo {
            prepared.sources().check(connection)?;
        }
        zone::find(connection)
    })?;
    found.for_server(config.timezone)
}

/// Fills an empty database with the sample; whether it was empty.
fn fill(desk: &Desk, options: &Serve) -> Result<bool> {
    match demo::fill(&desk.database, desk.clock.now(), DEMO_SEED)? {
        Filled::Written { usages, failures } => {
            say(&format!("wrote sample data: {usages} usages, {failures} failures"))?;
            return Ok(true);
        }
        Filled::NotEmpty if options.simulate && !desk.database.run_here(demo::is_sample)? => {
            // Its customers would be charged by nobody's price.
            return Err(Error::Unavailable(
                "--simulate: plays the platform only in a database that --demo filled; this one holds other rows"
                    .to_owned(),
            ));
        }
        Filled::NotEmpty => say("no sample data written: the database holds rows already")?,
    }
    Ok(false)
}

/// SQLite migrates by itself, the others only when asked.
fn migrate(desk: &Desk, options: &Serve) -> Result<()> {
    let database = &desk.database;
    versions::check(database)?;
    if database.engine().has_one_writer() || options.migrate {
        let is_new = is_new(database)?;
        migrations::check_columns(database)?;
        warn_of_others(database, |words| tracing::warn!("{words}"))?;
        let applied = migrations::upgrade(database, !options.no_copy, &mut tell_copy, &mut |name| {
            // In an empty database none takes long; in a large table one may take minutes.
            if !is_new {
                tracing::info!(migration = name, "applying");
            }
        })?;
        if !applied.is_empty() {
            let did = if is_new { "created" } else { "migrated" };
            tracing::info!("{did} {}, {} migrations", database.name(), applied.len());
        }
        let author = desk.author();
        let has_changed = !applied.is_empty();
        database.transaction_here(|connection| sealing::after_migration(connection, &author, has_changed))?;
    }
    desk.check_schema()
}

/// Whether nothing is in the database yet.
fn is_new(database: &Database) -> Result<bool> {
    let has_tables = !migrations::present(database)?.platform_tables().is_empty();
    Ok(!has_tables && migrations::applied(database)?.is_empty())
}

fn check_password(given: Option<&SecretString>) -> Result<()> {
    match given.and_then(|given| password::weakness(given, "admin")) {
        Some(weakness) => {
            let words = locale::words(locale::Language::English, &weakness);
            Err(Error::Unavailable(format!("{ADMIN_PASSWORD}: {words}")))
        }
        None => Ok(()),
    }
}

/// Looks whether the audit trail is what was written last, and says where there is no key.
fn watch_trail(desk: &Desk) -> Result<()> {
    let author = desk.author();
    desk.database.transaction_here(|connection| sealing::watch(connection, &author))?;
    if !key::is_given() {
        tracing::info!("{}", super::audit::NO_KEY);
    }
    Ok(())
}

/// With no user yet, makes `admin`; gives how to sign in.
fn first_admin(desk: &Desk, given: Option<SecretString>) -> Result<Option<FirstSignIn>> {
    if !desk.database.run_here(store::is_empty)? {
        return Ok(None);
    }
    let secret = given.clone().unwrap_or_else(password::random);
    let author = Author { name: "llmage-admin".to_owned(), ..desk.author() };
    let user = User::new("admin", password::hash(&secret)?, Role::Admin, author.at);
    match desk.database.transaction_here(|connection| store::insert(connection, &user, &author)) {
        // Another instance started at the same moment and was first.
        Err(Error::Invalid(_)) => return Ok(None),
        inserted => inserted?,
    }
    Ok(Some(given.map_or(FirstSignIn::Made(secret), |_| FirstSignIn::Given)))
}
