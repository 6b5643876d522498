//! Whether somebody is who they say: throttled, the same time for every name, few slow hashes at once.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use chrono::NaiveDateTime;
use secrecy::SecretString;
use tokio::sync::Semaphore;

use super::password;
use super::store::{self, User};
use super::throttle::memory::Memory;
use super::throttle::{Subject, Wait, store as throttle};
use crate::db::Database;
use crate::error::{Error, Result};

/// Each slow hash takes a processor and 19 MiB; more at once than processors only makes all of them late.
static HASHES: LazyLock<Semaphore> = LazyLock::new(|| {
    Semaphore::new(std::thread::available_parallelism().map_or(2, |processors| processors.get()))
});

/// The most attempts that are counted at once; thousands would only wait for each other's rows.
const MAX_CONCURRENT: usize = 4;

/// A sign-in attempt waits at most this long to be counted.
const TIMEOUT: Duration = Duration::from_secs(15);

/// The sign-in gate of this process: every password that is tried passes it. Cheap to clone.
#[derive(Debug, Clone)]
pub struct SignInGate {
    database: Database,
    waits: Memory,
    places: Arc<Semaphore>,
}

impl SignInGate {
    /// A gate that remembers nobody.
    pub fn new(database: Database) -> SignInGate {
        SignInGate { database, waits: Memory::default(), places: Arc::new(Semaphore::new(MAX_CONCURRENT)) }
    }

    /// The user of that name and password. The try is counted as failed before the password is looked at; who
    /// gets a user takes that back with [`throttle::release`], and tells the gate with [`SignInGate::forget`].
    ///
    /// # Errors
    /// [`Error::TooManyRequests`] when a subject has to wait; then no hash was computed.
    pub async fn verify(
        &self,
        subjects: &[Subject],
        name: &str,
        typed: SecretString,
        now: NaiveDateTime,
    ) -> Result<Option<User>> {
        let found = self.reserve(subjects, name, now).await?;
        let user = found.filter(|user| !user.disabled);
        let hash = user.as_ref().map(|user| user.password_hash.clone());
        let matches = on_free_processor(move || password::verify(&typed, hash.as_deref())).await?;
        Ok(user.filter(|_| matches))
    }

    /// Forgets what is remembered of subjects whose password was right.
    pub fn forget(&self, subjects: &[Subject]) {
        self.waits.forget(subjects);
    }

    async fn reserve(&self, subjects: &[Subject], name: &str, now: NaiveDateTime) -> Result<Option<User>> {
        let place = tokio::time::timeout(TIMEOUT, self.places.acquire()).await;
        let too_long = |_| Error::Unavailable("too many sign in at once".to_owned());
        let _place = place.map_err(too_long)?.map_err(Error::internal)?;
        if let Some(wait) = self.waits.lookup(subjects, now) {
            return Err(Error::TooManyRequests(wait.seconds(now)));
        }
        let (asked, name) = (subjects.to_vec(), name.to_owned());
        let looking = self.database.run(move |connection| {
            let all_known = throttle::look(connection, &asked, now)?;
            let readable = name.chars().count() <= 64 && !name.contains('\0');
            let user = if readable { store::lookup(connection, &name)? } else { None };
            Ok(all_known.map(|all_known| (all_known, user)))
        });
        let reserved = match looking.await? {
            Ok((all_known, user)) => self.count(subjects, all_known, now).await?.map(|()| user),
            Err(wait) => Err(wait),
        };
        reserved.map_err(|wait| {
            self.waits.keep(&wait);
            Error::TooManyRequests(wait.seconds(now))
        })
    }

    async fn count(
        &self,
        subjects: &[Subject],
        all_known: bool,
        now: NaiveDateTime,
    ) -> Result<std::result::Result<(), Wait>> {
        let asked = subjects.to_vec();
        if !all_known {
            let asked = asked.clone();
            self.database.transaction(move |connection| throttle::prepare(connection, &asked, now)).await?;
        }
        self.database.transaction(move |connection| throttle::reserve(connection, &asked, now)).await
    }
}

/// Hashes a new password.
pub async fn hash(password: SecretString) -> Result<String> {
    on_free_processor(move || password::hash(&password)).await?
}

async fn on_free_processor<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    let _permit = HASHES.acquire().await.map_err(Error::internal)?;
    tokio::task::spawn_blocking(work).await.map_err(Error::internal)
}
