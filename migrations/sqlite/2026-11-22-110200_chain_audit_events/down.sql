DROP INDEX idx_audit_event_author;
DROP INDEX idx_audit_event_action;
DROP INDEX idx_audit_event_time;
DROP TABLE audit_chain;
ALTER TABLE audit_event DROP COLUMN hash;
