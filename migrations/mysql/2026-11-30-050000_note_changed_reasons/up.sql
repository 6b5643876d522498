-- Failures whose reason changed since its cause was told. No type that could refuse a value: whatever the platform
-- writes, noting it cannot fail.
-- A search asks of each row that it looks at whether its reason changed. Of an id as long as the platform likes only the
-- beginning is held, so that no note can be refused.
CREATE TABLE reason_change (
    number BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    failed_id LONGTEXT,
    KEY idx_reason_change_failed_id (failed_id(64))
) ENGINE=InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
-- It runs with the rights of whoever migrates. With the binary log on, CREATE TRIGGER needs
-- log_bin_trust_function_creators = 1 or an administrator of the server.
CREATE TRIGGER laf_reason_changed AFTER UPDATE ON llmusage_accounting_failed FOR EACH ROW
    INSERT INTO reason_change (failed_id)
    SELECT NEW.id FROM DUAL WHERE NOT (CAST(NEW.failed_reason AS BINARY) <=> CAST(OLD.failed_reason AS BINARY));
