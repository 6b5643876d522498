-- Programs that may call the API. Only the hash of a token is kept; a revoked one leaves the table, not the
-- audit trail.
CREATE TABLE api_token (
    name VARCHAR(64) NOT NULL PRIMARY KEY,
    -- SHA-256 in hexadecimal; a request is recognised by it.
    token_hash VARCHAR(64) NOT NULL UNIQUE,
    -- viewer, operator, admin or reporter.
    role VARCHAR(16) NOT NULL,
    created_at TIMESTAMP NOT NULL,
    created_by VARCHAR(64) NOT NULL,
    -- The last day on which it holds; NULL: until it is revoked.
    ends_on DATE,
    -- To the minute.
    last_used_at TIMESTAMP
);
