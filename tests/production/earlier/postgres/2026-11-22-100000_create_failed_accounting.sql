CREATE TABLE IF NOT EXISTS llmusage_accounting_failed (
    id VARCHAR(32) COLLATE "C" NOT NULL PRIMARY KEY,
    llmusageid VARCHAR(32) COLLATE "C",
    llmid VARCHAR(32) COLLATE "C",
    userid VARCHAR(32) COLLATE "C",
    userorgid VARCHAR(32) COLLATE "C",
    use_date DATE,
    use_time TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    amount DOUBLE PRECISION,
    cost DOUBLE PRECISION,
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
