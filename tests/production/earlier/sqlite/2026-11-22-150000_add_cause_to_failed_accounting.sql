ALTER TABLE llmusage_accounting_failed ADD COLUMN cause VARCHAR(32);
ALTER TABLE llmusage_accounting_failed ADD COLUMN cause_version INTEGER;
CREATE INDEX idx_laf_open_cause ON llmusage_accounting_failed ((CASE WHEN handled = '1' THEN 0 ELSE 1 END), cause, failed_time, id, use_date, use_time, llmid, userorgid, amount, cost);
CREATE INDEX idx_laf_cause_version ON llmusage_accounting_failed (cause_version, id);
CREATE TABLE cause (
    cause_key VARCHAR(32) NOT NULL PRIMARY KEY,
    title VARCHAR(255) NOT NULL,
    family VARCHAR(16) NOT NULL,
    template TEXT NOT NULL,
    version INTEGER NOT NULL,
    note TEXT,
    owner VARCHAR(64),
    known_at TIMESTAMP,
    known_by VARCHAR(64),
    closed_at TIMESTAMP,
    closed_by VARCHAR(64),
    revision INTEGER NOT NULL DEFAULT 0
);
