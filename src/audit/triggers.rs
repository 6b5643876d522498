//! The triggers that keep events from being changed, removed, or added out of order: whether they are there as the
//! migrations made them.

use diesel::prelude::*;
use diesel::sql_types::Text;

use crate::base::finding::Finding;
use crate::db::{DbConnection, Engine};
use crate::error::Result;

/// What a database knows of a trigger of the trail.
#[derive(Debug, QueryableByName)]
struct Known {
    #[diesel(sql_type = Text)]
    name: String,
    /// When it runs, and what.
    #[diesel(sql_type = Text)]
    text: String,
}

/// One row for each trigger on the table of events. One that is switched off has no text.
fn question(engine: Engine) -> &'static str {
    match engine {
        Engine::Sqlite => {
            "SELECT name, sql AS text FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_event' COLLATE NOCASE"
        }
        Engine::Mysql => {
            "SELECT CAST(trigger_name AS CHAR) AS name, \
             CONCAT(action_timing, ' ', event_manipulation, ' ', action_statement) AS text \
             FROM information_schema.triggers \
             WHERE event_object_schema = DATABASE() AND event_object_table = 'audit_event'"
        }
        // The type tells before or after, of what, and for each row.
        Engine::Postgres => {
            "SELECT CAST(t.tgname AS TEXT) AS name, \
             CASE WHEN t.tgenabled IN ('O', 'A') AND t.tgqual IS NULL AND CAST(t.tgattr AS TEXT) = '' \
             THEN CAST(t.tgtype AS TEXT) || ' ' || p.prosrc ELSE '' END AS text \
             FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid \
             WHERE t.tgrelid = 'audit_event'::regclass AND NOT t.tgisinternal"
        }
    }
}

/// Each trigger that must be there, with its text.
fn wanted(engine: Engine) -> [(&'static str, &'static str); 3] {
    match engine {
        Engine::Sqlite => [
            (
                "audit_event_stays",
                "CREATE TRIGGER audit_event_stays BEFORE UPDATE ON audit_event \
                 BEGIN SELECT RAISE(ABORT, 'audit events cannot be changed'); END",
            ),
            (
                "audit_event_remains",
                "CREATE TRIGGER audit_event_remains BEFORE DELETE ON audit_event \
                 BEGIN SELECT RAISE(ABORT, 'audit events cannot be deleted'); END",
            ),
            (
                "audit_event_follows",
                "CREATE TRIGGER audit_event_follows BEFORE INSERT ON audit_event \
                 BEGIN SELECT RAISE(ABORT, 'audit events are only added, each with the id that follows') \
                 WHERE NEW.id IS NOT 1 + MAX(COALESCE((SELECT MAX(id) FROM audit_event), 0), \
                 COALESCE((SELECT last_id FROM audit_chain WHERE id = 1), 0)); END",
            ),
        ],
        Engine::Mysql => [
            (
                "audit_event_stays",
                "BEFORE UPDATE SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'audit events cannot be changed'",
            ),
            (
                "audit_event_remains",
                "BEFORE DELETE SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'audit events cannot be deleted'",
            ),
            (
                "audit_event_follows",
                "BEFORE INSERT BEGIN IF NOT NEW.id <=> 1 + GREATEST(COALESCE((SELECT MAX(id) FROM audit_event), 0), \
                 COALESCE((SELECT last_id FROM audit_chain WHERE id = 1), 0)) THEN SIGNAL SQLSTATE '45000' \
                 SET MESSAGE_TEXT = 'audit events are only added, each with the id that follows'; END IF; END",
            ),
        ],
        Engine::Postgres => [
            (
                "audit_event_stays",
                "27 BEGIN RAISE EXCEPTION 'audit events cannot be changed or deleted'; END;",
            ),
            (
                "audit_event_remains",
                "34 BEGIN RAISE EXCEPTION 'audit events cannot be changed or deleted'; END;",
            ),
            (
                "audit_event_follows",
                "7 BEGIN IF NEW.id IS DISTINCT FROM 1 + GREATEST(COALESCE((SELECT MAX(id) FROM audit_event), 0), \
                 COALESCE((SELECT last_id FROM audit_chain WHERE id = 1), 0)) THEN RAISE EXCEPTION \
                 'audit events are only added, each with the id that follows'; END IF; RETURN NEW; END;",
            ),
        ],
    }
}

/// Adds the triggers that are missing, are not what the migrations made, or are of others: one of these can undo what was
/// written.
pub(super) fn check(connection: &mut DbConnection, finding: &mut Finding) -> Result<()> {
    let engine = connection.engine();
    let known: Vec<Known> = diesel::sql_query(question(engine)).load(connection)?;
    let wanted = wanted(engine);
    for other in known.iter().filter(|known| wanted.iter().all(|(name, _)| known.name != *name)) {
        finding.add(format!("{} (a trigger that is not ours)", other.name));
    }
    for (name, text) in wanted {
        match known.iter().find(|known| known.name == name) {
            None => finding.add(format!("{name} (the trigger is missing)")),
            Some(known) if folded(&known.text) != folded(text) => {
                finding.add(format!("{name} (the trigger was changed)"));
            }
            Some(_) => {}
        }
    }
    Ok(())
}

/// Clients keep white space and the last semicolon as they like.
fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").trim_end_matches([';', ' ']).to_owned()
}
