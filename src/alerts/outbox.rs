//! Events and their deliveries in the database: written together, taken one by one, tried again with growing pauses.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use chrono::NaiveDateTime;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::event::Event;
use super::rule::Rule;
use crate::base::form::Message;
use crate::base::secrets;
use crate::db::schema::{alert_delivery, alert_event};
use crate::db::{DbBackend, DbConnection, dialect};
use crate::error::{Error, Result};

/// A delivery is tried so often, over some two hours, and then given up.
pub const MOST_ATTEMPTS: i32 = 8;

/// Milliseconds after the first try that failed; doubled with each one after it.
const FIRST_PAUSE: i64 = 60_000;

/// So many milliseconds a try may take before another instance takes it for dead.
const LEASE: i64 = 90_000;

/// The most characters of an answer that are kept.
const KEPT: usize = 300;

/// Given-up deliveries are counted up to here.
const COUNTED: i64 = 1_000;

/// How something is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    Webhook,
    Mail,
}

impl Channel {
    /// As stored, and as its words `alert-channel-<..>` in the catalogue.
    pub fn as_str(self) -> &'static str {
        match self {
            Channel::Webhook => "webhook",
            Channel::Mail => "mail",
        }
    }
}

/// Waits for its next try.
pub const WAITING: &str = "waiting";
/// Was taken by the other side.
pub const DELIVERED: &str = "delivered";
/// Is not tried any more.
pub const GIVEN_UP: &str = "given_up";

/// A row of `alert_delivery`.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = alert_delivery, check_for_backend(DbBackend))]
pub struct Delivery {
    pub id: String,
    pub event_id: String,
    pub channel: String,
    /// None: the address of the settings.
    pub target: Option<String>,
    pub state: String,
    pub attempts: i32,
    pub most_attempts: i32,
    /// Milliseconds since 1970.
    pub next_at: i64,
    pub tried_at: Option<NaiveDateTime>,
    /// An [`Reply`] as JSON.
    pub answer: Option<String>,
}

/// What came of a try.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reply {
    /// The webhook answered with a status, and some text.
    Status { code: u16, text: String },
    /// The mail server took it.
    Taken,
    /// The name leads to an address that is not public.
    Private(String),
    /// There is no address, or no secret: the setting of that name is missing.
    Unset(String),
    /// No answer within so many seconds.
    Silent(u64),
    /// Anything else, as the library says it.
    Error(String),
}

impl Reply {
    /// In words.
    pub fn message(&self) -> Message {
        match self {
            Reply::Status { code, text } if text.is_empty() => {
                Message::new("alert-reply-status").with("code", code)
            }
            Reply::Status { code, text } => {
                Message::new("alert-reply-status-text").with("code", code).with("text", text)
            }
            Reply::Taken => Message::new("alert-reply-taken"),
            Reply::Private(address) => Message::new("alert-reply-private").with("address", address),
            Reply::Unset(setting) => Message::new("alert-reply-unset").with("setting", setting),
            Reply::Silent(seconds) => Message::new("alert-reply-silent").with("seconds", seconds),
            Reply::Error(text) => Message::new("alert-reply-error").with("text", text),
        }
    }

    /// The same without secrets and at a length that can be kept.
    pub fn kept(self) -> Reply {
        let kept = |text: String| -> String {
            let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
            let line: String = line.chars().filter(|letter| !letter.is_control()).take(KEPT).collect();
            secrets::mask(&line).into_owned()
        };
        match self {
            Reply::Status { code, text } => Reply::Status { code, text: kept(text) },
            Reply::Error(text) => Reply::Error(kept(text)),
            other => other,
        }
    }
}

impl Delivery {
    /// What came of the last try, if there was one.
    pub fn reply(&self) -> Option<Reply> {
        serde_json::from_str(self.answer.as_deref()?).ok()
    }

    /// Whether it is tried again.
    pub fn waits(&self) -> bool {
        self.state == WAITING
    }
}

/// Writes an event, and what is to be delivered of it at once; gives the deliveries.
pub fn write(
    connection: &mut DbConnection,
    rule: &Rule,
    event: &Event,
    milliseconds: i64,
) -> Result<Vec<Delivery>> {
    diesel::insert_into(alert_event::table).values(event.clone()).execute(connection)?;
    let delivery = |channel: Channel, target: &Option<String>| Delivery {
        id: nanoid::nanoid!(),
        event_id: event.id.clone(),
        channel: channel.as_str().to_owned(),
        target: target.clone(),
        state: WAITING.to_owned(),
        attempts: 0,
        most_attempts: if event.is_test() { 1 } else { MOST_ATTEMPTS },
        next_at: milliseconds,
        tried_at: None,
        answer: None,
    };
    let webhook = rule.to_webhook.then(|| delivery(Channel::Webhook, &rule.webhook_url));
    let mail = rule.to_mail.then(|| delivery(Channel::Mail, &rule.mail_to));
    let deliveries: Vec<Delivery> = webhook.into_iter().chain(mail).collect();
    for delivery in &deliveries {
        diesel::insert_into(alert_delivery::table).values(delivery.clone()).execute(connection)?;
    }
    Ok(deliveries)
}

/// The delivery that waits longest, if one is due.
pub fn due(connection: &mut DbConnection, milliseconds: i64) -> Result<Option<Delivery>> {
    use alert_delivery::dsl;
    Ok(alert_delivery::table
        .filter(dsl::state.eq(WAITING))
        .filter(dsl::next_at.le(milliseconds))
        .order((dsl::next_at, dsl::id))
        .select(Delivery::as_select())
        .first(connection)
        .optional()?)
}

/// Takes a delivery for a try, unless another instance was faster, or its tries are used up; gives it as taken, with its
/// event.
pub fn take(
    connection: &mut DbConnection,
    delivery: &Delivery,
    milliseconds: i64,
) -> Result<Option<(Delivery, Event)>> {
    use alert_delivery::dsl;
    let row = alert_delivery::table
        .filter(dsl::id.eq(delivery.id.clone()))
        .filter(dsl::state.eq(WAITING))
        .filter(dsl::attempts.eq(delivery.attempts))
        .filter(dsl::next_at.le(milliseconds));
    // Whoever made the last try died in it.
    if delivery.attempts >= delivery.most_attempts {
        diesel::update(row).set(dsl::state.eq(GIVEN_UP)).execute(connection)?;
        return Ok(None);
    }
    let taken =
        Delivery { attempts: delivery.attempts + 1, next_at: milliseconds + LEASE, ..delivery.clone() };
    let set = (dsl::attempts.eq(taken.attempts), dsl::next_at.eq(taken.next_at));
    if diesel::update(row).set(set).execute(connection)? == 0 {
        return Ok(None);
    }
    let event = alert_event::table.filter(alert_event::id.eq(taken.event_id.clone()));
    Ok(Some((taken, event.select(Event::as_select()).first(connection)?)))
}

/// Notes what came of a try: delivered, tried again later, or given up.
pub fn note(
    connection: &mut DbConnection,
    taken: &Delivery,
    (is_delivered, reply): (bool, &Reply),
    (now, milliseconds): (NaiveDateTime, i64),
) -> Result<Delivery> {
    use alert_delivery::dsl;
    let state = match is_delivered {
        true => DELIVERED,
        false if taken.attempts >= taken.most_attempts => GIVEN_UP,
        false => WAITING,
    };
    let noted = Delivery {
        state: state.to_owned(),
        next_at: milliseconds + pause(&taken.id, taken.attempts),
        tried_at: Some(now),
        answer: Some(serde_json::to_string(reply).map_err(Error::internal)?),
        ..taken.clone()
    };
    let row = alert_delivery::table
        .filter(dsl::id.eq(taken.id.clone()))
        .filter(dsl::attempts.eq(taken.attempts))
        .filter(dsl::state.eq(WAITING));
    diesel::update(row)
        .set((
            dsl::state.eq(noted.state.clone()),
            dsl::next_at.eq(noted.next_at),
            dsl::tried_at.eq(noted.tried_at),
            dsl::answer.eq(noted.answer.clone()),
        ))
        .execute(connection)?;
    Ok(noted)
}

/// Milliseconds until the next try after so many: doubled each time, and up to a quarter more, so that what failed
/// together does not come together again.
fn pause(id: &str, attempts: i32) -> i64 {
    let doubled = FIRST_PAUSE << (attempts - 1).clamp(0, 10);
    let mut hasher = DefaultHasher::new();
    (id, attempts).hash(&mut hasher);
    let spread = i64::try_from(hasher.finish() % 1_000).unwrap_or_default();
    doubled + doubled / 4 * spread / 1_000
}

/// Events, newest first, from after that one: its time and id.
pub fn history(
    connection: &mut DbConnection,
    after: Option<(NaiveDateTime, String)>,
    limit: i64,
) -> Result<Vec<Event>> {
    use alert_event::dsl;
    let mut query = alert_event::table.order((dsl::happened_at.desc(), dsl::id.desc())).into_boxed();
    if let Some((time, id)) = after {
        let same = dsl::happened_at.eq(time).and(dsl::id.lt(id));
        query = query.filter(dsl::happened_at.le(time)).filter(dsl::happened_at.lt(time).or(same));
    }
    Ok(query.limit(limit).select(Event::as_select()).load(connection)?)
}

/// The event of that id.
pub fn lookup(connection: &mut DbConnection, id: &str) -> Result<Option<Event>> {
    let found = alert_event::table.filter(alert_event::id.eq(id.to_owned()));
    Ok(found.select(Event::as_select()).first(connection).optional()?)
}

/// The deliveries of these events, by event.
pub fn deliveries(connection: &mut DbConnection, events: &[Event]) -> Result<HashMap<String, Vec<Delivery>>> {
    use alert_delivery::dsl;
    let ids: Vec<String> = events.iter().map(|event| event.id.clone()).collect();
    let rows: Vec<Delivery> = alert_delivery::table
        .filter(dsl::event_id.eq_any(ids))
        .order((dsl::event_id, dsl::channel, dsl::id))
        .select(Delivery::as_select())
        .load(connection)?;
    let mut by_event: HashMap<String, Vec<Delivery>> = HashMap::new();
    for delivery in rows {
        by_event.entry(delivery.event_id.clone()).or_default().push(delivery);
    }
    Ok(by_event)
}

/// How many deliveries are in that state, counting to a thousand at most.
pub fn count(connection: &mut DbConnection, state: &str) -> Result<i64> {
    let rows = alert_delivery::table.filter(alert_delivery::state.eq(state.to_owned()));
    dialect::count_rows(connection, rows.select(alert_delivery::id).limit(COUNTED))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_from_a_minute_and_are_spread_by_a_quarter() {
        for (attempts, least) in (1..MOST_ATTEMPTS).zip([60, 120, 240, 480, 960, 1_920, 3_840]) {
            let pause = pause("a delivery", attempts);
            assert!((least * 1_000..=least * 1_250).contains(&pause), "{attempts}: {pause}");
        }
        assert_ne!(pause("one", 5), pause("another", 5));
    }

    #[test]
    fn what_is_kept_of_an_answer_is_short_masked_and_on_one_line() {
        let reply =
            Reply::Status { code: 500, text: format!("no\r\nkey sk-abcdefghijkl {}", "x".repeat(900)) };
        let Reply::Status { text, .. } = reply.kept() else { panic!("another reply") };
        assert!(text.starts_with("no key sk-*** x") && text.chars().count() <= KEPT, "{text}");
    }
}
