-- The platform's table of usages.
CREATE TABLE IF NOT EXISTS llmusage (
    id VARCHAR(32) NOT NULL COMMENT 'id',
    llmid VARCHAR(32) NULL COMMENT '模型id',
    use_date DATE NULL COMMENT '使用日期',
    use_time TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP COMMENT '使用时间',
    userid VARCHAR(32) NULL COMMENT '用户id',
    usages LONGTEXT NULL COMMENT '使用信息',
    ioinfo LONGTEXT NULL COMMENT '交互内容',
    transno VARCHAR(32) NULL COMMENT '交易号',
    responsed_seconds DOUBLE(18,3) NULL COMMENT '响应时间',
    finish_seconds DOUBLE(18,3) NULL COMMENT '结束时间',
    status VARCHAR(32) NULL COMMENT '状态',
    taskid VARCHAR(256) NULL COMMENT '任务号',
    amount DOUBLE(18,5) NULL COMMENT '交易金额',
    cost DOUBLE(18,5) NULL COMMENT '交易成本',
    userorgid VARCHAR(32) NULL COMMENT '用户机构id',
    ownerid VARCHAR(32) NULL COMMENT '模型机构id',
    accounting_status VARCHAR(32) NULL COMMENT '记账状态',
    PRIMARY KEY (id)
) ENGINE=InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin COMMENT '模型使用';
CREATE UNIQUE INDEX idx_llmusage_taskid ON llmusage (taskid);
CREATE INDEX idx_llmusage_userid ON llmusage (userid);
-- The accounting loop and the archive: by state, then day.
CREATE INDEX idx_llmusage_accounting ON llmusage (accounting_status, use_date);
-- The usages page: one user's, one organisation's, newest first.
CREATE INDEX idx_llmusage_userid_usetime ON llmusage (userid, use_time);
CREATE INDEX idx_llmusage_userorgid_usetime ON llmusage (userorgid, use_time);
