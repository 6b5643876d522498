//! Asking the platform for prices: a few at once, each for a moment only, and all of a test together no longer than its reader
//! waits.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread::Builder;
use std::time::{Duration, Instant};

use secrecy::{ExposeSecret, SecretString};

use super::Told;
use super::breaker::{Breaker, May};
use super::places::{AT_ONCE, Places};
use super::{answer, question};
use crate::base::clock::Clock;
use crate::base::outbound::{self, Answer, Bounds, Caller, Cut, SHORTEST_SECRET};
use crate::error::{Error, Result};
use crate::forecast::subject::Subject;

/// One question takes at most this long; of an answer so many bytes are read.
const BOUNDS: Bounds = Bounds { timeout: Duration::from_secs(3), longest: 16 * 1_024 };

/// All questions of one test together take at most this long.
pub const PATIENCE: Duration = Duration::from_secs(15);

/// A test of one usage waits no longer than this until it is its turn.
const QUEUED: Duration = Duration::from_secs(3);

/// Tests that may wait for their prices at once: each holds a thread of those that read for everybody.
const TESTS: usize = 8;

/// The keys of the words for why nobody was asked.
pub const GIVEN_UP: &str = "test-price-given-up";
const NO_TIME: &str = "test-price-no-time";
const BUSY: &str = "test-price-busy";

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
    shared: Arc<Shared>,
}

/// What all tests of this process have in common.
#[derive(Debug, Default)]
struct Shared {
    places: Places,
    breaker: Breaker,
    /// Held once for each test that waits.
    tests: Arc<()>,
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
        Ok(Some(Service { url, secret, allows_private: given.allows_private, shared: Arc::default() }))
    }

    /// Asks for the prices of these usages, and gives what came of each, in their order. It blocks, for as long as `patience`
    /// and one question more: never to be called with a transaction open. Where too many tests wait already, or the platform was
    /// silent a moment ago, it asks nothing.
    pub fn ask(&self, subjects: &[&Subject], patience: Duration) -> Vec<Told> {
        let untold = |key| subjects.iter().map(|_| Told::Untold(key, None)).collect();
        let waiting = self.shared.tests.clone();
        if Arc::strong_count(&waiting) > TESTS + 1 {
            return untold(BUSY);
        }
        let may = self.shared.breaker.begin(Instant::now());
        if may == May::Not {
            return untold(GIVEN_UP);
        }
        let patience = if subjects.len() == 1 { patience.min(QUEUED) } else { patience };
        let asking = Asking {
            shared: &self.shared,
            caller: Caller::new(&self.url, &self.secret, self.allows_private, BOUNDS),
            deadline: Instant::now() + patience,
            subjects,
            told: subjects.iter().map(|_| OnceLock::new()).collect(),
            next: AtomicUsize::new(0),
        };
        if may == May::Try {
            asking.once(may);
        }
        asking.go_together();
        asking.end()
    }
}

/// The questions of one test, asked by several threads.
struct Asking<'a> {
    shared: &'a Shared,
    caller: Caller,
    deadline: Instant,
    subjects: &'a [&'a Subject],
    told: Vec<OnceLock<Told>>,
    next: AtomicUsize,
}

impl Asking<'_> {
    fn go_together(&self) {
        std::thread::scope(|scope| {
            for _ in 1..AT_ONCE.min(self.subjects.len()) {
                // Where the machine gives no thread more, fewer ask.
                if Builder::new().spawn_scoped(scope, || self.go()).is_err() {
                    break;
                }
            }
            self.go();
        });
    }

    fn go(&self) {
        while self.once(May::Ask) {}
    }

    /// Asks the next question; says whether there may be more.
    fn once(&self, may: May) -> bool {
        let is_over = || may == May::Ask && self.shared.breaker.is_silent();
        if is_over() {
            return false;
        }
        let Some(_place) = self.shared.places.take(self.deadline) else { return false };
        // While one waited, others may have had no answer.
        if is_over() {
            return false;
        }
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let (Some(subject), Some(told)) = (self.subjects.get(number), self.told.get(number)) else {
            return false;
        };
        let now = Clock::epoch_milliseconds() / 1_000;
        let answer = question::of(subject).and_then(|body| self.caller.post(now, &[], &body));
        let answer = answer.unwrap_or_else(|error| Answer::Error(error.to_string()));
        let has_answered = matches!(answer, Answer::Came { cut: None | Some(Cut::TooLong), .. });
        self.shared.breaker.note(has_answered, Instant::now());
        // Each number is taken once.
        let _ = told.set(answer::read(&answer, BOUNDS.timeout.as_secs()));
        true
    }

    fn end(self) -> Vec<Told> {
        let left = Told::Untold(if self.shared.breaker.is_silent() { GIVEN_UP } else { NO_TIME }, None);
        self.told.into_iter().map(|told| told.into_inner().unwrap_or_else(|| left.clone())).collect()
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

    fn asking(url: &str) -> Service {
        let secret = Some(SecretString::from("a secret of sixteen"));
        let given = Given { url: Some(url.to_owned()), secret, allows_private: true };
        Service::read(given).unwrap().unwrap()
    }

    fn keys(told: &[Told]) -> Vec<&'static str> {
        let key = |told: &Told| match told {
            Told::Untold(key, _) => *key,
            other => panic!("{other:?}"),
        };
        told.iter().map(key).collect()
    }

    #[test]
    fn one_test_tells_the_others_that_nobody_answers() {
        let service = asking("http://127.0.0.1:9/");
        let subject = Subject::default();
        for _ in 0..8 {
            assert_eq!(keys(&service.ask(&[&subject], PATIENCE)), ["test-price-away"]);
        }
        assert_eq!(keys(&service.clone().ask(&[&subject; 3], PATIENCE)), [GIVEN_UP; 3]);
    }

    #[test]
    fn more_tests_than_some_wait_for_nothing() {
        let service = asking("http://127.0.0.1:9/");
        let held: Vec<_> = (0..TESTS).map(|_| service.shared.tests.clone()).collect();
        assert_eq!(keys(&service.ask(&[&Subject::default()], PATIENCE)), [BUSY]);
        drop(held);
        assert_eq!(keys(&service.ask(&[&Subject::default()], PATIENCE)), ["test-price-away"]);
    }
}
