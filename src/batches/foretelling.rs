//! What a preview shows of what its run would come to: looked at in a snapshot, however long the platform's tables take to
//! answer, then written in a moment, where the preview is still the one that was looked at.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;
use diesel::prelude::*;

use super::batch::{Action, Batch, State};
use super::counts::{Part, Summary};
use super::planned::Planned;
use super::testing::{OF_OUTCOMES, OF_TESTS, is_foreseen};
use super::trial::{Trial, Tried};
use super::{correcting, seen, split, store, stretch};
use crate::audit::event::Author;
use crate::base::form::Message;
use crate::db::schema::batch_item as item;
use crate::db::{Database, DbConnection};
use crate::error::{Error, Result};
use crate::failed_accounting::correction::Correction;
use crate::forecast::Sources;
use crate::forecast::platform::Platform;
use crate::ledger::Ledger;

/// Rows that are looked at together.
const SOME: i64 = 1_000;

/// Rows that are written together.
const WRITTEN: usize = 500;

/// What previews are tested by.
#[derive(Debug, Clone)]
pub struct By {
    pub sources: Arc<Sources>,
    pub ledger: Ledger,
    pub today: NaiveDate,
}

/// What was foreseen of a preview.
#[derive(Debug, Clone)]
pub struct Foretold {
    /// The preview that was looked at.
    digest: String,
    summary: Summary,
    planned: Option<Planned>,
    /// The numbers of the rows that are left out, by why.
    left: BTreeMap<&'static str, Vec<i64>>,
}

/// Tests by tables the rows of a preview as its run will find them; of corrections what that correction makes of them, or else the one
/// that is kept. None where there is nothing to test. Writes nothing.
pub fn look(
    connection: &mut DbConnection,
    batch: &Batch,
    correction: Option<&Correction>,
    by: &By,
) -> Result<Option<Looked>> {
    let kept = batch.planned.as_ref().and_then(|planned| planned.correction.as_ref());
    let mut trial = Trial::new(Platform::new(&by.sources, by.today), by.ledger.clone());
    let planned = match (batch.action, correction.or(kept)) {
        (Action::Retry, _) => {
            try_retries(connection, batch, &mut trial)?;
            None
        }
        (Action::Correct, Some(correction)) => {
            Some(correcting::plan(connection, batch, correction, &mut trial)?)
        }
        _ => return Ok(None),
    };
    let (digest, summary) = (seen::digest(batch), batch.summary.clone());
    Ok(Some(Looked { digest, summary, planned, trial, sources: by.sources.clone() }))
}

/// What was foreseen by the platform's tables; prices may be asked yet.
#[expect(missing_debug_implementations, reason = "holds all rows that wait for a price")]
pub struct Looked {
    digest: String,
    summary: Summary,
    planned: Option<Planned>,
    trial: Trial,
    sources: Arc<Sources>,
}

impl Looked {
    /// Asks for the prices that are wanted, where the settings say whom. It blocks then: never inside a transaction.
    pub fn foretold(self) -> Foretold {
        let Looked { digest, mut summary, planned, mut trial, sources } = self;
        trial.ask_prices(&sources);
        let Tried { tested, refused, mut left } = trial.end();
        summary.tested = Some(tested);
        if planned.is_none() {
            add(&mut summary.skipped, refused);
        } else {
            left.retain(|key, _| is_foreseen(key));
        }
        Foretold { digest, summary, planned, left }
    }
}

fn try_retries(connection: &mut DbConnection, batch: &Batch, trial: &mut Trial) -> Result<()> {
    let mut after = 0;
    loop {
        let mut items = stretch::items(connection, batch.id(), after, SOME)?;
        let Some(last) = items.last() else { return Ok(()) };
        after = last.number;
        items.retain(|item| item.obstacle.as_deref().is_none_or(is_foreseen));
        trial.retries(connection, &items)?;
    }
}

/// Adds parts to others of the same keys.
fn add(parts: &mut Vec<Part>, more: Vec<Part>) {
    for part in more {
        match parts.iter_mut().find(|known| known.key == part.key) {
            Some(known) => known.tally = known.tally + part.tally,
            None => parts.push(part),
        }
    }
    split::by_money(parts);
}

/// Writes beside the rows of a preview what was foreseen of them, and nothing else. To be called on a batch that was found
/// for update.
///
/// # Errors
/// [`Error::Conflict`] where it is not the preview any more that was looked at.
pub fn write(connection: &mut DbConnection, batch: &Batch, foretold: &Foretold) -> Result<Batch> {
    let is_preview = batch.state == State::Preview;
    let plans_the_same = foretold.planned.is_none() || foretold.planned == batch.planned;
    if is_preview && batch.summary == foretold.summary && plans_the_same {
        // Somebody looked at the same moment, and saw the same.
        return Ok(batch.clone());
    }
    let is_other = !is_preview || seen::digest(batch) != foretold.digest;
    batch.refuse(is_other.then(|| Message::new("batch-preview-changed")))?;
    let id = batch.id();
    if let Some(planned) = &foretold.planned {
        store::correct(connection, batch, planned)?;
    }
    store::summarise(connection, batch, &foretold.summary)?;
    if batch.summary.tested.is_some() {
        let of_tests = item::table
            .filter(item::batch_id.eq(id.to_owned()))
            .filter(item::obstacle.like(format!("{OF_TESTS}%")).or(item::obstacle.eq_any(OF_OUTCOMES)));
        diesel::update(of_tests).set(item::obstacle.eq(None::<String>)).execute(connection)?;
    }
    for (key, numbers) in &foretold.left {
        for some in numbers.chunks(WRITTEN) {
            let rows = item::table
                .filter(item::batch_id.eq(id.to_owned()))
                .filter(item::number.eq_any(some.to_vec()));
            diesel::update(rows).set(item::obstacle.eq(*key)).execute(connection)?;
        }
    }
    store::find(connection, id)
}

/// Looks at a preview in a snapshot of its own, and asks for prices when that is closed.
///
/// # Errors
/// [`Error::NotFound`] when there is no such batch.
pub async fn look_at(
    database: &Database,
    id: &str,
    correction: Option<Correction>,
    by: By,
) -> Result<Option<Foretold>> {
    let id = id.to_owned();
    let look = move |connection: &mut DbConnection| {
        let batch = store::find(connection, &id)?;
        look(connection, &batch, correction.as_ref(), &by)
    };
    let Some(looked) = database.run(look).await? else { return Ok(None) };
    tokio::task::spawn_blocking(move || Some(looked.foretold())).await.map_err(Error::internal)
}

/// Looks at a preview again, or at what another correction makes of it, and writes what was foreseen.
///
/// # Errors
/// [`Error::Conflict`] where its present state, or who made it, forbids that.
pub async fn retell(
    database: &Database,
    id: &str,
    correction: Option<Correction>,
    by: By,
    author: Author,
) -> Result<()> {
    let foretold = look_at(database, id, correction, by).await?;
    let id = id.to_owned();
    let write =
        move |connection: &mut DbConnection| rewrite(connection, &id, foretold.as_ref(), &author).map(drop);
    database.transaction(write).await
}

/// Writes what was foreseen of a preview by its maker.
///
/// # Errors
/// As [`retell`].
pub fn rewrite(
    connection: &mut DbConnection,
    id: &str,
    foretold: Option<&Foretold>,
    author: &Author,
) -> Result<Batch> {
    let batch = store::find_for_update(connection, id)?;
    batch.refuse(batch.correcting_obstacle(&author.name, author.at))?;
    match foretold {
        Some(foretold) => write(connection, &batch, foretold),
        None => Ok(batch),
    }
}

/// Looks at a preview that was made just now, and writes what was foreseen, unless somebody moved it on meanwhile. The preview is
/// there, and stays untested where that fails.
pub async fn complete(database: &Database, id: &str, correction: Option<Correction>, by: By) -> Result<()> {
    let Some(foretold) = look_at_new(database, id, correction, by).await? else { return Ok(()) };
    let asked = id.to_owned();
    let written = database.transaction(move |connection| {
        let batch = store::find_for_update(connection, &asked)?;
        write(connection, &batch, &foretold).map(drop)
    });
    match written.await {
        Err(Error::Conflict(_)) => Ok(()),
        written => unless_untested(id, written.map(Some)).map(drop),
    }
}

/// As [`look_at`], of a preview that was made just now: none where the database took too long, or was away.
pub async fn look_at_new(
    database: &Database,
    id: &str,
    correction: Option<Correction>,
    by: By,
) -> Result<Option<Foretold>> {
    unless_untested(id, look_at(database, id, correction, by).await)
}

/// None for what the preview does without: whoever asked is told that it is there, and that nobody has tested it.
fn unless_untested<T>(id: &str, looked: Result<Option<T>>) -> Result<Option<T>> {
    match looked {
        Err(Error::Unavailable(_) | Error::Held | Error::Transient(_) | Error::Unknown(_)) => {
            tracing::warn!(batch = id, "a preview was made, and could not be tested");
            Ok(None)
        }
        looked => looked,
    }
}
