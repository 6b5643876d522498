-- One index for each way the list is read: equality first, then the sort column and the id, so that every page
-- is a seek; then what else lists and money lines ask, so that no row is read to leave it out. The tab (1 open,
-- 0 handled, 2 superseded) is an expression because handled may be NULL or foreign; queries repeat it to the letter.
-- /failed-accounting, each tab, newest first; and their money line, from the index alone.
CREATE INDEX IF NOT EXISTS idx_laf_tab_failed_time ON llmusage_accounting_failed ((CASE WHEN handled = '1' THEN CASE WHEN resolution = 'superseded' THEN 2 ELSE 0 END ELSE 1 END), failed_time, id, use_date, amount, cost);
-- /failed-accounting?sort=use_time, with days.
CREATE INDEX IF NOT EXISTS idx_laf_tab_use_time ON llmusage_accounting_failed ((CASE WHEN handled = '1' THEN CASE WHEN resolution = 'superseded' THEN 2 ELSE 0 END ELSE 1 END), use_time, id, use_date);
-- /failed-accounting?sort=amount, and amount_min, amount_max with their money line.
CREATE INDEX IF NOT EXISTS idx_laf_tab_amount ON llmusage_accounting_failed ((CASE WHEN handled = '1' THEN CASE WHEN resolution = 'superseded' THEN 2 ELSE 0 END ELSE 1 END), amount, id, cost, failed_time);
-- /failed-accounting?sort=cost
CREATE INDEX IF NOT EXISTS idx_laf_tab_cost ON llmusage_accounting_failed ((CASE WHEN handled = '1' THEN CASE WHEN resolution = 'superseded' THEN 2 ELSE 0 END ELSE 1 END), cost, id);
-- /failed-accounting?userorgid=: one organisation in any order, with days, model or resolution, and its money line.
CREATE INDEX IF NOT EXISTS idx_laf_userorgid_failed_time ON llmusage_accounting_failed (userorgid, failed_time, id, handled, use_date, use_time, llmid, resolution, amount, cost);
-- /failed-accounting?llmid=: one model in any order, with days or resolution, and its money line.
CREATE INDEX IF NOT EXISTS idx_laf_llmid_failed_time ON llmusage_accounting_failed (llmid, failed_time, id, handled, use_date, use_time, resolution, amount, cost);
-- /failed-accounting?userid=: one user in any order, with days, and its money line.
CREATE INDEX IF NOT EXISTS idx_laf_userid_failed_time_tab ON llmusage_accounting_failed (userid, failed_time, id, handled, resolution, use_date, use_time, amount, cost);
-- /failed-accounting?llmusageid=, and all attempts of one usage on /failed-accounting/{id}.
CREATE INDEX IF NOT EXISTS idx_laf_llmusageid_failed_time ON llmusage_accounting_failed (llmusageid, failed_time, id);
-- /failed-accounting?resolution=: what was written off, in any order, with days, and its money line.
CREATE INDEX IF NOT EXISTS idx_laf_resolution_failed_time ON llmusage_accounting_failed (resolution, failed_time, id, handled, use_date, use_time, amount, cost);
-- /failed-accounting?start_date=&end_date=, in any order, with model or organisation, and its money line.
CREATE INDEX IF NOT EXISTS idx_laf_use_date_failed_time_tab ON llmusage_accounting_failed (use_date, failed_time, id, handled, resolution, use_time, llmid, userorgid, amount, cost);
