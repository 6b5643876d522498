//! Usages that were accounted for nothing although the model counted tokens.
//!
//! What was counted is JSON, valid or not: it is read here, a stretch of keys at a time.

use diesel::QueryableByName;
use diesel::sql_types::{Nullable, Text};
use serde_json::Value;

use super::class::ACCOUNTED_FOR_NOTHING;
use crate::base::finding::Finding;
use crate::base::money::MoneySum;
use crate::db::dialect::{self, Statement};
use crate::db::values::{TolerantText, TolerantWords};
use crate::db::{Database, DbConnection};
use crate::error::Result;

/// Usages that one question asks for.
const CHUNK: usize = 2_000;

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text, deserialize_as = TolerantText)]
    id: String,
    #[diesel(sql_type = Nullable<Text>, deserialize_as = TolerantWords)]
    usages: Option<String>,
}

/// Looks through both tables, in many short questions.
pub fn find(database: &Database) -> Result<Finding> {
    let mut finding = Finding { sum: Some(MoneySum::default()), ..Finding::none(ACCOUNTED_FOR_NOTHING) };
    for table in ["llmusage", "llmusage_history"] {
        let mut last = String::new();
        loop {
            let rows = database.run_here(|connection| chunk(connection, table, &last))?;
            for row in rows.iter().filter(|row| row.usages.as_deref().is_some_and(has_tokens)) {
                finding.add(&row.id);
            }
            match rows.last() {
                Some(row) if rows.len() == CHUNK => last.clone_from(&row.id),
                _ => break,
            }
        }
    }
    Ok(finding)
}

fn chunk(connection: &mut DbConnection, table: &str, after: &str) -> Result<Vec<Row>> {
    let engine = connection.engine();
    let units = dialect::units(engine, "amount");
    let accounted = dialect::is_word("accounting_status", "accounted");
    let text = format!(
        "SELECT id, usages FROM {table} WHERE {accounted} AND (amount IS NULL OR {units} = 0) AND usages IS NOT NULL AND id > "
    );
    let rows = Statement::new(engine, &text).text(after).sql(&format!(" ORDER BY id LIMIT {CHUNK}"));
    Ok(rows.load(connection)?)
}

/// Whether any count of tokens in a JSON text is above zero.
pub fn has_tokens(usages: &str) -> bool {
    fn counts(value: &Value, is_token: bool) -> bool {
        match value {
            Value::Number(number) => is_token && number.as_f64().is_some_and(|number| number > 0.0),
            Value::Object(fields) => {
                fields.iter().any(|(name, value)| counts(value, is_token || name.contains("token")))
            }
            Value::Array(values) => values.iter().any(|value| counts(value, is_token)),
            _ => false,
        }
    }
    serde_json::from_str::<Value>(usages).is_ok_and(|value| counts(&value, false))
}

#[cfg(test)]
mod tests {
    use super::has_tokens;

    #[test]
    fn tokens_are_found_wherever_they_are_counted() {
        for (usages, has) in [
            (r#"{"prompt_tokens": 812}"#, true),
            (r#"{"usage": {"completion_tokens": 1}}"#, true),
            (r#"{"prompt_tokens_details": {"cached": 3}}"#, true),
            (r#"{"prompt_tokens": 0, "duration": 4}"#, false),
            ("null", false),
            (r#"{"prompt_tokens": 81"#, false),
            ("{}", false),
        ] {
            assert_eq!(has_tokens(usages), has, "{usages}");
        }
    }
}
