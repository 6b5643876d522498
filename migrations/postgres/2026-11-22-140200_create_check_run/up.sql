-- The last consistency check: one row, from the beginning.
CREATE TABLE check_run (
    id INTEGER NOT NULL PRIMARY KEY,
    -- Who asked for a check on the page, until it is made.
    asked_by VARCHAR(64),
    run_by VARCHAR(64),
    began_at TIMESTAMP,
    ended_at TIMESTAMP
);
INSERT INTO check_run (id) VALUES (1);
-- What it found, one row for each class.
CREATE TABLE check_finding (
    class VARCHAR(64) NOT NULL PRIMARY KEY,
    found BIGINT NOT NULL,
    -- Whole units of 10^-5; NULL where there is no money.
    amount VARCHAR(48),
    -- The first of them: a JSON array.
    ids TEXT NOT NULL
);
