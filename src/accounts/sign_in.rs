//! Whether somebody is who they say: throttled, the same time for every name, few slow hashes at once.

use std::sync::LazyLock;

use chrono::NaiveDateTime;
use secrecy::SecretString;
use tokio::sync::Semaphore;

use super::password;
use super::store::{self, User};
use super::throttle::Subject;
use super::throttle::store as throttle;
use crate::db::Database;
use crate::error::{Error, Result};

/// Each slow hash takes a processor and 19 MiB; more at once than processors only makes all of them late.
static HASHES: LazyLock<Semaphore> = LazyLock::new(|| {
    Semaphore::new(std::thread::available_parallelism().map_or(2, |processors| processors.get()))
});

/// The user of that name and password. The try is counted as failed before the password is looked at; who
/// gets a user takes that back with [`throttle::release`].
///
/// # Errors
/// [`Error::TooManyRequests`] when a subject has to wait; then no hash was computed.
pub async fn verify(
    database: &Database,
    subjects: &[Subject],
    (name, typed): (&str, SecretString),
    now: NaiveDateTime,
) -> Result<Option<User>> {
    let found = reserve(database, subjects, name, now).await?;
    let user = found.filter(|user| !user.disabled);
    let hash = user.as_ref().map(|user| user.password_hash.clone());
    let matches = on_free_processor(move || password::verify(&typed, hash.as_deref())).await?;
    Ok(user.filter(|_| matches))
}

/// Hashes a new password.
pub async fn hash(password: SecretString) -> Result<String> {
    on_free_processor(move || password::hash(&password)).await?
}

async fn on_free_processor<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    let _permit = HASHES.acquire().await.map_err(Error::internal)?;
    tokio::task::spawn_blocking(work).await.map_err(Error::internal)
}

async fn reserve(
    database: &Database,
    subjects: &[Subject],
    name: &str,
    now: NaiveDateTime,
) -> Result<Option<User>> {
    let (asked, name) = (subjects.to_vec(), name.to_owned());
    let looking = database.run(move |connection| {
        let all_known = throttle::look(connection, &asked, now)?;
        let readable = name.chars().count() <= 64 && !name.contains('\0');
        let user = if readable { store::lookup(connection, &name)? } else { None };
        Ok((all_known, user))
    });
    let (all_known, user) = looking.await?;
    let asked = subjects.to_vec();
    if !all_known {
        let asked = asked.clone();
        database.transaction(move |connection| throttle::prepare(connection, &asked, now)).await?;
    }
    database.transaction(move |connection| throttle::reserve(connection, &asked, now)).await?;
    Ok(user)
}
