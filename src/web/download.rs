//! Downloads of any size in constant memory: a blocking thread writes, the response reads.
//!
//! A failure mid-way ends the transfer as broken, so that no client takes a short file for a whole one.
//! Each download holds a database connection; their number is bounded so that pages always find one.

use std::sync::Arc;
use std::time::Duration;

use actix_web::http::header;
use actix_web::web::Bytes;
use actix_web::{HttpResponse, body::BodyStream};
use futures_util::stream;
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};

use crate::error::{Error, Result};

/// Chunks that wait for a slow client.
const WAITING_CHUNKS: usize = 8;

/// How many downloads run at once; fewer than there are connections for reading.
const AT_ONCE: usize = 4;

/// How long a client may take for one chunk before its download ends and frees the connection.
const PATIENCE: Duration = Duration::from_secs(60);

/// The places for downloads under way. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Places(Arc<Semaphore>);

impl Default for Places {
    fn default() -> Places {
        Places(Arc::new(Semaphore::new(AT_ONCE)))
    }
}

impl Places {
    /// Takes a place for one download.
    ///
    /// # Errors
    /// [`Error::Unavailable`] while all are taken.
    pub fn take(&self) -> Result<OwnedSemaphorePermit> {
        let taken = self.0.clone().try_acquire_owned();
        taken.map_err(|_| Error::Unavailable(format!("{AT_ONCE} downloads are under way")))
    }
}

/// Where a download's chunks go; sending waits while the client is slow and fails when it is gone.
#[derive(Debug, Clone)]
pub struct Sink {
    sender: mpsc::Sender<std::result::Result<Bytes, Broken>>,
    runtime: Handle,
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

impl Sink {
    /// Hands a chunk over.
    pub fn send(&self, chunk: Vec<u8>) -> Result<()> {
        self.give(Ok(Bytes::from(chunk)))
            .ok_or_else(|| Error::internal("the client went away or stands still"))
    }

    fn give(&self, item: std::result::Result<Bytes, Broken>) -> Option<()> {
        self.runtime.block_on(self.sender.send_timeout(item, PATIENCE)).ok()
    }
}

/// A CSV file of that name, written by `write` on a thread of its own, in a place that was taken for it.
pub fn csv(
    place: OwnedSemaphorePermit,
    file_name: &str,
    write: impl FnOnce(&Sink) -> Result<()> + Send + 'static,
) -> HttpResponse {
    let (sender, receiver) = mpsc::channel(WAITING_CHUNKS);
    let runtime = Handle::current();
    tokio::task::spawn_blocking(move || {
        let _place = place;
        let sink = Sink { sender, runtime };
        if let Err(error) = write(&sink) {
            tracing::warn!(%error, "a download broke off");
            // The client may be the one that went away; then nobody needs to be told.
            let _ = sink.give(Err(Broken));
        }
    });
    let chunks = stream::unfold(receiver, |mut receiver| async move {
        receiver.recv().await.map(|chunk| (chunk, receiver))
    });
    HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{file_name}\"")))
        .body(BodyStream::new(chunks))
}
