-- What a batch corrects, as JSON: what becomes of which field, what was foreseen of it when it was shown, and whether a retry
-- follows; NULL for the other actions.
ALTER TABLE batch ADD COLUMN correction TEXT;
