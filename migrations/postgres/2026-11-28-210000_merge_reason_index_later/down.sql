-- Only SQLite keeps an index of reasons that is merged from pieces.
SELECT 1;
