DROP TABLE cause;
DROP INDEX idx_laf_cause_version;
DROP INDEX idx_laf_tab_cause;
ALTER TABLE llmusage_accounting_failed DROP COLUMN cause_version;
ALTER TABLE llmusage_accounting_failed DROP COLUMN cause;
