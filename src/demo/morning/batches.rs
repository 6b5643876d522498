//! The batches of the morning, and what the platform makes of their retries.

use std::sync::Arc;

use chrono::{NaiveDateTime, TimeDelta};
use diesel::prelude::*;

use super::{Morning, by};
use crate::audit::event::{self, Author};
use crate::base::form::Fields;
use crate::base::money::Money;
use crate::batches::batch::{Action, Batch, State};
use crate::batches::foretelling::{self, By, Looked};
use crate::batches::form::Selection;
use crate::batches::plan;
use crate::batches::runner::Runner;
use crate::batches::settled::Settler;
use crate::batches::store::{self as batches, Order};
use crate::causes::cause::Cause;
use crate::db::schema::{llmusage as live, llmusage_accounting_failed as failed};
use crate::demo::reasons::DEADLOCK;
use crate::demo::simulator::Simulator;
use crate::error::Result;
use crate::failed_accounting::correction::form::correction;
use crate::failed_accounting::filter::Filter;
use crate::failed_accounting::watcher::Watcher;
use crate::ledger::Ledger;
use crate::usages::usage::{ACCOUNTED, CREATED, FAILED};

/// So many failures are retried.
const RETRIED: i64 = 24;

/// Of what is retried so many fail again.
const FAILED_AGAIN: usize = 3;

impl Morning<'_> {
    /// Deadlocks are safe to retry: most of them are accounted, some fail again.
    pub(super) fn retry(&self, at: NaiveDateTime) -> Result<()> {
        let open = failed::table
            .filter(failed::cause.eq(Cause::of(Some(DEADLOCK)).key))
            .filter(failed::handled.eq("0"));
        let some = open.order(failed::id).limit(RETRIED).select(failed::id);
        let some = Selection::Ticked(self.database.run_here(|connection| Ok(some.load(connection)?))?);
        let batch = self.preview(Action::Retry, &some, &by("li.wei", at))?;
        self.run(&batch, &Order::default(), &by("li.wei", at + TimeDelta::minutes(1)))?;
        self.platform(at, FAILED_AGAIN)
    }

    /// What costs more to look into than it brings.
    pub(super) fn handle_small(&self, at: NaiveDateTime) -> Result<()> {
        let filter = Filter { amount_max: Some(Money::from_units(1_000)), ..Filter::default() };
        let batch = self.preview(Action::Handle, &all(filter), &by("chen.yu", at))?;
        let note = "up to 0.01 each: agreed with finance, not worth an invoice";
        let order = Order {
            resolution: Some("written_off".to_owned()),
            note: Some(note.to_owned()),
            ..Order::default()
        };
        self.run(&batch, &order, &by("chen.yu", at + TimeDelta::minutes(3)))
    }

    /// Calls of a model that is gone are charged as those of the one that answered, and retried in the same act.
    pub(super) fn correct(&self, at: NaiveDateTime) -> Result<()> {
        let filter = Filter {
            cause: Some(Cause::of(Some("llm not found(fLwR7x0yqKZb1c2d3e4f5)")).key),
            ..Filter::default()
        };
        let author = by("chen.yu", at);
        let batch = self.preview(Action::Correct, &all(filter), &author)?;
        let known = live::table.filter(live::accounting_status.eq(ACCOUNTED)).order(live::id);
        let known = known.select(live::llmid).filter(live::llmid.is_not_null());
        let model: Option<String> = self.database.run_here(|connection| Ok(known.first(connection)?))?;
        let typed = Fields::new(vec![("set_llmid".to_owned(), model.unwrap_or_default())]);
        let Ok(wanted) = correction(&typed, &["llmid"]) else { return Ok(()) };
        let by_tables = self.by_tables(at);
        self.database.transaction_here(|connection| {
            let found = batches::find(connection, batch.id())?;
            let looked = foretelling::look(connection, &found, Some(&wanted), &by_tables)?;
            let foretold = looked.map(Looked::foretold);
            foretelling::rewrite(connection, batch.id(), foretold.as_ref(), &author)
        })?;
        let order = Order { then_retry: true, ..Order::default() };
        self.run(&batch, &order, &by("chen.yu", at + TimeDelta::minutes(4)))?;
        self.platform(at, 0)
    }

    /// What was taken for a test was none.
    pub(super) fn handle_and_undo(&self, at: NaiveDateTime) -> Result<()> {
        let filter = Filter { userorgid: Some("test".to_owned()), ..Filter::default() };
        let batch = self.preview(Action::Handle, &all(filter), &by("sofia", at))?;
        let order = Order {
            resolution: Some("test_traffic".to_owned()),
            note: Some("our own test group".to_owned()),
            ..Order::default()
        };
        self.run(&batch, &order, &by("sofia", at + TimeDelta::minutes(1)))?;
        let author = by("li.wei", at + TimeDelta::minutes(9));
        let undone = self.database.transaction_here(|connection| {
            let batch = batches::find_for_update(connection, batch.id())?;
            if batch.undo_obstacle().is_some() {
                return Ok(false);
            }
            batches::turn(connection, &batch, State::Undoing, event::Action::UndoBatch, &author)
                .map(|()| true)
        })?;
        if undone { self.work(author.at) } else { Ok(()) }
    }

    /// What the platform would say, by its tables alone: nobody is asked for prices.
    fn by_tables(&self, at: NaiveDateTime) -> By {
        By { sources: Arc::default(), ledger: Ledger::default(), today: at.date() }
    }

    fn preview(&self, action: Action, selection: &Selection, author: &Author) -> Result<Batch> {
        let by_tables = self.by_tables(author.at);
        self.database.transaction_here(|connection| {
            let batch = plan::freeze(connection, action, selection, author)?;
            let batch = batches::find_for_update(connection, batch.id())?;
            match foretelling::look(connection, &batch, None, &by_tables)? {
                Some(looked) => foretelling::write(connection, &batch, &looked.foretold()),
                None => Ok(batch),
            }
        })
    }

    /// Runs it, unless there is nothing to do.
    fn run(&self, batch: &Batch, order: &Order, author: &Author) -> Result<()> {
        let started = self.database.transaction_here(|connection| {
            let batch = batches::find_for_update(connection, batch.id())?;
            match batch.run_obstacle(&author.name, author.at) {
                Some(_) => Ok(false),
                None => batches::start(connection, &batch, order, author).map(|()| true),
            }
        })?;
        if started { self.work(author.at + TimeDelta::seconds(2)) } else { Ok(()) }
    }

    fn work(&self, at: NaiveDateTime) -> Result<()> {
        let runner = Runner::new(self.database.clone(), self.clock(at));
        while runner.step()? {}
        Ok(())
    }

    /// The platform takes what was retried since then; so many fail again, for no reason that it writes down.
    fn platform(&self, since: NaiveDateTime, failing: usize) -> Result<()> {
        let at = since + TimeDelta::minutes(6);
        let mut simulator = Simulator::new(1, 0);
        self.database.transaction_once_here(|connection| {
            let asked = failed::table.filter(failed::retry_requested_at.ge(since));
            let asked = asked.filter(failed::llmusageid.is_not_null()).order(failed::id);
            let ids: Vec<Option<String>> = asked.select(failed::llmusageid).load(connection)?;
            for (number, id) in ids.into_iter().flatten().enumerate() {
                if number < failing {
                    let row = live::table.filter(live::id.eq(id)).filter(live::accounting_status.eq(CREATED));
                    diesel::update(row).set(live::accounting_status.eq(FAILED)).execute(connection)?;
                } else {
                    simulator.take(connection, &id, false, at)?;
                }
            }
            Ok(())
        })?;
        let watcher = Watcher::new(self.database.clone(), self.clock(at + TimeDelta::seconds(5)));
        // One look more tells that nothing was written for those that failed.
        watcher.step()?;
        watcher.step()?;
        Settler::new(self.database.clone()).step()
    }
}

/// Everything that matches.
fn all(filter: Filter) -> Selection {
    Selection::Filtered(Box::new(filter))
}
