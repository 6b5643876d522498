-- Failures that the platform wrote since all others were sorted by cause, for as long as they are there. These, and those of
-- which the trail says that the app recorded them, are new; what is neither was adopted or imported, and does not change by
-- itself.
CREATE TABLE new_failure (
    failed_id VARCHAR(255) NOT NULL PRIMARY KEY
) ENGINE=InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
INSERT INTO new_failure (failed_id) SELECT failed_id FROM failure_arrival;
