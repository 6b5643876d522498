//! The types of the platform's columns: which of them the app can read and write, on each engine.

use diesel::prelude::*;
use diesel::sql_types::Text;

use super::present::PLATFORM_TABLES;
use crate::db::{DbConnection, Engine};
use crate::error::Result;

/// What a column is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Number,
    /// A number that is added up exactly.
    Money,
    Date,
    Time,
}

/// A column whose type cannot be served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misfit {
    pub table: String,
    pub column: String,
    pub found: String,
    pub wanted: &'static str,
}

/// What a column of the platform's tables is for; none of those that only the platform knows.
fn kind_of(column: &str) -> Option<Kind> {
    Some(match column {
        "id" | "llmusageid" | "llmid" | "userid" | "userorgid" | "failed_reason" | "handled"
        | "handled_note" | "usages" | "ioinfo" | "transno" | "status" | "taskid" | "ownerid"
        | "accounting_status" | "resolution" | "handled_by" => Kind::Text,
        "amount" | "cost" => Kind::Money,
        "retry_count" | "responsed_seconds" | "finish_seconds" => Kind::Number,
        "use_date" => Kind::Date,
        "use_time" | "failed_time" | "handled_time" | "backup_time" => Kind::Time,
        _ => return None,
    })
}

/// Whether the app knows that column of the platform's tables.
pub fn is_known(column: &str) -> bool {
    kind_of(column).is_some()
}

/// The columns of the platform's tables that the app cannot serve.
pub fn misfits(connection: &mut DbConnection) -> Result<Vec<Misfit>> {
    #[derive(QueryableByName)]
    struct Found {
        #[diesel(sql_type = Text)]
        owner: String,
        #[diesel(sql_type = Text)]
        name: String,
        #[diesel(sql_type = Text)]
        kind: String,
    }
    let engine = connection.engine();
    let tables = PLATFORM_TABLES.map(|table| format!("'{table}'")).join(", ");
    let question = match engine {
        Engine::Sqlite => format!(
            "SELECT master.name AS owner, info.name AS name, info.type AS kind FROM sqlite_master master, \
             pragma_table_info(master.name) info WHERE master.type = 'table' AND master.name IN ({tables})"
        ),
        Engine::Mysql => format!(
            "SELECT CAST(table_name AS CHAR) AS owner, CAST(column_name AS CHAR) AS name, \
             CAST(data_type AS CHAR) AS kind FROM information_schema.columns \
             WHERE table_schema = DATABASE() AND table_name IN ({tables}) ORDER BY table_name, ordinal_position"
        ),
        Engine::Postgres => format!(
            "SELECT CAST(c.relname AS TEXT) AS owner, CAST(a.attname AS TEXT) AS name, \
             format_type(a.atttypid, a.atttypmod) AS kind FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid \
             WHERE a.attnum > 0 AND NOT a.attisdropped AND c.oid IN (SELECT to_regclass(name) FROM (VALUES ({})) \
             AS wanted (name)) ORDER BY c.relname, a.attnum",
            tables.replace(", ", "), (")
        ),
    };
    let found: Vec<Found> = diesel::sql_query(question).load(connection)?;
    let misfit = |row: Found| {
        let kind = kind_of(&row.name.to_lowercase())?;
        let is_served = is_served(engine, kind, &row.kind.to_lowercase());
        (!is_served).then(|| Misfit {
            table: row.owner,
            column: row.name,
            found: if row.kind.is_empty() { "no type".to_owned() } else { row.kind },
            wanted: wanted(engine, kind),
        })
    };
    Ok(found.into_iter().filter_map(misfit).collect())
}

fn is_served(engine: Engine, kind: Kind, found: &str) -> bool {
    let is_one = |names: &[&str]| names.contains(&found.split('(').next().unwrap_or_default().trim());
    match engine {
        Engine::Sqlite => {
            // The rules of SQLite for what a declared type makes of a value.
            let has = |words: &[&str]| words.iter().any(|word| found.contains(word));
            let is_integer = has(&["int"]);
            let is_text = !is_integer && has(&["char", "clob", "text"]);
            let is_as_given = !is_integer && !is_text && (found.is_empty() || has(&["blob"]));
            match kind {
                Kind::Text => is_text || is_as_given,
                Kind::Number | Kind::Money => !is_text && !is_as_given,
                Kind::Date | Kind::Time => !is_integer && !has(&["real", "floa", "doub"]),
            }
        }
        Engine::Mysql => match kind {
            Kind::Text => is_one(&["char", "varchar", "tinytext", "text", "mediumtext", "longtext", "enum"]),
            Kind::Number | Kind::Money => {
                is_one(&["double", "float", "decimal", "bigint", "int", "mediumint", "smallint", "tinyint"])
            }
            Kind::Date => is_one(&["date"]),
            Kind::Time => is_one(&["timestamp", "datetime"]),
        },
        Engine::Postgres => match kind {
            // A longer CHAR gives its texts back with blanks at their ends.
            Kind::Text => is_one(&["character varying", "text"]) || found == "character(1)",
            Kind::Money => is_one(&["numeric", "double precision", "bigint", "integer", "smallint"]),
            Kind::Number => is_one(&["numeric", "double precision", "real", "bigint", "integer", "smallint"]),
            Kind::Date => is_one(&["date"]),
            Kind::Time => found.starts_with("timestamp") && found.ends_with("without time zone"),
        },
    }
}

fn wanted(engine: Engine, kind: Kind) -> &'static str {
    match (engine, kind) {
        (Engine::Sqlite, Kind::Text) => "TEXT or VARCHAR",
        (Engine::Sqlite, Kind::Number | Kind::Money) => {
            "REAL or DOUBLE, which makes numbers of what is written"
        }
        (Engine::Sqlite, Kind::Date | Kind::Time) => "TEXT, DATE or TIMESTAMP",
        (Engine::Mysql, Kind::Text) => "VARCHAR or a TEXT type",
        (Engine::Mysql, Kind::Number | Kind::Money) => "DOUBLE, DECIMAL or INT",
        (Engine::Mysql, Kind::Time) => "TIMESTAMP or DATETIME",
        (Engine::Postgres, Kind::Text) => "VARCHAR or TEXT",
        (Engine::Postgres, Kind::Number | Kind::Money) => "NUMERIC, DOUBLE PRECISION or INTEGER",
        (Engine::Postgres, Kind::Time) => "TIMESTAMP WITHOUT TIME ZONE",
        (_, Kind::Date) => "DATE",
    }
}
