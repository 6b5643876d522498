-- Accounted usages that were archived; all rows of one run share backup_time.
CREATE TABLE IF NOT EXISTS llmusage_history (
    id VARCHAR(32) COLLATE "C" NOT NULL PRIMARY KEY,
    llmid VARCHAR(32) COLLATE "C",
    use_date DATE,
    use_time TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    userid VARCHAR(32) COLLATE "C",
    usages TEXT,
    ioinfo TEXT,
    transno VARCHAR(32) COLLATE "C",
    responsed_seconds NUMERIC(18,3),
    finish_seconds NUMERIC(18,3),
    status VARCHAR(32) COLLATE "C",
    taskid VARCHAR(256) COLLATE "C",
    amount NUMERIC(18,5),
    cost NUMERIC(18,5),
    userorgid VARCHAR(32) COLLATE "C",
    ownerid VARCHAR(32) COLLATE "C",
    accounting_status VARCHAR(32) COLLATE "C",
    backup_time TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX IF NOT EXISTS idx_lh_use_date ON llmusage_history (use_date);
CREATE INDEX IF NOT EXISTS idx_lh_userorgid ON llmusage_history (userorgid);
CREATE INDEX IF NOT EXISTS idx_lh_llmid ON llmusage_history (llmid);
CREATE INDEX IF NOT EXISTS idx_lh_backup_time ON llmusage_history (backup_time);
-- Titles, unless the table has some: the platform may have given its own.
DO $$ BEGIN
    IF obj_description(CAST('llmusage_history' AS REGCLASS), 'pg_class') IS NULL THEN
        COMMENT ON TABLE llmusage_history IS '模型使用历史记录';
        COMMENT ON COLUMN llmusage_history.id IS 'id';
        COMMENT ON COLUMN llmusage_history.llmid IS '模型id';
        COMMENT ON COLUMN llmusage_history.use_date IS '使用日期';
        COMMENT ON COLUMN llmusage_history.use_time IS '使用时间';
        COMMENT ON COLUMN llmusage_history.userid IS '用户id';
        COMMENT ON COLUMN llmusage_history.usages IS '使用信息';
        COMMENT ON COLUMN llmusage_history.ioinfo IS '交互内容';
        COMMENT ON COLUMN llmusage_history.transno IS '交易号';
        COMMENT ON COLUMN llmusage_history.responsed_seconds IS '响应时间';
        COMMENT ON COLUMN llmusage_history.finish_seconds IS '结束时间';
        COMMENT ON COLUMN llmusage_history.status IS '状态';
        COMMENT ON COLUMN llmusage_history.taskid IS '任务号';
        COMMENT ON COLUMN llmusage_history.amount IS '交易金额';
        COMMENT ON COLUMN llmusage_history.cost IS '交易成本';
        COMMENT ON COLUMN llmusage_history.userorgid IS '用户机构id';
        COMMENT ON COLUMN llmusage_history.ownerid IS '模型机构id';
        COMMENT ON COLUMN llmusage_history.accounting_status IS '记账状态';
        COMMENT ON COLUMN llmusage_history.backup_time IS '备份时间';
    END IF;
EXCEPTION WHEN undefined_column THEN NULL; -- a table of another version of the platform may lack some
END $$;
