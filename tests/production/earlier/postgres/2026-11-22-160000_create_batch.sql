CREATE TABLE batch (
    id VARCHAR(32) COLLATE "C" NOT NULL PRIMARY KEY,
    action VARCHAR(16) NOT NULL,
    state VARCHAR(16) NOT NULL,
    created_at TIMESTAMP NOT NULL,
    created_by VARCHAR(64) NOT NULL,
    selection TEXT NULL,
    rest_of VARCHAR(32) COLLATE "C" NULL,
    frozen_event BIGINT NOT NULL,
    size BIGINT NOT NULL,
    summary TEXT NOT NULL,
    resolution VARCHAR(32) NULL,
    note TEXT NULL,
    canary TEXT NULL,
    run_at TIMESTAMP NULL,
    run_by VARCHAR(64) NULL,
    position BIGINT NOT NULL,
    undo_by VARCHAR(64) NULL,
    undo_position BIGINT NOT NULL,
    progress TEXT NOT NULL,
    ended_at TIMESTAMP NULL,
    ended_by VARCHAR(64) NULL
);
CREATE INDEX idx_batch_created_at ON batch (created_at, id);
CREATE INDEX idx_batch_state ON batch (state);
CREATE TABLE batch_item (
    batch_id VARCHAR(32) COLLATE "C" NOT NULL,
    number BIGINT NOT NULL,
    obstacle VARCHAR(40),
    failed_id VARCHAR(32) COLLATE "C" NOT NULL,
    llmusageid VARCHAR(32) COLLATE "C",
    llmid VARCHAR(32) COLLATE "C",
    userorgid VARCHAR(32) COLLATE "C",
    cause VARCHAR(32) COLLATE "C",
    amount DOUBLE PRECISION,
    cost DOUBLE PRECISION,
    handled VARCHAR(1),
    resolution VARCHAR(32),
    handled_by VARCHAR(64),
    retry_count INTEGER,
    PRIMARY KEY (batch_id, number)
);
CREATE INDEX idx_batch_item_failed_id ON batch_item (batch_id, failed_id);
CREATE TABLE batch_outcome (
    batch_id VARCHAR(32) COLLATE "C" NOT NULL,
    phase VARCHAR(8) COLLATE "C" NOT NULL,
    number BIGINT NOT NULL,
    is_done BOOLEAN NOT NULL,
    why VARCHAR(40) NULL,
    changed_by VARCHAR(64) NULL,
    changed_at TIMESTAMP NULL,
    event_id BIGINT NULL,
    PRIMARY KEY (batch_id, phase, number)
);
CREATE INDEX idx_batch_outcome_is_done ON batch_outcome (batch_id, phase, is_done, number);
