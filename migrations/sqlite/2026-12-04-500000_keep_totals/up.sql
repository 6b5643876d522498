-- What each change of a failure adds to the kept totals and takes from them, until a job folds it into them: one narrow row,
-- appended by triggers, so that a total is exact at every commit, whoever writes. Whatever a row holds, noting it cannot
-- fail: no column is narrower than its source, money that is no number counts as none, and a day is a text.
-- state: 1 open, 3 open and retrying, 0 handled, 2 superseded. amount and cost in units of 10^-5.
CREATE TABLE failed_delta (
    id INTEGER PRIMARY KEY,
    state INTEGER,
    day TEXT,
    model,
    cause,
    organisation,
    resolution,
    records INTEGER,
    amount INTEGER,
    cost INTEGER
);
-- The row that an INSERT or an UPDATE of an id is about to replace: REPLACE removes it without a DELETE that triggers see.
-- What is noted here and not replaced after all (IGNORE, an upsert) is forgotten with the next row.
CREATE TABLE failed_replaced (
    failed_id,
    state INTEGER,
    day TEXT,
    model,
    cause,
    organisation,
    resolution,
    records INTEGER,
    amount INTEGER,
    cost INTEGER
);
-- The kept totals. kind: 0 all, 1 a model, 2 a cause, 3 an organisation, 4 a resolution, over all time; 10 more where it is
-- that of a day (of an organisation: of a month). Sums in millions of units, and units.
CREATE TABLE failed_total (
    kind INTEGER NOT NULL,
    key_text NOT NULL,
    day TEXT NOT NULL,
    state INTEGER NOT NULL,
    records INTEGER NOT NULL,
    amount_high INTEGER NOT NULL,
    amount_low INTEGER NOT NULL,
    cost_high INTEGER NOT NULL,
    cost_low INTEGER NOT NULL,
    PRIMARY KEY (kind, key_text, day, state)
) WITHOUT ROWID;
-- /failed-accounting?start_date=&end_date=, top causes.
CREATE INDEX idx_failed_total_day ON failed_total (kind, day);
CREATE TRIGGER failed_total_insert_begun BEFORE INSERT ON llmusage_accounting_failed BEGIN
    DELETE FROM failed_replaced WHERE failed_id IS NOT NULL OR failed_id IS NULL;
    INSERT INTO failed_replaced (failed_id, state, day, model, cause, organisation, resolution, records, amount, cost)
        SELECT replaced.id, (CASE WHEN replaced.handled = '1' THEN CASE WHEN replaced.resolution = 'superseded' THEN 2 ELSE 0 END WHEN replaced.retry_requested_at IS NULL THEN 1 ELSE 3 END),
         (CASE typeof(replaced.use_date) WHEN 'text' THEN replaced.use_date WHEN 'null' THEN NULL WHEN 'blob' THEN '~' ELSE '' END),
         COALESCE(replaced.llmid, ''),
         COALESCE(replaced.cause, ''),
         COALESCE(replaced.userorgid, ''),
         COALESCE(replaced.resolution, ''),
         -1,
         -COALESCE((CASE WHEN replaced.amount BETWEEN -8e9 AND 8e9 THEN CAST(replaced.amount * 1e5 + (CASE WHEN replaced.amount < 0 THEN -0.5e0 ELSE 0.5e0 END) AS INTEGER) WHEN replaced.amount BETWEEN 9e13 AND 1.7976931348623157e308 THEN 9000000000000000000 WHEN replaced.amount BETWEEN -1.7976931348623157e308 AND -9e13 THEN -9000000000000000000 WHEN replaced.amount BETWEEN -9e13 AND 9e13 THEN CAST(replaced.amount AS INTEGER) * 100000 + CAST((replaced.amount - CAST(replaced.amount AS INTEGER)) * 1e5 + (CASE WHEN replaced.amount < 0 THEN -0.5e0 ELSE 0.5e0 END) AS INTEGER) END), 0),
         -COALESCE((CASE WHEN replaced.cost BETWEEN -8e9 AND 8e9 THEN CAST(replaced.cost * 1e5 + (CASE WHEN replaced.cost < 0 THEN -0.5e0 ELSE 0.5e0 END) AS INTEGER) WHEN replaced.cost BETWEEN 9e13 AND 1.7976931348623157e308 THEN 9000000000000000000 WHEN replaced.cost BETWEEN -1.7976931348623157e308 AND -9e13 THEN -9000000000000000000 WHEN replaced.cost BETWEEN -9e13 AND 9e13 THEN CAST(replaced.cost AS INTEGER) * 100000 + CAST((replaced.cost - CAST(replaced.cost AS INTEGER)) * 1e5 + (CASE WHEN replaced.cost < 0 THEN -0.5e0 ELSE 0.5e0 END) AS INTEGER) END), 0)
        FROM llmusage_accounting_failed replaced WHERE replaced.id = NEW.id;
END;
CREATE TRIGGER failed_total_inserted AFTER INSERT ON llmusage_accounting_failed BEGIN
    INSERT INTO failed_delta (state, day, model, cause, organisation, resolution, records, amount, cost) SELECT state, day, model, cause, organisation, resolution, records, amount, cost FROM failed_replaced WHERE failed_id IS NEW.id;
    DELETE FROM failed_replaced WHERE failed_id IS NEW.id;
    INSERT INTO failed_delta (state, day, model, cause, organisation, resolution, records, amount, cost) VALUES
        ((CASE WHEN NEW.handled = '1' THEN CASE WHEN NEW.resolution = 'superseded' THEN 2 ELSE 0 END WHEN NEW.retry_requested_at IS NULL THEN 1 ELSE 3 END),
         (CASE typeof(NEW.use_date) WHEN 'text' THEN NEW.use_date WHEN 'null' THEN NULL WHEN 'blob' THEN '~' ELSE '' END),
         COALESCE(NEW.llmid, ''),
         COALESCE(NEW.cause, ''),
         COALESCE(NEW.userorgid, ''),
         COALESCE(NEW.resolution, ''),
         1,
         COALESCE((CASE WHEN NEW.amount BETWEEN -8e9 AND 8e9 THEN CAST(NEW.amount * 1e5 + (CASE WHEN NEW.amount < 0 THEN -0.5e0 ELSE 0.5e0 END) AS INTEGER) WHEN NEW.amount BETWEEN 9e13 AND 1.7976931348623157e308 THEN 9000000000000000000 WHEN NEW.amount BETWEEN -1.7976931348623157e308 AND -9e13 THEN -9000000000000000000 WHEN NEW.amount BETWEEN -9e13 AND 9e13 THEN CAST(NEW.amount AS INTEGER) * 100000 + CAST((NEW.amount - CAST(NEW.amount AS INTEGER)) * 1e5 + (CASE WHEN NEW.amount < 0 THEN -0.5e0 ELSE 0.5e0 END) AS INTEGER) END), 0),
         COALESCE((CASE WHEN NEW.cost BETWEEN -8e9 AND 8e9 THEN CAST(NEW.cost * 1e5 + (CASE WHEN NEW.cost < 0 THEN -0.5e0 ELSE 0.5e0 END) AS INTEGER) WHEN NEW.cost BETWEEN 9e13 AND 1.7976931348623157e308 THEN 9000000000000000000 WHEN NEW.cost BETWEEN -1.7976931348623157e308 AND -9e13 THEN -9000000000000000000 WHEN NEW.cost BETWEEN -9e13 AND 9e13 THEN CAST(NEW.cost AS INTEGER) * 100000 + CAST((NEW.cost - CAST(NEW.cost AS INTEGER)) * 1e5 + (CASE WHEN NEW.cost < 0 THEN -0.5e0 ELSE 0.5e0 END) AS INTEGER) END), 0));
END;
-- With recursive_triggers a replaced row is deleted as others are, and is not to be taken off twice.
CREATE TRIGGER failed_total_deleted AFTER DELETE ON llmusage_accounting_failed BEGIN
    DELETE FROM failed_replaced WHERE failed_id IS OLD.id;
    INSERT INTO failed_delta (state, day, model, cause, organisation, resolution, records, amount, cost) VALUES
        ((CASE WHEN OLD.handled = '1' THEN CASE WHEN OLD.resolution = 'superseded' THEN 2 ELSE 0 END WHEN OLD.retry_requested_at IS NULL THEN 1 ELSE 3 END),
         (CASE typeof(OLD.use_date) WHEN 'text' THEN OLD.use_date WHEN 'null' THEN NULL WHEN 'blob' THEN '~' ELSE '' END),
         COALESCE(OLD.llmid, ''),
         COALESCE(OLD.cause, ''),
         COALESCE(OLD.userorgid, ''),
         COALESCE(OLD.resolution, ''),
         -1,
         -COALESCE((CASE WHEN OLD.amount BETWEEN -8e9 AND 8e9 THEN CAST(OLD.amount * 1e5 + (CASE WHEN OLD.amount < 0 THEN -0.5e0 ELSE 0.5e0 END) AS INTEGER) WHEN OLD.amount BETWEEN 9e13 AND 1.7976931348623157e308 THEN 9000000000000000000 WHEN OLD.amount BETWEEN -1.7976931348623157e308 AND -9e13 THEN -9000000000000000000 WHEN OLD.amount BETWEEN -9e13 AND 9e13 THEN CAST(OLD.amount AS INTEGER) * 100000 + CAST((OLD.amount - CAST(OLD.amount AS INTEGER)) * 1e5 + (CASE WHEN OLD.amount < 0 THEN -0.5e0 ELSE 0.5e0 END) AS INTEGER) END), 0),
         -COALESCE((CASE WHEN OLD.cost BETWEEN -8e9 AND 8e9 THEN CAST(OLD.cost * 1e5 + (CASE WHEN OLD.cost < 0 THEN -0.5e0 ELSE 0.5e0 END) AS INTEGER) WHEN OLD.cost BETWEEN 9e13 AND 1.7976931348623157e308 THEN 9000000000000000000 WHEN OLD.cost BETWEEN -1.7976931348623157e308 AND -9e13 THEN -9000000000000000000 WHEN OLD.cost BETWEEN -9e13 AND 9e13 THEN CAST(OLD.cost AS INTEGER) * 100000 + CAST((OLD.cost - CAST(OLD.cost AS INTEGER)) * 1e5 + (CASE WHEN OLD.cost < 0 THEN -0.5e0 ELSE 0.5e0 END) AS INTEGER) END), 0));
END;
CREATE TRIGGER failed_total_id_begun BEFORE UPDATE OF id ON llmusage_accounting_failed WHEN OLD.id IS NOT NEW.id BEGIN
    DELETE FROM failed_replaced WHERE failed_id IS NOT NULL OR failed_id IS NULL;
    INSERT INTO failed_replaced (failed_id, state, day, model, cause, organisation, resolution, records, amount, cost)
        SELECT replaced.id, (CASE WHEN replaced.handled = '1' THEN CASE WHEN replaced.resolution = 'superseded' THEN 2 ELSE 0 END WHEN replaced.retry_requested_at IS NULL THEN 1 ELSE 3 END),
         (CASE typeof(replaced.use_date) WHEN 'text' THEN replaced.use_date WHEN 'null' THEN NULL WHEN 'blob' THEN '~' ELSE '' END),
         COALESCE(replaced.llmid, ''),
         COALESCE(replaced.cause, ''),
         COALESCE(replaced.userorgid, ''),
         COALESCE(replaced.resolution, ''),
         -1,
         -COALESCE((CASE WHEN replaced.amount BETWEEN -8e9 AND 8e9 THEN CAST(replaced.amount * 1e5 + (CASE WHEN replaced.amount < 0 THEN -0.5e0 ELSE 0.5e0 END) AS INTEGER) WHEN replaced.amount BETWEEN 9e13 AND 1.7976931348623157e308 THEN 9000000000000000000 WHEN replaced.amount BETWEEN -1.7976931348623157e308 AND -9e13 THEN -9000000000000000000 WHEN replaced.amount BETWEEN -9e13 AND 9e13 THEN CAST(replaced.amount AS INTEGER) * 100000 + CAST((replaced.amount - CAST(replaced.amount AS INTEGER)) * 1e5 + (CASE WHEN replaced.amount < 0 THEN -0.5e0 ELSE 0.5e0 END) AS INTEGER) END), 0),
         -COALESCE((CASE WHEN replaced.cost BETWEEN -8e9 AND 8e9 THEN CAST(replaced.cost * 1e5 + (CASE WHEN replaced.cost < 0 THEN -0.5e0 ELSE 0.5e0 END) AS INTEGER) WHEN replaced.cost BETWEEN 9e13 AND 1.7976931348623157e308 THEN 9000000000000000000 WHEN replaced.cost BETWEEN -1.7976931348623157e308 AND -9e13 THEN -9000000000000000000 WHEN replaced.cost BETWEEN -9e13 AND 9e13 THEN CAST(replaced.cost AS INTEGER) * 100000 + CAST((replaced.cost - CAST(replaced.cost AS INTEGER)) * 1e5 + (CASE WHEN replaced.cost < 0 THEN -0.5e0 ELSE 0.5e0 END) AS INTEGER) END), 0)
        FROM llmusage_accounting_failed replaced WHERE replaced.id = NEW.id;
END;
CREATE TRIGGER failed_total_id_changed AFTER UPDATE OF id ON llmusage_accounting_failed WHEN OLD.id IS NOT NEW.id BEGIN
    INSERT INTO failed_delta (state, day, model, cause, organisation, resolution, records, amount, cost) SELECT state, day, model, cause, organisation, resolution, records, amount, cost FROM failed_replaced WHERE failed_id IS NEW.id;
    DELETE FROM failed_replaced WHERE failed_id IS NEW.id;
END;
CREATE TRIGGER failed_total_updated AFTER UPDATE OF handled, resolution, retry_requested_at, use_date, llmid, cause, userorgid, amount, cost ON llmusage_accounting_failed
WHEN OLD.handled IS NOT NEW.handled OR OLD.resolution IS NOT NEW.resolution OR OLD.use_date IS NOT NEW.use_date OR OLD.llmid IS NOT NEW.llmid OR OLD.cause IS NOT NEW.cause OR OLD.userorgid IS NOT NEW.userorgid OR OLD.amount IS NOT NEW.amount OR OLD.cost IS NOT NEW.cost OR (OLD.retry_requested_at IS NULL) <> (NEW.retry_requested_at IS NULL) BEGIN
    INSERT INTO failed_delta (state, day, model, cause, organisation, resolution, records, amount, cost) VALUES
        ((CASE WHEN OLD.handled = '1' THEN CASE WHEN OLD.resolution = 'superseded' THEN 2 ELSE 0 END WHEN OLD.retry_requested_at IS NULL THEN 1 ELSE 3 END),
         (CASE typeof(OLD.use_date) WHEN 'text' THEN OLD.use_date WHEN 'null' THEN NULL WHEN 'blob' THEN '~' ELSE '' END),
         COALESCE(OLD.llmid, ''),
         COALESCE(OLD.cause, ''),
         COALESCE(OLD.userorgid, ''),
         COALESCE(OLD.resolution, ''),
         -1,
         -COALESCE((CASE WHEN OLD.amount BETWEEN -8e9 AND 8e9 THEN CAST(OLD.amount * 1e5 + (CASE WHEN OLD.amount < 0 THEN -0.5e0 ELSE 0.5e0 END) AS INTEGER) WHEN OLD.amount BETWEEN 9e13 AND 1.7976931348623157e308 THEN 9000000000000000000 WHEN OLD.amount BETWEEN -1.7976931348623157e308 AND -9e13 THEN -9000000000000000000 WHEN OLD.amount BETWEEN -9e13 AND 9e13 THEN CAST(OLD.amount AS INTEGER) * 100000 + CAST((OLD.amount - CAST(OLD.amount AS INTEGER)) * 1e5 + (CASE WHEN OLD.amount < 0 THEN -0.5e0 ELSE 0.5e0 END) AS INTEGER) END), 0),
         -COALESCE((CASE WHEN OLD.cost BETWEEN -8e9 AND 8e9 THEN CAST(OLD.cost * 1e5 + (CASE WHEN OLD.cost < 0 THEN -0.5e0 ELSE 0.5e0 END) AS INTEGER) WHEN OLD.cost BETWEEN 9e13 AND 1.7976931348623157e308 THEN 9000000000000000000 WHEN OLD.cost BETWEEN -1.7976931348623157e308 AND -9e13 THEN -9000000000000000000 WHEN OLD.cost BETWEEN -9e13 AND 9e13 THEN CAST(OLD.cost AS INTEGER) * 100000 + CAST((OLD.cost - CAST(OLD.cost AS INTEGER)) * 1e5 + (CASE WHEN OLD.cost < 0 THEN -0.5e0 ELSE 0.5e0 END) AS INTEGER) END), 0)),
        ((CASE WHEN NEW.handled = '1' THEN CASE WHEN NEW.resolution = 'superseded' THEN 2 ELSE 0 END WHEN NEW.retry_requested_at IS NULL THEN 1 ELSE 3 END),
         (CASE typeof(NEW.use_date) WHEN 'text' THEN NEW.use_date WHEN 'null' THEN NULL WHEN 'blob' THEN '~' ELSE '' END),
         COALESCE(NEW.llmid, ''),
         COALESCE(NEW.cause, ''),
         COALESCE(NEW.userorgid, ''),
         COALESCE(NEW.resolution, ''),
         1,
         COALESCE((CASE WHEN NEW.amount BETWEEN -8e9 AND 8e9 THEN CAST(NEW.amount * 1e5 + (CASE WHEN NEW.amount < 0 THEN -0.5e0 ELSE 0.5e0 END) AS INTEGER) WHEN NEW.amount BETWEEN 9e13 AND 1.7976931348623157e308 THEN 9000000000000000000 WHEN NEW.amount BETWEEN -1.7976931348623157e308 AND -9e13 THEN -9000000000000000000 WHEN NEW.amount BETWEEN -9e13 AND 9e13 THEN CAST(NEW.amount AS INTEGER) * 100000 + CAST((NEW.amount - CAST(NEW.amount AS INTEGER)) * 1e5 + (CASE WHEN NEW.amount < 0 THEN -0.5e0 ELSE 0.5e0 END) AS INTEGER) END), 0),
         COALESCE((CASE WHEN NEW.cost BETWEEN -8e9 AND 8e9 THEN CAST(NEW.cost * 1e5 + (CASE WHEN NEW.cost < 0 THEN -0.5e0 ELSE 0.5e0 END) AS INTEGER) WHEN NEW.cost BETWEEN 9e13 AND 1.7976931348623157e308 THEN 9000000000000000000 WHEN NEW.cost BETWEEN -1.7976931348623157e308 AND -9e13 THEN -9000000000000000000 WHEN NEW.cost BETWEEN -9e13 AND 9e13 THEN CAST(NEW.cost AS INTEGER) * 100000 + CAST((NEW.cost - CAST(NEW.cost AS INTEGER)) * 1e5 + (CASE WHEN NEW.cost < 0 THEN -0.5e0 ELSE 0.5e0 END) AS INTEGER) END), 0));
END;
-- Of no rows there is nothing to count; where there are some, `migrate` or the server counts them, and until then pages count
-- for themselves.
INSERT INTO app_setting (name, value) SELECT 'failed_totals', 'kept' WHERE NOT EXISTS (SELECT 1 FROM llmusage_accounting_failed) AND NOT EXISTS (SELECT 1 FROM app_setting WHERE name = 'failed_totals');
