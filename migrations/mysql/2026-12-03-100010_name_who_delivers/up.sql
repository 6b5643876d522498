-- Who is at a try of a delivery; NULL: nobody. Where that process is gone, another one need not wait for its try to end.
ALTER TABLE alert_delivery ADD COLUMN holder VARCHAR(64) NULL;
