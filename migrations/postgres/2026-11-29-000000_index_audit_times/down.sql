CREATE INDEX IF NOT EXISTS idx_audit_event_author ON audit_event (author, id);
CREATE INDEX IF NOT EXISTS idx_audit_event_action ON audit_event (action, id);
CREATE INDEX IF NOT EXISTS idx_audit_event_time ON audit_event (happened_at);
DROP INDEX IF EXISTS idx_audit_event_author_time;
DROP INDEX IF EXISTS idx_audit_event_action_time;
DROP INDEX IF EXISTS idx_audit_event_time_id;
