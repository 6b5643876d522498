DROP TRIGGER audit_event_remains;
DROP TRIGGER audit_event_stays;
