//! The parts of a filter, put together along a route: the stretches of the table that it goes through, and what must hold in
//! each.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Nullable};

use super::condition::{Condition, NULL, Part, Search, parts};
use super::filter::Filter;
use super::route::{Lead, Route};
use crate::base::form::NONE;
use crate::causes::cause::UNSORTED;
use crate::db::dialect::{self, Tab};
use crate::db::schema::llmusage_accounting_failed as failed;
use crate::db::{DbConnection, Engine};
use crate::error::Result;

/// What could lead to the rows of this filter, besides the order of the list.
pub fn leads(filter: &Filter, search: &Search) -> Vec<Lead> {
    let mut leads: Vec<Lead> = Vec::new();
    for part in parts(Engine::default(), filter, search) {
        leads.extend(part.lead.filter(|lead| *lead != Lead::Times && !leads.contains(lead)));
    }
    leads
}

/// The stretches of the table that a route goes through, each as the conditions that must hold in it: one for
/// a tab, three for all rows where the index begins with the tab.
pub fn of(engine: Engine, filter: &Filter, search: &Search, route: Route) -> Vec<Vec<Condition>> {
    let branch = |filter: &Filter, tab: Option<Tab>| {
        let tab = tab.map(|tab| Box::new(dialect::is_in(engine, tab)) as Condition);
        branch_of(engine, filter, search, route, tab)
    };
    tabs_along(filter, route)
        .into_iter()
        .flat_map(|tab| variants(filter).iter().map(|filter| branch(filter, tab)).collect::<Vec<_>>())
        .collect()
}

/// As [`of`], all in one: for a statement that must see every row at one moment.
pub fn whole(engine: Engine, filter: &Filter, search: &Search, route: Route) -> Vec<Condition> {
    let tabs: Vec<Tab> = tabs_along(filter, route).into_iter().flatten().collect();
    let tab = match tabs.as_slice() {
        [] => None,
        [tab] => Some(Box::new(dialect::is_in(engine, *tab)) as Condition),
        tabs => Some(Box::new(dialect::is_in_any(engine, tabs)) as Condition),
    };
    branch_of(engine, filter, search, route, tab)
}

fn branch_of(
    engine: Engine,
    filter: &Filter,
    search: &Search,
    route: Route,
    tab: Option<Condition>,
) -> Vec<Condition> {
    let tab = tab.map(|tab| if route.begins_with_tab() { tab } else { checked(tab) });
    let part = |part: Part| {
        let is_served = part.lead.is_some_and(|lead| route.is_served(lead));
        if is_served { part.condition } else { checked(part.condition) }
    };
    tab.into_iter().chain(parts(engine, filter, search).into_iter().map(part)).collect()
}

/// The parts of the table that a route goes through one by one; none for all of them at once.
fn tabs_along(filter: &Filter, route: Route) -> Vec<Option<Tab>> {
    match filter.tabs() {
        tabs if tabs.len() > 1 && !route.begins_with_tab() => vec![None],
        tabs => tabs.iter().copied().map(Some).collect(),
    }
}

/// A filter for what has no such id, as filters of one kind of nothing each: NULL, and empty text. So each is a stretch
/// that an index has together.
fn variants(filter: &Filter) -> Vec<Filter> {
    type Key = fn(&mut Filter) -> &mut Option<String>;
    let keys: [(Key, &str); 4] = [
        (|it| &mut it.userorgid, NONE),
        (|it| &mut it.llmid, NONE),
        (|it| &mut it.userid, NONE),
        (|it| &mut it.cause, UNSORTED),
    ];
    let mut all = vec![filter.clone()];
    for (key, none) in keys {
        let mut empty = all.clone();
        empty.retain(|filter| key(&mut filter.clone()).as_deref() == Some(none));
        if empty.is_empty() {
            continue;
        }
        all.iter_mut().for_each(|filter| *key(filter) = Some(NULL.to_owned()));
        empty.iter_mut().for_each(|filter| *key(filter) = Some(String::new()));
        all.extend(empty);
    }
    all
}

/// The same condition, to be checked on each row met: no index can serve it.
pub fn checked(condition: Condition) -> Condition {
    Box::new(sql::<Nullable<Bool>>("((").bind::<Nullable<Bool>, _>(condition).sql(") IS TRUE)"))
}

/// How many index entries the lead of a route alone gives, counting to `limit` at most.
pub fn count(
    connection: &mut DbConnection,
    filter: &Filter,
    search: &Search,
    route: Route,
    limit: i64,
) -> Result<i64> {
    let engine = connection.engine();
    let tabs = if route.begins_with_tab() { tabs_along(filter, route) } else { vec![None] };
    let mut counted = 0;
    let tabs = tabs.into_iter().flat_map(|tab| variants(filter).into_iter().map(move |filter| (tab, filter)));
    for (tab, filter) in tabs {
        let mut query = failed::table.select(failed::id).into_boxed();
        for part in parts(engine, &filter, search).into_iter().filter(|part| part.lead == Some(route.lead)) {
            query = query.filter(part.condition);
        }
        if let Some(tab) = tab {
            query = query.filter(dialect::is_in(engine, tab));
        }
        counted += dialect::count_rows(connection, query.limit(limit - counted))?;
    }
    Ok(counted)
}
