-- What each change of a failure adds to the kept totals and takes from them, until a job folds it into them: one narrow row,
-- appended by triggers, so that a total is exact at every commit, whoever writes. Whatever a row holds, noting it cannot
-- fail: no column is narrower than its source, money that is no number counts as none, and a day is a text.
-- state: 1 open, 3 open and retrying, 0 handled, 2 superseded. amount and cost in units of 10^-5.
CREATE TABLE failed_delta (
    id BIGSERIAL PRIMARY KEY,
    state INTEGER,
    day TEXT COLLATE "C",
    model TEXT COLLATE "C",
    cause TEXT COLLATE "C",
    organisation TEXT COLLATE "C",
    resolution TEXT COLLATE "C",
    records BIGINT,
    amount BIGINT,
    cost BIGINT
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
-- The kept totals. kind: 0 all, 1 a model, 2 a cause, 3 an organisation, 4 a resolution, over all time; 10 more where it is
-- that of a day (of an organisation: of a month). Sums in millions of units, and units.
CREATE TABLE failed_total (
    kind INTEGER NOT NULL,
    key_text VARCHAR(255) COLLATE "C" NOT NULL,
    day VARCHAR(64) COLLATE "C" NOT NULL,
    state INTEGER NOT NULL,
    records BIGINT NOT NULL,
    amount_high BIGINT NOT NULL,
    amount_low BIGINT NOT NULL,
    cost_high BIGINT NOT NULL,
    cost_low BIGINT NOT NULL,
    PRIMARY KEY (kind, key_text, day, state)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
-- /failed-accounting?start_date=&end_date=, top causes.
CREATE INDEX idx_failed_total_day ON failed_total (kind, day);
-- With the rights of whoever migrates and in the schema of the tables, whoever writes and wherever that one looks.
DO $$
BEGIN
    EXECUTE format('CREATE OR REPLACE FUNCTION %I.keep_failed_total() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER '
        'SET search_path = %I, pg_temp AS $body$', current_schema(), current_schema()) || $text$BEGIN
    -- Here and not in a WHEN: that would keep the platform from changing the type of a column.
    IF TG_OP = 'UPDATE' THEN
        IF NOT (OLD.handled IS DISTINCT FROM NEW.handled OR OLD.resolution IS DISTINCT FROM NEW.resolution OR OLD.use_date IS DISTINCT FROM NEW.use_date OR OLD.llmid IS DISTINCT FROM NEW.llmid OR OLD.cause IS DISTINCT FROM NEW.cause OR OLD.userorgid IS DISTINCT FROM NEW.userorgid OR OLD.amount IS DISTINCT FROM NEW.amount OR OLD.cost IS DISTINCT FROM NEW.cost OR (OLD.retry_requested_at IS NULL) <> (NEW.retry_requested_at IS NULL)) THEN
            RETURN NULL;
        END IF;
    END IF;
    IF TG_OP <> 'INSERT' THEN
        INSERT INTO failed_delta (state, day, model, cause, organisation, resolution, records, amount, cost) VALUES
            ((CASE WHEN OLD.handled = '1' THEN CASE WHEN OLD.resolution = 'superseded' THEN 2 ELSE 0 END WHEN OLD.retry_requested_at IS NULL THEN 1 ELSE 3 END),
             (CASE WHEN OLD.use_date > DATE '9999-12-31' THEN '~' WHEN OLD.use_date < DATE '0001-01-01' THEN '' ELSE TO_CHAR(OLD.use_date, 'YYYY-MM-DD') END),
             COALESCE(OLD.llmid, ''),
             COALESCE(OLD.cause, ''),
             COALESCE(OLD.userorgid, ''),
             COALESCE(OLD.resolution, ''),
             -1,
             -COALESCE((CASE WHEN OLD.amount BETWEEN -8e9 AND 8e9 THEN CAST(TRUNC(OLD.amount * 1e5 + (CASE WHEN OLD.amount < 0 THEN -0.5e0 ELSE 0.5e0 END)) AS BIGINT) WHEN OLD.amount BETWEEN 9e13 AND 1.7976931348623157e308 THEN 9000000000000000000 WHEN OLD.amount BETWEEN -1.7976931348623157e308 AND -9e13 THEN -9000000000000000000 WHEN OLD.amount BETWEEN -9e13 AND 9e13 THEN CAST(TRUNC(OLD.amount) AS BIGINT) * 100000 + CAST(TRUNC((OLD.amount - CAST(TRUNC(OLD.amount) AS BIGINT)) * 1e5 + (CASE WHEN OLD.amount < 0 THEN -0.5e0 ELSE 0.5e0 END)) AS BIGINT) END), 0),
             -COALESCE((CASE WHEN OLD.cost BETWEEN -8e9 AND 8e9 THEN CAST(TRUNC(OLD.cost * 1e5 + (CASE WHEN OLD.cost < 0 THEN -0.5e0 ELSE 0.5e0 END)) AS BIGINT) WHEN OLD.cost BETWEEN 9e13 AND 1.7976931348623157e308 THEN 9000000000000000000 WHEN OLD.cost BETWEEN -1.7976931348623157e308 AND -9e13 THEN -9000000000000000000 WHEN OLD.cost BETWEEN -9e13 AND 9e13 THEN CAST(TRUNC(OLD.cost) AS BIGINT) * 100000 + CAST(TRUNC((OLD.cost - CAST(TRUNC(OLD.cost) AS BIGINT)) * 1e5 + (CASE WHEN OLD.cost < 0 THEN -0.5e0 ELSE 0.5e0 END)) AS BIGINT) END), 0));
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO failed_delta (state, day, model, cause, organisation, resolution, records, amount, cost) VALUES
            ((CASE WHEN NEW.handled = '1' THEN CASE WHEN NEW.resolution = 'superseded' THEN 2 ELSE 0 END WHEN NEW.retry_requested_at IS NULL THEN 1 ELSE 3 END),
             (CASE WHEN NEW.use_date > DATE '9999-12-31' THEN '~' WHEN NEW.use_date < DATE '0001-01-01' THEN '' ELSE TO_CHAR(NEW.use_date, 'YYYY-MM-DD') END),
             COALESCE(NEW.llmid, ''),
             COALESCE(NEW.cause, ''),
             COALESCE(NEW.userorgid, ''),
             COALESCE(NEW.resolution, ''),
             1,
             COALESCE((CASE WHEN NEW.amount BETWEEN -8e9 AND 8e9 THEN CAST(TRUNC(NEW.amount * 1e5 + (CASE WHEN NEW.amount < 0 THEN -0.5e0 ELSE 0.5e0 END)) AS BIGINT) WHEN NEW.amount BETWEEN 9e13 AND 1.7976931348623157e308 THEN 9000000000000000000 WHEN NEW.amount BETWEEN -1.7976931348623157e308 AND -9e13 THEN -9000000000000000000 WHEN NEW.amount BETWEEN -9e13 AND 9e13 THEN CAST(TRUNC(NEW.amount) AS BIGINT) * 100000 + CAST(TRUNC((NEW.amount - CAST(TRUNC(NEW.amount) AS BIGINT)) * 1e5 + (CASE WHEN NEW.amount < 0 THEN -0.5e0 ELSE 0.5e0 END)) AS BIGINT) END), 0),
             COALESCE((CASE WHEN NEW.cost BETWEEN -8e9 AND 8e9 THEN CAST(TRUNC(NEW.cost * 1e5 + (CASE WHEN NEW.cost < 0 THEN -0.5e0 ELSE 0.5e0 END)) AS BIGINT) WHEN NEW.cost BETWEEN 9e13 AND 1.7976931348623157e308 THEN 9000000000000000000 WHEN NEW.cost BETWEEN -1.7976931348623157e308 AND -9e13 THEN -9000000000000000000 WHEN NEW.cost BETWEEN -9e13 AND 9e13 THEN CAST(TRUNC(NEW.cost) AS BIGINT) * 100000 + CAST(TRUNC((NEW.cost - CAST(TRUNC(NEW.cost) AS BIGINT)) * 1e5 + (CASE WHEN NEW.cost < 0 THEN -0.5e0 ELSE 0.5e0 END)) AS BIGINT) END), 0));
    END IF;
    RETURN NULL;
END$body$ $text$;
    EXECUTE format('CREATE OR REPLACE FUNCTION %I.forget_failed_total() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER '
        'SET search_path = %I, pg_temp AS ''BEGIN DELETE FROM app_setting WHERE name = $name$failed_totals$name$; '
        'RETURN NULL; END''', current_schema(), current_schema());
END
$$;
CREATE TRIGGER failed_total_noted AFTER INSERT OR UPDATE OR DELETE ON llmusage_accounting_failed
    FOR EACH ROW EXECUTE FUNCTION keep_failed_total();
-- Behind a TRUNCATE everything is counted anew.
CREATE TRIGGER failed_total_truncated AFTER TRUNCATE ON llmusage_accounting_failed
    FOR EACH STATEMENT EXECUTE FUNCTION forget_failed_total();
-- Of no rows there is nothing to count; where there are some, `migrate` or the server counts them, and until then pages count
-- for themselves.
INSERT INTO app_setting (name, value) SELECT 'failed_totals', 'kept' WHERE NOT EXISTS (SELECT 1 FROM llmusage_accounting_failed) AND NOT EXISTS (SELECT 1 FROM app_setting WHERE name = 'failed_totals');
