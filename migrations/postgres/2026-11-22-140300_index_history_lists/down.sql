DROP INDEX idx_lh_taskid;
DROP INDEX idx_lh_backup_time_usetime;
DROP INDEX idx_lh_usedate_usetime;
DROP INDEX idx_lh_status_usetime;
DROP INDEX idx_lh_userorgid_usetime;
DROP INDEX idx_lh_userid_usetime;
DROP INDEX idx_lh_llmid_usetime;
DROP INDEX idx_lh_usetime;
