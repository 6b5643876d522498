-- Text search over reasons: a trigram index. Where the extension may not be created, search goes through the
-- newest rows of the filter instead; the app looks which of the two it has.
DO $$
BEGIN
    CREATE EXTENSION IF NOT EXISTS pg_trgm;
EXCEPTION WHEN OTHERS THEN
    RAISE NOTICE 'no text index on failed_reason: %', SQLERRM;
END
$$;
-- Only where the extension is there: migrate leaves this out without it.
CREATE INDEX idx_laf_failed_reason ON llmusage_accounting_failed USING gin (failed_reason gin_trgm_ops);
