DROP TRIGGER audit_event_remains ON audit_event;
DROP TRIGGER audit_event_stays ON audit_event;
DROP FUNCTION refuse_audit_change();
