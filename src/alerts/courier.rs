//! Sends what waits in the outbox, one delivery after the other, never inside a transaction.
//!
//! At least once: a try that reached the other side and died before that was noted comes again, under the same id.

use chrono::TimeZone;
use serde_json::json;

use super::delivery::{Channel, Delivery, Reply};
use super::destinations::Destinations;
use super::event::Event;
use super::mail::Mail;
use super::outbox;
use super::webhook::{self, Post};
use super::words::Notice;
use crate::base::clock::Clock;
use crate::db::Database;
use crate::error::Result;

/// The version of the webhook's format.
pub(super) const FORMAT: u32 = 1;

/// Sends deliveries.
#[derive(Debug, Clone)]
pub struct Courier {
    database: Database,
    clock: Clock,
    destinations: Destinations,
}

impl Courier {
    /// A courier to these destinations.
    pub fn new(database: Database, clock: Clock, destinations: Destinations) -> Courier {
        Courier { database, clock, destinations }
    }

    /// Whether a delivery is due.
    pub fn is_due(&self) -> Result<bool> {
        Ok(self.due()?.is_some())
    }

    /// Makes the try that is due longest; says whether there was one.
    pub fn step(&self) -> Result<bool> {
        match self.due()? {
            Some(delivery) => self.deliver(&delivery).map(|_| true),
            None => Ok(false),
        }
    }

    fn due(&self) -> Result<Option<Delivery>> {
        let (instance, now) = (self.database.instance(), self.clock.milliseconds());
        self.database.run_here(|connection| outbox::due(connection, instance, now))
    }

    /// Makes a try of a delivery, unless another instance does; gives it as it stands then.
    pub fn deliver(&self, delivery: &Delivery) -> Result<Option<Delivery>> {
        // Others must be able to tell whether this process lives.
        self.database.instance().appear()?;
        let (holder, now) = (self.database.instance().holder(), self.clock.milliseconds());
        let taken =
            self.database.transaction_here(|connection| outbox::take(connection, delivery, &holder, now))?;
        let Some((taken, event)) = taken else { return Ok(None) };
        let (is_delivered, reply) = self.send(&taken, &event)?;
        let reply = reply.kept();
        tracing::info!(delivery = taken.id, channel = taken.channel, is_delivered, ?reply, "told an alert");
        let (now, milliseconds) = (self.clock.now(), self.clock.milliseconds());
        let noted = self.database.transaction_here(|connection| {
            outbox::note(connection, &taken, is_delivered, &reply, now, milliseconds)
        })?;
        Ok(Some(noted))
    }

    fn send(&self, delivery: &Delivery, event: &Event) -> Result<(bool, Reply)> {
        let unset = |setting: &str| Ok((false, Reply::Unset(setting.to_owned())));
        if delivery.channel == Channel::Mail.as_str() {
            return match &self.destinations.mailer {
                Some(mailer) => mailer.send(&self.mail(delivery, event)),
                None => unset("LLMAGE_SMTP_URL"),
            };
        }
        let Some(secret) = &self.destinations.secret else { return unset("LLMAGE_WEBHOOK_SECRET") };
        let url = delivery.target.clone().or_else(|| self.destinations.webhook_url.clone());
        let Some(url) = url else { return unset("LLMAGE_WEBHOOK_URL") };
        let post = Post {
            url,
            delivery: delivery.id.clone(),
            timestamp: Clock::epoch_milliseconds() / 1_000,
            body: self.body(delivery, event),
        };
        webhook::send(&post, secret, self.destinations.allows_private)
    }

    /// The event as JSON: the same at each try.
    fn body(&self, delivery: &Delivery, event: &Event) -> String {
        let (title, text) = self.words(event);
        let facts = event.facts();
        let at = self.clock.zone().from_local_datetime(&event.happened_at).earliest();
        json!({
            "version": FORMAT,
            "delivery": delivery.id,
            "event": event.id,
            "what": event.what,
            "rule": { "id": event.rule_id, "kind": event.kind, "threshold": event.threshold_text() },
            "value": facts.value,
            "at": at.map(|at| at.format("%Y-%m-%dT%H:%M:%S%.3f%:z").to_string()),
            "title": title,
            "text": text,
            "link": Notice::of(event).and_then(|notice| self.destinations.link(&notice.path)),
            "facts": facts,
        })
        .to_string()
    }

    fn mail(&self, delivery: &Delivery, event: &Event) -> Mail {
        let (title, mut text) = self.words(event);
        let link = Notice::of(event).and_then(|notice| self.destinations.link(&notice.path));
        for line in [link, self.destinations.link("/alerts")].into_iter().flatten() {
            text = format!("{text}\n{line}");
        }
        Mail {
            to: delivery.target.clone(),
            delivery: delivery.id.clone(),
            subject: format!("[llmage-admin] {title}"),
            text: format!("{text}\n"),
        }
    }

    /// The sentence, and all of it in lines.
    fn words(&self, event: &Event) -> (String, String) {
        let Some(notice) = Notice::of(event) else { return (event.kind.clone(), event.kind.clone()) };
        let say = &self.destinations.say;
        let title = say(&notice.title);
        let at = format!("{} {}", event.happened_at.format("%Y-%m-%d %H:%M:%S"), self.clock.zone().name());
        let lines = notice.lines.iter().map(|line| say(line));
        let text: Vec<String> = std::iter::once(title.clone()).chain(lines).chain([at]).collect();
        (title, text.join("\n"))
    }
}
