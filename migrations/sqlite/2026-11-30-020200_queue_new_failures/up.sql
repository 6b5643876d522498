-- Failures that the platform wrote since all others were sorted by cause: noted as they are sorted, gone once the job that
-- supersedes has looked at their usages.
CREATE TABLE failure_arrival (
    failed_id VARCHAR(32) NOT NULL PRIMARY KEY
) WITHOUT ROWID;
