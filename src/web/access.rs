//! Who may call a route: judged before anything of the request is read.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::middleware::Next;
use actix_web::{HttpMessage, web};

use super::error::WebError;
use super::session::{self, Visitor};
use super::state::AppState;
use super::{links, origin, page, request};
use crate::accounts::role::Role;
use crate::error::{Error, Result};

/// The least that a visitor must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Nobody needs to be signed in.
    Public,
    /// Signed in with at least that role.
    Role(Role),
}

impl Access {
    /// As `llmage-admin permissions` prints it.
    pub fn as_str(self) -> &'static str {
        match self {
            Access::Public => "public",
            Access::Role(role) => role.as_str(),
        }
    }
}

/// Lets a request through to a route of that access, or answers in its place.
pub async fn guard(
    access: Access,
    service_request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> std::result::Result<ServiceResponse<BoxBody>, actix_web::Error> {
    match admit(access, &service_request).await {
        Ok(visitor) => {
            if let Some(visitor) = visitor {
                service_request.extensions_mut().insert(visitor);
            }
            Ok(next.call(service_request).await?.map_into_boxed_body())
        }
        Err(Error::Unauthenticated) if is_reading(&service_request) => {
            let here = service_request.uri().path_and_query().map(ToString::to_string).unwrap_or_default();
            let login = links::with_query("/login", &links::query(&[("next", here)]));
            Ok(service_request.into_response(page::see_other(&login)))
        }
        Err(Error::Unauthenticated) => Ok(service_request.into_response(page::see_other("/login"))),
        Err(error) => Ok(service_request.error_response(WebError(error))),
    }
}

/// For paths without a rule: only finds out who asks, so that the error page shows the way back.
pub async fn recognise(
    service_request: ServiceRequest,
    next: Next<BoxBody>,
) -> std::result::Result<ServiceResponse<BoxBody>, actix_web::Error> {
    if let Some(state) = service_request.app_data::<web::Data<AppState>>() {
        let session = request::session_of(service_request.request());
        // With the database away there is nobody to show, and still a page.
        if let Ok(Some(visitor)) = session::visitor(&session, state).await {
            service_request.extensions_mut().insert(visitor);
        }
    }
    next.call(service_request).await
}

fn is_reading(service_request: &ServiceRequest) -> bool {
    matches!(*service_request.method(), Method::GET | Method::HEAD)
}

async fn admit(access: Access, service_request: &ServiceRequest) -> Result<Option<Visitor>> {
    let state =
        service_request.app_data::<web::Data<AppState>>().ok_or_else(|| Error::internal("no state"))?;
    if !is_reading(service_request) && !origin::is_own(service_request.headers(), state) {
        return Err(Error::CrossSite);
    }
    let session = request::session_of(service_request.request());
    let visitor = session::visitor(&session, state).await?;
    match (access, &visitor) {
        (Access::Public, _) => Ok(visitor),
        (Access::Role(_), None) => Err(Error::Unauthenticated),
        (Access::Role(least), Some(found)) if found.role < least => {
            // The page that says no still shows who is signed in.
            service_request.extensions_mut().insert(found.clone());
            Err(Error::Forbidden)
        }
        (Access::Role(_), Some(_)) => Ok(visitor),
    }
}
