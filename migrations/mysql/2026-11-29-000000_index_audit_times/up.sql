-- The audit page is in the order of time, whatever it is filtered by: an end date is where a walk begins. InnoDB adds the
-- id to each index by itself. Only MariaDB knows IF EXISTS here.
CREATE INDEX idx_audit_event_author_time ON audit_event (author, happened_at);
CREATE INDEX idx_audit_event_action_time ON audit_event (action, happened_at);
DROP INDEX /*M!100104 IF EXISTS */ idx_audit_event_author ON audit_event;
DROP INDEX /*M!100104 IF EXISTS */ idx_audit_event_action ON audit_event;
