//! `archive`: moves accounted usages to the history, with a progress bar; and what the run would do.

use chrono::NaiveDate;
use indicatif::{ProgressBar, ProgressStyle};

use super::desk::Desk;
use super::say;
use crate::archive::left::{self, Left};
use crate::archive::mover::Mover;
use crate::archive::preview::{Preview, preview};
use crate::archive::run::{Run, State, Sums};
use crate::archive::{form, store};
use crate::base::form::parse_date;
use crate::config::Config;
use crate::error::{Error, Result};

#[derive(Debug, Clone, Default, clap::Args)]
pub(super) struct ArchiveCommand {
    /// Move usages used before this day, such as 2026-05-22; default: today less --archive-keep-days.
    #[arg(long, value_name = "DATE", value_parser = day)]
    before: Option<NaiveDate>,
    /// Say what would be moved and what would stay, and move nothing.
    #[arg(long)]
    dry_run: bool,
}

fn day(text: &str) -> std::result::Result<NaiveDate, String> {
    parse_date(text).ok_or_else(|| "must be a date, such as 2026-05-22".to_owned())
}

/// Moves, or tells what would be moved. What stays is no error.
pub(super) fn archive(config: &Config, command: &ArchiveCommand) -> Result<()> {
    let desk = Desk::open(config)?;
    let Desk { database, clock } = &desk;
    let today = clock.today();
    let cutoff = command.before.unwrap_or_else(|| form::scheduled(today, config.archive_keep_days));
    // In the words of the flag that was typed.
    let cutoff = form::not_later(cutoff, today).map_err(|_| {
        Error::Unavailable(format!("--before: {cutoff} is later than today, {today}; nothing was moved"))
    })?;
    if command.dry_run {
        let preview = database.run_here(|connection| preview(connection, cutoff, None))?;
        return tell_preview(cutoff, &preview);
    }
    let by = desk.author();
    let mover = Mover::new(database.clone(), clock.clone());
    finish_abandoned(&mover)?;
    let run = database.transaction_here(|connection| store::ask(connection, cutoff, &by))?;
    let bar = bar();
    let ended = mover.drive(&run.id, &mut |run| show(&bar, run));
    bar.finish_and_clear();
    let run = match ended {
        Ok(run) => run,
        Err(error) => {
            // The database that refused may be away; then the next server to come goes on with the run.
            let _ = mover.give_up(&run.id, &error.to_string());
            return Err(error);
        }
    };
    let left = database.run_here(|connection| left::of_run(connection, &run.id))?;
    tell(&run, &left)?;
    match run.is(State::Failed) {
        true => Err(Error::Unavailable(run.message.unwrap_or_else(|| "the run failed".to_owned()))),
        false => Ok(()),
    }
}

/// Finishes what was cut off before, so that it does not go on as running beside what comes after it.
fn finish_abandoned(mover: &Mover) -> Result<()> {
    while let Some(run) = mover.abandoned()? {
        let bar = bar();
        let ended = mover.drive(&run.id, &mut |run| show(&bar, run));
        bar.finish_and_clear();
        let run = ended?;
        say(&format!(
            "finished a run that was cut off, asked for by {} at {}: {}, {}",
            run.asked_by,
            run.asked_at.format("%Y-%m-%d %H:%M:%S"),
            run.state,
            in_words(run.taken())
        ))?;
    }
    Ok(())
}

/// On standard error where that is a terminal, else hidden.
fn bar() -> ProgressBar {
    let bar = ProgressBar::new(0);
    if let Ok(style) = ProgressStyle::with_template("archiving {bar:40} {pos}/{len} usages, {eta} left") {
        bar.set_style(style);
    }
    bar
}

fn show(bar: &ProgressBar, run: &Run) {
    bar.set_length(run.expected_rows.unwrap_or_default().unsigned_abs());
    bar.set_position(run.taken_rows.unsigned_abs());
}

fn in_words(sums: Sums) -> String {
    format!("{} rows, amount {}, cost {}", sums.rows, sums.amount, sums.cost)
}

fn tell_preview(cutoff: NaiveDate, preview: &Preview) -> Result<()> {
    say(&format!("would archive usages before {cutoff}: {}", in_words(preview.goes)))?;
    if let (Some(oldest), Some(newest)) = (&preview.oldest, &preview.newest) {
        say(&format!("used from {oldest} to {newest}"))?;
    }
    if preview.known > 0 {
        say(&format!("of these in the history already, with the same content: {} rows", preview.known))?;
    }
    tell_left(&preview.stays, "would stay")
}

fn tell(run: &Run, left: &[Left]) -> Result<()> {
    let ended = if run.is(State::Stopped) { "stopped; " } else { "" };
    say(&format!("{ended}archived usages before {}: {}", run.cutoff, in_words(run.taken())))?;
    if run.known_rows > 0 {
        say(&format!("of these in the history already, with the same content: {} rows", run.known_rows))?;
    }
    tell_left(left, "stayed")
}

fn tell_left(left: &[Left], word: &str) -> Result<()> {
    for left in left {
        let (reason, sums) = (left.reason.as_str(), in_words(left.sums));
        say(&format!("{word}, {reason}: {sums}; first {}", left.ids.join(", ")))?;
    }
    Ok(())
}
