-- Columns of ours that hold ids of the platform, with room for long ones. VARCHAR to TEXT of the same collation is a
-- change of the catalogue alone: no table and no index is written anew.
ALTER TABLE audit_event ALTER COLUMN record_id TYPE TEXT COLLATE "C";
ALTER TABLE batch_item ALTER COLUMN failed_id TYPE TEXT COLLATE "C";
ALTER TABLE batch_item ALTER COLUMN llmusageid TYPE TEXT COLLATE "C";
ALTER TABLE batch_item ALTER COLUMN llmid TYPE TEXT COLLATE "C";
ALTER TABLE batch_item ALTER COLUMN userorgid TYPE TEXT COLLATE "C";
ALTER TABLE batch_item ALTER COLUMN handled TYPE TEXT;
ALTER TABLE batch_outcome ALTER COLUMN new_failure_id TYPE TEXT COLLATE "C";
ALTER TABLE failure_arrival ALTER COLUMN failed_id TYPE TEXT COLLATE "C";
ALTER TABLE idempotency_key ALTER COLUMN record_id TYPE TEXT;
ALTER TABLE archive_run ALTER COLUMN position_key TYPE TEXT;
-- Those in the platform's table, where its ids are longer than they are.
DO $$ BEGIN
    IF (SELECT COALESCE(MAX(character_maximum_length), 99) FROM information_schema.columns
        WHERE table_schema = ANY (current_schemas(false)) AND table_name = 'llmusage_accounting_failed'
        AND column_name = 'id') > 32 THEN
        ALTER TABLE llmusage_accounting_failed ALTER COLUMN supersedes TYPE TEXT COLLATE "C";
        ALTER TABLE llmusage_accounting_failed ALTER COLUMN superseded_by TYPE TEXT COLLATE "C";
    END IF;
END $$;
