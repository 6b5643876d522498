-- What each change of a failure adds to the kept totals and takes from them, until a job folds it into them: one narrow row,
-- appended by triggers, so that a total is exact at every commit, whoever writes. Whatever a row holds, noting it cannot
-- fail: no column is narrower than its source, money that is no number counts as none, and a day is a text.
-- state: 1 open, 3 open and retrying, 0 handled, 2 superseded. amount and cost in units of 10^-5.
CREATE TABLE failed_delta (
    id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    state INTEGER,
    day VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin,
    model LONGBLOB,
    cause LONGBLOB,
    organisation LONGBLOB,
    resolution LONGBLOB,
    records BIGINT,
    amount BIGINT,
    cost BIGINT
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC;
-- The kept totals. kind: 0 all, 1 a model, 2 a cause, 3 an organisation, 4 a resolution, over all time; 10 more where it is
-- that of a day (of an organisation: of a month). Sums in millions of units, and units.
CREATE TABLE failed_total (
    kind INTEGER NOT NULL,
    key_text VARBINARY(255) NOT NULL,
    day VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    state INTEGER NOT NULL,
    records BIGINT NOT NULL,
    amount_high BIGINT NOT NULL,
    amount_low BIGINT NOT NULL,
    cost_high BIGINT NOT NULL,
    cost_low BIGINT NOT NULL,
    PRIMARY KEY (kind, key_text, day, state),
    -- /failed-accounting?start_date=&end_date=, top causes.
    KEY idx_failed_total_day (kind, day)
) ENGINE=InnoDB;
-- They run with the rights of whoever migrates. With the binary log on, CREATE TRIGGER needs
-- log_bin_trust_function_creators = 1 or an administrator of the server.
CREATE TRIGGER failed_total_inserted AFTER INSERT ON llmusage_accounting_failed FOR EACH ROW
    INSERT INTO failed_delta (state, day, model, cause, organisation, resolution, records, amount, cost) VALUES
        ((CASE WHEN NEW.is_open = 1 AND NEW.retry_requested_at IS NOT NULL THEN 3 ELSE COALESCE(NEW.is_open, 1) END),
         CAST(NEW.use_date AS CHAR),
         COALESCE(CONVERT(NEW.llmid USING utf8mb4), ''),
         COALESCE(CONVERT(NEW.cause USING utf8mb4), ''),
         COALESCE(CONVERT(NEW.userorgid USING utf8mb4), ''),
         COALESCE(CONVERT(NEW.resolution USING utf8mb4), ''),
         1,
         COALESCE((CASE WHEN NEW.amount BETWEEN -8e9 AND 8e9 THEN CAST(TRUNCATE(NEW.amount * 1e5 + (CASE WHEN NEW.amount < 0 THEN -0.5e0 ELSE 0.5e0 END), 0) AS SIGNED) WHEN NEW.amount BETWEEN 9e13 AND 1.7976931348623157e308 THEN 9000000000000000000 WHEN NEW.amount BETWEEN -1.7976931348623157e308 AND -9e13 THEN -9000000000000000000 WHEN NEW.amount BETWEEN -9e13 AND 9e13 THEN CAST(TRUNCATE(NEW.amount, 0) AS SIGNED) * 100000 + CAST(TRUNCATE((NEW.amount - CAST(TRUNCATE(NEW.amount, 0) AS SIGNED)) * 1e5 + (CASE WHEN NEW.amount < 0 THEN -0.5e0 ELSE 0.5e0 END), 0) AS SIGNED) END), 0),
         COALESCE((CASE WHEN NEW.cost BETWEEN -8e9 AND 8e9 THEN CAST(TRUNCATE(NEW.cost * 1e5 + (CASE WHEN NEW.cost < 0 THEN -0.5e0 ELSE 0.5e0 END), 0) AS SIGNED) WHEN NEW.cost BETWEEN 9e13 AND 1.7976931348623157e308 THEN 9000000000000000000 WHEN NEW.cost BETWEEN -1.7976931348623157e308 AND -9e13 THEN -9000000000000000000 WHEN NEW.cost BETWEEN -9e13 AND 9e13 THEN CAST(TRUNCATE(NEW.cost, 0) AS SIGNED) * 100000 + CAST(TRUNCATE((NEW.cost - CAST(TRUNCATE(NEW.cost, 0) AS SIGNED)) * 1e5 + (CASE WHEN NEW.cost < 0 THEN -0.5e0 ELSE 0.5e0 END), 0) AS SIGNED) END), 0));
CREATE TRIGGER failed_total_deleted AFTER DELETE ON llmusage_accounting_failed FOR EACH ROW
    INSERT INTO failed_delta (state, day, model, cause, organisation, resolution, records, amount, cost) VALUES
        ((CASE WHEN OLD.is_open = 1 AND OLD.retry_requested_at IS NOT NULL THEN 3 ELSE COALESCE(OLD.is_open, 1) END),
         CAST(OLD.use_date AS CHAR),
         COALESCE(CONVERT(OLD.llmid USING utf8mb4), ''),
         COALESCE(CONVERT(OLD.cause USING utf8mb4), ''),
         COALESCE(CONVERT(OLD.userorgid USING utf8mb4), ''),
         COALESCE(CONVERT(OLD.resolution USING utf8mb4), ''),
         -1,
         -COALESCE((CASE WHEN OLD.amount BETWEEN -8e9 AND 8e9 THEN CAST(TRUNCATE(OLD.amount * 1e5 + (CASE WHEN OLD.amount < 0 THEN -0.5e0 ELSE 0.5e0 END), 0) AS SIGNED) WHEN OLD.amount BETWEEN 9e13 AND 1.7976931348623157e308 THEN 9000000000000000000 WHEN OLD.amount BETWEEN -1.7976931348623157e308 AND -9e13 THEN -9000000000000000000 WHEN OLD.amount BETWEEN -9e13 AND 9e13 THEN CAST(TRUNCATE(OLD.amount, 0) AS SIGNED) * 100000 + CAST(TRUNCATE((OLD.amount - CAST(TRUNCATE(OLD.amount, 0) AS SIGNED)) * 1e5 + (CASE WHEN OLD.amount < 0 THEN -0.5e0 ELSE 0.5e0 END), 0) AS SIGNED) END), 0),
         -COALESCE((CASE WHEN OLD.cost BETWEEN -8e9 AND 8e9 THEN CAST(TRUNCATE(OLD.cost * 1e5 + (CASE WHEN OLD.cost < 0 THEN -0.5e0 ELSE 0.5e0 END), 0) AS SIGNED) WHEN OLD.cost BETWEEN 9e13 AND 1.7976931348623157e308 THEN 9000000000000000000 WHEN OLD.cost BETWEEN -1.7976931348623157e308 AND -9e13 THEN -9000000000000000000 WHEN OLD.cost BETWEEN -9e13 AND 9e13 THEN CAST(TRUNCATE(OLD.cost, 0) AS SIGNED) * 100000 + CAST(TRUNCATE((OLD.cost - CAST(TRUNCATE(OLD.cost, 0) AS SIGNED)) * 1e5 + (CASE WHEN OLD.cost < 0 THEN -0.5e0 ELSE 0.5e0 END), 0) AS SIGNED) END), 0));
CREATE TRIGGER failed_total_updated AFTER UPDATE ON llmusage_accounting_failed FOR EACH ROW BEGIN
    IF NOT (CAST(OLD.handled AS BINARY) <=> CAST(NEW.handled AS BINARY)) OR NOT (CAST(OLD.resolution AS BINARY) <=> CAST(NEW.resolution AS BINARY)) OR NOT (CAST(OLD.llmid AS BINARY) <=> CAST(NEW.llmid AS BINARY)) OR NOT (CAST(OLD.cause AS BINARY) <=> CAST(NEW.cause AS BINARY)) OR NOT (CAST(OLD.userorgid AS BINARY) <=> CAST(NEW.userorgid AS BINARY)) OR NOT (OLD.is_open <=> NEW.is_open) OR NOT (OLD.use_date <=> NEW.use_date) OR NOT (OLD.amount <=> NEW.amount) OR NOT (OLD.cost <=> NEW.cost) OR (OLD.retry_requested_at IS NULL) <> (NEW.retry_requested_at IS NULL) THEN
        INSERT INTO failed_delta (state, day, model, cause, organisation, resolution, records, amount, cost) VALUES
            ((CASE WHEN OLD.is_open = 1 AND OLD.retry_requested_at IS NOT NULL THEN 3 ELSE COALESCE(OLD.is_open, 1) END),
             CAST(OLD.use_date AS CHAR),
             COALESCE(CONVERT(OLD.llmid USING utf8mb4), ''),
             COALESCE(CONVERT(OLD.cause USING utf8mb4), ''),
             COALESCE(CONVERT(OLD.userorgid USING utf8mb4), ''),
             COALESCE(CONVERT(OLD.resolution USING utf8mb4), ''),
             -1,
             -COALESCE((CASE WHEN OLD.amount BETWEEN -8e9 AND 8e9 THEN CAST(TRUNCATE(OLD.amount * 1e5 + (CASE WHEN OLD.amount < 0 THEN -0.5e0 ELSE 0.5e0 END), 0) AS SIGNED) WHEN OLD.amount BETWEEN 9e13 AND 1.7976931348623157e308 THEN 9000000000000000000 WHEN OLD.amount BETWEEN -1.7976931348623157e308 AND -9e13 THEN -9000000000000000000 WHEN OLD.amount BETWEEN -9e13 AND 9e13 THEN CAST(TRUNCATE(OLD.amount, 0) AS SIGNED) * 100000 + CAST(TRUNCATE((OLD.amount - CAST(TRUNCATE(OLD.amount, 0) AS SIGNED)) * 1e5 + (CASE WHEN OLD.amount < 0 THEN -0.5e0 ELSE 0.5e0 END), 0) AS SIGNED) END), 0),
             -COALESCE((CASE WHEN OLD.cost BETWEEN -8e9 AND 8e9 THEN CAST(TRUNCATE(OLD.cost * 1e5 + (CASE WHEN OLD.cost < 0 THEN -0.5e0 ELSE 0.5e0 END), 0) AS SIGNED) WHEN OLD.cost BETWEEN 9e13 AND 1.7976931348623157e308 THEN 9000000000000000000 WHEN OLD.cost BETWEEN -1.7976931348623157e308 AND -9e13 THEN -9000000000000000000 WHEN OLD.cost BETWEEN -9e13 AND 9e13 THEN CAST(TRUNCATE(OLD.cost, 0) AS SIGNED) * 100000 + CAST(TRUNCATE((OLD.cost - CAST(TRUNCATE(OLD.cost, 0) AS SIGNED)) * 1e5 + (CASE WHEN OLD.cost < 0 THEN -0.5e0 ELSE 0.5e0 END), 0) AS SIGNED) END), 0)),
            ((CASE WHEN NEW.is_open = 1 AND NEW.retry_requested_at IS NOT NULL THEN 3 ELSE COALESCE(NEW.is_open, 1) END),
             CAST(NEW.use_date AS CHAR),
             COALESCE(CONVERT(NEW.llmid USING utf8mb4), ''),
             COALESCE(CONVERT(NEW.cause USING utf8mb4), ''),
             COALESCE(CONVERT(NEW.userorgid USING utf8mb4), ''),
             COALESCE(CONVERT(NEW.resolution USING utf8mb4), ''),
             1,
             COALESCE((CASE WHEN NEW.amount BETWEEN -8e9 AND 8e9 THEN CAST(TRUNCATE(NEW.amount * 1e5 + (CASE WHEN NEW.amount < 0 THEN -0.5e0 ELSE 0.5e0 END), 0) AS SIGNED) WHEN NEW.amount BETWEEN 9e13 AND 1.7976931348623157e308 THEN 9000000000000000000 WHEN NEW.amount BETWEEN -1.7976931348623157e308 AND -9e13 THEN -9000000000000000000 WHEN NEW.amount BETWEEN -9e13 AND 9e13 THEN CAST(TRUNCATE(NEW.amount, 0) AS SIGNED) * 100000 + CAST(TRUNCATE((NEW.amount - CAST(TRUNCATE(NEW.amount, 0) AS SIGNED)) * 1e5 + (CASE WHEN NEW.amount < 0 THEN -0.5e0 ELSE 0.5e0 END), 0) AS SIGNED) END), 0),
             COALESCE((CASE WHEN NEW.cost BETWEEN -8e9 AND 8e9 THEN CAST(TRUNCATE(NEW.cost * 1e5 + (CASE WHEN NEW.cost < 0 THEN -0.5e0 ELSE 0.5e0 END), 0) AS SIGNED) WHEN NEW.cost BETWEEN 9e13 AND 1.7976931348623157e308 THEN 9000000000000000000 WHEN NEW.cost BETWEEN -1.7976931348623157e308 AND -9e13 THEN -9000000000000000000 WHEN NEW.cost BETWEEN -9e13 AND 9e13 THEN CAST(TRUNCATE(NEW.cost, 0) AS SIGNED) * 100000 + CAST(TRUNCATE((NEW.cost - CAST(TRUNCATE(NEW.cost, 0) AS SIGNED)) * 1e5 + (CASE WHEN NEW.cost < 0 THEN -0.5e0 ELSE 0.5e0 END), 0) AS SIGNED) END), 0));
    END IF;
END;
-- Of no rows there is nothing to count; where there are some, `migrate` or the server counts them, and until then pages count
-- for themselves.
INSERT INTO app_setting (name, value) SELECT 'failed_totals', 'kept' FROM DUAL WHERE NOT EXISTS (SELECT 1 FROM llmusage_accounting_failed) AND NOT EXISTS (SELECT 1 FROM app_setting WHERE name = 'failed_totals');
