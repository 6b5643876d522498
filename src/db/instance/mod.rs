//! This process at its database: a sign of life that ends with the process, so that nobody waits for one that was killed.
//!
//! On SQLite the sign is a lock of the operating system on a file beside the database; on a server it is a row whose
//! time, by the clock of the database, is set every two seconds.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use diesel::QueryDsl;
use diesel::prelude::*;

use super::opening::Manager;
use super::url::sqlite_file;
use super::{Database, DbConnection, Engine, lease};
use crate::error::Result;

mod heart;
mod mark;

/// A process whose time is older than this many milliseconds is gone.
pub const GONE_AFTER: i64 = 10_000;

/// What divides a process from its part in the name of a holder.
const PART: char = '/';

/// This process, for as long as it works on a database. Cheap to clone; the sign goes with the last one.
#[derive(Clone)]
pub struct Instance {
    id: String,
    manager: Manager,
    sign: Arc<Mutex<Option<Sign>>>,
}

/// What others see of a process that lives.
enum Sign {
    Mark(#[expect(dead_code, reason = "held until it is dropped")] mark::Mark),
    Heart(#[expect(dead_code, reason = "beats until it is dropped")] heart::Heart),
}

impl fmt::Debug for Instance {
    /// Without the URL, which may hold a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Instance").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Instance {
    /// A process that shows no sign of life yet.
    pub(super) fn new(manager: Manager) -> Instance {
        Instance { id: nanoid::nanoid!(), manager, sign: Arc::default() }
    }

    /// Shows the sign of life from now on; to be called before anything is held in the name of this process.
    ///
    /// # Errors
    /// [`crate::error::Error::Unavailable`] when it cannot be shown.
    pub fn appear(&self) -> Result<()> {
        let mut sign = self.sign.lock().unwrap_or_else(PoisonError::into_inner);
        if sign.is_none() {
            *sign = Some(match self.manager.engine {
                Engine::Sqlite => Sign::Mark(mark::Mark::make(&sqlite_file(&self.manager.url), &self.id)?),
                Engine::Mysql | Engine::Postgres => {
                    Sign::Heart(heart::Heart::begin(self.manager.clone(), self.id.clone())?)
                }
            });
        }
        Ok(())
    }

    /// A new name under which some part of this process may hold something.
    pub fn holder(&self) -> String {
        format!("{}{PART}{}", self.id, nanoid::nanoid!())
    }

    /// Whether the process of a holder is known to be gone. One that cannot be judged is taken to live: what it holds
    /// lapses by itself.
    pub fn is_gone(&self, connection: &mut DbConnection, holder: &str) -> Result<bool> {
        let id = holder.split(PART).next().unwrap_or_default();
        if id == self.id {
            return Ok(false);
        }
        if self.manager.engine == Engine::Sqlite {
            return Ok(mark::is_gone(&sqlite_file(&self.manager.url), id));
        }
        use super::schema::app_instance::dsl;
        let seen = dsl::app_instance.filter(dsl::id.eq(id.to_owned())).select(dsl::seen_at);
        let seen: Option<i64> = seen.first(connection).optional()?;
        let now = lease::now(connection)?;
        Ok(seen.is_none_or(|seen| now - seen > GONE_AFTER))
    }
}

impl Database {
    /// Whether a process that serves works on this database, other than this one.
    pub fn is_served(&self) -> Result<bool> {
        let instance = self.instance();
        if self.engine() == Engine::Sqlite {
            return Ok(mark::lives(&sqlite_file(&instance.manager.url)));
        }
        use super::schema::app_instance::dsl;
        self.run_here(|connection| {
            let since = lease::now(connection)? - GONE_AFTER;
            let living =
                dsl::app_instance.filter(dsl::seen_at.ge(since)).filter(dsl::id.ne(instance.id.clone()));
            Ok(living.count().get_result::<i64>(connection)? > 0)
        })
    }
}
