//! `config`: what is in force, and from where.

use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Command};

use super::env_file::Settings;
use super::{help, say, serve};
use crate::base::secrets::MASK;
use crate::config::Config;
use crate::db::{self, Database, zone};
use crate::error::Result;

/// One setting: flag or variable, value, where it is from.
type Line = [String; 3];

/// Prints each setting with its value and where it is from; secrets masked.
pub(super) fn print(
    config: &Config,
    settings: &Settings,
    command: &Command,
    given: &ArgMatches,
) -> Result<()> {
    let mut args: Vec<&Arg> = command.get_arguments().filter(|arg| arg.is_global_set()).collect();
    // Stable: within a heading as they are declared.
    args.sort_by_key(|arg| help::heading_of(arg));
    let mut lines: Vec<Line> = args.into_iter().map(|arg| line(config, settings, arg, given)).collect();
    if let Some((_, from)) = settings.find(serve::ADMIN_PASSWORD) {
        lines.push([serve::ADMIN_PASSWORD.to_owned(), MASK.to_owned(), from]);
    }
    let width =
        |column: usize| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or_default();
    // A long value pushes only its own line aside.
    let (first, second) = (width(0), width(1).min(48));
    for [name, value, from] in &lines {
        say(&format!("{name:<first$}  {value:<second$}  {from}"))?;
    }
    Ok(())
}

fn line(config: &Config, settings: &Settings, arg: &Arg, given: &ArgMatches) -> Line {
    let id = arg.get_id().as_str();
    let flag = format!("--{}", arg.get_long().unwrap_or(id));
    let source = given.value_source(id);
    let Some(source) = source.filter(|_| given.get_raw(id).is_some()) else {
        let (value, from) = derived(config, id);
        return [flag, value, from];
    };
    let raw = given.get_raw(id).into_iter().flatten().map(|value| value.to_string_lossy());
    let value = raw.collect::<Vec<_>>().join(" ");
    let value = match id {
        "database_url" => db::url_without_secrets(&value),
        _ if arg.is_hide_env_values_set() => MASK.to_owned(),
        _ => value,
    };
    let variable = arg.get_env().map(|name| name.to_string_lossy().into_owned());
    let from = match source {
        ValueSource::CommandLine => "flag".to_owned(),
        ValueSource::EnvVariable => format!("environment: {}", variable.unwrap_or_default()),
        // The file's values stand in for defaults.
        _ => match variable.and_then(|name| settings.find(&name)) {
            Some((_, from)) => from,
            None => "default".to_owned(),
        },
    };
    [flag, value, from]
}

/// What holds where nothing was given.
fn derived(config: &Config, id: &str) -> (String, String) {
    let said = |value: &str, from: &str| (value.to_owned(), from.to_owned());
    match id {
        "public_url" => said(&config.origin(), "from --listen"),
        "log_format" => said(config.log_format().as_str(), "from standard output"),
        "secret_key" => said(MASK, "made and kept in the database"),
        "timezone" => match kept_zone(config) {
            Some(kept) => said(kept.name(), "kept in the database"),
            None => said("-", "the first serve keeps one"),
        },
        _ => said("-", "not set"),
    }
}

/// The zone that the database keeps, if there is a database that can be asked.
fn kept_zone(config: &Config) -> Option<chrono_tz::Tz> {
    Database::check_exists(&config.database_url).ok()?;
    Database::look(&config.database_url, zone::kept).ok().flatten()
}
