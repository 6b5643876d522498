-- Accounted usages that were archived; all rows of one run share backup_time.
CREATE TABLE IF NOT EXISTS llmusage_history (
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
    backup_time TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP COMMENT '备份时间',
    PRIMARY KEY (id)
) ENGINE=InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin COMMENT '模型使用历史记录';
-- An installation may have some of these already, whatever their names: migrate makes only what is missing.
ALTER TABLE llmusage_history
    ADD INDEX idx_lh_use_date (use_date),
    ADD INDEX idx_lh_userorgid (userorgid),
    ADD INDEX idx_lh_llmid (llmid),
    ADD INDEX idx_lh_backup_time (backup_time);
