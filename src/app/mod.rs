//! The one place that knows all features: every route with the least role that may call it.
//!
//! A route exists only by being in [`routes`], so none can be without a guard.
//! Over 250 lines: one for each route, in one table.

mod application;
mod destinations;
mod openapi;
mod parameters;
mod selecting;

use actix_web::body::BoxBody;
use actix_web::dev::ServiceRequest;
use actix_web::http::Method;
use actix_web::middleware::from_fn;
use actix_web::{Route, guard, web};

pub use self::application::{Application, Prepared, test_sources};
use crate::accounts::login;
use crate::accounts::pages::{account, users};
use crate::accounts::role::Role::{Admin, Operator, Viewer};
use crate::accounts::tokens::{api as token_api, pages as tokens};
use crate::alerts::pages as alerts;
use crate::archive::{api as archive_api, pages as archive};
use crate::audit::{api as audit_api, pages as audit};
use crate::batches::{api as batches_api, pages as batches};
use crate::check::pages as check;
use crate::failed_accounting::failure::FailedRecord;
use crate::failed_accounting::{api as failed_api, pages as failed};
use crate::imports::pages as imports;
use crate::jobs::pages as jobs;
use crate::metrics::api as metrics;
use crate::overview::pages as overview;
use crate::search::pages as search;
use crate::usages::usage::Usage;
use crate::usages::{api as usages_api, pages as usages};
use crate::web::access::{self, Access, Permission};
use crate::web::body::Bounds;
use crate::web::error as faults;
use crate::web::parameters::Takes;
use crate::web::{help, ops};

/// A route: method, path with `{id}` for variable parts, who may call it, and what answers.
pub struct Rule {
    pub method: Method,
    pub path: &'static str,
    pub access: Access,
    handler: fn(Route) -> Route,
    /// How much it takes, and how slowly.
    bounds: Bounds,
    /// Whether nothing below this path is ever changed, and whoever tries is told why.
    is_read_only: bool,
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
    let rule = |method, path, access, handler| Rule {
        method,
        path,
        access,
        handler,
        bounds: Bounds::FORM,
        is_read_only: false,
    };
    let get = |path, access, handler| rule(Method::GET, path, access, handler);
    let post = |path, access, handler| rule(Method::POST, path, access, handler);
    let file = |rule: Rule| Rule { bounds: Bounds::FILE, ..rule };
    let read_only = |rule: Rule| Rule { is_read_only: true, ..rule };
    let (patch, delete) = (Method::PATCH, Method::DELETE);
    let public = Access::Public;
    let [reporter, reporting_admin] = [Operator, Admin].map(Access::RoleOrReporter);
    let [viewer, operator, admin] = [Viewer, Operator, Admin].map(Access::Role);
    vec![
        get("/", viewer, |route| route.to(overview::index)),
        get("/healthz", Access::Watching, |route| route.to(ops::alive)),
        get("/readyz", Access::Watching, |route| route.to(ops::ready)),
        get("/metrics", Access::Watching, |route| route.to(metrics::show)),
        get("/help", viewer, |route| route.to(help::show)),
        get("/login", public, |route| route.to(login::show)),
        Rule { bounds: Bounds::SIGN_IN, ..post("/login", public, |route| route.to(login::create)) },
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
        get("/decisions", viewer, |route| route.to(failed::decisions)),
        get("/failed-accounting/causes", viewer, |route| route.to(failed::causes::index)),
        get("/failed-accounting/causes/{id}", viewer, |route| route.to(failed::causes::show)),
        post("/failed-accounting/causes/{id}", operator, |route| route.to(failed::causes::update)),
        post("/failed-accounting/causes/{id}/test", viewer, |route| route.to(failed::causes::test)),
        get("/failed-accounting/new", operator, |route| route.to(failed::new)),
        get("/failed-accounting/import", admin, |route| route.to(imports::new::<FailedRecord>)),
        file(post("/failed-accounting/import", admin, |route| route.to(imports::create::<FailedRecord>))),
        get("/failed-accounting/{id}", viewer, |route| route.to(failed::show)),
        post("/failed-accounting/{id}", operator, |route| route.to(failed::update)),
        get("/failed-accounting/{id}/edit", operator, |route| route.to(failed::edit)),
        post("/failed-accounting/{id}/handle", operator, |route| route.to(failed::handle)),
        post("/failed-accounting/{id}/retry", operator, |route| route.to(failed::retry)),
        post("/failed-accounting/{id}/withdraw", operator, |route| route.to(failed::withdraw)),
        post("/failed-accounting/{id}/correct", operator, |route| route.to(failed::correct)),
        post("/failed-accounting/{id}/test", viewer, |route| route.to(failed::test)),
        post("/failed-accounting/{id}/settle", operator, |route| route.to(failed::settle)),
        post("/failed-accounting/{id}/close-charged", operator, |route| route.to(failed::close_charged)),
        post("/failed-accounting/{id}/reopen", operator, |route| route.to(failed::reopen)),
        post("/failed-accounting/{id}/reason", admin, |route| route.to(failed::show_secrets)),
        get("/failed-accounting/{id}/delete", admin, |route| route.to(failed::confirm_delete)),
        post("/failed-accounting/{id}/delete", admin, |route| route.to(failed::destroy)),
        get("/views", viewer, |route| route.to(failed::views)),
        post("/views", viewer, |route| route.to(failed::create_view)),
        get("/views/new", viewer, |route| route.to(failed::new_view)),
        post("/views/{id}", viewer, |route| route.to(failed::update_view)),
        get("/views/{id}/edit", viewer, |route| route.to(failed::edit_view)),
        post("/views/{id}/delete", viewer, |route| route.to(failed::destroy_view)),
        post("/views/{id}/default", viewer, |route| route.to(failed::choose_view)),
        get("/batches", viewer, |route| route.to(batches::index)),
        post("/batches", operator, |route| route.to(selecting::create)),
        get("/batches/{id}.csv", viewer, |route| route.to(batches::download)),
        get("/batches/{id}", viewer, |route| route.to(batches::show)),
        post("/batches/{id}/run", operator, |route| route.to(batches::run)),
        post("/batches/{id}/correction", operator, |route| route.to(batches::correct)),
        post("/batches/{id}/abort", operator, |route| route.to(batches::abort)),
        post("/batches/{id}/undo", operator, |route| route.to(batches::undo)),
        post("/batches/{id}/rest", operator, |route| route.to(batches::rest)),
        post("/batches/{id}/test", operator, |route| route.to(batches::test)),
        get("/search", viewer, |route| route.to(search::index)),
        get("/audit", admin, |route| route.to(audit::index)),
        get("/audit.csv", admin, |route| route.to(audit::download)),
        get("/usages", viewer, |route| route.to(usages::index)),
        post("/usages", admin, |route| route.to(usages::create)),
        get("/usages.csv", viewer, |route| route.to(usages::download)),
        get("/usages/new", admin, |route| route.to(usages::new)),
        get("/usages/import", admin, |route| route.to(imports::new::<Usage>)),
        file(post("/usages/import", admin, |route| route.to(imports::create::<Usage>))),
        get("/usages/find", viewer, |route| route.to(usages::find)),
        get("/usages/{id}", viewer, |route| route.to(usages::show)),
        post("/usages/{id}", admin, |route| route.to(usages::update)),
        get("/usages/{id}/edit", admin, |route| route.to(usages::edit)),
        post("/usages/{id}/fail", operator, |route| route.to(usages::fail)),
        get("/usages/{id}/delete", admin, |route| route.to(usages::confirm_delete)),
        post("/usages/{id}/delete", admin, |route| route.to(usages::destroy)),
        read_only(get("/history", viewer, |route| route.to(usages::index))),
        get("/history.csv", viewer, |route| route.to(usages::download)),
        get("/history/restore", admin, |route| route.to(archive::confirm_restore)),
        post("/history/restore", admin, |route| route.to(archive::restore)),
        read_only(get("/history/{id}", viewer, |route| route.to(usages::show))),
        get("/archive", viewer, |route| route.to(archive::index)),
        post("/archive", admin, |route| route.to(archive::create)),
        post("/archive/{id}/stop", admin, |route| route.to(archive::stop)),
        get("/check", viewer, |route| route.to(check::index)),
        post("/check", admin, |route| route.to(check::create)),
        get("/check/{id}", viewer, |route| route.to(check::show)),
        get("/alerts", admin, |route| route.to(alerts::index)),
        post("/alerts", admin, |route| route.to(alerts::create)),
        get("/alerts/new", admin, |route| route.to(alerts::new)),
        get("/alerts/{id}/edit", admin, |route| route.to(alerts::edit)),
        post("/alerts/{id}", admin, |route| route.to(alerts::update)),
        post("/alerts/{id}/enable", admin, |route| route.to(alerts::enable)),
        post("/alerts/{id}/disable", admin, |route| route.to(alerts::disable)),
        post("/alerts/{id}/test", admin, |route| route.to(alerts::test)),
        get("/alerts/{id}/delete", admin, |route| route.to(alerts::confirm_delete)),
        post("/alerts/{id}/delete", admin, |route| route.to(alerts::destroy)),
        get("/jobs", admin, |route| route.to(jobs::index)),
        get("/tokens", admin, |route| route.to(tokens::index)),
        post("/tokens", admin, |route| route.to(tokens::create)),
        post("/tokens/{id}/revoke", admin, |route| route.to(tokens::revoke)),
        get("/api/v1/openapi.json", public, |route| route.to(openapi::show)),
        get("/api/v1/audit", admin, |route| route.to(audit_api::index)),
        get("/api/v1/batches", viewer, |route| route.to(batches_api::index::index)),
        post("/api/v1/batches", operator, |route| route.to(batches_api::create::create)),
        get("/api/v1/batches/{id}", viewer, |route| route.to(batches_api::index::show)),
        get("/api/v1/batches/{id}/outcome", viewer, |route| route.to(batches_api::outcome::show)),
        post("/api/v1/batches/{id}/correction", operator, |route| route.to(batches_api::create::correct)),
        post("/api/v1/batches/{id}/run", operator, |route| route.to(batches_api::changes::run)),
        post("/api/v1/batches/{id}/abort", operator, |route| route.to(batches_api::changes::abort)),
        post("/api/v1/batches/{id}/undo", operator, |route| route.to(batches_api::changes::undo)),
        post("/api/v1/batches/{id}/rest", operator, |route| route.to(batches_api::changes::rest)),
        post("/api/v1/batches/{id}/test", operator, |route| route.to(batches_api::changes::test)),
        get("/api/v1/causes/{id}", viewer, |route| route.to(failed_api::cause::show)),
        post("/api/v1/causes/{id}/test", viewer, |route| route.to(failed_api::testing::test_cause)),
        rule(patch.clone(), "/api/v1/causes/{id}", operator, |route| route.to(failed_api::cause::update)),
        get("/api/v1/causes", viewer, |route| route.to(failed_api::causes::index)),
        get("/api/v1/failed-accounting", viewer, |route| route.to(failed_api::index::index)),
        post("/api/v1/failed-accounting", reporter, |route| route.to(failed_api::changes::create)),
        get("/api/v1/failed-accounting/{id}", viewer, |route| route.to(failed_api::show::show)),
        rule(patch.clone(), "/api/v1/failed-accounting/{id}", operator, |route| {
            route.to(failed_api::changes::update)
        }),
        rule(delete.clone(), "/api/v1/failed-accounting/{id}", admin, |route| {
            route.to(failed_api::changes::destroy)
        }),
        post("/api/v1/failed-accounting/{id}/close-charged", operator, |route| {
            route.to(failed_api::retrying::close_charged)
        }),
        post("/api/v1/failed-accounting/{id}/correct", operator, |route| {
            route.to(failed_api::correcting::correct)
        }),
        post("/api/v1/failed-accounting/{id}/handle", operator, |route| {
            route.to(failed_api::changes::handle)
        }),
        post("/api/v1/failed-accounting/{id}/reopen", operator, |route| {
            route.to(failed_api::changes::reopen)
        }),
        post("/api/v1/failed-accounting/{id}/retry", operator, |route| route.to(failed_api::retrying::retry)),
        post("/api/v1/failed-accounting/{id}/settle", operator, |route| {
            route.to(failed_api::changes::settle)
        }),
        post("/api/v1/failed-accounting/{id}/test", viewer, |route| route.to(failed_api::testing::test)),
        post("/api/v1/failed-accounting/{id}/withdraw", operator, |route| {
            route.to(failed_api::retrying::withdraw)
        }),
        get("/api/v1/summary", viewer, |route| route.to(failed_api::summary::show)),
        get("/api/v1/usages", viewer, |route| route.to(usages_api::index::index)),
        post("/api/v1/usages", reporting_admin, |route| route.to(usages_api::changes::create)),
        get("/api/v1/usages/{id}", viewer, |route| route.to(usages_api::changes::show)),
        rule(patch, "/api/v1/usages/{id}", admin, |route| route.to(usages_api::changes::update)),
        rule(delete, "/api/v1/usages/{id}", admin, |route| route.to(usages_api::changes::destroy)),
        post("/api/v1/usages/{id}/fail", reporter, |route| route.to(failed_api::failing::create)),
        get("/api/v1/history", viewer, |route| route.to(usages_api::index::history)),
        post("/api/v1/archive", admin, |route| route.to(archive_api::create)),
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
        let of_path = rules.iter().filter(|rule| rule.path == path);
        let refused = match of_path.clone().any(|rule| rule.is_read_only) {
            true => web::route().to(usages::read_only),
            false => web::route().to(faults::no_such_method),
        };
        let mut resource = web::resource(path).default_service(unknown(refused));
        if let Some(wide) = of_path.map(|rule| rule.bounds).find(|bounds| *bounds != Bounds::FORM) {
            resource = resource.app_data(wide).app_data(web::PayloadConfig::new(wide.bytes));
        }
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
    let takes = if rule.method == Method::GET { parameters::of(rule.path) } else { Takes::Judging };
    let route = if rule.method == Method::GET {
        // HEAD asks for the headers of what GET would give.
        web::route().guard(guard::Any(guard::Get()).or(guard::Head()))
    } else {
        web::method(rule.method.clone())
    };
    let route = (rule.handler)(route);
    route.wrap(from_fn(move |request: ServiceRequest, next: actix_web::middleware::Next<BoxBody>| {
        access::guard(access, takes, request, next)
    }))
}
