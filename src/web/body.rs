//! Reading what a request carries before anything is done with it: all of it, not too much, not too slowly.

use std::time::Duration;

use actix_web::dev::{Payload, ServiceRequest};
use actix_web::error::PayloadError;
use actix_web::web::Bytes;
use futures_util::future::ready;
use futures_util::stream::once;

use crate::error::{Error, Result};

/// How long a client may take to send a body.
const PATIENCE: Duration = Duration::from_secs(20);

/// Reads the body, so that the handler finds it whole.
///
/// # Errors
/// [`Error::TooLarge`] beyond [`super::request::BODY_LIMIT`], [`Error::TooSlow`], or [`Error::Malformed`] when
/// the client went away in the middle.
pub async fn receive(service_request: &mut ServiceRequest) -> Result<()> {
    let reading = service_request.extract::<Bytes>();
    let read = tokio::time::timeout(PATIENCE, reading).await.map_err(|_| Error::TooSlow)?;
    let body = read.map_err(|error| match error.as_response_error().status_code().as_u16() {
        413 => Error::TooLarge,
        _ => Error::Malformed(crate::base::form::Message::new("error-body")),
    })?;
    let whole = once(ready(Ok::<Bytes, PayloadError>(body)));
    service_request.set_payload(Payload::Stream { payload: Box::pin(whole) });
    Ok(())
}
