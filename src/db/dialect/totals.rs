//! What a failure counts for in the kept totals, and the statements over their tables that differ.
//!
//! The triggers of the migration `keep_totals` say the same of a row before and after a change, to the letter: a test
//! compares the two.

use super::super::Engine;
use super::{Statement, units};

/// What a failure counts for, each as an expression over its row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facets {
    /// 1 open, 3 open and retrying, 0 handled, 2 superseded.
    pub state: String,
    /// The day of use as a text that compares with days as the column does; NULL where there is none.
    pub day: String,
    /// Empty where there is none, as for the filter.
    pub model: String,
    pub cause: String,
    pub organisation: String,
    pub resolution: String,
    /// In units of 10^-5; what is no number counts as none.
    pub amount: String,
    pub cost: String,
}

impl Facets {
    /// Of the row that stands behind `prefix`: `NEW.`, or nothing.
    pub fn of(engine: Engine, prefix: &str) -> Facets {
        let key = |column: &str| key(engine, &format!("{prefix}{column}"));
        let money = |column: &str| format!("COALESCE({}, 0)", units(engine, &format!("{prefix}{column}")));
        Facets {
            state: state(engine, prefix),
            day: day(engine, &format!("{prefix}use_date")),
            model: key("llmid"),
            cause: key("cause"),
            organisation: key("userorgid"),
            resolution: key("resolution"),
            amount: money("amount"),
            cost: money("cost"),
        }
    }
}

fn state(engine: Engine, prefix: &str) -> String {
    match engine {
        Engine::Mysql => format!(
            "(CASE WHEN {prefix}is_open = 1 AND {prefix}retry_requested_at IS NOT NULL THEN 3 \
             ELSE COALESCE({prefix}is_open, 1) END)"
        ),
        Engine::Sqlite | Engine::Postgres => format!(
            "(CASE WHEN {prefix}handled = '1' THEN CASE WHEN {prefix}resolution = 'superseded' THEN 2 ELSE 0 END \
             WHEN {prefix}retry_requested_at IS NULL THEN 1 ELSE 3 END)"
        ),
    }
}

fn day(engine: Engine, column: &str) -> String {
    match engine {
        // Numbers come before all texts, bytes after.
        Engine::Sqlite => format!(
            "(CASE typeof({column}) WHEN 'text' THEN {column} WHEN 'null' THEN NULL WHEN 'blob' THEN '~' ELSE '' END)"
        ),
        Engine::Mysql => format!("CAST({column} AS CHAR)"),
        Engine::Postgres => format!(
            "(CASE WHEN {column} > DATE '9999-12-31' THEN '~' WHEN {column} < DATE '0001-01-01' THEN '' \
             ELSE TO_CHAR({column}, 'YYYY-MM-DD') END)"
        ),
    }
}

fn key(engine: Engine, column: &str) -> String {
    match engine {
        Engine::Mysql => format!("COALESCE(CONVERT({column} USING utf8mb4), '')"),
        Engine::Sqlite | Engine::Postgres => format!("COALESCE({column}, '')"),
    }
}

/// The month of a failure's day of use; a day that is none behind a `=`.
pub fn month(engine: Engine) -> String {
    let day = day(engine, "use_date");
    match engine {
        Engine::Sqlite => format!(
            "(CASE WHEN date(use_date) = use_date AND use_date >= '0001' THEN substr(use_date, 1, 7) \
             ELSE '=' || {day} END)"
        ),
        Engine::Mysql => format!(
            "(CASE WHEN YEAR(use_date) > 0 AND MONTH(use_date) > 0 AND DAYOFMONTH(use_date) > 0 \
             AND use_date <= LAST_DAY(use_date) THEN LEFT({day}, 7) ELSE CONCAT('=', {day}) END)"
        ),
        Engine::Postgres => {
            format!("(CASE WHEN LENGTH({day}) = 10 THEN LEFT({day}, 7) ELSE '=' || {day} END)")
        }
    }
}

/// "The text that is kept of a day of use is a day", where a span of days could hold another.
pub fn is_kept_day(engine: Engine) -> Option<&'static str> {
    match engine {
        Engine::Sqlite => Some("date(day) IS day"),
        Engine::Mysql => Some("day <=> CAST(FROM_DAYS(TO_DAYS(day)) AS CHAR)"),
        Engine::Postgres => None,
    }
}

/// To group by: what differs in a byte is apart.
pub fn by_bytes(engine: Engine, expression: &str) -> String {
    match engine {
        Engine::Sqlite => expression.to_owned(),
        Engine::Mysql => format!("CAST({expression} AS BINARY)"),
        Engine::Postgres => format!("{expression} COLLATE \"C\""),
    }
}

/// Whole millions of a number of units, and the rest.
pub fn millions(engine: Engine, units: &str) -> [String; 2] {
    match engine {
        Engine::Mysql => [format!("{units} DIV 1000000"), format!("{units} MOD 1000000")],
        Engine::Sqlite | Engine::Postgres => [format!("{units} / 1000000"), format!("{units} % 1000000")],
    }
}

/// Ends an `INSERT` of rows of `failed_total`: those that are there are added to.
pub fn added_to_totals(engine: Engine) -> String {
    let sums = ["records", "amount_high", "amount_low", "cost_high", "cost_low"];
    let (begin, added): (&str, Vec<String>) = match engine {
        Engine::Mysql => {
            (" ON DUPLICATE KEY UPDATE ", sums.map(|sum| format!("{sum} = {sum} + VALUES({sum})")).to_vec())
        }
        Engine::Sqlite | Engine::Postgres => (
            " ON CONFLICT (kind, key_text, day, state) DO UPDATE SET ",
            sums.map(|sum| format!("{sum} = failed_total.{sum} + excluded.{sum}")).to_vec(),
        ),
    };
    format!("{begin}{}", added.join(", "))
}

/// How many rows are written at once: SQLite keeps the text of one for all.
pub fn totals_at_once(engine: Engine) -> usize {
    match engine {
        Engine::Sqlite => 1,
        Engine::Mysql | Engine::Postgres => 200,
    }
}

/// Removes these deltas. On MariaDB a long `IN` would scan, and wait for what the platform has not committed: each is
/// looked up.
pub fn forget_deltas(engine: Engine, ids: &[i64]) -> Statement {
    let listed = |separator: &str| ids.iter().map(i64::to_string).collect::<Vec<_>>().join(separator);
    match engine {
        Engine::Sqlite => Statement::new(engine, "DELETE FROM failed_delta WHERE id IN ")
            .numbers(&ids.iter().map(i64::to_string).collect::<Vec<_>>()),
        Engine::Mysql => Statement::new(
            engine,
            &format!(
                "DELETE d FROM (SELECT 0 AS id UNION ALL SELECT {}) wanted STRAIGHT_JOIN failed_delta d ON d.id = wanted.id",
                listed(" UNION ALL SELECT ")
            ),
        ),
        Engine::Postgres => Statement::new(
            engine,
            &format!("DELETE FROM failed_delta WHERE id = ANY (ARRAY[{}]::BIGINT[])", listed(", ")),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The scripts say of a row what the count says of it.
    #[test]
    fn triggers_note_what_is_counted() {
        let scripts = [
            (Engine::Sqlite, include_str!("../../../migrations/sqlite/2026-12-04-500000_keep_totals/up.sql")),
            (Engine::Mysql, include_str!("../../../migrations/mysql/2026-12-04-500000_keep_totals/up.sql")),
            (
                Engine::Postgres,
                include_str!("../../../migrations/postgres/2026-12-04-500000_keep_totals/up.sql"),
            ),
        ];
        for (engine, script) in scripts {
            for prefix in ["NEW.", "OLD."] {
                let facets = Facets::of(engine, prefix);
                let Facets { state, day, model, cause, organisation, resolution, amount, cost } = facets;
                for facet in [state, day, model, cause, organisation, resolution, amount, cost] {
                    assert!(script.contains(&facet), "{engine:?} lacks {facet}");
                }
            }
        }
    }
}
