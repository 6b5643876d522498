//! Why rows will be skipped, as far as a row and its usage tell it; told when they are frozen. What the other failures of a
//! usage forbid is [`super::forecast`]'s.

use super::batch::Action;
use crate::db::{Engine, dialect};

/// Why a row will be skipped, as the key of its words, else NULL: the SQL twin of the rules of a case, which judge again
/// when the row is worked on.
pub(super) fn obstacle(engine: Engine, action: Action) -> String {
    let live = |condition: &str| exists(engine, "llmusage", condition);
    let archived = |condition: &str| exists(engine, "llmusage_history", condition);
    let accounted = accounted(engine);
    match action {
        Action::Withdraw => format!(
            "CASE WHEN handled = '1' OR retry_requested_at IS NULL THEN 'withdraw-not-retrying' \
             WHEN {} THEN NULL ELSE 'withdraw-too-late' END",
            live("u.accounting_status = 'created'")
        ),
        // Which of them have a newer one is foreseen from all failures of their usages.
        Action::Supersede => format!(
            "CASE {CLOSED} WHEN retry_requested_at IS NOT NULL THEN 'conflict-retrying' ELSE '{NO_NEWER}' END"
        ),
        Action::Settle => {
            format!("CASE {CLOSED} WHEN {IS_ALONE} OR NOT ({accounted}) THEN 'settle-not-accounted' END")
        }
        Action::Handle => {
            format!("CASE {CLOSED} WHEN retry_requested_at IS NOT NULL THEN 'conflict-retrying' END")
        }
        Action::Reopen => format!(
            "CASE WHEN handled IS NULL OR handled <> '1' THEN 'conflict-already-open' \
             WHEN resolution = 'superseded' THEN 'conflict-closed-as-superseded' \
             WHEN resolution = 'accounted' THEN CASE WHEN {} THEN NULL ELSE 'conflict-closed-as-accounted' END \
             WHEN {IS_ALONE} THEN NULL WHEN {accounted} THEN 'case-reopen-accounted' END",
            live("u.accounting_status = 'failed'")
        ),
        Action::Retry | Action::Correct => format!(
            "CASE WHEN handled = '1' THEN 'retry-handled' \
             WHEN retry_requested_at IS NOT NULL THEN 'retry-retrying' \
             WHEN {IS_ALONE} THEN 'retry-no-usage' \
             WHEN {} THEN (SELECT CASE u.accounting_status WHEN 'failed' THEN NULL WHEN 'accounted' THEN 'retry-accounted' \
             WHEN 'created' THEN CASE WHEN u.status = 'SUCCEEDED' THEN 'retry-created' ELSE 'case-never-billed' END \
             ELSE 'retry-foreign' END FROM llmusage u WHERE {same}) \
             WHEN {} THEN (SELECT CASE u.accounting_status WHEN 'accounted' THEN 'retry-accounted' \
             ELSE 'retry-archived' END FROM llmusage_history u WHERE {same}) \
             ELSE 'retry-gone' END",
            live("1 = 1"),
            archived("1 = 1"),
            same = same(engine),
        ),
        Action::Delete => "CASE WHEN handled = '1' THEN CASE WHEN resolution IN \
             ('charged_manually', 'accounted_elsewhere', 'customer_credited') THEN 'delete-decided' END \
             WHEN retry_requested_at IS NOT NULL THEN 'delete-retrying' END"
            .to_owned(),
    }
}

/// What a closed row is refused with: superseded is not handled.
const CLOSED: &str = "WHEN handled = '1' AND resolution = 'superseded' THEN 'conflict-closed-as-superseded' \
                      WHEN handled = '1' THEN 'conflict-already-handled'";

/// What a row is refused with whose usage has no newer open failure.
pub(super) const NO_NEWER: &str = "batch-no-newer";

/// "It is one of those that the action is meant for", where these are few among all that match a filter.
pub(super) fn is_meant(engine: Engine, action: Action) -> Option<String> {
    match action {
        Action::Supersede => Some(format!(
            "(handled IS NULL OR handled <> '1') AND retry_requested_at IS NULL AND NOT {IS_ALONE} \
             AND ({} OR {}) AND id IN ({})",
            exists(engine, "llmusage", "1 = 1"),
            exists(engine, "llmusage_history", "1 = 1"),
            dialect::repeating(engine)
        )),
        Action::Settle => Some(format!("({}) IS NULL", obstacle(engine, action))),
        _ => None,
    }
}

/// Why a row that will be closed can be closed in some ways only, else NULL.
pub(super) fn restriction(engine: Engine, action: Action) -> String {
    if action != Action::Handle {
        return "NULL".to_owned();
    }
    format!(
        "CASE WHEN handled = '1' OR retry_requested_at IS NOT NULL OR {IS_ALONE} THEN NULL \
         WHEN {} THEN 'case-accounted' WHEN {} THEN 'case-awaited' END",
        accounted(engine),
        exists(engine, "llmusage", "u.accounting_status = 'created' AND u.status = 'SUCCEEDED'")
    )
}

/// "It shares no usage with others."
const IS_ALONE: &str = "(llmusageid IS NULL OR TRIM(llmusageid) = '')";

fn same(engine: Engine) -> String {
    dialect::is_same_id(engine, "u.id", "llmusageid")
}

/// "Its usage is in that table, as `u`, with that."
fn exists(engine: Engine, table: &str, condition: &str) -> String {
    format!("EXISTS (SELECT 1 FROM {table} u WHERE {} AND {condition})", same(engine))
}

/// "Its usage is accounted, live or archived."
fn accounted(engine: Engine) -> String {
    let is_accounted = "u.accounting_status = 'accounted'";
    format!(
        "({} OR {})",
        exists(engine, "llmusage", is_accounted),
        exists(engine, "llmusage_history", is_accounted)
    )
}
