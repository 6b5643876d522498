//! Batches where it hurts: random rows and filters, two at once, a server killed in the middle.

mod agreeing;
mod changed;
mod forecast;
mod freezing;
mod killed;
mod money;
mod overlapping;

use chrono::NaiveDateTime;
use llmage_admin::audit::event::{Author, Source};
use llmage_admin::base::clock::Clock;
use llmage_admin::batches::batch::{Action, Batch};
use llmage_admin::batches::form::Selection;
use llmage_admin::batches::plan;
use llmage_admin::batches::runner::Runner;
use llmage_admin::batches::store::{self, Order};
use llmage_admin::db::Database;
use llmage_admin::error::Result;
use llmage_admin::failed_accounting::filter::Filter;

fn author(name: &str) -> Author {
    let at = NaiveDateTime::parse_from_str("2026-05-22 12:00:00", "%Y-%m-%d %H:%M:%S").unwrap();
    Author { name: name.to_owned(), source: Source::Page, request_id: None, at }
}

fn frozen(database: &Database, action: Action, filter: &Filter, name: &str) -> Result<Batch> {
    let (selection, author) = (Selection::Filtered(Box::new(filter.clone())), author(name));
    database.transaction_here(|connection| plan::freeze(connection, action, &selection, &author))
}

fn start(database: &Database, batch: &Batch, name: &str) {
    let (author, order) =
        (author(name), Order { resolution: Some("written_off".to_owned()), ..Order::default() });
    let started = database.transaction_here(|connection| {
        let batch = store::find_for_update(connection, batch.id())?;
        store::start(connection, &batch, &order, &author)
    });
    started.unwrap();
}

fn find(database: &Database, id: &str) -> Batch {
    database.run_here(|connection| store::find(connection, id)).unwrap()
}

fn runner(database: &Database) -> Runner {
    Runner::new(database.clone(), Clock::stopped(chrono_tz::Tz::UTC, author("clock").at))
}

/// Works until nothing is under way.
fn finish(database: &Database) {
    while runner(database).step().unwrap() {}
}
