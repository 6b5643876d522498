//! What each engine is told about the disk, and what a server promises by itself.

use diesel::prelude::*;
use diesel::sql_types::Text;

use super::{Database, DbConnection, Engine};
use crate::base::durability::Durability;
use crate::error::Result;

/// What a connection of SQLite or PostgreSQL is told; MariaDB and MySQL know it of the whole server alone.
pub(super) fn statement(durability: Durability, engine: Engine) -> &'static str {
    match (engine, durability) {
        (Engine::Sqlite, Durability::Full) => "PRAGMA synchronous = FULL;",
        (Engine::Sqlite, Durability::Normal) => "PRAGMA synchronous = NORMAL;",
        // A server that waits for its replicas goes on doing so.
        (Engine::Postgres, Durability::Full) => {
            "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off';"
        }
        (Engine::Postgres, Durability::Normal) => "SET synchronous_commit = 'off';",
        (Engine::Mysql, _) => "",
    }
}

#[derive(QueryableByName)]
struct Setting {
    #[diesel(sql_type = Text)]
    value: String,
}

fn setting(connection: &mut DbConnection, question: &str) -> Result<String> {
    let setting: Setting = diesel::sql_query(question).get_result(connection)?;
    Ok(setting.value)
}

/// Why a server does not keep what it commits through a power cut, where its settings say so.
pub fn server_weakness(database: &Database) -> Result<Option<String>> {
    let (question, wanted, name) = match database.engine() {
        Engine::Sqlite => return Ok(None),
        Engine::Mysql => (
            "SELECT CAST(@@innodb_flush_log_at_trx_commit AS CHAR) AS value",
            "1",
            "innodb_flush_log_at_trx_commit",
        ),
        Engine::Postgres => ("SELECT current_setting('fsync') AS value", "on", "fsync"),
    };
    let value = database.run_here(|connection| setting(connection, question))?;
    let told = || {
        format!(
            "the database server's {name} is {value}, not {wanted}: a power cut may take answered commits"
        )
    };
    Ok((value != wanted).then(told))
}
