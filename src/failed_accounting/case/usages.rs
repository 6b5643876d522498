//! Changing the usage of a case: making, editing and deleting it, by the rules of the case.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;

use super::Case;
use super::changes::UsageChange;
use super::rules;
use crate::audit::event::{Action, difference};
use crate::base::form::Message;
use crate::base::money::Money;
use crate::db::dialect::Wanted;
use crate::db::schema::llmusage as live;
use crate::db::values::TextOf;
use crate::db::{DbConnection, dialect, is_duplicate};
use crate::error::{Error, Result};
use crate::failed_accounting::failure::FailedRecord;
use crate::usages::store;
use crate::usages::usage::{ACCOUNTED, CREATED, FAILED, Usage, Whereabouts};

/// What an edit changes; the outer none leaves a column as it is.
#[derive(Debug, AsChangeset)]
#[diesel(table_name = live)]
struct Changed<'a> {
    llmid: Option<Option<&'a str>>,
    use_date: Option<Option<NaiveDate>>,
    use_time: Option<Option<NaiveDateTime>>,
    userid: Option<Option<&'a str>>,
    usages: Option<Option<&'a str>>,
    ioinfo: Option<Option<&'a str>>,
    transno: Option<Option<&'a str>>,
    responsed_seconds: Option<Option<f64>>,
    finish_seconds: Option<Option<f64>>,
    status: Option<Option<&'a str>>,
    taskid: Option<Option<&'a str>>,
    amount: Option<Option<Money>>,
    cost: Option<Option<Money>>,
    userorgid: Option<Option<&'a str>>,
    ownerid: Option<Option<&'a str>>,
    accounting_status: Option<Option<&'a str>>,
}

impl Case {
    /// The live usage; the history is read-only.
    ///
    /// # Errors
    /// [`Error::Conflict`] for an archived one, [`Error::NotFound`] for none.
    pub fn live_usage(&self) -> Result<&Usage> {
        match &self.usage {
            Some((usage, Whereabouts::Live)) => Ok(usage),
            Some(_) => Err(Error::Conflict(Message::new("conflict-usage-archived"))),
            None => Err(Error::NotFound),
        }
    }

    /// Adds the usage; to be called on the case of its id.
    ///
    /// # Errors
    /// [`Error::Invalid`] at `id` where there is one, at `accounting_status` where its failures forbid that state.
    pub fn make_usage(&mut self, usage: &Usage) -> Result<()> {
        if self.usage.is_some() {
            return Err(Error::invalid("id", Message::new("error-usage-id-taken")));
        }
        self.check_charged(usage)?;
        let change = UsageChange::Made(Box::new(usage.clone()));
        self.change_usage(change, Action::Create, [None, Some(usage.to_json())]);
        self.usage = Some((usage.clone(), Whereabouts::Live));
        Ok(())
    }

    /// Saves an edit of the live usage.
    ///
    /// # Errors
    /// [`Error::Invalid`] at `accounting_status` for a state that only an act leads to.
    pub fn edit_usage(&mut self, after: &Usage) -> Result<()> {
        let before = self.live_usage()?.clone();
        if before == *after {
            return Ok(());
        }
        if before.accounting_status != after.accounting_status {
            self.check_state(&before, after)?;
        }
        let charging = |usage: &Usage| (rules::is_awaited(usage), usage.is_accounted());
        if charging(&before) != charging(after) {
            self.check_charged(after)?;
        }
        let (old, new) = difference(&before.to_json(), &after.to_json());
        let change = UsageChange::Edited { before: Box::new(before), after: Box::new(after.clone()) };
        self.change_usage(change, Action::Edit, [Some(old), Some(new)]);
        self.usage = Some((after.clone(), Whereabouts::Live));
        Ok(())
    }

    /// Whether an edit may change the accounting state like that: what a retry, its withdrawal or a recorded failure does
    /// is not done past them.
    fn check_state(&self, before: &Usage, after: &Usage) -> Result<()> {
        let refuse = |key, record: Option<&FailedRecord>| {
            let message =
                Message::new(key).with("state", before.accounting_status.as_deref().unwrap_or("none"));
            let message = record.map_or(message.clone(), |record| message.with("record", &record.id));
            Err(Error::invalid("accounting_status", message))
        };
        if let Some(retrying) = self.failures.iter().find(|record| record.is_retrying()) {
            return refuse("error-usage-retrying", Some(retrying));
        }
        let (open, was_failed) = (self.newest_open(), before.accounting_status.as_deref() == Some(FAILED));
        match after.accounting_status.as_deref() {
            Some(ACCOUNTED) => refuse("error-only-platform-accounts", None),
            Some(CREATED) if was_failed || open.is_some() => refuse("error-only-retry-creates", open),
            Some(FAILED) if before.accounting_status.as_deref() == Some(CREATED) || open.is_none() => {
                refuse("error-only-recording-fails", open)
            }
            _ => Ok(()),
        }
    }

    /// A usage whose money was moved by hand is not charged by the platform, nor waits to be.
    fn check_charged(&self, usage: &Usage) -> Result<()> {
        match self.failures.iter().find(|record| rules::charges_beside(usage, record)) {
            Some(record) => {
                let message = Message::new("error-usage-decided").with("record", &record.id);
                Err(Error::invalid("accounting_status", message.with("state", "decided")))
            }
            None => Ok(()),
        }
    }

    /// Removes the live usage for good.
    ///
    /// # Errors
    /// [`Error::Conflict`] while it has an open failure; [`Error::Invalid`] at `confirm` where it is accounted and
    /// the id was not typed.
    pub fn delete_usage(&mut self, confirmed: Option<&str>) -> Result<()> {
        let usage = self.live_usage()?.clone();
        if let Some(open) = self.newest_open() {
            return Err(Error::Conflict(
                Message::new("conflict-usage-open").with("id", &open.id).with("record", &open.id),
            ));
        }
        if usage.is_accounted() && confirmed != Some(&usage.id) {
            let message = Message::new("error-confirm-delete-accounted").with("id", &usage.id);
            return Err(Error::invalid("confirm", message));
        }
        let change = UsageChange::Removed(usage.id.clone());
        self.change_usage(change, Action::Delete, [Some(usage.to_json()), None]);
        self.usage = None;
        Ok(())
    }
}

/// The state that a usage leaves, and the one that it gets.
type States = (Option<String>, &'static str);

/// Writes changes of usages; moves from one state to another by one statement.
pub(super) fn write(connection: &mut DbConnection, changes: Vec<UsageChange>) -> Result<()> {
    let mut moved: Vec<(States, Vec<String>)> = Vec::new();
    for change in changes {
        match change {
            UsageChange::Moved { id, from, to } => {
                let states = (from, to);
                match moved.iter_mut().find(|(known, _)| *known == states) {
                    Some((_, ids)) => ids.push(id),
                    None => moved.push((states, vec![id])),
                }
            }
            UsageChange::Edited { before, after } => edit(connection, &before, &after)?,
            UsageChange::Made(usage) => make(connection, &usage)?,
            UsageChange::Removed(id) => {
                diesel::delete(live::table.filter(live::id.eq(TextOf::new(&id)))).execute(connection)?;
            }
        }
    }
    for ((from, to), ids) in moved {
        let rows = live::table.filter(dialect::among::<live::table>("id", &ids));
        let state = live::accounting_status.eq(to);
        // They are locked: what they are moved from is said once more where it is a promise.
        let moved = match from.filter(|from| [CREATED, FAILED].contains(&&**from)) {
            Some(from) => diesel::update(rows.filter(live::accounting_status.eq(from)))
                .set(state)
                .execute(connection)?,
            None => diesel::update(rows).set(state).execute(connection)?,
        };
        if moved != ids.len() {
            return Err(Error::internal(format!("{} usages are locked, {moved} moved", ids.len())));
        }
    }
    Ok(())
}

fn make(connection: &mut DbConnection, usage: &Usage) -> Result<()> {
    check_task(connection, usage)?;
    match store::insert(connection, usage) {
        Err(error) if is_duplicate(&error) => Err(Error::Conflict(Message::new("conflict-usage-taken"))),
        inserted => {
            inserted?;
            let wanted = Wanted { id: &usage.id, amount: usage.amount, cost: usage.cost };
            dialect::check_kept(connection, "llmusage", &[wanted])
        }
    }
}

fn check_task(connection: &mut DbConnection, usage: &Usage) -> Result<()> {
    let Some(taskid) = usage.taskid.as_deref() else { return Ok(()) };
    if store::is_task_taken(connection, &usage.id, taskid)? {
        return Err(Error::invalid("taskid", Message::new("error-task-taken")));
    }
    Ok(())
}

/// Writes what changed; what did not stays to the letter.
fn edit(connection: &mut DbConnection, before: &Usage, after: &Usage) -> Result<()> {
    fn text<'a>(before: &Option<String>, after: &'a Option<String>) -> Option<Option<&'a str>> {
        (before != after).then_some(after.as_deref())
    }
    fn plain<T: PartialEq + Copy>(before: Option<T>, after: Option<T>) -> Option<Option<T>> {
        (before != after).then_some(after)
    }
    if after.taskid != before.taskid {
        check_task(connection, after)?;
    }
    let changed = Changed {
        llmid: text(&before.llmid, &after.llmid),
        use_date: plain(before.use_date, after.use_date),
        use_time: plain(before.use_time, after.use_time),
        userid: text(&before.userid, &after.userid),
        usages: text(&before.usages, &after.usages),
        ioinfo: text(&before.ioinfo, &after.ioinfo),
        transno: text(&before.transno, &after.transno),
        responsed_seconds: plain(before.responsed_seconds, after.responsed_seconds),
        finish_seconds: plain(before.finish_seconds, after.finish_seconds),
        status: text(&before.status, &after.status),
        taskid: text(&before.taskid, &after.taskid),
        amount: plain(before.amount, after.amount),
        cost: plain(before.cost, after.cost),
        userorgid: text(&before.userorgid, &after.userorgid),
        ownerid: text(&before.ownerid, &after.ownerid),
        accounting_status: text(&before.accounting_status, &after.accounting_status),
    };
    let row = live::table.filter(live::id.eq(TextOf::new(&before.id)));
    let (amount, cost) = (changed.amount.flatten(), changed.cost.flatten());
    match diesel::update(row).set(changed).execute(connection)? {
        0 => Err(Error::NotFound),
        _ => dialect::check_kept(connection, "llmusage", &[Wanted { id: &before.id, amount, cost }]),
    }
}
