-- Which instance runs a job, and until when (milliseconds since 1970, UTC); one row for each job that ever ran.
CREATE TABLE job_lease (
    name VARCHAR(64) NOT NULL PRIMARY KEY,
    holder VARCHAR(64) NOT NULL,
    held_until BIGINT NOT NULL
) ENGINE=InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
