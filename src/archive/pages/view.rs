//! What the template shows of previews and runs.

use chrono::NaiveDate;
use serde::Serialize;

use super::LIST;
use crate::archive::left::Left;
use crate::archive::preview::Preview;
use crate::archive::run::{Run, State, Sums};
use crate::web::state::AppState;
use crate::web::view::TimeView;
use crate::web::{links, locale};

#[derive(Serialize)]
pub(super) struct SumsView {
    pub(super) number: i64,
    pub(super) count: String,
    pub(super) amount: String,
    pub(super) cost: String,
}

#[derive(Serialize)]
pub(super) struct PreviewView {
    pub(super) goes: SumsView,
    pub(super) known: i64,
    pub(super) oldest: Option<String>,
    pub(super) newest: Option<String>,
    pub(super) stays: Vec<LeftView>,
    pub(super) is_exact: bool,
    pub(super) exact: String,
}

#[derive(Serialize)]
pub(super) struct LeftView {
    pub(super) reason: String,
    pub(super) sums: SumsView,
    /// Each with the address of its page.
    pub(super) ids: Vec<(String, String)>,
    pub(super) more: i64,
}

#[derive(Serialize)]
pub(super) struct RunView {
    pub(super) id: String,
    pub(super) asked: TimeView,
    pub(super) by: String,
    pub(super) source: String,
    pub(super) cutoff: String,
    pub(super) state: String,
    pub(super) is_active: bool,
    pub(super) is_stopping: bool,
    pub(super) percent: i64,
    pub(super) expected: Option<String>,
    pub(super) taken: SumsView,
    pub(super) kept: SumsView,
    pub(super) is_proved: bool,
    pub(super) known: i64,
    pub(super) seconds: String,
    pub(super) message: Option<String>,
    pub(super) left: Vec<LeftView>,
    pub(super) stop: String,
    pub(super) history: String,
}

pub(super) fn sums_view(sums: Sums) -> SumsView {
    SumsView {
        number: sums.rows,
        count: locale::count(sums.rows),
        amount: sums.amount.to_string(),
        cost: sums.cost.to_string(),
    }
}

pub(super) fn preview_view(preview: &Preview, cutoff: NaiveDate) -> PreviewView {
    let query = [("cutoff_date", cutoff.to_string()), ("exact", "1".to_owned())];
    PreviewView {
        goes: sums_view(preview.goes),
        known: preview.known,
        oldest: preview.oldest.clone(),
        newest: preview.newest.clone(),
        stays: preview.stays.iter().map(left_view).collect(),
        is_exact: preview.is_exact,
        exact: links::with_query(LIST, &links::query(&query)),
    }
}

pub(super) fn left_view(left: &Left) -> LeftView {
    let link = |id: &String| (id.clone(), format!("/usages/{}", links::segment(id)));
    LeftView {
        reason: left.reason.as_str().replace('_', "-"),
        sums: sums_view(left.sums),
        ids: left.ids.iter().map(link).collect(),
        more: left.sums.rows - left.ids.len() as i64,
    }
}

pub(super) fn run_view(state: &AppState, run: &Run, left: &[Left]) -> RunView {
    let expected = run.expected_rows.unwrap_or_default();
    let looked_at = run.taken_rows + left.iter().map(|left| left.sums.rows).sum::<i64>();
    RunView {
        id: run.id.clone(),
        asked: TimeView::new(&state.clock, run.asked_at),
        by: run.asked_by.clone(),
        source: run.source.clone(),
        cutoff: run.cutoff.to_string(),
        state: run.state.clone(),
        is_active: run.is_active(),
        is_stopping: run.is(State::Stopping),
        percent: if expected > 0 { (looked_at * 100 / expected).clamp(0, 100) } else { 0 },
        expected: run.expected_rows.map(locale::count),
        taken: sums_view(run.taken()),
        kept: sums_view(run.kept()),
        is_proved: run.taken() == run.kept(),
        known: run.known_rows,
        seconds: format!("{}.{}", run.worked_milliseconds / 1000, run.worked_milliseconds % 1000 / 100),
        message: run.message.clone(),
        left: left.iter().map(left_view).collect(),
        stop: format!("{LIST}/{}/stop", links::segment(&run.id)),
        history: links::with_query(
            "/history",
            &links::query(&[("backup_time", run.backup_time.format("%Y-%m-%d %H:%M:%S").to_string())]),
        ),
    }
}
