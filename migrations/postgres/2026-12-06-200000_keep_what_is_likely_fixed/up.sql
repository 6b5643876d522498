-- Causes whose failures would pass now, as far as the job that tests one of each model again can tell. A row goes when that is
-- over; nothing else depends on it.
CREATE TABLE likely_fixed (
    cause_key VARCHAR(32) NOT NULL PRIMARY KEY,
    -- Since when, and when it was tested last; times of the business zone.
    since TIMESTAMP NOT NULL,
    tested_at TIMESTAMP NOT NULL,
    -- How many failures of which models, and their money, as JSON.
    found TEXT NOT NULL
);
