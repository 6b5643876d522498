-- The platform's table of usages. A table that is there already may hold the same taskid twice, such as '', hence
-- only a new one gets the constraint.
CREATE TABLE IF NOT EXISTS llmusage (
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
    taskid VARCHAR(256) COLLATE "C" CONSTRAINT idx_llmusage_taskid UNIQUE,
    amount NUMERIC(18,5),
    cost NUMERIC(18,5),
    userorgid VARCHAR(32) COLLATE "C",
    ownerid VARCHAR(32) COLLATE "C",
    accounting_status VARCHAR(32) COLLATE "C"
);
CREATE INDEX IF NOT EXISTS idx_llmusage_userid ON llmusage (userid);
-- The accounting loop and the archive: by state, then day.
CREATE INDEX IF NOT EXISTS idx_llmusage_accounting ON llmusage (accounting_status, use_date);
-- The usages page: one user's, one organisation's, newest first.
CREATE INDEX IF NOT EXISTS idx_llmusage_userid_usetime ON llmusage (userid, use_time);
CREATE INDEX IF NOT EXISTS idx_llmusage_userorgid_usetime ON llmusage (userorgid, use_time);
-- Titles, unless the table has some: the platform may have given its own.
DO $$ BEGIN
    IF obj_description(CAST('llmusage' AS REGCLASS), 'pg_class') IS NULL THEN
        COMMENT ON TABLE llmusage IS '模型使用';
        COMMENT ON COLUMN llmusage.id IS 'id';
        COMMENT ON COLUMN llmusage.llmid IS '模型id';
        COMMENT ON COLUMN llmusage.use_date IS '使用日期';
        COMMENT ON COLUMN llmusage.use_time IS '使用时间';
        COMMENT ON COLUMN llmusage.userid IS '用户id';
        COMMENT ON COLUMN llmusage.usages IS '使用信息';
        COMMENT ON COLUMN llmusage.ioinfo IS '交互内容';
        COMMENT ON COLUMN llmusage.transno IS '交易号';
        COMMENT ON COLUMN llmusage.responsed_seconds IS '响应时间';
        COMMENT ON COLUMN llmusage.finish_seconds IS '结束时间';
        COMMENT ON COLUMN llmusage.status IS '状态';
        COMMENT ON COLUMN llmusage.taskid IS '任务号';
        COMMENT ON COLUMN llmusage.amount IS '交易金额';
        COMMENT ON COLUMN llmusage.cost IS '交易成本';
        COMMENT ON COLUMN llmusage.userorgid IS '用户机构id';
        COMMENT ON COLUMN llmusage.ownerid IS '模型机构id';
        COMMENT ON COLUMN llmusage.accounting_status IS '记账状态';
    END IF;
EXCEPTION WHEN undefined_column THEN NULL; -- a table of another version of the platform may lack some
END $$;
