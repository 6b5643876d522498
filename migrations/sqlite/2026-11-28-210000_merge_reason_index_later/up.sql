-- It was for the text index of an earlier version, which is no longer made.
SELECT 1;
