//! What may be done to a usage or one of its failures, as the app and the platform do it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::NaiveDateTime;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use llmage_admin::archive::moving::Shape;
use llmage_admin::archive::restore::restore;
use llmage_admin::archive::walk::{Candidate, Place as WalkPlace};
use llmage_admin::audit::event::{Author, Source};
use llmage_admin::base::clock::Clock;
use llmage_admin::base::form::{Fields, Message};
use llmage_admin::batches::batch::Action;
use llmage_admin::batches::foretelling::{self, By};
use llmage_admin::batches::form::Selection;
use llmage_admin::batches::plan;
use llmage_admin::batches::runner::Runner;
use llmage_admin::batches::store::{self as batches, Order};
use llmage_admin::db::{Database, DbConnection, Engine};
use llmage_admin::error::{Error, Result};
use llmage_admin::failed_accounting::case::{Case, Evidence, Look, Place};
use llmage_admin::failed_accounting::correction::{Correction, form};
use llmage_admin::failed_accounting::failure::{Edit, FailedRecord, Handling, Resolution};
use llmage_admin::failed_accounting::store;
use llmage_admin::ledger::{Ledger, Told};
use llmage_admin::usages::recording::{Recorded, Recording};
use llmage_admin::usages::store as usages;
use llmage_admin::usages::usage::Usage;

/// So long an act is tried again that a server under load did not carry out.
const PATIENCE: Duration = Duration::from_secs(60);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    Handle(&'static str, Resolution),
    Reopen(&'static str),
    /// An edit of the note alone.
    Note(&'static str),
    /// An edit that changes how a failure is closed.
    Change(&'static str, Resolution),
    Retry(&'static str),
    Withdraw(&'static str),
    /// Somebody has the proof noted.
    Settle(&'static str),
    /// The watcher looks at the retry of `b`.
    Look,
    Delete(&'static str),
    /// A program says that the usage could not be accounted.
    Record,
    /// A failure is recorded by itself.
    Insert,
    EditUsage(&'static str),
    /// An edit that has nothing to do with accounting.
    EditOwner,
    DeleteUsage,
    Archive,
    /// Somebody brings the usage back from the history.
    Restore,
    /// Somebody corrects the model of the usage, as they saw it.
    Correct(&'static str),
    /// The same, and has it accounted again by the same press.
    CorrectAndRetry(&'static str),
    /// One row of a batch, frozen before.
    Batch(&'static str),
    /// A batch that corrects the model.
    CorrectBatch {
        then_retry: bool,
    },
    /// The platform accounts the usage.
    Account,
}

/// An act that is about to be performed by somebody.
pub struct Prepared {
    act: Act,
    usage: String,
    author: Author,
    batch: Option<String>,
    /// What was seen before, where the act compares.
    seen: Vec<FailedRecord>,
    saw: Option<Usage>,
}

/// Somebody who acts.
pub fn author(name: &str) -> Author {
    let at = NaiveDateTime::parse_from_str("2026-05-22 12:00:00", "%Y-%m-%d %H:%M:%S").unwrap();
    Author { name: name.to_owned(), source: Source::Job, request_id: None, at }
}

impl Act {
    pub fn prepare(self, database: &Database, usage: &str, name: &str) -> Prepared {
        let author = author(name);
        let batch = match self {
            Act::Batch(action) => Some(frozen(database, usage, action, false, &author)),
            Act::CorrectBatch { then_retry } => Some(frozen(database, usage, "correct", then_retry, &author)),
            _ => None,
        };
        let seen = database.run_here(|connection| store::attempts(connection, usage)).unwrap();
        let saw = database.run_here(|connection| usages::lookup(connection, usage)).unwrap();
        Prepared { act: self, usage: usage.to_owned(), author, batch, seen, saw }
    }
}

/// A batch over both failures that is under way.
fn frozen(database: &Database, usage: &str, action: &str, then_retry: bool, author: &Author) -> String {
    let ids = ["a", "b"].map(|name| format!("{usage}-{name}"));
    let action = Action::parse(action).unwrap();
    let selection = Selection::Ticked(ids.to_vec());
    let freeze = |connection: &mut DbConnection| match action {
        Action::Correct => {
            let batch = plan::freeze(connection, action, &selection, author)?;
            let by = By { sources: Arc::default(), ledger: Ledger::default(), today: author.at.date() };
            match foretelling::look(connection, &batch, Some(&correction(author)), &by)? {
                Some(looked) => foretelling::write(connection, &batch, &looked.foretold()),
                None => Ok(batch),
            }
        }
        _ => plan::freeze(connection, action, &selection, author),
    };
    let batch = database.transaction_here(freeze).unwrap();
    let order = Order { resolution: Some("charged_manually".to_owned()), then_retry, ..Order::default() };
    database
        .transaction_here(|connection| {
            let batch = batches::find_for_update(connection, batch.id())?;
            batches::start(connection, &batch, &order, author)
        })
        .unwrap();
    batch.id().to_owned()
}

/// Each corrects it to a model of their own.
fn correction(author: &Author) -> Correction {
    let typed = Fields::new(vec![("set_llmid".to_owned(), format!("of-{}", author.name))]);
    form::correction(&typed, &["llmid"]).unwrap()
}

impl Prepared {
    /// Does it; how it ended, in a word.
    pub fn perform(&self, database: &Database) -> String {
        self.perform_and(database, &mut || {})
    }

    /// As [`Prepared::perform`]; `then` is called once before the commit.
    pub fn perform_and(&self, database: &Database, then: &mut dyn FnMut()) -> String {
        let began = Instant::now();
        if let Some(batch) = &self.batch {
            // A runner commits by itself.
            let clock = Clock::stopped(chrono_tz::Tz::UTC, self.author.at);
            let runner = Runner::new(database.clone(), clock);
            let mut done = runner.stretch(batch);
            while done.as_ref().is_err_and(|error| says_nothing_changed(error, began)) {
                done = runner.stretch(batch);
            }
            then();
            return done.map_or_else(|error| told(&error), |_| "stretched".to_owned());
        }
        let mut is_called = false;
        loop {
            let ended = database.transaction_once_here(|connection| {
                let ended = self.act_in(connection)?;
                if !std::mem::replace(&mut is_called, true) {
                    then();
                }
                Ok(ended)
            });
            match ended {
                Err(error) if says_nothing_changed(&error, began) => {}
                Ok(word) => return word,
                Err(error) => {
                    if !is_called {
                        then();
                    }
                    return told(&error);
                }
            }
        }
    }

    fn place(&self, name: &str) -> Place {
        Place { id: format!("{}-{name}", self.usage), usage_id: Some(self.usage.clone()) }
    }

    fn on(
        &self,
        connection: &mut DbConnection,
        name: &str,
        act: impl FnOnce(&mut Case, &str) -> Result<()>,
    ) -> Result<String> {
        let place = self.place(name);
        let mut case = Case::of_failure(connection, &place)?;
        act(&mut case, &place.id)?;
        case.save(connection, &self.author)?;
        Ok("done".to_owned())
    }

    fn act_in(&self, connection: &mut DbConnection) -> Result<String> {
        let author = &self.author;
        match self.act {
            Act::Handle(name, resolution) => self.on(connection, name, |case, id| {
                let note = Some(format!("invoice of {}", author.name));
                case.handle(id, &Handling { resolution, note }, author)
            }),
            Act::Reopen(name) => self.on(connection, name, |case, id| case.reopen(id, Some("again"), author)),
            Act::Note(name) => self.on(connection, name, |case, id| {
                let edit = edited(case.failure(id)?, None, "noted");
                case.edit(id, &edit, author)
            }),
            Act::Change(name, resolution) => self.on(connection, name, |case, id| {
                let record = case.failure(id)?;
                // A form that was filled from another state is refused as stale before the rules are asked.
                if self.seen.iter().any(|seen| seen.id == id && seen != record) {
                    return Err(Error::Conflict(Message::new("stale")));
                }
                let edit = edited(record, Some(resolution), "changed");
                case.edit(id, &edit, author)
            }),
            Act::Correct(name) | Act::CorrectAndRetry(name) => {
                let then_retry = matches!(self.act, Act::CorrectAndRetry(_));
                self.on(connection, name, |case, id| {
                    let is_seen = case.usage().map(|(usage, _)| usage) == self.saw.as_ref();
                    case.correct(
                        id,
                        &correction(author),
                        then_retry.then_some(&Evidence::checked()),
                        author,
                    )?;
                    if is_seen { Ok(()) } else { Err(Error::Conflict(Message::new("stale"))) }
                })
            }
            Act::Retry(name) => {
                self.on(connection, name, |case, id| case.retry(id, &Evidence::checked(), author))
            }
            Act::Withdraw(name) => self.on(connection, name, |case, id| case.withdraw(id, author)),
            Act::Settle(name) => self.on(connection, name, |case, id| case.settle(id, None, author)),
            Act::Delete(name) => self.on(connection, name, |case, id| case.delete(id)),
            Act::Look => {
                let mut case = Case::of_failure(connection, &self.place("b"))?;
                let settled = case.look(&self.place("b").id, Look::Again, &Told::Unknown, author);
                case.save(connection, author)?;
                Ok(format!("{settled:?}"))
            }
            Act::Record => {
                let mut case = Case::of_usage(connection, &self.usage)?;
                let recording = Recording {
                    id: format!("{}-{}", self.usage, author.name),
                    reason: "recorded".to_owned(),
                    failed_time: author.at,
                };
                let recorded = case.record(&recording, author)?;
                case.save(connection, author)?;
                Ok(match recorded {
                    Recorded::Done { .. } => "recorded".to_owned(),
                    _ => "refused".to_owned(),
                })
            }
            Act::Insert => {
                let mut case = Case::for_new(connection, Some(&self.usage))?;
                let seen = self.seen.first().cloned().unwrap();
                let record = FailedRecord {
                    id: format!("{}-{}", self.usage, author.name),
                    failed_time: Some(author.at),
                    retry_count: Some(0),
                    handled: Some("0".to_owned()),
                    handled_time: None,
                    handled_note: None,
                    resolution: None,
                    handled_by: None,
                    retry: Default::default(),
                    ..seen
                };
                case.insert(record, author)?;
                case.save(connection, author)?;
                Ok("inserted".to_owned())
            }
            Act::EditUsage(state) => {
                let mut case = Case::of_usage(connection, &self.usage)?;
                let mut after = case.live_usage()?.clone();
                after.accounting_status = Some(state.to_owned());
                case.edit_usage(&after)?;
                case.save(connection, author)?;
                Ok("edited".to_owned())
            }
            Act::EditOwner => {
                let mut case = Case::of_usage(connection, &self.usage)?;
                let mut after = case.live_usage()?.clone();
                after.ownerid = Some(author.name.clone());
                case.edit_usage(&after)?;
                case.save(connection, author)?;
                Ok("edited".to_owned())
            }
            Act::DeleteUsage => {
                let mut case = Case::of_usage(connection, &self.usage)?;
                case.delete_usage(Some(&self.usage))?;
                case.save(connection, author)?;
                Ok("deleted".to_owned())
            }
            Act::Archive => archive(connection, &self.usage, author.at),
            Act::Restore => {
                restore(connection, std::slice::from_ref(&self.usage), author)?;
                Ok("restored".to_owned())
            }
            Act::Account => {
                let state = "UPDATE llmusage SET accounting_status = 'accounted' WHERE accounting_status = 'created' AND id = ";
                connection.batch_execute(&format!("{state}'{}'", self.usage))?;
                Ok("tried".to_owned())
            }
            Act::Batch(_) | Act::CorrectBatch { .. } => unreachable!("a runner does it"),
        }
    }
}

fn edited(record: &FailedRecord, resolution: Option<Resolution>, note: &str) -> Edit {
    Edit {
        amount: record.amount,
        cost: record.cost,
        failed_reason: record.failed_reason.clone(),
        handled: resolution.is_some() || !record.is_open(),
        resolution: resolution.or(record.closed_as()),
        handled_note: Some(note.to_owned()),
    }
}

fn archive(connection: &mut DbConnection, usage: &str, at: NaiveDateTime) -> Result<String> {
    #[derive(QueryableByName)]
    struct Key {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        rowid: i64,
    }
    let key = if connection.engine() == Engine::Sqlite {
        let question = format!("SELECT rowid FROM llmusage WHERE id = '{usage}'");
        let rows: Vec<Key> = diesel::sql_query(question).load(connection)?;
        rows.first().map_or("0".to_owned(), |row| row.rowid.to_string())
    } else {
        usage.to_owned()
    };
    let place = WalkPlace { date: "2026-05-01".to_owned(), key };
    let shape = Shape::read(connection)?;
    let moved = shape.take(connection, &[Candidate { id: usage.to_owned(), place }], at.date(), at)?;
    Ok(format!("{} archived", moved.taken.rows))
}

/// Whether it is worth doing the whole of it again, as the app does, or whoever is answered 503: a server under load may let
/// a lock wait too long or have no connection left, and says that nothing was changed. Had it changed something
/// nevertheless, the second try would end as no order of the two acts does.
fn says_nothing_changed(error: &Error, began: Instant) -> bool {
    let says_so = matches!(error, Error::Transient(_) | Error::Held | Error::Unavailable(_));
    if says_so && !matches!(error, Error::Transient(_)) {
        eprintln!("again, after {:?}: {error}", began.elapsed());
    }
    says_so && began.elapsed() < PATIENCE
}

fn told(error: &Error) -> String {
    match error {
        Error::Conflict(message) => format!("409 {}", message.key),
        Error::Invalid(errors) => format!("422 {}", errors.keys().cloned().collect::<Vec<_>>().join(" ")),
        Error::NotFound => "404".to_owned(),
        error => panic!("{error}"),
    }
}
