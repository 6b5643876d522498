ALTER TABLE llmusage_accounting_failed DROP COLUMN is_open, DROP COLUMN resolution, DROP COLUMN handled_by;
