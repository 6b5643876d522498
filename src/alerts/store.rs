//! Rules in the database: what people make and change, each change audited.

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
    record(connection, author, Action::CreateAlert, None, Some(&rule))?;
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
    id: &str,
    seen: Option<i32>,
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
    save(connection, &before, &after, Action::ChangeAlert, author)
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
    save(connection, &before, &after, action, author)?;
    Ok(after)
}

fn save(
    connection: &mut DbConnection,
    before: &Rule,
    after: &Rule,
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
    record(connection, author, action, Some(before), Some(after))
}

/// Removes a rule that is still as it was seen; its history stays. Gives it as it was.
///
/// # Errors
/// [`Error::Conflict`] when somebody else changed it meanwhile, [`Error::NotFound`] when there is none.
pub fn delete(connection: &mut DbConnection, id: &str, seen: Option<i32>, author: &Author) -> Result<Rule> {
    let rule = find(connection, id)?;
    if seen.is_some_and(|seen| seen != rule.version) {
        return Err(Error::Conflict(Message::new("alert-conflict-changed")));
    }
    // What was read is not locked.
    let row = alert_rule::table.filter(dsl::id.eq(id.to_owned())).filter(dsl::version.eq(rule.version));
    if diesel::delete(row).execute(connection)? == 0 {
        find(connection, id)?;
        return Err(Error::Conflict(Message::new("alert-conflict-changed")));
    }
    record(connection, author, Action::DeleteAlert, Some(&rule), None)?;
    Ok(rule)
}

fn record(
    connection: &mut DbConnection,
    author: &Author,
    action: Action,
    before: Option<&Rule>,
    after: Option<&Rule>,
) -> Result<()> {
    let Some(rule) = after.or(before) else { return Ok(()) };
    let [before, after] = [before, after].map(|rule| rule.map(Rule::for_the_trail));
    audit::record(
        connection,
        author,
        Change { action, record_kind: ALERT_RULE, record_id: &rule.id, before, after },
    )
}
