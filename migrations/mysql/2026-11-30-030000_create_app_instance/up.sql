-- The processes that work on this database, each with when it last said so (milliseconds since 1970, UTC, by the clock of the
-- database). On SQLite a lock on a file beside the database says it instead, and this stays empty.
CREATE TABLE app_instance (
    id VARCHAR(64) NOT NULL PRIMARY KEY,
    version VARCHAR(32) NOT NULL,
    seen_at BIGINT NOT NULL
) ENGINE=InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
-- The least version of the app that may work on this database from now on.
DELETE FROM app_setting WHERE name = 'least_version';
INSERT INTO app_setting (name, value) VALUES ('least_version', '0.2.0');
