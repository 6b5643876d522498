-- Each run of the archive: who asked, up to which day, how far it is, and the proof that no usage and no money was lost.
-- Money is whole units of 10^-5 as text: sums of hostile rows fit no integer of a database.
CREATE TABLE archive_run (
    id VARCHAR(32) NOT NULL PRIMARY KEY,
    asked_at TIMESTAMP NOT NULL,
    asked_by VARCHAR(64) NOT NULL,
    -- page, command, api or job.
    source VARCHAR(16) NOT NULL,
    -- Usages used before this day are moved.
    cutoff DATE NOT NULL,
    -- What all rows of the run get as backup_time.
    backup_time TIMESTAMP NOT NULL,
    -- waiting, running, stopping, stopped, done or failed.
    state VARCHAR(16) NOT NULL,
    -- Which process drives it, and until when unless it says so again (milliseconds since 1970, UTC).
    holder VARCHAR(64) NOT NULL,
    held_until BIGINT NOT NULL,
    -- How many rows were there to move when it began.
    expected_rows BIGINT,
    -- The last row that was looked at.
    position_date VARCHAR(32),
    position_key VARCHAR(64),
    -- The usages that left the live table, as they were there ...
    taken_rows BIGINT NOT NULL,
    taken_amount VARCHAR(48) NOT NULL,
    taken_cost VARCHAR(48) NOT NULL,
    -- ... and the same usages as they are in the history: must be equal, and is made so in each transaction.
    kept_rows BIGINT NOT NULL,
    kept_amount VARCHAR(48) NOT NULL,
    kept_cost VARCHAR(48) NOT NULL,
    -- Of these, how many were in the history before, with the same content.
    known_rows BIGINT NOT NULL,
    worked_milliseconds BIGINT NOT NULL,
    ended_at TIMESTAMP,
    message TEXT
);
-- /archive: the runs, newest first.
CREATE INDEX idx_archive_run_asked_at ON archive_run (asked_at, id);
-- What waits for a process to drive it.
CREATE INDEX idx_archive_run_state ON archive_run (state, held_until);
-- What a run left in the live table, one row for each reason.
CREATE TABLE archive_left (
    run_id VARCHAR(32) NOT NULL,
    -- open_failure, retrying_failure, other_content or not_copied.
    reason VARCHAR(32) NOT NULL,
    left_rows BIGINT NOT NULL,
    left_amount VARCHAR(48) NOT NULL,
    left_cost VARCHAR(48) NOT NULL,
    -- The first of them: a JSON array.
    ids TEXT NOT NULL,
    PRIMARY KEY (run_id, reason)
);
