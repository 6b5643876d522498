//! The whole schema as a script for a person: what is missing, how to verify it, and the way back.

use std::fmt::Write;

use super::outlook::Existing;
use super::plan::{self, Step};
use super::present::{PLATFORM_TABLES, Present, Spot};
use super::script::{self, Part};
use crate::db::Engine;
use crate::error::{Error, Result};

/// The files of all engines as text.
static SCRIPTS: include_dir::Dir<'_> = include_dir::include_dir!("$CARGO_MANIFEST_DIR/migrations");

/// Where Diesel notes which migrations ran; made by itself when it runs them.
const BOOKKEEPING: &str = "CREATE TABLE IF NOT EXISTS __diesel_schema_migrations (
    version VARCHAR(50) PRIMARY KEY NOT NULL,
    run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
);
";

/// A file of a migration.
pub(in crate::db) fn script(engine: Engine, name: &str, file: &str) -> Result<&'static str> {
    let path = format!("{}/{name}/{file}", engine.name());
    let text = SCRIPTS.get_file(&path).and_then(|file| file.contents_utf8());
    text.ok_or_else(|| Error::internal(format!("no migration {path}")))
}

fn names(engine: Engine) -> Result<Vec<String>> {
    let folder = SCRIPTS.get_dir(engine.name()).ok_or_else(|| Error::internal("no migrations"))?;
    let name =
        |migration: &include_dir::Dir<'_>| Some(migration.path().file_name()?.to_string_lossy().into_owned());
    let mut names: Vec<String> = folder.dirs().filter_map(name).collect();
    names.sort();
    Ok(names)
}

fn version(name: &str) -> String {
    name.split('_').next().unwrap_or_default().replace('-', "")
}

/// The SQL of all migrations in order, for a person to read and run, with Diesel's notes of what ran; also of engines
/// that this build cannot talk to. With a database that was asked, what it has already is left out and named.
pub fn sql(engine: Engine, existing: Option<&Existing>, applied: &[String]) -> Result<String> {
    let mut present = existing.map(|existing| existing.0.clone()).unwrap_or_default();
    let mut text = introduction(engine, existing);
    text.push_str(BOOKKEEPING);
    let mut way_back = String::new();
    for name in names(engine)? {
        if applied.contains(&name) {
            let _ = write!(text, "\n-- {name}: applied already\n");
            continue;
        }
        let steps = plan::steps(engine, script(engine, &name, "up.sql")?, &present);
        // A later migration may make a trigger of this one for databases that were migrated before it was there.
        present.triggers.extend(triggers_of(engine, script(engine, &name, "up.sql")?));
        let _ = write!(text, "\n-- {name}\n");
        steps.iter().for_each(|step| text.push_str(&plan::printed(engine, step)));
        let version = version(&name);
        let _ = writeln!(text, "INSERT INTO __diesel_schema_migrations (version) VALUES ('{version}');");
        way_back = back(engine, &name, &steps)? + &way_back;
    }
    text.push_str(&verification(&present, "After: the same questions, with the same answers as before."));
    text.push_str("\n-- The way back, newest first: remove the leading \"-- \" to run it. It keeps every row and column of the\n");
    text.push_str("-- platform, and takes with it what this app added: users, audit trail, resolutions.\n");
    text.push_str(&way_back);
    Ok(text)
}

/// The triggers that a script makes.
fn triggers_of(engine: Engine, script: &str) -> Vec<Spot> {
    let clauses =
        script::statements(script).into_iter().flat_map(|statement| script::clauses(&statement.sql));
    let spot = |clause: script::Clause| match clause.part {
        Some(Part::Trigger { table, name }) => Some(Spot::new(engine, &table, &name)),
        _ => None,
    };
    clauses.filter_map(spot).collect()
}

fn introduction(engine: Engine, existing: Option<&Existing>) -> String {
    let mut text =
        format!("-- llmage-admin: the schema for {}. Printed only; nothing was run.\n", engine.name());
    match existing {
        None => text.push_str("-- No database was asked: everything is listed, as for an empty one.\n"),
        Some(existing) => {
            let tables = existing.platform_tables();
            let tables =
                if tables.is_empty() { "no table of the platform".to_owned() } else { tables.join(", ") };
            let _ =
                writeln!(text, "-- The database has {tables}. What is there already is left out and named.");
        }
    }
    text.push_str(match engine {
        Engine::Mysql => {
            "-- Columns are added without copying the table (INSTANT), indexes while others write (INPLACE, LOCK=NONE).\n\
             -- Each statement commits by itself; one that was cut off can be run again.\n"
        }
        Engine::Postgres => {
            "-- Indexes of tables with rows are built CONCURRENTLY: run this with psql, not in one transaction.\n"
        }
        Engine::Sqlite => "-- Run it in one transaction.\n",
    });
    text.push_str("-- Take a backup first.\n");
    if let Some(existing) = existing {
        text.push_str(&verification(&existing.0, "Before: note the answers."));
    }
    text.push('\n');
    text
}

/// Questions that must have the same answers before and after.
fn verification(present: &Present, title: &str) -> String {
    let mut text = String::new();
    for table in PLATFORM_TABLES.into_iter().filter(|table| present.tables.contains_key(*table)) {
        let handled = match table {
            "llmusage_accounting_failed" => {
                ", SUM(CASE WHEN handled IS NULL THEN 1 ELSE 0 END) AS handled_null, \
                 SUM(CASE WHEN handled = '1' THEN 1 ELSE 0 END) AS handled_1"
            }
            _ => "",
        };
        let _ = writeln!(
            text,
            "SELECT '{table}' AS name, COUNT(*) AS n, SUM(amount) AS amount, SUM(cost) AS cost, MIN(id) AS first, \
             MAX(id) AS last{handled} FROM {table};"
        );
    }
    if text.is_empty() { text } else { format!("\n-- {title}\n{text}") }
}

/// The way back of one migration, as comments. Tables of the platform stay, whoever made them.
fn back(engine: Engine, name: &str, steps: &[Step]) -> Result<String> {
    let mut text = format!("\n-- back from {name}\n");
    let makes_platform_table = script::statements(script(engine, name, "up.sql")?).iter().any(|statement| {
        script::clauses(&statement.sql).iter().any(|clause| {
            matches!(&clause.part, Some(Part::Table { table, .. }) if PLATFORM_TABLES.contains(&table.as_str()))
        })
    });
    if makes_platform_table {
        for index in steps.iter().flat_map(|step| &step.adds).filter_map(|added| added.strip_prefix("index "))
        {
            let words: Vec<&str> = index.split(' ').collect();
            let on = if engine == Engine::Mysql { format!(" ON {}", words[2]) } else { String::new() };
            let _ = writeln!(text, "-- DROP INDEX {}{on};", words[0]);
        }
    } else {
        for line in script(engine, name, "down.sql")?.lines() {
            let _ = writeln!(text, "-- {line}");
        }
    }
    let version = version(name);
    let _ = writeln!(text, "-- DELETE FROM __diesel_schema_migrations WHERE version = '{version}';");
    Ok(text)
}
