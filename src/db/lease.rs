//! Who may do a job: of many processes one, for a time, by the clock of the database.
//!
//! A lease is a fence, too: [`Database::leased`] gives the database as the holder may write it. Each transaction first
//! renews the lease by compare-and-set, so that a process that was only slow commits nothing any more. The row of the
//! lease is locked before any other; only holders of the same lease ever wait for it.

use std::sync::Arc;
use std::time::Duration;

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::instance::Instance;
use super::schema::job_lease::{self, dsl};
use super::{Database, DbConnection, dialect, is_duplicate, versions};
use crate::error::{Error, Result};

/// A lease that is not renewed ends after this time, or once its process is known to be gone.
const TTL: Duration = Duration::from_secs(60);

/// The right to do one job, whether held or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    name: &'static str,
    holder: String,
}

/// The present time by the clock of the database, in milliseconds since 1970, UTC.
pub fn now(connection: &mut DbConnection) -> Result<i64> {
    let question = format!("SELECT {} AS now", dialect::epoch_milliseconds(connection.engine()));
    #[derive(QueryableByName)]
    struct Now {
        #[diesel(sql_type = BigInt)]
        now: i64,
    }
    Ok(diesel::sql_query(question).get_result::<Now>(connection)?.now)
}

impl Database {
    /// This process, as others see it in the database.
    pub fn instance(&self) -> &Instance {
        &self.instance
    }

    /// The same database as the holder of a lease may write it: no transaction is committed without the lease.
    pub fn leased(&self, lease: &Lease) -> Database {
        Database { lease: Some(Arc::new(lease.clone())), ..self.clone() }
    }

    /// The work, after the lease was renewed where there is one.
    pub(super) fn fenced<T>(
        &self,
        work: impl FnOnce(&mut DbConnection) -> Result<T>,
    ) -> impl FnOnce(&mut DbConnection) -> Result<T> {
        let lease = self.lease.clone();
        move |connection| {
            lease.iter().try_for_each(|lease| lease.renew(connection))?;
            work(connection)
        }
    }

    /// A lease of that job for a part of this process.
    pub fn lease(&self, name: &'static str) -> Lease {
        Lease { name, holder: self.instance().holder() }
    }
}

impl Lease {
    /// The job.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// How long a holder may be silent.
    pub fn lasts() -> Duration {
        TTL
    }

    /// Takes or keeps the lease, unless another process holds it that is not known to be gone.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the database wants a later version of the app, or two came at once.
    pub fn take(&self, connection: &mut DbConnection, instance: &Instance) -> Result<bool> {
        versions::check_with(connection)?;
        let row = job_lease::table.filter(dsl::name.eq(self.name)).select((dsl::holder, dsl::held_until));
        let Some((holder, held_until)) = row.first::<(String, i64)>(connection).optional()? else {
            return self.begin(connection);
        };
        let is_free = holder == self.holder
            || held_until < now(connection)?
            || instance.is_gone(connection, &holder)?;
        if !is_free {
            return Ok(false);
        }
        // As it was read: of two that find it free, one takes it.
        let as_read = job_lease::table
            .filter(dsl::name.eq(self.name))
            .filter(dsl::holder.eq(holder))
            .filter(dsl::held_until.eq(held_until));
        let mine = (dsl::holder.eq(self.holder.clone()), dsl::held_until.eq(until(connection)));
        Ok(diesel::update(as_read).set(mine).execute(connection)? == 1)
    }

    fn begin(&self, connection: &mut DbConnection) -> Result<bool> {
        let row = (
            dsl::name.eq(self.name),
            dsl::holder.eq(self.holder.clone()),
            dsl::held_until.eq(until(connection)),
        );
        match diesel::insert_into(job_lease::table).values(row).execute(connection) {
            // Another process was first; on PostgreSQL the transaction is over with that.
            Err(error) if is_duplicate(&error) => {
                Err(Error::Unavailable("the lease was just taken".to_owned()))
            }
            inserted => Ok(inserted? == 1),
        }
    }

    /// Renews the lease, as the first thing that a transaction of its holder does.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when another process has taken it: the transaction must not go on.
    pub(super) fn renew(&self, connection: &mut DbConnection) -> Result<()> {
        let renewed = diesel::update(self.mine()).set(dsl::held_until.eq(until(connection)));
        match renewed.execute(connection)? {
            0 => Err(Error::Unavailable(format!("another instance has taken over {}", self.name))),
            _ => Ok(()),
        }
    }

    /// Whether it is held still.
    pub fn is_held(&self, connection: &mut DbConnection) -> Result<bool> {
        let holder = self.mine().select(dsl::holder).first::<String>(connection).optional()?;
        Ok(holder.is_some())
    }

    /// Gives the lease back, so that another process need not wait until it lapses.
    pub fn release(&self, connection: &mut DbConnection) -> Result<()> {
        diesel::update(self.mine()).set(dsl::held_until.eq(0)).execute(connection)?;
        Ok(())
    }

    fn mine(&self) -> Mine {
        job_lease::table.filter(dsl::name.eq(self.name)).filter(dsl::holder.eq(self.holder.clone()))
    }
}

/// The row of a lease, as long as it is held.
type Mine = diesel::helper_types::Filter<OfName, diesel::dsl::Eq<job_lease::holder, String>>;
type OfName = diesel::helper_types::Filter<job_lease::table, diesel::dsl::Eq<job_lease::name, &'static str>>;

/// Until when a lease lasts that is taken now.
fn until(connection: &DbConnection) -> diesel::expression::SqlLiteral<BigInt> {
    sql(&format!("{} + {}", dialect::epoch_milliseconds(connection.engine()), TTL.as_millis()))
}
