//! The one place that knows all features: every route with the least role that may call it.
//!
//! A route exists only by being in [`routes`], so none can be without a guard.

use std::sync::Arc;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::middleware::from_fn;
use actix_web::{App, Route, guard, web};
use secrecy::ExposeSecret;

use crate::accounts::pages::{account, users};
use crate::accounts::role::Role::{Admin, Operator, Viewer};
use crate::accounts::tokens::{api as token_api, pages as tokens};
use crate::accounts::{login, store};
use crate::audit::pages as audit;
use crate::base::clock::Clock;
use crate::config::Config;
use crate::db::Database;
use crate::error::Result;
use crate::failed_accounting::pages as failed;
use crate::names::{NameCache, NameSources};
use crate::usages::pages as usages;
use crate::web::access::{self, Access, Permission};
use crate::web::download::Places;
use crate::web::error::{self as faults, Answer};
use crate::web::state::AppState;
use crate::web::templates::Templates;
use crate::web::{assets, log, ops, page, request, session};

/// Everything that the server, the tests and the benches start an app from.
#[derive(Debug, Clone)]
pub struct Application {
    state: AppState,
    secret: String,
    assets: std::path::PathBuf,
}

impl Application {
    /// Gathers what the app needs; the database must be migrated.
    pub fn new(config: &Config, database: Database, clock: Clock) -> Result<Application> {
        let assets = assets::find(config.assets.as_deref())?;
        let version = assets::version(&assets.join("static"));
        let secret = match &config.secret_key {
            Some(secret) => secret.expose_secret().to_owned(),
            None => database.transaction_here(store::secret_key)?,
        };
        let sources = NameSources {
            models: config.models_sql.clone(),
            users: config.users_sql.clone(),
            organisations: config.organisations_sql.clone(),
        };
        let state = AppState {
            downloads: Places::default(),
            names: NameCache::new(database.clone(), sources),
            templates: Arc::new(Templates::load(&assets.join("templates"), &version)?),
            origin: config.origin(),
            origin_is_set: config.public_url.is_some(),
            is_https: config.is_https(),
            proxies: config.proxies,
            permissions: routes().iter().map(Rule::permission).collect(),
            stuck_after: chrono::Duration::minutes(config.retry_stuck_minutes.into()),
            database,
            clock,
        };
        Ok(Application { state, secret, assets })
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
        let files = actix_files::Files::new("/static", self.assets.join("static"))
            .default_handler(unknown(web::route().to(faults::no_such_route)));
        App::new()
            .app_data(web::Data::new(self.state.clone()))
            .app_data(web::PayloadConfig::new(request::BODY_LIMIT))
            .service(files)
            .configure(configure)
            .default_service(unknown(web::route().to(faults::no_such_route)))
            .wrap(from_fn(faults::layer))
            .wrap(session::middleware(&self.secret, self.state.is_https))
            .wrap(from_fn(log::headers))
            .wrap(from_fn(log::requests))
            .wrap(actix_web::middleware::Compress::default())
    }
}

/// A route: method, path with `{id}` for variable parts, who may call it, and what answers.
pub struct Rule {
    pub method: Method,
    pub path: &'static str,
    pub access: Access,
    handler: fn(Route) -> Route,
}

impl Rule {
    fn permission(&self) -> Permission {
        Permission { method: self.method.clone(), path: self.path, access: self.access }
    }
}

impl std::fmt::Debug for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} {}", self.method, self.path, self.access.as_str())
    }
}

/// All routes, each with the least role. A path's fixed routes stand before its variable ones.
pub fn routes() -> Vec<Rule> {
    let get = |path, access, handler| Rule { method: Method::GET, path, access, handler };
    let post = |path, access, handler| Rule { method: Method::POST, path, access, handler };
    let public = Access::Public;
    let [viewer, operator, admin] = [Viewer, Operator, Admin].map(Access::Role);
    vec![
        get("/", viewer, |route| route.to(front)),
        get("/healthz", public, |route| route.to(ops::alive)),
        get("/readyz", public, |route| route.to(ops::ready)),
        get("/login", public, |route| route.to(login::show)),
        post("/login", public, |route| route.to(login::create)),
        post("/logout", public, |route| route.to(login::destroy)),
        get("/account", viewer, |route| route.to(account::show)),
        post("/account", viewer, |route| route.to(account::update)),
        post("/account/sessions", viewer, |route| route.to(account::end_sessions)),
        get("/users", admin, |route| route.to(users::index)),
        post("/users", admin, |route| route.to(users::create)),
        get("/users/new", admin, |route| route.to(users::new)),
        get("/users/{id}", admin, |route| route.to(users::show)),
        post("/users/{id}", admin, |route| route.to(users::update)),
        post("/users/{id}/password", admin, |route| route.to(users::reset_password)),
        post("/users/{id}/disable", admin, |route| route.to(users::disable)),
        post("/users/{id}/enable", admin, |route| route.to(users::enable)),
        post("/users/{id}/sessions", admin, |route| route.to(users::end_sessions)),
        get("/failed-accounting", viewer, |route| route.to(failed::index)),
        post("/failed-accounting", operator, |route| route.to(failed::create)),
        get("/failed-accounting.csv", viewer, |route| route.to(failed::download)),
        get("/failed-accounting/new", operator, |route| route.to(failed::new)),
        get("/failed-accounting/{id}", viewer, |route| route.to(failed::show)),
        post("/failed-accounting/{id}", operator, |route| route.to(failed::update)),
        get("/failed-accounting/{id}/edit", operator, |route| route.to(failed::edit)),
        post("/failed-accounting/{id}/handle", operator, |route| route.to(failed::handle)),
        post("/failed-accounting/{id}/retry", operator, |route| route.to(failed::retry)),
        post("/failed-accounting/{id}/withdraw", operator, |route| route.to(failed::withdraw)),
        post("/failed-accounting/{id}/reopen", operator, |route| route.to(failed::reopen)),
        post("/failed-accounting/{id}/reason", admin, |route| route.to(failed::show_secrets)),
        get("/failed-accounting/{id}/delete", admin, |route| route.to(failed::confirm_delete)),
        post("/failed-accounting/{id}/delete", admin, |route| route.to(failed::destroy)),
        get("/audit", admin, |route| route.to(audit::index)),
        get("/audit.csv", admin, |route| route.to(audit::download)),
        get("/usages", viewer, |route| route.to(usages::index)),
        post("/usages", admin, |route| route.to(usages::create)),
        get("/usages.csv", viewer, |route| route.to(usages::download)),
        get("/usages/new", admin, |route| route.to(usages::new)),
        get("/usages/{id}", viewer, |route| route.to(usages::show)),
        post("/usages/{id}", admin, |route| route.to(usages::update)),
        get("/usages/{id}/edit", admin, |route| route.to(usages::edit)),
        post("/usages/{id}/fail", operator, |route| route.to(usages::fail)),
        get("/usages/{id}/delete", admin, |route| route.to(usages::confirm_delete)),
        post("/usages/{id}/delete", admin, |route| route.to(usages::destroy)),
        get("/tokens", admin, |route| route.to(tokens::index)),
        post("/tokens", admin, |route| route.to(tokens::create)),
        post("/tokens/{id}/revoke", admin, |route| route.to(tokens::revoke)),
        get("/api/v1/token", Access::RoleOrReporter(Viewer), |route| route.to(token_api::show)),
    ]
}

fn configure(service: &mut web::ServiceConfig) {
    let rules = routes();
    let mut paths: Vec<&'static str> = Vec::new();
    for rule in &rules {
        if !paths.contains(&rule.path) {
            paths.push(rule.path);
        }
    }
    for path in paths {
        let mut resource =
            web::resource(path).default_service(unknown(web::route().to(faults::no_such_method)));
        for rule in rules.iter().filter(|rule| rule.path == path) {
            resource = resource.route(guarded(rule));
        }
        service.service(resource);
    }
}

/// A route without a rule, which answers with an error page.
fn unknown(route: Route) -> Route {
    route.wrap(from_fn(access::recognise))
}

fn guarded(rule: &Rule) -> Route {
    let access = rule.access;
    let route = if rule.method == Method::GET {
        // HEAD asks for the headers of what GET would give.
        web::route().guard(guard::Any(guard::Get()).or(guard::Head()))
    } else {
        web::method(rule.method.clone())
    };
    let route = (rule.handler)(route);
    route.wrap(from_fn(move |request: ServiceRequest, next: actix_web::middleware::Next<BoxBody>| {
        access::guard(access, request, next)
    }))
}

/// `GET /`: the list, until there is an overview.
async fn front() -> Answer {
    Ok(page::see_other("/failed-accounting"))
}
