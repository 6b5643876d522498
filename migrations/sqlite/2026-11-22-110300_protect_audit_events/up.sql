-- Events are only ever added; whoever wants to change one has to take these away first.
CREATE TRIGGER audit_event_stays BEFORE UPDATE ON audit_event
BEGIN
    SELECT RAISE(ABORT, 'audit events cannot be changed');
END;
CREATE TRIGGER audit_event_remains BEFORE DELETE ON audit_event
BEGIN
    SELECT RAISE(ABORT, 'audit events cannot be deleted');
END;
