-- Wrong passwords, by account and by address; all instances share them. Rows go a day after the last try.
CREATE TABLE sign_in_attempt (
    -- "account:" and a digest of the name, or "address:" and the address.
    subject VARCHAR(80) COLLATE "C" NOT NULL PRIMARY KEY,
    failures INTEGER NOT NULL,
    -- Before that time no password is looked at.
    next_at TIMESTAMP NOT NULL,
    last_at TIMESTAMP NOT NULL
);
-- Housekeeping.
CREATE INDEX idx_sign_in_attempt_last ON sign_in_attempt (last_at);
-- Sessions that were signed out before their time: a copy of their cookie opens nothing.
CREATE TABLE ended_session (
    id VARCHAR(32) COLLATE "C" NOT NULL PRIMARY KEY,
    -- Then it would have ended by itself, and the row may go.
    until TIMESTAMP NOT NULL
);
