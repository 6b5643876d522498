DROP TRIGGER IF EXISTS laf_reason_changed;
DROP TABLE reason_change;
