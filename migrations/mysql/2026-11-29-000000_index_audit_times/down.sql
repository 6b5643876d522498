CREATE INDEX idx_audit_event_author ON audit_event (author, id);
CREATE INDEX idx_audit_event_action ON audit_event (action, id);
DROP INDEX idx_audit_event_author_time ON audit_event;
DROP INDEX idx_audit_event_action_time ON audit_event;
