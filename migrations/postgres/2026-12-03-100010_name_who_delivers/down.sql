ALTER TABLE alert_delivery DROP COLUMN holder;
