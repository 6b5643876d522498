DROP INDEX idx_laf_retrying_id;
DROP INDEX idx_laf_retrying;
ALTER TABLE llmusage_accounting_failed DROP COLUMN superseded_by;
ALTER TABLE llmusage_accounting_failed DROP COLUMN supersedes;
ALTER TABLE llmusage_accounting_failed DROP COLUMN retry_known;
ALTER TABLE llmusage_accounting_failed DROP COLUMN retry_requested_by;
ALTER TABLE llmusage_accounting_failed DROP COLUMN retry_requested_at;
