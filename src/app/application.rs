//! What the server, the tests and the benches start an app from.

use std::sync::Arc;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::middleware::from_fn;
use actix_web::{App, web};
use secrecy::ExposeSecret;

use super::{Rule, configure, destinations, routes, unknown};
use crate::accounts::correctable::Correctable;
use crate::accounts::sign_in::SignInGate;
use crate::accounts::store;
use crate::accounts::tokens::cache::TokenCache;
use crate::alerts::destinations::Destinations;
use crate::base::clock::Clock;
use crate::config::Config;
use crate::db::{Database, DbConnection};
use crate::error::{Error, Result};
use crate::failed_accounting::recorder::Recorder;
use crate::forecast::Sources;
use crate::forecast::price::service::{self, Service};
use crate::ledger::Ledger;
use crate::metrics::figures::Watch;
use crate::names::{NameCache, NameSources};
use crate::server::jobs::Given;
use crate::web::assets::Assets;
use crate::web::download::Places;
use crate::web::error as faults;
use crate::web::seal::Seal;
use crate::web::state::AppState;
use crate::web::templates::Templates;
use crate::web::{log, request, session};

/// Everything that the server, the tests and the benches start an app from.
#[derive(Debug, Clone)]
pub struct Application {
    state: AppState,
    recorder: Recorder,
    watch: Watch,
    destinations: Destinations,
    secret: String,
    assets: Assets,
}

/// What an app needs beside its database, all of it checked: the settings, templates and static files.
#[derive(Debug)]
pub struct Prepared {
    destinations: Destinations,
    assets: Assets,
    templates: Arc<Templates>,
    sources: NameSources,
    correctable: Correctable,
    test_sources: Arc<Sources>,
    ledger: Ledger,
}

impl Prepared {
    /// Reads and checks it; nothing is written.
    ///
    /// # Errors
    /// [`crate::error::Error::Unavailable`] with one line that names the setting.
    pub fn new(config: &Config) -> Result<Prepared> {
        let destinations = destinations::destinations(config)?;
        let assets = Assets::of(config.assets.as_deref())?;
        let templates = Arc::new(Templates::load(&assets)?);
        let sources = NameSources {
            models: config.models_sql.clone(),
            users: config.users_sql.clone(),
            organisations: config.organisations_sql.clone(),
        };
        let correctable = config.correctable.parse();
        let correctable =
            correctable.map_err(|why| Error::Unavailable(format!("LLMAGE_CORRECTABLE: {why}")))?;
        let test_sources = Arc::new(test_sources(config)?);
        let ledger = Ledger::new(config.ledger_sql.as_deref());
        Ok(Prepared { destinations, assets, templates, sources, correctable, test_sources, ledger })
    }

    /// Refuses queries of the settings that do not give what they are asked for.
    fn check(&self, connection: &mut DbConnection) -> Result<()> {
        self.sources.check(connection)?;
        self.ledger.check(connection)
    }

    /// Where names come from.
    pub fn sources(&self) -> &NameSources {
        &self.sources
    }
}

/// What signs the cookies.
fn secret(config: &Config, database: &Database) -> Result<String> {
    match &config.secret_key {
        Some(secret) => Ok(secret.expose_secret().to_owned()),
        None => database.transaction_here(store::secret_key),
    }
}

/// Where a test of a retry looks at the platform, checked.
///
/// # Errors
/// [`crate::error::Error::Unavailable`] with one line that names the setting.
pub fn test_sources(config: &Config) -> Result<Sources> {
    let tests = config.tests.clone();
    let prices = service::Given {
        url: tests.price_url,
        secret: tests.price_secret,
        allows_private: tests.price_private,
    };
    Ok(Sources {
        models: tests.test_models_sql,
        maps: tests.test_maps_sql,
        organisations: config.organisations_sql.clone(),
        accounts: tests.test_accounts_sql,
        prices: Service::read(prices)?,
    })
}

impl Application {
    /// Gathers what the app needs; the database must be migrated.
    pub fn new(config: &Config, database: Database, clock: Clock) -> Result<Application> {
        Application::of(Prepared::new(config)?, config, database, clock)
    }

    /// As [`Application::new`], of what was checked before.
    pub fn of(prepared: Prepared, config: &Config, database: Database, clock: Clock) -> Result<Application> {
        database.run_here(|connection| prepared.check(connection))?;
        let Prepared { destinations, assets, templates, sources, correctable, test_sources, ledger } =
            prepared;
        let secret = secret(config, &database)?;
        let state = AppState {
            downloads: Places::default(),
            sign_in_gate: SignInGate::new(database.clone()),
            tokens: TokenCache::default(),
            readiness: Default::default(),
            meter: Default::default(),
            seal: Seal::new(&secret),
            metrics_token: config.metrics_token.clone().map(Arc::new),
            names: NameCache::new(database.clone(), sources),
            templates,
            origin: config.origin(),
            origin_is_set: config.public_url.is_some(),
            is_https: config.is_https(),
            proxies: config.proxies,
            permissions: routes().iter().map(Rule::permission).collect(),
            currency: config.currency.clone(),
            batch_confirm: config.batch_confirm_amount,
            correctable,
            test_sources,
            ledger,
            archive_at: config.archive_at.0,
            archive_keep_days: config.archive_keep_days,
            stuck_after: chrono::Duration::minutes(config.retry_stuck_minutes.into()),
            database,
            clock,
        };
        Ok(Application {
            recorder: Recorder::new(state.database.clone()),
            watch: Watch::default(),
            destinations,
            state,
            secret,
            assets,
        })
    }

    /// Where alerts go.
    pub fn destinations(&self) -> &Destinations {
        &self.destinations
    }

    /// What jobs need beside the settings.
    pub fn given(&self) -> Given {
        Given {
            destinations: self.destinations.clone(),
            sources: self.state.test_sources.clone(),
            ledger: self.state.ledger.clone(),
        }
    }

    /// The actix app, alike for the server and for tests.
    pub fn build(
        &self,
    ) -> App<
        impl ServiceFactory<
            ServiceRequest,
            Config = (),
            Response = ServiceResponse<impl MessageBody + use<>>,
            Error = actix_web::Error,
            InitError = (),
        > + use<>,
    > {
        App::new()
            .app_data(web::Data::new(self.state.clone()))
            .app_data(web::Data::new(self.recorder.clone()))
            .app_data(web::Data::new(self.watch.clone()))
            .app_data(web::Data::new(self.destinations.clone()))
            .app_data(web::PayloadConfig::new(request::BODY_LIMIT))
            .configure(|service| self.assets.serve(service))
            .configure(configure)
            .default_service(unknown(web::route().to(faults::no_such_route)))
            .wrap(from_fn(faults::layer))
            .wrap(session::middleware(&self.secret, self.state.is_https))
            .wrap(from_fn(log::headers))
            .wrap(from_fn(log::requests))
            .wrap(actix_web::middleware::Compress::default())
    }
}
