//! What is to be delivered: written with its event, taken one by one, tried again after growing pauses.

use std::hash::{DefaultHasher, Hash, Hasher};

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::delivery::{Channel, DELIVERED, Delivery, GIVEN_UP, Reply, WAITING};
use super::event::Event;
use super::rule::Rule;
use crate::db::DbConnection;
use crate::db::instance::Instance;
use crate::db::schema::{alert_delivery, alert_event};
use crate::error::{Error, Result};

/// A delivery is tried so often, over some two hours, and then given up.
pub const MOST_ATTEMPTS: i32 = 8;

/// Milliseconds after the first try that failed; doubled with each one after it.
const FIRST_PAUSE: i64 = 60_000;

/// A try may take this many milliseconds before another instance takes it over, unless its process is known to be gone.
const LEASE: i64 = 90_000;

/// The most tries under way that are looked at to find one whose process is gone.
const MOST_HELD: i64 = 100;

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
        holder: None,
    };
    let webhook = rule.to_webhook.then(|| delivery(Channel::Webhook, &rule.webhook_url));
    let mail = rule.to_mail.then(|| delivery(Channel::Mail, &rule.mail_to));
    let deliveries: Vec<Delivery> = webhook.into_iter().chain(mail).collect();
    for delivery in &deliveries {
        diesel::insert_into(alert_delivery::table).values(delivery.clone()).execute(connection)?;
    }
    Ok(deliveries)
}

/// The delivery that waits longest, if one is due: its time has come, or whoever was at its last try is gone.
pub fn due(
    connection: &mut DbConnection,
    instance: &Instance,
    milliseconds: i64,
) -> Result<Option<Delivery>> {
    use alert_delivery::dsl;
    let waiting = alert_delivery::table.filter(dsl::state.eq(WAITING)).order((dsl::next_at, dsl::id));
    let found: Option<Delivery> = waiting
        .filter(dsl::next_at.le(milliseconds))
        .select(Delivery::as_select())
        .first(connection)
        .optional()?;
    match found {
        None => cut_off(connection, instance),
        found => Ok(found),
    }
}

/// A delivery whose try was cut off with its process.
fn cut_off(connection: &mut DbConnection, instance: &Instance) -> Result<Option<Delivery>> {
    use alert_delivery::dsl;
    let held: Vec<Delivery> = alert_delivery::table
        .filter(dsl::state.eq(WAITING))
        .filter(dsl::holder.is_not_null())
        .order((dsl::next_at, dsl::id))
        .limit(MOST_HELD)
        .select(Delivery::as_select())
        .load(connection)?;
    for delivery in held {
        if instance.is_gone(connection, delivery.holder.as_deref().unwrap_or_default())? {
            return Ok(Some(delivery));
        }
    }
    Ok(None)
}

/// Takes a due delivery for a try of that holder, unless another instance was faster, or its tries are used up; gives it
/// as taken, with its event.
pub fn take(
    connection: &mut DbConnection,
    delivery: &Delivery,
    holder: &str,
    milliseconds: i64,
) -> Result<Option<(Delivery, Event)>> {
    use alert_delivery::dsl;
    let row = alert_delivery::table
        .filter(dsl::id.eq(delivery.id.clone()))
        .filter(dsl::state.eq(WAITING))
        .filter(dsl::attempts.eq(delivery.attempts))
        .filter(dsl::next_at.eq(delivery.next_at));
    // Whoever made the last try died in it.
    if delivery.attempts >= delivery.most_attempts {
        let given_up = (dsl::state.eq(GIVEN_UP), dsl::holder.eq(None::<String>));
        diesel::update(row).set(given_up).execute(connection)?;
        return Ok(None);
    }
    let taken = Delivery {
        attempts: delivery.attempts + 1,
        next_at: milliseconds + LEASE,
        holder: Some(holder.to_owned()),
        ..delivery.clone()
    };
    let set = (
        dsl::attempts.eq(taken.attempts),
        dsl::next_at.eq(taken.next_at),
        dsl::holder.eq(taken.holder.clone()),
    );
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
    is_delivered: bool,
    reply: &Reply,
    now: NaiveDateTime,
    milliseconds: i64,
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
        holder: None,
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
            dsl::holder.eq(None::<String>),
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
}
