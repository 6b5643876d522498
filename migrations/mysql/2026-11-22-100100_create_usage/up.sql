-- The platform's table of usages. A table that is there already may hold the same taskid twice, such as '', hence
-- only a new one gets the constraint.
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
    PRIMARY KEY (id),
    UNIQUE INDEX idx_llmusage_taskid (taskid)
) ENGINE=InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin COMMENT '模型使用';
-- An installation may have some of these already, whatever their names: migrate makes only what is missing.
-- Accounting: the loop and the archive, by state, then day. With use_time: the usages page, one user's, one
-- organisation's, newest first.
ALTER TABLE llmusage
    ADD INDEX idx_llmusage_userid (userid),
    ADD INDEX idx_llmusage_accounting (accounting_status, use_date),
    ADD INDEX idx_llmusage_userid_usetime (userid, use_time),
    ADD INDEX idx_llmusage_userorgid_usetime (userorgid, use_time);
