//! Tells the end of the audit trail to the log and to the webhook of the settings: kept there, it shows later whether
//! the trail was computed anew.

use chrono::TimeZone;
use serde_json::json;

use super::courier::FORMAT;
use super::delivery::Reply;
use super::destinations::Destinations;
use super::webhook::{self, Post};
use crate::audit::chain::{self, Head};
use crate::base::clock::Clock;
use crate::db::Database;
use crate::error::{Error, Result};

/// Tells the end of the trail as it is now.
///
/// # Errors
/// [`Error::Unavailable`] where the webhook did not take it.
pub fn tell(database: &Database, clock: &Clock, destinations: &Destinations) -> Result<()> {
    let head = database.run_here(chain::head)?;
    tracing::info!(id = head.id, hash = head.hash, keyed = head.is_keyed(), "the end of the audit trail");
    let (Some(url), Some(secret)) = (destinations.webhook_url.clone(), &destinations.secret) else {
        return Ok(());
    };
    let delivery = nanoid::nanoid!();
    let body = body(&head, &delivery, clock);
    let timestamp = Clock::epoch_milliseconds() / 1_000;
    let post = Post { url, delivery, timestamp, body };
    match webhook::send(&post, secret, destinations.allows_private)? {
        (true, _) => Ok(()),
        (false, reply) => Err(not_taken(reply)),
    }
}

fn body(head: &Head, delivery: &str, clock: &Clock) -> String {
    let at = clock.zone().from_local_datetime(&clock.now()).earliest();
    json!({
        "version": FORMAT,
        "delivery": delivery,
        "what": "audit_head",
        "at": at.map(|at| at.format("%Y-%m-%dT%H:%M:%S%.3f%:z").to_string()),
        "head": head.mark().to_string(),
        "id": head.id,
        "hash": head.hash,
        "keyed": head.is_keyed(),
    })
    .to_string()
}

fn not_taken(reply: Reply) -> Error {
    Error::Unavailable(format!("the webhook did not take the end of the audit trail: {:?}", reply.kept()))
}
