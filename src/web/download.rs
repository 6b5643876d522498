//! Downloads of any size in constant memory: a blocking thread writes, the response reads.
//!
//! A failure mid-way ends the transfer as broken, so that no client takes a short file for a whole one.

use actix_web::http::header;
use actix_web::web::Bytes;
use actix_web::{HttpResponse, body::BodyStream};
use futures_util::stream;
use tokio::sync::mpsc;

use crate::error::{Error, Result};

/// Chunks that wait for a slow client.
const WAITING_CHUNKS: usize = 8;

/// Where a download's chunks go; sending blocks while the client is slow and fails when it is gone.
#[derive(Debug, Clone)]
pub struct Sink(mpsc::Sender<std::result::Result<Bytes, Broken>>);

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
        self.0.blocking_send(Ok(Bytes::from(chunk))).map_err(|_| Error::internal("the client went away"))
    }
}

/// A CSV file of that name, written by `write` on a thread of its own.
pub fn csv(file_name: &str, write: impl FnOnce(&Sink) -> Result<()> + Send + 'static) -> HttpResponse {
    let (sender, receiver) = mpsc::channel(WAITING_CHUNKS);
    tokio::task::spawn_blocking(move || {
        let sink = Sink(sender);
        if let Err(error) = write(&sink) {
            tracing::warn!(%error, "a download broke off");
            // The client may be the one that went away; then nobody needs to be told.
            let _ = sink.0.blocking_send(Err(Broken));
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
