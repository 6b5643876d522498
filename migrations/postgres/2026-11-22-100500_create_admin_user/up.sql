-- Who may sign in. Not "users": that name belongs to the platform.
CREATE TABLE admin_user (
    name VARCHAR(64) COLLATE "C" NOT NULL PRIMARY KEY,
    password_hash VARCHAR(255) NOT NULL,
    role VARCHAR(16) NOT NULL,
    language VARCHAR(8),
    disabled BOOLEAN NOT NULL DEFAULT FALSE,
    -- Raised to end every session of this user at once.
    session_epoch INTEGER NOT NULL DEFAULT 0,
    created_at TIMESTAMP NOT NULL
);
-- What the app keeps for itself, such as the key that signs the cookies.
CREATE TABLE app_setting (
    name VARCHAR(64) COLLATE "C" NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);
