-- The triggers belong to a migration before this one.
SELECT 1;
