DROP TRIGGER audit_event_follows;
ALTER TABLE audit_chain DROP COLUMN key_mark;
ALTER TABLE audit_chain DROP COLUMN began_after;
