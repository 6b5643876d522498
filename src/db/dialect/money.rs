//! Columns of numbers, and money among them, to the digit.

use super::super::Engine;
use crate::base::money::MoneySum;

/// The numbers that a column of numbers may hold; beyond lie infinities, NaN, and in SQLite texts and bytes. These
/// count as none.
pub(super) const LEAST_NUMBER: &str = "-1.7976931348623157e308";
pub(super) const MOST_NUMBER: &str = "1.7976931348623157e308";

/// A number column where it holds a number, else NULL.
pub fn number(column: &str) -> String {
    format!("(CASE WHEN {column} BETWEEN {LEAST_NUMBER} AND {MOST_NUMBER} THEN {column} END)")
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
pub fn money_sum(high: i64, low: i64) -> MoneySum {
    MoneySum::from_parts(high, low)
}
