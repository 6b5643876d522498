//! `serve`: sample data where asked for, the first user, the jobs, the server.

use secrecy::{ExposeSecret, SecretString};

use super::{author, clock, open_with, say};
use crate::accounts::password;
use crate::accounts::role::Role;
use crate::accounts::store::{self, User};
use crate::audit::{key, store as audit};
use crate::config::Config;
use crate::db::{Database, access};
use crate::demo::store::{self as demo, Filled};
use crate::error::{Error, Result};
use crate::web::locale;
use crate::{app, jobs, server};

/// The same sample data at every first start.
const DEMO_SEED: u64 = 7;

#[derive(Debug, Clone, Default, clap::Args)]
pub(super) struct Serve {
    /// Fill an empty database with sample data: 5,000 usages, 1,200 failures, names.
    #[arg(long)]
    demo: bool,
    /// Apply pending migrations before serving (SQLite does so by itself).
    #[arg(long)]
    migrate: bool,
    /// Do not copy an SQLite file before it is migrated.
    #[arg(long)]
    no_copy: bool,
}

/// Serves until the process is told to stop.
pub(super) fn serve(config: &Config, options: &Serve) -> Result<()> {
    server::start_log(&config.log)?;
    let database = open_with(config, (options.migrate, !options.no_copy))?;
    access::check_may_write(&database)?;
    if options.demo {
        match demo::fill(&database, clock(config).now(), DEMO_SEED)? {
            Filled::Written { usages, failures } => {
                say(&format!("wrote sample data: {usages} usages, {failures} failures"))?;
            }
            Filled::NotEmpty => say("no sample data written: the database holds rows already")?,
        }
    }
    first_admin(config, &database)?;
    let application = app::Application::new(config, database.clone(), clock(config))?;
    seal_trail(config, &database)?;
    let background = jobs::all(config, application.outlets(), &database, &clock(config));
    server::serve(config, application, background, (&database, &clock(config)))
}

/// Binds what stands in the audit trail to its chain and its key, and says where there is none.
fn seal_trail(config: &Config, database: &Database) -> Result<()> {
    let author = author(config, "llmage-admin");
    if database.transaction_here(|connection| audit::seal(connection, &author))? {
        tracing::warn!("the audit trail is bound to its chain from here on; keep its present end elsewhere");
    }
    if !key::is_given() {
        tracing::info!("{}", super::audit::NO_KEY);
    }
    Ok(())
}

/// With no user yet, makes `admin` and says how to sign in.
fn first_admin(config: &Config, database: &Database) -> Result<()> {
    if !database.run_here(store::is_empty)? {
        return Ok(());
    }
    let given =
        std::env::var("LLMAGE_ADMIN_PASSWORD").ok().filter(|given| !given.is_empty()).map(SecretString::from);
    let secret = given.clone().unwrap_or_else(password::random);
    if let Some(weakness) = password::weakness(&secret, "admin") {
        let words = locale::words(locale::Language::English, &weakness);
        return Err(Error::Unavailable(format!("LLMAGE_ADMIN_PASSWORD: {words}")));
    }
    let user = User::new("admin", password::hash(&secret)?, Role::Admin, clock(config).now());
    let author = author(config, "llmage-admin");
    match database.transaction_here(|connection| store::insert(connection, &user, &author)) {
        // Another instance started at the same moment and was first.
        Err(Error::Invalid(_)) => return Ok(()),
        inserted => inserted?,
    }
    match given {
        Some(_) => say("first sign-in: user admin, the password from LLMAGE_ADMIN_PASSWORD"),
        None => say(&format!("first sign-in: user admin, password {} (shown once)", secret.expose_secret())),
    }
}
