//! The classes of fault, each as one question to the database; the answer is a count, a sum and the first ids.
//!
//! The database counts and adds up: nothing grows with the tables but time, and each class has a snapshot of its own.

use chrono::{NaiveDateTime, TimeDelta};
use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Text};

use crate::base::finding::{Finding, KEPT};
use crate::db::dialect::{self, Statement};
use crate::db::values::TolerantText;
use crate::db::{DbConnection, Engine};
use crate::error::Result;
use crate::kept_totals::counting::TOTALS_DIFFER;

/// What a class finds in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Usage,
    Failure,
    Event,
    Total,
    Trigger,
    /// A row that has no id, by the number that SQLite keeps it under.
    Row,
}

/// All classes in the order in which they are told, with what their ids are of.
pub const CLASSES: [(&str, Kind); 19] = [
    ("in_live_and_history", Kind::Usage),
    ("failed_without_failure", Kind::Usage),
    ("failed_without_open", Kind::Usage),
    ("open_failure_of_accounted", Kind::Failure),
    (REPEATS_EARLIER, Kind::Failure),
    ("charged_twice", Kind::Failure),
    ("failure_without_usage", Kind::Failure),
    ("created_too_long", Kind::Usage),
    (ACCOUNTED_FOR_NOTHING, Kind::Usage),
    ("foreign_handled", Kind::Failure),
    ("foreign_accounting_status", Kind::Usage),
    ("failures_without_id", Kind::Row),
    ("usages_without_id", Kind::Row),
    (AUDIT_CHAIN, Kind::Event),
    (TOTALS_DIFFER, Kind::Total),
    (TRIGGERS_CHANGED, Kind::Trigger),
    ("accounted_without_day", Kind::Usage),
    ("foreign_cells_of_failures", Kind::Failure),
    ("foreign_cells_of_usages", Kind::Usage),
];

/// Classes that name what foreign rows hold, and are no fault: nothing has to be done about them.
const NOTES: [&str; 3] = ["accounted_without_day", "foreign_cells_of_failures", "foreign_cells_of_usages"];

/// Whether a class is no fault.
pub fn is_note(class: &str) -> bool {
    NOTES.contains(&class)
}

/// The columns in which a foreign cell is looked for: texts, and money.
const FAILURE_TEXTS: [&str; 8] =
    ["id", "llmusageid", "llmid", "userid", "userorgid", "failed_reason", "handled", "handled_note"];
const USAGE_TEXTS: [&str; 11] = [
    "id",
    "llmid",
    "userid",
    "usages",
    "ioinfo",
    "transno",
    "status",
    "taskid",
    "userorgid",
    "ownerid",
    "accounting_status",
];

/// Usages that were accounted with no amount although the model counted tokens; see `tokens`.
pub const ACCOUNTED_FOR_NOTHING: &str = "accounted_for_nothing";
/// Open failures of a usage that has a newer open one: their money is at stake once more than it is.
pub const REPEATS_EARLIER: &str = "repeats_earlier";
/// Gaps and changes in the audit trail; see `audit::chain`.
pub const AUDIT_CHAIN: &str = "audit_chain";

/// Triggers on the platform's tables that are gone, switched off or somebody else's: what they keep goes wrong quietly.
pub const TRIGGERS_CHANGED: &str = "triggers_changed";

/// A usage may wait this long to be accounted.
const MAX_WAIT: TimeDelta = TimeDelta::hours(1);

/// "`f` is open".
const IS_OPEN: &str = "(f.handled IS NULL OR f.handled <> '1')";

/// Where the rows of a class are: what stands behind `FROM`, with `x` for the row that is found.
fn source(engine: Engine, class: &str, now: NaiveDateTime) -> Option<Vec<Statement>> {
    let accounted = |table: &str| dialect::is_word(&format!("{table}.accounting_status"), "accounted");
    let known = |column: &str, words: &[&str]| {
        let known: Vec<String> = words.iter().map(|word| dialect::is_word(column, word)).collect();
        format!("({column} IS NULL OR NOT ({}))", known.join(" OR "))
    };
    let one = |text: &str| vec![Statement::new(engine, text)];
    let same = |one: &str, other: &str| dialect::is_same_id(engine, one, other);
    Some(match class {
        "in_live_and_history" => {
            one(&format!("llmusage x JOIN llmusage_history h ON {} WHERE 1 = 1", same("h.id", "x.id")))
        }
        "failed_without_failure" => one(&format!(
            "llmusage x WHERE {} AND NOT EXISTS (SELECT 1 FROM llmusage_accounting_failed f WHERE {})",
            dialect::is_word("x.accounting_status", "failed"),
            same("f.llmusageid", "x.id")
        )),
        // Failures, and none of them is the work or says what became of the money.
        "failed_without_open" => one(&format!(
            "llmusage x WHERE {} AND EXISTS (SELECT 1 FROM llmusage_accounting_failed f WHERE {same}) \
             AND NOT EXISTS (SELECT 1 FROM llmusage_accounting_failed f WHERE {same} AND ({IS_OPEN} OR f.resolution IN \
             ('charged_manually', 'accounted_elsewhere', 'customer_credited', 'written_off', 'test_traffic', 'other', \
             'duplicate')))",
            dialect::is_word("x.accounting_status", "failed"),
            same = same("f.llmusageid", "x.id")
        )),
        "charged_twice" => ["llmusage", "llmusage_history"]
            .iter()
            .map(|table| {
                let text = format!(
                    "llmusage_accounting_failed x JOIN {table} u ON {} WHERE x.handled = '1' \
                     AND x.resolution IN ('charged_manually', 'accounted_elsewhere') AND {}",
                    same("u.id", "x.llmusageid"),
                    accounted("u")
                );
                Statement::new(engine, &text)
            })
            .collect(),
        "open_failure_of_accounted" => ["llmusage", "llmusage_history"]
            .iter()
            .map(|table| {
                let text = format!(
                    "llmusage_accounting_failed x JOIN {table} u ON {} WHERE {} AND {}",
                    same("u.id", "x.llmusageid"),
                    IS_OPEN.replace("f.", "x."),
                    accounted("u")
                );
                Statement::new(engine, &text)
            })
            .collect(),
        // Of several open failures of a usage all but the newest: the same money once more.
        REPEATS_EARLIER => ["llmusage", "llmusage_history"]
            .iter()
            .map(|table| {
                let text = format!(
                    "llmusage_accounting_failed x JOIN {table} u ON {} WHERE {} AND x.id IN ({})",
                    same("u.id", "x.llmusageid"),
                    IS_OPEN.replace("f.", "x."),
                    dialect::repeating(engine)
                );
                Statement::new(engine, &text)
            })
            .collect(),
        "failure_without_usage" => one(&format!(
            "llmusage_accounting_failed x WHERE NOT EXISTS (SELECT 1 FROM llmusage u WHERE {}) \
             AND NOT EXISTS (SELECT 1 FROM llmusage_history h WHERE {})",
            same("u.id", "x.llmusageid"),
            same("h.id", "x.llmusageid")
        )),
        "created_too_long" => {
            let created = dialect::is_word("x.accounting_status", "created");
            let text = format!("llmusage x WHERE {created} AND x.use_time < ");
            vec![Statement::new(engine, &text).time(now - MAX_WAIT)]
        }
        "foreign_handled" => {
            one(&format!("llmusage_accounting_failed x WHERE {}", known("x.handled", &["0", "1"])))
        }
        "foreign_accounting_status" => {
            let words = ["created", "accounted", "failed"];
            let wrong = known("x.accounting_status", &words);
            ["llmusage", "llmusage_history"]
                .iter()
                .map(|table| Statement::new(engine, &format!("{table} x WHERE {wrong}")))
                .collect()
        }
        "failures_without_id" if dialect::holds_nameless(engine) => {
            one("llmusage_accounting_failed x WHERE x.id IS NULL")
        }
        "usages_without_id" if dialect::holds_nameless(engine) => one("llmusage x WHERE x.id IS NULL"),
        "accounted_without_day" => one(&format!(
            "llmusage x WHERE {} AND {}",
            accounted("x"),
            dialect::is_no_day(engine, "x.use_date")
        )),
        "foreign_cells_of_failures" => one(&format!(
            "llmusage_accounting_failed x WHERE {}",
            dialect::has_foreign_cell(
                engine,
                "x",
                &FAILURE_TEXTS,
                &["use_time", "failed_time", "handled_time"]
            )
        )),
        "foreign_cells_of_usages" => one(&format!(
            "llmusage x WHERE {}",
            dialect::has_foreign_cell(engine, "x", &USAGE_TEXTS, &["use_time"])
        )),
        _ => return None,
    })
}

/// Asks for one class; none for those that are no question to the database.
pub fn find(
    connection: &mut DbConnection,
    class: &'static str,
    now: NaiveDateTime,
) -> Result<Option<Finding>> {
    let Some(sources) = source(connection.engine(), class, now) else { return Ok(None) };
    let mut finding = Finding::none(class);
    let is_row = CLASSES.iter().any(|(name, kind)| *name == class && *kind == Kind::Row);
    let id = if is_row { "'rowid ' || x.rowid" } else { "x.id" };
    for source in sources {
        add(connection, &mut finding, source, id)?;
    }
    Ok(Some(finding))
}

fn add(connection: &mut DbConnection, finding: &mut Finding, source: Statement, id: &str) -> Result<()> {
    #[derive(QueryableByName)]
    struct Counted {
        #[diesel(sql_type = BigInt)]
        number: i64,
        #[diesel(sql_type = BigInt)]
        high: i64,
        #[diesel(sql_type = BigInt)]
        low: i64,
    }
    #[derive(QueryableByName)]
    struct Id {
        #[diesel(sql_type = Text, deserialize_as = TolerantText)]
        id: String,
    }
    let [high, low] = dialect::sum_parts(connection.engine(), "x.amount");
    let question = format!("SELECT COUNT(*) AS number, {high} AS high, {low} AS low FROM ");
    let counted: Vec<Counted> = source.clone().within(&question).load(connection)?;
    for counted in counted {
        finding.count += counted.number.unsigned_abs();
        let sum = dialect::money_sum(counted.high, counted.low);
        finding.sum = Some(finding.sum.unwrap_or_default() + sum);
    }
    let room = KEPT.saturating_sub(finding.ids.len());
    if finding.count > 0 && room > 0 {
        let ids =
            source.within(&format!("SELECT {id} AS id FROM ")).sql(&format!(" ORDER BY x.id LIMIT {room}"));
        finding.ids.extend(ids.load::<Id>(connection)?.into_iter().map(|row| row.id));
    }
    Ok(())
}
