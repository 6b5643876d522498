-- SHA-256 over the event and the hash of the event before it; NULL on events from before this migration.
ALTER TABLE audit_event ADD COLUMN hash VARCHAR(64);
-- The end of the chain, in its only row. Who adds an event locks it, so that the chain never forks.
CREATE TABLE audit_chain (
    id INTEGER NOT NULL PRIMARY KEY,
    last_id BIGINT NOT NULL,
    last_hash VARCHAR(64) NOT NULL
) ENGINE=InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
INSERT INTO audit_chain (id, last_id, last_hash) SELECT 1, COALESCE(MAX(id), 0), '' FROM audit_event;
-- The filters of the audit page, each newest first.
CREATE INDEX idx_audit_event_author ON audit_event (author, id);
CREATE INDEX idx_audit_event_action ON audit_event (action, id);
CREATE INDEX idx_audit_event_time ON audit_event (happened_at);
