-- A retry that was asked for and whose outcome is not known yet: since when, by whom, and which failures of the usage
-- there were (a JSON array of ids), so that a new one is told from them. Nullable: the platform's INSERTs still fit.
ALTER TABLE llmusage_accounting_failed
    ADD COLUMN retry_requested_at DATETIME(3) NULL,
    ADD COLUMN retry_requested_by VARCHAR(64) NULL,
    ADD COLUMN retry_known LONGTEXT NULL,
    -- The failures before and after this one, where a retry failed again.
    ADD COLUMN supersedes VARCHAR(32) NULL,
    ADD COLUMN superseded_by VARCHAR(32) NULL,
    -- /failed-accounting?retrying=1, and the job that watches retries: few rows are not NULL.
    ADD INDEX idx_laf_retrying (retry_requested_at, failed_time, id);
