//! `GET /api/v1/audit`: the trail for programs of administrators, newest first.

use actix_web::http::StatusCode;
use serde::Serialize;
use serde_json::Value;
use utoipa::openapi::path::{Parameter, ParameterIn};
use utoipa::{IntoParams, ToSchema};

use super::filter::{Filter, KEYS};
use super::list::{self, Place};
use super::store::Event;
use crate::base::clock::TIME_FORMAT;
use crate::base::form::Message;
use crate::base::secrets;
use crate::error::Error;
use crate::web::document::{self, Query, ReadRefusals};
use crate::web::error::Answer;
use crate::web::extract::Visit;
use crate::web::json;

/// Events on a page.
const PAGE_SIZE: usize = 100;

/// What the query takes.
const QUERY: [(&str, Query, &str); 6] = [
    ("from", Query::Date, "The first day."),
    ("to", Query::Date, "The last day."),
    ("author", Query::Line(64), "Who did it."),
    ("action", Query::Line(32), "What was done, as stored, such as `retry`."),
    ("q", Query::Line(64), "The id of a record of any kind."),
    ("after", Query::Count(0, i64::MAX as u64), "The `next` of the page before."),
];

/// The query, for the document.
#[derive(Debug)]
pub struct AuditQuery;

impl IntoParams for AuditQuery {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        document::query_parameters(&QUERY)
    }
}

/// One event.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditEvent)]
pub struct EventBody {
    id: i64,
    happened_at: String,
    author: String,
    /// page, command, api, job or batch.
    source: String,
    action: String,
    record_kind: String,
    record_id: String,
    /// The fields before, secrets masked; null for a new record.
    #[schema(value_type = Option<Object>)]
    before: Option<Value>,
    /// The fields after, secrets masked; null for a deleted record.
    #[schema(value_type = Option<Object>)]
    after: Option<Value>,
    request_id: Option<String>,
}

/// A page of events.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Audit)]
pub struct Page {
    success: bool,
    rows: Vec<EventBody>,
    /// For `after`; null at the end.
    next: Option<i64>,
}

/// Lists events of the audit trail.
#[utoipa::path(
    get,
    path = "/api/v1/audit",
    tag = "audit",
    params(AuditQuery),
    responses((status = 200, description = "A page.", body = Page), ReadRefusals)
)]
pub async fn index(visit: Visit) -> Answer {
    let fields = visit.query()?;
    let known = [&KEYS[..], &["after"]].concat();
    let mut errors = json::query_errors(&fields, &known);
    let (filter, wrong) = Filter::parse(&fields);
    errors.extend(wrong);
    let place = match fields.text("after").map(str::parse) {
        None => Place::Newest,
        Some(Ok(id)) => Place::OlderThan(id),
        Some(Err(_)) => {
            errors.insert("after".to_owned(), Message::new("error-cursor"));
            Place::Newest
        }
    };
    if !errors.is_empty() {
        return Err(Error::Invalid(errors).into());
    }
    let read =
        move |connection: &mut crate::db::DbConnection| list::page(connection, &filter, place, PAGE_SIZE);
    let page = visit.state.database.run(read).await?;
    let next = page.rows.last().map(|event| event.id).filter(|_| page.has_next);
    let rows = page.rows.into_iter().map(body).collect();
    json::answer(StatusCode::OK, &Page { success: true, rows, next })
}

fn body(event: Event) -> EventBody {
    let state = |text: Option<String>| {
        let mut state: Value = serde_json::from_str(&text?).ok()?;
        secrets::mask_texts(&mut state);
        Some(state)
    };
    EventBody {
        id: event.id,
        happened_at: event.happened_at.format(TIME_FORMAT).to_string(),
        before: state(event.before_state),
        after: state(event.after_state),
        author: event.author,
        source: event.source,
        action: event.action,
        record_kind: event.record_kind,
        record_id: event.record_id,
        request_id: event.request_id,
    }
}
