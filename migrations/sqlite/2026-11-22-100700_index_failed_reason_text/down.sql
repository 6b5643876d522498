DROP TRIGGER reason_index_update;
DROP TRIGGER reason_index_delete;
DROP TRIGGER reason_index_insert;
DROP TABLE reason_index;
DROP TABLE reason_document;
