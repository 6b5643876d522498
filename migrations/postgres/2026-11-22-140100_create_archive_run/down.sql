DROP INDEX IF EXISTS idx_llmusage_accounting_id;
DROP TABLE archive_left;
DROP TABLE archive_run;
