//! What the three databases say differently: one function each, everything else is common Diesel.
//!
//! Fragments are built from constant column names only; values are always bound.

mod attempts;
mod bulk;
mod charsets;
mod clock;
mod conditions;
mod counts;
mod kept;
mod ledger;
mod many;
mod masked;
mod money;
mod moving;
mod nameless;
mod outages;
mod reasons;
mod refusals;
mod statement;
mod tab;
mod tables;
mod text;
mod totals;
pub mod trail;
mod walk_key;

use chrono::{Datelike, NaiveDateTime, Timelike};

use super::{DbBackend, Engine};
use crate::base::paging::Key;
use money::{LEAST_NUMBER, MOST_NUMBER};

pub use attempts::{insert_attempt_unless_known, insert_cause_unless_known};
pub use bulk::{Bulk, begin_bulk, end_bulk};
pub use charsets::{check_all_storable, check_storable, learn_character_sets};
pub use clock::epoch_milliseconds;
pub use conditions::{Condition, among, exactly, is_nothing, listed, means, still};
pub use counts::{CountOf, by_index, count_rows};
pub use kept::{Rounded, Wanted, check_kept, rounded};
pub use ledger::{LedgerRow, check_ledger, ledger_rows, time_bounds};
pub use many::{AtMost, Locked, crowds, failures_of, lock_rows, places};
pub use masked::{keep_shown, keeps_shown};
pub use money::{SMALL_MONEY, kept_number, money_sum, number, small_sum, sum_parts, units, whole};
pub use moving::{
    Column, NoDay, as_text, columns, has_foreign_cell, is_day_among, is_day_before, is_no_day,
    is_no_day_within, is_same, is_same_id, is_word, quoted, says_time, stretches_without_day,
};
pub use nameless::{has_nameless, holds_nameless};
pub use outages::{is_away, is_crowded, is_held, is_lost, is_outage, is_transient, outage_in_words, remedy};
pub use reasons::{
    ReasonChange, count_text_hits, forget_reason_changes, has_text_index, index_question, index_reasons,
    last_number_of_index, note_all_reasons, reason_changes, rebuild_text_index_if_worn, text_hits,
    text_hits_and_nameless,
};
pub use refusals::{has_rules, is_raised, refusal};
pub use statement::Statement;
pub use tab::{Tab, is_in, is_in_any, repeating};
pub use tables::{IdAndName, begins_reading, facts_of, id_key, ids_and_names, table_exists, table_options};
pub use text::{contains, like_pattern, shows};
pub use totals::{
    Facets, added_to_totals, by_bytes, forget_deltas, is_kept_day, millions, month, totals_at_once,
};
pub use walk_key::WalkKey;

/// Whether that is the database whose text columns may hold any bytes.
pub fn holds_bytes(backend: &DbBackend) -> bool {
    match backend {
        #[cfg(feature = "sqlite")]
        DbBackend::Sqlite(_) => true,
        #[allow(unreachable_patterns, reason = "reached only in builds with another engine")]
        _ => false,
    }
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

/// As [`letter_by_letter`], where rows for which a condition holds count as if the column held nothing.
pub fn letter_by_letter_unless(engine: Engine, column: &str, condition: &str) -> (String, String) {
    let unless = |cell: &str| format!("CASE WHEN {condition} THEN NULL ELSE {cell} END");
    let (cell, apart) = letter_by_letter(engine, column);
    match engine {
        Engine::Mysql => (format!("CAST(MIN({}) AS CHAR)", unless(column)), unless(&apart)),
        // What is selected must be what is grouped by.
        Engine::Sqlite | Engine::Postgres => (unless(&cell), unless(&cell)),
    }
}

/// The day of a time column, for [`letter_by_letter`] and [`is_no_day_within`].
pub fn day_of(engine: Engine, column: &str) -> String {
    match engine {
        Engine::Sqlite => format!("SUBSTR({column}, 1, 10)"),
        Engine::Mysql | Engine::Postgres => format!("CAST({column} AS DATE)"),
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
        (Engine::Mysql, Key::Time(time)) => is_zero_time(time) || is_time(time),
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

/// What MariaDB may hold in place of a time: any of its parts is zero, with as many decimals as the column has.
fn is_zero_time(text: &str) -> bool {
    let form = text.bytes().enumerate().all(|(place, byte)| match place {
        4 | 7 => byte == b'-',
        10 => byte == b' ',
        13 | 16 => byte == b':',
        19 => byte == b'.',
        _ => byte.is_ascii_digit(),
    });
    form && (19..=26).contains(&text.len()) && (text.starts_with("0000-") || text.contains("-00"))
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
