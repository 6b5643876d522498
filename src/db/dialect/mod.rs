//! What the three databases say differently: one function each, everything else is common Diesel.
//!
//! Fragments are built from constant column names only; values are always bound. More than 250 lines: one function a
//! difference.

mod attempts;
mod bulk;
mod charsets;
mod clock;
mod kept;
mod many;
mod masked;
mod moving;
mod outages;
mod reasons;
mod refusals;
mod statement;
mod tab;
mod tables;
mod text;

use chrono::{Datelike, NaiveDateTime, Timelike};
use diesel::dsl::sql;
use diesel::sql_types::{Bool, Nullable, Text};
use diesel::{BoxableExpression, RunQueryDsl};

use super::values::TextOf;
use super::{DbBackend, DbConnection, Engine};
use crate::base::money::MoneySum;
use crate::base::paging::Key;
use crate::error::Result;

pub use attempts::{insert_attempt_unless_known, insert_cause_unless_known};
pub use bulk::{Bulk, begin_bulk, end_bulk};
pub use charsets::{check_all_storable, check_storable, learn_character_sets};
pub use clock::epoch_milliseconds;
pub use kept::{Wanted, check_kept};
pub use many::{AtMost, Locked, failures_of, lock_rows, places};
pub use masked::keep_shown;
pub use moving::{
    Column, NoDay, as_text, columns, has_foreign_cell, is_day_before, is_no_day, is_same, is_same_id,
    is_word, quoted, stretches_without_day, walk_key,
};
pub use outages::{is_away, is_held, is_lost, is_outage, is_transient, outage_in_words, remedy};
pub use reasons::{
    ReasonChange, count_text_hits, forget_reason_changes, has_text_index, index_question, index_reasons,
    last_number_of_index, reason_changes, rebuild_text_index_if_worn, text_hits,
};
pub use refusals::refusal;
pub use statement::Statement;
pub use tab::{Tab, is_in, is_in_any, repeating};
pub use tables::{IdAndName, ids_and_names, table_exists, table_options};
pub use text::{contains, like_pattern, shows};

/// A condition on table `T`, whatever it is made of.
pub type Condition<T> = Box<dyn BoxableExpression<T, DbBackend, SqlType = Nullable<Bool>>>;

/// Whether that is the database whose text columns may hold any bytes.
pub fn holds_bytes(backend: &DbBackend) -> bool {
    match backend {
        #[cfg(feature = "sqlite")]
        DbBackend::Sqlite(_) => true,
        #[allow(unreachable_patterns, reason = "reached only in builds with another engine")]
        _ => false,
    }
}

/// "The column holds exactly this text", along an index: some collations of adopted tables find texts that differ in
/// case, too, so there the bytes are compared as well.
pub fn exactly<T: 'static>(engine: Engine, column: &str, text: &str) -> Condition<T> {
    let equal = sql::<Nullable<Bool>>(&format!("({column} = ")).bind::<Text, _>(TextOf::new(text));
    if engine != Engine::Mysql {
        return Box::new(equal.sql(")"));
    }
    if !charsets::can_hold(text) {
        return Box::new(sql::<Nullable<Bool>>("(1 = 0)"));
    }
    let wide =
        if charsets::is_narrow() { format!("CONVERT({column} USING utf8mb4)") } else { column.to_owned() };
    let bytes = equal.sql(&format!(" AND CAST({wide} AS BINARY) = CAST(")).bind::<Text, _>(text.to_owned());
    Box::new(bytes.sql(" AS BINARY))"))
}

/// "The column holds that word", or what the database takes for it.
pub fn means<T: 'static>(engine: Engine, column: &str, word: &str) -> Condition<T> {
    if engine == Engine::Mysql && !charsets::can_hold(word) {
        return Box::new(sql::<Nullable<Bool>>("(1 = 0)"));
    }
    let equal = sql::<Nullable<Bool>>(&format!("({column} = ")).bind::<Text, _>(TextOf::new(word));
    Box::new(equal.sql(")"))
}

/// "The column holds no text": NULL or an empty one.
pub fn is_nothing<T: 'static>(column: &str) -> Condition<T> {
    Box::new(sql::<Nullable<Bool>>(&format!("({column} IS NULL OR {column} = '')")))
}

/// "The column holds one of these", to the byte.
pub fn among<T: 'static>(column: &'static str, texts: &[String]) -> Condition<T> {
    Box::new(Among { column, texts: texts.iter().map(|text| TextOf::new(text)).collect() })
}

/// The numbers that a column of numbers may hold; beyond lie infinities, NaN, and in SQLite texts and bytes. These
/// count as none.
const LEAST_NUMBER: &str = "-1.7976931348623157e308";
const MOST_NUMBER: &str = "1.7976931348623157e308";

/// A number column where it holds a number, else NULL.
pub fn number(column: &str) -> String {
    format!("(CASE WHEN {column} BETWEEN {LEAST_NUMBER} AND {MOST_NUMBER} THEN {column} END)")
}

/// Between which values a sort column holds what it should; none where it cannot hold anything else.
pub fn bounds(engine: Engine, kind: Kind) -> Option<Bounds> {
    match (engine, kind) {
        (Engine::Mysql, _) | (_, Kind::Text) | (Engine::Postgres, Kind::Time) => None,
        (_, Kind::Number) => Some(Bounds { least: LEAST_NUMBER, below: "<", most: MOST_NUMBER, above: ">" }),
        // Numbers come before all texts, bytes after.
        (Engine::Sqlite, Kind::Time) => Some(Bounds { least: "''", below: "<", most: "x''", above: ">=" }),
    }
}

/// Whether what is beyond the bounds has places of its own in a list: by the kind of its cell, as its index has it.
pub fn has_odd_cells(engine: Engine) -> bool {
    engine == Engine::Sqlite
}

/// A least and a most value, and what is beyond.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    pub least: &'static str,
    /// The operator for what is below the least.
    pub below: &'static str,
    pub most: &'static str,
    /// The operator for what is above the most.
    pub above: &'static str,
}

/// A number column as whole units of 10^-5: the SQL twin of [`crate::base::money::Money::from_column`].
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
        "(CASE WHEN {column} BETWEEN -8e9 AND 8e9 THEN {simple} \
         WHEN {column} BETWEEN 9e13 AND {MOST_NUMBER} THEN 9000000000000000000 \
         WHEN {column} BETWEEN {LEAST_NUMBER} AND -9e13 THEN -9000000000000000000 \
         WHEN {column} BETWEEN -9e13 AND 9e13 THEN {wholes} * 100000 + {fraction} END)"
    )
}

/// A money column as a value to be kept in a column of ours: PostgreSQL would make a double a NUMERIC of 15 digits.
pub fn kept_number(engine: Engine, column: &str) -> String {
    let number = number(column);
    match engine {
        Engine::Postgres => format!(
            "(CASE WHEN pg_typeof({column}) = 'numeric'::regtype THEN CAST({number} AS NUMERIC) \
             ELSE {} * 0.00001 END)",
            units(engine, column)
        ),
        Engine::Sqlite | Engine::Mysql => number,
    }
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

/// How to select a column of ids, days or words as text, and how to group by it so that what differs in a letter, or in
/// its case, is apart.
pub fn letter_by_letter(engine: Engine, column: &str) -> (String, String) {
    match engine {
        Engine::Mysql => (format!("CAST(MIN({column}) AS CHAR)"), format!("CAST({column} AS BINARY)")),
        Engine::Postgres => (format!("CAST({column} AS TEXT)"), column.to_owned()),
        // As it is: a text and a BLOB of the same bytes are apart.
        Engine::Sqlite => (column.to_owned(), column.to_owned()),
    }
}

/// The day of a date or time column as text `YYYY-MM-DD`.
pub fn day_text(engine: Engine, column: &str) -> String {
    match engine {
        Engine::Sqlite => format!("SUBSTR({column}, 1, 10)"),
        Engine::Mysql => format!("CAST(CAST({column} AS DATE) AS CHAR)"),
        Engine::Postgres => format!("TO_CHAR({column}, 'YYYY-MM-DD')"),
    }
}

/// Whether the key of a cursor can be compared with a column here. SQLite compares any text, so
/// whatever a foreign row holds is in order; the others would answer with an error.
pub fn is_key(engine: Engine, key: &Key) -> bool {
    match (engine, key) {
        (Engine::Sqlite, _) | (_, Key::Null) => true,
        (_, Key::Number(_)) => true,
        (_, Key::Odd(_)) => false,
        (Engine::Mysql, Key::Time(time)) => time == "0000-00-00 00:00:00" || is_time(time),
        (Engine::Postgres, Key::Time(time)) => {
            matches!(&**time, "infinity" | "-infinity") || is_time(&of_this_age(time))
        }
    }
}

/// A time of PostgreSQL with its year brought into four digits, leap years as they are: it knows years before the first
/// and behind the ten-thousandth.
fn of_this_age(text: &str) -> String {
    let text = text.strip_suffix(" BC").unwrap_or(text);
    let year = text.split_once('-').and_then(|(year, rest)| Some((year.parse::<u32>().ok()?, rest)));
    year.map_or_else(|| text.to_owned(), |(year, rest)| format!("{}-{rest}", 2000 + year % 400))
}

fn is_time(text: &str) -> bool {
    let time = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f");
    // The second 60 is read as one of more than a billion nanoseconds.
    let is_clock = |time: NaiveDateTime| time.year() > 0 && time.nanosecond() < 1_000_000_000;
    text.starts_with(|first: char| first.is_ascii_digit()) && time.is_ok_and(is_clock)
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

/// Words that end a `SELECT` which must keep its rows unchanged until the transaction ends.
/// SQLite's writing transaction has locked everything already.
pub fn for_update(engine: Engine) -> &'static str {
    match engine {
        Engine::Sqlite => "",
        Engine::Mysql | Engine::Postgres => " FOR UPDATE",
    }
}

/// Whether numbers are asked for as text: a NUMERIC has digits that a double has not.
pub fn writes_all_digits(engine: Engine) -> bool {
    engine == Engine::Postgres
}

/// Whether times are read as they were written, to the millisecond.
pub fn keeps_milliseconds(engine: Engine) -> bool {
    engine != Engine::Mysql
}

/// How many rows a limited query gives, without fetching them.
pub fn count_rows<Q>(connection: &mut DbConnection, query: Q) -> Result<i64>
where
    CountOf<Q>: diesel::query_dsl::methods::LoadQuery<'static, DbConnection, i64>,
{
    // For a common value PostgreSQL reads the table until it has met so many: that is all of it where they come last.
    by_index(connection, |connection| Ok(CountOf(query).get_result(connection)?))
}

/// Asks for few rows, which PostgreSQL shall find by an index also where it takes reading the whole table for cheaper.
pub fn by_index<T>(
    connection: &mut DbConnection,
    ask: impl FnOnce(&mut DbConnection) -> Result<T>,
) -> Result<T> {
    let is_on = "SELECT current_setting('enable_seqscan')";
    if connection.engine() != Engine::Postgres
        || diesel::dsl::sql::<diesel::sql_types::Text>(is_on).get_result::<String>(connection)? == "off"
    {
        return ask(connection);
    }
    diesel::sql_query("SET LOCAL enable_seqscan = off").execute(connection)?;
    let answer = ask(connection)?;
    diesel::sql_query("SET LOCAL enable_seqscan = on").execute(connection)?;
    Ok(answer)
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

/// `column IN (...)`, as a condition.
#[derive(Debug, Clone)]
struct Among {
    column: &'static str,
    texts: Vec<TextOf>,
}

impl diesel::Expression for Among {
    type SqlType = Nullable<Bool>;
}

impl<T> diesel::AppearsOnTable<T> for Among {}

impl<T> diesel::SelectableExpression<T> for Among {}

impl<G> diesel::expression::ValidGrouping<G> for Among {
    type IsAggregate = diesel::expression::is_aggregate::No;
}

impl diesel::query_builder::QueryId for Among {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl diesel::query_builder::QueryFragment<DbBackend> for Among {
    fn walk_ast<'b>(
        &'b self,
        mut pass: diesel::query_builder::AstPass<'_, 'b, DbBackend>,
    ) -> diesel::QueryResult<()> {
        if self.texts.is_empty() {
            pass.push_sql("1 = 0");
            return Ok(());
        }
        pass.push_sql(self.column);
        for (place, text) in self.texts.iter().enumerate() {
            pass.push_sql(if place == 0 { " IN (" } else { ", " });
            diesel::query_builder::QueryFragment::<DbBackend>::walk_ast(text, pass.reborrow())?;
        }
        pass.push_sql(")");
        Ok(())
    }
}
