//! What SQLite's catalogue is asked.

use super::Fault;

pub(super) const QUESTIONS: &[(Fault, &str)] = &[
    (
        Fault::NoTable,
        "SELECT name AS owner, '' AS name, type AS detail FROM sqlite_master \
         WHERE type = 'view' AND lower(name) IN ({tables})",
    ),
    (
        Fault::NoKey,
        "SELECT master.name AS owner, '' AS name, '' AS detail FROM sqlite_master master \
         WHERE master.type = 'table' AND lower(master.name) IN ({by_id}) \
         AND NOT EXISTS (SELECT 1 FROM pragma_table_info(master.name) WHERE lower(name) = 'id' AND pk = 1) \
         AND NOT EXISTS (SELECT 1 FROM pragma_index_list(master.name) list, pragma_index_info(list.name) part \
         WHERE list.\"unique\" = 1 AND part.seqno = 0 AND lower(part.name) = 'id')",
    ),
    (
        Fault::Generated,
        "SELECT master.name AS owner, info.name AS name, '' AS detail FROM sqlite_master master, \
         pragma_table_xinfo(master.name) info WHERE master.type = 'table' AND lower(master.name) IN ({tables}) \
         AND info.hidden IN (2, 3)",
    ),
    (
        Fault::Capitals,
        "SELECT master.name AS owner, info.name AS name, '' AS detail FROM sqlite_master master, \
         pragma_table_info(master.name) info WHERE master.type = 'table' AND lower(master.name) IN ({tables}) \
         AND info.name <> lower(info.name)",
    ),
    (
        Fault::Caseless,
        "SELECT name AS owner, '' AS name, 'NOCASE or RTRIM' AS detail FROM sqlite_master \
         WHERE type = 'table' AND lower(name) IN ({tables}) \
         AND (lower(sql) LIKE '%collate nocase%' OR lower(sql) LIKE '%collate rtrim%')",
    ),
    (
        Fault::Follows,
        "SELECT master.name AS owner, '' AS name, 'ON DELETE ' || keys.on_delete AS detail \
         FROM sqlite_master master, pragma_foreign_key_list(master.name) keys \
         WHERE master.type = 'table' AND lower(keys.\"table\") = 'llmusage' \
         AND (lower(master.name) = 'llmusage_accounting_failed' \
         OR keys.on_delete IN ('CASCADE', 'SET NULL', 'SET DEFAULT'))",
    ),
];
