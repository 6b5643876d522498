//! The statements that a piece of work really sends, with their values written in, to ask for plans.

use std::sync::{Arc, Mutex};

use diesel::connection::{Connection, InstrumentationEvent};
use llmage_admin::db::{Database, DbConnection, Engine};
use llmage_admin::error::Result;

/// Before a statement to which PostgreSQL was told to prefer any index.
pub const INDEXED: &str = "/* enable_seqscan = off */ ";

/// Does the work on that connection; gives the statements that it sent, as Diesel shows them.
pub fn heard<T>(
    connection: &mut DbConnection,
    work: impl FnOnce(&mut DbConnection) -> Result<T>,
) -> Result<Vec<String>> {
    let heard: Arc<Mutex<Vec<String>>> = Arc::default();
    let ear = Arc::clone(&heard);
    connection.set_instrumentation(move |event: InstrumentationEvent<'_>| {
        if let InstrumentationEvent::StartQuery { query, .. } = event {
            ear.lock().expect("no listener panics").push(query.to_string());
        }
    });
    let done = work(connection);
    connection.set_instrumentation(|_: InstrumentationEvent<'_>| {});
    let heard = heard.lock().expect("no listener panics").clone();
    done.map(|_| heard)
}

/// Does the work and gives the SELECTs it sent.
pub fn sent<T>(database: &Database, work: impl FnOnce(&mut DbConnection) -> Result<T>) -> Vec<String> {
    let engine = database.engine();
    let heard = database.run_once_here(|connection| heard(connection, work)).expect("the work can be done");
    let (mut asked, mut prefix) = (Vec::new(), "");
    for query in &heard {
        if query.starts_with("SET LOCAL enable_seqscan") {
            prefix = if query.contains("off") { INDEXED } else { "" };
        } else if query.starts_with("SELECT") && !query.starts_with("SELECT current_setting") {
            asked.push(format!("{prefix}{}", written_out(engine, query)));
        }
    }
    asked
}

/// `SELECT ?, ? -- binds: ["a", 1]` with the values in their places.
pub fn written_out(engine: Engine, query: &str) -> String {
    let (statement, values) = query.rsplit_once(" -- binds: ").expect("Diesel shows the values");
    let values: Vec<String> = split(inner(values)).map(literal).collect();
    let mut statement = statement.to_owned();
    if engine == Engine::Postgres {
        for (number, value) in values.iter().enumerate().rev() {
            statement = statement.replace(&format!("${}", number + 1), value);
        }
        return statement;
    }
    let parts: Vec<&str> = statement.split('?').collect();
    assert_eq!(parts.len(), values.len() + 1, "a place for each value in {query}");
    let ends = values.iter().map(String::as_str).chain([""]);
    parts.into_iter().zip(ends).flat_map(|(part, value)| [part, value]).collect()
}

/// What stands between the brackets of a list.
fn inner(list: &str) -> &str {
    list.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).expect("a list in brackets")
}

/// The values of a list, split at the commas between them.
fn split(values: &str) -> impl Iterator<Item = String> {
    let (mut all, mut present) = (Vec::new(), String::new());
    let (mut in_text, mut escaped, mut depth) = (false, false, 0);
    for letter in values.chars() {
        if letter == ',' && !in_text && depth == 0 {
            all.push(std::mem::take(&mut present));
            continue;
        }
        in_text ^= letter == '"' && !escaped;
        escaped = letter == '\\' && !escaped;
        depth += match letter {
            '[' if !in_text => 1,
            ']' if !in_text => -1,
            _ => 0,
        };
        present.push(letter);
    }
    all.push(present);
    all.into_iter().map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
}

fn literal(shown: String) -> String {
    if shown.starts_with('[') {
        let values: Vec<String> = split(inner(&shown)).map(literal).collect();
        return if values.is_empty() { "'{}'".to_owned() } else { format!("ARRAY[{}]", values.join(", ")) };
    }
    match shown.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(text) => format!("'{}'", text.replace("\\\"", "\"").replace('\'', "''")),
        None if shown.parse::<f64>().is_ok() => shown,
        // Dates and times.
        None => format!("'{}'", shown.replace('T', " ")),
    }
}
