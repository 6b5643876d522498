//! `GET /batches`: all batches, newest first, with their state and what they did.

use actix_web::http::StatusCode;
use chrono::NaiveDateTime;
use serde::Serialize;

use super::context::{Card, LIST, batch_link, filter_of, in_words};
use crate::base::form::{FieldErrors, Fields, Message, UNKNOWN, refuse_unknown};
use crate::batches::batch::Batch;
use crate::batches::cursor;
use crate::batches::store::{self, Place};
use crate::causes::titles::Titles;
use crate::names::Names;
use crate::web::error::Answer;
use crate::web::extract::{Query, Visit};
use crate::web::links;
use crate::web::locale::{self, Language};
use crate::web::state::AppState;
use crate::web::view::TimeView;

const PAGE_SIZE: usize = 30;

#[derive(Serialize)]
struct IndexPage {
    batches: Vec<BatchView>,
    error: Option<String>,
    newer: Option<String>,
    older: Option<String>,
}

#[derive(Serialize)]
struct BatchView {
    id: String,
    link: String,
    action: &'static str,
    state: &'static str,
    made_by: String,
    made_at: TimeView,
    /// The filter in words; none where rows were ticked.
    filter: Option<String>,
    all: Card,
    done: Card,
    not_done: i64,
    not_done_count: String,
    undone: Card,
    /// Accounted, failed again, waiting and ended otherwise, of a batch that retried something.
    outcomes: Option<[Card; 4]>,
}

/// The list of batches.
pub async fn index(visit: Visit, Query(fields): Query) -> Answer {
    let state = &visit.state;
    let mut errors = FieldErrors::new();
    refuse_unknown(&fields, &[&["after", "before"]], &mut errors);
    let place = place(&fields, &mut errors);
    let language = visit.language;
    let (batches, has_newer, has_older, causes) = state
        .database
        .run(move |connection| {
            let (batches, newer, older) = store::page(connection, &place, PAGE_SIZE)?;
            let keys = batches
                .iter()
                .filter_map(|batch| filter_of(batch)?.titled_cause().map(str::to_owned))
                .collect();
            let causes = Titles::read(connection, keys)?;
            Ok((batches, newer, older, causes))
        })
        .await?;
    let names = visit.names().await;
    let link = |name: &str, batch: Option<&Batch>| {
        batch.map(|batch| links::with_query(LIST, &links::query(&[(name, cursor::of(batch))])))
    };
    let context = IndexPage {
        newer: link("before", batches.first()).filter(|_| has_newer),
        older: link("after", batches.last()).filter(|_| has_older),
        error: errors.iter().next().map(|(name, message)| match message.key {
            UNKNOWN => format!("{name}: {}", locale::words(language, message)),
            _ => locale::words(language, message),
        }),
        batches: batches.iter().map(|batch| view(batch, &names, &causes, state, language)).collect(),
    };
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    visit.render(status, "batches/index.html", &context)
}

/// Where to go on: the time and the id of a batch.
fn place(fields: &Fields, errors: &mut FieldErrors) -> Place {
    let named =
        [("after", Place::OlderThan as fn(NaiveDateTime, String) -> Place), ("before", Place::NewerThan)];
    for (name, place) in named {
        let Some(text) = fields.text(name) else { continue };
        match cursor::read(text) {
            Some((at, id)) => return place(at, id),
            None => {
                errors.insert(name.to_owned(), Message::new("error-cursor"));
            }
        }
    }
    Place::Newest
}

fn view(batch: &Batch, names: &Names, causes: &Titles, state: &AppState, language: Language) -> BatchView {
    let filter = filter_of(batch).map(|filter| in_words(&filter, names, causes, language).join(" · "));
    BatchView {
        id: batch.id().to_owned(),
        link: batch_link(batch.id(), ""),
        action: batch.action.as_str(),
        state: batch.state.as_str(),
        made_by: batch.stored.created_by.clone(),
        made_at: TimeView::new(&state.clock, batch.stored.created_at),
        filter,
        all: batch.summary.all.into(),
        done: batch.progress.done.into(),
        not_done: batch.not_done(),
        not_done_count: locale::count(batch.not_done()),
        undone: batch.progress.undone.into(),
        outcomes: (batch.retries() && batch.progress.done.count > 0).then(|| {
            let known = batch.outcomes;
            [known.accounted, known.failed_again, batch.waiting(), known.ended].map(Card::from)
        }),
    }
}
