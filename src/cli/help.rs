//! What `--help` shows: every command and every setting, in groups.

use clap::{Arg, Command};

/// The commands, as people look for them; what is in no group comes last.
const COMMANDS: [(&str, &[&str]); 5] = [
    ("Start", &["serve", "config", "permissions"]),
    ("Database", &["migrate", "zone", "check", "recount", "audit"]),
    ("People and programs", &["user", "token"]),
    ("Rows", &["import", "export", "archive", "test"]),
    ("Demos and tests", &["simulate"]),
];

/// The settings; what is in no group belongs to the server.
const SETTINGS: [(&str, &[&str]); 7] = [
    ("Database settings", &["database_url", "timezone", "durability", "audit_key"]),
    (
        "Settings of the work",
        &[
            "archive_at",
            "archive_keep_days",
            "retry_watch_seconds",
            "retry_stuck_minutes",
            "batch_confirm_amount",
            "correctable",
        ],
    ),
    (
        "Where alerts go",
        &[
            "webhook_url",
            "webhook_secret",
            "webhook_private",
            "smtp_url",
            "mail_from",
            "mail_to",
            "alert_language",
        ],
    ),
    ("Where names come from", &["models_sql", "users_sql", "organisations_sql"]),
    (
        "Where a test of a retry looks",
        &[
            "test_models_sql",
            "test_maps_sql",
            "test_accounts_sql",
            "price_url",
            "price_secret",
            "price_private",
        ],
    ),
    ("Whether a customer was charged", &["ledger_sql"]),
    ("Log settings", &["log", "log_format"]),
];

const OF_THE_SERVER: &str = "Server settings";

/// What no flag takes, because everybody may see flags.
const ENVIRONMENT: &str = "\
Only from the environment or the file:
  LLMAGE_ADMIN_PASSWORD  the password of the first user, admin; a random one is made and shown once without it
  NO_COLOR               no colours, whatever it holds

A flag counts more than the environment, and that more than --env-file. `llmage-admin config` prints what is in force.";

const NAME_WIDTH: usize = 20;
const LINE_WIDTH: usize = 100;

/// The heading of a setting.
pub(super) fn heading_of(arg: &Arg) -> &'static str {
    let id = arg.get_id().as_str();
    let group = SETTINGS.iter().find(|(_, ids)| ids.contains(&id));
    group.map_or(OF_THE_SERVER, |(heading, _)| heading)
}

/// The command line with its help in groups.
pub(super) fn grouped(command: Command) -> Command {
    let with_headings = command.mut_args(|arg| match arg.is_global_set() {
        true => {
            let heading = heading_of(&arg);
            arg.help_heading(heading)
        }
        false => arg,
    });
    let head = with_headings.get_styles().get_header();
    let commands: String = groups(&with_headings)
        .map(|(heading, lines)| format!("{head}{heading}:{head:#}\n{lines}\n"))
        .collect();
    // Told in their groups above, so not once more in one list.
    with_headings
        .mut_subcommands(|command| command.hide(true))
        .override_usage("llmage-admin [OPTIONS] [COMMAND]")
        .help_template(format!(
            "{{about}}\n\n{{usage-heading}} {{usage}}\n\n{commands}{{all-args}}\n\n{{after-help}}"
        ))
        .after_help(ENVIRONMENT)
}

/// Each group with its lines.
fn groups(command: &Command) -> impl Iterator<Item = (&'static str, String)> {
    let grouped: Vec<&str> = COMMANDS.iter().flat_map(|(_, names)| *names).copied().collect();
    let names = command.get_subcommands().map(|sub| sub.get_name().to_owned());
    let others: Vec<String> = names.filter(|name| !grouped.contains(&name.as_str())).collect();
    let lines = |names: &[String]| {
        names.iter().filter_map(|name| command.find_subcommand(name)).map(lines_of).collect()
    };
    let known =
        COMMANDS.map(|(heading, names)| (heading, names.iter().map(|name| (*name).to_owned()).collect()));
    let groups: Vec<(&str, String)> = known
        .into_iter()
        .chain([("More", others)])
        .map(|(heading, names): (&str, Vec<String>)| (heading, lines(&names)))
        .collect();
    groups.into_iter().filter(|(_, lines)| !lines.is_empty())
}

/// A command in a line; one that has commands of its own in one each.
fn lines_of(command: &Command) -> String {
    let name = command.get_name();
    if command.get_subcommands().next().is_none() {
        return line(name, command);
    }
    command.get_subcommands().map(|sub| line(&format!("{name} {}", sub.get_name()), sub)).collect()
}

fn line(name: &str, command: &Command) -> String {
    let about = command.get_about().map(ToString::to_string).unwrap_or_default();
    let mut text = format!("  {name:<NAME_WIDTH$}");
    let mut width = text.len();
    for word in about.split_whitespace() {
        if width + word.len() >= LINE_WIDTH {
            text.push_str(&format!("\n  {:<NAME_WIDTH$}", ""));
            width = 2 + NAME_WIDTH;
        }
        text.push(' ');
        text.push_str(word);
        width += word.chars().count() + 1;
    }
    text.push('\n');
    text
}
