-- Every change, with its author, in the transaction that made it. Rows are only ever added.
CREATE TABLE audit_event (
    id BIGSERIAL PRIMARY KEY,
    happened_at TIMESTAMP NOT NULL,
    author VARCHAR(64) NOT NULL,
    source VARCHAR(16) NOT NULL,
    action VARCHAR(32) NOT NULL,
    record_kind VARCHAR(32) NOT NULL,
    record_id VARCHAR(64) COLLATE "C" NOT NULL,
    before_state TEXT,
    after_state TEXT,
    request_id VARCHAR(64)
);
-- The timeline of one record on its details page, newest first.
CREATE INDEX idx_audit_event_record ON audit_event (record_kind, record_id, id);
