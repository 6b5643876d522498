CREATE INDEX idx_audit_event_record ON audit_event (record_kind, record_id, id);
DROP INDEX idx_audit_event_record_id ON audit_event;
