DROP TRIGGER IF EXISTS laf_is_open_at_update;
DROP TRIGGER IF EXISTS laf_is_open_at_insert;
ALTER TABLE llmusage_accounting_failed DROP COLUMN is_open, DROP COLUMN resolution, DROP COLUMN handled_by;
