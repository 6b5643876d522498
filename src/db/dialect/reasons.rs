//! The index for words in reasons: trigrams on SQLite, filled by the app, and on PostgreSQL; MariaDB has none.
//!
//! On SQLite it holds reasons as they are shown. Rows whose cause was not told by the present rules, or whose reason
//! changed since, are not in it yet and are looked at one by one; so is each hit.

use diesel::dsl::sql;
use diesel::sql_types::{BigInt, Binary, Bool, Nullable, Text};
use diesel::{OptionalExtension, QueryableByName, RunQueryDsl};

use super::super::{DbConnection, Engine};
use super::{Condition, contains};
use crate::base::{caseless, secrets};
use crate::db::schema::llmusage_accounting_failed as failed;
use crate::error::Result;

/// The most trigrams of a word that the index is asked for; what they find is checked anyway.
const TRIGRAMS: usize = 60;

/// From so many numbers on, the index is made anew when a fifth of them mean nothing any more.
const WORTH_REBUILDING: i64 = 10_000;

/// Whether reasons have an index for parts of words.
pub fn has_text_index(connection: &mut DbConnection) -> Result<bool> {
    let question = match connection.engine() {
        Engine::Sqlite => "SELECT COUNT(*) AS n FROM sqlite_master WHERE name = 'reason_search'",
        Engine::Mysql => return Ok(false),
        Engine::Postgres => {
            // One whose building was cut off, or goes on, answers nothing.
            "SELECT COUNT(*) AS n FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid \
             JOIN pg_namespace ns ON ns.oid = c.relnamespace WHERE i.indisvalid \
             AND c.relname = 'idx_laf_failed_reason' AND ns.nspname = ANY (current_schemas(false))"
        }
    };
    Ok(count(connection, question)? > 0)
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

fn count(connection: &mut DbConnection, question: &str) -> Result<i64> {
    Ok(diesel::sql_query(question).get_result::<Count>(connection)?.n)
}

/// What the index is asked for these words; none when every word is too short for it.
pub fn index_question(engine: Engine, words: &[&str]) -> Option<String> {
    let words = words.iter().map(|word| caseless::fold(word));
    let words: Vec<String> = words.filter(|word| word.chars().count() >= 3).map(Into::into).collect();
    match engine {
        // Positions are not in the index, so it is asked for all trigrams rather than for words.
        Engine::Sqlite => {
            let all: Vec<String> = words.iter().flat_map(|word| trigrams(word)).collect();
            (!all.is_empty()).then(|| all.join(" AND "))
        }
        // One word, the longest, narrows; all of them are checked on each row that is left. The index has reasons as they
        // are written: in these the mask is not found.
        _ => {
            let is_written = |word: &String| !word.contains(secrets::MASK);
            words.into_iter().filter(is_written).max_by_key(|word| word.chars().count())
        }
    }
}

fn trigrams(word: &str) -> Vec<String> {
    let letters: Vec<char> = word.chars().collect();
    let quoted = |three: &[char]| format!("\"{}\"", three.iter().collect::<String>().replace('"', "\"\""));
    letters.windows(3).take(TRIGRAMS).map(quoted).collect()
}

/// The ids that the index finds, with those that are not in it, as a query after `before`; those sorted by rules before
/// `version` are not in it.
fn hits(engine: Engine, question: &str, version: i32, before: &str, after: &str) -> Condition<failed::table> {
    match engine {
        Engine::Sqlite => Box::new(
            sql::<Nullable<Bool>>(&format!(
                "{before}SELECT failed_id FROM reason_search_row WHERE number IN \
                 (SELECT rowid FROM reason_search WHERE reason_search MATCH "
            ))
            .bind::<Text, _>(question.to_owned())
            .sql(&format!(") UNION ALL {}{after}", unindexed(version))),
        ),
        // The array is made once, from the index, before the rows are read in the order of the list.
        _ => Box::new(
            sql::<Nullable<Bool>>(&format!(
                "{before}SELECT hit.id FROM llmusage_accounting_failed hit WHERE "
            ))
            .bind::<Nullable<Bool>, _>(contains::<failed::table>(engine, "hit.failed_reason", question))
            .sql(after),
        ),
    }
}

/// The rows that SQLite's index does not have, or has with another reason.
fn unindexed(version: i32) -> String {
    format!(
        "SELECT failed_id FROM reason_change \
         UNION ALL SELECT id FROM llmusage_accounting_failed WHERE cause_version IS NULL \
         UNION ALL SELECT id FROM llmusage_accounting_failed WHERE cause_version < {version}"
    )
}

/// "The id is among the hits of the text index, or the index does not know it."
pub fn text_hits(engine: Engine, question: &str, version: i32) -> Condition<failed::table> {
    match engine {
        Engine::Sqlite => hits(engine, question, version, "id IN (", ")"),
        _ => hits(engine, question, version, "id = ANY (ARRAY (", "))"),
    }
}

/// The same, or "there is no id".
pub fn text_hits_and_nameless(engine: Engine, question: &str, version: i32) -> Condition<failed::table> {
    hits(engine, question, version, "(id IS NULL OR id IN (", "))")
}

/// How many rows [`text_hits`] leads to, counting to `limit` at most.
pub fn count_text_hits(
    connection: &mut DbConnection,
    question: &str,
    version: i32,
    limit: i64,
) -> Result<i64> {
    let engine = connection.engine();
    if engine != Engine::Sqlite {
        // With a limit the planner would rather scan the table; the index is what this asks for.
        diesel::sql_query("SET LOCAL enable_seqscan = off").execute(connection)?;
    }
    let rows = hits(engine, question, version, "", "");
    let query = sql::<BigInt>("SELECT COUNT(*) FROM (").bind::<Nullable<Bool>, _>(rows);
    Ok(query.sql(" LIMIT ").bind::<BigInt, _>(limit).sql(") hits").get_result(connection)?)
}

/// A reason as the index holds it.
fn searched(reason: &str) -> String {
    caseless::fold(&secrets::mask(reason)).replace('\0', " ")
}

/// Puts reasons of rows, by their ids, into the index; what it held of them before means nothing any more.
pub fn index_reasons(connection: &mut DbConnection, reasons: &[(String, Option<String>)]) -> Result<()> {
    if connection.engine() != Engine::Sqlite || reasons.is_empty() {
        return Ok(());
    }
    let text = |(id, reason): &(String, Option<String>)| {
        (id.clone(), serde_json::Value::from(searched(reason.as_deref().unwrap_or_default())))
    };
    let texts = serde_json::Value::Object(reasons.iter().map(text).collect()).to_string();
    for statement in [
        "DELETE FROM reason_search_row WHERE failed_id IN (SELECT key FROM json_each(?))",
        "INSERT INTO reason_search_row (failed_id) SELECT key FROM json_each(?)",
        "INSERT INTO reason_search (rowid, shown) SELECT number, value FROM json_each(?) \
         JOIN reason_search_row ON failed_id = key ORDER BY number",
    ] {
        diesel::sql_query(statement).bind::<Text, _>(&texts).execute(connection)?;
    }
    Ok(())
}

/// A note that the reason of a row changed: the number of the note and the row's id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReasonChange {
    pub number: i64,
    pub failed_id: String,
}

#[derive(QueryableByName)]
struct Note {
    #[diesel(sql_type = BigInt)]
    number: i64,
    /// As bytes: the platform may have written an id that is no text.
    #[diesel(sql_type = Nullable<Binary>)]
    failed_id: Option<Vec<u8>>,
}

/// The oldest notes, at most `limit`.
pub fn reason_changes(connection: &mut DbConnection, limit: i64) -> Result<Vec<ReasonChange>> {
    let id = match connection.engine() {
        Engine::Sqlite => "CAST(failed_id AS BLOB)",
        Engine::Mysql => "CAST(failed_id AS BINARY)",
        Engine::Postgres => "CONVERT_TO(failed_id, 'UTF8')",
    };
    let question =
        format!("SELECT number, {id} AS failed_id FROM reason_change ORDER BY number LIMIT {limit}");
    let change = |note: Note| ReasonChange {
        number: note.number,
        failed_id: String::from_utf8_lossy(&note.failed_id.unwrap_or_default()).into_owned(),
    };
    Ok(diesel::sql_query(question).load::<Note>(connection)?.into_iter().map(change).collect())
}

/// Notes that every row is to be put into the index anew.
pub fn note_all_reasons(connection: &mut DbConnection) -> Result<()> {
    let note = "INSERT INTO reason_change (failed_id) SELECT id FROM llmusage_accounting_failed \
                WHERE cause_version IS NOT NULL";
    diesel::sql_query(note).execute(connection)?;
    Ok(())
}

/// Removes exactly these notes: later ones with smaller numbers may be about to be committed.
pub fn forget_reason_changes(connection: &mut DbConnection, numbers: &[i64]) -> Result<()> {
    // One at a time: MariaDB reads the whole table for a list, and waits for whoever writes in it.
    for number in numbers {
        diesel::sql_query(format!("DELETE FROM reason_change WHERE number = {number}"))
            .execute(connection)?;
    }
    Ok(())
}

/// Empties the index and notes all rows for it, when a fifth of its numbers mean nothing any more; gives the number
/// from which on it is worth looking again.
pub fn rebuild_text_index_if_worn(connection: &mut DbConnection, version: i32) -> Result<i64> {
    if connection.engine() != Engine::Sqlite {
        return Ok(i64::MAX);
    }
    let given = last_number_of_index(connection)?;
    if given < WORTH_REBUILDING {
        return Ok(WORTH_REBUILDING);
    }
    let present = count(connection, "SELECT COUNT(*) AS n FROM llmusage_accounting_failed")?;
    if present >= given / 5 * 4 {
        return Ok(given + given / 10);
    }
    let note = format!(
        "INSERT INTO reason_change (failed_id) \
         SELECT id FROM llmusage_accounting_failed WHERE cause_version >= {version}"
    );
    for statement in [
        "INSERT INTO reason_search (reason_search) VALUES ('delete-all')",
        "DELETE FROM reason_search_row",
        // The index holds nothing, so numbers may begin anew.
        "DELETE FROM sqlite_sequence WHERE name = 'reason_search_row'",
        // The others wait to be sorted.
        &note,
    ] {
        diesel::sql_query(statement).execute(connection)?;
    }
    tracing::info!(numbers = given, rows = present, "the index of words in reasons is made anew");
    Ok(WORTH_REBUILDING)
}

/// The last number that SQLite's index gave; 0 on the other databases.
pub fn last_number_of_index(connection: &mut DbConnection) -> Result<i64> {
    if connection.engine() != Engine::Sqlite {
        return Ok(0);
    }
    let question = "SELECT seq AS n FROM sqlite_sequence WHERE name = 'reason_search_row'";
    let last = diesel::sql_query(question).get_result::<Count>(connection).optional()?;
    Ok(last.map_or(0, |last| last.n))
}
