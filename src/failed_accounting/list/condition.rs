//! What each field of a filter means in SQL; [`super::branches`] puts them together along a route.

use diesel::dsl::sql;
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable};

use super::filter::Filter;
use super::route::Lead;
pub use super::search::{Search, plan_search};
use super::{batched, changed, spans};
use crate::base::form::{NONE, id_of};
use crate::base::money::Money;
use crate::causes::cause::UNSORTED;
use crate::causes::family::{FAMILIES, Family};
use crate::causes::template::VERSION;
use crate::db::Engine;
use crate::db::dialect;
use crate::db::schema::llmusage_accounting_failed::{self as failed, dsl};

/// A condition on failed records.
pub type Condition = dialect::Condition<failed::table>;

pub(in crate::failed_accounting) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split_whitespace()
}

/// One condition of a filter: what it could lead to, and the column that it asks.
pub(super) struct Part {
    pub(super) lead: Option<Lead>,
    pub(super) column: &'static str,
    pub(super) condition: Condition,
}

/// The whole filter but its tab, in parts: all of these must hold.
pub(super) fn parts(engine: Engine, filter: &Filter, search: &Search) -> Vec<Part> {
    let mut all = equalities(engine, filter);
    all.extend(spans::used_on(engine, filter));
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
        if let Some(cause) = filter.batch_cause.as_deref() {
            all.push(Part { lead: None, column: "id", condition: batched::of_cause(batch, cause) });
        }
    }
    if let Some(change) = filter.changed {
        let condition = changed::condition(change, filter.changed_from, filter.changed_not_by.as_deref());
        all.push(Part { lead: Some(Lead::Hits), column: "id", condition });
    }
    all.extend(spans::failed_on(engine, filter));
    if let Some(cause) = filter.cause.as_deref() {
        let condition: Condition = match cause {
            NULL => Box::new(sql::<Nullable<Bool>>("cause IS NULL")),
            UNSORTED => dialect::is_nothing("cause"),
            key => dialect::exactly(engine, "cause", key),
        };
        all.push(Part { lead: Some(Lead::Cause), column: "cause", condition });
    }
    if let Some(family) = filter.family {
        all.push(Part { lead: Some(Lead::Family), column: "cause", condition: is_of_family(family) });
    }
    all.extend(spans::decided(engine, filter));
    if let Some(text) = filter.q.as_deref() {
        all.extend(search_parts(engine, text, search));
    }
    all
}

/// The columns that the conditions of this filter ask, but the tab's.
pub fn columns(filter: &Filter, search: &Search) -> Vec<&'static str> {
    parts(Engine::default(), filter, search).into_iter().map(|part| part.column).collect()
}

/// The value of a filter for NULL alone, which nobody can type.
pub(super) const NULL: &str = "\0";

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
        ("handled_by", filter.handled_by.clone()),
    ];
    let part = |(column, value): (&'static str, Option<String>)| {
        let value = value?;
        let condition: Condition = match value.as_str() {
            NULL => Box::new(sql::<Nullable<Bool>>(&format!("{column} IS NULL"))),
            NONE if column != "llmusageid" => dialect::is_nothing(column),
            key if column != "llmusageid" => dialect::exactly(engine, column, id_of(key)),
            _ => dialect::exactly(engine, column, &value),
        };
        // No index begins with who handled it.
        let lead = (column != "handled_by").then_some(Lead::Column(column));
        Some(Part { lead, column, condition })
    };
    let foreign = filter.foreign_resolution.as_deref();
    wanted.into_iter().filter_map(part).chain(foreign.map(|text| foreign_resolution(engine, text))).collect()
}

/// No resolution, or a word that the app does not know; see [`Filter::foreign_resolution`].
fn foreign_resolution(engine: Engine, text: &str) -> Part {
    let column = "resolution";
    match text.strip_prefix('=') {
        Some(word) => {
            let condition = dialect::exactly(engine, column, word);
            Part { lead: Some(Lead::Column(column)), column, condition }
        }
        None => {
            Part { lead: None, column, condition: Box::new(sql::<Nullable<Bool>>(IS_WITHOUT_RESOLUTION)) }
        }
    }
}

/// "It has no resolution": nothing, or that it was superseded although it is open, which means nothing.
pub(super) const IS_WITHOUT_RESOLUTION: &str = "(COALESCE(resolution, '') = '' \
     OR resolution = 'superseded' AND COALESCE(handled, '') <> '1')";

/// "It is open": what its columns of decisions hold means nothing.
pub(super) const IS_UNDECIDED: &str = "COALESCE(handled, '') <> '1'";

/// "Its cause is of that family"; whose family nobody knows is of the last one.
fn is_of_family(family: &str) -> Condition {
    if family == NONE {
        return Box::new(sql::<Nullable<Bool>>(
            "(cause IS NULL OR cause NOT IN (SELECT cause_key FROM cause))",
        ));
    }
    let of_causes =
        |test: String| format!("cause IN (SELECT k.cause_key FROM cause k WHERE k.family {test})");
    let known = FAMILIES.map(|name| format!("'{name}'")).join(", ");
    Box::new(sql::<Nullable<Bool>>(&match family {
        // One of the names above, never what somebody typed.
        name if name == Family::Other.as_str() => {
            format!("({} OR {})", of_causes(format!("= '{name}'")), of_causes(format!("NOT IN ({known})")))
        }
        name => of_causes(format!("= '{name}'")),
    }))
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
            let condition = match search {
                Search::Indexed(question) => dialect::text_hits(engine, question, VERSION),
                Search::IndexedBesideNameless(question) => {
                    dialect::text_hits_and_nameless(engine, question, VERSION)
                }
                _ => return all,
            };
            all.push(Part { lead: Some(Lead::Hits), column: REASON, condition });
            all
        }
    }
}

/// Whether a retry is under way. Not by the expression of the indexes for open records: of these there may be many,
/// of the retrying ones there are few, and an index of their own has them.
pub fn is_retrying() -> SqlLiteral<Nullable<Bool>> {
    sql("(retry_requested_at IS NOT NULL AND COALESCE(handled, '0') <> '1')")
}
