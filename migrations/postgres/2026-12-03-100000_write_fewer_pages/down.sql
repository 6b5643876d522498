-- SQLite alone counts the pages that a change writes in its log.
SELECT 1;
