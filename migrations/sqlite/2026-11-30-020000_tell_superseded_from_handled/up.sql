-- What was superseded is neither open nor handled: a part of its own in every index that begins with the tab, and told
-- by those that do not. A database made by this version has these indexes from the beginning, under the same names.
CREATE INDEX IF NOT EXISTS idx_laf_tab_failed_time ON llmusage_accounting_failed ((CASE WHEN handled = '1' THEN CASE WHEN resolution = 'superseded' THEN 2 ELSE 0 END ELSE 1 END), failed_time, id, use_date, amount, cost);
CREATE INDEX IF NOT EXISTS idx_laf_tab_use_time ON llmusage_accounting_failed ((CASE WHEN handled = '1' THEN CASE WHEN resolution = 'superseded' THEN 2 ELSE 0 END ELSE 1 END), use_time, id, use_date);
CREATE INDEX IF NOT EXISTS idx_laf_tab_amount ON llmusage_accounting_failed ((CASE WHEN handled = '1' THEN CASE WHEN resolution = 'superseded' THEN 2 ELSE 0 END ELSE 1 END), amount, id, cost, failed_time);
CREATE INDEX IF NOT EXISTS idx_laf_tab_cost ON llmusage_accounting_failed ((CASE WHEN handled = '1' THEN CASE WHEN resolution = 'superseded' THEN 2 ELSE 0 END ELSE 1 END), cost, id);
CREATE INDEX IF NOT EXISTS idx_laf_userid_failed_time_tab ON llmusage_accounting_failed (userid, failed_time, id, handled, resolution, use_date, use_time, amount, cost);
CREATE INDEX IF NOT EXISTS idx_laf_use_date_failed_time_tab ON llmusage_accounting_failed (use_date, failed_time, id, handled, resolution, use_time, llmid, userorgid, amount, cost);
CREATE INDEX IF NOT EXISTS idx_laf_tab_cause ON llmusage_accounting_failed ((CASE WHEN handled = '1' THEN CASE WHEN resolution = 'superseded' THEN 2 ELSE 0 END ELSE 1 END), cause, failed_time, id, use_date, use_time, llmid, userorgid, amount, cost);
-- What they take the place of.
DROP INDEX IF EXISTS idx_laf_open_failed_time;
DROP INDEX IF EXISTS idx_laf_open_use_time;
DROP INDEX IF EXISTS idx_laf_open_amount;
DROP INDEX IF EXISTS idx_laf_open_cost;
DROP INDEX IF EXISTS idx_laf_open_cause;
DROP INDEX IF EXISTS idx_laf_userid_failed_time;
DROP INDEX IF EXISTS idx_laf_use_date_failed_time;
