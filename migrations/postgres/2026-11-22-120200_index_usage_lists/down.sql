DROP INDEX idx_llmusage_usedate_usetime;
DROP INDEX idx_llmusage_status_usetime;
DROP INDEX idx_llmusage_llmid_usetime;
DROP INDEX idx_llmusage_accounting_usetime;
DROP INDEX idx_llmusage_usetime;
