//! Who may call a route: judged before anything of the request is read.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::middleware::Next;
use actix_web::{HttpMessage, web};

use super::error::WebError;
use super::parameters::Takes;
use super::state::AppState;
use super::{bearer, body, links, origin, page, request, session, typed};
use crate::accounts::role::{Grant, Role};
use crate::error::{Error, Result};

/// The least that a visitor must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Nobody needs to be signed in.
    Public,
    /// As [`Access::Public`], and nobody is looked for: machines ask whether the app is alive while the database is away.
    Watching,
    /// Signed in, or a token, with at least that role.
    Role(Role),
    /// As [`Access::Role`], or a token that may only report.
    RoleOrReporter(Role),
}

/// A route and who may call it, as pages show it.
#[derive(Debug, Clone)]
pub struct Permission {
    pub method: Method,
    pub path: &'static str,
    pub access: Access,
}

impl Access {
    /// As `llmage-admin permissions` prints it.
    pub fn as_str(self) -> &'static str {
        match self {
            Access::Public | Access::Watching => "public",
            Access::Role(role) => role.as_str(),
            Access::RoleOrReporter(Role::Viewer) => "viewer|reporter",
            Access::RoleOrReporter(Role::Operator) => "operator|reporter",
            Access::RoleOrReporter(Role::Admin) => "admin|reporter",
        }
    }

    /// Whether that is enough.
    pub fn admits(self, grant: Grant) -> bool {
        match (self, grant) {
            (Access::Public | Access::Watching, _) | (Access::RoleOrReporter(_), Grant::Reporter) => true,
            (Access::Role(least) | Access::RoleOrReporter(least), Grant::Role(role)) => role >= least,
            (Access::Role(_), Grant::Reporter) => false,
        }
    }
}

/// Lets a request through to a route of that access, or answers in its place.
pub async fn guard(
    access: Access,
    takes: Takes,
    mut service_request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> std::result::Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let is_api = bearer::is_api(service_request.path());
    let admitted = if access == Access::Watching {
        Ok(())
    } else if is_api {
        admit_program(access, &service_request).await
    } else {
        admit_person(access, &service_request).await
    };
    // The role is judged before the form is read.
    let admitted = match admitted {
        Ok(()) if !is_reading(&service_request) => body::receive(&mut service_request).await,
        Ok(()) => takes.judge(service_request.request()),
        admitted => admitted,
    };
    match admitted {
        Ok(()) => Ok(next.call(service_request).await?.map_into_boxed_body()),
        Err(Error::Unauthenticated) if !is_api => to_login(service_request).await,
        Err(error) => {
            if !is_api && !is_reading(&service_request) && matches!(error, Error::Forbidden) {
                // The page that says no shows what was typed.
                typed::read(&mut service_request).await;
            }
            Ok(service_request.error_response(WebError(error)))
        }
    }
}

/// Sends a browser to the login, with the way back to what it wanted to see; a form gets the login as its answer, because
/// it would be lost on the way.
async fn to_login(
    service_request: ServiceRequest,
) -> std::result::Result<ServiceResponse<BoxBody>, actix_web::Error> {
    if !is_reading(&service_request) {
        let (request, response) = typed::sign_in_page(service_request).await.map_err(WebError)?;
        return Ok(ServiceResponse::new(request, response));
    }
    let here = service_request.uri().path_and_query().map(ToString::to_string).unwrap_or_default();
    let login = links::with_query("/login", &links::query(&[("next", here)]));
    Ok(service_request.into_response(page::see_other(&login)))
}

/// For paths without a rule: only finds out who asks, so that the error page shows the way back.
pub async fn recognise(
    service_request: ServiceRequest,
    next: Next<BoxBody>,
) -> std::result::Result<ServiceResponse<BoxBody>, actix_web::Error> {
    if let Ok(state) = state_of(&service_request) {
        let session = request::session_of(service_request.request());
        // With the database away there is nobody to show, and still a page.
        if let Ok(Some(visitor)) = session::visitor(&session, state).await {
            service_request.request().extensions_mut().insert(visitor);
        }
    }
    next.call(service_request).await
}

fn is_reading(service_request: &ServiceRequest) -> bool {
    matches!(*service_request.method(), Method::GET | Method::HEAD)
}

fn state_of(service_request: &ServiceRequest) -> Result<&AppState> {
    let state = service_request.app_data::<web::Data<AppState>>();
    state.map(|state| state.get_ref()).ok_or_else(|| Error::internal("no state"))
}

async fn admit_person(access: Access, service_request: &ServiceRequest) -> Result<()> {
    let state = state_of(service_request)?;
    if !is_reading(service_request) && !origin::is_own(service_request.headers(), state) {
        return Err(Error::CrossSite);
    }
    let session = request::session_of(service_request.request());
    let visitor = match session::visitor(&session, state).await {
        // With the database away, whoever asks whether the app is alive still gets an answer.
        Err(_) if access == Access::Public => None,
        visitor => visitor?,
    };
    let Some(visitor) = visitor else {
        return if access == Access::Public { Ok(()) } else { Err(Error::Unauthenticated) };
    };
    let may = access.admits(Grant::Role(visitor.role));
    // The page that says no still shows who is signed in.
    service_request.request().extensions_mut().insert(visitor);
    if may { Ok(()) } else { Err(Error::Forbidden) }
}

async fn admit_program(access: Access, service_request: &ServiceRequest) -> Result<()> {
    let state = state_of(service_request)?;
    let Some(caller) = bearer::caller(service_request.headers(), state).await? else {
        return if access == Access::Public { Ok(()) } else { Err(Error::Unauthenticated) };
    };
    let may = access.admits(caller.grant);
    service_request.request().extensions_mut().insert(caller);
    if may { Ok(()) } else { Err(Error::Forbidden) }
}
