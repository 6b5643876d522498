//! `GET /batches/{id}`: what a batch will do, or what it did and what not, and why.
//!
//! More than 250 lines: all that one page shows is gathered here.

use serde::Serialize;

use super::changes::may_touch;
use super::context::{Card, Links, batch_link, filter_of, in_words, records_link, resolutions, rows_of};
use super::correcting::CorrectionView;
use super::outcomes::{self, Outcomes};
use super::report::Report;
use super::split::{CauseView, PartView, SkippedView, TestedView};
use crate::base::form::{FieldErrors, Fields, Message};
use crate::base::secrets;
use crate::batches::batch::{Batch, State};
use crate::batches::form::CANARY;
use crate::batches::report::{self, Refused};
use crate::batches::rules::UNDO_WAITS;
use crate::batches::seen::Seen;
use crate::batches::{form, store};
use crate::causes::titles::Titles;
use crate::error::Result;
use crate::failed_accounting::correction::form::INPUTS;
use crate::failed_accounting::correction::form::{as_fields, is_told};
use crate::names::Names;
use crate::web::error::Answer;
use crate::web::extract::{Id, Visit};
use crate::web::form::{Choice, FormState, FormView};
use crate::web::locale::{self, Language};
use crate::web::state::AppState;
use crate::web::view::{Named, TimeView};

/// Rows that were not done, on one page.
pub(super) const REFUSED: usize = 50;

/// The fields of a run; those of a correction come to them.
const FIELDS: [&str; 7] =
    ["resolution", "note", "confirm_count", "with_failing", "with_unknown", "canary_size", "canary_percent"];

#[derive(Serialize)]
struct ShowPage {
    id: String,
    action: &'static str,
    state: &'static str,
    made: By,
    run: Option<By>,
    ended: Option<By>,
    undo_by: Option<String>,
    /// The filter in words, and the list of what matches it now; none where rows were ticked.
    filter: Option<(Vec<String>, String)>,
    rest_of: Option<String>,
    all: Card,
    wanted: Card,
    /// What a press is meant for that corrects and retries.
    retried: Card,
    /// The same with what is ticked to be retried, too.
    retried_with: With,
    skipped_sum: Card,
    rows: String,
    skipped: Vec<SkippedView>,
    /// What tests said of the rows that can be retried.
    tested: Option<TestedView>,
    /// What can be closed in some ways only.
    restricted: Vec<SkippedView>,
    causes: Vec<CauseView>,
    other_causes: Option<Card>,
    organisations: Vec<PartView>,
    others: Option<Card>,
    form: FormView,
    resolutions: Vec<Choice>,
    needs_count: bool,
    resolution: Option<String>,
    note: Option<String>,
    may: May,
    report: Option<Report>,
    outcomes: Option<Outcomes>,
    canary: Option<CanaryView>,
    /// What is to be corrected; none for the other actions.
    correction: Option<CorrectionView>,
    links: Links,
    /// What the form says that its reader saw.
    seen: String,
}

#[derive(Serialize)]
struct By {
    name: String,
    at: Option<TimeView>,
}

/// What a press is meant for where something is ticked.
#[derive(Serialize)]
struct With {
    failing: Card,
    unknown: Card,
    both: Card,
}

impl With {
    fn of(batch: &Batch) -> With {
        let wanted = |failing, unknown| batch.including(failing, unknown).wanted().into();
        With { failing: wanted(true, false), unknown: wanted(false, true), both: wanted(true, true) }
    }
}

/// What this person may do with it now.
#[derive(Serialize)]
struct May {
    run: bool,
    /// Whether this person may say now what is to be corrected.
    correct: bool,
    /// Why it cannot be run, where somebody might expect it.
    run_obstacle: Option<String>,
    abort: bool,
    undo: bool,
    /// Whether it can be undone once its retries have ended.
    undo_later: bool,
    rest: bool,
}

#[derive(Serialize)]
struct CanaryView {
    size: i64,
    percent: i64,
    accounted: i64,
    failed: i64,
    has_passed: bool,
}

/// The page of a batch.
pub async fn show(visit: Visit, Id(id): Id) -> Answer {
    with_form(&visit, id, &FormState::default()).await
}

/// After which row the ones that were not done are shown; none for what is no number of a row.
fn place(fields: &Fields) -> Option<u32> {
    fields.text("after").map_or(Some(0), |text| text.parse().ok())
}

/// What is wrong with the address of the page.
pub fn misplaced(fields: &Fields) -> FieldErrors {
    let after = place(fields).is_none().then(|| ("after".to_owned(), Message::new("error-cursor")));
    let tried = fields.text(CANARY).filter(|size| size.parse::<u32>().is_err());
    let between = || Message::new("error-batch-between").with("least", 1).with("most", 1_000);
    after.into_iter().chain(tried.map(|_| (CANARY.to_owned(), between()))).collect()
}

/// The page of a batch with a form as it was typed, and what is wrong with it.
pub(super) async fn with_form(visit: &Visit, id: String, form: &FormState) -> Answer {
    let state = &visit.state;
    let after = place(&visit.query()?).unwrap_or(0).into();
    let (batch, causes, settled, refused, kept) = state
        .database
        .run(move |connection| {
            let batch = store::find(connection, &id)?;
            let refused = report::refused(connection, &batch, "run", after, REFUSED as i64 + 1)?;
            let kept = report::refused(connection, &batch, "undo", 0, REFUSED as i64)?;
            let split = batch.summary.causes.iter().filter_map(|part| part.key.clone());
            let settled = outcomes::Found::read(connection, &batch)?;
            let of_new = settled.iter().flat_map(outcomes::Found::causes);
            let keys = split
                .chain(filter_of(&batch).and_then(|filter| filter.titled_cause().map(str::to_owned)))
                .chain(of_new)
                .collect();
            let causes = Titles::read(connection, keys)?;
            Ok((batch, causes, settled, refused, kept))
        })
        .await?;
    let names = visit.names().await;
    let language = visit.language;
    let mut view = form.view(&[&FIELDS[..], &INPUTS].concat(), language);
    if let Some(correction) = batch.planned.as_ref().and_then(|planned| planned.correction.as_ref()) {
        // It can be amended as it was told.
        let told = as_fields(correction);
        if !is_told(&form.fields) {
            view.values.extend(told.pairs().iter().cloned());
        }
    }
    if let (Some(size), true) = (visit.query()?.text(CANARY), form.fields.pairs().is_empty()) {
        view.values.insert(CANARY.to_owned(), size.to_owned());
    }
    let builder = Builder { batch: &batch, names: &names, causes: &causes, state, language };
    let context = builder.page(visit, view, Rows { settled, refused, kept })?;
    visit.render(form.status, "batches/show.html", &context)
}

/// What became of the rows of a batch.
struct Rows {
    settled: Option<outcomes::Found>,
    /// The rows that could not be done.
    refused: Vec<Refused>,
    /// The rows that could not be undone.
    kept: Vec<Refused>,
}

pub(super) struct Builder<'a> {
    pub batch: &'a Batch,
    pub names: &'a Names,
    pub causes: &'a Titles,
    pub state: &'a AppState,
    pub language: Language,
}

impl Builder<'_> {
    fn page(&self, visit: &Visit, form: FormView, Rows { settled, refused, kept }: Rows) -> Result<ShowPage> {
        let Builder { batch, names, causes, language, .. } = *self;
        let stored = &batch.stored;
        let summary = &batch.summary;
        let skipped = summary.skipped() + batch.left_out();
        let retrying = batch.then_retry(true);
        let by = |name: &str, at: Option<chrono::NaiveDateTime>| By {
            name: name.to_owned(),
            at: at.map(|at| TimeView::new(&self.state.clock, at)),
        };
        let others = summary.other_organisations;
        let filter = filter_of(batch);
        Ok(ShowPage {
            id: batch.id().to_owned(),
            action: batch.action.as_str(),
            state: batch.state.as_str(),
            made: by(&stored.created_by, Some(stored.created_at)),
            run: stored.run_by.as_deref().map(|name| by(name, stored.run_at)),
            ended: stored.ended_at.map(|at| by(stored.ended_by.as_deref().unwrap_or_default(), Some(at))),
            undo_by: stored.undo_by.clone(),
            filter: filter.map(|filter| (in_words(&filter, names, causes, language), records_link(&filter))),
            rest_of: stored.rest_of.as_deref().map(|id| batch_link(id, "")),
            all: summary.all.into(),
            wanted: batch.wanted().into(),
            retried: retrying.wanted().into(),
            retried_with: With::of(&retrying),
            skipped_sum: skipped.into(),
            rows: records_link(&rows_of(batch)),
            skipped: summary.skipped.iter().map(|part| self.skipped(part)).collect(),
            tested: summary.tested.as_ref().map(|tested| self.tested(tested)),
            restricted: summary.restricted.iter().map(|part| self.restricted(part)).collect(),
            causes: summary.causes.iter().map(|part| self.cause(part)).collect(),
            other_causes: (summary.other_causes.count > 0).then(|| summary.other_causes.into()),
            organisations: summary.organisations.iter().map(|part| self.part(part)).collect(),
            others: (others.count > 0).then(|| others.into()),
            resolutions: resolutions(form.values.get("resolution").map_or("", String::as_str)),
            form,
            needs_count: form::needs_confirmation(batch, self.state.batch_confirm),
            resolution: stored.resolution.clone(),
            note: stored.note.as_deref().map(|note| secrets::mask(note).into_owned()),
            may: self.may(visit),
            correction: batch.planned.as_ref().map(|planned| self.correction(visit, planned)),
            outcomes: settled.map(|found| self.outcomes(&found)),
            report: (batch.state != State::Preview).then(|| self.report(refused, kept)),
            canary: batch.canary.map(|canary| CanaryView {
                size: canary.size,
                percent: canary.percent,
                accounted: canary.accounted,
                failed: canary.failed,
                has_passed: canary.has_passed,
            }),
            links: Links::new(batch.id()),
            seen: Seen::of(batch).encode(),
        })
    }

    fn may(&self, visit: &Visit) -> May {
        let batch = self.batch;
        let visitor = visit.visitor();
        let name = visitor.as_ref().map_or("", |visitor| visitor.name.as_str());
        let is_allowed =
            visitor.as_ref().is_some_and(|visitor| visitor.operates()) && may_touch(visit, batch);
        let obstacle =
            batch.run_obstacle(name, self.state.clock.now()).filter(|_| batch.state == State::Preview);
        let correcting = batch.correcting_obstacle(name, self.state.clock.now());
        May {
            correct: is_allowed && batch.state == State::Preview && correcting.is_none(),
            run: is_allowed && batch.state == State::Preview && obstacle.is_none(),
            run_obstacle: obstacle.map(|message| self.unsent(&message)),
            abort: is_allowed && batch.abort_obstacle().is_none(),
            undo: is_allowed && batch.undo_obstacle().is_none(),
            undo_later: is_allowed && batch.undo_obstacle().is_some_and(|why| why.key == UNDO_WAITS),
            rest: is_allowed && batch.rest_obstacle().is_none(),
        }
    }

    /// A refusal that is told before anything was sent, so that nothing needs to be said of what was changed.
    fn unsent(&self, message: &Message) -> String {
        let words = locale::words(self.language, message);
        let changed = locale::text(self.language, "nothing-changed");
        words.strip_suffix(&*changed).map_or(&*words, str::trim_end).to_owned()
    }

    pub(super) fn organisation(&self, id: Option<&String>) -> Option<Named> {
        id.map(|id| Named { id: id.clone(), name: self.names.organisations.get(id).cloned() })
    }
}
