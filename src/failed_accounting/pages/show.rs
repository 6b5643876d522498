//! `GET /failed-accounting/{id}`: one record with its usage, attempts, actions at hand and timeline.

use actix_web::http::StatusCode;
use serde::Serialize;

use super::cause::cause_title;
use super::causes::cause_link;
use super::context::{Choice, FormView, RowView, list_link, record_link, resolutions};
use super::found::Found;
use super::refusal::{RefusalView, TypedView, gone, typed};
use super::retries::{RetryView, retry_view};
use super::usage::{UsageView, usage_view};
use crate::base::form::{FieldErrors, Fields, Message};
use crate::base::secrets;
use crate::error::{Error, Result};
use crate::failed_accounting::case::View;
use crate::failed_accounting::failure::{FailedRecord, Resolution};
use crate::failed_accounting::filter::Filter;
use crate::web::error::{Answer, WebError};
use crate::web::extract::{Id, Visit};
use crate::web::locale::Language;
use crate::web::state::AppState;
use crate::web::timeline::EventView;
use crate::web::view::TimeView;

/// More lines or characters of a reason than these are folded.
const FOLD_LINES: usize = 12;
const FOLD_CHARACTERS: usize = 900;

#[derive(Serialize)]
struct ShowPage {
    row: RowView,
    list: String,
    previous: Option<String>,
    next: Option<String>,
    reason: Option<String>,
    reason_is_long: bool,
    /// Whether something of the reason is masked here.
    is_masked: bool,
    use_date: Option<String>,
    use_time: Option<TimeView>,
    failed_exact: Option<TimeView>,
    margin: Option<String>,
    handled_at: Option<TimeView>,
    handled_by: Option<String>,
    note: Option<String>,
    is_open: bool,
    retry: RetryView,
    /// Key of the words that say why it cannot be reopened, where it cannot.
    reopen_obstacle: Option<&'static str>,
    usage: Option<UsageView>,
    cause: Option<CauseLink>,
    attempts: Vec<RowView>,
    timeline: Vec<EventView>,
    links: Links,
    seen: String,
    form: FormView,
    /// Why a form was not carried out, and what was typed into it that no form of the page holds.
    refusal: Option<RefusalView>,
    typed: Vec<TypedView>,
    resolutions: Vec<Choice>,
}

/// The cause of the record, its page and the list of its siblings.
#[derive(Serialize)]
struct CauseLink {
    title: String,
    link: String,
    siblings: String,
    first: Option<TimeView>,
    last: Option<TimeView>,
}

/// The addresses of a record's actions; each keeps the filter.
#[derive(Serialize)]
struct Links {
    this: String,
    handle: String,
    reopen: String,
    retry: String,
    withdraw: String,
    settle: String,
    edit: String,
    delete: String,
    show_secrets: String,
}

/// The details page.
pub async fn show(visit: Visit, Id(id): Id) -> Answer {
    details(&visit, id, StatusCode::OK, Shown::default()).await
}

/// What the details page shows besides the record.
#[derive(Default)]
struct Shown {
    /// A refused form, values kept.
    fields: Fields,
    errors: FieldErrors,
    /// The reason with its secrets.
    unmasked: bool,
    refusal: Option<RefusalView>,
}

/// The details page with the secrets of the reason.
pub(super) async fn unmasked(visit: &Visit, id: String) -> Answer {
    details(visit, id, StatusCode::OK, Shown { unmasked: true, ..Shown::default() }).await
}

async fn details(visit: &Visit, id: String, status: StatusCode, shown: Shown) -> Answer {
    let state = &visit.state;
    let filter = filter_of(visit)?;
    let asked = filter.clone();
    let found = state.database.run(move |connection| Found::read(connection, &id, &asked)).await?;
    let names = visit.names().await;
    let language = visit.language;
    let form = FormView::new(&["resolution", "handled_note", "note"], &shown.fields, &shown.errors, language);
    let row = |record: &FailedRecord| RowView::new(record, &names, state, &filter);
    let attempts = found.attempts.iter().map(row).collect();
    let mut context = build(state, &filter, found, (form, attempts, shown.unmasked), row, language);
    if shown.refusal.is_some() {
        context.typed = typed(&shown.fields, |name| !context.holds(name), language);
        context.refusal = shown.refusal;
    }
    visit.render(status, "failed_accounting/show.html", &context)
}

impl ShowPage {
    fn can_be_handled(&self) -> bool {
        self.is_open && !self.retry.is_under_way() && !self.resolutions.is_empty()
    }

    /// Whether a form of the page has that field.
    fn holds(&self, name: &str) -> bool {
        match name {
            "note" => !self.is_open && self.reopen_obstacle.is_none(),
            "resolution" => self.can_be_handled() && self.resolutions.iter().any(|choice| choice.selected),
            _ => self.can_be_handled(),
        }
    }
}

/// The filter in which a record is looked at; wrong parts of it are ignored here.
pub(super) fn filter_of(visit: &Visit) -> Result<Filter> {
    Ok(Filter::parse(&visit.query()?).0)
}

fn build(
    state: &AppState,
    filter: &Filter,
    found: Found,
    (form, attempts, unmasked): (FormView, Vec<RowView>, bool),
    row: impl Fn(&FailedRecord) -> RowView,
    language: Language,
) -> ShowPage {
    let record = &found.record;
    let time = |time| TimeView::new(&state.clock, time);
    let masked = record.failed_reason.as_deref().map(|reason| secrets::mask(reason).into_owned());
    let has_secrets = masked != record.failed_reason;
    let reason = if unmasked { record.failed_reason.clone() } else { masked };
    let lines = reason.as_deref().map_or(0, |reason| reason.lines().count());
    let margin = record.amount.zip(record.cost).map(|(amount, cost)| amount.minus(cost).to_string());
    let (previous, next) = &found.neighbours;
    let link = |action| record_link(&record.id, action, filter);
    ShowPage {
        row: row(record),
        list: list_link(filter),
        previous: previous.as_deref().map(|id| record_link(id, "", filter)),
        next: next.as_deref().map(|id| record_link(id, "", filter)),
        reason_is_long: lines > FOLD_LINES
            || reason.as_deref().is_some_and(|reason| reason.chars().count() > FOLD_CHARACTERS),
        is_masked: has_secrets && !unmasked,
        reason,
        use_date: record.use_date.map(|date| date.to_string()),
        use_time: record.use_time.map(time),
        failed_exact: record.failed_time.map(time),
        margin,
        handled_at: record.handled_at().map(time),
        handled_by: record.handled_by.clone().filter(|_| !record.is_open()),
        note: record.handled_note.as_deref().map(|note| secrets::mask(note).into_owned()),
        is_open: record.is_open(),
        retry: retry_view(state, (record, &found.attempts), found.usage.as_ref(), filter),
        reopen_obstacle: View { usage: found.usage.as_ref(), failures: &found.attempts }
            .reopening_obstacle(record)
            .map(|refusal| refusal.key),
        usage: record.llmusageid.clone().map(|id| usage_view(state, id, found.usage.as_ref())),
        cause: record.cause.as_deref().map(|key| CauseLink {
            title: cause_title(key, found.cause.as_ref(), language),
            link: cause_link(key),
            siblings: list_link(&Filter { cause: Some(key.to_owned()), ..Filter::default() }),
            first: found.seen.0.map(time),
            last: found.seen.1.map(time),
        }),
        attempts,
        timeline: found
            .events
            .iter()
            .map(|event| EventView::new(state, event, |action| format!("event-{action}"), language))
            .collect(),
        links: Links {
            this: link(""),
            handle: link("/handle"),
            reopen: link("/reopen"),
            retry: link("/retry"),
            withdraw: link("/withdraw"),
            settle: link("/settle"),
            edit: link("/edit"),
            delete: link("/delete"),
            show_secrets: link("/reason"),
        },
        seen: record.seen().encode(),
        resolutions: possible(
            View { usage: found.usage.as_ref(), failures: &found.attempts },
            record,
            form.values.get("resolution").map_or("", String::as_str),
        ),
        form,
        refusal: None,
        typed: Vec::new(),
    }
}

/// How the record can be closed now; where one way is left, it is chosen.
fn possible(view: View<'_>, record: &FailedRecord, selected: &str) -> Vec<Choice> {
    let is_possible = |resolution: Resolution| {
        resolution.is_by_hand() && view.closing_obstacle(record, resolution).is_none()
    };
    let mut choices = resolutions(is_possible, selected);
    if let ([choice], "") = (choices.as_mut_slice(), selected) {
        choice.selected = true;
    }
    choices
}

/// An answer for a form whose fields were refused.
pub(super) async fn refused(visit: &Visit, id: String, fields: Fields, errors: FieldErrors) -> Answer {
    details(visit, id, StatusCode::UNPROCESSABLE_ENTITY, Shown { fields, errors, ..Shown::default() }).await
}

/// An answer for a form that the present state of the record, or of another of its usage, does not allow.
pub(super) async fn in_the_way(visit: &Visit, id: String, fields: Fields, message: &Message) -> Answer {
    let refusal = Some(RefusalView::new(visit, &id, message)?);
    let shown = Shown { fields: fields.clone(), refusal, ..Shown::default() };
    match details(visit, id, StatusCode::CONFLICT, shown).await {
        Err(WebError(Error::NotFound)) => gone(visit, &fields),
        page => page,
    }
}
