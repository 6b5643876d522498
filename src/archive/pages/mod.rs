//! `/archive`: what the next run would do, the run that is under way with its progress, and all runs with their proof.
//!
//! Viewers look, administrators run and stop. A run goes on in the background; a reload shows how far it is.

mod restoring;
mod view;

pub use restoring::{confirm as confirm_restore, create as restore};

use chrono::NaiveDate;
use serde::Serialize;

use self::view::{PreviewView, RunView, preview_view, run_view};
use super::left::{self, Left};
use super::preview::{self, Preview};
use super::run::Run;
use super::{form, store};
use crate::audit::event::Author;
use crate::base::form::{Fields, Message};
use crate::db::DbConnection;
use crate::error::{Error, Result};
use crate::web::error::Answer;
use crate::web::extract::{Form, Id, Query, Visit};
use crate::web::form::{FormState, FormView};
use crate::web::page;
use crate::web::state::AppState;
use crate::web::view::TimeView;

const LIST: &str = "/archive";

/// Runs that the page lists.
const RUNS: i64 = 60;

/// Usages that a preview looks at, unless asked for the exact figures.
const COUNTED: i64 = 10_001;

#[derive(Serialize)]
struct ArchivePage {
    form: FormView,
    cutoff: String,
    preview: Option<PreviewView>,
    /// Why there is none, such as a column that the history lacks.
    obstacle: Option<String>,
    active: Option<RunView>,
    runs: Vec<RunView>,
    /// The daily run, where it is switched on.
    daily: Option<Daily>,
}

#[derive(Serialize)]
struct Daily {
    next: TimeView,
    keep_days: u32,
}

struct Found {
    preview: Result<Preview>,
    runs: Vec<(Run, Vec<Left>)>,
}

/// `GET /archive`.
pub async fn index(visit: Visit, Query(fields): Query) -> Answer {
    show(&visit, FormState::new(fields)).await
}

async fn show(visit: &Visit, mut form: FormState) -> Answer {
    let state = &visit.state;
    let today = state.clock.today();
    let mut cutoff = form::scheduled(today, state.archive_keep_days);
    if form.fields.text("cutoff_date").is_some() && form.errors.is_empty() {
        match form::cutoff(&form.fields, today) {
            Ok(date) => cutoff = date,
            Err(Error::Invalid(errors)) => form = FormState::refused(form.fields, errors),
            Err(error) => return Err(error.into()),
        }
    }
    let limit = (form.fields.text("exact") != Some("1")).then_some(COUNTED);
    let found = state.database.run(move |connection| find(connection, cutoff, limit)).await?;
    if form.fields.raw("cutoff_date").is_none() {
        form.fields = Fields::new(vec![("cutoff_date".to_owned(), cutoff.to_string())]);
    }
    let view = form.view(&["cutoff_date"], visit.language);
    visit.render(form.status, "archive/index.html", &build(state, cutoff, found, view)?)
}

fn find(connection: &mut DbConnection, cutoff: NaiveDate, limit: Option<i64>) -> Result<Found> {
    let mut runs = Vec::new();
    for run in store::list(connection, RUNS)? {
        let left = left::of_run(connection, &run.id)?;
        runs.push((run, left));
    }
    Ok(Found { preview: preview::preview(connection, cutoff, limit), runs })
}

fn build(state: &AppState, cutoff: NaiveDate, found: Found, form: FormView) -> Result<ArchivePage> {
    let (preview, obstacle) = match found.preview {
        Ok(preview) => (Some(preview_view(&preview, cutoff)), None),
        Err(Error::Unavailable(reason)) => (None, Some(reason)),
        Err(error) => return Err(error),
    };
    let active = found.runs.iter().rev().find(|(run, _)| run.is_active());
    Ok(ArchivePage {
        form,
        cutoff: cutoff.to_string(),
        preview,
        obstacle,
        active: active.map(|(run, left)| run_view(state, run, left)),
        runs: found.runs.iter().map(|(run, left)| run_view(state, run, left)).collect(),
        daily: state.archive_at.map(|at| Daily {
            next: TimeView::new(&state.clock, form::next_run(state.clock.now(), at)),
            keep_days: state.archive_keep_days,
        }),
    })
}

/// `POST /archive`: asks for a run, which goes on in the background.
pub async fn create(visit: Visit, author: Author, Form(fields): Form) -> Answer {
    let state = &visit.state;
    let cutoff = match form::cutoff(&fields, state.clock.today()) {
        Ok(cutoff) => cutoff,
        Err(Error::Invalid(errors)) => {
            return show(&visit, FormState::refused(fields, errors)).await;
        }
        Err(error) => return Err(error.into()),
    };
    state.database.transaction(move |connection| store::ask_alone(connection, cutoff, &author)).await?;
    visit.tell(Message::new("flash-archive-started").with("cutoff", cutoff));
    Ok(page::see_other(LIST))
}

/// `POST /archive/{id}/stop`: the run ends after the transaction that it is in.
pub async fn stop(visit: Visit, Id(id): Id, author: Author) -> Answer {
    visit.state.database.transaction(move |connection| store::stop(connection, &id, &author)).await?;
    visit.tell(Message::new("flash-archive-stopping"));
    Ok(page::see_other(LIST))
}
