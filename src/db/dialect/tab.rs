//! Where a failed record stands, as the indexes of the list have it.

use diesel::dsl::sql;
use diesel::expression::SqlLiteral;
use diesel::sql_types::{Bool, Nullable};

use super::super::Engine;

/// The parts of the table of failed records that are apart in its indexes; every row is in exactly one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tab {
    /// `handled` is not '1', so NULL and foreign values count as open.
    Open,
    /// Decided by somebody, or proven to be accounted.
    Handled,
    /// Its follower is the work now.
    Superseded,
}

/// Whether a failed record is in that part of the table. To the letter the expression of the indexes `idx_laf_tab_*`;
/// on MariaDB triggers keep it in a column.
pub fn is_in(engine: Engine, tab: Tab) -> SqlLiteral<Nullable<Bool>> {
    sql(&format!("{} = {}", expression(engine), number(tab)))
}

/// Whether it is in any of these parts: all of them in one statement, along the same indexes.
pub fn is_in_any(engine: Engine, tabs: &[Tab]) -> SqlLiteral<Nullable<Bool>> {
    let numbers: Vec<String> = tabs.iter().map(|tab| number(*tab).to_string()).collect();
    sql(&format!("{} IN ({})", expression(engine), numbers.join(", ")))
}

fn number(tab: Tab) -> u8 {
    match tab {
        Tab::Open => 1,
        Tab::Handled => 0,
        Tab::Superseded => 2,
    }
}

fn expression(engine: Engine) -> &'static str {
    match engine {
        Engine::Mysql => "is_open",
        _ => {
            "(CASE WHEN handled = '1' THEN CASE WHEN resolution = 'superseded' THEN 2 ELSE 0 END ELSE 1 END)"
        }
    }
}

/// Gives the ids of the open failed records whose usage has a newer open one: the later one is newer, without a time it is
/// the oldest, then the greater id. One walk along all that is open, however many of them are of one usage.
pub fn repeating(engine: Engine) -> String {
    let (id, usage_id) = match engine {
        Engine::Mysql => ("CAST(id AS BINARY)", "CAST(llmusageid AS BINARY)"),
        Engine::Postgres => ("id COLLATE \"C\"", "llmusageid"),
        Engine::Sqlite => ("id", "llmusageid"),
    };
    format!(
        "SELECT id FROM (SELECT id, ROW_NUMBER() OVER (PARTITION BY {usage_id} \
         ORDER BY CASE WHEN failed_time IS NULL THEN 1 ELSE 0 END, failed_time DESC, {id} DESC) AS place \
         FROM llmusage_accounting_failed WHERE {} = {} AND llmusageid IS NOT NULL) repeating WHERE place > 1",
        expression(engine),
        number(Tab::Open)
    )
}
