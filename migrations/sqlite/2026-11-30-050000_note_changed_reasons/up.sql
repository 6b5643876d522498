-- What an earlier version made: with these, programs whose SQLite is older than 3.43 cannot write failures. Taking the
-- virtual table away needs a SQLite with FTS5, 3.43 or later; the app brings its own.
DROP TRIGGER IF EXISTS reason_index_update;
DROP TRIGGER IF EXISTS reason_index_delete;
DROP TRIGGER IF EXISTS reason_index_insert;
DROP TABLE IF EXISTS reason_index;
DROP TABLE IF EXISTS reason_document;
-- Failures whose reason changed since its cause was told and its words were indexed. No key but its own number, no
-- type that could refuse a value: whatever the platform writes, noting it cannot fail.
CREATE TABLE reason_change (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    failed_id TEXT
);
-- Rows that the platform inserts have no cause yet; only those of the app have one before their words are indexed.
CREATE TRIGGER reason_told AFTER INSERT ON llmusage_accounting_failed WHEN new.cause_version IS NOT NULL BEGIN
    INSERT INTO reason_change (failed_id) VALUES (new.id);
END;
CREATE TRIGGER reason_changed AFTER UPDATE OF id, failed_reason ON llmusage_accounting_failed
WHEN old.id IS NOT new.id OR old.failed_reason IS NOT new.failed_reason BEGIN
    INSERT INTO reason_change (failed_id) VALUES (new.id);
END;
-- Text search over reasons as they are shown: a trigram index that the app alone fills and asks. Which row a number of
-- it means; no number is given twice, so that what the index still holds of a row that is gone means nothing.
CREATE TABLE reason_search_row (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    failed_id VARCHAR(32) NOT NULL UNIQUE
);
CREATE VIRTUAL TABLE reason_search USING fts5 (shown, content = '', detail = none, columnsize = 0, tokenize = 'trigram');
