DROP TABLE cause;
ALTER TABLE llmusage_accounting_failed
    DROP INDEX idx_laf_cause_version,
    DROP INDEX idx_laf_open_cause,
    DROP COLUMN cause_version,
    DROP COLUMN cause;
