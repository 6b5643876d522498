//! `GET /failed-accounting/causes/{cause}`: one cause with its numbers, where it strikes, its failures, what may be done
//! with all of them, and what people noted.
//!
//! More than 250 lines: all that one page shows is gathered here.

use actix_web::http::StatusCode;
use chrono::{NaiveDate, NaiveDateTime};
use serde::Serialize;

use super::fixed::FixedView;
use super::noting::as_fields;
use super::pieces::{Piece, pieces};
use super::view::{CAUSES, Spark, age_text, cause_link, family_key};
use crate::audit::event::CAUSE;
use crate::audit::store::{self as audit, Event};
use crate::base::form::{NONE, key_of};
use crate::base::merge::{SAW, Snapshot};
use crate::base::paging::Position;
use crate::causes::cause::{NO_REASON, UNSORTED};
use crate::causes::store::{self as causes, KnownCause};
use crate::db::DbConnection;
use crate::error::{Error, Result};
use crate::failed_accounting::causes::fixed::{self, Fixed};
use crate::failed_accounting::causes::groups::{self, By, Group};
use crate::failed_accounting::causes::history;
use crate::failed_accounting::causes::note::{self, Standing, state_of};
use crate::failed_accounting::condition::Search;
use crate::failed_accounting::failure::FailedRecord;
use crate::failed_accounting::filter::Filter;
use crate::failed_accounting::forecast;
use crate::failed_accounting::list;
use crate::failed_accounting::list::totals::{self, COUNTED_ROWS, Known};
use crate::failed_accounting::pages::cause::cause_title;
use crate::failed_accounting::pages::context::{Choice, FormView, RowView, sums};
use crate::failed_accounting::pages::testing::ManyView;
use crate::web::error::Answer;
use crate::web::extract::{Id, Visit};
use crate::web::form::FormState;
use crate::web::list::Sums;
use crate::web::locale::{self, Language};
use crate::web::merge::MergeView;
use crate::web::state::AppState;
use crate::web::timeline::EventView;
use crate::web::view::{self, Named, TimeView};

/// Failures and places that are shown; the rest is in the list.
const SHOWN: usize = 10;

/// The fields of the form.
const FIELDS: [&str; 5] = ["owner", "note", "standing", "revision", SAW];

struct Found {
    cause: Option<KnownCause>,
    open: Known,
    all: Known,
    newest_open: Option<NaiveDateTime>,
    seen: (Option<NaiveDateTime>, Option<NaiveDateTime>),
    days: Option<Vec<(NaiveDate, i64)>>,
    models: Vec<Group>,
    organisations: Vec<Group>,
    rows: Vec<FailedRecord>,
    events: Vec<Event>,
    fixed: Option<Fixed>,
}

#[derive(Serialize)]
struct ShowPage {
    key: String,
    title: String,
    template: Option<String>,
    family: String,
    /// Whether nobody knows after it whether the customer was charged.
    is_unknown: bool,
    state: &'static str,
    this: String,
    back: &'static str,
    open: Sums,
    all: Sums,
    oldest: Option<String>,
    first: Option<TimeView>,
    last: Option<TimeView>,
    spark: Option<Spark>,
    models: Vec<Place>,
    organisations: Vec<Place>,
    rows: Vec<RowView>,
    /// Whether there is a note to keep: not for failures that still wait for their cause.
    is_kept: bool,
    owner: Option<String>,
    note: Vec<Piece>,
    standing: &'static str,
    standing_since: Option<TimeView>,
    standing_by: Option<String>,
    form: FormView,
    /// What is to be asked where somebody else changed the note meanwhile.
    merge: Option<MergeView>,
    standings: Vec<Choice>,
    /// Whether this server runs batches.
    has_batches: bool,
    timeline: Vec<EventView>,
    /// What retries would come to, where somebody has just asked.
    tested: Option<ManyView>,
    /// What of it would pass now, where that is known.
    fixed: Option<FixedView>,
}

/// A model or an organisation that a cause strikes.
#[derive(Serialize)]
struct Place {
    of: Option<Named>,
    numbers: Sums,
}

/// The page.
pub async fn show(visit: Visit, Id(key): Id) -> Answer {
    shown(&visit, key, FormState::default()).await
}

/// `POST /failed-accounting/causes/{cause}/test`: the page with what retries of its open failures would come to; nothing is
/// written.
pub async fn test(visit: Visit, Id(key): Id) -> Answer {
    let state = &visit.state;
    let (sources, today) = (state.test_sources.clone(), state.clock.today());
    let tested = match forecast::cause(&state.database, key.clone(), sources, today).await {
        Ok(tested) => Ok(tested),
        Err(Error::Conflict(message)) => Err(locale::words(visit.language, &message)),
        Err(error) => return Err(error.into()),
    };
    let status = if tested.is_ok() { StatusCode::OK } else { StatusCode::CONFLICT };
    let form = FormState { status, ..FormState::default() };
    with_test(&visit, key, form, Some(ManyView::new(tested, visit.language))).await
}

pub(super) async fn shown(visit: &Visit, key: String, form: FormState) -> Answer {
    with_test(visit, key, form, None).await
}

async fn with_test(visit: &Visit, key: String, form: FormState, tested: Option<ManyView>) -> Answer {
    let state = &visit.state;
    let language = visit.language;
    let today = state.clock.today();
    let asked = key.clone();
    let found = state.database.run(move |connection| find(connection, &asked, today)).await?;
    let names = visit.names().await;
    let filter = open_filter(&key);
    let rows = found.rows.iter().map(|record| RowView::new(record, &names, state, &filter)).collect();
    let named = |groups: &[Group], by: By| -> Vec<Place> {
        let place = |group: &Group| {
            let id = group.key.clone();
            let wanted = if id.is_empty() { NONE.to_owned() } else { key_of(&id).into_owned() };
            let (known, filter) = match by {
                By::Organisation => {
                    (&names.organisations, Filter { userorgid: Some(wanted), ..filter.clone() })
                }
                _ => (&names.models, Filter { llmid: Some(wanted), ..filter.clone() }),
            };
            let numbers = sums(&filter, &Known::Exactly(group.totals));
            Place { of: (!id.is_empty()).then(|| Named { name: known.get(&id).cloned(), id }), numbers }
        };
        groups.iter().map(place).collect()
    };
    let places = Places {
        models: named(&found.models, By::Model),
        organisations: named(&found.organisations, By::Organisation),
    };
    let nothing_is_open = matches!(found.open, Known::Exactly(totals) if totals.count == 0);
    let fixed = found.fixed.as_ref().filter(|_| !nothing_is_open);
    let fixed = fixed.map(|fixed| FixedView::new(fixed, &names, state));
    let page = Builder { key: &key, state, language }.page(&found, rows, places, &form);
    let context = ShowPage { merge: form.merge, tested, fixed, ..page };
    visit.render(form.status, "failed_accounting/cause.html", &context)
}

fn open_filter(key: &str) -> Filter {
    Filter { cause: Some(key.to_owned()), ..Filter::default() }
}

fn find(connection: &mut DbConnection, key: &str, today: NaiveDate) -> Result<Found> {
    let cause = causes::lookup(connection, key)?;
    if cause.is_none() && ![NO_REASON, UNSORTED].contains(&key) {
        return Err(Error::NotFound);
    }
    let filter = open_filter(key);
    let nothing = Search::Nothing;
    let open = totals::known(connection, &filter, &nothing)?;
    let are_few = matches!(open, Known::Exactly(totals) if totals.count <= COUNTED_ROWS);
    let of_group = |connection: &mut DbConnection, by: By| -> Result<Vec<Group>> {
        if are_few { groups::grouped(connection, &filter, &nothing, by) } else { Ok(Vec::new()) }
    };
    let mut models = of_group(connection, By::Model)?;
    let mut organisations = of_group(connection, By::Organisation)?;
    models.truncate(SHOWN);
    organisations.truncate(SHOWN);
    let rows = list::rows(connection, &filter, &nothing, &Position::Start, SHOWN)?;
    Ok(Found {
        cause,
        open,
        all: totals::known(connection, &history::filter_of(key), &Search::Nothing)?,
        newest_open: history::times(connection, &filter)?.1,
        seen: history::seen(connection, key)?,
        days: history::by_day(connection, key, today)?,
        models,
        organisations,
        rows: rows.rows.into_iter().map(|row| row.record).collect(),
        events: audit::timeline(connection, CAUSE, key)?,
        fixed: fixed::of_keys(connection, &[key.to_owned()])?.remove(key),
    })
}

/// Where the open failures of a cause are.
struct Places {
    models: Vec<Place>,
    organisations: Vec<Place>,
}

struct Builder<'a> {
    key: &'a str,
    state: &'a AppState,
    language: Language,
}

impl Builder<'_> {
    fn page(
        &self,
        found: &Found,
        rows: Vec<RowView>,
        Places { models, organisations }: Places,
        form: &FormState,
    ) -> ShowPage {
        let Builder { key, state, language } = *self;
        let cause = found.cause.as_ref();
        let time = |time| TimeView::new(&state.clock, time);
        let standing = cause.map_or(Standing::New, Standing::of);
        let since = cause.and_then(|cause| cause.closed_at.or(cause.known_at));
        let by = cause.and_then(|cause| cause.closed_by.clone().or_else(|| cause.known_by.clone()));
        let form = self.form(cause, form);
        let chosen = form.values.get("standing").cloned().unwrap_or_default();
        let oldest = found.open.oldest();
        ShowPage {
            key: key.to_owned(),
            title: cause_title(key, cause, language),
            template: cause.map(|cause| cause.template.clone()).filter(|template| !template.is_empty()),
            family: family_key(key, cause),
            is_unknown: cause.is_some_and(KnownCause::is_outcome_unknown),
            state: state_of(cause, found.newest_open),
            this: cause_link(key),
            back: CAUSES,
            open: sums(&open_filter(key), &found.open),
            all: sums(&history::filter_of(key), &found.all),
            oldest: oldest.map(|oldest| age_text(language, &view::age(state.clock.now(), oldest))),
            first: found.seen.0.map(time),
            last: found.seen.1.map(time),
            spark: found.days.as_deref().map(Spark::new),
            models,
            organisations,
            rows,
            is_kept: cause.is_some(),
            owner: cause.and_then(|cause| cause.owner.clone()),
            note: cause.and_then(note::shown).as_deref().map(pieces).unwrap_or_default(),
            standing: standing.as_str(),
            standing_since: since.map(time),
            standing_by: by,
            standings: Standing::ALL
                .map(|one| Choice {
                    value: one.as_str(),
                    text: format!("standing-{}", one.as_str()),
                    selected: chosen == one.as_str(),
                })
                .into(),
            form,
            merge: None,
            tested: None,
            fixed: None,
            has_batches: state.has_batches(),
            timeline: found
                .events
                .iter()
                .map(|event| EventView::new(state, event, |action| format!("event-{action}"), language))
                .collect(),
        }
    }

    /// The form as typed, or as the cause is.
    fn form(&self, cause: Option<&KnownCause>, state: &FormState) -> FormView {
        let mut form = state.view(&FIELDS, self.language);
        let revision = cause.map_or(0, |cause| cause.revision).to_string();
        let present = as_fields(cause);
        if state.fields.pairs().is_empty() {
            form.values.extend(present.pairs().iter().cloned());
        }
        if form.values.get(SAW).is_none_or(String::is_empty) {
            form.values.insert(SAW.to_owned(), Snapshot::of(&present).encode());
        }
        // A form that was refused has not seen what changed meanwhile.
        if state.fields.raw("revision").is_none() {
            form.values.insert("revision".to_owned(), revision);
        }
        form
    }
}
