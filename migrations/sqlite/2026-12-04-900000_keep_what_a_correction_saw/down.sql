ALTER TABLE batch_item DROP COLUMN seen;
