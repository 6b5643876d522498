//! How the text of a filter is searched without scanning a million reasons.

use diesel::prelude::*;

use super::condition::words;
use super::filter::Filter;
use crate::causes::template::VERSION;
use crate::db::schema::llmusage_accounting_failed::{self as failed, dsl};
use crate::db::values::TolerantText;
use crate::db::{DbConnection, dialect};
use crate::error::Result;

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
    /// The same, where some rows have no id, by which the index knows rows: these are looked at one by one.
    IndexedBesideNameless(String),
    /// No index answers: row by row, through a bounded stretch of the filter.
    Scan,
}

const ID_COLUMNS: [&str; 5] = ["id", "llmusageid", "userorgid", "llmid", "userid"];

/// Decides how the text of a filter is searched: as an id of any kind, else by words.
pub fn plan_search(connection: &mut DbConnection, filter: &Filter) -> Result<Search> {
    let Some(text) = filter.q.as_deref() else { return Ok(Search::Nothing) };
    let mut columns = Vec::new();
    for column in ID_COLUMNS {
        if occurs_as_id(connection, column, text)? {
            columns.push(column);
        }
    }
    if !columns.is_empty() {
        return Ok(Search::Ids(columns));
    }
    let engine = connection.engine();
    let words: Vec<&str> = words(text).collect();
    let Some(question) = dialect::index_question(engine, &words) else { return Ok(Search::Scan) };
    if !dialect::has_text_index(connection)? {
        return Ok(Search::Scan);
    }
    let hits = dialect::count_text_hits(connection, &question, VERSION, MAX_INDEXED_HITS + 1)?;
    if hits > MAX_INDEXED_HITS {
        return Ok(Search::Scan);
    }
    let has_nameless = dialect::has_nameless(connection, "llmusage_accounting_failed")?;
    Ok(if has_nameless { Search::IndexedBesideNameless(question) } else { Search::Indexed(question) })
}

fn occurs_as_id(connection: &mut DbConnection, column: &str, text: &str) -> Result<bool> {
    let engine = connection.engine();
    let found = failed::table
        .filter(dialect::exactly::<failed::table>(engine, column, text))
        .select(dsl::id)
        .first::<TolerantText>(connection);
    Ok(found.optional()?.is_some())
}
