DROP INDEX IF EXISTS idx_laf_resolution_closed;
CREATE INDEX IF NOT EXISTS idx_laf_resolution_failed_time ON llmusage_accounting_failed (resolution, failed_time, id, handled, use_date, use_time, amount, cost);
