DROP INDEX idx_llmusage_usedate_usetime ON llmusage;
DROP INDEX idx_llmusage_status_usetime ON llmusage;
DROP INDEX idx_llmusage_llmid_usetime ON llmusage;
DROP INDEX idx_llmusage_accounting_usetime ON llmusage;
DROP INDEX idx_llmusage_usetime ON llmusage;
