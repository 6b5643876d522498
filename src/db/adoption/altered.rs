//! Triggers on the platform's tables that do not do what they were made for: switched off, or made by somebody else. Those of
//! the audit trail are the trail's own matter, whose check names them; nobody makes these again as if nothing had been.

use diesel::RunQueryDsl;
use sha2::{Digest, Sha256};

use super::present::{PLATFORM_TABLES, Present};
use super::triggers::{Trigger, of_schema};
use super::{printed, script};
use crate::db::migrations::applied;
use crate::db::{Database, DbConnection, Engine};
use crate::error::Result;

/// The digest of what PostgreSQL tells of each: when it runs, and its function with source, rights and schemas. It keeps no
/// statement as it was sent.
const TOLD: [(&str, &str); 3] = [
    ("failed_total_noted", "f125ba1585be14cc31ba3c27d9826fcb84c4ddb95bbae6836b2ad533809f5ce8"),
    ("failed_total_truncated", "2fd724d32ffeb6817d04e5bdfe0ad6a947e50bae101ba447406f6d9cb048386a"),
    ("reason_changed", "6cc18051026a4c1bbb1eecf9de45f1fe3344ad95aa09e8a87da90f40bc3e2d6f"),
];

/// The digest of what PostgreSQL tells of each function alone.
const TOLD_OF_FUNCTIONS: [(&str, &str); 5] = [
    ("follow_audit_chain", "295818ccf1eb9f5221aba894442a06fdb09906c1a00d95671bf6d64da2e9093c"),
    ("forget_failed_total", "64678aa512fa48e02b461d6ae3d4a359b6bc60a51e80ea5c4ff400966da4f170"),
    ("keep_failed_total", "c89be411ac154f7754382259148e0917850be94ac009c845e30e61b6005cb365"),
    ("note_reason_change", "290c1801676af16cc4aba1ba351f4cdd07d545240960ce3e63477b61fddfd4b5"),
    ("refuse_audit_change", "a0b3bbd968fb6a004253d7783495a8de18cfea6a2b57da91a3ddfded2a4c4f26"),
];

impl Trigger {
    /// Whether it stands on a table of the platform.
    pub(super) fn is_on_platform(&self) -> bool {
        self.sql.split_whitespace().any(|word| PLATFORM_TABLES.contains(&word.trim_matches('`')))
    }

    /// Whether what the database tells of a trigger is what it was made of.
    pub(super) fn does(&self, engine: Engine, told: &str) -> bool {
        match engine {
            Engine::Sqlite => folded(told) == folded(&self.sql),
            Engine::Mysql => folded(&self.sql).ends_with(&folded(told)),
            Engine::Postgres => {
                let wanted = TOLD.iter().find(|(name, _)| *name == self.name);
                wanted.map_or(!told.is_empty(), |(_, wanted)| digest(told) == *wanted)
            }
        }
    }
}

/// Those on the platform's tables that are there, and are not what the migrations made.
pub(super) fn altered(database: &Database) -> Result<Vec<Trigger>> {
    let mut triggers = of_schema(database)?;
    triggers.retain(Trigger::is_on_platform);
    let engine = database.engine();
    let known = database.run_here(Present::triggers_of)?;
    triggers
        .retain(|trigger| known.get(&trigger.spot(engine)).is_some_and(|told| !trigger.does(engine, told)));
    Ok(triggers)
}

/// Clients leave comments out and keep white space as they like.
fn folded(text: &str) -> String {
    script::bare(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

fn digest(told: &str) -> String {
    let told = told.split_whitespace().collect::<Vec<_>>().join(" ");
    Sha256::digest(told).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Takes away a trigger on a table of the platform.
pub(super) fn take_away(connection: &mut DbConnection, trigger: &Trigger) -> Result<()> {
    let on = match connection.engine() {
        Engine::Postgres => " ON llmusage_accounting_failed",
        Engine::Sqlite | Engine::Mysql => "",
    };
    diesel::sql_query(format!("DROP TRIGGER IF EXISTS {}{on}", trigger.name)).execute(connection)?;
    Ok(())
}

/// The statements that make the functions of these triggers, which only PostgreSQL has, where they are gone or altered: one
/// that is as it was made may belong to somebody else, who alone may replace it.
pub(super) fn functions<'a>(
    database: &Database,
    triggers: impl Iterator<Item = &'a Trigger>,
) -> Result<Vec<String>> {
    let mut called: Vec<&str> =
        triggers.filter_map(|trigger| trigger.sql.split("EXECUTE FUNCTION ").nth(1)).collect();
    let mut made = Vec::new();
    if called.is_empty() {
        return Ok(made);
    }
    let known = database.run_here(Present::functions_of)?;
    let is_whole = |name: &str| {
        let wanted = TOLD_OF_FUNCTIONS.iter().find(|(function, _)| *function == name);
        wanted.zip(known.get(name)).is_some_and(|((_, wanted), told)| digest(told) == *wanted)
    };
    called.retain(|call| !is_whole(call.split('(').next().unwrap_or_default()));
    for migration in applied(database)? {
        let Ok(text) = printed::script(database.engine(), &migration, "up.sql") else { continue };
        let makes = |sql: &str| {
            let names = sql.split("FUNCTION ").skip(1).map(|rest| rest.trim_start_matches("%I."));
            sql.contains("RETURNS trigger")
                && names.into_iter().any(|rest| called.iter().any(|name| rest.starts_with(name)))
        };
        let statements = script::statements(text).into_iter().filter(|statement| makes(&statement.sql));
        made.extend(
            statements
                .map(|statement| statement.sql.replacen("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", 1)),
        );
    }
    Ok(made)
}
