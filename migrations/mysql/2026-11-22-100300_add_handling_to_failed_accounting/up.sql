-- Who closed a failed record and how. Nullable, so that the platform's INSERTs with the old column list still fit.
ALTER TABLE llmusage_accounting_failed
    ADD COLUMN resolution VARCHAR(32) NULL,
    ADD COLUMN handled_by VARCHAR(64) NULL,
    -- MariaDB has no index on an expression: "open" (handled is not '1', NULL counts as open) becomes a column.
    -- Stored, because indexes on virtual columns left out rows for a while when many sessions wrote at once.
    ADD COLUMN is_open TINYINT AS (CASE WHEN handled = '1' THEN 0 ELSE 1 END) STORED;
