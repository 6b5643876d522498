DROP TRIGGER audit_event_follows ON audit_event;
DROP FUNCTION follow_audit_chain();
ALTER TABLE audit_chain DROP COLUMN key_mark;
ALTER TABLE audit_chain DROP COLUMN began_after;
