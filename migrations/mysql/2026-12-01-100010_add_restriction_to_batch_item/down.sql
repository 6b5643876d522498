ALTER TABLE batch_item DROP COLUMN restriction;
