ALTER TABLE llmusage_accounting_failed DROP INDEX idx_laf_retrying, DROP COLUMN superseded_by, DROP COLUMN supersedes,
    DROP COLUMN retry_known, DROP COLUMN retry_requested_by, DROP COLUMN retry_requested_at;
