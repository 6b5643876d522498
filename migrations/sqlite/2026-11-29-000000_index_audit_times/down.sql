CREATE INDEX IF NOT EXISTS idx_audit_event_author ON audit_event (author, id);
CREATE INDEX IF NOT EXISTS idx_audit_event_action ON audit_event (action, id);
DROP INDEX IF EXISTS idx_audit_event_author_time;
DROP INDEX IF EXISTS idx_audit_event_action_time;
