DROP INDEX idx_cause_announced ON cause;
ALTER TABLE cause DROP COLUMN announced;
DROP TABLE alert_delivery;
DROP TABLE alert_event;
DROP TABLE alert_rule;
