//! The frame around every page: who is signed in, language, zone, flash, and what it is served with.

use actix_web::http::{Method, StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Serialize;

use super::error::WebError;
use super::flash::{self, Flash};
use super::links;
use super::locale::Language;
use super::request;
use super::state::AppState;
use crate::accounts::role::Role;
use crate::error::{Error, Result};

/// What the layout shows besides the page itself.
#[derive(Debug, Serialize)]
pub struct Frame {
    pub language: &'static str,
    pub user: Option<FrameUser>,
    pub flash: Option<Flash>,
    /// The business zone, named once on each page.
    pub zone: String,
    /// The currency of all money, named once on each page where it is known.
    pub currency: Option<String>,
    pub version: &'static str,
    pub request_id: String,
    /// When this page was made, in the business zone.
    pub now: String,
    /// Path and query of this page, to come back to.
    pub here: String,
    /// Whether this page was told not to refresh by itself, and where the page is that does the other thing.
    pub is_still: bool,
    pub other_refresh: String,
}

/// Who is signed in, for the layout and for the buttons that a role may press.
#[derive(Debug, Serialize)]
pub struct FrameUser {
    pub name: String,
    pub role: &'static str,
    pub operates: bool,
    pub administers: bool,
    /// Where the navigation leads to the list: the person's default view, or the open records.
    pub list: String,
}

#[derive(Serialize)]
struct Framed<'a, T> {
    frame: Frame,
    #[serde(flatten)]
    page: &'a T,
}

pub(super) fn render(
    request: &HttpRequest,
    status: StatusCode,
    template: &str,
    page: &impl Serialize,
) -> std::result::Result<HttpResponse, WebError> {
    let body = render_text(request, template, page)?;
    Ok(HttpResponse::build(status).content_type("text/html; charset=utf-8").body(body))
}

pub(super) fn render_text(request: &HttpRequest, template: &str, page: &impl Serialize) -> Result<String> {
    let state = state_of(request)?;
    let language = request::language_of(request);
    let framed = Framed { frame: frame(request, state, language), page };
    state.templates.render(language, template, &framed)
}

pub(super) fn state_of(request: &HttpRequest) -> Result<&AppState> {
    request
        .app_data::<web::Data<AppState>>()
        .map(|data| data.get_ref())
        .ok_or_else(|| Error::internal("no state"))
}

/// Where a form in the layout sends the person back to: this page, unless it answers a form itself.
fn place_to_return(request: &HttpRequest) -> String {
    let is_page = matches!(*request.method(), Method::GET | Method::HEAD);
    let here = request.uri().path_and_query().filter(|_| is_page);
    here.map_or_else(|| "/".to_owned(), ToString::to_string)
}

fn frame(request: &HttpRequest, state: &AppState, language: Language) -> Frame {
    let user = request::visitor_of(request).map(|visitor| FrameUser {
        operates: visitor.role >= Role::Operator,
        administers: visitor.role >= Role::Admin,
        role: visitor.role.as_str(),
        list: list_of(visitor.default_view.as_deref()),
        name: visitor.name,
    });
    Frame {
        language: language.tag(),
        user,
        flash: flash::take(&request::session_of(request)),
        zone: state.clock.zone().name().to_owned(),
        currency: state.currency.clone(),
        version: env!("CARGO_PKG_VERSION"),
        request_id: request::id_of(request),
        now: state.clock.now().format("%Y-%m-%d %H:%M:%S").to_string(),
        here: place_to_return(request),
        is_still: is_still(request),
        other_refresh: other_refresh(request),
    }
}

/// What the query of a page says that is not to refresh by itself.
const STILL: (&str, &str) = ("refresh", "off");

fn is_still(request: &HttpRequest) -> bool {
    // A wrong query is refused by the page itself.
    request::query_fields(request).is_ok_and(|fields| fields.text(STILL.0) == Some(STILL.1))
}

/// This page, refreshing by itself where it does not now, and the other way round.
fn other_refresh(request: &HttpRequest) -> String {
    let fields = request::query_fields(request).unwrap_or_default();
    let pairs = fields.pairs().iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let mut pairs: Vec<(&str, &str)> = pairs.filter(|(name, _)| *name != STILL.0).collect();
    if !is_still(request) {
        pairs.push(STILL);
    }
    links::with_query(request.path(), &links::query(&pairs))
}

fn list_of(view: Option<&str>) -> String {
    let query = view.map(|id| links::query(&[("view", id)])).unwrap_or_default();
    links::with_query("/failed-accounting", &query)
}

/// Sends the browser on after a form, by GET.
pub fn see_other(location: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, location)).finish()
}
