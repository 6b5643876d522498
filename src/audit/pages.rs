//! `/audit`: who did what to which record, when; for administrators.

use actix_web::http::StatusCode;
use serde::Serialize;

use super::event::{Action, KINDS};
use super::export;
use super::filter::{BESIDE, Filter, KEYS};
use super::list::{self, Place};
use super::store::Event;
use crate::base::form::{FieldErrors, Fields, Message, refuse_unknown};
use crate::base::paging::Page;
use crate::error::{Error, Result};
use crate::web::changes::{ChangeView, changes};
use crate::web::error::Answer;
use crate::web::extract::{Query, Visit};
use crate::web::form::FormView;
use crate::web::locale::{self, Language};
use crate::web::state::AppState;
use crate::web::view::TimeView;
use crate::web::{download, links};

const LIST: &str = "/audit";
const CSV: &str = "/audit.csv";

/// Events on one page.
const PAGE_SIZE: usize = 50;

#[derive(Serialize)]
struct IndexPage {
    form: FormView,
    narrowed: bool,
    actions: Vec<ActionChoice>,
    events: Vec<EventView>,
    newer: Option<String>,
    older: Option<String>,
    csv: String,
}

#[derive(Serialize)]
struct ActionChoice {
    value: &'static str,
    text: String,
    selected: bool,
}

#[derive(Serialize)]
struct EventView {
    id: i64,
    time: TimeView,
    author: String,
    action: String,
    kind: String,
    record: String,
    /// The page of the record, where its kind has one.
    link: Option<String>,
    source: String,
    changes: Vec<ChangeView>,
}

/// `GET /audit`.
pub async fn index(visit: Visit, Query(fields): Query) -> Answer {
    let state = &visit.state;
    let (filter, mut errors) = Filter::parse(&fields);
    refuse_unknown(&fields, &[&KEYS, &BESIDE], &mut errors);
    let place = place(&fields, &mut errors);
    let asked = filter.clone();
    let found =
        state.database.run(move |connection| list::page(connection, &asked, place, PAGE_SIZE)).await?;
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let language = visit.language;
    let form = FormView::new(&KEYS, &fields, &errors, language);
    visit.render(status, "audit/index.html", &build(state, &filter, found, form, language))
}

fn place(fields: &Fields, errors: &mut FieldErrors) -> Place {
    let named = [("after", Place::OlderThan as fn(i64) -> Place), ("before", Place::NewerThan)];
    for (name, place) in named {
        let Some(text) = fields.text(name) else { continue };
        match text.parse() {
            Ok(id) => return place(id),
            Err(_) => errors.insert(name.to_owned(), Message::new("error-cursor")),
        };
    }
    Place::Newest
}

fn build(
    state: &AppState,
    filter: &Filter,
    found: Page<Event>,
    form: FormView,
    language: Language,
) -> IndexPage {
    let link = |name: &'static str, event: Option<&Event>| {
        let mut pairs = filter.to_pairs();
        pairs.push((name, event.map(|event| event.id.to_string()).unwrap_or_default()));
        links::with_query(LIST, &links::query(&pairs))
    };
    let choice = |action: Action| ActionChoice {
        value: action.as_str(),
        text: in_words(language, format!("audit-action-{}", dashed(action.as_str())), action.as_str()),
        selected: filter.action.as_deref() == Some(action.as_str()),
    };
    IndexPage {
        narrowed: !filter.to_pairs().is_empty(),
        actions: Action::ALL.iter().copied().map(choice).collect(),
        newer: found.has_previous.then(|| link("before", found.rows.first())),
        older: found.has_next.then(|| link("after", found.rows.last())),
        csv: links::with_query(CSV, &links::query(&filter.to_pairs())),
        events: found.rows.iter().map(|event| view(state, event, language)).collect(),
        form,
    }
}

fn view(state: &AppState, event: &Event, language: Language) -> EventView {
    EventView {
        id: event.id,
        time: TimeView::new(&state.clock, event.happened_at),
        author: event.author.clone(),
        action: in_words(language, format!("audit-action-{}", dashed(&event.action)), &event.action),
        kind: in_words(language, format!("audit-kind-{}", dashed(&event.record_kind)), &event.record_kind),
        record: event.record_id.clone(),
        link: link_of(event),
        source: in_words(language, format!("source-{}", event.source), &event.source),
        changes: changes(event, language),
    }
}

/// The words of the catalogue; what has none stands as it is stored.
fn in_words(language: Language, key: String, stored: &str) -> String {
    locale::lookup(language, &key, &Default::default()).unwrap_or_else(|| stored.to_owned())
}

fn dashed(word: &str) -> String {
    word.replace('_', "-")
}

/// The page of the record.
fn link_of(event: &Event) -> Option<String> {
    let (_, page) = KINDS.iter().find(|(kind, _)| *kind == event.record_kind)?;
    page.map(|path| path.replace("{id}", &links::segment(&event.record_id)))
}

/// `GET /audit.csv`: every event of the filter.
pub async fn download(visit: Visit, Query(fields): Query) -> Answer {
    let state = visit.state.clone();
    let (filter, mut errors) = Filter::parse(&fields);
    refuse_unknown(&fields, &[&KEYS, &["bom"]], &mut errors);
    refuse(errors)?;
    let bom = fields.text("bom") == Some("1");
    let place = state.downloads.take(&visit.person()?).await?;
    let file_name = format!("audit_{}.csv", state.clock.now().format("%Y%m%d-%H%M%S"));
    Ok(download::csv(place, &file_name, move |sink| {
        state
            .database
            .run_here(|connection| export::write(connection, &filter, bom, &mut |chunk| sink.send(chunk)))
    }))
}

fn refuse(errors: FieldErrors) -> Result<()> {
    if errors.is_empty() { Ok(()) } else { Err(Error::Invalid(errors)) }
}
