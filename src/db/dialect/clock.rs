//! What time it is, as the database says.

use super::super::Engine;

/// The present time by the clock of the database, in whole milliseconds since 1970, UTC, whatever the session's zone.
pub fn epoch_milliseconds(engine: Engine) -> &'static str {
    match engine {
        Engine::Sqlite => "CAST(ROUND((julianday('now') - 2440587.5) * 86400000) AS INTEGER)",
        Engine::Mysql => {
            "(TIMESTAMPDIFF(MICROSECOND, TIMESTAMP'1970-01-01 00:00:00', UTC_TIMESTAMP(3)) DIV 1000)"
        }
        Engine::Postgres => "CAST(TRUNC(EXTRACT(EPOCH FROM clock_timestamp()) * 1000) AS BIGINT)",
    }
}
