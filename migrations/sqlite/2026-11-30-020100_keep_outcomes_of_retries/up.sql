-- What became of a retry that a batch asked for, as the audit trail tells it: accounted, failed_again or ended; NULL while
-- it waits. Once written it stays, whatever happens to the record later.
ALTER TABLE batch_outcome ADD COLUMN ended_as VARCHAR(16) NULL;
-- Why a retry ended otherwise, and the failure that a retry ended in: itself where there is no new one.
ALTER TABLE batch_outcome ADD COLUMN ended_why VARCHAR(40) NULL;
ALTER TABLE batch_outcome ADD COLUMN new_failure_id VARCHAR(32) NULL;
-- The sums of these as JSON, and whether any is still waited for.
ALTER TABLE batch ADD COLUMN outcomes TEXT NULL;
ALTER TABLE batch ADD COLUMN awaits_outcome BOOLEAN NOT NULL DEFAULT 0;
-- The batches of before get theirs from the trail, once.
UPDATE batch SET awaits_outcome = 1 WHERE action = 'retry' AND run_at IS NOT NULL;
-- The job that looks what became of retries asks each second whether any is waited for.
CREATE INDEX idx_batch_awaits_outcome ON batch (awaits_outcome);
