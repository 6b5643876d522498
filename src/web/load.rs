//! No more requests at once than can be served: a few wait for a moment, the others are told to come again.
//!
//! Whoever is refused costs next to nothing, so that those who are served stay quick, and what is kept in memory is
//! bounded. While too many are served at once, a worker reads too late what has come long ago, and takes it for silence.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header;
use actix_web::middleware::Next;
use tokio::sync::Semaphore;

use super::bearer;
use super::problem;

/// Requests that are served at once: more than the database answers at once, as some wait for a row or for their turn to
/// download.
const AT_ONCE: usize = 64;

/// Requests that wait for one of these, and how long at most. Whoever is served had all of these before them: it takes as
/// long as the server needs for both numbers, whatever is asked of it.
const WAITING: usize = 128;
const PATIENCE: Duration = Duration::from_secs(2);

/// A refusal is held back for so long: whoever comes again at once, against what it is told, shall not take the time of
/// those who are served.
const HELD_BACK: Duration = Duration::from_millis(200);

/// Whoever is refused may come again after so many seconds.
const AGAIN: &str = "2";

/// The places of those who are served. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Load {
    places: Arc<Semaphore>,
    waiting: Arc<AtomicUsize>,
}

impl Default for Load {
    fn default() -> Load {
        Load::of(AT_ONCE)
    }
}

/// Counts one who waits, until dropped: a client that goes away waits no more.
struct Waits<'a>(&'a AtomicUsize);

impl Drop for Waits<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Load {
    /// So many places.
    pub fn of(places: usize) -> Load {
        Load { places: Arc::new(Semaphore::new(places)), waiting: Arc::default() }
    }

    /// A place, at once or after a moment; none where too many wait, or it takes too long.
    async fn place(&self) -> Option<tokio::sync::OwnedSemaphorePermit> {
        if let Ok(place) = self.places.clone().try_acquire_owned() {
            return Some(place);
        }
        let before = self.waiting.fetch_add(1, Ordering::Relaxed);
        let waits = Waits(&self.waiting);
        if before >= WAITING {
            drop(waits);
            tokio::time::sleep(HELD_BACK).await;
            return None;
        }
        tokio::time::timeout(PATIENCE, self.places.clone().acquire_owned()).await.ok()?.ok()
    }
}

/// Serves a request where there is a place for it. What tells whether the app lives is always answered.
pub async fn bounded(
    load: Load,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let path = request.path();
    let is_free = ["/healthz", "/readyz", "/metrics"].contains(&path) || path.starts_with("/static/");
    if is_free {
        return Ok(next.call(request).await?.map_into_boxed_body());
    }
    match load.place().await {
        Some(_place) => Ok(next.call(request).await?.map_into_boxed_body()),
        None => {
            let refused = refusal(bearer::is_api(path));
            Ok(request.into_response(refused))
        }
    }
}

/// Nothing of it is looked up: it has to be cheap.
fn refusal(is_api: bool) -> HttpResponse {
    let id = nanoid::nanoid!(12);
    tracing::debug!(request_id = id, "refused: too many requests at once");
    let mut response = HttpResponse::ServiceUnavailable();
    response.insert_header((header::RETRY_AFTER, AGAIN)).insert_header(("x-request-id", id.as_str()));
    match is_api {
        true => response.content_type(problem::CONTENT_TYPE).body(format!(
            r#"{{"type":"about:blank","title":"Service Unavailable","status":503,"detail":"too many requests at once; nothing was done, ask again in a moment","request_id":"{id}"}}"#,
        )),
        false => response.content_type("text/plain; charset=utf-8").body(
            "Too many requests at once. Nothing was done: try again in a moment.\n请求过多，未作任何处理：请稍后重试。\n",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[actix_web::test]
    async fn whoever_finds_no_place_waits_a_moment_and_is_refused_then() {
        let load = Load::of(1);
        let first = load.place().await.expect("a place");
        let (second, _) = tokio::join!(load.place(), async {
            tokio::time::sleep(Duration::from_millis(50)).await;
            drop(first);
        });
        assert!(second.is_some(), "it waits for the first one");
        assert!(load.place().await.is_none(), "nobody goes");
        drop(second);
        assert!(load.place().await.is_some());
        assert_eq!(load.waiting.load(Ordering::Relaxed), 0);
    }

    #[actix_web::test]
    async fn no_more_wait_than_may() {
        let load = Load::of(1);
        let _first = load.place().await.expect("a place");
        load.waiting.store(WAITING, Ordering::Relaxed);
        let began = std::time::Instant::now();
        assert!(load.place().await.is_none());
        assert!(began.elapsed() < PATIENCE, "it is told at once, but for a moment");
        assert_eq!(load.waiting.load(Ordering::Relaxed), WAITING);
    }
}
