-- Events up to that one are from before the chain and have no hash; each hash from now on has it in it.
ALTER TABLE audit_chain ADD COLUMN began_after BIGINT NOT NULL DEFAULT 0;
-- Tells the key of the hashes from others, once there is one; never the key itself.
ALTER TABLE audit_chain ADD COLUMN key_mark VARCHAR(64);
UPDATE audit_chain SET began_after = COALESCE(
    (SELECT id - 1 FROM audit_event WHERE hash IS NOT NULL ORDER BY id LIMIT 1), last_id);
-- INSERT OR REPLACE passes over the triggers on changes. An id that SQLite would choose by itself is -1 here.
CREATE TRIGGER audit_event_follows BEFORE INSERT ON audit_event
BEGIN
    SELECT RAISE(ABORT, 'audit events are only added, each with the id that follows')
    WHERE NEW.id IS NOT 1 + MAX(COALESCE((SELECT MAX(id) FROM audit_event), 0),
        COALESCE((SELECT last_id FROM audit_chain WHERE id = 1), 0));
END;
