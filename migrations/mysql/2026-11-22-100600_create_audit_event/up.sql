-- Every change, with its author, in the transaction that made it. Rows are only ever added.
CREATE TABLE audit_event (
    id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    happened_at DATETIME(3) NOT NULL,
    author VARCHAR(64) NOT NULL,
    source VARCHAR(16) NOT NULL,
    action VARCHAR(32) NOT NULL,
    record_kind VARCHAR(32) NOT NULL,
    record_id VARCHAR(64) NOT NULL,
    before_state LONGTEXT,
    after_state LONGTEXT,
    request_id VARCHAR(64)
) ENGINE=InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
-- The timeline of one record on its details page, newest first.
CREATE INDEX idx_audit_event_record ON audit_event (record_kind, record_id, id);
