-- A digest of what the usage of a row held when a batch of corrections was frozen: the platform's own changes leave no event.
ALTER TABLE batch_item ADD COLUMN seen VARCHAR(32) NULL;
