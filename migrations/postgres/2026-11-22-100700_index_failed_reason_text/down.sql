DROP INDEX IF EXISTS idx_laf_failed_reason;
