DELETE FROM app_setting WHERE name = 'failed_totals';
DROP TRIGGER IF EXISTS failed_total_truncated ON llmusage_accounting_failed;
DROP TRIGGER IF EXISTS failed_total_noted ON llmusage_accounting_failed;
DROP FUNCTION IF EXISTS forget_failed_total();
DROP FUNCTION IF EXISTS keep_failed_total();
DROP TABLE failed_total;
DROP TABLE failed_delta;
