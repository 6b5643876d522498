-- Failures that the platform wrote since all others were sorted by cause, for as long as they are there. These, and those of
-- which the trail says that the app recorded them, are new; what is neither was adopted or imported, and does not change by
-- itself.
CREATE TABLE new_failure (
    failed_id VARCHAR(32) NOT NULL PRIMARY KEY
) WITHOUT ROWID;
INSERT INTO new_failure (failed_id) SELECT failed_id FROM failure_arrival;
