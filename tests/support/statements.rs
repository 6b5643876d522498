//! The statements that a piece of work really sends, with their values written in, to ask for plans.

use std::sync::{Arc, Mutex};

use diesel::connection::{Connection, InstrumentationEvent};
use llmage_admin::db::{Database, DbConnection, Engine};
use llmage_admin::error::Result;

/// Does the work and gives the SELECTs it sent.
pub fn sent<T>(database: &Database, work: impl FnOnce(&mut DbConnection) -> Result<T>) -> Vec<String> {
    let heard: Arc<Mutex<Vec<String>>> = Arc::default();
    let ear = Arc::clone(&heard);
    let engine = database.engine();
    let done = database.run_here(move |connection| {
        connection.set_instrumentation(move |event: InstrumentationEvent<'_>| {
            if let InstrumentationEvent::StartQuery { query, .. } = event {
                ear.lock().expect("no listener panics").push(query.to_string());
            }
        });
        let done = work(connection);
        connection.set_instrumentation(|_: InstrumentationEvent<'_>| {});
        done
    });
    done.expect("the work can be done");
    let heard = heard.lock().expect("no listener panics");
    heard.iter().filter(|query| query.starts_with("SELECT")).map(|query| written_out(engine, query)).collect()
}

/// `SELECT ?, ? -- binds: ["a", 1]` with the values in their places.
fn written_out(engine: Engine, query: &str) -> String {
    let (statement, values) = query.rsplit_once(" -- binds: ").expect("Diesel shows the values");
    let values: Vec<String> =
        split(values.trim_start_matches('[').trim_end_matches(']')).map(literal).collect();
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

/// The values of a list, split at the commas between them.
fn split(values: &str) -> impl Iterator<Item = String> {
    let (mut all, mut present, mut in_text, mut escaped) = (Vec::new(), String::new(), false, false);
    for letter in values.chars() {
        if letter == ',' && !in_text {
            all.push(std::mem::take(&mut present));
            continue;
        }
        in_text ^= letter == '"' && !escaped;
        escaped = letter == '\\' && !escaped;
        present.push(letter);
    }
    all.push(present);
    all.into_iter().map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
}

fn literal(shown: String) -> String {
    match shown.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(text) => format!("'{}'", text.replace("\\\"", "\"").replace('\'', "''")),
        None if shown.parse::<f64>().is_ok() => shown,
        // Dates and times.
        None => format!("'{}'", shown.replace('T', " ")),
    }
}
