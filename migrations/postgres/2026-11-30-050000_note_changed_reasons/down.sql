DROP TRIGGER reason_changed ON llmusage_accounting_failed;
DROP FUNCTION note_reason_change();
DROP TABLE reason_change;
