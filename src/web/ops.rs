//! For machines that watch the app: alive, ready.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use actix_web::{HttpResponse, web};

use super::state::AppState;
use crate::audit::sealing;
use crate::db::{Database, access, dialect, migrations, versions};
use crate::error::Error;

/// A database that has not answered after this time is not ready.
const TIMEOUT: Duration = Duration::from_secs(6);

/// An answer is given again for this long, because everybody may ask and asking costs a write.
const TTL: Duration = Duration::from_secs(1);

/// When it was asked, and why not ready, if so.
type Found = (Instant, Option<String>);

/// What was found last. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Readiness(Arc<Mutex<Option<Found>>>);

/// `GET /healthz`: the process answers.
pub async fn alive() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; charset=utf-8").body("ok\n")
}

/// `GET /readyz`: the database answers and takes writes, every migration is applied, no trigger is gone and the audit trail
/// ends with what was written last; else 503 with the reason.
pub async fn ready(state: web::Data<AppState>) -> HttpResponse {
    let (mut response, text) = match obstacle(&state).await {
        None => (HttpResponse::Ok(), "ready\n".to_owned()),
        Some(reason) => (HttpResponse::ServiceUnavailable(), format!("not ready: {reason}\n")),
    };
    response.content_type("text/plain; charset=utf-8").body(text)
}

/// Why the app cannot serve, if so.
async fn obstacle(state: &AppState) -> Option<String> {
    let known = || state.readiness.0.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, found)) = known().as_ref().filter(|(at, _)| at.elapsed() < TTL) {
        return found.clone();
    }
    let database = state.database.clone();
    let found = match tokio::time::timeout(TIMEOUT, web::block(move || look(&database))).await {
        Ok(Ok(found)) => found,
        Ok(Err(_)) => Some("the app is shutting down".to_owned()),
        Err(_) => Some(format!("the database gave no answer within {} s", TIMEOUT.as_secs())),
    };
    *known() = Some((Instant::now(), found.clone()));
    found
}

fn look(database: &Database) -> Option<String> {
    let asked = migrations::status(database).and_then(|statuses| {
        let pending = statuses.iter().filter(|status| !status.applied).count();
        if pending > 0 {
            return Ok(Some(format!(
                "{pending} migrations are pending; apply them with: llmage-admin migrate"
            )));
        }
        if let Some(wanted) = versions::wanted(database)? {
            return Ok(Some(wanted));
        }
        access::try_to_write(database)?;
        if let Some(fault) = sealing::obstacle_of(database)? {
            return Ok(Some(format!("the audit trail is broken: {fault}")));
        }
        migrations::missing_triggers(database)
    });
    match asked {
        Ok(found) => found,
        Err(error) => {
            tracing::warn!(%error, "not ready");
            Some(match error {
                Error::Unavailable(reason) => dialect::outage_in_words(&reason).to_owned(),
                _ => "the database answers with errors; see the log".to_owned(),
            })
        }
    }
}
