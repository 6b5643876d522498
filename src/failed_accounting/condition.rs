//! What a filter means in SQL, and how a text search is answered without scanning a million reasons.

use diesel::dsl::sql;
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable, Text};

use super::filter::{Filter, Handled};
use crate::base::money::Money;
use crate::db::dialect;
use crate::db::schema::llmusage_accounting_failed::{self as failed, dsl};
use crate::db::{DbConnection, Engine};
use crate::error::Result;

/// A condition on failed records.
pub type Condition = dialect::Condition<failed::table>;

/// The most hits of the text index that are worked with at once; beyond, a word is so common that the
/// newest rows of the filter show a page of them soon.
const MAX_INDEXED_HITS: i64 = 5_000;

/// How the text of a filter is searched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Search {
    /// The filter has no text.
    Nothing,
    /// The text is an id, found in these columns.
    Ids(Vec<&'static str>),
    /// The words are rare enough for the text index; holds what the index is asked.
    Indexed(String),
    /// No index answers: row by row, through a bounded stretch of the filter.
    Scan,
}

const ID_COLUMNS: [&str; 5] = ["id", "llmusageid", "userorgid", "llmid", "userid"];

/// Decides how the text of a filter is searched: as an id of any kind, else by words.
pub fn plan_search(connection: &mut DbConnection, filter: &Filter) -> Result<Search> {
    let Some(text) = filter.q.as_deref() else { return Ok(Search::Nothing) };
    let mut columns = Vec::new();
    for column in ID_COLUMNS {
        if text.chars().count() <= 32 && occurs_as_id(connection, column, text)? {
            columns.push(column);
        }
    }
    if !columns.is_empty() {
        return Ok(Search::Ids(columns));
    }
    let engine = connection.engine();
    let Some(question) = index_question(engine, text) else { return Ok(Search::Scan) };
    if !dialect::has_text_index(connection)? {
        return Ok(Search::Scan);
    }
    let hits = dialect::count_text_hits(connection, &question, MAX_INDEXED_HITS + 1)?;
    Ok(if hits > MAX_INDEXED_HITS { Search::Scan } else { Search::Indexed(question) })
}

fn occurs_as_id(connection: &mut DbConnection, column: &str, text: &str) -> Result<bool> {
    let found = failed::table.filter(id_equals(column, text)).select(dsl::id).first::<String>(connection);
    Ok(found.optional()?.is_some())
}

fn id_equals(column: &str, text: &str) -> Condition {
    Box::new(sql::<Nullable<Bool>>(&format!("{column} = ")).bind::<Text, _>(text.to_owned()))
}

/// What the trigram index is asked for these words; none when every word is too short for it.
fn index_question(engine: Engine, text: &str) -> Option<String> {
    let words: Vec<&str> = words(text).filter(|word| word.chars().count() >= 3).collect();
    if words.is_empty() {
        return None;
    }
    match engine {
        Engine::Sqlite => {
            let phrases: Vec<String> =
                words.iter().map(|word| format!("\"{}\"", word.replace('"', "\"\""))).collect();
            Some(phrases.join(" AND "))
        }
        // One word, the longest, narrows; all of them are checked on each row that is left.
        _ => words.into_iter().max_by_key(|word| word.chars().count()).map(dialect::like_pattern),
    }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split_whitespace()
}

/// The whole filter but its tab: all of these must hold.
pub fn conditions(engine: Engine, filter: &Filter, search: &Search) -> Vec<Condition> {
    let mut all = equalities(filter);
    if let Some(start) = filter.start_date {
        all.push(Box::new(dsl::use_date.ge(start)));
    }
    if let Some(end) = filter.end_date {
        all.push(Box::new(dsl::use_date.le(end)));
    }
    if let Some(least) = filter.amount_min {
        all.push(Box::new(dsl::amount.ge(near(least, -1.0))));
        all.push(amount_in_units(engine, ">=", least));
    }
    if let Some(most) = filter.amount_max {
        all.push(Box::new(dsl::amount.le(near(most, 1.0))));
        all.push(amount_in_units(engine, "<=", most));
    }
    if let Some(text) = filter.q.as_deref() {
        all.extend(search_conditions(engine, text, search));
    }
    all
}

/// A bound that an index can seek, wide enough for every double that rounds to that money.
fn near(money: Money, direction: f64) -> f64 {
    let bound = money.to_column();
    bound + direction * (2e-5 + bound.abs() * 1e-15)
}

/// Rows are shown, and must be found, by their rounded amounts.
fn amount_in_units(engine: Engine, operator: &str, money: Money) -> Condition {
    let units = dialect::units(engine, "amount");
    Box::new(sql::<Nullable<Bool>>(&format!("{units} {operator} ")).bind::<BigInt, _>(money.units()))
}

fn equalities(filter: &Filter) -> Vec<Condition> {
    let mut all: Vec<Condition> = Vec::new();
    if let Some(id) = filter.userorgid.clone() {
        all.push(Box::new(dsl::userorgid.eq(id)));
    }
    if let Some(id) = filter.llmid.clone() {
        all.push(Box::new(dsl::llmid.eq(id)));
    }
    if let Some(id) = filter.userid.clone() {
        all.push(Box::new(dsl::userid.eq(id)));
    }
    if let Some(id) = filter.llmusageid.clone() {
        all.push(Box::new(dsl::llmusageid.eq(id)));
    }
    if let Some(resolution) = filter.resolution {
        all.push(Box::new(dsl::resolution.eq(resolution.as_str())));
    }
    all
}

fn search_conditions(engine: Engine, text: &str, search: &Search) -> Vec<Condition> {
    if let Search::Ids(columns) = search {
        let any = columns.iter().map(|column| id_equals(column, text));
        return any.reduce(|left, right| Box::new(left.or(right)) as Condition).into_iter().collect();
    }
    let mut all: Vec<Condition> = words(text).map(|word| contains(engine, word)).collect();
    if let Search::Indexed(question) = search {
        let (before, after) = dialect::text_hits(engine);
        all.push(Box::new(sql::<Nullable<Bool>>(before).bind::<Text, _>(question.clone()).sql(after)));
    }
    all
}

fn contains(engine: Engine, word: &str) -> Condition {
    let (before, after) = dialect::contains_any_case(engine, "failed_reason");
    Box::new(sql::<Nullable<Bool>>(&before).bind::<Text, _>(dialect::like_pattern(word)).sql(after))
}

/// The stretches of the table that a list walks: one for a tab, two for all rows unless an equality
/// narrows them, because the indexes begin with "open".
pub fn branches(engine: Engine, filter: &Filter, search: &Search) -> Vec<Option<Condition>> {
    let open = |open: bool| Some(Box::new(dialect::is_open(engine, open)) as Condition);
    if filter.retrying {
        return vec![Some(match filter.handled {
            Handled::Handled => Box::new(is_retrying().and(dialect::is_open(engine, false))),
            _ => Box::new(is_retrying()),
        })];
    }
    match filter.handled {
        Handled::Open => vec![open(true)],
        Handled::Handled => vec![open(false)],
        Handled::All if is_narrow(filter, search) => vec![None],
        Handled::All => vec![open(true), open(false)],
    }
}

/// Whether a retry is under way. Not by the expression of the indexes for open records: of these there may be many,
/// of the retrying ones there are few, and an index of their own has them.
pub fn is_retrying() -> SqlLiteral<Nullable<Bool>> {
    sql("(retry_requested_at IS NOT NULL AND COALESCE(handled, '0') <> '1')")
}

/// Whether an equality (an id, a resolution, rare words) leads to the rows.
pub fn is_narrow(filter: &Filter, search: &Search) -> bool {
    !equalities(filter).is_empty() || matches!(search, Search::Ids(_) | Search::Indexed(_))
}
