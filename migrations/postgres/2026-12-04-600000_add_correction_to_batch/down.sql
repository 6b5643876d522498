ALTER TABLE batch DROP COLUMN correction;
