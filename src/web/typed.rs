//! What a person typed into a form that cannot be carried out: shown again, on the page that says why; and kept over a
//! session that ended, sealed, until the same person has signed in again.

use actix_web::HttpMessage;
use actix_web::dev::ServiceRequest;
use actix_web::http::{StatusCode, header};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};
use chrono::TimeDelta;
use serde::Serialize;
use serde_json::Value;

use super::changes::value_in_words;
use super::error::Answer;
use super::extract::Visit;
use super::locale::{self, Language};
use super::seal::Kept;
use super::{body, links, page, request, session};
use crate::base::form::Fields;
use crate::error::Result;

/// How long a sealed form can be opened.
const KEPT_MINUTES: i64 = 30;

/// The name of the field that carries a sealed form.
pub const FIELD: &str = "typed";

/// Where texts of the catalogue name a field: one form's word for it, else another's.
const LABELS: [&str; 6] =
    ["field-", "batch-field-", "alert-field-", "token-field-", "user-field-", "view-field-"];

/// What forms carry beside what people type: where they came from, what was seen, which rows.
const CARRIED: [&str; 15] = [
    "next", "then", "seen", "saw", "version", "revision", "kept", "scope", "action", "id", "on", "sort",
    "after", "before", FIELD,
];

/// What people choose from a list: told in words, and sent on as it is.
const CHOSEN: [&str; 6] = ["resolution", "handled", "role", "language", "standing", COUNTS];

/// The name of the field that says where the counts of a correction come from.
const COUNTS: &str = "usages_from";

/// A field as it was typed, to be copied from or sent again.
#[derive(Debug, Serialize)]
pub struct TypedView {
    pub name: String,
    pub label: String,
    pub value: String,
}

/// The fields of the form that this request brought.
#[derive(Debug, Clone)]
struct Brought(Fields);

/// Notes the form of a request, so that whatever is said of it can show what was typed.
pub(super) fn note(request: &HttpRequest, fields: &Fields) {
    request.extensions_mut().insert(Brought(fields.clone()));
}

/// What was typed into the form of this request, in words.
pub(super) fn brought(request: &HttpRequest, language: Language) -> Vec<TypedView> {
    let fields = request.extensions().get::<Brought>().map(|brought| brought.0.clone());
    fields.map(|fields| in_words(&fields, |_| true, language)).unwrap_or_default()
}

/// What was typed into these fields of a form, in words where it was chosen.
pub fn in_words(fields: &Fields, is_kept: impl Fn(&str) -> bool, language: Language) -> Vec<TypedView> {
    let visible =
        |(name, value): &&(String, String)| is_typed(name) && is_kept(name) && !value.trim().is_empty();
    let shown = fields.pairs().iter().filter(visible);
    shown.map(|(name, value)| view(name, &chosen_in_words(language, name, value), language)).collect()
}

/// Reads the form of a request that is refused before its handler could.
pub(super) async fn read(service_request: &mut ServiceRequest) -> Option<Fields> {
    if service_request.content_type() != request::FORM_TYPE {
        // A file, or what is no form, is not typed, and not kept in memory to no purpose.
        body::drop_all(service_request).await;
        return None;
    }
    body::receive(service_request).await.ok()?;
    let bytes = service_request.extract::<Bytes>().await.ok()?;
    let fields = request::form_fields(service_request.request(), &bytes).ok()?;
    note(service_request.request(), &fields);
    Some(fields)
}

fn is_secret(name: &str) -> bool {
    name.contains("password") || name.contains("secret")
}

fn is_typed(name: &str) -> bool {
    !CARRIED.contains(&name) && !is_secret(name)
}

fn chosen_in_words(language: Language, name: &str, value: &str) -> String {
    if name == COUNTS {
        return locale::text(language, "correct-from-output");
    }
    if CHOSEN.contains(&name) {
        return value_in_words(language, name, &Value::String(value.to_owned()));
    }
    value.to_owned()
}

fn view(name: &str, value: &str, language: Language) -> TypedView {
    let key = |prefix: &&str| format!("{prefix}{}", name.replace('_', "-"));
    let label = LABELS.iter().find_map(|prefix| locale::lookup(language, &key(prefix), &Default::default()));
    TypedView {
        name: name.to_owned(),
        label: label.unwrap_or_else(|| name.to_owned()),
        value: value.to_owned(),
    }
}

/// The page on which people sign in.
#[derive(Debug, Default, Serialize)]
pub struct SignInPage {
    pub username: String,
    pub next: String,
    pub wrong: bool,
    /// Seconds until the next try, where there were too many.
    pub wait: Option<u64>,
    /// Whether a form came without a session.
    pub has_ended: bool,
    /// What was typed, sealed.
    pub typed: Option<String>,
}

/// Answers a form that came without a session by the page to sign in, with what was typed sealed in it.
pub(super) async fn sign_in_page(mut service_request: ServiceRequest) -> Result<(HttpRequest, HttpResponse)> {
    let user = session::last_user(&request::session_of(service_request.request()));
    let fields = match user {
        Some(_) => read(&mut service_request).await,
        // For whom nobody knows; so it cannot be kept.
        None => None,
    };
    let request = service_request.into_parts().0;
    let state = page::state_of(&request)?;
    let until = state.clock.now() + TimeDelta::minutes(KEPT_MINUTES);
    let sealed = match (user, fields) {
        (Some(user), Some(fields)) if is_worth_keeping(&fields) => {
            let path = request.uri().path_and_query().map_or("/", |path| path.as_str()).to_owned();
            let fields = fields.pairs().iter().filter(|(name, _)| !is_secret(name)).cloned().collect();
            Some(state.seal.close(&Kept { user, until, path, fields })?)
        }
        _ => None,
    };
    let page =
        SignInPage { next: page_before(&request), has_ended: true, typed: sealed, ..SignInPage::default() };
    let response = page::render(&request, StatusCode::UNAUTHORIZED, "accounts/login.html", &page);
    Ok((request, response.map_err(|error| error.0)?))
}

/// Whether a form holds anything that somebody would have to type or tick again.
fn is_worth_keeping(fields: &Fields) -> bool {
    fields.pairs().iter().any(|(name, value)| !value.trim().is_empty() && (name == "id" || is_typed(name)))
}

/// The page that the form was on.
fn page_before(request: &HttpRequest) -> String {
    let referer = request.headers().get(header::REFERER).and_then(|value| value.to_str().ok());
    let place = referer.and_then(|address| address.split_once("://")?.1.split_once('/'));
    place.map_or_else(|| "/".to_owned(), |(_, path)| links::own_path(&format!("/{path}")).to_owned())
}

#[derive(Serialize)]
struct KeptPage {
    /// Where it is sent, and the page that it was on.
    action: String,
    back: String,
    typed: Vec<TypedView>,
    chosen: Vec<TypedView>,
    carried: Vec<(String, String)>,
    ticked: usize,
}

/// Shows a form as it was typed before the session ended; it is sent when the person sends it.
pub async fn show(visit: &Visit, kept: Kept, back: String) -> Answer {
    if let Some(visitor) = session::visitor(&visit.session(), &visit.state).await? {
        visit.request.extensions_mut().insert(visitor);
    }
    let language = request::language_of(&visit.request);
    let is_shown = |pair: &&(String, String)| is_typed(&pair.0) && !pair.1.trim().is_empty();
    let is_chosen = |pair: &&(String, String)| CHOSEN.contains(&pair.0.as_str());
    let shown = || kept.fields.iter().filter(is_shown);
    let page = KeptPage {
        typed: shown()
            .filter(|pair| !is_chosen(pair))
            .map(|(name, value)| view(name, value, language))
            .collect(),
        chosen: shown()
            .filter(is_chosen)
            .map(|(name, value)| view(name, &chosen_in_words(language, name, value), language))
            .collect(),
        carried: kept.fields.iter().filter(|pair| !is_shown(pair) || is_chosen(pair)).cloned().collect(),
        ticked: kept.fields.iter().filter(|(name, _)| name == "id").count(),
        action: kept.path,
        back,
    };
    page::render(&visit.request, StatusCode::OK, "accounts/typed.html", &page)
}
