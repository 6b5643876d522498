//! One filled database for all plans: failures with causes, batches of them, a usage for each, live or archived, and the
//! trail of what was done.
//!
//! On a server as many rows as `PLANS_ROWS` says: a million in CI, where nothing else is the best plan for a table this
//! small. SQLite, which gets no statistics here, plans alike for any number.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use llmage_admin::db::Engine;

use crate::explained::look_at;
use crate::support::bulk;
use crate::support::database::{TestDatabase, engine};
use crate::support::heaps::without_indexes;
use crate::support::rows::{Row, insert_many, run};

/// So many rows differ in more than time and id.
const KINDS: usize = 20_000;

/// What holds a row for each failure.
const TABLES: [&str; 4] = ["llmusage_accounting_failed", "llmusage", "llmusage_history", "audit_event"];

/// The batch of all failures of model 20.
pub const BATCH: &str = "some";

/// The key of a cause that many failures have.
pub const CAUSE: &str = "c00001";

fn rows() -> usize {
    let asked = std::env::var("PLANS_ROWS").ok().and_then(|text| text.parse().ok());
    if engine() == Engine::Sqlite { KINDS } else { asked.unwrap_or(3 * KINDS).max(KINDS) }
}

/// Whether the planner has no reason to read all of a table.
pub fn is_large() -> bool {
    rows() >= 1_000_000
}

/// The database, shared by the tests that run at the same time.
pub fn filled() -> Arc<TestDatabase> {
    static SHARED: Mutex<Weak<TestDatabase>> = Mutex::new(Weak::new());
    let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(database) = shared.upgrade() {
        return database;
    }
    let content = format!("{} {}", rows(), include_str!("filled.rs"));
    let database = Arc::new(TestDatabase::kept(&content, fill));
    *shared = Arc::downgrade(&database);
    database
}

fn fill(database: &TestDatabase) {
    insert_many(database, bulk::rows(KINDS).enumerate().map(|(number, row)| without_some(number, row)));
    run(
        database,
        "UPDATE llmusage_accounting_failed SET cause = CONCAT('c', SUBSTR(llmid, 7, 5)), cause_version = 1; \
         INSERT INTO cause (cause_key, title, family, template, version) \
         SELECT DISTINCT cause, cause, 'other', cause, 1 FROM llmusage_accounting_failed",
    );
    match rows() / KINDS {
        1 => fill_others(database),
        times => without_indexes(database, &TABLES, || {
            multiply(database, times);
            fill_others(database);
        }),
    }
    run(database, "INSERT INTO new_failure (failed_id) SELECT id FROM llmusage_accounting_failed");
    look_at(database, &[&TABLES[..], &["batch_item", "cause", "new_failure"]].concat());
}

/// Takes one of the values that lists sort by from some of the rows: those have stretches of their own.
fn without_some(number: usize, row: Row) -> Row {
    match number % 40 {
        0 => Row { failed_time: None, ..row },
        1 => Row { use_time: None, ..row },
        2 => Row { amount: None, ..row },
        3 => Row { cost: None, ..row },
        4..10 if row.handled.as_deref() == Some("1") => {
            Row { resolution: Some("superseded".to_owned()), ..row }
        }
        _ => row,
    }
}

/// Each failure so many times, some seconds and money apart.
fn multiply(database: &TestDatabase, times: usize) {
    let later = |column: &str| match engine() {
        Engine::Postgres => format!("{column} + k * INTERVAL '37 seconds'"),
        _ => format!("{column} + INTERVAL k * 37 SECOND"),
    };
    let kept = "llmid, userid, userorgid, use_date, failed_reason, retry_count, handled, handled_note, resolution, \
                handled_by, cause, cause_version";
    let [used, failed, handled] = ["use_time", "failed_time", "handled_time"].map(later);
    run(
        database,
        &format!(
            "INSERT INTO llmusage_accounting_failed \
             (id, llmusageid, use_time, failed_time, handled_time, amount, cost, {kept}) \
             WITH RECURSIVE copies (k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM copies WHERE k < {times} - 1) \
             SELECT CONCAT(id, '-', k), CONCAT(llmusageid, '-', k), {used}, {failed}, {handled}, \
             amount + k * 0.00001, cost + k * 0.00001, {kept} FROM llmusage_accounting_failed CROSS JOIN copies"
        ),
    );
}

/// Batches of failures, usages and events.
fn fill_others(database: &TestDatabase) {
    for (batch, model) in [(BATCH, 20), ("other", 0)] {
        let model = bulk::id("model", model);
        run(
            database,
            &format!(
                "INSERT INTO batch_item (batch_id, number, failed_id) SELECT '{batch}', ROW_NUMBER() OVER (ORDER BY id), id \
                 FROM llmusage_accounting_failed WHERE llmid = '{model}'"
            ),
        );
    }
    let columns = "id, llmid, use_date, use_time, userid, userorgid, amount, cost";
    let night = match engine() {
        Engine::Sqlite => "DATETIME(use_date, '+1 day', '+150 minutes')",
        Engine::Mysql => "TIMESTAMP(use_date) + INTERVAL '1 2:30' DAY_MINUTE",
        Engine::Postgres => "use_date + INTERVAL '1 day 2 hours 30 minutes'",
    };
    // By a digit of the number: half of what was handled is archived.
    let is_archived = "handled = '1' AND SUBSTR(id, 20, 1) IN ('0', '2', '4', '6', '8')";
    let bob = bulk::id("model", 30);
    // The database chooses the ids here.
    let on = if database.engine() == Engine::Postgres { " ON audit_event" } else { "" };
    run(database, &format!("DROP TRIGGER audit_event_follows{on}"));
    run(
        database,
        &format!(
            "INSERT INTO llmusage ({columns}, status, taskid, accounting_status) SELECT {columns}, 'SUCCEEDED', id, \
             CASE WHEN handled = '1' THEN 'accounted' ELSE 'failed' END FROM llmusage_accounting_failed \
             WHERE NOT ({is_archived}); \
             INSERT INTO llmusage_history ({columns}, status, taskid, accounting_status, backup_time) \
             SELECT {columns}, 'SUCCEEDED', id, 'accounted', {night} FROM llmusage_accounting_failed WHERE {is_archived}; \
             INSERT INTO audit_event (happened_at, author, source, action, record_kind, record_id) \
             SELECT failed_time, CASE WHEN llmid = '{bob}' THEN 'bob' ELSE 'ann' END, 'page', \
             CASE WHEN handled = '1' THEN 'handle' ELSE 'edit' END, 'failed_accounting', id \
             FROM llmusage_accounting_failed WHERE failed_time IS NOT NULL ORDER BY failed_time"
        ),
    );
}
