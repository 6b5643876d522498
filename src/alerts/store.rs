//! Rules in the database: what people change, and how a rule stands. Every change of its state is a compare-and-set.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::occurrences;
use super::rule::{Kind, Rule};
use crate::audit::event::{ALERT_RULE, Action, Author, Change};
use crate::audit::store as audit;
use crate::base::form::Message;
use crate::db::DbConnection;
use crate::db::schema::alert_rule::{self, dsl};
use crate::error::{Error, Result};

/// The most rules that there may be.
pub const MOST: i64 = 100;

/// A test of a rule may be asked for again after so many milliseconds.
const BETWEEN_TESTS: i64 = 5_000;

/// What people choose of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    pub kind: Kind,
    pub threshold: Option<i64>,
    pub to_webhook: bool,
    pub webhook_url: Option<String>,
    pub to_mail: bool,
    pub mail_to: Option<String>,
}

/// All rules, the oldest first.
pub fn list(connection: &mut DbConnection) -> Result<Vec<Rule>> {
    let all = alert_rule::table.order((dsl::created_at, dsl::id)).limit(MOST);
    Ok(all.select(Rule::as_select()).load(connection)?)
}

/// The rule of that id.
///
/// # Errors
/// [`Error::NotFound`] when there is none.
pub fn find(connection: &mut DbConnection, id: &str) -> Result<Rule> {
    let found = alert_rule::table.filter(dsl::id.eq(id.to_owned())).select(Rule::as_select());
    let found: Option<Rule> = found.first(connection).optional()?;
    found.filter(|rule| rule.id == id).ok_or(Error::NotFound)
}

/// The rules that fire, the longest first.
pub fn firing(connection: &mut DbConnection) -> Result<Vec<Rule>> {
    let mut firing = list(connection)?;
    firing.retain(|rule| rule.firing_since.is_some());
    firing.sort_by_key(|rule| rule.firing_since);
    Ok(firing)
}

/// Adds a rule, which is on at once.
///
/// # Errors
/// [`Error::Conflict`] when there are [`MOST`] already.
pub fn insert(connection: &mut DbConnection, wanted: Wanted, author: &Author) -> Result<Rule> {
    let count: i64 = alert_rule::table.count().get_result(connection)?;
    if count >= MOST {
        return Err(Error::Conflict(Message::new("alert-conflict-many").with("limit", MOST)));
    }
    let rule = Rule {
        id: nanoid::nanoid!(),
        kind: wanted.kind.as_str().to_owned(),
        threshold: wanted.threshold,
        to_webhook: wanted.to_webhook,
        webhook_url: wanted.webhook_url,
        to_mail: wanted.to_mail,
        mail_to: wanted.mail_to,
        is_on: true,
        on_since: author.at,
        firing_since: None,
        value_read: None,
        read_at: None,
        seen: None,
        tested_at: 0,
        created_at: author.at,
        created_by: author.name.clone(),
        version: 0,
    };
    begin_to_look(connection, &rule)?;
    diesel::insert_into(alert_rule::table).values(rule.clone()).execute(connection)?;
    record(connection, author, Action::CreateAlert, (None, Some(&rule)))?;
    Ok(rule)
}

/// Causes of before are no news for the first rule that looks for new ones.
fn begin_to_look(connection: &mut DbConnection, rule: &Rule) -> Result<()> {
    let looks = |other: &Rule| other.is_on && other.kind() == Some(Kind::NewCause) && other.id != rule.id;
    if rule.kind() == Some(Kind::NewCause) && !list(connection)?.iter().any(looks) {
        occurrences::see_all_causes(connection)?;
    }
    Ok(())
}

/// Changes a rule as last read; its kind stays.
///
/// # Errors
/// [`Error::Conflict`] when somebody else was faster.
pub fn change(
    connection: &mut DbConnection,
    (id, seen): (&str, Option<i32>),
    wanted: Wanted,
    author: &Author,
) -> Result<()> {
    let before = find(connection, id)?;
    let after = Rule {
        threshold: wanted.threshold,
        to_webhook: wanted.to_webhook,
        webhook_url: wanted.webhook_url,
        to_mail: wanted.to_mail,
        mail_to: wanted.mail_to,
        version: before.version + 1,
        ..before.clone()
    };
    if seen != Some(before.version) {
        return Err(Error::Conflict(Message::new("alert-conflict-changed")));
    }
    save(connection, (&before, &after), Action::ChangeAlert, author)
}

/// Switches a rule on or off. One that is switched off is quiet, and tells nobody; what happens meanwhile is no news.
pub fn switch(connection: &mut DbConnection, id: &str, is_on: bool, author: &Author) -> Result<Rule> {
    let before = find(connection, id)?;
    if before.is_on == is_on {
        return Ok(before);
    }
    let after = Rule {
        is_on,
        on_since: author.at,
        firing_since: None,
        value_read: None,
        read_at: None,
        seen: None,
        version: before.version + 1,
        ..before.clone()
    };
    if is_on {
        begin_to_look(connection, &after)?;
    }
    let action = if is_on { Action::EnableAlert } else { Action::DisableAlert };
    save(connection, (&before, &after), action, author)?;
    Ok(after)
}

fn save(
    connection: &mut DbConnection,
    (before, after): (&Rule, &Rule),
    action: Action,
    author: &Author,
) -> Result<()> {
    let row = alert_rule::table.filter(dsl::id.eq(before.id.clone())).filter(dsl::version.eq(before.version));
    let is_switched = before.is_on != after.is_on;
    let changed = diesel::update(row)
        .set((
            dsl::threshold.eq(after.threshold),
            dsl::to_webhook.eq(after.to_webhook),
            dsl::webhook_url.eq(after.webhook_url.clone()),
            dsl::to_mail.eq(after.to_mail),
            dsl::mail_to.eq(after.mail_to.clone()),
            dsl::is_on.eq(after.is_on),
            dsl::on_since.eq(after.on_since),
            dsl::version.eq(after.version),
        ))
        .execute(connection)?;
    if changed == 0 {
        return Err(Error::Conflict(Message::new("alert-conflict-changed")));
    }
    if is_switched {
        let row = alert_rule::table.filter(dsl::id.eq(before.id.clone()));
        let quiet = (
            dsl::firing_since.eq(None::<NaiveDateTime>),
            dsl::value_read.eq(None::<String>),
            dsl::read_at.eq(None::<NaiveDateTime>),
            dsl::seen.eq(None::<String>),
        );
        diesel::update(row).set(quiet).execute(connection)?;
    }
    record(connection, author, action, (Some(before), Some(after)))
}

/// Removes a rule; its history stays.
pub fn delete(connection: &mut DbConnection, id: &str, author: &Author) -> Result<Rule> {
    let rule = find(connection, id)?;
    if diesel::delete(alert_rule::table.filter(dsl::id.eq(id.to_owned()))).execute(connection)? == 0 {
        return Err(Error::NotFound);
    }
    record(connection, author, Action::DeleteAlert, (Some(&rule), None))?;
    Ok(rule)
}

fn record(
    connection: &mut DbConnection,
    author: &Author,
    action: Action,
    (before, after): (Option<&Rule>, Option<&Rule>),
) -> Result<()> {
    let Some(rule) = after.or(before) else { return Ok(()) };
    let [before, after] = [before, after].map(|rule| rule.map(Rule::for_the_trail));
    audit::record(
        connection,
        author,
        Change { action, record_kind: ALERT_RULE, record_id: &rule.id, before, after },
    )
}

/// Takes the right to test a rule now.
///
/// # Errors
/// [`Error::Conflict`] when it was tested a moment ago.
pub fn begin_test(connection: &mut DbConnection, rule: &Rule, milliseconds: i64) -> Result<()> {
    let row = alert_rule::table
        .filter(dsl::id.eq(rule.id.clone()))
        .filter(dsl::tested_at.le(milliseconds - BETWEEN_TESTS));
    match diesel::update(row).set(dsl::tested_at.eq(milliseconds)).execute(connection)? {
        0 => {
            Err(Error::Conflict(Message::new("alert-conflict-tested").with("seconds", BETWEEN_TESTS / 1_000)))
        }
        _ => Ok(()),
    }
}

/// A rule that stands as it was read, and was not changed by anybody since.
macro_rules! unchanged {
    ($rule:expr) => {
        alert_rule::table
            .filter(dsl::id.eq($rule.id.clone()))
            .filter(dsl::version.eq($rule.version))
            .filter(dsl::is_on.eq(true))
    };
}

/// Sets a quiet rule firing, or a firing one quiet; says whether it did, and nobody else was faster.
pub fn turn(connection: &mut DbConnection, rule: &Rule, firing_since: Option<NaiveDateTime>) -> Result<bool> {
    let set = dsl::firing_since.eq(firing_since);
    let turned = match firing_since {
        Some(_) => diesel::update(unchanged!(rule).filter(dsl::firing_since.is_null()))
            .set(set)
            .execute(connection)?,
        None => diesel::update(unchanged!(rule).filter(dsl::firing_since.is_not_null()))
            .set(set)
            .execute(connection)?,
    };
    Ok(turned == 1)
}

/// Notes the archive runs that a rule has looked at; says whether it did, and nobody else was faster.
pub fn see(connection: &mut DbConnection, rule: &Rule, marks: String) -> Result<bool> {
    let set = dsl::seen.eq(Some(marks));
    let seen = match rule.seen.clone() {
        Some(seen) => {
            diesel::update(unchanged!(rule).filter(dsl::seen.eq(seen))).set(set).execute(connection)?
        }
        None => diesel::update(unchanged!(rule).filter(dsl::seen.is_null())).set(set).execute(connection)?,
    };
    Ok(seen == 1)
}

/// Notes what was read.
pub fn note_value(
    connection: &mut DbConnection,
    rule: &Rule,
    value: Option<String>,
    now: NaiveDateTime,
) -> Result<()> {
    let set = (dsl::value_read.eq(value), dsl::read_at.eq(now));
    diesel::update(unchanged!(rule)).set(set).execute(connection)?;
    Ok(())
}
