//! What the templates of several pages show of a record, a filter or a choice.

use std::collections::HashMap;

use serde::Serialize;

use crate::base::secrets;
use crate::failed_accounting::case::View;
use crate::failed_accounting::failure::{FailedRecord, Resolution};
use crate::failed_accounting::filter::{Filter, Handled};
use crate::failed_accounting::list::totals::Known;
use crate::names::Names;
pub(super) use crate::web::form::{Choice, FormView};
use crate::web::links;
use crate::web::list::{Address, Sums};
use crate::web::state::AppState;
use crate::web::view::{Named, TimeView, clip};

/// The path of the list.
pub(super) const LIST: &str = "/failed-accounting";

/// The most characters of a reason in a row and its title; the details page shows all.
const ROW_REASON: usize = 300;

/// A row of the list or of the attempts.
#[derive(Debug, Serialize)]
pub(super) struct RowView {
    pub id: String,
    pub link: String,
    pub failed: Option<TimeView>,
    pub organisation: Option<Named>,
    pub user: Option<Named>,
    pub model: Option<Named>,
    pub amount: Option<String>,
    pub cost: Option<String>,
    pub reason: Option<String>,
    pub retries: i32,
    /// See [`FailedRecord::state`].
    pub state: &'static str,
    /// How it was closed, as stored, by whom and when.
    pub resolution: Option<String>,
    pub by: Option<String>,
    pub at: Option<TimeView>,
    pub note: Option<String>,
    /// How many failures its usage has, and the link that lists them; none where it is the only one.
    pub failures: Option<(i64, String)>,
}

impl RowView {
    pub fn new(record: &FailedRecord, names: &Names, state: &AppState, filter: &Filter) -> RowView {
        let named = |id: &Option<String>, known: &std::collections::HashMap<String, String>| {
            id.clone().map(|id| Named { name: known.get(&id).cloned(), id })
        };
        RowView {
            link: record_link(&record.id, "", filter),
            failed: record.failed_time.map(|time| TimeView::new(&state.clock, time)),
            organisation: named(&record.userorgid, &names.organisations),
            user: named(&record.userid, &names.users),
            model: named(&record.llmid, &names.models),
            amount: record.amount.map(|money| money.to_string()),
            cost: record.cost.map(|money| money.to_string()),
            reason: record.failed_reason.as_deref().map(row_reason),
            retries: record.retry_count.unwrap_or(0),
            state: record.state(state.stuck_since()),
            resolution: record.closed_as().map(|resolution| resolution.as_str().to_owned()),
            by: record.handled_by.clone().filter(|_| !record.is_open()),
            at: record.handled_at().map(|at| TimeView::new(&state.clock, at)),
            note: record.handled_note.as_deref().filter(|_| !record.is_open()).map(row_reason),
            failures: None,
            id: record.id.clone(),
        }
    }

    /// The same with how many failures its usage has.
    pub fn counted(self, usage_id: Option<&str>, counts: &HashMap<String, i64>) -> RowView {
        let count = usage_id.and_then(|id| counts.get(id).map(|count| (id, *count)));
        let link = |id: &str| {
            let usage =
                Filter { llmusageid: Some(id.to_owned()), handled: Handled::All, ..Filter::default() };
            list_link(&usage)
        };
        let failures = count.filter(|(_, count)| *count > 1).map(|(id, count)| (count, link(id)));
        RowView { failures, ..self }
    }
}

/// The beginning of a reason, its secrets masked. Longer ones are cut first, far behind what is shown.
fn row_reason(reason: &str) -> String {
    let beginning: String = reason.chars().take(10 * ROW_REASON).collect();
    clip(&secrets::mask(&beginning), ROW_REASON)
}

/// The address of a record or of one of its actions, within a filter.
pub(super) fn record_link(id: &str, action: &str, filter: &Filter) -> String {
    let path = format!("{LIST}/{}{action}", links::segment(id));
    links::with_query(&path, &links::query(&filter.to_pairs()))
}

/// The address of the list with a filter.
pub(super) fn address(filter: &Filter) -> Address {
    Address::new(LIST, filter.to_pairs())
}

/// The link to the list with a filter.
pub(super) fn list_link(filter: &Filter) -> String {
    address(filter).link()
}

/// Count and sums of a filter, with the way to its list.
pub(super) fn sums(filter: &Filter, known: &Known) -> Sums {
    Sums::new(&address(filter), known)
}

/// The resolutions: those that people may choose, all, or those and the present one.
pub(super) fn resolutions(offered: impl Fn(Resolution) -> bool, selected: &str) -> Vec<Choice> {
    let choice = |resolution: Resolution| Choice {
        value: resolution.as_str(),
        text: format!("resolution-{}", resolution.as_str().replace('_', "-")),
        selected: resolution.as_str() == selected,
    };
    Resolution::ALL.into_iter().filter(|resolution| offered(*resolution)).map(choice).collect()
}

/// How the record can be closed now; where one way is left, it is chosen.
pub(super) fn possible(view: View<'_>, record: &FailedRecord, selected: &str) -> Vec<Choice> {
    let is_possible = |resolution: Resolution| {
        resolution.is_by_hand() && view.closing_obstacle(record, resolution).is_none()
    };
    let mut choices = resolutions(is_possible, selected);
    if let ([choice], "") = (choices.as_mut_slice(), selected) {
        choice.selected = true;
    }
    choices
}

/// The fields of the forms on the page of a record.
pub(super) const SHOWN_FIELDS: [&str; 9] = [
    "resolution",
    "handled_note",
    "note",
    "set_llmid",
    "set_userid",
    "set_userorgid",
    "set_usages",
    "usages_from",
    "unknown_outcome",
];
