-- Failures whose reason changed since its cause was told. No type that could refuse a value: whatever the platform
-- writes, noting it cannot fail.
CREATE TABLE reason_change (
    number BIGSERIAL PRIMARY KEY,
    failed_id TEXT
);
-- A search asks of each row that it looks at whether its reason changed. By hash, which takes ids of any length: no note
-- can be refused.
CREATE INDEX idx_reason_change_failed_id ON reason_change USING hash (failed_id);
-- With the rights of whoever migrates and in the schema of the tables, whoever writes and wherever that one looks.
DO $$
BEGIN
    EXECUTE format('CREATE OR REPLACE FUNCTION %I.note_reason_change() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER '
        'SET search_path = %I, pg_temp AS ''BEGIN INSERT INTO reason_change (failed_id) VALUES (NEW.id); RETURN NULL; END''',
        current_schema(), current_schema());
END
$$;
CREATE TRIGGER reason_changed AFTER UPDATE OF failed_reason ON llmusage_accounting_failed
    FOR EACH ROW WHEN (OLD.failed_reason IS DISTINCT FROM NEW.failed_reason) EXECUTE FUNCTION note_reason_change();
