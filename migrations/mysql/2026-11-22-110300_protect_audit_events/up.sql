-- Events are only ever added; whoever wants to change one has to take these away first. With the binary log
-- on, CREATE TRIGGER needs log_bin_trust_function_creators = 1 or an administrator of the server.
CREATE TRIGGER audit_event_stays BEFORE UPDATE ON audit_event FOR EACH ROW
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'audit events cannot be changed';
CREATE TRIGGER audit_event_remains BEFORE DELETE ON audit_event FOR EACH ROW
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'audit events cannot be deleted';
