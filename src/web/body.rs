//! Reading what a request carries before anything is done with it: all of it, not too much, not too slowly.

use std::time::Duration;

use actix_web::HttpMessage;
use actix_web::dev::{Payload, ServiceRequest};
use actix_web::error::PayloadError;
use actix_web::http::header;
use actix_web::web::Bytes;
use futures_util::StreamExt;
use futures_util::future::ready;
use futures_util::stream::once;

use super::request::BODY_LIMIT;
use crate::error::{Error, Result};

/// How much a route takes, and how long a client may take to send it. Routes without it take a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    pub bytes: usize,
    pub patience: Duration,
}

impl Bounds {
    /// A form that is typed.
    pub const FORM: Bounds = Bounds { bytes: BODY_LIMIT, patience: Duration::from_secs(20) };

    /// A form with a file in it, which many lines upload slowly.
    pub const FILE: Bounds = Bounds { bytes: 10 * 1024 * 1024, patience: Duration::from_secs(120) };

    /// A form to sign in, with another form sealed in it.
    pub const SIGN_IN: Bounds = Bounds { bytes: 4 * BODY_LIMIT, patience: Duration::from_secs(20) };

    /// The bound in words of people.
    pub fn mebibytes(self) -> usize {
        self.bytes / (1024 * 1024)
    }
}

/// How many times the bound is still read and dropped: a browser that is cut off while it sends shows its own
/// error and not our page.
const DROPPED: usize = 20;

/// Reads the body, so that the handler finds it whole.
///
/// # Errors
/// [`Error::TooLarge`] beyond the route's [`Bounds`], [`Error::TooSlow`], or [`Error::Malformed`] when the client went
/// away in the middle.
pub async fn receive(service_request: &mut ServiceRequest) -> Result<()> {
    let bounds = service_request.app_data::<Bounds>().copied().unwrap_or(Bounds::FORM);
    let reading = read(service_request, bounds);
    let body = tokio::time::timeout(bounds.patience, reading).await.map_err(|_| Error::TooSlow)??;
    let whole = once(ready(Ok::<Bytes, PayloadError>(body)));
    service_request.set_payload(Payload::Stream { payload: Box::pin(whole) });
    Ok(())
}

/// Reads and drops a body that nobody wants, as far as a browser waits for our page while it sends.
pub(super) async fn drop_all(service_request: &mut ServiceRequest) {
    let mut payload = service_request.take_payload();
    let reading = async { while let Some(Ok(_)) = payload.next().await {} };
    let _ = tokio::time::timeout(Bounds::FORM.patience, reading).await;
}

async fn read(service_request: &mut ServiceRequest, bounds: Bounds) -> Result<Bytes> {
    let length = service_request.headers().get(header::CONTENT_LENGTH);
    let length = length.and_then(|value| value.to_str().ok()).and_then(|text| text.parse::<usize>().ok());
    if length.is_some_and(|length| length > bounds.bytes && length <= bounds.bytes.saturating_mul(DROPPED)) {
        let mut payload = service_request.take_payload();
        while let Some(Ok(_)) = payload.next().await {}
        return Err(Error::TooLarge);
    }
    let read = service_request.extract::<Bytes>().await;
    read.map_err(|error| match error.as_response_error().status_code().as_u16() {
        413 => Error::TooLarge,
        _ => Error::Malformed(crate::base::form::Message::new("error-body")),
    })
}
