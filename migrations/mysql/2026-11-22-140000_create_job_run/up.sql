-- How each job went when it last ran, for the page of jobs; one row for each job that a server ever knew.
CREATE TABLE job_run (
    name VARCHAR(64) NOT NULL PRIMARY KEY,
    -- Its schedule: every so many seconds, or each day at HH:MM of the business zone; both NULL: switched off.
    every_seconds INTEGER,
    daily_at VARCHAR(5),
    -- A daily job: the last day whose run is done, so that a missed one is caught up once.
    done_for DATE,
    started_at DATETIME(3) NULL,
    -- NULL while it runs.
    ended_at DATETIME(3) NULL,
    -- done, failed or panicked, and what went wrong.
    outcome VARCHAR(16),
    message LONGTEXT
) ENGINE=InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
