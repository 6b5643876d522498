-- One index for each way the list of usages is read: equality first, then the use time and the id, so that every page is
-- a seek. One user's and one organisation's are served by the platform's own indexes.
-- /usages, newest first; with days, the days are read from it too.
CREATE INDEX IF NOT EXISTS idx_llmusage_usetime ON llmusage (use_time, id, use_date);
-- /usages?accounting_status=: a tab.
CREATE INDEX IF NOT EXISTS idx_llmusage_accounting_usetime ON llmusage (accounting_status, use_time, id);
-- /usages?llmid=: one model.
CREATE INDEX IF NOT EXISTS idx_llmusage_llmid_usetime ON llmusage (llmid, use_time, id);
-- /usages?status=: what suppliers did not finish, for one.
CREATE INDEX IF NOT EXISTS idx_llmusage_status_usetime ON llmusage (status, use_time, id);
-- /usages?start_date=&end_date=
CREATE INDEX IF NOT EXISTS idx_llmusage_usedate_usetime ON llmusage (use_date, use_time, id);
