//! Why rows will be skipped, told when they are frozen.

use super::batch::Action;

/// Why a row will be skipped, as the key of its words, else NULL: the SQL twin of the rules in
/// `failed_accounting::failure` and `retry`, which judge again when the row is worked on.
pub(super) fn obstacle(action: Action) -> &'static str {
    match action {
        Action::Withdraw => {
            "CASE WHEN handled = '1' THEN 'withdraw-not-retrying' \
             WHEN retry_requested_at IS NULL THEN 'withdraw-not-retrying' \
             WHEN EXISTS (SELECT 1 FROM llmusage u WHERE u.id = llmusageid AND u.accounting_status = 'created') THEN NULL \
             ELSE 'withdraw-too-late' END"
        }
        // By the later time of failing, none being the oldest, then by the greater id; see `case::rules::newest_first`.
        Action::Supersede => {
            "CASE WHEN handled = '1' THEN 'conflict-already-handled' \
             WHEN retry_requested_at IS NOT NULL THEN 'conflict-retrying' \
             WHEN NOT EXISTS (SELECT 1 FROM llmusage u WHERE u.id = llmusageid) \
             AND NOT EXISTS (SELECT 1 FROM llmusage_history h WHERE h.id = llmusageid) THEN 'batch-no-newer' \
             WHEN EXISTS (SELECT 1 FROM llmusage_accounting_failed n \
             WHERE n.llmusageid = llmusage_accounting_failed.llmusageid AND TRIM(n.llmusageid) <> '' \
             AND (n.handled IS NULL OR n.handled <> '1') AND (n.failed_time > llmusage_accounting_failed.failed_time \
             OR (llmusage_accounting_failed.failed_time IS NULL AND n.failed_time IS NOT NULL) \
             OR ((n.failed_time = llmusage_accounting_failed.failed_time \
             OR (n.failed_time IS NULL AND llmusage_accounting_failed.failed_time IS NULL)) \
             AND n.id > llmusage_accounting_failed.id))) THEN NULL ELSE 'batch-no-newer' END"
        }
        Action::Settle => {
            "CASE WHEN handled = '1' THEN 'conflict-already-handled' \
             WHEN EXISTS (SELECT 1 FROM llmusage u WHERE u.id = llmusageid AND u.accounting_status = 'accounted') THEN NULL \
             WHEN EXISTS (SELECT 1 FROM llmusage_history h WHERE h.id = llmusageid AND h.accounting_status = 'accounted') \
             THEN NULL ELSE 'settle-not-accounted' END"
        }
        Action::Handle => {
            "CASE WHEN handled = '1' THEN 'conflict-already-handled' \
             WHEN retry_requested_at IS NOT NULL THEN 'conflict-retrying' END"
        }
        Action::Reopen => {
            "CASE WHEN handled = '1' THEN (CASE resolution WHEN 'accounted' THEN 'conflict-closed-as-accounted' \
             WHEN 'superseded' THEN 'conflict-closed-as-superseded' END) ELSE 'conflict-already-open' END"
        }
        Action::Retry => {
            "CASE WHEN handled = '1' THEN 'retry-handled' \
             WHEN retry_requested_at IS NOT NULL THEN 'retry-retrying' \
             WHEN llmusageid IS NULL THEN 'retry-no-usage' \
             WHEN EXISTS (SELECT 1 FROM llmusage u WHERE u.id = llmusageid) THEN \
             (SELECT CASE u.accounting_status WHEN 'failed' THEN NULL WHEN 'accounted' THEN 'retry-accounted' \
             WHEN 'created' THEN 'retry-created' ELSE 'retry-foreign' END FROM llmusage u WHERE u.id = llmusageid) \
             WHEN EXISTS (SELECT 1 FROM llmusage_history h WHERE h.id = llmusageid) THEN \
             (SELECT CASE h.accounting_status WHEN 'accounted' THEN 'retry-accounted' ELSE 'retry-archived' END \
             FROM llmusage_history h WHERE h.id = llmusageid) \
             ELSE 'retry-gone' END"
        }
        Action::Delete => {
            "CASE WHEN handled = '1' THEN NULL WHEN retry_requested_at IS NOT NULL THEN 'delete-retrying' END"
        }
    }
}
