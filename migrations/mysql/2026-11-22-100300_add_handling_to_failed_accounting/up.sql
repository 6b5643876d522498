-- Who closed a failed record and how. Nullable, so that the platform's INSERTs with the old column list still fit.
-- MariaDB has no index on an expression: "open" (handled is not '1', NULL counts as open) becomes a column. It is kept
-- by triggers: a generated column that is stored copies the table while nobody may write (26 s for a million rows), and
-- indexes on virtual ones left out rows for a while when many sessions wrote at once. Added without copying.
ALTER TABLE llmusage_accounting_failed
    ADD COLUMN resolution VARCHAR(32) NULL,
    ADD COLUMN handled_by VARCHAR(64) NULL,
    ADD COLUMN is_open TINYINT NULL;
-- With the binary log on, CREATE TRIGGER needs log_bin_trust_function_creators = 1 or an administrator of the server.
CREATE TRIGGER laf_is_open_at_insert BEFORE INSERT ON llmusage_accounting_failed FOR EACH ROW
    SET NEW.is_open = IF(NEW.handled <=> '1', IF(NEW.resolution <=> 'superseded', 2, 0), 1);
CREATE TRIGGER laf_is_open_at_update BEFORE UPDATE ON llmusage_accounting_failed FOR EACH ROW
    SET NEW.is_open = IF(NEW.handled <=> '1', IF(NEW.resolution <=> 'superseded', 2, 0), 1);
-- The rows that are there: the trigger sees to each. In stretches by id, each a transaction of its own that locks only
-- its rows, so that the platform goes on writing; what was done once is left alone. Times stay as they are where a
-- column would renew itself.
-- The app's sessions are READ COMMITTED already; so is whoever runs this by hand, unless the server keeps a binary log of
-- statements, with which InnoDB refuses to write so (error 1665). MariaDB and MySQL have different names for it.
SET @isolated = 1 /*M!, SESSION tx_isolation = IF(@@log_bin AND @@SESSION.binlog_format = 'STATEMENT', 'REPEATABLE-READ', 'READ-COMMITTED') */ /*!80000, SESSION transaction_isolation = IF(@@log_bin AND @@SESSION.binlog_format = 'STATEMENT', 'REPEATABLE-READ', 'READ-COMMITTED') */;
UPDATE llmusage_accounting_failed SET is_open = 1, use_time = use_time, failed_time = failed_time, handled_time = handled_time WHERE id < '0' AND is_open IS NULL;
UPDATE llmusage_accounting_failed SET is_open = 1, use_time = use_time, failed_time = failed_time, handled_time = handled_time WHERE id >= '0' AND id < '1' AND is_open IS NULL;
UPDATE llmusage_accounting_failed SET is_open = 1, use_time = use_time, failed_time = failed_time, handled_time = handled_time WHERE id >= '1' AND id < '2' AND is_open IS NULL;
UPDATE llmusage_accounting_failed SET is_open = 1, use_time = use_time, failed_time = failed_time, handled_time = handled_time WHERE id >= '2' AND id < '3' AND is_open IS NULL;
UPDATE llmusage_accounting_failed SET is_open = 1, use_time = use_time, failed_time = failed_time, handled_time = handled_time WHERE id >= '3' AND id < '4' AND is_open IS NULL;
UPDATE llmusage_accounting_failed SET is_open = 1, use_time = use_time, failed_time = failed_time, handled_time = handled_time WHERE id >= '4' AND id < '5' AND is_open IS NULL;
UPDATE llmusage_accounting_failed SET is_open = 1, use_time = use_time, failed_time = failed_time, handled_time = handled_time WHERE id >= '5' AND id < '6' AND is_open IS NULL;
UPDATE llmusage_accounting_failed SET is_open = 1, use_time = use_time, failed_time = failed_time, handled_time = handled_time WHERE id >= '6' AND id < '7' AND is_open IS NULL;
UPDATE llmusage_accounting_failed SET is_open = 1, use_time = use_time, failed_time = failed_time, handled_time = handled_time WHERE id >= '7' AND id < '8' AND is_open IS NULL;
UPDATE llmusage_accounting_failed SET is_open = 1, use_time = use_time, failed_time = failed_time, handled_time = handled_time WHERE id >= '8' AND id < '9' AND is_open IS NULL;
UPDATE llmusage_accounting_failed SET is_open = 1, use_time = use_time, failed_time = failed_time, handled_time = handled_time WHERE id >= '9' AND id < 'A' AND is_open IS NULL;
UPDATE llmusage_accounting_failed SET is_open = 1, use_time = use_time, failed_time = failed_time, handled_time = handled_time WHERE id >= 'A' AND id < 'B' AND is_open IS NULL;
UPDATE llmusage_accounting_failed SET is_open = 1, use_time = use_time, failed_time = failed_time, handled_time = handled_time WHERE id >= 'B' AND id < 'C' AND is_open IS NULL;
UPDATE llmusage_accounting_failed SET is_open = 1, use_time = use_time, failed_time = failed_time, handled_time = handled_time WHERE id >= 'C' AND id < 'D' AND is_open IS NULL;
UPDATE llmusage_accounting_failed SET is_open = 1, use_time = use_time, failed_time = failed_time, handled_time = handled_time WHERE id >= 'D' AND id < 'E' AND is_open IS NULL;
UPDATE llmusage_accounting_failed SET is_open = 1, use_time = use_time, failed_time = failed_time, handled_time = handled_time WHERE id >= 'E' AND id < 'F' AND is_open IS NULL;
UPDATE llmusage_accounting_failed SET is_open = 1, use_time = use_time, failed_time = failed_time, handled_time = handled_time WHERE id >= 'F' AND id < 'G' AND is_open IS NULL;
UPDATE llmusage_accounting_failed SET is_open = 1, use_time = use_time, failed_time = failed_time, handled_time = handled_time WHERE id >= 'G' AND id < 'H' AND is_open IS NULL;
UPDATE llmusage_accounting_failed SET is_open = 1, use_time = use_time, failed_time = failed_time, handled_time = handled_time WHERE id >= 'H' AND id < 'I' AND is_open IS NULL;
UPDATE llmusage_accounting_failed SET is_open = 1, use_time = use_time, failed_time = failed_time, handled_time = handled_time WHERE id >= 'I' AND id < 'J' AND is_open IS NULL;
UPDATE llmusage_accounting_failed SET is_open = 1, use_time = use_time, failed_time = failed_time, handled_time = handled_time WHERE id >= 'J' AND id < 'K' AND is_open IS NULL;
UPDATE llmusage_accounting_failed SET is_open = 1, use_time = use_time, failed_time = failed_time, handled_time = handled_time WHERE id >= 'K' AND id < 'L' AND is_open IS NULL;
UPDATE llmusage_accounting_failed SET is_open = 1, use_time = use_time, failed_time = failed_time, handled_time = handled_time WHERE id >= 'L' AND id < 'M' AND is_open IS NULL;
UPDATE llmusage_accounting_failed SET is_open = 1, use_time = use_time, failed_time = failed_time, handled_time = handled_time WHERE id >= 'M' AND id < 'N' AND is_open IS NULL;
UPDATE llmusage_accounting_failed SET is_open = 1, use_time = use_time, failed_time = failed_time, handled_time = handled_time WHERE id >= 'N' AND id < 'O' AND is_open IS NULL;
UPDATE llmusage_accounting_failed SET is_open = 1, use_time = use_time, failed_time = failed_time, handled_time = handled_time WHERE id >= 'O' AND id < 'P' AND is_open IS NULL;
UPDATE llmusage_accounting_failed SET is_open = 1, use_time = use_time, failed_time = failed_time, handled_time = handled_time WHERE id >= 'P' AND id < 'Q' AND is_open IS NULL;
UPDATE llmusage_accounting_failed SET is_open = 1, use_time = use_time, failed_time = failed_time, handled_time = handled_time WHERE id >= 'Q' AND id < 'R' AND is_open IS NULL;
UPDATE llmusage_accounting_failed SET is_open = 1, use_time = use_time, failed_time = failed_time, handled_time = handled_time WHERE id >= 'R' AND id < 'S' AND is_open IS NULL;
UPDATE llmusage_accounting_failed SET is_open = 1, use_time = use_time, failed_time = failed_time, handled_time = handled_time WHERE id >= 'S' AND id < 'T' AND is_open IS NULL;
UPDATE llmusage_accounting_failed SET is_open = 1, use_time = use_time, failed_time = failed_time, handled_time = handled_time WHERE id >= 'T' AND id < 'U' AND is_open IS NULL;
UPDATE llmusage_accounting_failed SET is_open = 1, use_time = use_time, failed_time = failed_time, handled_time = handled_time WHERE id >= 'U' AND id < 'V' AND is_open IS NULL;
UPDATE llmusage_accounting_failed SET is_open = 1, use_time = use_time, failed_time = failed_time, handled_time = handled_time WHERE id >= 'V' AND id < 'W' AND is_open IS NULL;
UPDATE llmusage_accounting_failed SET is_open = 1, use_time = use_time, failed_time = failed_time, handled_time = handled_time WHERE id >= 'W' AND id < 'X' AND is_open IS NULL;
UPDATE llmusage_accounting_failed SET is_open = 1, use_time = use_time, failed_time = failed_time, handled_time = handled_time WHERE id >= 'X' AND id < 'Y' AND is_open IS NULL;
UPDATE llmusage_accounting_failed SET is_open = 1, use_time = use_time, failed_time = failed_time, handled_time = handled_time WHERE id >= 'Y' AND id < 'Z' AND is_open IS NULL;
UPDATE llmusage_accounting_failed SET is_open = 1, use_time = use_time, failed_time = failed_time, handled_time = handled_time WHERE id >= 'Z' AND id < '_' AND is_open IS NULL;
UPDATE llmusage_accounting_failed SET is_open = 1, use_time = use_time, failed_time = failed_time, handled_time = handled_time WHERE id >= '_' AND id < 'a' AND is_open IS NULL;
UPDATE llmusage_accounting_failed SET is_open = 1, use_time = use_time, failed_time = failed_time, handled_time = handled_time WHERE id >= 'a' AND id < 'b' AND is_open IS NULL;
UPDATE llmusage_accounting_failed SET is_open = 1, use_time = use_time, failed_time = failed_time, handled_time = handled_time WHERE id >= 'b' AND id < 'c' AND is_open IS NULL;
UPDATE llmusage_accounting_failed SET is_open = 1, use_time = use_time, failed_time = failed_time, handled_time = handled_time WHERE id >= 'c' AND id < 'd' AND is_open IS NULL;
UPDATE llmusage_accounting_failed SET is_open = 1, use_time = use_time, failed_time = failed_time, handled_time = handled_time WHERE id >= 'd' AND id < 'e' AND is_open IS NULL;
UPDATE llmusage_accounting_failed SET is_open = 1, use_time = use_time, failed_time = failed_time, handled_time = handled_time WHERE id >= 'e' AND id < 'f' AND is_open IS NULL;
UPDATE llmusage_accounting_failed SET is_open = 1, use_time = use_time, failed_time = failed_time, handled_time = handled_time WHERE id >= 'f' AND id < 'g' AND is_open IS NULL;
UPDATE llmusage_accounting_failed SET is_open = 1, use_time = use_time, failed_time = failed_time, handled_time = handled_time WHERE id >= 'g' AND id < 'h' AND is_open IS NULL;
UPDATE llmusage_accounting_failed SET is_open = 1, use_time = use_time, failed_time = failed_time, handled_time = handled_time WHERE id >= 'h' AND id < 'i' AND is_open IS NULL;
UPDATE llmusage_accounting_failed SET is_open = 1, use_time = use_time, failed_time = failed_time, handled_time = handled_time WHERE id >= 'i' AND id < 'j' AND is_open IS NULL;
UPDATE llmusage_accounting_failed SET is_open = 1, use_time = use_time, failed_time = failed_time, handled_time = handled_time WHERE id >= 'j' AND id < 'k' AND is_open IS NULL;
UPDATE llmusage_accounting_failed SET is_open = 1, use_time = use_time, failed_time = failed_time, handled_time = handled_time WHERE id >= 'k' AND id < 'l' AND is_open IS NULL;
UPDATE llmusage_accounting_failed SET is_open = 1, use_time = use_time, failed_time = failed_time, handled_time = handled_time WHERE id >= 'l' AND id < 'm' AND is_open IS NULL;
UPDATE llmusage_accounting_failed SET is_open = 1, use_time = use_time, failed_time = failed_time, handled_time = handled_time WHERE id >= 'm' AND id < 'n' AND is_open IS NULL;
UPDATE llmusage_accounting_failed SET is_open = 1, use_time = use_time, failed_time = failed_time, handled_time = handled_time WHERE id >= 'n' AND id < 'o' AND is_open IS NULL;
UPDATE llmusage_accounting_failed SET is_open = 1, use_time = use_time, failed_time = failed_time, handled_time = handled_time WHERE id >= 'o' AND id < 'p' AND is_open IS NULL;
UPDATE llmusage_accounting_failed SET is_open = 1, use_time = use_time, failed_time = failed_time, handled_time = handled_time WHERE id >= 'p' AND id < 'q' AND is_open IS NULL;
UPDATE llmusage_accounting_failed SET is_open = 1, use_time = use_time, failed_time = failed_time, handled_time = handled_time WHERE id >= 'q' AND id < 'r' AND is_open IS NULL;
UPDATE llmusage_accounting_failed SET is_open = 1, use_time = use_time, failed_time = failed_time, handled_time = handled_time WHERE id >= 'r' AND id < 's' AND is_open IS NULL;
UPDATE llmusage_accounting_failed SET is_open = 1, use_time = use_time, failed_time = failed_time, handled_time = handled_time WHERE id >= 's' AND id < 't' AND is_open IS NULL;
UPDATE llmusage_accounting_failed SET is_open = 1, use_time = use_time, failed_time = failed_time, handled_time = handled_time WHERE id >= 't' AND id < 'u' AND is_open IS NULL;
UPDATE llmusage_accounting_failed SET is_open = 1, use_time = use_time, failed_time = failed_time, handled_time = handled_time WHERE id >= 'u' AND id < 'v' AND is_open IS NULL;
UPDATE llmusage_accounting_failed SET is_open = 1, use_time = use_time, failed_time = failed_time, handled_time = handled_time WHERE id >= 'v' AND id < 'w' AND is_open IS NULL;
UPDATE llmusage_accounting_failed SET is_open = 1, use_time = use_time, failed_time = failed_time, handled_time = handled_time WHERE id >= 'w' AND id < 'x' AND is_open IS NULL;
UPDATE llmusage_accounting_failed SET is_open = 1, use_time = use_time, failed_time = failed_time, handled_time = handled_time WHERE id >= 'x' AND id < 'y' AND is_open IS NULL;
UPDATE llmusage_accounting_failed SET is_open = 1, use_time = use_time, failed_time = failed_time, handled_time = handled_time WHERE id >= 'y' AND id < 'z' AND is_open IS NULL;
UPDATE llmusage_accounting_failed SET is_open = 1, use_time = use_time, failed_time = failed_time, handled_time = handled_time WHERE id >= 'z' AND is_open IS NULL;
-- What no stretch had, in whatever order this collation sorts.
UPDATE llmusage_accounting_failed SET is_open = 1, use_time = use_time, failed_time = failed_time, handled_time = handled_time WHERE is_open IS NULL;
