CREATE TABLE reason_document (
    number INTEGER PRIMARY KEY NOT NULL,
    failed_id VARCHAR(32) NOT NULL UNIQUE
);
CREATE VIRTUAL TABLE reason_index USING fts5 (failed_reason, content = '', contentless_delete = 1, tokenize = 'trigram');
INSERT INTO reason_document (failed_id) SELECT id FROM llmusage_accounting_failed;
INSERT INTO reason_index (rowid, failed_reason)
    SELECT number, failed_reason FROM reason_document JOIN llmusage_accounting_failed ON id = failed_id;
CREATE TRIGGER reason_index_insert AFTER INSERT ON llmusage_accounting_failed BEGIN
    INSERT INTO reason_document (failed_id) VALUES (new.id);
    INSERT INTO reason_index (rowid, failed_reason)
        SELECT number, new.failed_reason FROM reason_document WHERE failed_id = new.id;
END;
CREATE TRIGGER reason_index_delete AFTER DELETE ON llmusage_accounting_failed BEGIN
    DELETE FROM reason_index WHERE rowid = (SELECT number FROM reason_document WHERE failed_id = old.id);
    DELETE FROM reason_document WHERE failed_id = old.id;
END;
CREATE TRIGGER reason_index_update AFTER UPDATE OF id, failed_reason ON llmusage_accounting_failed
WHEN old.id IS NOT new.id OR old.failed_reason IS NOT new.failed_reason BEGIN
    DELETE FROM reason_index WHERE rowid = (SELECT number FROM reason_document WHERE failed_id = old.id);
    UPDATE reason_document SET failed_id = new.id WHERE failed_id = old.id;
    INSERT INTO reason_index (rowid, failed_reason)
        SELECT number, new.failed_reason FROM reason_document WHERE failed_id = new.id;
END;
