ALTER TABLE llmusage_accounting_failed DROP COLUMN resolution;
ALTER TABLE llmusage_accounting_failed DROP COLUMN handled_by;
