//! What the platform's tables say of models and organisations: asked for many ids at once, each id once.
//!
//! A table that is not there, and a query that fails, are facts, too: then it cannot be told.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;

use super::Sources;
use super::subject::Subject;
use crate::base::secrets::told_line;
use crate::db::{self, DbConnection, Engine, dialect};
use crate::error::{Error, Result};

/// Ids in one question.
const IDS: usize = 500;

/// A kind of facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Models,
    Maps,
    Organisations,
    Accounts,
}

impl Kind {
    /// The setting that says where they are.
    pub fn setting(self) -> &'static str {
        match self {
            Kind::Models => "LLMAGE_TEST_MODELS_SQL",
            Kind::Maps => "LLMAGE_TEST_MAPS_SQL",
            Kind::Organisations => "LLMAGE_ORGANISATIONS_SQL",
            Kind::Accounts => "LLMAGE_TEST_ACCOUNTS_SQL",
        }
    }

    /// The platform's own table, if it may stand in the same database.
    fn table(self) -> Option<&'static str> {
        match self {
            Kind::Models => Some("llm"),
            Kind::Maps => Some("llm_api_map"),
            Kind::Organisations => Some("organization"),
            Kind::Accounts => None,
        }
    }

    /// What is asked of that table; in some no model ever expires.
    fn question(self, columns: &[dialect::Column]) -> &'static str {
        match self {
            Kind::Models if columns.iter().all(|column| column.name != "expired_date") => {
                "SELECT id, NULL FROM llm"
            }
            Kind::Models => "SELECT id, expired_date FROM llm",
            Kind::Maps => "SELECT llmid, ppid FROM llm_api_map WHERE isdefaultcatelog = '1'",
            Kind::Organisations | Kind::Accounts => "SELECT id, orgname FROM organization",
        }
    }
}

/// Why nothing is known of a kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unread {
    /// There is no such table here, and no query is set.
    NoTable,
    /// The query failed, with what the database said.
    Failed(String),
}

/// The facts of one kind: for each id that was asked for what its rows say.
#[derive(Debug, Clone)]
struct Facts {
    kind: Kind,
    own: Option<String>,
    asked: HashSet<String>,
    known: HashMap<String, Vec<Option<String>>>,
    unread: Option<Unread>,
}

impl Facts {
    fn new(kind: Kind, own: &Option<String>) -> Facts {
        let own = own.as_ref().map(|query| query.trim().trim_end_matches(';').to_owned());
        Facts { kind, own, asked: HashSet::new(), known: HashMap::new(), unread: None }
    }

    fn learn(&mut self, connection: &mut DbConnection, ids: &HashSet<&str>) -> Result<()> {
        let engine = connection.engine();
        let key = |id: &str| dialect::id_key(engine, id).into_owned();
        let mut new: Vec<String> =
            ids.iter().filter(|id| !self.asked.contains(&key(id))).map(|id| (*id).to_owned()).collect();
        new.sort();
        for some in new.chunks(IDS) {
            if self.unread.is_some() {
                return Ok(());
            }
            match self.ask(connection, some)? {
                Ok(rows) => {
                    self.asked.extend(some.iter().map(|id| key(id)));
                    for row in rows {
                        let Some(id) = row.id else { continue };
                        self.known.entry(key(&id)).or_default().push(row.name);
                    }
                }
                Err(unread) => self.unread = Some(unread),
            }
        }
        Ok(())
    }

    fn ask(
        &self,
        connection: &mut DbConnection,
        ids: &[String],
    ) -> Result<std::result::Result<Vec<dialect::IdAndName>, Unread>> {
        if let Some(own) = &self.own {
            return asked(connection, own, ids);
        }
        let Some(table) = self.kind.table() else { return Ok(Err(Unread::NoTable)) };
        let columns = dialect::columns(connection, table)?;
        match columns.is_empty() {
            true => Ok(Err(Unread::NoTable)),
            false => asked(connection, self.kind.question(&columns), ids),
        }
    }

    fn of(&self, engine: Engine, id: &str) -> std::result::Result<&[Option<String>], &Unread> {
        match &self.unread {
            Some(unread) => Err(unread),
            None => Ok(self.known.get(&*dialect::id_key(engine, id)).map_or(&[], Vec::as_slice)),
        }
    }
}

/// What a query says; a refusal of the database is an answer, a database that is away is none.
fn asked(
    connection: &mut DbConnection,
    query: &str,
    ids: &[String],
) -> Result<std::result::Result<Vec<dialect::IdAndName>, Unread>> {
    if !dialect::begins_reading(query) {
        return Ok(Err(Unread::Failed("it must be a SELECT".to_owned())));
    }
    match db::attempt(connection, |connection| dialect::facts_of(connection, query, ids)) {
        Ok(rows) => Ok(Ok(rows)),
        Err(error @ (Error::Transient(_) | Error::Unavailable(_) | Error::Unknown(_))) => Err(error),
        Err(Error::Fault(why) | Error::Internal(why)) => Ok(Err(Unread::Failed(told_line(&why)))),
        Err(error) => Ok(Err(Unread::Failed(error.to_string()))),
    }
}

/// The platform, as far as its tables tell of it; asked as tests go on.
#[derive(Debug, Clone)]
pub struct Platform {
    engine: Engine,
    /// What has expired before that day cannot be used any more.
    pub today: NaiveDate,
    /// Whether somebody can be asked for prices.
    pub is_priced: bool,
    models: Facts,
    maps: Facts,
    organisations: Facts,
    accounts: Facts,
}

impl Platform {
    /// A platform of which nothing is known yet.
    pub fn new(sources: &Sources, today: NaiveDate) -> Platform {
        Platform {
            engine: Engine::default(),
            today,
            is_priced: sources.prices.is_some(),
            models: Facts::new(Kind::Models, &sources.models),
            maps: Facts::new(Kind::Maps, &sources.maps),
            organisations: Facts::new(Kind::Organisations, &sources.organisations),
            accounts: Facts::new(Kind::Accounts, &sources.accounts),
        }
    }

    /// Asks what is not known yet of these usages: one question of each kind for hundreds of ids, inside the transaction
    /// that reads the usages.
    pub fn learn<'a>(
        &mut self,
        connection: &mut DbConnection,
        subjects: impl IntoIterator<Item = &'a Subject>,
    ) -> Result<()> {
        self.engine = connection.engine();
        let (mut models, mut organisations) = (HashSet::new(), HashSet::new());
        for subject in subjects {
            models.extend(subject.model.as_deref());
            organisations.extend(subject.organisation.as_deref());
        }
        self.models.learn(connection, &models)?;
        self.maps.learn(connection, &models)?;
        self.organisations.learn(connection, &organisations)?;
        self.accounts.learn(connection, &organisations)
    }

    /// What is known of that id: a fact for each of its rows.
    pub fn facts(&self, kind: Kind, id: &str) -> std::result::Result<&[Option<String>], &Unread> {
        let facts = match kind {
            Kind::Models => &self.models,
            Kind::Maps => &self.maps,
            Kind::Organisations => &self.organisations,
            Kind::Accounts => &self.accounts,
        };
        facts.of(self.engine, id)
    }
}
