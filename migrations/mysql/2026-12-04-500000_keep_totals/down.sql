DELETE FROM app_setting WHERE name = 'failed_totals';
DROP TRIGGER IF EXISTS failed_total_updated;
DROP TRIGGER IF EXISTS failed_total_deleted;
DROP TRIGGER IF EXISTS failed_total_inserted;
DROP TABLE failed_total;
DROP TABLE failed_delta;
