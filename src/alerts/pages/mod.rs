//! `/alerts`, for administrators: the rules as they stand, where they are told, and the history with each delivery.

mod changes;
mod forms;
mod testing;
mod view;

pub use changes::{confirm_delete, destroy, disable, enable};
pub use forms::{create, edit, new, update};
pub use testing::create as test;

use actix_web::http::StatusCode;
use actix_web::web;
use chrono::NaiveDateTime;
use serde::Serialize;

use self::view::{DestinationsView, EventView, RuleView, View};
use super::destinations::Destinations;
use super::event::Event;
use super::history;
use super::store;
use crate::base::form::{FieldErrors, Message, parse_time};
use crate::error::{Error, Result};
use crate::web::error::Answer;
use crate::web::extract::Visit;
use crate::web::links;
use crate::web::locale;

pub(super) const LIST: &str = "/alerts";

/// Events on a page.
const EVENTS: i64 = 50;

#[derive(Serialize)]
struct IndexPage {
    rules: Vec<RuleView>,
    destinations: DestinationsView,
    events: Vec<EventView>,
    /// The next page of the history.
    older: Option<String>,
    /// Whether this is not the first page.
    is_later: bool,
    /// The test that was made just now.
    tested: Option<EventView>,
    /// Why something was not done.
    refused: Option<String>,
}

/// `GET /alerts`.
pub async fn index(visit: Visit, destinations: web::Data<Destinations>) -> Answer {
    list(&visit, &destinations, None).await
}

async fn list(visit: &Visit, destinations: &Destinations, refused: Option<Message>) -> Answer {
    let status = if refused.is_some() { StatusCode::CONFLICT } else { StatusCode::OK };
    let fields = visit.query()?;
    let after = fields.text("after").map(place).transpose()?;
    let (is_later, asked) = (after.is_some(), fields.text("tested").map(str::to_owned));
    let state = &visit.state;
    let (rules, mut events, deliveries, tested) = state
        .database
        .run(move |connection| {
            let events = history::list(connection, after, EVENTS + 1)?;
            let tested = match asked {
                Some(id) => history::lookup(connection, &id)?.filter(Event::is_test),
                None => None,
            };
            let shown: Vec<Event> = events.iter().chain(&tested).cloned().collect();
            let deliveries = history::deliveries(connection, &shown)?;
            Ok((store::list(connection)?, events, deliveries, tested))
        })
        .await?;
    let language = visit.language;
    let view = View { state, language, destinations };
    let has_more = events.len() as i64 > EVENTS;
    events.truncate(EVENTS as usize);
    let older = events.last().filter(|_| has_more).map(|last| {
        let place = format!("{} {}", last.happened_at.format("%Y-%m-%dT%H:%M:%S%.3f"), last.id);
        links::with_query(LIST, &links::query(&[("after", place)]))
    });
    let context = IndexPage {
        rules: rules.iter().map(|rule| view.rule(rule)).collect(),
        destinations: view.destinations(),
        events: events.iter().map(|event| view.event(event, &deliveries)).collect(),
        older,
        is_later,
        tested: tested.map(|event| view.event(&event, &deliveries)),
        refused: refused.map(|message| locale::words(language, &message)),
    };
    visit.render(status, "alerts/index.html", &context)
}

/// The place after which a page of the history begins: a time and an id.
fn place(text: &str) -> Result<(NaiveDateTime, String)> {
    let wrong = || Error::Invalid(FieldErrors::from([("after".to_owned(), Message::new("error-cursor"))]));
    let (time, id) = text.split_once(' ').ok_or_else(wrong)?;
    Ok((parse_time(time).ok_or_else(wrong)?, id.to_owned()))
}

fn action(id: &str, what: &str) -> String {
    format!("{LIST}/{}{what}", links::segment(id))
}
