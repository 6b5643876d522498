ALTER TABLE llmusage_accounting_failed
    ADD COLUMN resolution VARCHAR(32) NULL,
    ADD COLUMN handled_by VARCHAR(64) NULL,
    ADD COLUMN is_open TINYINT NULL;
CREATE TRIGGER laf_is_open_when_made BEFORE INSERT ON llmusage_accounting_failed FOR EACH ROW
    SET NEW.is_open = IF(NEW.handled <=> '1', 0, 1);
CREATE TRIGGER laf_is_open_when_changed BEFORE UPDATE ON llmusage_accounting_failed FOR EACH ROW
    SET NEW.is_open = IF(NEW.handled <=> '1', 0, 1);
SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED;
UPDATE llmusage_accounting_failed SET is_open = 1, use_time = use_time, failed_time = failed_time, handled_time = handled_time WHERE is_open IS NULL;
SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ;
