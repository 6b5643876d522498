//! What a migration would do to a database as it is: only what is missing, on tables that others write alongside them.
//!
//! Works from the migration files, whoever wrote them.

use std::fmt::Write;

use super::columns;
use super::present::{PLATFORM_TABLES, Present};
use super::script::{self, Clause, Part, Statement};
use crate::db::Engine;

/// A statement of a migration, cut down to what is missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub comment: String,
    /// What is left to run; none where all of it is there.
    pub sql: Option<String>,
    /// What it adds, in words.
    pub adds: Vec<String>,
    /// What is there already, in words.
    pub present: Vec<String>,
}

/// The steps of a script on a database as it is.
pub fn steps(engine: Engine, script: &str, present: &Present) -> Vec<Step> {
    script::statements(script).into_iter().map(|statement| step(engine, statement, present)).collect()
}

fn step(engine: Engine, statement: Statement, present: &Present) -> Step {
    let (clauses, is_changed) = hidden(engine, script::clauses(&statement.sql), present);
    let (mut adds, mut there, mut left) = (Vec::new(), Vec::new(), Vec::new());
    for clause in &clauses {
        match clause.part.as_ref().map(|part| (part, present.has(engine, part))) {
            Some((part, Some(known))) => there.push(in_words(part, Some(&known))),
            Some((part, None)) => {
                adds.push(in_words(part, None));
                left.push(clause);
            }
            None => left.push(clause),
        }
    }
    let (indexes, others): (Vec<&Clause>, Vec<&Clause>) =
        left.iter().partition(|clause| matches!(clause.part, Some(Part::Index { .. })));
    let sql = match left.as_slice() {
        [] => None,
        // Together they would copy the table; a column alone is added at once, an index while others write.
        _ if engine == Engine::Mysql && !indexes.is_empty() && !others.is_empty() => {
            let [columns, indexes] = [others, indexes].map(|some| without_others(&statement.sql, &some));
            Some(format!("{columns};\n{indexes}"))
        }
        left if left.len() == clauses.len() && !is_changed => Some(statement.sql.clone()),
        left => Some(without_others(&statement.sql, left)),
    };
    let sql = sql.map(|sql| alongside(engine, sql, &clauses, present));
    Step { comment: statement.comment, sql, adds, present: there }
}

/// The clauses with columns of ours in the platform's tables hidden, where an engine can, and as long as its ids; and
/// whether any clause changed by that.
fn hidden(engine: Engine, mut clauses: Vec<Clause>, present: &Present) -> (Vec<Clause>, bool) {
    let mut is_changed = false;
    for clause in &mut clauses {
        let Some(Part::Column { table, .. }) = &clause.part else { continue };
        if !PLATFORM_TABLES.contains(&&**table) {
            continue;
        }
        let mut sql = columns::with_room_for_ids(&clause.sql, present.longest_id);
        if engine == Engine::Mysql {
            sql = columns::hidden(&sql, present.character_sets.get(table).map(String::as_str));
        }
        is_changed |= sql != clause.sql;
        clause.sql = sql;
    }
    (clauses, is_changed)
}

/// An `ALTER TABLE` with some of its clauses.
fn without_others(sql: &str, clauses: &[&Clause]) -> String {
    let table = sql.split_whitespace().nth(2).unwrap_or_default();
    let clauses: Vec<&str> = clauses.iter().map(|clause| clause.sql.as_str()).collect();
    format!("ALTER TABLE {table} {}", clauses.join(", "))
}

/// PostgreSQL builds an index of a table with rows so that others go on writing, if told so; the others do by themselves.
fn alongside(engine: Engine, sql: String, clauses: &[Clause], present: &Present) -> String {
    let [Clause { part: Some(Part::Index { table, name, .. }), .. }] = clauses else { return sql };
    if engine != Engine::Postgres || !present.filled.contains(table) || sql.contains("CONCURRENTLY") {
        return sql;
    }
    let sql = sql.replacen("INDEX", "INDEX CONCURRENTLY", 1);
    match present.unfinished.contains(name) {
        true => format!("DROP INDEX CONCURRENTLY {name};\n{sql}"),
        false => sql,
    }
}

/// Whether a step cannot be part of a transaction.
pub fn stands_alone(step: &Step) -> bool {
    step.sql.as_deref().is_some_and(|sql| sql.contains("INDEX CONCURRENTLY"))
}

fn in_words(part: &Part, known: Option<&str>) -> String {
    let (kind, name, place) = match part {
        Part::Table { table, columns } => {
            let columns =
                if columns.is_empty() { String::new() } else { format!(", {} columns", columns.len()) };
            ("table", table, columns)
        }
        Part::Column { table, column } => ("column", column, format!(" of {table}")),
        Part::Index { table, name, keys } => {
            ("index", name, format!(" on {table} {}", keys.replace(',', ", ")))
        }
        Part::Trigger { name, .. } => ("trigger", name, String::new()),
    };
    match known.filter(|known| *known != name.as_str()) {
        Some(known) => format!("{kind} {name}{place}, as {known}"),
        None => format!("{kind} {name}{place}"),
    }
}

/// The columns that tables must have and lack, as `column of table`: the platform changed its schema, or somebody did.
pub fn missing_columns(scripts: &[String], present: &Present) -> Vec<(String, String)> {
    let mut missing = Vec::new();
    let parts = scripts.iter().flat_map(|text| script::statements(text));
    for clause in parts.flat_map(|statement| script::clauses(&statement.sql)) {
        if let Some(part @ Part::Table { table, .. }) = &clause.part {
            missing.extend(present.lacks(part).into_iter().map(|column| (table.clone(), column)));
        }
    }
    missing
}

/// The statements of a script that are not known to be harmless to a table of the platform that is in use.
pub fn blocking_statements(engine: Engine, script: &str) -> Vec<String> {
    let mut found = Vec::new();
    for statement in script::statements(script) {
        let upper = script::bare(&statement.sql).to_uppercase();
        let on_platform = PLATFORM_TABLES.iter().any(|table| {
            let table = table.to_uppercase();
            let words = upper.split(|sign: char| !sign.is_alphanumeric() && sign != '_');
            words.take(12).any(|word| word == table)
        });
        if !on_platform {
            continue;
        }
        let rewrites = [
            " STORED",
            "MODIFY ",
            "CHANGE COLUMN",
            "CONVERT TO",
            "NOT NULL",
            " FIRST",
            " AFTER ",
            " SET DATA TYPE",
            "ALTER COLUMN",
        ];
        let is_alter = upper.starts_with("ALTER TABLE");
        let is_bad = (is_alter && rewrites.iter().any(|word| upper.contains(word)))
            || upper.starts_with("DELETE")
            || upper.starts_with("DROP TABLE")
            || (engine != Engine::Sqlite && upper.starts_with("CREATE UNIQUE"));
        if is_bad {
            found.push(statement.sql);
        }
    }
    found
}

/// A step as a person reads and runs it: comment, statement, or a note that it is there.
pub fn printed(engine: Engine, step: &Step) -> String {
    let mut text = step.comment.clone();
    for there in &step.present {
        let _ = writeln!(text, "-- there already: {there}");
    }
    match &step.sql {
        // The client would take the first semicolon of the body for the end.
        Some(sql) if engine == Engine::Mysql && script::is_trigger_with_body(sql) => {
            let _ = writeln!(text, "DELIMITER //\n{sql} //\nDELIMITER ;");
        }
        Some(sql) => {
            let _ = writeln!(text, "{sql};");
        }
        None => {}
    }
    text
}
