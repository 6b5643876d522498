-- Columns of ours that hold ids of the platform, with room for ids as long as masked_reason has. The columns of
-- batch_item were copied from the platform's; those in its own table are widened where its ids are longer.
ALTER TABLE audit_event MODIFY COLUMN record_id VARCHAR(255) NOT NULL;
ALTER TABLE batch_outcome MODIFY COLUMN new_failure_id VARCHAR(255) NULL;
ALTER TABLE failure_arrival MODIFY COLUMN failed_id VARCHAR(255) NOT NULL;
ALTER TABLE idempotency_key MODIFY COLUMN record_id VARCHAR(255) NOT NULL;
ALTER TABLE archive_run MODIFY COLUMN position_key VARCHAR(255) NULL;
