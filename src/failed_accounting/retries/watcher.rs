//! The job that settles retries: every few seconds it looks at what is retrying and how their usages are now.
//!
//! Reading costs an index look-up while nothing is retrying; only what can be settled opens a transaction.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use diesel::prelude::*;

use super::settlement::{self, Look, Settled};
use crate::audit::event::{Author, Source};
use crate::base::clock::Clock;
use crate::db::schema::llmusage as live;
use crate::db::values::TolerantText;
use crate::db::{Database, DbConnection, dialect};
use crate::error::{Error, Result};
use crate::ledger::{Answers, Ledger, PATIENCE_FOR_MANY, Told};
use crate::usages::state::AccountingStatus;
use crate::usages::usage::CREATED;

/// The author of what the watcher settles.
pub const AUTHOR: &str = "retry watcher";

/// The pause between two steps of one settlement.
const PAUSE: Duration = Duration::from_millis(10);

/// Records that one question asks for.
const CHUNK: i64 = 200;

/// Watches retries; remembers between two looks which usages were seen failed without a new record.
#[derive(Debug)]
pub struct Watcher {
    database: Database,
    clock: Clock,
    ledger: Ledger,
    doubtful: Mutex<HashSet<String>>,
}

impl Watcher {
    /// A watcher that has seen nothing yet.
    pub fn new(database: Database, clock: Clock) -> Watcher {
        Watcher { database, clock, ledger: Ledger::default(), doubtful: Mutex::default() }
    }

    /// The same, which adds to the proof what that ledger tells.
    pub fn asking(self, ledger: &Ledger) -> Watcher {
        Watcher { ledger: ledger.clone(), ..self }
    }

    /// Whether anything is retrying.
    pub fn is_due(&self) -> Result<bool> {
        Ok(!self.database.run_here(|connection| settlement::retrying(connection, "", 1))?.is_empty())
    }

    /// Settles what can be settled now; gives how many retries that were.
    pub fn step(&self) -> Result<usize> {
        let (mut settled, mut last, mut doubtful) = (0, String::new(), HashSet::new());
        loop {
            let from = last.clone();
            let (retrying, decided) = self.database.run_here(|connection| look(connection, &from, CHUNK))?;
            let answers = self.ask_ledger(&decided)?;
            for (id, usage_id) in &decided {
                match self.settle(id, usage_id.as_deref(), &answers.of(usage_id.as_deref())) {
                    Ok(Settled::Doubtful) => {
                        doubtful.insert(id.clone());
                    }
                    Ok(Settled::Waiting | Settled::Nothing) => {}
                    Ok(_) => settled += 1,
                    // A rule of the platform's stands against this one: the others are not to wait for it.
                    Err(Error::Refused(said)) => {
                        tracing::debug!(failure = id, said, "a retry that ended is not settled");
                    }
                    Err(error) => return Err(error),
                }
            }
            match retrying.last() {
                Some((id, _)) if retrying.len() as i64 == CHUNK => last.clone_from(id),
                _ => break,
            }
        }
        *self.doubtful.lock().unwrap_or_else(PoisonError::into_inner) = doubtful;
        Ok(settled)
    }

    /// Outside of the transactions that settle.
    fn ask_ledger(&self, decided: &Retrying) -> Result<Answers> {
        if !self.ledger.is_known() || decided.is_empty() {
            return Ok(Answers::default());
        }
        let ids: Vec<String> = decided.iter().filter_map(|(_, usage)| usage.clone()).collect();
        self.database.run_here(|connection| self.ledger.ask(connection, &ids, PATIENCE_FOR_MANY))
    }

    fn settle(&self, id: &str, usage_id: Option<&str>, told: &Told) -> Result<Settled> {
        let was_doubtful = self.doubtful.lock().unwrap_or_else(PoisonError::into_inner).contains(id);
        let look = if was_doubtful { Look::Again } else { Look::First };
        let at = self.clock.now();
        let author = Author { name: AUTHOR.to_owned(), source: Source::Job, request_id: None, at };
        let once = || {
            self.database.transaction_here(|connection| {
                settlement::settle(connection, id, usage_id, look, told, &author)
            })
        };
        let mut settled = once()?;
        while settled == Settled::Going {
            // Others get their turn to write.
            std::thread::sleep(PAUSE);
            settled = once()?;
        }
        tracing::info!(failure = id, ?settled, "looked at a retry");
        Ok(settled)
    }
}

type Retrying = Vec<(String, Option<String>)>;

/// A stretch of what is retrying, and of these the ones whose usage waits no more.
fn look(connection: &mut DbConnection, after: &str, limit: i64) -> Result<(Retrying, Retrying)> {
    let retrying = settlement::retrying(connection, after, limit)?;
    let usages: Vec<String> = retrying.iter().filter_map(|(_, usage)| usage.clone()).collect();
    let states: HashMap<String, Option<String>> = live::table
        .filter(dialect::among::<live::table>("id", &usages))
        .select((live::id, live::accounting_status))
        .load::<(TolerantText, AccountingStatus)>(connection)?
        .into_iter()
        .map(|(id, state)| (id.into(), state.into()))
        .collect();
    let waits = |usage: &Option<String>| {
        usage.as_ref().and_then(|id| states.get(id)).is_some_and(|state| state.as_deref() == Some(CREATED))
    };
    let decided = retrying.iter().filter(|(_, usage)| !waits(usage)).cloned().collect();
    Ok((retrying, decided))
}
