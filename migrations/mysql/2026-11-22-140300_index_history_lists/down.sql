DROP INDEX idx_lh_taskid ON llmusage_history;
DROP INDEX idx_lh_backup_time_usetime ON llmusage_history;
DROP INDEX idx_lh_usedate_usetime ON llmusage_history;
DROP INDEX idx_lh_status_usetime ON llmusage_history;
DROP INDEX idx_lh_userorgid_usetime ON llmusage_history;
DROP INDEX idx_lh_userid_usetime ON llmusage_history;
DROP INDEX idx_lh_llmid_usetime ON llmusage_history;
DROP INDEX idx_lh_usetime ON llmusage_history;
