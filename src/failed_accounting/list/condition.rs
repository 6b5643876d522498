//! What a filter means in SQL.
//!
//! More than 250 lines: one list of all its parts.

use chrono::NaiveTime;
use diesel::dsl::sql;
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable};

use super::filter::Filter;
use super::route::{Lead, Route};
pub use super::search::{Search, plan_search};
use super::{batched, changed};
use crate::base::form::{NONE, id_of};
use crate::base::money::Money;
use crate::causes::cause::UNSORTED;
use crate::causes::template::VERSION;
use crate::db::dialect::{self, Tab};
use crate::db::schema::llmusage_accounting_failed::{self as failed, dsl};
use crate::db::{DbConnection, Engine};
use crate::error::Result;

/// A condition on failed records.
pub type Condition = dialect::Condition<failed::table>;

/// The days of failing; what is served by the order of the list is in a form that an index can seek.
fn failed_on(filter: &Filter) -> Vec<Part> {
    let column = "failed_time";
    let mut all = Vec::new();
    if let Some(from) = filter.failed_from {
        let condition: Condition = Box::new(dsl::failed_time.ge(from));
        all.push(Part { lead: Some(Lead::Times), column, condition });
    }
    // A day after the last one that there is: no time is later.
    let end = filter.failed_to.and_then(|to| to.succ_opt()).map(|next| next.and_time(NaiveTime::MIN));
    if let Some(end) = end {
        let before = dsl::failed_time.lt(end);
        all.push(match filter.failed_from {
            Some(_) => Part { lead: Some(Lead::Times), column, condition: Box::new(before) },
            None => {
                let unknown = sql::<Nullable<Bool>>("failed_time IS NULL");
                Part { lead: None, column, condition: Box::new(before.or(unknown)) }
            }
        });
    }
    all
}

fn without_cause() -> Condition {
    Box::new(sql::<Nullable<Bool>>("cause IS NULL"))
}

pub(in crate::failed_accounting) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split_whitespace()
}

/// One condition of a filter: what it could lead to, and the column that it asks.
struct Part {
    lead: Option<Lead>,
    column: &'static str,
    condition: Condition,
}

/// The whole filter but its tab, in parts: all of these must hold.
fn parts(engine: Engine, filter: &Filter, search: &Search) -> Vec<Part> {
    let mut all = equalities(engine, filter);
    let mut day = |condition| all.push(Part { lead: Some(Lead::Days), column: "use_date", condition });
    match (filter.start_date, filter.end_date) {
        (Some(start), Some(end)) if start == end => day(Box::new(dsl::use_date.eq(start))),
        (start, end) => {
            start.into_iter().for_each(|start| day(Box::new(dsl::use_date.ge(start))));
            end.into_iter().for_each(|end| day(Box::new(dsl::use_date.le(end))));
        }
    }
    let mut amount = |lead, condition| all.push(Part { lead, column: "amount", condition });
    if let Some(least) = filter.amount_min {
        amount(Some(Lead::Amounts), Box::new(dsl::amount.ge(near(least, -1))));
        amount(None, amount_in_units(engine, ">=", least));
    }
    if let Some(most) = filter.amount_max {
        amount(Some(Lead::Amounts), Box::new(dsl::amount.le(near(most, 1))));
        amount(None, amount_in_units(engine, "<=", most));
    }
    if filter.retrying || filter.retry_before.is_some() {
        let condition: Condition = Box::new(is_retrying());
        all.push(Part { lead: Some(Lead::Retrying), column: "retry_requested_at", condition });
    }
    if let Some(time) = filter.retry_before {
        let condition: Condition = Box::new(dsl::retry_requested_at.lt(time));
        all.push(Part { lead: Some(Lead::Retrying), column: "retry_requested_at", condition });
    }
    if let Some(batch) = filter.batch.as_deref() {
        let condition = batched::condition(batch, filter.batch_outcome);
        all.push(Part { lead: Some(Lead::Hits), column: "id", condition });
    }
    if let Some(change) = filter.changed {
        let condition = changed::condition(change, filter.changed_from, filter.changed_not_by.as_deref());
        all.push(Part { lead: Some(Lead::Hits), column: "id", condition });
    }
    all.extend(failed_on(filter));
    if let Some(cause) = filter.cause.as_deref() {
        let condition =
            if cause == UNSORTED { without_cause() } else { dialect::exactly(engine, "cause", cause) };
        all.push(Part { lead: Some(Lead::Cause), column: "cause", condition });
    }
    if let Some(text) = filter.q.as_deref() {
        all.extend(search_parts(engine, text, search));
    }
    all
}

/// What could lead to the rows of this filter, besides the order of the list.
pub fn leads(filter: &Filter, search: &Search) -> Vec<Lead> {
    let mut leads: Vec<Lead> = Vec::new();
    for part in parts(Engine::default(), filter, search) {
        leads.extend(part.lead.filter(|lead| *lead != Lead::Times && !leads.contains(lead)));
    }
    leads
}

/// The columns that the conditions of this filter ask, but the tab's.
pub fn columns(filter: &Filter, search: &Search) -> Vec<&'static str> {
    parts(Engine::default(), filter, search).into_iter().map(|part| part.column).collect()
}

/// The stretches of the table that a route goes through, each as the conditions that must hold in it: one for
/// a tab, three for all rows where the index begins with the tab.
pub fn branches(engine: Engine, filter: &Filter, search: &Search, route: Route) -> Vec<Vec<Condition>> {
    let branch = |filter: &Filter, tab: Option<Tab>| {
        let tab = tab.map(|tab| Box::new(dialect::is_in(engine, tab)) as Condition);
        branch_of(engine, (filter, search), route, tab)
    };
    tabs_along(filter, route)
        .into_iter()
        .flat_map(|tab| variants(filter).iter().map(|filter| branch(filter, tab)).collect::<Vec<_>>())
        .collect()
}

/// As [`branches`], all in one: for a statement that must see every row at one moment.
pub fn whole(engine: Engine, filter: &Filter, search: &Search, route: Route) -> Vec<Condition> {
    let tabs: Vec<Tab> = tabs_along(filter, route).into_iter().flatten().collect();
    let tab = match tabs.as_slice() {
        [] => None,
        [tab] => Some(Box::new(dialect::is_in(engine, *tab)) as Condition),
        tabs => Some(Box::new(dialect::is_in_any(engine, tabs)) as Condition),
    };
    branch_of(engine, (filter, search), route, tab)
}

fn branch_of(
    engine: Engine,
    (filter, search): (&Filter, &Search),
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

/// The value of a filter for NULL alone, which nobody can type.
const NULL: &str = "\0";

/// A filter for what has no such id, as filters of one kind of nothing each: NULL, and empty text. So each is a stretch
/// that an index has together.
fn variants(filter: &Filter) -> Vec<Filter> {
    type Key = fn(&mut Filter) -> &mut Option<String>;
    let keys: [Key; 3] = [|it| &mut it.userorgid, |it| &mut it.llmid, |it| &mut it.userid];
    let mut all = vec![filter.clone()];
    for key in keys {
        let mut empty = all.clone();
        empty.retain(|filter| key(&mut filter.clone()).as_deref() == Some(NONE));
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
pub fn count_along(
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

/// A bound that an index can seek, wide enough for every double that rounds to that money.
fn near(money: Money, direction: i64) -> Money {
    // Doubles of the size of 9e13 lie 1,600 units apart.
    let beyond = 2 + money.units().abs() / 1_000_000_000_000_000;
    Money::from_units(money.units() + direction * beyond)
}

/// Rows are shown, and must be found, by their rounded amounts.
fn amount_in_units(engine: Engine, operator: &str, money: Money) -> Condition {
    let units = dialect::units(engine, "amount");
    Box::new(sql::<Nullable<Bool>>(&format!("{units} {operator} ")).bind::<BigInt, _>(money.units()))
}

fn equalities(engine: Engine, filter: &Filter) -> Vec<Part> {
    let resolution = filter.resolution.map(|resolution| resolution.as_str().to_owned());
    let wanted = [
        ("userorgid", filter.userorgid.clone()),
        ("llmid", filter.llmid.clone()),
        ("userid", filter.userid.clone()),
        ("llmusageid", filter.llmusageid.clone()),
        ("resolution", resolution),
    ];
    let part = |(column, value): (&'static str, Option<String>)| {
        let value = value?;
        let condition: Condition = match value.as_str() {
            NULL => Box::new(sql::<Nullable<Bool>>(&format!("{column} IS NULL"))),
            NONE if column != "llmusageid" => dialect::is_nothing(column),
            key if column != "llmusageid" => dialect::exactly(engine, column, id_of(key)),
            _ => dialect::exactly(engine, column, &value),
        };
        Some(Part { lead: Some(Lead::Column(column)), column, condition })
    };
    wanted.into_iter().filter_map(part).collect()
}

fn search_parts(engine: Engine, text: &str, search: &Search) -> Vec<Part> {
    const REASON: &str = "failed_reason";
    match search {
        Search::Ids(columns) if columns.len() == 1 => {
            let column = columns[0];
            vec![Part {
                lead: Some(Lead::Column(column)),
                column,
                condition: dialect::exactly(engine, column, text),
            }]
        }
        Search::Ids(columns) => {
            let any = columns.iter().map(|column| dialect::exactly(engine, column, text));
            let any = any.reduce(|left, right| Box::new(left.or(right)) as Condition).into_iter();
            any.map(|condition| Part { lead: Some(Lead::Hits), column: REASON, condition }).collect()
        }
        _ => {
            let word =
                |word| Part { lead: None, column: REASON, condition: dialect::shows(engine, word, VERSION) };
            let mut all: Vec<Part> = words(text).map(word).collect();
            if let Search::Indexed(question) = search {
                let condition = dialect::text_hits(engine, question, VERSION);
                all.push(Part { lead: Some(Lead::Hits), column: REASON, condition });
            }
            all
        }
    }
}

/// Whether a retry is under way. Not by the expression of the indexes for open records: of these there may be many,
/// of the retrying ones there are few, and an index of their own has them.
pub fn is_retrying() -> SqlLiteral<Nullable<Bool>> {
    sql("(retry_requested_at IS NOT NULL AND COALESCE(handled, '0') <> '1')")
}
