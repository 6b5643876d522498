//! Downloads of any size, at the speed of the database: what a client is too slow for waits in a temporary file, so that
//! no snapshot is held for anybody who reads slowly.
//!
//! A failure mid-way ends the transfer as broken, so that no client takes a short file for a whole one. One person has two
//! downloads at once; of those that still read, each holds a database connection, so only some do at once.

mod pipe;

use std::collections::HashMap;
use std::fs::File;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use actix_web::http::header;
use actix_web::{HttpResponse, body::BodyStream};
use futures_util::stream;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use crate::base::form::Message;
use crate::error::{Error, Result};

pub use pipe::Sink;

/// The most downloads that read from the database at once; fewer than there are connections for reading.
const MAX_READING: usize = 4;

/// The most downloads of one person at once, including those that only wait for their client.
const MAX_PER_PERSON: usize = 2;

/// Whoever is refused may try again after this many seconds.
const RETRY_AFTER: u64 = 30;

/// What the downloads of an app share. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Places(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    reading: Arc<Semaphore>,
    /// By person; of those who have none under way, nothing is kept.
    persons: Mutex<HashMap<String, Arc<Semaphore>>>,
    /// How long a download waits for its turn.
    queued: Duration,
    /// How long a client may take nothing.
    patience: Duration,
}

/// A download's place: among those that read, and among those of its person.
#[derive(Debug)]
pub struct Place {
    reading: OwnedSemaphorePermit,
    person: OwnedSemaphorePermit,
    patience: Duration,
}

impl Default for Places {
    fn default() -> Places {
        Places::new(Duration::from_secs(10), Duration::from_secs(60))
    }
}

impl Places {
    /// Places for which downloads wait so long, and whose clients may take nothing so long.
    pub fn new(queued: Duration, patience: Duration) -> Places {
        let reading = Arc::new(Semaphore::new(MAX_READING));
        Places(Arc::new(Shared { reading, persons: Mutex::default(), queued, patience }))
    }

    /// Takes a place for a download of that person; waits some seconds where there is none.
    ///
    /// # Errors
    /// [`Error::Busy`] with what is in the way.
    pub async fn take(&self, person: &str) -> Result<Place> {
        let busy = |key: &'static str| {
            Err(Error::Busy { message: Message::new(key).with("seconds", RETRY_AFTER), seconds: RETRY_AFTER })
        };
        let own = self.of(person);
        let waited = tokio::time::Instant::now();
        let Ok(person) = timeout(self.0.queued, own.acquire_owned()).await else {
            return busy("error-page-own-downloads");
        };
        let left = self.0.queued.saturating_sub(waited.elapsed());
        let Ok(reading) = timeout(left, self.0.reading.clone().acquire_owned()).await else {
            return busy("error-page-many-downloads");
        };
        let (person, reading) = (person.map_err(Error::internal)?, reading.map_err(Error::internal)?);
        Ok(Place { reading, person, patience: self.0.patience })
    }

    fn of(&self, person: &str) -> Arc<Semaphore> {
        let mut persons = self.0.persons.lock().unwrap_or_else(PoisonError::into_inner);
        persons.retain(|_, own| Arc::strong_count(own) > 1);
        persons.entry(person.to_owned()).or_insert_with(|| Arc::new(Semaphore::new(MAX_PER_PERSON))).clone()
    }
}

/// A CSV file of that name, written by `write` on a thread of its own, in a place that was taken for it.
pub fn csv(
    place: Place,
    file_name: &str,
    write: impl FnOnce(&Sink) -> Result<()> + Send + 'static,
) -> HttpResponse {
    let Place { reading, person, patience } = place;
    let (sink, reader) = pipe::new(person, patience);
    tokio::task::spawn_blocking(move || {
        let _reading = reading;
        let ended = write(&sink);
        if let Err(error) = &ended {
            tracing::warn!(%error, "a download broke off");
        }
        sink.end(ended.is_ok());
    });
    let chunks =
        stream::unfold(reader, |mut reader| async move { reader.next().await.map(|chunk| (chunk, reader)) });
    HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{file_name}\"")))
        .body(BodyStream::new(chunks))
}

/// A small file that is written whole before any of it is sent, so that what is wrong can be told instead.
///
/// # Errors
/// What `write` ends with.
pub fn in_memory(write: impl FnOnce(&mut dyn FnMut(Vec<u8>) -> Result<()>) -> Result<()>) -> Result<Vec<u8>> {
    let mut file = Vec::new();
    write(&mut |chunk| {
        file.extend(chunk);
        Ok(())
    })?;
    Ok(file)
}

/// Why a transfer broke off.
#[derive(Debug)]
pub struct Broken;

impl std::fmt::Display for Broken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the download broke off")
    }
}

impl std::error::Error for Broken {}

/// Gone with its last handle. Where people would look for it: /tmp may be memory, which is what shall be spared.
fn temporary_file() -> Option<Arc<File>> {
    let chosen = std::env::var_os("TMPDIR").is_some();
    let made = match chosen {
        true => tempfile::tempfile(),
        false => tempfile::tempfile_in("/var/tmp").or_else(|_| tempfile::tempfile()),
    };
    match made {
        Ok(file) => Some(Arc::new(file)),
        Err(error) => {
            tracing::warn!(%error, "no temporary file for a slow client's download; the database waits for the client");
            None
        }
    }
}
