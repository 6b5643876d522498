//! Counting the totals from the rows, while others write; and comparing.
//!
//! Deltas are noted all the time. One snapshot shows the rows and the deltas that tell of these: both go together, and
//! deltas of later changes stay.

use std::time::Duration;

use super::sheet::{Kind, Place, Sheet};
use super::standing::{self, Standing};
use super::store::{self, Row};
use crate::base::clock::Clock;
use crate::base::finding::{Finding, KEPT};
use crate::base::form::Message;
use crate::db::dialect::{self, Facets, Statement};
use crate::db::{Database, DbConnection, migrations};
use crate::error::{Error, Result};

/// The class of a check.
pub const TOTALS_DIFFER: &str = "totals_differ";

/// What is said where somebody else began to count meanwhile.
const COUNTED_ELSEWHERE: &str = "conflict-counting";

/// Totals, and deltas, that one transaction writes: on SQLite every other writer waits for it.
const TOTALS: usize = 1_000;
const DELTAS: usize = 2_000;

/// The pause after each of these transactions, in which others write.
const PAUSE: Duration = Duration::from_millis(3);

/// Counts all totals and keeps them; gives of how many there are. Pages count for themselves meanwhile, and nobody folds: so
/// the totals are written little by little, and a count that breaks off leaves nothing that anybody reads.
///
/// # Errors
/// [`Error::Conflict`] where somebody else began to count meanwhile, or the triggers do not note what changes.
pub fn count(database: &Database) -> Result<usize> {
    if let Some(why) = migrations::totals_unkept(database)? {
        return Err(Error::Conflict(Message::new("conflict-totals-unkept").with("why", why)));
    }
    if let Some(words) = migrations::totals_obstacle(database)? {
        return Err(Error::Conflict(Message::new("conflict-no-triggers").with("triggers", words)));
    }
    let since = Clock::epoch_milliseconds();
    let mark = format!("{} {}", database.instance().holder(), since);
    let mine = Standing::Counting { since, mark };
    database.transaction_here(|connection| {
        standing::lock(connection)?;
        standing::set(connection, &mine)
    })?;
    let (sheet, seen) =
        database.run_here(|connection| Ok((counted(connection)?, store::delta_ids(connection)?)))?;
    let step = |work: &dyn Fn(&mut DbConnection) -> Result<()>| -> Result<()> {
        database.transaction_here(|connection| {
            if standing::lock(connection)? != mine {
                return Err(Error::Conflict(Message::new(COUNTED_ELSEWHERE)));
            }
            work(connection)
        })?;
        std::thread::sleep(PAUSE);
        Ok(())
    };
    step(&store::clear)?;
    for some in seen.chunks(DELTAS) {
        step(&|connection| match store::forget(connection, some)? == some.len() {
            true => Ok(()),
            false => Err(Error::internal("deltas went while totals were counted")),
        })?;
    }
    let rows = sheet.rows();
    for some in rows.chunks(TOTALS) {
        step(&|connection| store::add(connection, some))?;
    }
    step(&standing::keep)?;
    Ok(sheet.0.len())
}

/// Counts where totals were never counted, as behind the migration of a database with rows; gives whether it did.
pub fn count_if_unknown(database: &Database) -> Result<bool> {
    if doubt_if_unkept(database)? || database.run_here(standing::standing)? != Standing::Unknown {
        return Ok(false);
    }
    match count(database) {
        // Another process was as quick: it counts for both.
        Err(Error::Conflict(why)) if why.key == COUNTED_ELSEWHERE => Ok(false),
        counted => counted.map(|_| true),
    }
}

/// Has pages count for themselves where rows change without any trigger; gives whether that is so.
pub fn doubt_if_unkept(database: &Database) -> Result<bool> {
    let Some(words) = migrations::totals_unkept(database)? else { return Ok(false) };
    let is_news = database.transaction_here(|connection| {
        let is_news = standing::lock(connection)? != Standing::Different;
        standing::set(connection, &Standing::Different)?;
        Ok(is_news)
    })?;
    if is_news {
        tracing::warn!(words, "totals are not kept");
    }
    Ok(true)
}

/// Compares what is kept with the rows. Where they differ, pages count for themselves until somebody counts anew.
pub fn check(database: &Database) -> Result<Finding> {
    if doubt_if_unkept(database)? {
        return Ok(Finding::none(TOTALS_DIFFER));
    }
    note(database, compare(database)?)
}

/// Where kept totals differ from the rows, and how often they had been counted then.
#[derive(Debug, Default)]
pub struct Compared {
    places: Vec<Place>,
    generation: i64,
}

/// The first half of [`check`]: what one snapshot shows.
#[doc(hidden)]
pub fn compare(database: &Database) -> Result<Compared> {
    database.run_here(|connection| match standing::standing(connection)? {
        Standing::Kept | Standing::Different => {
            let generation = standing::generation(connection)?;
            Ok(Compared { places: kept(connection)?.differences(&counted(connection)?), generation })
        }
        Standing::Counting { .. } | Standing::Unknown => Ok(Compared::default()),
    })
}

/// The second half: says so, unless they were counted since.
#[doc(hidden)]
pub fn note(database: &Database, found: Compared) -> Result<Finding> {
    let mut finding = Finding::none(TOTALS_DIFFER);
    if found.places.is_empty() {
        return Ok(finding);
    }
    finding.count = found.places.len() as u64;
    finding.ids = found.places.iter().take(KEPT).map(Place::to_string).collect();
    database.transaction_here(|connection| match standing::lock(connection)? {
        Standing::Kept => standing::doubt(connection, found.generation),
        _ => Ok(()),
    })?;
    tracing::error!(totals = finding.count, "kept totals differ from the rows: llmage-admin recount");
    Ok(finding)
}

/// Totals that are kept and those that are counted now, where they differ; for tests.
#[doc(hidden)]
pub fn differences(database: &Database) -> Result<Vec<String>> {
    database.run_here(|connection| {
        let (kept, counted): (Sheet, Sheet) = (kept(connection)?, counted(connection)?);
        Ok(kept.differences(&counted).iter().map(Place::to_string).collect())
    })
}

/// Counts all totals from the rows.
fn counted(connection: &mut DbConnection) -> Result<Sheet> {
    let engine = connection.engine();
    let Facets { day, model, cause, organisation, resolution, .. } = Facets::of(engine, "");
    let mut sheet = Sheet::default();
    for (kind, key, span) in [
        (Kind::Model, &model, &day),
        (Kind::Cause, &cause, &day),
        (Kind::Organisation, &organisation, &dialect::month(engine)),
        (Kind::Resolution, &resolution, &day),
    ] {
        for row in grouped(connection, kind, key, span)? {
            let (span, sum) = (row.day.as_deref(), row.sum());
            sheet.note(kind, &row.key_text, span, row.state, sum);
            if kind == Kind::Model {
                sheet.note(Kind::All, "", span, row.state, sum);
            }
        }
    }
    Ok(sheet)
}

fn grouped(connection: &mut DbConnection, kind: Kind, key: &str, span: &str) -> Result<Vec<Row>> {
    let engine = connection.engine();
    let [[amount_high, amount_low], [cost_high, cost_low]] =
        ["amount", "cost"].map(|column| dialect::sum_parts(engine, column));
    let (state, whole) = (Facets::of(engine, "").state, dialect::whole(engine));
    let [key, span] = [key, span].map(|part| dialect::by_bytes(engine, part));
    let only =
        if kind == Kind::Resolution { " WHERE resolution IS NOT NULL AND resolution <> ''" } else { "" };
    let question = format!(
        "SELECT CAST({kind} AS {whole}) AS kind, {key} AS key_text, {span} AS day, CAST({state} AS {whole}) AS state, \
         CAST(COUNT(*) AS {whole}) AS records, {amount_high} AS amount_high, {amount_low} AS amount_low, \
         {cost_high} AS cost_high, {cost_low} AS cost_low \
         FROM llmusage_accounting_failed{only} GROUP BY {key}, {span}, {state}",
        kind = kind.number()
    );
    Ok(Statement::new(engine, &question).load(connection)?)
}

/// All totals as they are kept, with what waits to be folded.
fn kept(connection: &mut DbConnection) -> Result<Sheet> {
    let engine = connection.engine();
    let whole = dialect::whole(engine);
    let question = format!(
        "SELECT CAST(kind AS {whole}) AS kind, key_text, day, CAST(state AS {whole}) AS state, records, amount_high, amount_low, \
         cost_high, cost_low FROM failed_total"
    );
    let mut sheet = Sheet::default();
    for row in Statement::new(engine, &question).load::<Row>(connection)? {
        let sum = row.sum();
        let place =
            Place { kind: row.kind, key: row.key_text, day: row.day.unwrap_or_default(), state: row.state };
        sheet.add(place, sum);
    }
    for delta in store::deltas(connection, i64::MAX)? {
        sheet.note_delta(&delta);
    }
    Ok(sheet)
}
