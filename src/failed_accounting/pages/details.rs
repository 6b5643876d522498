//! What the page of one record shows.

use serde::Serialize;

use super::cause::cause_title;
use super::causes::cause_link;
use super::context::{Choice, FormView, RowView, list_link, possible, record_link};
use super::correcting::{self, CorrectView};
use super::found::Found;
use super::ledger::LedgerView;
use super::refusal::RefusalView;
use super::retries::{RetryView, retry_view};
use super::testing::TestView;
use super::usage::{UsageView, usage_view};
use crate::base::money::Money;
use crate::base::secrets;
use crate::causes::store::KnownCause;
use crate::failed_accounting::case::View;
use crate::failed_accounting::failure::FailedRecord;
use crate::failed_accounting::filter::Filter;
use crate::names::Names;
use crate::web::extract::Visit;
use crate::web::locale::Language;
use crate::web::state::AppState;
use crate::web::timeline::EventView;
use crate::web::typed::TypedView;
use crate::web::view::TimeView;

/// More lines or characters of a reason than these are folded.
const FOLD_LINES: usize = 12;
const FOLD_CHARACTERS: usize = 900;

#[derive(Serialize)]
pub(super) struct DetailsPage {
    row: RowView,
    list: String,
    previous: Option<String>,
    next: Option<String>,
    #[serde(flatten)]
    reason: ReasonView,
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
    /// What this person may correct of the usage; none where that is not possible.
    pub correct: Option<CorrectView>,
    /// Whether a retry would pass now; none where there can be none.
    pub test: Option<TestView>,
    /// What the ledger tells of its usage; none where there is nobody to ask.
    pub ledger: Option<LedgerView>,
    /// Whether a retry wants somebody to say that the customer was not charged.
    pub needs_tick: bool,
    /// Whether what was refused is a correction.
    pub corrects: bool,
    cause: Option<CauseLink>,
    attempts: Vec<RowView>,
    timeline: Vec<EventView>,
    links: Links,
    seen: String,
    form: FormView,
    /// Why a form was not carried out, and what was typed into it that no form of the page holds.
    pub refusal: Option<RefusalView>,
    pub typed: Vec<TypedView>,
    resolutions: Vec<Choice>,
}

/// The reason as it is shown.
#[derive(Serialize)]
struct ReasonView {
    reason: Option<String>,
    reason_is_long: bool,
    /// Whether something of it is masked here.
    is_masked: bool,
}

/// The cause of the record, its page and the list of its siblings.
#[derive(Serialize)]
struct CauseLink {
    title: String,
    link: String,
    siblings: String,
    first: Option<TimeView>,
    last: Option<TimeView>,
    /// Whether nobody knows after it whether the customer was charged.
    is_unknown: bool,
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

impl DetailsPage {
    fn can_be_handled(&self) -> bool {
        self.is_open && !self.retry.is_under_way() && !self.resolutions.is_empty()
    }

    /// Whether a form of the page has that field.
    pub(super) fn holds(&self, name: &str) -> bool {
        match name {
            name if correcting::is_input(name) => {
                self.correct.as_ref().is_some_and(|correct| correct.holds(name))
            }
            "note" => !self.is_open && self.reopen_obstacle.is_none(),
            "resolution" => self.can_be_handled() && self.resolutions.iter().any(|choice| choice.selected),
            _ => self.can_be_handled(),
        }
    }
}

/// What the page shows of a record that was found.
pub(super) fn build(
    visit: &Visit,
    filter: &Filter,
    found: &Found,
    names: &Names,
    form: FormView,
    unmasked: bool,
) -> DetailsPage {
    let (state, language, record) = (&visit.state, visit.language, &found.record);
    let time = |time| TimeView::new(&state.clock, time);
    let row = |record: &FailedRecord| RowView::new(record, names, state, filter);
    let neighbour = |id: &Option<String>| id.as_deref().map(|id| record_link(id, "", filter));
    let view = View { usage: found.usage.as_ref(), failures: &found.attempts };
    let event = |event| EventView::new(state, event, |action| format!("event-{action}"), language);
    DetailsPage {
        row: row(record),
        list: list_link(filter),
        previous: neighbour(&found.neighbours.0),
        next: neighbour(&found.neighbours.1),
        reason: ReasonView::new(record, unmasked),
        use_date: record.use_date.map(|date| date.to_string()),
        use_time: record.use_time.map(time),
        failed_exact: record.failed_time.map(time),
        margin: Money::margin(record.amount, record.cost).map(|money| money.to_string()),
        handled_at: record.handled_at().map(time),
        handled_by: record.handled_by.clone().filter(|_| !record.is_open()),
        note: record.handled_note.as_deref().map(|note| secrets::mask(note).into_owned()),
        is_open: record.is_open(),
        retry: retry_view(state, record, &found.attempts, found.usage.as_ref(), filter),
        reopen_obstacle: view.reopening_obstacle(record).map(|refusal| refusal.key),
        usage: record.llmusageid.clone().map(|id| usage_view(state, id, found.usage.as_ref())),
        correct: None,
        test: None,
        ledger: None,
        needs_tick: false,
        corrects: false,
        cause: record.cause.as_deref().map(|key| CauseLink::new(state, key, found, language)),
        attempts: found.attempts.iter().map(row).collect(),
        timeline: found.events.iter().map(event).collect(),
        links: Links::new(&record.id, filter),
        seen: record.seen().encode(),
        resolutions: possible(view, record, form.values.get("resolution").map_or("", String::as_str)),
        form,
        refusal: None,
        typed: Vec::new(),
    }
}

impl ReasonView {
    fn new(record: &FailedRecord, unmasked: bool) -> ReasonView {
        let masked = record.failed_reason.as_deref().map(|reason| secrets::mask(reason).into_owned());
        let has_secrets = masked != record.failed_reason;
        let reason = if unmasked { record.failed_reason.clone() } else { masked };
        let is_long =
            |reason: &str| reason.lines().count() > FOLD_LINES || reason.chars().count() > FOLD_CHARACTERS;
        ReasonView {
            reason_is_long: reason.as_deref().is_some_and(is_long),
            is_masked: has_secrets && !unmasked,
            reason,
        }
    }
}

impl CauseLink {
    fn new(state: &AppState, key: &str, found: &Found, language: Language) -> CauseLink {
        let time = |time| TimeView::new(&state.clock, time);
        CauseLink {
            title: cause_title(key, found.cause.as_ref(), language),
            link: cause_link(key),
            siblings: list_link(&Filter { cause: Some(key.to_owned()), ..Filter::default() }),
            first: found.seen.0.map(time),
            last: found.seen.1.map(time),
            is_unknown: found.cause.as_ref().is_some_and(KnownCause::is_outcome_unknown),
        }
    }
}

impl Links {
    fn new(id: &str, filter: &Filter) -> Links {
        let link = |action| record_link(id, action, filter);
        Links {
            this: link(""),
            handle: link("/handle"),
            reopen: link("/reopen"),
            retry: link("/retry"),
            withdraw: link("/withdraw"),
            settle: link("/settle"),
            edit: link("/edit"),
            delete: link("/delete"),
            show_secrets: link("/reason"),
        }
    }
}
