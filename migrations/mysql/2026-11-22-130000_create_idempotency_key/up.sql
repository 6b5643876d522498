-- What was answered to a request that carried an Idempotency-Key, so that the same request again writes nothing.
CREATE TABLE idempotency_key (
    -- The name of the API token: keys of two programs are apart.
    token VARCHAR(64) NOT NULL,
    key_text VARCHAR(255) NOT NULL,
    -- SHA-256 in hexadecimal over what was asked.
    digest VARCHAR(64) NOT NULL,
    -- The failure that was written.
    record_id VARCHAR(32) NOT NULL,
    -- The answer, JSON.
    answer LONGTEXT NOT NULL,
    created_at DATETIME(3) NOT NULL,
    PRIMARY KEY (token, key_text)
) ENGINE=InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
-- Housekeeping.
CREATE INDEX idx_idempotency_key_created ON idempotency_key (created_at);
