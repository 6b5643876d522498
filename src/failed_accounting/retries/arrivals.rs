//! The job that keeps a usage at stake once: where the platform wrote a newer failure, it takes the place of the older open
//! ones; where the usage is accounted already, the failure is closed with that proof.
//!
//! It looks at what is new only; what stood there before this app, and what was imported, is left to people.

use std::time::Duration;

use crate::audit::event::{Author, Source};
use crate::base::clock::Clock;
use crate::causes::arrivals;
use crate::db::{Database, DbConnection};
use crate::error::{Error, Result};
use crate::failed_accounting::case::{Acted, Case, Place};

/// The author of what follows from a new failure.
pub const AUTHOR: &str = "new failures";

/// The pause between two steps of one failure.
const PAUSE: Duration = Duration::from_millis(10);

/// The most new failures that are read at once.
const BATCH_SIZE: i64 = 200;

/// Looks at new failures.
#[derive(Debug, Clone)]
pub struct Arrivals {
    database: Database,
    clock: Clock,
}

impl Arrivals {
    pub fn new(database: Database, clock: Clock) -> Arrivals {
        Arrivals { database, clock }
    }

    /// Whether any is new.
    pub fn is_due(&self) -> Result<bool> {
        Ok(!self.database.run_here(|connection| arrivals::some(connection, 1))?.is_empty())
    }

    /// Looks at some; whether there are more.
    pub fn step(&self) -> Result<bool> {
        let ids = self.database.run_here(|connection| arrivals::some(connection, BATCH_SIZE))?;
        for id in &ids {
            let at = self.clock.now();
            let author = Author { name: AUTHOR.to_owned(), source: Source::Job, request_id: None, at };
            match self.database.run_here(|connection| Place::find(connection, id)) {
                Ok(place) => self.follow(&place, &author)?,
                Err(Error::NotFound) => {
                    self.database.transaction_here(|connection| {
                        arrivals::forget(connection, std::slice::from_ref(id))
                    })?;
                }
                Err(error) => return Err(error),
            }
        }
        Ok(ids.len() as i64 == BATCH_SIZE)
    }

    fn follow(&self, place: &Place, author: &Author) -> Result<()> {
        let once = || self.database.transaction_here(|connection| look(connection, place, author));
        while once()? == Acted::Again {
            // Others get their turn to write.
            std::thread::sleep(PAUSE);
        }
        Ok(())
    }
}

/// What follows from one new failure; where it takes the place of very many, a step towards it.
fn look(connection: &mut DbConnection, place: &Place, author: &Author) -> Result<Acted> {
    let id = place.id.clone();
    let mut case = match Case::of_failure(connection, place) {
        Ok(case) => case,
        // It is gone, or names another usage since: that is another matter.
        Err(Error::NotFound | Error::Conflict(_)) => {
            arrivals::forget(connection, &[id])?;
            return Ok(Acted::Done);
        }
        Err(error) => return Err(error),
    };
    let acted = case.act(|case| follow(case, author))?;
    if acted == Acted::Done {
        arrivals::forget(connection, &[id])?;
    }
    case.save(connection, author)?;
    Ok(acted)
}

fn follow(case: &mut Case, author: &Author) -> Result<()> {
    let Some((usage, _)) = case.usage() else { return Ok(()) };
    let is_accounted = usage.is_accounted();
    let Some(newest) = case.newest_open().map(|record| record.id.clone()) else { return Ok(()) };
    let done = match is_accounted {
        true => case.settle(&newest, None, author),
        false => case.supersede(author).map(drop),
    };
    match done {
        // While a retry is under way its outcome decides, which the watcher sees.
        Err(Error::Conflict(_)) => Ok(()),
        done => done,
    }
}
