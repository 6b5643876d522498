//! Whether the server is known to be away: then nobody waits for it, and a thread asks until it is back.
//!
//! Known is only what was asked: a connection that fails, or an answer that is long in coming, only has somebody ask.
//! A server that is slow is not away: silence counts only where nobody else was answered meanwhile. An SQLite file is
//! never away.

use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::thread::{sleep, spawn};
use std::time::{Duration, Instant};

use diesel::r2d2::ManageConnection;

use super::opening::Manager;
use super::{Engine, dialect};
use crate::error::{Error, Result};

/// A server that has answered nobody for so long is away. It is less than a page waits for the database from when it is
/// suspected, so that the next one need not wait.
const SILENCE: Duration = Duration::from_secs(8);

/// From one question to the next.
const EVERY: Duration = Duration::from_millis(500);

/// After so many silences one asks anew: whoever was silent may have forgotten the question.
const SILENCES: u32 = 3;

/// What is known of a server.
#[derive(Debug)]
pub(super) struct Outage {
    manager: Manager,
    state: Mutex<State>,
    /// How long nobody may be answered.
    silence: Duration,
}

#[derive(Debug, Default)]
struct State {
    /// Why it is away.
    away: Option<String>,
    is_asked: bool,
    /// When somebody was answered last.
    heard: Option<Instant>,
}

impl Outage {
    pub(super) fn of(manager: &Manager) -> Arc<Outage> {
        Arc::new(Outage { manager: manager.clone(), state: Mutex::default(), silence: SILENCE })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// # Errors
    /// [`Error::Unavailable`] while the server is known to be away.
    pub(super) fn check(&self) -> Result<()> {
        self.state().away.clone().map_or(Ok(()), |why| Err(Error::Unavailable(why)))
    }

    /// To be told when the server answered somebody.
    pub(super) fn heard(&self) {
        if self.manager.engine != Engine::Sqlite {
            self.state().heard = Some(Instant::now());
        }
    }

    /// Whether somebody was answered of late: then the server is slow, and not away.
    fn is_heard(&self) -> bool {
        self.state().heard.is_some_and(|heard| heard.elapsed() < self.silence)
    }

    /// Has somebody ask, unless somebody does already.
    pub(super) fn suspect(self: &Arc<Self>) {
        if self.manager.engine == Engine::Sqlite || std::mem::replace(&mut self.state().is_asked, true) {
            return;
        }
        let asked = Arc::downgrade(self);
        spawn(move || ask(&asked));
    }
}

/// Asks until the server is there, or nobody wants to know any more.
fn ask(asked: &Weak<Outage>) {
    let (mut pending, mut silences) = (None, 0);
    loop {
        let Some(outage) = asked.upgrade() else { return };
        let answers = pending.take().unwrap_or_else(|| knock(&outage.manager));
        let why = match answers.recv_timeout(outage.silence) {
            Ok(Ok(())) => None,
            Ok(Err(why)) => dialect::is_away(&why).then_some(why),
            Err(RecvTimeoutError::Disconnected) => Some("no answer".to_owned()),
            Err(RecvTimeoutError::Timeout) if outage.is_heard() => None,
            Err(RecvTimeoutError::Timeout) => {
                silences += 1;
                if silences % SILENCES != 0 {
                    pending = Some(answers);
                }
                Some(format!("no answer within {} s", outage.silence.as_secs()))
            }
        };
        let mut state = outage.state();
        if state.away.is_some() != why.is_some() {
            match &why {
                Some(why) => tracing::warn!(why, "the database is away"),
                None => tracing::info!("the database is back"),
            }
        }
        let is_away = why.is_some();
        (state.away, state.is_asked) = (why, is_away);
        drop(state);
        drop(outage);
        if !is_away {
            return;
        }
        sleep(EVERY);
    }
}

/// Tries to get in, on a thread of its own: it may hang there.
fn knock(manager: &Manager) -> Receiver<std::result::Result<(), String>> {
    let (answer, answers) = channel();
    let manager = manager.clone();
    // Nobody listens any more where it took too long.
    spawn(move || answer.send(manager.connect().map(drop).map_err(|error| error.to_string())));
    answers
}

/// Keeps the pool's background errors in the log, where an operator looks, and has somebody look whether the server is
/// away.
#[derive(Debug)]
pub(super) struct Failures(pub(super) Arc<Outage>);

impl diesel::r2d2::HandleError<diesel::r2d2::Error> for Failures {
    fn handle_error(&self, error: diesel::r2d2::Error) {
        // Said once already while it is away.
        if self.0.check().is_ok() {
            tracing::warn!(%error, "cannot open a database connection");
        }
        self.0.suspect();
    }
}

#[cfg(all(test, feature = "mysql"))]
mod tests {
    use std::net::TcpListener;

    use super::*;
    use crate::base::durability::Durability;

    /// What is known of a server that lets everybody in and says nothing, after one has asked it.
    fn asked(heard: impl Fn(&Outage)) -> Result<()> {
        let mute = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("mysql://root@127.0.0.1:{}/desk", mute.local_addr().expect("an address").port());
        let manager = Manager {
            engine: Engine::Mysql,
            cache: 0,
            url,
            zone: chrono_tz::Tz::UTC,
            durability: Durability::Full,
        };
        let silence = Duration::from_millis(400);
        let outage = Arc::new(Outage { manager, state: Mutex::default(), silence });
        outage.suspect();
        for _ in 0..10 {
            sleep(silence / 5);
            heard(&outage);
        }
        outage.check()
    }

    #[test]
    fn a_server_that_answers_nobody_is_away() {
        assert!(matches!(asked(|_| ()), Err(Error::Unavailable(_))));
    }

    #[test]
    fn a_server_that_answers_others_is_slow_and_not_away() {
        assert!(asked(Outage::heard).is_ok());
    }
}
