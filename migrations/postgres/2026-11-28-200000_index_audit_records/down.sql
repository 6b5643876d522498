CREATE INDEX IF NOT EXISTS idx_audit_event_record ON audit_event (record_kind, record_id, id);
DROP INDEX IF EXISTS idx_audit_event_record_id;
