//! `import` and `export`: rows from and to CSV files.

use std::io::Write;
use std::path::PathBuf;

use clap::Subcommand;

use super::desk::Desk;
use super::say;
use crate::base::form::Fields;
use crate::config::Config;
use crate::error::{Error, Result};
use crate::failed_accounting::filter::Filter;
use crate::imports::progress::Progress;
use crate::imports::{ImportError, Imported, Source};
use crate::web::links;
use crate::web::locale::{self, Language};
use crate::{failed_accounting, names, usages};

#[derive(Debug, Subcommand)]
pub(super) enum ImportCommand {
    /// Failed accounting records; the header names the columns, in any order.
    Failures { file: PathBuf },
    /// Usages; the header names the columns, in any order.
    Usages { file: PathBuf },
}

#[derive(Debug, Subcommand)]
pub(super) enum ExportCommand {
    /// Failed accounting records; every row unless filtered.
    Failures {
        /// The query of the list, such as 'handled=1&start_date=2026-05-01'.
        #[arg(long)]
        filter: Option<String>,
    },
}

/// Reads a file, all or nothing.
pub(super) fn import(config: &Config, command: ImportCommand) -> Result<()> {
    let desk = Desk::open(config)?;
    let (database, by) = (&desk.database, desk.author());
    let progress = Progress::on_terminal();
    let imported = read(&command, |source| match &command {
        ImportCommand::Failures { .. } => failed_accounting::import::run(database, source, &by, &progress),
        ImportCommand::Usages { .. } => usages::import::run(database, source, &by, &progress),
    });
    // One line that names the place in the file; no other message of ours would say more.
    let imported = imported.map_err(|error| {
        let why = error.in_words(|message| locale::words(Language::English, message));
        Error::Unavailable(format!("nothing was imported: {why}"))
    })?;
    say(&format!("imported {} rows, amount {}, cost {}", imported.rows, imported.amount, imported.cost))
}

fn read(
    command: &ImportCommand,
    run: impl FnOnce(Source) -> std::result::Result<Imported, ImportError>,
) -> std::result::Result<Imported, ImportError> {
    let (ImportCommand::Failures { file } | ImportCommand::Usages { file }) = command;
    run(Source::open(file)?)
}

/// Writes the CSV of a filter to standard output.
pub(super) fn export(config: &Config, command: ExportCommand) -> Result<()> {
    let ExportCommand::Failures { filter } = command;
    let desk = Desk::open(config)?;
    // A program wants every row unless it says otherwise; a page shows the open ones.
    let query = filter.unwrap_or_else(|| "handled=".to_owned());
    let filter = filter_of(&query)?;
    let sources = names::NameSources {
        models: config.models_sql.clone(),
        users: config.users_sql.clone(),
        organisations: config.organisations_sql.clone(),
    };
    let names = names::store::load_logged(&desk.database, &sources);
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    failed_accounting::export::run(&desk.database, &filter, &names, &mut out)?;
    out.flush().map_err(Error::internal)
}

/// The filter of a query of the list, as `--filter` takes it.
pub(super) fn filter_of(query: &str) -> Result<Filter> {
    let pairs =
        links::pairs(query).ok_or_else(|| Error::Unavailable("--filter: not valid UTF-8".to_owned()))?;
    let known = |key: &str| failed_accounting::filter::KEYS.contains(&key);
    if let Some((key, _)) = pairs.iter().find(|(key, _)| !known(key)) {
        return Err(Error::Unavailable(format!("--filter: unknown key {key}")));
    }
    let (filter, errors) = Filter::parse(&Fields::new(pairs));
    if errors.is_empty() { Ok(filter) } else { Err(Error::Invalid(errors)) }
}
