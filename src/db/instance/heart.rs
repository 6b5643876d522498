//! The sign of life on a server: a row that a thread of its own, on a connection of its own, keeps fresh.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::r2d2::ManageConnection;
use diesel::sql_types::BigInt;

use super::super::opening::Manager;
use super::super::schema::app_instance::dsl;
use super::super::{DbConnection, dialect, first};
use crate::error::{Error, Result};

/// How often the row is set; several times before others take the process for gone.
const EVERY: Duration = Duration::from_secs(2);

/// Rows that are older than this many milliseconds are removed.
const FORGET: i64 = 86_400_000;

/// Beats until it is dropped.
pub struct Heart {
    /// The thread ends when nobody can send any more.
    _stop: Sender<()>,
}

impl Heart {
    /// The first beat is there when this returns.
    pub fn begin(manager: Manager, id: String) -> Result<Heart> {
        let mut connection =
            first::patiently(|| manager.connect()).map_err(|error| Error::Unavailable(error.to_string()))?;
        forget(&mut connection)?;
        beat(&mut connection, &id)?;
        let (stop, stopped) = channel();
        std::thread::Builder::new()
            .name("sign of life".to_owned())
            .spawn(move || beats(&manager, &id, connection, &stopped))
            .map_err(Error::internal)?;
        Ok(Heart { _stop: stop })
    }
}

fn beats(manager: &Manager, id: &str, first: DbConnection, stopped: &Receiver<()>) {
    let mut kept = Some(first);
    while stopped.recv_timeout(EVERY) == Err(RecvTimeoutError::Timeout) {
        let connection = kept.take().map_or_else(|| manager.connect().ok(), Some);
        // A database that is away is told by everything else; the next beat tries again.
        kept = connection.and_then(|mut connection| beat(&mut connection, id).is_ok().then_some(connection));
    }
    if let Some(mut connection) = kept {
        // Left over, it is old in ten seconds.
        let _ = diesel::delete(dsl::app_instance.filter(dsl::id.eq(id.to_owned()))).execute(&mut connection);
    }
}

fn beat(connection: &mut DbConnection, id: &str) -> Result<()> {
    let engine = connection.engine();
    let now = || sql::<BigInt>(dialect::epoch_milliseconds(engine));
    let seen =
        diesel::update(dsl::app_instance.filter(dsl::id.eq(id.to_owned()))).set(dsl::seen_at.eq(now()));
    if seen.execute(connection)? == 0 {
        let row =
            (dsl::id.eq(id.to_owned()), dsl::version.eq(env!("CARGO_PKG_VERSION")), dsl::seen_at.eq(now()));
        diesel::insert_into(dsl::app_instance).values(row).execute(connection)?;
    }
    Ok(())
}

fn forget(connection: &mut DbConnection) -> Result<()> {
    let limit = sql::<BigInt>(&format!("{} - {FORGET}", dialect::epoch_milliseconds(connection.engine())));
    diesel::delete(dsl::app_instance.filter(dsl::seen_at.lt(limit))).execute(connection)?;
    Ok(())
}
