-- What is watched, how it stands, and where it is told. One row for each rule.
CREATE TABLE alert_rule (
    id VARCHAR(32) COLLATE "C" NOT NULL PRIMARY KEY,
    kind VARCHAR(32) COLLATE "C" NOT NULL,
    -- In the unit of the kind: 0.00001 of money, 0.01 percent, or one; NULL where the kind has none.
    threshold BIGINT,
    -- Where it is told; NULL beside a yes: the address of the settings.
    to_webhook BOOLEAN NOT NULL,
    webhook_url TEXT,
    to_mail BOOLEAN NOT NULL,
    mail_to TEXT,
    is_on BOOLEAN NOT NULL,
    -- What was before does not fire it.
    on_since TIMESTAMP NOT NULL,
    -- NULL while it is quiet.
    firing_since TIMESTAMP,
    -- What was read last, as text, and when.
    value_read VARCHAR(64) COLLATE "C",
    read_at TIMESTAMP,
    -- Archive runs that were looked at, newest last, as JSON.
    seen TEXT,
    -- Milliseconds since 1970 of the last test.
    tested_at BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    created_by VARCHAR(64) COLLATE "C" NOT NULL,
    -- Counts the changes that people made.
    version INTEGER NOT NULL
);
-- What happened to rules: fired, recovered, tested. It stays when its rule is gone.
CREATE TABLE alert_event (
    id VARCHAR(32) COLLATE "C" NOT NULL PRIMARY KEY,
    rule_id VARCHAR(32) COLLATE "C" NOT NULL,
    kind VARCHAR(32) COLLATE "C" NOT NULL,
    what VARCHAR(16) COLLATE "C" NOT NULL,
    threshold BIGINT,
    -- What was found, as JSON.
    facts TEXT NOT NULL,
    happened_at TIMESTAMP NOT NULL,
    -- Who pressed the button of a test.
    asked_by VARCHAR(64) COLLATE "C"
);
-- /alerts: the history, newest first.
CREATE INDEX idx_alert_event_happened_at ON alert_event (happened_at, id);
-- What is to be told, written in the transaction of its event; one row for each place.
CREATE TABLE alert_delivery (
    id VARCHAR(32) COLLATE "C" NOT NULL PRIMARY KEY,
    event_id VARCHAR(32) COLLATE "C" NOT NULL,
    -- webhook or mail, and the address where it is not that of the settings.
    channel VARCHAR(16) COLLATE "C" NOT NULL,
    target TEXT,
    -- waiting, delivered or given_up.
    state VARCHAR(16) COLLATE "C" NOT NULL,
    attempts INTEGER NOT NULL,
    most_attempts INTEGER NOT NULL,
    -- Milliseconds since 1970 of the next try.
    next_at BIGINT NOT NULL,
    -- The last try, and what came of it.
    tried_at TIMESTAMP,
    answer TEXT
);
-- The job that delivers: what waits, the longest first; and how many were given up.
CREATE INDEX idx_alert_delivery_state ON alert_delivery (state, next_at, id);
-- /alerts: the deliveries of each event.
CREATE INDEX idx_alert_delivery_event ON alert_delivery (event_id, channel, id);
-- Whether the rules for new causes have seen it. Those of today are no news.
ALTER TABLE cause ADD COLUMN announced INTEGER NOT NULL DEFAULT 0;
UPDATE cause SET announced = 1;
CREATE INDEX idx_cause_announced ON cause (announced, cause_key);
