DROP INDEX idx_laf_decided ON llmusage_accounting_failed;
