-- The platform's table of failed accounting records, as the platform names and types it.
-- Ids sort by byte (COLLATE "C"), so that paging by key is the same on every server.
CREATE TABLE IF NOT EXISTS llmusage_accounting_failed (
    id VARCHAR(32) COLLATE "C" NOT NULL PRIMARY KEY,
    llmusageid VARCHAR(32) COLLATE "C",
    llmid VARCHAR(32) COLLATE "C",
    userid VARCHAR(32) COLLATE "C",
    userorgid VARCHAR(32) COLLATE "C",
    use_date DATE,
    use_time TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    amount NUMERIC(18,5),
    cost NUMERIC(18,5),
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
-- Titles, unless the table has some: the platform may have given its own.
DO $$ BEGIN
    IF obj_description(CAST('llmusage_accounting_failed' AS REGCLASS), 'pg_class') IS NULL THEN
        COMMENT ON TABLE llmusage_accounting_failed IS '记账失败记录';
        COMMENT ON COLUMN llmusage_accounting_failed.id IS 'id';
        COMMENT ON COLUMN llmusage_accounting_failed.llmusageid IS '使用记录id';
        COMMENT ON COLUMN llmusage_accounting_failed.llmid IS '模型id';
        COMMENT ON COLUMN llmusage_accounting_failed.userid IS '用户id';
        COMMENT ON COLUMN llmusage_accounting_failed.userorgid IS '用户机构id';
        COMMENT ON COLUMN llmusage_accounting_failed.use_date IS '使用日期';
        COMMENT ON COLUMN llmusage_accounting_failed.use_time IS '使用时间';
        COMMENT ON COLUMN llmusage_accounting_failed.amount IS '交易金额';
        COMMENT ON COLUMN llmusage_accounting_failed.cost IS '交易成本';
        COMMENT ON COLUMN llmusage_accounting_failed.failed_reason IS '失败原因';
        COMMENT ON COLUMN llmusage_accounting_failed.failed_time IS '失败时间';
        COMMENT ON COLUMN llmusage_accounting_failed.retry_count IS '重试次数';
        COMMENT ON COLUMN llmusage_accounting_failed.handled IS '是否已处理';
        COMMENT ON COLUMN llmusage_accounting_failed.handled_time IS '处理时间';
        COMMENT ON COLUMN llmusage_accounting_failed.handled_note IS '处理备注';
    END IF;
EXCEPTION WHEN undefined_column THEN NULL; -- a table of another version of the platform may lack some
END $$;
