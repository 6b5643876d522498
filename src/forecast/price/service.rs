//! Asking the platform for prices: a few at once, each for a moment only, and all of a test together no longer than its reader
//! waits.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use secrecy::{ExposeSecret, SecretString};

use super::Told;
use super::{answer, question};
use crate::base::clock::Clock;
use crate::base::outbound::{self, Answer, Bounds, Caller, SHORTEST_SECRET};
use crate::error::{Error, Result};
use crate::forecast::subject::Subject;

/// One question takes at most this long; of an answer so many bytes are read.
const BOUNDS: Bounds = Bounds { timeout: Duration::from_secs(3), longest: 16 * 1_024 };

/// All questions of one test together take at most this long.
pub const PATIENCE: Duration = Duration::from_secs(15);

/// Questions that this process asks at once, whoever they are for.
const AT_ONCE: usize = 8;

/// After so many questions in a row without an answer no more are asked in that test.
const GIVEN_UP: usize = 8;

/// The settings as given.
#[derive(Debug, Clone, Default)]
pub struct Given {
    pub url: Option<String>,
    pub secret: Option<SecretString>,
    pub allows_private: bool,
}

/// Who prices usages. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Service {
    url: String,
    secret: SecretString,
    allows_private: bool,
    places: Arc<Places>,
}

impl Service {
    /// Checks the settings; none where no address is given.
    ///
    /// # Errors
    /// [`Error::Unavailable`] with one line that names the setting and what would be right.
    pub fn read(given: Given) -> Result<Option<Service>> {
        let refuse = |why: &str| Err(Error::Unavailable(why.to_owned()));
        let length = given.secret.as_ref().map(|secret| secret.expose_secret().chars().count());
        if length.is_some_and(|length| length < SHORTEST_SECRET) {
            return refuse("--price-secret: must have at least 16 characters");
        }
        let Some(url) = given.url else { return Ok(None) };
        if let Err(message) = outbound::check_url(&url, given.allows_private) {
            return refuse(match message.key {
                "error-webhook-private" => {
                    "--price-url: leads to a private address; --price-private true allows that"
                }
                "error-webhook-password" => "--price-url: must hold no user and no password",
                _ => {
                    "--price-url: must be http:// or https:// and a host, such as https://billing.example.com/price"
                }
            });
        }
        let Some(secret) = given.secret else {
            return refuse("--price-secret: must be set with --price-url: it signs what is sent");
        };
        Ok(Some(Service { url, secret, allows_private: given.allows_private, places: Arc::default() }))
    }

    /// Asks for the prices of these usages, and gives what came of each, in their order. It blocks, for as long as `patience`
    /// and one question more: never to be called with a transaction open.
    pub fn ask(&self, subjects: &[&Subject], patience: Duration) -> Vec<Told> {
        let asking = Asking {
            service: self,
            caller: Caller::new(&self.url, &self.secret, self.allows_private, BOUNDS),
            deadline: Instant::now() + patience,
            subjects,
            told: subjects.iter().map(|_| OnceLock::new()).collect(),
            next: AtomicUsize::new(0),
            silent: AtomicUsize::new(0),
        };
        std::thread::scope(|scope| {
            for _ in 1..AT_ONCE.min(subjects.len()) {
                scope.spawn(|| asking.go());
            }
            asking.go();
        });
        asking.end()
    }
}

/// The questions of one test, asked by several threads.
struct Asking<'a> {
    service: &'a Service,
    caller: Caller,
    deadline: Instant,
    subjects: &'a [&'a Subject],
    told: Vec<OnceLock<Told>>,
    next: AtomicUsize,
    /// Questions in a row without an answer.
    silent: AtomicUsize,
}

impl Asking<'_> {
    fn go(&self) {
        while !self.has_given_up() {
            let Some(_place) = self.service.places.take(self.deadline) else { return };
            let number = self.next.fetch_add(1, Ordering::Relaxed);
            let (Some(subject), Some(told)) = (self.subjects.get(number), self.told.get(number)) else {
                return;
            };
            let now = Clock::epoch_milliseconds() / 1_000;
            let answer = question::of(subject).and_then(|body| self.caller.post(now, &[], &body));
            let answer = answer.unwrap_or_else(|error| Answer::Error(error.to_string()));
            match answer {
                Answer::Came { .. } => self.silent.store(0, Ordering::Relaxed),
                _ => drop(self.silent.fetch_add(1, Ordering::Relaxed)),
            }
            // Each number is taken once.
            let _ = told.set(answer::read(&answer, BOUNDS.timeout.as_secs()));
        }
    }

    fn has_given_up(&self) -> bool {
        self.silent.load(Ordering::Relaxed) >= GIVEN_UP
    }

    fn end(self) -> Vec<Told> {
        let left = match self.has_given_up() {
            true => Told::Untold("test-price-given-up", None),
            false => Told::Untold("test-price-no-time", None),
        };
        self.told.into_iter().map(|told| told.into_inner().unwrap_or_else(|| left.clone())).collect()
    }
}

/// The places of the questions that are asked at once.
#[derive(Debug, Default)]
struct Places {
    taken: Mutex<usize>,
    freed: Condvar,
}

/// A place, until dropped.
struct Place<'a>(&'a Places);

impl Places {
    /// A place, as soon as there is one; none after that time.
    fn take(&self, deadline: Instant) -> Option<Place<'_>> {
        let mut taken = self.lock();
        loop {
            let left = deadline.checked_duration_since(Instant::now()).filter(|left| !left.is_zero())?;
            if *taken < AT_ONCE {
                *taken += 1;
                return Some(Place(self));
            }
            taken = self.freed.wait_timeout(taken, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn lock(&self) -> MutexGuard<'_, usize> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        *self.0.lock() -= 1;
        self.0.freed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_that_are_wrong_are_named() {
        let given = |url: &str, secret: Option<&str>, allows_private| Given {
            url: (!url.is_empty()).then(|| url.to_owned()),
            secret: secret.map(SecretString::from),
            allows_private,
        };
        let long = Some("a secret of sixteen");
        for (given, part) in [
            (given("", Some("short"), false), "--price-secret: must have at least 16"),
            (given("https://a.example/", None, false), "--price-secret: must be set"),
            (given("ftp://a.example/", long, false), "--price-url: must be http"),
            (given("https://me:x@a.example/", long, false), "no user"),
            (given("http://127.0.0.1:9/", long, false), "--price-private true"),
        ] {
            let why = Service::read(given).err().unwrap().to_string();
            assert!(why.contains(part), "{why}");
        }
        assert!(Service::read(given("", None, false)).unwrap().is_none());
        assert!(Service::read(given("http://127.0.0.1:9/", long, true)).unwrap().is_some());
    }
}
