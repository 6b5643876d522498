-- Whoever closes a failure writes a page for each index that it changes in. Open failures have no resolution: they need not
-- be in its index, from which closing then takes nothing away.
DROP INDEX IF EXISTS idx_laf_resolution_failed_time;
-- /failed-accounting?resolution=: what was written off, in any order, with days, and its money line.
CREATE INDEX idx_laf_resolution_closed ON llmusage_accounting_failed (resolution, failed_time, id, handled, use_date, use_time, amount, cost) WHERE resolution IS NOT NULL;
