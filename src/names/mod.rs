//! The names of models, users and organisations, which belong to the platform and may all be absent.
//!
//! A name is comfort: what cannot be read leaves the id alone and never breaks or delays a page. Only SQL of one's own
//! that is wrong stops the start.

pub mod chips;
pub mod columns;
pub mod search;
pub mod store;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::base::grouping::Dimension;
use crate::db::{Database, DbConnection};
use crate::error::{Error, Result};

/// The most names of one kind that are kept; more would fill memory for ids that nobody looks at.
pub const MOST: usize = 50_000;

/// How long names are shown before they are read again.
const FRESH: Duration = Duration::from_secs(60);

/// How long the very first page waits for names.
const FIRST_WAIT: Duration = Duration::from_secs(2);

/// Where names come from: queries whose first column is the id and whose second is the name.
/// None = the platform's own table where it exists: `llm`, `users`, `organization`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NameSources {
    pub models: Option<String>,
    pub users: Option<String>,
    pub organisations: Option<String>,
}

/// Names by id, at most [`MOST`] of each kind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    pub models: HashMap<String, String>,
    pub users: HashMap<String, String>,
    pub organisations: HashMap<String, String>,
}

impl Names {
    /// The name of a model, where it is known.
    pub fn model(&self, id: Option<&str>) -> Option<&str> {
        self.models.get(id?).map(String::as_str)
    }

    /// The name of a user, where it is known.
    pub fn user(&self, id: Option<&str>) -> Option<&str> {
        self.users.get(id?).map(String::as_str)
    }

    /// The name of an organisation, where it is known.
    pub fn organisation(&self, id: Option<&str>) -> Option<&str> {
        self.organisations.get(id?).map(String::as_str)
    }

    /// The name of what a group shares, where that is a model, a user or an organisation with a known name.
    pub fn of(&self, dimension: Dimension, id: &str) -> Option<&str> {
        match dimension {
            Dimension::Model => self.model(Some(id)),
            Dimension::User => self.user(Some(id)),
            Dimension::Organisation => self.organisation(Some(id)),
            _ => None,
        }
    }
}

/// The names as pages use them: read again at most once a minute, in the background. Cheap to clone.
#[derive(Clone)]
pub struct NameCache(Arc<Shared>);

struct Shared {
    database: Database,
    sources: NameSources,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    names: Arc<Names>,
    /// What could not be read last time, so that the log says it once and not every minute.
    problems: Vec<String>,
    asked_at: Option<Instant>,
    is_loading: bool,
}

impl std::fmt::Debug for NameCache {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NameCache").field("sources", &self.0.sources).finish_non_exhaustive()
    }
}

impl NameSources {
    /// Refuses SQL that does not give names; without any of one's own, names may be absent.
    ///
    /// # Errors
    /// [`Error::Unavailable`] with the setting.
    pub fn check(&self, connection: &mut DbConnection) -> Result<()> {
        for (setting, query) in [
            ("LLMAGE_MODELS_SQL", &self.models),
            ("LLMAGE_USERS_SQL", &self.users),
            ("LLMAGE_ORGANISATIONS_SQL", &self.organisations),
        ] {
            let Some(query) = query else { continue };
            if let Err(Error::Fault(why) | Error::Internal(why)) = store::check(connection, query) {
                let remedy = "it must be a SELECT of id and name that this user may run";
                return Err(Error::Unavailable(format!("{setting}: {why}; {remedy}")));
            }
        }
        Ok(())
    }
}

impl NameCache {
    /// Names from those sources; nothing is read yet.
    pub fn new(database: Database, sources: NameSources) -> NameCache {
        NameCache(Arc::new(Shared { database, sources, known: Mutex::default() }))
    }

    /// The names as they are known now. Only the very first call waits, and no longer than two seconds.
    pub async fn current(&self) -> Arc<Names> {
        let Some(is_first) = self.claim_refresh() else { return self.known().names.clone() };
        let cache = self.clone();
        let refresh = tokio::task::spawn_blocking(move || cache.refresh_here());
        if is_first {
            // Late or failed, the page comes with ids alone.
            let _ = tokio::time::timeout(FIRST_WAIT, refresh).await;
        }
        self.known().names.clone()
    }

    /// Reads the names now, on the present thread.
    pub fn refresh_here(&self) -> Arc<Names> {
        let (names, problems) = store::load(&self.0.database, &self.0.sources);
        let names = Arc::new(names);
        let mut known = self.known();
        log_new(&known.problems, &problems);
        *known = Known { names: names.clone(), problems, asked_at: Some(Instant::now()), is_loading: false };
        names
    }

    /// Whether the caller shall read the names, and whether nobody ever did.
    fn claim_refresh(&self) -> Option<bool> {
        let mut known = self.known();
        if known.is_loading || known.asked_at.is_some_and(|at| at.elapsed() < FRESH) {
            return None;
        }
        known.is_loading = true;
        Some(known.asked_at.replace(Instant::now()).is_none())
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Logs the problems that were not there before.
fn log_new(before: &[String], now: &[String]) {
    for problem in now.iter().filter(|problem| !before.contains(problem)) {
        tracing::warn!("{problem}; ids are shown alone");
    }
}
