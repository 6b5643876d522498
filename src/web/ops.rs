//! For machines that watch the app: alive, ready.

use actix_web::{HttpResponse, web};

use super::state::AppState;
use crate::db::migrations;

/// `GET /healthz`: the process answers.
pub async fn alive() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; charset=utf-8").body("ok\n")
}

/// `GET /readyz`: the database answers and every migration is applied; else 503 with the reason.
pub async fn ready(state: web::Data<AppState>) -> HttpResponse {
    let database = state.database.clone();
    let pending = web::block(move || migrations::status(&database)).await;
    let reason = match pending {
        Ok(Ok(statuses)) if statuses.iter().all(|status| status.applied) => None,
        Ok(Ok(_)) => Some("migrations are pending".to_owned()),
        Ok(Err(error)) => {
            tracing::warn!(%error, "not ready");
            Some("the database does not answer".to_owned())
        }
        Err(_) => Some("the app is shutting down".to_owned()),
    };
    let (mut response, text) = match reason {
        None => (HttpResponse::Ok(), "ready\n".to_owned()),
        Some(reason) => (HttpResponse::ServiceUnavailable(), format!("not ready: {reason}\n")),
    };
    response.content_type("text/plain; charset=utf-8").body(text)
}
