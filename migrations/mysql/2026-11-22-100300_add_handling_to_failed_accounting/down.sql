DROP TRIGGER IF EXISTS laf_is_open_when_changed;
DROP TRIGGER IF EXISTS laf_is_open_when_made;
ALTER TABLE llmusage_accounting_failed DROP COLUMN is_open, DROP COLUMN resolution, DROP COLUMN handled_by;
