CREATE TABLE IF NOT EXISTS llmusage (
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
    taskid VARCHAR(256) COLLATE "C" CONSTRAINT idx_llmusage_taskid UNIQUE,
    amount DOUBLE PRECISION,
    cost DOUBLE PRECISION,
    userorgid VARCHAR(32) COLLATE "C",
    ownerid VARCHAR(32) COLLATE "C",
    accounting_status VARCHAR(32) COLLATE "C"
);
CREATE INDEX IF NOT EXISTS idx_llmusage_userid ON llmusage (userid);
CREATE INDEX IF NOT EXISTS idx_llmusage_accounting ON llmusage (accounting_status, use_date);
CREATE INDEX IF NOT EXISTS idx_llmusage_userid_usetime ON llmusage (userid, use_time);
CREATE INDEX IF NOT EXISTS idx_llmusage_userorgid_usetime ON llmusage (userorgid, use_time);
