//! The commands of the binary. Wiring only: what a command does is in the features.

mod accounts;

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::{Parser, Subcommand};
use secrecy::{ExposeSecret, SecretString};

use crate::accounts::password;
use crate::accounts::role::Role;
use crate::accounts::store::{self, User};
use crate::audit::event::{Author, Source};
use crate::base::clock::Clock;
use crate::base::form::Fields;
use crate::config::Config;
use crate::db::{Database, Engine, migrations};
use crate::demo::simulator::Simulator;
use crate::demo::store::{self as demo, Filled};
use crate::error::{Error, Result};
use crate::failed_accounting::filter::Filter;
use crate::imports::progress::Progress;
use crate::web::{links, locale};
use crate::{app, failed_accounting, jobs, names, server, usages};

/// The same sample data at every first start.
const DEMO_SEED: u64 = 7;

/// The desk where an LLM platform's failed billing gets settled.
#[derive(Debug, Parser)]
#[command(name = "llmage-admin", version, about, max_term_width = 100)]
struct Cli {
    #[command(flatten)]
    config: Config,
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: Serve,
}

#[derive(Debug, Clone, Default, clap::Args)]
struct Serve {
    /// Fill an empty database with sample data: 5,000 usages, 1,200 failures, names.
    #[arg(long)]
    demo: bool,
    /// Apply pending migrations before serving (SQLite does so by itself).
    #[arg(long)]
    migrate: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the pages; the default.
    Serve(Serve),
    /// Apply, list or print the schema migrations.
    Migrate {
        /// List every migration and whether it is applied.
        #[arg(long, conflicts_with = "print_sql")]
        status: bool,
        /// Print the SQL for this database and run nothing.
        #[arg(long)]
        print_sql: bool,
    },
    /// Add, change or list the people who may sign in.
    #[command(subcommand)]
    User(accounts::UserCommand),
    /// Add, list or revoke the tokens with which programs call the API.
    #[command(subcommand)]
    Token(accounts::TokenCommand),
    /// Read rows from a CSV file, all or nothing.
    #[command(subcommand)]
    Import(ImportCommand),
    /// Write rows as CSV to standard output.
    #[command(subcommand)]
    Export(ExportCommand),
    /// Print every route with the least role that may call it.
    Permissions,
    /// Play the platform beside `serve --demo`: account the usages that wait, fail some of them.
    #[command(hide = true)]
    Simulate {
        /// Stop after so many seconds.
        #[arg(long, default_value_t = 600, value_parser = clap::value_parser!(u32).range(1..=86_400))]
        seconds: u32,
        /// Seconds between two rounds.
        #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u32).range(1..=3_600))]
        every: u32,
        /// Of 100 usages so many fail.
        #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(0..=100))]
        failing: u32,
    },
}

#[derive(Debug, Subcommand)]
enum ImportCommand {
    /// Failed accounting records; the header names the columns, in any order.
    Failures { file: PathBuf },
    /// Usages; the header names the columns, in any order.
    Usages { file: PathBuf },
}

#[derive(Debug, Subcommand)]
enum ExportCommand {
    /// Failed accounting records; every row unless filtered.
    Failures {
        /// The query of the list, such as 'handled=1&start_date=2026-05-01'.
        #[arg(long)]
        filter: Option<String>,
    },
}

/// Runs the command line of this process: exit code 0 done, 1 failed, 2 wrong usage.
pub fn run() -> ExitCode {
    let ended = match Cli::try_parse() {
        Ok(cli) => dispatch(cli),
        Err(error) => match wrong_setting(&error) {
            Some(line) => Err(Error::Unavailable(line)),
            None => error.exit(),
        },
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nobody may be reading any more; the exit code says it all the same.
            let _ = writeln!(std::io::stderr(), "llmage-admin: {}", in_words(&error));
            ExitCode::FAILURE
        }
    }
}

/// A setting with a wrong value, be it from a flag or the environment, in one line; other mistakes are
/// wrong usage, which clap explains.
fn wrong_setting(error: &clap::Error) -> Option<String> {
    use clap::error::{ContextKind, ErrorKind};
    if error.kind() != ErrorKind::ValueValidation {
        return None;
    }
    let flag = error.get(ContextKind::InvalidArg)?.to_string();
    let flag = flag.split(' ').next().filter(|flag| flag.starts_with("--"))?.to_owned();
    let value = error.get(ContextKind::InvalidValue)?.to_string();
    let reason = std::error::Error::source(error)?;
    Some(format!("{flag}: \"{value}\": {reason}"))
}

/// An error as one line for a terminal, in English.
fn in_words(error: &Error) -> String {
    let english = |message| locale::words(locale::Language::English, message);
    match error {
        Error::Invalid(errors) => errors
            .iter()
            .map(|(field, message)| format!("{field}: {}", english(message)))
            .collect::<Vec<_>>()
            .join("; "),
        Error::Conflict(message) | Error::Malformed(message) => english(message),
        Error::NotFound => "there is no such record".to_owned(),
        Error::Unavailable(reason) | Error::Internal(reason) => reason.lines().collect::<Vec<_>>().join(" "),
        other => other.to_string(),
    }
}

fn dispatch(cli: Cli) -> Result<()> {
    let config = cli.config;
    config.check()?;
    match cli.command.unwrap_or(Command::Serve(cli.serve)) {
        Command::Serve(options) => serve(&config, &options),
        Command::Migrate { status, print_sql } => migrate(&config, status, print_sql),
        Command::User(command) => accounts::user(&config, command),
        Command::Token(command) => accounts::token(&config, command),
        Command::Import(command) => import(&config, command),
        Command::Export(command) => export(&config, command),
        Command::Permissions => permissions(),
        Command::Simulate { seconds, every, failing } => simulate(&config, (seconds, every), failing),
    }
}

/// Writes a line to standard output. A reader that closed the pipe early, such as `head`, has what it wanted.
fn say(line: &str) -> Result<()> {
    match writeln!(std::io::stdout(), "{line}") {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => std::process::exit(0),
        written => written.map_err(Error::internal),
    }
}

fn clock(config: &Config) -> Clock {
    Clock::new(config.timezone)
}

/// The database, migrated: SQLite by itself, the others only when asked.
fn open(config: &Config, migrate: bool) -> Result<Database> {
    let database = Database::open(&config.database_url, config.timezone)?;
    if database.engine() == Engine::Sqlite || migrate {
        migrations::apply(&database)?;
    }
    let pending = migrations::status(&database)?.into_iter().filter(|status| !status.applied).count();
    if pending > 0 {
        return Err(Error::Unavailable(format!(
            "{pending} migrations are pending; apply them with: llmage-admin migrate (or start with --migrate)"
        )));
    }
    Ok(database)
}

fn author(config: &Config, name: &str) -> Author {
    Author { name: name.to_owned(), source: Source::Command, request_id: None, at: clock(config).now() }
}

fn serve(config: &Config, options: &Serve) -> Result<()> {
    server::start_log(&config.log)?;
    let database = open(config, options.migrate)?;
    if options.demo {
        match demo::fill(&database, clock(config).now(), DEMO_SEED)? {
            Filled::Written { usages, failures } => {
                say(&format!("wrote sample data: {usages} usages, {failures} failures"))?;
            }
            Filled::NotEmpty => say("no sample data written: the database holds rows already")?,
        }
    }
    first_admin(config, &database)?;
    let background = jobs::all(config, &database, &clock(config));
    let application = app::Application::new(config, database.clone(), clock(config))?;
    server::serve(config, application, background, &database)
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
    database.transaction_here(|connection| store::insert(connection, &user, &author))?;
    match given {
        Some(_) => say("first sign-in: user admin, the password from LLMAGE_ADMIN_PASSWORD"),
        None => say(&format!("first sign-in: user admin, password {} (shown once)", secret.expose_secret())),
    }
}

fn migrate(config: &Config, status: bool, print_sql: bool) -> Result<()> {
    if print_sql {
        let engine = Engine::of_url(&config.database_url)
            .ok_or_else(|| Error::Unavailable("--database-url: unknown scheme".to_owned()))?;
        return say(&migrations::sql(engine)?);
    }
    let database = Database::open(&config.database_url, config.timezone)?;
    if status {
        for migration in migrations::status(&database)? {
            say(&format!("{} {}", if migration.applied { "applied" } else { "pending" }, migration.name))?;
        }
        return Ok(());
    }
    let applied = migrations::apply(&database)?;
    for name in &applied {
        say(&format!("applied {name}"))?;
    }
    if applied.is_empty() { say("nothing to apply: the schema is up to date") } else { Ok(()) }
}

fn import(config: &Config, command: ImportCommand) -> Result<()> {
    let database = open(config, false)?;
    let by = author(config, "command line");
    let progress = Progress::on_terminal();
    let imported = match command {
        ImportCommand::Failures { file } => failed_accounting::import::run(&database, &file, &by, &progress),
        ImportCommand::Usages { file } => usages::import::run(&database, &file, &by, &progress),
    };
    // One line that names the place in the file; no other message of ours would say more.
    let imported = imported.map_err(|error| Error::Unavailable(format!("nothing was imported: {error}")))?;
    say(&format!("imported {} rows, amount {}, cost {}", imported.rows, imported.amount, imported.cost))
}

fn export(config: &Config, command: ExportCommand) -> Result<()> {
    let ExportCommand::Failures { filter } = command;
    let database = open(config, false)?;
    // A program wants every row unless it says otherwise; a page shows the open ones.
    let query = filter.unwrap_or_else(|| "handled=".to_owned());
    let pairs =
        links::pairs(&query).ok_or_else(|| Error::Unavailable("--filter: not valid UTF-8".to_owned()))?;
    let known = |key: &str| failed_accounting::filter::KEYS.contains(&key);
    if let Some((key, _)) = pairs.iter().find(|(key, _)| !known(key)) {
        return Err(Error::Unavailable(format!("--filter: unknown key {key}")));
    }
    let (filter, errors) = Filter::parse(&Fields::new(pairs));
    if !errors.is_empty() {
        return Err(Error::Invalid(errors));
    }
    let sources = names::NameSources {
        models: config.models_sql.clone(),
        users: config.users_sql.clone(),
        organisations: config.organisations_sql.clone(),
    };
    let names = names::store::load_logged(&database, &sources);
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    failed_accounting::export::run(&database, &filter, &names, &mut out)?;
    out.flush().map_err(Error::internal)
}

fn permissions() -> Result<()> {
    for rule in app::routes() {
        say(&format!("{} {} {}", rule.method, rule.path, rule.access.as_str()))?;
    }
    Ok(())
}

/// Rounds of the simulator until its time is over; each says what it did.
fn simulate(config: &Config, (seconds, every): (u32, u32), failing: u32) -> Result<()> {
    let database = open(config, false)?;
    let seed = Clock::epoch_milliseconds().unsigned_abs();
    let mut simulator = Simulator::new(seed, failing.into());
    let started = Instant::now();
    loop {
        let round = simulator.round(&database, clock(config).now())?;
        if round != Default::default() {
            say(&format!("accounted {}, failed {}", round.accounted, round.failed))?;
        }
        let left = Duration::from_secs(seconds.into()).saturating_sub(started.elapsed());
        if left.is_zero() {
            return Ok(());
        }
        std::thread::sleep(left.min(Duration::from_secs(every.into())));
    }
}
