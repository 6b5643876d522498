//! Moving rows between two tables of the same shape: which columns there are, when two rows are the same to the byte,
//! and in which order rows are walked.

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::sql_types::Text;

use super::super::{DbConnection, Engine};
use super::number;
use super::statement::Statement;
use crate::error::Result;

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    pub name: String,
    /// Whether it holds text, which has a collation.
    pub is_text: bool,
}

/// The columns of a table in its order.
pub fn columns(connection: &mut DbConnection, table: &str) -> Result<Vec<Column>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        name: String,
        #[diesel(sql_type = Text)]
        kind: String,
    }
    let engine = connection.engine();
    let question = match engine {
        Engine::Sqlite => Statement::new(engine, "SELECT name, type AS kind FROM pragma_table_info(").text(table).sql(")"),
        Engine::Mysql => Statement::new(
            engine,
            "SELECT CAST(column_name AS CHAR) AS name, CAST(data_type AS CHAR) AS kind FROM information_schema.columns \
             WHERE table_schema = DATABASE() AND table_name = ",
        )
        .text(table)
        .sql(" ORDER BY ordinal_position"),
        Engine::Postgres => Statement::new(
            engine,
            "SELECT CAST(column_name AS TEXT) AS name, CAST(data_type AS TEXT) AS kind FROM information_schema.columns \
             WHERE table_schema = ANY (current_schemas(false)) AND table_name = ",
        )
        .text(table)
        .sql(" ORDER BY ordinal_position"),
    };
    let rows: Vec<Row> = question.load(connection)?;
    let is_text = |kind: &str| {
        let kind = kind.to_ascii_lowercase();
        ["char", "text", "clob", "enum"].iter().any(|word| kind.contains(word))
    };
    Ok(rows.into_iter().map(|row| Column { is_text: is_text(&row.kind), name: row.name }).collect())
}

/// A name of a column or table, quoted.
pub fn quoted(engine: Engine, name: &str) -> String {
    match engine {
        Engine::Mysql => format!("`{}`", name.replace('`', "``")),
        _ => format!("\"{}\"", name.replace('"', "\"\"")),
    }
}

/// "The two rows hold the same in each of these columns", to the byte, NULL the same as NULL.
pub fn is_same(engine: Engine, one: &str, other: &str, columns: &[Column]) -> String {
    let same = |column: &Column| {
        let name = quoted(engine, &column.name);
        let (one, other) = (format!("{one}.{name}"), format!("{other}.{name}"));
        match engine {
            Engine::Sqlite => {
                let collation = if column.is_text { " COLLATE BINARY" } else { "" };
                // The plus keeps the planner from looking rows up by anything but their ids.
                format!("(+{one} IS +{other}{collation} AND typeof({one}) = typeof({other}))")
            }
            Engine::Mysql if column.is_text => {
                let bytes = |value: &str| format!("CAST(CONVERT({value} USING utf8mb4) AS BINARY)");
                format!("{} <=> {}", bytes(&one), bytes(&other))
            }
            Engine::Mysql => format!("{one} <=> {other}"),
            Engine::Postgres => {
                let text = |value: &str| format!("CAST({value} AS TEXT) COLLATE \"C\"");
                format!("{} IS NOT DISTINCT FROM {}", text(&one), text(&other))
            }
        }
    };
    columns.iter().map(same).collect::<Vec<_>>().join(" AND ")
}

/// "The column holds that word", or what the database takes for it, as the platform's own statements do.
pub fn is_word(column: &str, word: &str) -> String {
    format!("{column} = '{word}'")
}

/// "Both columns hold the same id", along an index of either, also where the collation takes others for the same.
pub fn is_same_id(engine: Engine, one: &str, other: &str) -> String {
    match engine {
        Engine::Mysql => format!("({one} = {other} AND CAST({one} AS BINARY) = CAST({other} AS BINARY))"),
        Engine::Sqlite | Engine::Postgres => format!("{one} = {other}"),
    }
}

/// "The column holds a day before that one", to be followed by the day. What is shown as no day is none here, too.
pub fn is_day_before(engine: Engine, column: &str) -> String {
    let (least, is_day) = (least_day(engine), is_day(engine, column));
    format!("{column} >= {least} AND {is_day} AND {column} < ")
}

fn least_day(engine: Engine) -> &'static str {
    if engine == Engine::Sqlite { "'0001'" } else { "'0001-01-01'" }
}

/// "What the column holds is a day of the calendar", as it is shown: SQLite keeps any text or bytes, MariaDB a month or a
/// day of zero and the 31st of February, PostgreSQL infinity and years of five digits.
fn is_day(engine: Engine, column: &str) -> String {
    match engine {
        Engine::Sqlite => format!("date({column}) IS {column}"),
        Engine::Mysql => format!("{column} <=> FROM_DAYS(TO_DAYS({column}))"),
        Engine::Postgres => format!("{column} BETWEEN '0001-01-01' AND '9999-12-31'"),
    }
}

/// "The column holds no day": nothing, a zero date, or what is in no calendar.
pub fn is_no_day(engine: Engine, column: &str) -> String {
    let (least, is_day) = (least_day(engine), is_day(engine, column));
    format!("({column} IS NULL OR {column} < {least} OR NOT ({is_day}))")
}

/// What a stretch between two days asks besides, where what is no day can stand among them: see [`is_no_day`].
pub fn is_day_among(engine: Engine, column: &str) -> Option<String> {
    // There only infinity and other ages are none, which are in no stretch.
    (engine != Engine::Postgres).then(|| is_day(engine, column))
}

/// "What the time column holds is a time": not one of no calendar, nor a text that says none.
pub fn says_time(engine: Engine, column: &str) -> String {
    match engine {
        Engine::Sqlite => format!("(typeof({column}) = 'text' AND is_time(CAST({column} AS BLOB)))"),
        Engine::Mysql => {
            format!("({column} >= '0001-01-01' AND CAST({column} AS DATE) <=> FROM_DAYS(TO_DAYS({column})))")
        }
        Engine::Postgres => {
            format!("({column} >= '0001-01-01' AND {column} < '9999-12-31'::timestamp + INTERVAL '1 day')")
        }
    }
}

/// "The column holds no day from the first to the last", be it another one or none.
pub fn is_no_day_within(engine: Engine, column: &str, first: NaiveDate, last: NaiveDate) -> String {
    format!("({} OR {column} < '{first}' OR {column} > '{last}')", is_no_day(engine, column))
}

/// Rows without a day, as far as an index has them together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoDay {
    /// A condition that an index answers.
    Indexed(String),
    /// Rows that an index has together, and what has to be asked of each.
    Among(String, String),
}

/// The rows of [`is_no_day`] in stretches.
pub fn stretches_without_day(engine: Engine, column: &str) -> Vec<NoDay> {
    let (least, is_day) = (least_day(engine), is_day(engine, column));
    let last = match engine {
        Engine::Postgres => NoDay::Indexed(format!("{column} > '9999-12-31'")),
        // These stand among the days.
        Engine::Sqlite | Engine::Mysql => {
            NoDay::Among(format!("{column} >= {least}"), format!("NOT ({is_day})"))
        }
    };
    vec![NoDay::Indexed(format!("{column} IS NULL")), NoDay::Indexed(format!("{column} < {least}")), last]
}

/// "A cell of the row is of another kind than its column": in SQLite a text that is not UTF-8, or bytes; money that is
/// no number, a day of use or a time that is none.
pub fn has_foreign_cell(engine: Engine, table: &str, texts: &[&str], times: &[&str]) -> String {
    let money = ["amount", "cost"].map(|column| {
        let column = format!("{table}.{column}");
        format!("({column} IS NOT NULL AND {} IS NULL)", number(&column))
    });
    let text = |column: &&str| {
        let column = format!("{table}.{column}");
        // GLOB reads what is not UTF-8 as U+FFFD; a text may hold that letter itself.
        format!(
            "typeof({column}) = 'blob' OR ({column} GLOB '*' || char(65533) || '*' \
             AND instr(CAST({column} AS BLOB), x'efbfbd') = 0)"
        )
    };
    let texts = texts.iter().filter(|_| engine == Engine::Sqlite).map(text);
    let day = format!("{table}.use_date");
    let day = format!("({day} IS NOT NULL AND {})", is_no_day(engine, &day));
    let time = |column: &&str| {
        let column = format!("{table}.{column}");
        format!("({column} IS NOT NULL AND ({}) IS NOT TRUE)", says_time(engine, &column))
    };
    let times = times.iter().map(time);
    format!("({})", money.into_iter().chain([day]).chain(times).chain(texts).collect::<Vec<_>>().join(" OR "))
}

pub fn as_text(engine: Engine, value: &str) -> String {
    format!("CAST({value} AS {})", if engine == Engine::Mysql { "CHAR" } else { "TEXT" })
}
