-- As for the list of live usages: one index for each way the history is read, newest first.
-- /history, and with days.
CREATE INDEX IF NOT EXISTS idx_lh_usetime ON llmusage_history (use_time, id, use_date);
-- /history?llmid=, userid=, userorgid=, status=: one model, user, organisation, status.
CREATE INDEX IF NOT EXISTS idx_lh_llmid_usetime ON llmusage_history (llmid, use_time, id);
CREATE INDEX IF NOT EXISTS idx_lh_userid_usetime ON llmusage_history (userid, use_time, id);
CREATE INDEX IF NOT EXISTS idx_lh_userorgid_usetime ON llmusage_history (userorgid, use_time, id);
CREATE INDEX IF NOT EXISTS idx_lh_status_usetime ON llmusage_history (status, use_time, id);
-- /history?start_date=&end_date=
CREATE INDEX IF NOT EXISTS idx_lh_usedate_usetime ON llmusage_history (use_date, use_time, id);
-- /history?backup_time=: one run.
CREATE INDEX IF NOT EXISTS idx_lh_backup_time_usetime ON llmusage_history (backup_time, use_time, id);
-- /usages/find?q=, /history?taskid=
CREATE INDEX IF NOT EXISTS idx_lh_taskid ON llmusage_history (taskid);
