//! What each engine tells of the tables of the audit trail beside the events themselves.

use super::super::Engine;

/// Events with a cell that this app does not write so: times are cut to milliseconds, and all else is text. Only SQLite
/// keeps another type in a column than the column's.
pub fn stored_otherwise(engine: Engine) -> &'static str {
    match engine {
        Engine::Sqlite => {
            "SELECT id FROM audit_event WHERE typeof(author) <> 'text' OR typeof(source) <> 'text' \
             OR typeof(action) <> 'text' OR typeof(record_kind) <> 'text' \
             OR typeof(before_state) NOT IN ('text', 'null') OR typeof(after_state) NOT IN ('text', 'null') \
             OR typeof(request_id) NOT IN ('text', 'null') OR typeof(hash) NOT IN ('text', 'null') \
             OR typeof(happened_at) <> 'text' OR happened_at NOT IN \
             (strftime('%Y-%m-%d %H:%M:%f', happened_at), strftime('%Y-%m-%d %H:%M:%S', happened_at)) \
             OR strftime('%f', happened_at) IS NULL ORDER BY id"
        }
        Engine::Mysql => {
            "SELECT CAST(id AS SIGNED) AS id FROM audit_event WHERE MICROSECOND(happened_at) % 1000 <> 0 ORDER BY id"
        }
        Engine::Postgres => {
            "SELECT CAST(id AS BIGINT) AS id FROM audit_event \
             WHERE date_trunc('milliseconds', happened_at) <> happened_at ORDER BY id"
        }
    }
}

/// What hangs onto the tables, but for the triggers on events: rules and policies, which only PostgreSQL has, and triggers
/// on the end, which has none of ours.
pub fn hung_on(engine: Engine) -> &'static str {
    match engine {
        Engine::Sqlite => {
            "SELECT name || ' (a trigger that is not ours)' AS name FROM sqlite_master \
             WHERE type = 'trigger' AND tbl_name = 'audit_chain' COLLATE NOCASE"
        }
        Engine::Mysql => {
            "SELECT CONCAT(trigger_name, ' (a trigger that is not ours)') AS name FROM information_schema.triggers \
             WHERE event_object_schema = DATABASE() AND event_object_table = 'audit_chain'"
        }
        Engine::Postgres => {
            "SELECT t.tgname || ' (a trigger that is not ours)' AS name FROM pg_trigger t \
             WHERE t.tgrelid = 'audit_chain'::regclass AND NOT t.tgisinternal \
             UNION ALL SELECT r.rulename || ' (a rule that is not ours)' FROM pg_rewrite r \
             WHERE r.ev_class IN ('audit_event'::regclass, 'audit_chain'::regclass) \
             UNION ALL SELECT c.relname || ' (row security hides rows)' FROM pg_class c \
             WHERE c.oid IN ('audit_event'::regclass, 'audit_chain'::regclass) AND c.relrowsecurity"
        }
    }
}
