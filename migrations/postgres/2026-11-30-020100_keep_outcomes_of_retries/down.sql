DROP INDEX idx_batch_awaits_outcome;
ALTER TABLE batch DROP COLUMN awaits_outcome;
ALTER TABLE batch DROP COLUMN outcomes;
ALTER TABLE batch_outcome DROP COLUMN new_failure_id;
ALTER TABLE batch_outcome DROP COLUMN ended_why;
ALTER TABLE batch_outcome DROP COLUMN ended_as;
