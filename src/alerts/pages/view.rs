//! Rules, events and deliveries as the page shows them.

use std::collections::HashMap;

use serde::Serialize;

use super::super::delivery::{Channel, DELIVERED, Delivery};
use super::super::destinations::Destinations;
use super::super::event::Event;
use super::super::rule::{Kind, Rule, masked_url};
use super::super::words::{self, Notice};
use super::action;
use crate::base::form::Message;
use crate::web::locale::{self, Language};
use crate::web::state::AppState;
use crate::web::view::TimeView;

/// What views are made with.
pub(super) struct View<'a> {
    pub state: &'a AppState,
    pub language: Language,
    pub destinations: &'a Destinations,
}

#[derive(Debug, Serialize)]
pub(super) struct RuleView {
    id: String,
    words: String,
    /// `off`, `firing`, `quiet` or `new`.
    state: &'static str,
    since: Option<TimeView>,
    value: Option<String>,
    read: Option<TimeView>,
    /// Where it is told.
    places: Vec<String>,
    is_on: bool,
    edit: String,
    switch: String,
    test: String,
    delete: String,
}

#[derive(Debug, Serialize)]
pub(super) struct DestinationsView {
    has_secret: bool,
    webhook: Option<String>,
    allows_private: bool,
    mail: Option<String>,
    mail_to: Option<String>,
    has_link: bool,
}

#[derive(Debug, Serialize)]
pub(super) struct EventView {
    id: String,
    what: String,
    title: String,
    lines: Vec<String>,
    link: String,
    at: TimeView,
    by: Option<String>,
    deliveries: Vec<DeliveryView>,
    /// Whether every delivery was taken.
    is_told: bool,
}

#[derive(Debug, Serialize)]
struct DeliveryView {
    id: String,
    channel: String,
    place: String,
    state: String,
    attempts: i32,
    most: i32,
    reply: Option<String>,
    tried: Option<TimeView>,
    next: Option<TimeView>,
}

impl View<'_> {
    fn say(&self, message: &Message) -> String {
        locale::words(self.language, message)
    }

    fn time(&self, time: chrono::NaiveDateTime) -> TimeView {
        TimeView::new(&self.state.clock, time)
    }

    pub(super) fn words(&self, rule: &Rule) -> String {
        rule.kind()
            .map_or_else(|| rule.kind.clone(), |kind| self.say(&words::rule(kind, rule.threshold_text())))
    }

    pub(super) fn rule(&self, rule: &Rule) -> RuleView {
        let state = match (rule.is_on, rule.firing_since, rule.read_at) {
            (false, ..) => "off",
            (true, Some(_), _) => "firing",
            (true, None, Some(_)) => "quiet",
            (true, None, None) => "new",
        };
        let webhook =
            rule.to_webhook.then(|| self.place(Channel::Webhook.as_str(), rule.webhook_url.as_deref()));
        let mail = rule.to_mail.then(|| self.place(Channel::Mail.as_str(), rule.mail_to.as_deref()));
        let value = rule.value_read.as_ref().and_then(|value| self.value(rule.kind()?, value));
        RuleView {
            words: self.words(rule),
            state,
            since: rule.firing_since.map(|time| self.time(time)),
            value,
            read: rule.read_at.map(|time| self.time(time)),
            places: webhook.into_iter().chain(mail).collect(),
            is_on: rule.is_on,
            edit: action(&rule.id, "/edit"),
            switch: action(&rule.id, if rule.is_on { "/disable" } else { "/enable" }),
            test: action(&rule.id, "/test"),
            delete: action(&rule.id, "/delete"),
            id: rule.id.clone(),
        }
    }

    fn value(&self, kind: Kind, value: &str) -> Option<String> {
        let key = match kind {
            Kind::OpenAmount | Kind::StuckRetries | Kind::LikelyFixed => return Some(locale::money(value)),
            Kind::LeakageMoney | Kind::LeakageCount => return Some(format!("{value}%")),
            Kind::ArchiveFailed if value == "failed" => "archive-state-failed",
            Kind::ArchiveFailed => "archive-state-done",
            Kind::NewCause => return None,
        };
        Some(self.say(&Message::new(key)))
    }

    /// Where a delivery goes, without what may be a secret in it.
    fn place(&self, channel: &str, target: Option<&str>) -> String {
        let key = if channel == Channel::Mail.as_str() { "alert-to-mail" } else { "alert-to-webhook" };
        let place = match channel == Channel::Mail.as_str() {
            true => target.map(str::to_owned).or_else(|| self.destinations.mailer.as_ref()?.to()),
            false => target.or(self.destinations.webhook_url.as_deref()).map(masked_url),
        };
        let nowhere = || self.say(&Message::new("alert-to-unset"));
        self.say(&Message::new(key).with("place", place.unwrap_or_else(nowhere)))
    }

    pub(super) fn destinations(&self) -> DestinationsView {
        DestinationsView {
            has_secret: self.destinations.secret.is_some(),
            webhook: self.destinations.webhook_url.as_deref().map(masked_url),
            allows_private: self.destinations.allows_private,
            mail: self.destinations.mailer.as_ref().map(|mailer| mailer.place()),
            mail_to: self.destinations.mailer.as_ref().and_then(|mailer| mailer.to()),
            has_link: self.destinations.public_url.is_some(),
        }
    }

    pub(super) fn event(&self, event: &Event, deliveries: &HashMap<String, Vec<Delivery>>) -> EventView {
        let notice = Notice::of(event);
        let deliveries = deliveries.get(&event.id).map(Vec::as_slice).unwrap_or_default();
        EventView {
            id: event.id.clone(),
            what: event.what.clone(),
            title: notice.as_ref().map_or_else(|| event.kind.clone(), |notice| self.say(&notice.title)),
            lines: notice.iter().flat_map(|notice| &notice.lines).map(|line| self.say(line)).collect(),
            link: notice.map_or_else(String::new, |notice| notice.path),
            at: self.time(event.happened_at),
            by: event.asked_by.clone(),
            is_told: deliveries.iter().all(|delivery| delivery.state == DELIVERED),
            deliveries: deliveries.iter().map(|delivery| self.delivery(delivery)).collect(),
        }
    }

    fn delivery(&self, delivery: &Delivery) -> DeliveryView {
        let next = || self.time(self.state.clock.time_at(delivery.next_at));
        DeliveryView {
            id: delivery.id.clone(),
            channel: delivery.channel.clone(),
            place: self.place(&delivery.channel, delivery.target.as_deref()),
            state: delivery.state.clone(),
            attempts: delivery.attempts,
            most: delivery.most_attempts,
            reply: delivery.reply().map(|reply| self.say(&reply.message())),
            tried: delivery.tried_at.map(|time| self.time(time)),
            next: delivery.waits().then(next),
        }
    }
}
