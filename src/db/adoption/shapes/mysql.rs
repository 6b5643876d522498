//! What the catalogues of MariaDB and MySQL are asked.

use super::Fault;

pub(super) const QUESTIONS: &[(Fault, &str)] = &[
    (
        Fault::NoTable,
        "SELECT CAST(table_name AS CHAR) AS owner, '' AS name, CAST(LOWER(table_type) AS CHAR) AS detail \
         FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name IN ({tables}) \
         AND table_type <> 'BASE TABLE'",
    ),
    (
        Fault::NoTransactions,
        "SELECT CAST(t.table_name AS CHAR) AS owner, '' AS name, CAST(t.engine AS CHAR) AS detail \
         FROM information_schema.tables t JOIN information_schema.engines e ON e.engine = t.engine \
         WHERE t.table_schema = DATABASE() AND t.table_name IN ({tables}) AND t.table_type = 'BASE TABLE' \
         AND COALESCE(e.transactions, 'NO') <> 'YES'",
    ),
    (
        Fault::NoKey,
        "SELECT CAST(t.table_name AS CHAR) AS owner, '' AS name, '' AS detail FROM information_schema.tables t \
         WHERE t.table_schema = DATABASE() AND t.table_name IN ({by_id}) AND t.table_type = 'BASE TABLE' \
         AND NOT EXISTS (SELECT 1 FROM information_schema.statistics s WHERE s.table_schema = t.table_schema \
         AND s.table_name = t.table_name AND s.non_unique = 0 AND s.seq_in_index = 1 AND s.column_name = 'id')",
    ),
    (
        Fault::ChangesByItself,
        "SELECT CAST(table_name AS CHAR) AS owner, CAST(column_name AS CHAR) AS name, '' AS detail \
         FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name IN ({tables}) \
         AND extra LIKE '%on update%'",
    ),
    (
        Fault::Generated,
        "SELECT CAST(table_name AS CHAR) AS owner, CAST(column_name AS CHAR) AS name, '' AS detail \
         FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name IN ({tables}) \
         AND (extra LIKE '%VIRTUAL GENERATED%' OR extra LIKE '%STORED GENERATED%')",
    ),
    (
        Fault::CharacterSet,
        "SELECT CAST(table_name AS CHAR) AS owner, CAST(column_name AS CHAR) AS name, \
         CAST(character_set_name AS CHAR) AS detail FROM information_schema.columns \
         WHERE table_schema = DATABASE() AND table_name IN ({tables}) \
         AND character_set_name NOT IN ('utf8mb4', 'utf8mb3', 'utf8', 'latin1', 'ascii')",
    ),
    (
        Fault::ManyCharacterSets,
        "SELECT '' AS owner, '' AS name, CAST(GROUP_CONCAT(DISTINCT character_set_name ORDER BY 1) AS CHAR) AS detail \
         FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name IN ({by_id}) \
         AND column_name IN ('id', 'llmusageid', 'llmid', 'userid', 'userorgid') \
         HAVING SUM(character_set_name = 'latin1') BETWEEN 1 AND SUM(character_set_name IS NOT NULL) - 1",
    ),
    (
        Fault::Follows,
        "SELECT CAST(table_name AS CHAR) AS owner, '' AS name, \
         CAST(CONCAT('ON DELETE ', delete_rule) AS CHAR) AS detail FROM information_schema.referential_constraints \
         WHERE constraint_schema = DATABASE() AND referenced_table_name = 'llmusage' \
         AND (table_name = 'llmusage_accounting_failed' OR delete_rule IN ('CASCADE', 'SET NULL', 'SET DEFAULT'))",
    ),
];
