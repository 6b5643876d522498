//! `GET /usages/{id}`: one usage, live or archived, with its failures, actions at hand and timeline.

use serde::Serialize;
use serde_json::Value;

use super::context::{RowView, list_link, shelf_of, usage_link};
use crate::audit::event::USAGE;
use crate::audit::store::{self as audit, Event};
use crate::base::money::Money;
use crate::base::{json, secrets};
use crate::db::DbConnection;
use crate::error::{Error, Result};
use crate::failed_accounting::failure::FailedRecord;
use crate::failed_accounting::store as failures;
use crate::usages::filter::{Filter, Shelf};
use crate::usages::usage::{Usage, Whereabouts};
use crate::usages::{recording, store};
use crate::web::error::Answer;
use crate::web::extract::{Id, Visit};
use crate::web::form::{FormState, FormView};
use crate::web::state::AppState;
use crate::web::timeline::EventView;
use crate::web::view::{TimeView, clip};
use crate::web::{links, page};

/// The most counts that the table of a usage shows; the JSON below shows all.
const COUNTS: usize = 40;

/// Up to here doubles hold whole numbers exactly.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// The most characters of a reason in a row.
const ROW_REASON: usize = 300;

#[derive(Serialize)]
struct ShowPage {
    row: RowView,
    list: String,
    this: String,
    is_live: bool,
    is_history: bool,
    restore: String,
    is_accounted: bool,
    archived: Option<TimeView>,
    use_date: Option<String>,
    transno: Option<String>,
    responsed_seconds: Option<String>,
    finish_seconds: Option<String>,
    margin: Option<String>,
    counts: Vec<(String, String)>,
    usages: Option<Json>,
    ioinfo: Option<Json>,
    failures: Vec<FailureView>,
    timeline: Vec<EventView>,
    /// Why it cannot be recorded as failed now: a key of the catalogue.
    fail_obstacle: Option<&'static str>,
    form: FormView,
    fail: String,
    edit: String,
    delete: String,
}

/// A text that should be JSON.
#[derive(Serialize)]
struct Json {
    text: String,
    is_json: bool,
}

#[derive(Serialize)]
struct FailureView {
    id: String,
    link: String,
    failed: Option<TimeView>,
    amount: Option<String>,
    cost: Option<String>,
    reason: Option<String>,
    state: &'static str,
    resolution: Option<String>,
    by: Option<String>,
    at: Option<TimeView>,
}

impl FailureView {
    fn new(state: &AppState, failure: &FailedRecord) -> FailureView {
        let time = |time| TimeView::new(&state.clock, time);
        FailureView {
            id: failure.id.clone(),
            link: format!("/failed-accounting/{}", links::segment(&failure.id)),
            failed: failure.failed_time.map(time),
            amount: failure.amount.map(|money| money.to_string()),
            cost: failure.cost.map(|money| money.to_string()),
            reason: failure.failed_reason.as_deref().map(|reason| clip(&secrets::mask(reason), ROW_REASON)),
            state: failure.state(state.stuck_since()),
            resolution: failure.resolution.clone().filter(|_| !failure.is_open()),
            by: failure.handled_by.clone().filter(|_| !failure.is_open()),
            at: failure.handled_at().map(time),
        }
    }
}

struct Found {
    usage: Usage,
    whereabouts: Whereabouts,
    failures: Vec<FailedRecord>,
    events: Vec<Event>,
}

/// The details page.
pub async fn show(visit: Visit, Id(id): Id) -> Answer {
    details(&visit, id, &FormState::default()).await
}

/// The details page with a refused form on it, values kept.
pub(super) async fn details(visit: &Visit, id: String, form: &FormState) -> Answer {
    let state = &visit.state;
    let filter = filter_of(visit)?;
    let found = state.database.run(move |connection| find(connection, &id)).await?;
    if filter.shelf == Shelf::History && found.whereabouts == Whereabouts::Live {
        return Ok(page::see_other(&usage_link(&found.usage.id, "", &Filter::default())));
    }
    let names = visit.names().await;
    let language = visit.language;
    let usage = &found.usage;
    let time = |time| TimeView::new(&state.clock, time);
    let backup_time = found.whereabouts.backup_time();
    let event = |event| EventView::new(state, event, |action| format!("usage-event-{action}"), language);
    let context = ShowPage {
        row: RowView::new(usage, &names, state, &filter),
        list: list_link(&filter),
        this: usage_link(&usage.id, "", &filter),
        is_live: found.whereabouts == Whereabouts::Live,
        is_history: filter.shelf == Shelf::History,
        restore: links::with_query("/history/restore", &links::query(&[("id", &usage.id)])),
        is_accounted: usage.is_accounted(),
        archived: backup_time.map(time),
        use_date: usage.use_date.map(|date| date.to_string()),
        transno: secrets::masked(usage.transno.as_deref()),
        responsed_seconds: usage.responsed_seconds.map(|seconds| seconds.to_string()),
        finish_seconds: usage.finish_seconds.map(|seconds| seconds.to_string()),
        margin: Money::margin(usage.amount, usage.cost).map(|money| money.to_string()),
        counts: usage.usages.as_deref().map(counts).unwrap_or_default(),
        usages: usage.usages.as_deref().and_then(readable),
        ioinfo: usage.ioinfo.as_deref().and_then(readable),
        failures: found.failures.iter().map(|failure| FailureView::new(state, failure)).collect(),
        timeline: found.events.iter().map(event).collect(),
        fail_obstacle: recording::obstacle(usage, found.whereabouts),
        form: form.view(&["reason"], language),
        fail: usage_link(&usage.id, "/fail", &filter),
        edit: usage_link(&usage.id, "/edit", &filter),
        delete: usage_link(&usage.id, "/delete", &filter),
    };
    visit.render(form.status, "usages/show.html", &context)
}

/// The filter in which a usage is looked at; what is wrong of it is refused where a page is asked for, and passed over
/// where a form is sent, so that nothing typed is lost.
pub(super) fn filter_of(visit: &Visit) -> Result<Filter> {
    Ok(Filter::parse_on(shelf_of(visit), &visit.query()?).0)
}

fn find(connection: &mut DbConnection, id: &str) -> Result<Found> {
    let (usage, whereabouts) = store::find_anywhere(connection, id)?.ok_or(Error::NotFound)?;
    Ok(Found {
        failures: failures::attempts(connection, id)?,
        events: audit::timeline(connection, USAGE, id)?,
        usage,
        whereabouts,
    })
}

fn readable(text: &str) -> Option<Json> {
    let pretty = json::pretty(text);
    let is_json = pretty.is_some();
    let text = pretty.unwrap_or_else(|| text.to_owned());
    (!text.trim().is_empty()).then(|| Json { text: secrets::mask(&text).into_owned(), is_json })
}

/// The numbers of a JSON object and of the objects in it, by their dotted names.
fn counts(usages: &str) -> Vec<(String, String)> {
    let mut counts = Vec::new();
    if let Ok(value) = serde_json::from_str::<Value>(usages) {
        collect(&value, "", &mut counts);
    }
    counts
}

fn collect(value: &Value, name: &str, counts: &mut Vec<(String, String)>) {
    match value {
        _ if counts.len() >= COUNTS => {}
        // The text below has all digits of a number that is too long to count with.
        Value::Number(number) if number.as_f64().is_none_or(|number| number.abs() > EXACT) => {}
        Value::Number(number) => counts.push((name.to_owned(), number.to_string())),
        Value::Object(fields) => {
            for (field, value) in fields {
                let inner = if name.is_empty() { field.clone() } else { format!("{name}.{field}") };
                collect(value, &clip(&inner, 120), counts);
            }
        }
        _ => {}
    }
}
