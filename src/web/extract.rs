//! What handlers take of a request. A handler's signature names all of it, and what cannot be read is refused before
//! the handler runs.
//!
//! The route's guard runs before any of these: who may not call a route is refused before its form is read.

use std::net::IpAddr;
use std::sync::Arc;

use actix_session::Session;
use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use futures_util::FutureExt;
use futures_util::future::{LocalBoxFuture, Ready, ready};
use serde::Serialize;

use super::bearer::{self, Caller};
use super::error::{Answer, WebError};
use super::json::{self, Sent};
use super::locale::Language;
use super::session::Visitor;
use super::state::AppState;
use super::{flash, page, request, typed};
use crate::audit::event::Author;
use crate::base::form::{Fields, Message};
use crate::base::object::{Member, Object};
use crate::error::{Error, Result};
use crate::names::Names;

/// One request as its handler sees it: the app's state, who asks in which language, and how the answer is made.
#[derive(Debug)]
pub struct Visit {
    pub state: web::Data<AppState>,
    pub language: Language,
    pub(super) request: HttpRequest,
}

impl Visit {
    fn new(request: &HttpRequest) -> Result<Visit> {
        let state = request.app_data::<web::Data<AppState>>().ok_or_else(|| Error::internal("no state"))?;
        Ok(Visit { state: state.clone(), language: request::language_of(request), request: request.clone() })
    }

    /// Who is signed in; none on a public page or where a program asks.
    pub fn visitor(&self) -> Option<Visitor> {
        request::visitor_of(&self.request)
    }

    /// The name of who is signed in.
    pub fn person(&self) -> Result<String> {
        Ok(self.visitor().ok_or(Error::Unauthenticated)?.name)
    }

    /// The program that asks.
    pub fn caller(&self) -> Result<Caller> {
        bearer::caller_of(&self.request)
    }

    /// The author of what this request changes.
    pub fn author(&self) -> Result<Author> {
        request::author_of(&self.request, &self.state)
    }

    /// The session that the cookie carries.
    pub fn session(&self) -> Session {
        request::session_of(&self.request)
    }

    /// The id of this request, as in its log line.
    pub fn request_id(&self) -> String {
        request::id_of(&self.request)
    }

    /// The path that was asked for, without its query.
    pub fn path(&self) -> &str {
        self.request.path()
    }

    /// The fields of the query string, for pages that a form was posted to from within a filter.
    ///
    /// # Errors
    /// [`Error::Malformed`] when it is not UTF-8.
    pub fn query(&self) -> Result<Fields> {
        request::query_fields(&self.request)
    }

    /// A header of the request, where it is there and plain text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.request.headers().get(name).and_then(|value| value.to_str().ok())
    }

    /// Whether the request has a header of that name, whatever it holds.
    pub fn has_header(&self, name: &str) -> bool {
        self.request.headers().contains_key(name)
    }

    /// The address at the other end of the connection: a proxy's, where one stands in front.
    pub fn peer(&self) -> Option<IpAddr> {
        self.request.peer_addr().map(|peer| peer.ip())
    }

    /// The address that the visitor comes from; behind proxies of ours, what the first of them saw.
    pub fn address(&self) -> Option<IpAddr> {
        request::address_of(&self.request, &self.state)
    }

    /// The names of models, users and organisations as they are now.
    pub async fn names(&self) -> Arc<Names> {
        self.state.names.current().await
    }

    /// Answers with a page of status 200.
    pub fn ok(&self, template: &str, page: &impl Serialize) -> Answer {
        self.render(StatusCode::OK, template, page)
    }

    pub fn render(&self, status: StatusCode, template: &str, page: &impl Serialize) -> Answer {
        page::render(&self.request, status, template, page)
    }

    /// Leaves a message for the next page.
    pub fn tell(&self, message: Message) {
        flash::leave(&self.session(), self.language, &message);
    }
}

impl FromRequest for Visit {
    type Error = WebError;
    type Future = Ready<std::result::Result<Visit, WebError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Visit::new(request).map_err(WebError))
    }
}

/// The author of what the request changes: the person who is signed in, or the program that asks.
impl FromRequest for Author {
    type Error = WebError;
    type Future = Ready<std::result::Result<Author, WebError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Visit::new(request).and_then(|visit| visit.author()).map_err(WebError))
    }
}

/// The id in the path, decoded.
#[derive(Debug)]
pub struct Id(pub String);

impl FromRequest for Id {
    type Error = WebError;
    type Future = Ready<std::result::Result<Id, WebError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(request::id_in_path(request).map(Id).map_err(WebError))
    }
}

/// The fields of the query string of a page.
#[derive(Debug)]
pub struct Query(pub Fields);

impl FromRequest for Query {
    type Error = WebError;
    type Future = Ready<std::result::Result<Query, WebError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(request::query_fields(request).map(Query).map_err(WebError))
    }
}

/// The fields of a posted form.
#[derive(Debug)]
pub struct Form(pub Fields);

impl FromRequest for Form {
    type Error = actix_web::Error;
    type Future = LocalBoxFuture<'static, std::result::Result<Form, actix_web::Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, body) = (request.clone(), web::Bytes::from_request(request, payload));
        let read = move |body| {
            let fields = request::form_fields(&request, &body).map_err(WebError)?;
            typed::note(&request, &fields);
            Ok::<Form, WebError>(Form(fields))
        };
        async move { Ok(read(body.await?)?) }.boxed_local()
    }
}

/// A request of a program that has no query string; any that it has is refused.
#[derive(Debug)]
pub struct NoQuery;

impl FromRequest for NoQuery {
    type Error = WebError;
    type Future = Ready<std::result::Result<NoQuery, WebError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(json::no_query(request).map(|()| NoQuery).map_err(WebError))
    }
}

/// What a program sends: a body of JSON, or nothing.
#[derive(Debug)]
pub struct Body {
    request: HttpRequest,
    bytes: web::Bytes,
}

impl Body {
    /// The members of a JSON object, which must be there; a query string beside it is refused.
    ///
    /// # Errors
    /// [`Error::UnsupportedMediaType`], [`Error::Malformed`], or [`Error::Invalid`] where there is no body.
    pub fn object(&self, members: &[Member]) -> Result<Object> {
        json::no_query(&self.request)?;
        json::body(&self.request, &self.bytes, members)
    }

    /// As [`Body::object`], but no body is an object without members.
    pub fn optional_object(&self, members: &[Member]) -> Result<Object> {
        json::no_query(&self.request)?;
        self.beside_query(members)
    }

    /// As [`Body::optional_object`], for routes that read a query string, too.
    pub fn beside_query(&self, members: &[Member]) -> Result<Object> {
        json::optional_body(&self.request, &self.bytes, members)
    }
}

impl FromRequest for Body {
    type Error = actix_web::Error;
    type Future = LocalBoxFuture<'static, std::result::Result<Body, actix_web::Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, body) = (request.clone(), web::Bytes::from_request(request, payload));
        async move {
            let bytes = body.await?;
            // A key of idempotency covers what was sent.
            request.extensions_mut().insert(Sent(bytes.clone()));
            Ok(Body { request, bytes })
        }
        .boxed_local()
    }
}
