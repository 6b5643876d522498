//! The commands of the binary. Wiring only: what a command does is in the features.

mod accounts;
mod archive;
mod audit;
mod check;
mod desk;
mod env_file;
mod greeting;
mod help;
mod migrate;
mod serve;
mod settings;
mod simulating;
mod testing;
mod transfer;
mod zone;

use std::io::Write;
use std::process::ExitCode;

use clap::{ArgMatches, CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::app;
use crate::audit::key;
use crate::base::secrets;
use crate::config::{self, Config};
use crate::db::{self, dialect};
use crate::error::{Error, Result};
use crate::web::locale;
use env_file::Settings;
use serve::Serve;
use transfer::{ExportCommand, ImportCommand};

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

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the pages; the default.
    Serve(Serve),
    /// Print every setting that is in force, and where it is from; secrets are masked.
    Config,
    /// Apply, list or print the schema migrations.
    Migrate(migrate::MigrateCommand),
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
    /// Move accounted usages to the history; each is proved equal before it is deleted.
    Archive(archive::ArchiveCommand),
    /// Look for what must not be: one line for each class, with its count, sum and first ids.
    Check(check::CheckCommand),
    /// Say which failures a retry would get accounted now; writes nothing, so a database user who may only read will do.
    Test(testing::TestCommand),
    /// Count the kept totals of failures anew, while others write; until it is done pages count within their bounds.
    Recount,
    /// Look at the audit trail from outside.
    #[command(subcommand)]
    Audit(audit::AuditCommand),
    /// Print the business zone, or keep another and say which times then read differently.
    Zone {
        /// An IANA time zone, such as Asia/Shanghai.
        #[arg(value_parser = config::zone)]
        name: Option<chrono_tz::Tz>,
    },
    /// Print every route with the least role that may call it.
    Permissions,
    /// Play the platform beside `serve --demo`: account the usages that wait, fail some of them.
    Simulate(simulating::SimulateCommand),
}

/// The command line of this process, with what the environment and the `--env-file` set.
struct Given {
    cli: Cli,
    matches: ArgMatches,
}

fn parsed(settings: &Settings) -> std::result::Result<Given, clap::Error> {
    let command = help::grouped(Cli::command().mut_args(|arg| settings.apply(arg)));
    let matches = command.try_get_matches()?;
    Ok(Given { cli: Cli::from_arg_matches(&matches)?, matches })
}

/// Runs the command line of this process: exit code 0 done, 1 failed, 2 wrong usage.
pub fn run() -> ExitCode {
    let ended = Settings::of_command_line().and_then(|settings| match parsed(&settings) {
        Ok(given) => dispatch(given, &settings),
        Err(error) => match wrong_setting(&error) {
            Some(line) => Err(Error::Unavailable(line)),
            None => error.exit(),
        },
    });
    db::end();
    // Nobody may be reading any more; the exit code says it all the same.
    match (ended, desk::used()) {
        (Ok(()), used) => {
            let _ = used.map(|used| writeln!(std::io::stderr(), "database: {used}"));
            ExitCode::SUCCESS
        }
        (Err(error), used) => {
            let used = used.map_or_else(String::new, |used| format!(" (database: {used})"));
            let _ = writeln!(std::io::stderr(), "llmage-admin: {}{used}", in_words(&error));
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
    // Only the command line gives what is no setting.
    if flag == "--since" {
        return None;
    }
    let value = error.get(ContextKind::InvalidValue)?.to_string();
    let reason = std::error::Error::source(error)?.to_string();
    let reason = reason.replace("invalid digit found in string", "must be a whole number");
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
        // What SQLite says alone, behind a wait.
        Error::Unavailable(reason) if reason == "database is locked" => {
            format!("{reason}: {}", dialect::remedy(reason))
        }
        Error::Unavailable(reason) | Error::Fault(reason) | Error::Internal(reason) => {
            reason.lines().collect::<Vec<_>>().join(" ")
        }
        other => other.to_string(),
    }
}

fn dispatch(Given { cli, matches }: Given, settings: &Settings) -> Result<()> {
    let config = cli.config;
    config.check()?;
    key::give(config.audit_key.clone());
    secrets::mask_personal(config.mask_personal);
    match cli.command.unwrap_or(Command::Serve(cli.serve)) {
        Command::Serve(options) => serve::serve(&config, &options, settings.get(serve::ADMIN_PASSWORD)),
        Command::Config => settings::print(&config, settings, &Cli::command(), &matches),
        Command::Migrate(command) => migrate::migrate(&config, &command),
        Command::User(command) => accounts::user(&config, command),
        Command::Token(command) => accounts::token(&config, command),
        Command::Import(command) => transfer::import(&config, command),
        Command::Export(command) => transfer::export(&config, command),
        Command::Archive(command) => archive::archive(&config, &command),
        Command::Check(command) => check::check(&config, &command),
        Command::Test(command) => testing::test(&config, &command),
        Command::Recount => check::recount(&config),
        Command::Audit(command) => audit::audit(&config, &command),
        Command::Zone { name } => zone::zone(&config, name),
        Command::Permissions => permissions(),
        Command::Simulate(command) => simulating::simulate(&config, &command),
    }
}

/// Writes a line to standard output. A reader that closed the pipe early, such as `head`, has what it wanted.
fn say(line: &str) -> Result<()> {
    match writeln!(std::io::stdout(), "{line}") {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => std::process::exit(0),
        written => written.map_err(Error::internal),
    }
}

fn permissions() -> Result<()> {
    for rule in app::routes() {
        say(&format!("{} {} {}", rule.method, rule.path, rule.access.as_str()))?;
    }
    Ok(())
}
