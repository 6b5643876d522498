-- The text index that this made was fed by triggers which SQLite before 3.43 cannot run: a program of the platform with
-- such a library could not write failures any more. A later migration makes one that the app fills.
-- The migration exists so that all databases list the same names.
SELECT 1;
