-- What was superseded is neither open nor handled: `is_open` is 1 for open, 0 for handled and 2 for superseded. A database
-- made by this version has these triggers from the beginning; of two for one event the later one has the last word.
-- With the binary log on, CREATE TRIGGER needs log_bin_trust_function_creators = 1 or an administrator of the server.
CREATE TRIGGER laf_is_open_at_insert BEFORE INSERT ON llmusage_accounting_failed FOR EACH ROW
    SET NEW.is_open = IF(NEW.handled <=> '1', IF(NEW.resolution <=> 'superseded', 2, 0), 1);
CREATE TRIGGER laf_is_open_at_update BEFORE UPDATE ON llmusage_accounting_failed FOR EACH ROW
    SET NEW.is_open = IF(NEW.handled <=> '1', IF(NEW.resolution <=> 'superseded', 2, 0), 1);
DROP TRIGGER IF EXISTS laf_is_open_when_made;
DROP TRIGGER IF EXISTS laf_is_open_when_changed;
-- The rows that are there, by their index. Times stay as they are where a column would renew itself.
UPDATE llmusage_accounting_failed SET is_open = 2, use_time = use_time, failed_time = failed_time, handled_time = handled_time WHERE resolution = 'superseded' AND handled = '1' AND is_open = 0;
