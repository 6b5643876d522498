-- The platform's table of failed accounting records, as the platform names and types it.
-- An SQLite file that already holds it is adopted: nothing here touches existing rows.
CREATE TABLE IF NOT EXISTS llmusage_accounting_failed (
    id VARCHAR(32) NOT NULL PRIMARY KEY,
    llmusageid VARCHAR(32),
    llmid VARCHAR(32),
    userid VARCHAR(32),
    userorgid VARCHAR(32),
    use_date DATE,
    use_time TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    amount DOUBLE,
    cost DOUBLE,
    failed_reason TEXT,
    failed_time TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    retry_count INTEGER,
    handled VARCHAR(1) DEFAULT '0',
    handled_time TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    handled_note TEXT
);
CREATE INDEX IF NOT EXISTS idx_laf_use_date ON llmusage_accounting_failed (use_date);
CREATE INDEX IF NOT EXISTS idx_laf_userorgid ON llmusage_accounting_failed (userorgid);
CREATE INDEX IF NOT EXISTS idx_laf_llmid ON llmusage_accounting_failed (llmid);
CREATE INDEX IF NOT EXISTS idx_laf_handled ON llmusage_accounting_failed (handled);
CREATE INDEX IF NOT EXISTS idx_laf_failed_time ON llmusage_accounting_failed (failed_time);
