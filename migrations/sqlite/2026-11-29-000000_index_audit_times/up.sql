-- The audit page is in the order of time, whatever it is filtered by: an end date is where a walk begins. SQLite adds the
-- id to each index by itself.
CREATE INDEX IF NOT EXISTS idx_audit_event_author_time ON audit_event (author, happened_at);
CREATE INDEX IF NOT EXISTS idx_audit_event_action_time ON audit_event (action, happened_at);
DROP INDEX IF EXISTS idx_audit_event_author;
DROP INDEX IF EXISTS idx_audit_event_action;
