//! `GET /search`: what was found, by kind, with its money.

use serde::Serialize;

use super::store::{self, Found, MOST};
use crate::base::form::{Fields, key_of};
use crate::db::DbConnection;
use crate::error::Result;
use crate::failed_accounting::condition;
use crate::failed_accounting::failure::FailedRecord;
use crate::failed_accounting::filter::{Filter, Handled};
use crate::failed_accounting::list::totals::{self, Known};
use crate::failed_accounting::search::Search;
use crate::names::{Names, search};
use crate::usages::filter::Shelf;
use crate::usages::usage::{Usage, Whereabouts};
use crate::web::error::Answer;
use crate::web::extract::{Query, Visit};
use crate::web::links;
use crate::web::list::{Address, Sums};
use crate::web::state::AppState;
use crate::web::view::{Named, TimeView};

/// The most names of one kind whose money is counted.
const NAMED: usize = 5;

/// The longest text that is looked for; ids are shorter.
const LONGEST: usize = 200;

const FAILURES: &str = "/failed-accounting";

#[derive(Serialize)]
struct SearchPage {
    q: String,
    failures: Vec<RecordView>,
    usages: Vec<RecordView>,
    /// Models, users and organisations with their open failures; how many more are called so.
    names: Vec<NameView>,
    more_names: usize,
    /// Failures, in any state, whose reason or ids say so.
    words: Option<Sums>,
    is_whole: bool,
    is_short: bool,
    is_nothing: bool,
    most: usize,
    shortest: usize,
}

#[derive(Serialize)]
struct RecordView {
    id: String,
    link: String,
    at: Option<TimeView>,
    organisation: Option<Named>,
    model: Option<Named>,
    amount: Option<String>,
    cost: Option<String>,
    /// Of a failure; of a usage its accounting, and the key of the word for where it is.
    state: Option<&'static str>,
    accounting: Option<String>,
    place: Option<&'static str>,
}

#[derive(Serialize)]
struct NameView {
    /// `organisation`, `model` or `user`.
    kind: &'static str,
    of: Named,
    open: Sums,
}

/// What the database says.
struct Answered {
    found: Found,
    names: Vec<(&'static str, Named, Filter, Known)>,
    words: Option<(Filter, Known)>,
}

/// `GET /search`.
pub async fn index(visit: Visit, Query(fields): Query) -> Answer {
    let q: String = fields.text("q").unwrap_or_default().chars().take(LONGEST).collect();
    let names = visit.names().await;
    let (called, more_names) = called(&q, &names);
    let sought = q.clone();
    let answered = visit.state.database.run(move |connection| answer(connection, &sought, called)).await?;
    let Answered { found, names: named, words } = answered;
    let page = SearchPage {
        failures: found.failures.iter().map(|record| failure(record, &names, &visit.state)).collect(),
        usages: found
            .usages
            .iter()
            .map(|(usage, place)| usage_view(usage, *place, &names, &visit.state))
            .collect(),
        is_nothing: found.failures.is_empty()
            && found.usages.is_empty()
            && named.is_empty()
            && words.as_ref().is_none_or(|(_, known)| known.is_nothing()),
        names: named
            .into_iter()
            .map(|(kind, of, filter, known)| NameView {
                kind,
                of,
                open: Sums::new(&address(&filter), &known),
            })
            .collect(),
        words: words
            .filter(|(_, known)| !known.is_nothing())
            .map(|(filter, known)| Sums::new(&address(&filter), &known)),
        more_names,
        is_whole: found.is_whole,
        is_short: q.chars().count() < store::SHORTEST_PART,
        most: MOST,
        shortest: store::SHORTEST_PART,
        q,
    };
    visit.ok("search/index.html", &page)
}

/// Names that hold the text, with the filter of their open failures, and how many of them are left out.
fn called(q: &str, names: &Names) -> (Vec<(&'static str, Named, Filter)>, usize) {
    let mut left_out = 0;
    let mut of = |kind: &'static str, filter: fn(String) -> Filter, known| {
        let ids = search::ids_called(known, q);
        left_out += ids.len().saturating_sub(NAMED);
        let found = |(id, name): (String, String)| {
            let filter = filter(key_of(&id).into_owned());
            (kind, Named { id, name: Some(name) }, filter)
        };
        ids.into_iter().take(NAMED).map(found).collect::<Vec<_>>()
    };
    let shown = [
        of("organisation", |id| Filter { userorgid: Some(id), ..Filter::default() }, &names.organisations),
        of("model", |id| Filter { llmid: Some(id), ..Filter::default() }, &names.models),
        of("user", |id| Filter { userid: Some(id), ..Filter::default() }, &names.users),
    ]
    .concat();
    (shown, left_out)
}

fn answer(
    connection: &mut DbConnection,
    q: &str,
    called: Vec<(&'static str, Named, Filter)>,
) -> Result<Answered> {
    if q.is_empty() {
        return Ok(Answered { found: Found::default(), names: Vec::new(), words: None });
    }
    let found = store::by_id(connection, q)?;
    let mut names = Vec::new();
    for (kind, of, filter) in called {
        let known = totals::known(connection, &filter, &Search::Nothing)?;
        names.push((kind, of, filter, known));
    }
    let pair = ("q".to_owned(), q.to_owned());
    let (filter, errors) = Filter::parse(&Fields::new(vec![pair]));
    let words = match errors.is_empty() {
        true => {
            let filter = Filter { handled: Handled::All, ..filter };
            let search = condition::plan_search(connection, &filter)?;
            Some((filter.clone(), totals::known(connection, &filter, &search)?))
        }
        // What no filter takes, nothing holds.
        false => None,
    };
    Ok(Answered { found, names, words })
}

fn address(filter: &Filter) -> Address {
    Address::new(FAILURES, filter.to_pairs())
}

fn named(id: Option<&String>, name: Option<&str>) -> Option<Named> {
    id.map(|id| Named { id: id.clone(), name: name.map(str::to_owned) })
}

fn failure(record: &FailedRecord, names: &Names, state: &AppState) -> RecordView {
    RecordView {
        link: format!("{FAILURES}/{}", links::segment(&record.id)),
        at: record.failed_time.map(|time| TimeView::new(&state.clock, time)),
        organisation: named(record.userorgid.as_ref(), names.organisation(record.userorgid.as_deref())),
        model: named(record.llmid.as_ref(), names.model(record.llmid.as_deref())),
        amount: record.amount.map(|money| money.to_string()),
        cost: record.cost.map(|money| money.to_string()),
        state: Some(record.state(state.stuck_since())),
        accounting: None,
        place: None,
        id: record.id.clone(),
    }
}

fn usage_view(usage: &Usage, place: Whereabouts, names: &Names, state: &AppState) -> RecordView {
    let shelf = if place == Whereabouts::Live { Shelf::Live } else { Shelf::History };
    RecordView {
        link: format!("{}/{}", shelf.path(), links::segment(&usage.id)),
        at: usage.use_time.map(|time| TimeView::new(&state.clock, time)),
        organisation: named(usage.userorgid.as_ref(), names.organisation(usage.userorgid.as_deref())),
        model: named(usage.llmid.as_ref(), names.model(usage.llmid.as_deref())),
        amount: usage.amount.map(|money| money.to_string()),
        cost: usage.cost.map(|money| money.to_string()),
        state: None,
        accounting: usage.accounting_status.clone(),
        place: Some(if shelf == Shelf::Live { "search-live" } else { "search-archived" }),
        id: usage.id.clone(),
    }
}
