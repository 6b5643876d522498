-- Who closed a failed record and how. Nullable, so that the platform's INSERTs with the old column list still fit.
ALTER TABLE llmusage_accounting_failed ADD COLUMN resolution VARCHAR(32);
ALTER TABLE llmusage_accounting_failed ADD COLUMN handled_by VARCHAR(64);
