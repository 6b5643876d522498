-- Events up to that one are from before the chain and have no hash; each hash from now on has it in it.
ALTER TABLE audit_chain ADD COLUMN began_after BIGINT NOT NULL DEFAULT 0;
-- Tells the key of the hashes from others, once there is one; never the key itself.
ALTER TABLE audit_chain ADD COLUMN key_mark VARCHAR(64);
UPDATE audit_chain SET began_after = COALESCE(
    (SELECT id - 1 FROM audit_event WHERE hash IS NOT NULL ORDER BY id LIMIT 1), last_id);
CREATE FUNCTION follow_audit_chain() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.id IS DISTINCT FROM 1 + GREATEST(COALESCE((SELECT MAX(id) FROM audit_event), 0),
        COALESCE((SELECT last_id FROM audit_chain WHERE id = 1), 0)) THEN
        RAISE EXCEPTION 'audit events are only added, each with the id that follows';
    END IF;
    RETURN NEW;
END;
$$;
CREATE TRIGGER audit_event_follows BEFORE INSERT ON audit_event
    FOR EACH ROW EXECUTE FUNCTION follow_audit_chain();
