//! The totals of a filter as they are kept: of a tab, within days of use, of one model, cause, organisation or resolution.
//!
//! What is kept cannot answer other filters, nor several of these at once: such are counted.

use super::condition::Search;
use super::filter::{Filter, Handled};
use crate::base::form::{NONE, id_of};
use crate::causes::cause::UNSORTED;
use crate::db::DbConnection;
use crate::error::Result;
use crate::kept_totals::asking::{self, Parts, Question};
use crate::kept_totals::{Kind, State};

/// Whether a filter asks for nothing but what kept totals are told apart by, in whatever order and groups.
fn is_of_kept(filter: &Filter) -> bool {
    let nothing = Filter::default();
    let rest = Filter {
        handled: nothing.handled,
        retrying: false,
        superseded: false,
        start_date: None,
        end_date: None,
        userorgid: None,
        llmid: None,
        cause: None,
        resolution: None,
        sort: nothing.sort,
        page_size: None,
        group: None,
        group_sort: None,
        ..filter.clone()
    };
    rest == nothing
}

/// The question whose answer holds every tab of this filter; none where no kept total answers it.
pub fn question(filter: &Filter, search: &Search) -> Option<Question> {
    // What waits in a tab that never holds it is a question for the rows.
    let is_crossed = filter.retrying && (filter.handled != Handled::Open || filter.is_of_superseded());
    if *search != Search::Nothing || is_crossed || !is_of_kept(filter) {
        return None;
    }
    let id = |id: &Option<String>| {
        id.as_deref().map(|id| if id == NONE { String::new() } else { id_of(id).to_owned() })
    };
    let cause = |cause: &String| if cause == UNSORTED { String::new() } else { cause.clone() };
    let keys = [
        (Kind::Model, id(&filter.llmid)),
        (Kind::Organisation, id(&filter.userorgid)),
        (Kind::Cause, filter.cause.as_ref().map(cause)),
        (Kind::Resolution, filter.resolution.map(|resolution| resolution.as_str().to_owned())),
    ];
    let mut keys = keys.into_iter().filter_map(|(kind, key)| Some((kind, key?)));
    let (kind, key) = keys.next().unwrap_or((Kind::All, String::new()));
    let days = (filter.start_date, filter.end_date);
    keys.next().is_none().then_some(Question { kind, key, days })
}

/// The kept total of every tab of this filter.
pub fn parts(connection: &mut DbConnection, filter: &Filter, search: &Search) -> Result<Option<Parts>> {
    match question(filter, search) {
        Some(question) => asking::total(connection, &question),
        None => Ok(None),
    }
}

/// The states that the tab of a filter shows.
pub fn states(filter: &Filter) -> &'static [State] {
    match filter.handled {
        _ if filter.is_of_superseded() => &[State::Superseded],
        Handled::Open if filter.retrying => &[State::Retrying],
        Handled::Open => &[State::Open, State::Retrying],
        Handled::Handled => &[State::Handled],
        Handled::All => &State::ALL,
    }
}
