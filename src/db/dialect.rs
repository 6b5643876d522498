//! What the three databases say differently: one function each, everything else is common Diesel.
//!
//! Fragments are built from constant column names only; values are always bound.

mod bulk;
mod tables;

use chrono::{Datelike, NaiveDateTime};
use diesel::dsl::sql;
use diesel::expression::SqlLiteral;
use diesel::sql_types::{Bool, Double, Nullable, Text};
use diesel::{BoxableExpression, QueryableByName, RunQueryDsl};

use super::{DbBackend, DbConnection, Engine};
use crate::base::money::MoneySum;
use crate::base::paging::Key;
use crate::error::Result;

pub use bulk::{Bulk, begin_bulk, end_bulk};
pub use tables::{IdAndName, ids_and_names, table_exists, table_options};

/// A condition on table `T`, whatever it is made of.
pub type Condition<T> = Box<dyn BoxableExpression<T, DbBackend, SqlType = Nullable<Bool>>>;

/// Whether a failed record is open: `handled` is not '1', so NULL and foreign values count as open.
/// To the letter the expression of the indexes `idx_laf_open_*`.
pub fn is_open(engine: Engine, open: bool) -> SqlLiteral<Nullable<Bool>> {
    let wanted = i32::from(open);
    match engine {
        Engine::Mysql => sql(&format!("is_open = {wanted}")),
        _ => sql(&format!("(CASE WHEN handled = '1' THEN 0 ELSE 1 END) = {wanted}")),
    }
}

/// A double column as whole units of 10^-5: the SQL twin of [`crate::base::money::Money::from_column`].
pub fn units(engine: Engine, column: &str) -> String {
    let whole = |value: &str| match engine {
        Engine::Sqlite => format!("CAST({value} AS INTEGER)"),
        Engine::Mysql => format!("CAST(TRUNCATE({value}, 0) AS SIGNED)"),
        Engine::Postgres => format!("CAST(TRUNC({value}) AS BIGINT)"),
    };
    let half = format!("(CASE WHEN {column} < 0 THEN -0.5e0 ELSE 0.5e0 END)");
    let simple = whole(&format!("{column} * 1e5 + {half}"));
    let (wholes, fraction) =
        (whole(column), whole(&format!("({column} - {}) * 1e5 + {half}", whole(column))));
    format!(
        "(CASE WHEN {column} BETWEEN -8e9 AND 8e9 THEN {simple} WHEN {column} >= 9e13 THEN 9000000000000000000 \
         WHEN {column} <= -9e13 THEN -9000000000000000000 ELSE {wholes} * 100000 + {fraction} END)"
    )
}

/// The exact sum of a money column in two select items, for [`MoneySum::from_parts`]: millions of units,
/// and units. In two parts no engine's integers overflow.
pub fn sum_parts(engine: Engine, column: &str) -> [String; 2] {
    let units = units(engine, column);
    let (high, low) = match engine {
        Engine::Mysql => (format!("{units} DIV 1000000"), format!("{units} MOD 1000000")),
        _ => (format!("{units} / 1000000"), format!("{units} % 1000000")),
    };
    [high, low].map(|part| format!("CAST(COALESCE(SUM({part}), 0) AS {})", whole(engine)))
}

/// The type of whole numbers of 64 bits, to cast to.
pub fn whole(engine: Engine) -> &'static str {
    if engine == Engine::Mysql { "SIGNED" } else { "BIGINT" }
}

/// The amounts up to which [`small_sum`] is right: a billion of them still fit an integer of the database.
pub const SMALL_MONEY: f64 = 90_000.0;

/// The exact sum of a money column in units, as one select item, where no value is beyond [`SMALL_MONEY`]:
/// half the work of [`sum_parts`].
pub fn small_sum(engine: Engine, column: &str) -> String {
    let half = format!("(CASE WHEN {column} < 0 THEN -0.5e0 ELSE 0.5e0 END)");
    let units = match engine {
        // ROUND is the same rounding, and the quickest.
        Engine::Sqlite => format!("CAST(ROUND({column} * 1e5) AS INTEGER)"),
        Engine::Mysql => format!("CAST(TRUNCATE({column} * 1e5 + {half}, 0) AS SIGNED)"),
        Engine::Postgres => format!("CAST(TRUNC({column} * 1e5 + {half}) AS BIGINT)"),
    };
    format!("CAST(COALESCE(SUM({units}), 0) AS {})", whole(engine))
}

/// Two parts as a sum.
pub fn money_sum(parts: (i64, i64)) -> MoneySum {
    MoneySum::from_parts(parts.0, parts.1)
}

/// A time column as the database writes it, for cursors.
pub fn time_text(engine: Engine, column: &str) -> String {
    match engine {
        Engine::Mysql => format!("CAST({column} AS CHAR)"),
        _ => format!("CAST({column} AS TEXT)"),
    }
}

/// Whether the key of a cursor can be compared with a column here. SQLite compares any text, so
/// whatever a foreign row holds is in order; the others would answer with an error.
pub fn is_key(engine: Engine, key: &Key) -> bool {
    match (engine, key) {
        (Engine::Sqlite, _) | (_, Key::Null) => true,
        (Engine::Mysql, Key::Number(number)) => number.is_finite(),
        (Engine::Postgres, Key::Number(_)) => true,
        (Engine::Mysql, Key::Time(time)) => time == "0000-00-00 00:00:00" || is_time(time),
        (Engine::Postgres, Key::Time(time)) => matches!(&**time, "infinity" | "-infinity") || is_time(time),
    }
}

fn is_time(text: &str) -> bool {
    let time = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f");
    text.starts_with(|first: char| first.is_ascii_digit()) && time.is_ok_and(|time| time.year() > 0)
}

/// Compares a sort column with the key of a cursor; `operator` is a constant such as `<=`.
pub fn compare<T: 'static>(engine: Engine, column: &str, operator: &str, key: &Key) -> Condition<T>
where
    SqlLiteral<Nullable<Bool>>: BoxableExpression<T, DbBackend, SqlType = Nullable<Bool>>,
    diesel::expression::UncheckedBind<
        SqlLiteral<Nullable<Bool>>,
        <String as diesel::expression::AsExpression<Text>>::Expression,
    >: BoxableExpression<T, DbBackend, SqlType = Nullable<Bool>>,
    diesel::expression::UncheckedBind<
        SqlLiteral<Nullable<Bool>>,
        <f64 as diesel::expression::AsExpression<Double>>::Expression,
    >: BoxableExpression<T, DbBackend, SqlType = Nullable<Bool>>,
    SqlLiteral<
        Nullable<Bool>,
        diesel::expression::UncheckedBind<
            SqlLiteral<Nullable<Bool>>,
            <String as diesel::expression::AsExpression<Text>>::Expression,
        >,
    >: BoxableExpression<T, DbBackend, SqlType = Nullable<Bool>>,
{
    match key {
        Key::Null => Box::new(sql::<Nullable<Bool>>(&format!("{column} IS NULL"))),
        Key::Number(number) => {
            Box::new(sql::<Nullable<Bool>>(&format!("{column} {operator} ")).bind::<Double, _>(*number))
        }
        Key::Time(time) if engine == Engine::Postgres => Box::new(
            sql::<Nullable<Bool>>(&format!("{column} {operator} CAST("))
                .bind::<Text, _>(time.clone())
                .sql(" AS TIMESTAMP)"),
        ),
        Key::Time(time) => {
            Box::new(sql::<Nullable<Bool>>(&format!("{column} {operator} ")).bind::<Text, _>(time.clone()))
        }
    }
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Text,
    Time,
    Number,
}

/// The same value in the same order, which no index offers to give.
pub fn unindexed(engine: Engine, column: &str, kind: Kind) -> String {
    match (engine, kind) {
        (Engine::Sqlite, _) => format!("+{column}"),
        (Engine::Mysql, _) => format!("COALESCE({column}, NULL)"),
        (Engine::Postgres, Kind::Text) => format!("({column} || '')"),
        (Engine::Postgres, Kind::Time) => format!("({column} + INTERVAL '0')"),
        (Engine::Postgres, Kind::Number) => format!("({column} + 0e0)"),
    }
}

/// Whether rows that are all NULL in a column are in the order of an index only if sorted by that column, too.
pub fn sorts_by_nulls(engine: Engine) -> bool {
    engine == Engine::Postgres
}

/// The pattern for a part of a text, with the wildcards of LIKE taken literally (escape character `!`).
pub fn like_pattern(part: &str) -> String {
    let escaped = part.replace('!', "!!").replace('%', "!%").replace('_', "!_");
    format!("%{escaped}%")
}

/// "The column holds this part, in any case", as the text before and after the bound pattern.
pub fn contains_any_case(engine: Engine, column: &str) -> (String, &'static str) {
    match engine {
        Engine::Sqlite => (format!("{column} LIKE "), " ESCAPE '!'"),
        Engine::Mysql => (format!("LOWER({column}) LIKE LOWER("), ") ESCAPE '!'"),
        Engine::Postgres => (format!("{column} ILIKE "), " ESCAPE '!'"),
    }
}

/// Whether reasons have an index for parts of words.
pub fn has_text_index(connection: &mut DbConnection) -> Result<bool> {
    let question = match connection.engine() {
        Engine::Sqlite => "SELECT COUNT(*) AS n FROM sqlite_master WHERE name = 'reason_index'",
        Engine::Mysql => return Ok(false),
        Engine::Postgres => {
            "SELECT COUNT(*) AS n FROM pg_indexes WHERE schemaname = ANY (current_schemas(false)) \
             AND indexname = 'idx_laf_failed_reason'"
        }
    };
    #[derive(QueryableByName)]
    struct Count {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        n: i64,
    }
    let rows: Vec<Count> = diesel::sql_query(question).load(connection)?;
    Ok(rows.iter().any(|row| row.n > 0))
}

/// Words that end a `SELECT` which must keep its rows unchanged until the transaction ends.
/// SQLite's writing transaction has locked everything already.
pub fn for_update(engine: Engine) -> &'static str {
    match engine {
        Engine::Sqlite => "",
        Engine::Mysql | Engine::Postgres => " FOR UPDATE",
    }
}

/// Whether an error's text says that the database is away, full or locked, not that a query is wrong.
pub fn is_outage(message: &str) -> bool {
    const SIGNS: [&str; 16] = [
        "database is locked",
        "database or disk is full",
        "readonly database",
        "disk I/O error",
        "unable to open database file",
        "gone away",
        "Lost connection",
        "Can't connect",
        "Server shutdown in progress",
        "Connection was killed",
        "connection to server",
        "server closed the connection",
        "no connection to the server",
        "terminating connection",
        "could not connect",
        "Too many connections",
    ];
    SIGNS.iter().any(|sign| message.contains(sign))
}

/// "The id is among the hits of the text index", before and after the bound question.
pub fn text_hits(engine: Engine) -> (&'static str, &'static str) {
    match engine {
        Engine::Sqlite => (
            "id IN (SELECT failed_id FROM reason_document WHERE number IN \
             (SELECT rowid FROM reason_index WHERE reason_index MATCH ",
            "))",
        ),
        // The array is made once, from the index, before the rows are read in the order of the list.
        _ => (
            "id = ANY (ARRAY (SELECT hit.id FROM llmusage_accounting_failed hit WHERE hit.failed_reason ILIKE ",
            " ESCAPE '!'))",
        ),
    }
}

/// How many rows the text index has for a question, counting to `limit` at most.
pub fn count_text_hits(connection: &mut DbConnection, question: &str, limit: i64) -> Result<i64> {
    use diesel::sql_types::BigInt;
    let query = match connection.engine() {
        Engine::Sqlite => {
            sql::<BigInt>("SELECT COUNT(*) FROM (SELECT 1 FROM reason_index WHERE reason_index MATCH ")
                .bind::<Text, _>(question.to_owned())
                .sql(" LIMIT ")
        }
        _ => {
            // With a limit the planner would rather scan the table; the index is what this asks for.
            diesel::sql_query("SET LOCAL enable_seqscan = off").execute(connection)?;
            sql::<BigInt>(
                "SELECT COUNT(*) FROM (SELECT 1 FROM llmusage_accounting_failed WHERE failed_reason ILIKE ",
            )
            .bind::<Text, _>(question.to_owned())
            .sql(" ESCAPE '!' LIMIT ")
        }
    };
    Ok(query.bind::<BigInt, _>(limit).sql(") hits").get_result(connection)?)
}

/// How many rows a limited query gives, without fetching them.
pub fn count_rows<Q>(connection: &mut DbConnection, query: Q) -> Result<i64>
where
    CountOf<Q>: diesel::query_dsl::methods::LoadQuery<'static, DbConnection, i64>,
{
    Ok(CountOf(query).get_result(connection)?)
}

/// `SELECT COUNT(*) FROM (query)`: Diesel has no query in FROM.
#[derive(Debug, Clone, Copy, diesel::query_builder::QueryId)]
pub struct CountOf<Q>(Q);

impl<Q> diesel::query_builder::Query for CountOf<Q> {
    type SqlType = diesel::sql_types::BigInt;
}

impl<Q> diesel::query_builder::QueryFragment<DbBackend> for CountOf<Q>
where
    Q: diesel::query_builder::QueryFragment<DbBackend>,
{
    fn walk_ast<'b>(
        &'b self,
        mut pass: diesel::query_builder::AstPass<'_, 'b, DbBackend>,
    ) -> diesel::QueryResult<()> {
        pass.push_sql("SELECT COUNT(*) FROM (");
        self.0.walk_ast(pass.reborrow())?;
        pass.push_sql(") counted");
        Ok(())
    }
}

impl<Q> diesel::RunQueryDsl<DbConnection> for CountOf<Q> {}
