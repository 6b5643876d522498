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
    let wanted = match tab {
        Tab::Open => 1,
        Tab::Handled => 0,
        Tab::Superseded => 2,
    };
    match engine {
        Engine::Mysql => sql(&format!("is_open = {wanted}")),
        _ => sql(&format!(
            "(CASE WHEN handled = '1' THEN CASE WHEN resolution = 'superseded' THEN 2 ELSE 0 END ELSE 1 END) = {wanted}"
        )),
    }
}
