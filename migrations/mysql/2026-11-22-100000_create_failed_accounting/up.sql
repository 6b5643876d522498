-- The platform's table of failed accounting records, as the platform names and types it.
-- Ids compare by byte (utf8mb4_bin): two that differ only in case are two.
CREATE TABLE IF NOT EXISTS llmusage_accounting_failed (
    id VARCHAR(32) NOT NULL COMMENT 'id',
    llmusageid VARCHAR(32) NULL COMMENT '使用记录id',
    llmid VARCHAR(32) NULL COMMENT '模型id',
    userid VARCHAR(32) NULL COMMENT '用户id',
    userorgid VARCHAR(32) NULL COMMENT '用户机构id',
    use_date DATE NULL COMMENT '使用日期',
    use_time TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP COMMENT '使用时间',
    amount DOUBLE(18,5) NULL COMMENT '交易金额',
    cost DOUBLE(18,5) NULL COMMENT '交易成本',
    failed_reason LONGTEXT NULL COMMENT '失败原因',
    failed_time TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP COMMENT '失败时间',
    retry_count INT NULL COMMENT '重试次数',
    handled VARCHAR(1) NULL DEFAULT '0' COMMENT '是否已处理',
    handled_time TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP COMMENT '处理时间',
    handled_note LONGTEXT NULL COMMENT '处理备注',
    PRIMARY KEY (id)
) ENGINE=InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin COMMENT '记账失败记录';
-- An installation may have some of these already, whatever their names: migrate makes only what is missing.
ALTER TABLE llmusage_accounting_failed
    ADD INDEX idx_laf_use_date (use_date),
    ADD INDEX idx_laf_userorgid (userorgid),
    ADD INDEX idx_laf_llmid (llmid),
    ADD INDEX idx_laf_handled (handled),
    ADD INDEX idx_laf_failed_time (failed_time);
