-- One action on many failed records: asked for, previewed, run, reported, perhaps undone.
CREATE TABLE batch (
    id VARCHAR(32) COLLATE "C" NOT NULL PRIMARY KEY,
    -- handle, retry, reopen or delete.
    action VARCHAR(16) NOT NULL,
    -- preview, running, waiting, stopped, aborted, done, undoing or undone.
    state VARCHAR(16) NOT NULL,
    created_at TIMESTAMP NOT NULL,
    created_by VARCHAR(64) NOT NULL,
    -- The filter's keys and values as JSON; NULL where rows were ticked.
    selection TEXT NULL,
    -- The batch whose rest this one takes up.
    rest_of VARCHAR(32) COLLATE "C" NULL,
    -- The last event of the audit trail when the rows were frozen: whatever has a later one was changed meanwhile.
    frozen_event BIGINT NOT NULL,
    size BIGINT NOT NULL,
    -- Money, what will be skipped and the split, as JSON, counted once when the rows were frozen.
    summary TEXT NOT NULL,
    resolution VARCHAR(32) NULL,
    note TEXT NULL,
    -- How many to retry first and how many of 100 may fail again, as JSON.
    canary TEXT NULL,
    run_at TIMESTAMP NULL,
    run_by VARCHAR(64) NULL,
    -- The number of the last row that was looked at; each stretch moves it on by compare-and-set.
    position BIGINT NOT NULL,
    undo_by VARCHAR(64) NULL,
    undo_position BIGINT NOT NULL,
    -- Done, not done, undone and kept with their money, as JSON, written with each stretch.
    progress TEXT NOT NULL,
    ended_at TIMESTAMP NULL,
    ended_by VARCHAR(64) NULL
);
-- /batches, newest first.
CREATE INDEX idx_batch_created_at ON batch (created_at, id);
-- The job that runs batches asks each second whether there is one.
CREATE INDEX idx_batch_state ON batch (state);
-- The rows of a batch as they were when it was made.
CREATE TABLE batch_item (
    batch_id VARCHAR(32) COLLATE "C" NOT NULL,
    number BIGINT NOT NULL,
    -- Why it will be skipped, where that is known already.
    obstacle VARCHAR(40),
    failed_id VARCHAR(32) COLLATE "C" NOT NULL,
    llmusageid VARCHAR(32) COLLATE "C",
    llmid VARCHAR(32) COLLATE "C",
    userorgid VARCHAR(32) COLLATE "C",
    cause VARCHAR(32) COLLATE "C",
    amount NUMERIC,
    cost NUMERIC,
    handled VARCHAR(1),
    resolution VARCHAR(32),
    handled_by VARCHAR(64),
    retry_count INTEGER,
    PRIMARY KEY (batch_id, number)
);
-- /failed-accounting?batch=: whether a record is in a batch.
CREATE INDEX idx_batch_item_failed_id ON batch_item (batch_id, failed_id);
-- What became of a row; the key lets no row be done twice, whoever runs the batch.
CREATE TABLE batch_outcome (
    batch_id VARCHAR(32) COLLATE "C" NOT NULL,
    -- run or undo.
    phase VARCHAR(8) COLLATE "C" NOT NULL,
    number BIGINT NOT NULL,
    is_done BOOLEAN NOT NULL,
    -- Why not.
    why VARCHAR(40) NULL,
    changed_by VARCHAR(64) NULL,
    changed_at TIMESTAMP NULL,
    -- The event of the audit trail that this wrote.
    event_id BIGINT NULL,
    PRIMARY KEY (batch_id, phase, number)
);
-- What was not done, on the page of a batch.
CREATE INDEX idx_batch_outcome_is_done ON batch_outcome (batch_id, phase, is_done, number);
