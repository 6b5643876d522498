//! What PostgreSQL's catalogue is asked.

use super::Fault;

pub(super) const QUESTIONS: &[(Fault, &str)] = &[
    (
        Fault::Encoding,
        "SELECT '' AS owner, '' AS name, CAST(pg_encoding_to_char(encoding) AS TEXT) AS detail FROM pg_database \
         WHERE datname = current_database() AND pg_encoding_to_char(encoding) <> 'UTF8'",
    ),
    (
        Fault::NoTable,
        "SELECT CAST(c.relname AS TEXT) AS owner, '' AS name, CASE c.relkind WHEN 'v' THEN 'view' \
         WHEN 'm' THEN 'materialized view' WHEN 'f' THEN 'foreign table' ELSE 'relation of another kind' END AS detail \
         FROM pg_class c WHERE c.relkind NOT IN ('r', 'p') \
         AND c.oid IN (SELECT to_regclass(name) FROM (VALUES ({tables})) AS wanted (name))",
    ),
    (
        Fault::NoKey,
        "SELECT CAST(c.relname AS TEXT) AS owner, '' AS name, '' AS detail FROM pg_class c \
         WHERE c.relkind IN ('r', 'p') \
         AND c.oid IN (SELECT to_regclass(name) FROM (VALUES ({by_id})) AS wanted (name)) \
         AND NOT EXISTS (SELECT 1 FROM pg_index i \
         JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0] WHERE i.indrelid = c.oid \
         AND i.indisunique AND i.indisvalid AND i.indpred IS NULL AND lower(a.attname) = 'id')",
    ),
    (
        Fault::Generated,
        "SELECT CAST(c.relname AS TEXT) AS owner, CAST(a.attname AS TEXT) AS name, '' AS detail FROM pg_attribute a \
         JOIN pg_class c ON c.oid = a.attrelid WHERE a.attnum > 0 AND NOT a.attisdropped \
         AND c.oid IN (SELECT to_regclass(name) FROM (VALUES ({tables})) AS wanted (name)) \
         AND to_jsonb(a) ->> 'attgenerated' <> ''",
    ),
    (
        Fault::Capitals,
        "SELECT CAST(c.relname AS TEXT) AS owner, CAST(a.attname AS TEXT) AS name, '' AS detail FROM pg_attribute a \
         JOIN pg_class c ON c.oid = a.attrelid WHERE a.attnum > 0 AND NOT a.attisdropped \
         AND c.oid IN (SELECT to_regclass(name) FROM (VALUES ({tables})) AS wanted (name)) \
         AND a.attname <> lower(a.attname)",
    ),
    (
        Fault::Follows,
        "SELECT CAST(c.relname AS TEXT) AS owner, CAST(k.conname AS TEXT) AS name, 'ON DELETE ' || \
         CASE k.confdeltype WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL' WHEN 'd' THEN 'SET DEFAULT' \
         WHEN 'r' THEN 'RESTRICT' ELSE 'NO ACTION' END AS detail FROM pg_constraint k \
         JOIN pg_class c ON c.oid = k.conrelid WHERE k.contype = 'f' AND k.confrelid = to_regclass('llmusage') \
         AND (k.conrelid = to_regclass('llmusage_accounting_failed') OR k.confdeltype IN ('c', 'n', 'd'))",
    ),
];
