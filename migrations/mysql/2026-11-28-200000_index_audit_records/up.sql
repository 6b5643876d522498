-- /audit?q=: the id of a record of any kind. The kind comes second, so that the timeline of one record is a seek as before.
CREATE INDEX idx_audit_event_record_id ON audit_event (record_id, record_kind, id);
-- Only MariaDB knows IF EXISTS here.
DROP INDEX /*M!100104 IF EXISTS */ idx_audit_event_record ON audit_event;
