CREATE TABLE IF NOT EXISTS llmusage_history (
    id VARCHAR(32) COLLATE "C" NOT NULL PRIMARY KEY,
    llmid VARCHAR(32) COLLATE "C",
    use_date DATE,
    use_time TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    userid VARCHAR(32) COLLATE "C",
    usages TEXT,
    ioinfo TEXT,
    transno VARCHAR(32) COLLATE "C",
    responsed_seconds DOUBLE PRECISION,
    finish_seconds DOUBLE PRECISION,
    status VARCHAR(32) COLLATE "C",
    taskid VARCHAR(256) COLLATE "C",
    amount DOUBLE PRECISION,
    cost DOUBLE PRECISION,
    userorgid VARCHAR(32) COLLATE "C",
    ownerid VARCHAR(32) COLLATE "C",
    accounting_status VARCHAR(32) COLLATE "C",
    backup_time TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX IF NOT EXISTS idx_lh_use_date ON llmusage_history (use_date);
CREATE INDEX IF NOT EXISTS idx_lh_userorgid ON llmusage_history (userorgid);
CREATE INDEX IF NOT EXISTS idx_lh_llmid ON llmusage_history (llmid);
CREATE INDEX IF NOT EXISTS idx_lh_backup_time ON llmusage_history (backup_time);
