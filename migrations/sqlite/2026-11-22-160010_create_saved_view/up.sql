-- A filter of the list of failed records under a name, for its owner or for everybody.
CREATE TABLE saved_view (
    id VARCHAR(32) NOT NULL PRIMARY KEY,
    owner VARCHAR(64) NOT NULL,
    name VARCHAR(64) NOT NULL,
    -- The filter's keys and values as JSON.
    query TEXT NOT NULL,
    is_shared BOOLEAN NOT NULL,
    -- Counts the changes: a form tells by it whether another one was faster.
    version INTEGER NOT NULL,
    created_at TIMESTAMP NOT NULL,
    UNIQUE (owner, name)
);
-- The bar of views on the list: what others share.
CREATE INDEX idx_saved_view_is_shared ON saved_view (is_shared, name, owner);
-- The view that the navigation opens for this person.
ALTER TABLE admin_user ADD COLUMN default_view VARCHAR(32);
