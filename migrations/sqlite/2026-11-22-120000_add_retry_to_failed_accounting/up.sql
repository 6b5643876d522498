-- A retry that was asked for and whose outcome is not known yet: since when, by whom, and which failures of the usage
-- there were (a JSON array of ids), so that a new one is told from them. Nullable: the platform's INSERTs still fit.
ALTER TABLE llmusage_accounting_failed ADD COLUMN retry_requested_at TIMESTAMP;
ALTER TABLE llmusage_accounting_failed ADD COLUMN retry_requested_by VARCHAR(64);
ALTER TABLE llmusage_accounting_failed ADD COLUMN retry_known TEXT;
-- The failures before and after this one, where a retry failed again.
ALTER TABLE llmusage_accounting_failed ADD COLUMN supersedes VARCHAR(32);
ALTER TABLE llmusage_accounting_failed ADD COLUMN superseded_by VARCHAR(32);
-- /failed-accounting?retrying=1, newest first: as small as retries are few.
CREATE INDEX idx_laf_retrying ON llmusage_accounting_failed (failed_time, id) WHERE retry_requested_at IS NOT NULL;
-- The job that watches retries goes through them by id.
CREATE INDEX idx_laf_retrying_id ON llmusage_accounting_failed (id) WHERE retry_requested_at IS NOT NULL;
