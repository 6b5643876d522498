-- The cause that the reason tells, and the version of the rules by which it was told; both NULL until that is done.
-- Nullable, so that the platform's INSERTs with the old column list still fit.
ALTER TABLE llmusage_accounting_failed ADD COLUMN cause VARCHAR(32);
ALTER TABLE llmusage_accounting_failed ADD COLUMN cause_version INTEGER;
-- /failed-accounting?cause= with its money line, and /failed-accounting/causes and /: the open money of every cause,
-- its models and organisations, all from the index alone.
CREATE INDEX idx_laf_tab_cause ON llmusage_accounting_failed ((CASE WHEN handled = '1' THEN CASE WHEN resolution = 'superseded' THEN 2 ELSE 0 END ELSE 1 END), cause, failed_time, id, use_date, use_time, llmid, userorgid, amount, cost) INCLUDE (handled, resolution);
-- The job that tells causes: rows without one, then rows of an older version.
CREATE INDEX idx_laf_cause_version ON llmusage_accounting_failed (cause_version, id);
-- What is known of a cause, and what people noted. A row stays when the last failure of its cause is gone.
CREATE TABLE cause (
    -- A hash of the template.
    cause_key VARCHAR(32) NOT NULL PRIMARY KEY,
    title VARCHAR(255) NOT NULL,
    family VARCHAR(16) NOT NULL,
    template TEXT NOT NULL,
    version INTEGER NOT NULL,
    -- Plain text for whoever has to deal with it next time.
    note TEXT,
    owner VARCHAR(64),
    -- Since when it is known to somebody, and when it was last said to be over.
    known_at TIMESTAMP,
    known_by VARCHAR(64),
    closed_at TIMESTAMP,
    closed_by VARCHAR(64),
    -- Counts the changes: a form tells by it whether somebody else was faster.
    revision INTEGER NOT NULL DEFAULT 0
);
