//! Saving the present filter under a name, renaming, sharing and deleting views, choosing what the navigation opens.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, web};
use serde::Serialize;

use super::changes::tell;
use super::views::{VIEWS, Views, action_link, open_link, person_of};
use crate::accounts::store as accounts;
use crate::base::form::{FieldErrors, Fields, Message};
use crate::causes::titles::Titles;
use crate::error::{Error, Result};
use crate::failed_accounting::filter::Filter;
use crate::failed_accounting::views::{View, form, store};
use crate::web::error::Answer;
use crate::web::form::FormView;
use crate::web::{page, request};

#[derive(Serialize)]
struct FormPage {
    form: FormView,
    action: String,
    /// The filter in words, and as the form carries it.
    words: Vec<String>,
    query: Vec<(String, String)>,
    /// The views whose filter may be replaced by this one.
    own: Vec<OwnView>,
    /// Where to delete it; none for a new one.
    delete: Option<String>,
    unknown: Vec<String>,
}

/// A view of the person's own, as a choice.
#[derive(Serialize)]
struct OwnView {
    value: String,
    name: String,
    is_chosen: bool,
}

/// `GET /views/new`: asks for the name of the filter in the query.
pub async fn new_view(request: HttpRequest) -> Answer {
    let fields = request::query_fields(&request)?;
    view_form(&request, StatusCode::OK, None, (&fields, &FieldErrors::new())).await
}

async fn view_form(
    request: &HttpRequest,
    status: StatusCode,
    view: Option<&View>,
    (fields, errors): (&Fields, &FieldErrors),
) -> Answer {
    let state = page::state_of(request)?;
    let (names, language) = (state.names.current().await, request::language_of(request));
    let filter = view.map_or_else(|| Filter::parse(fields).0, View::filter);
    let cause = filter.cause.iter().cloned().collect();
    let titles = state.database.run(move |connection| Titles::read(connection, cause)).await?;
    let query = filter.to_pairs().into_iter().map(|(key, value)| (key.to_owned(), value));
    let own = match view {
        Some(_) => Vec::new(),
        None => own_views(request, fields.text("replace")).await?,
    };
    let context = FormPage {
        form: FormView::new(&["name", "shared", "default", "version"], fields, errors, language),
        action: view.map_or_else(|| VIEWS.to_owned(), |view| action_link(&view.id, "")),
        words: Views { request, names: &names, titles: &titles, language }.words(&filter),
        query: if view.is_some() { Vec::new() } else { query.collect() },
        own,
        delete: view.map(|view| action_link(&view.id, "/delete")),
        unknown: view.map(View::unknown).unwrap_or_default(),
    };
    page::render(request, status, "failed_accounting/view.html", &context)
}

async fn own_views(request: &HttpRequest, chosen: Option<&str>) -> Result<Vec<OwnView>> {
    let person = person_of(request);
    let views =
        page::state_of(request)?.database.run(move |connection| store::own(connection, &person)).await?;
    // The version may be another one than was chosen: what stands here now is what the next try replaces.
    let chosen = chosen.and_then(|text| text.rsplit_once(':')).map(|(id, _)| id);
    let choice = |view: View| OwnView {
        value: format!("{}:{}", view.id, view.version),
        is_chosen: chosen == Some(&view.id),
        name: view.name,
    };
    Ok(views.into_iter().map(choice).collect())
}

/// `POST /views`: saves a filter under a name, or in place of that of a view.
pub async fn create_view(request: HttpRequest, body: web::Bytes) -> Answer {
    let fields = request::form_fields(&request, &body)?;
    if fields.raw("replace").is_some() {
        return replace(&request, &fields).await;
    }
    let state = page::state_of(&request)?;
    let author = request::author_of(&request, state)?;
    let is_default = fields.text("default") == Some("1");
    let read = form::query(&fields).and_then(|query| Ok((query, form::wanted(&fields)?)));
    let made = match read {
        Err(errors) => Err(Error::Invalid(errors)),
        Ok((query, wanted)) => {
            let view = View {
                id: nanoid::nanoid!(),
                owner: author.name.clone(),
                name: wanted.name,
                query,
                is_shared: wanted.is_shared,
                version: 0,
                created_at: author.at,
            };
            let save = move |connection: &mut crate::db::DbConnection| {
                if is_default {
                    accounts::set_default_view(connection, &author.name, Some(&view.id))?;
                }
                store::create(connection, &view, &author)?;
                Ok(view.clone())
            };
            state.database.transaction(save).await
        }
    };
    match made {
        Ok(view) => {
            tell(&request, Message::new("flash-view-saved").with("name", &view.name));
            Ok(page::see_other(&open_link(&view)))
        }
        Err(Error::Invalid(errors)) => {
            view_form(&request, StatusCode::UNPROCESSABLE_ENTITY, None, (&fields, &errors)).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn replace(request: &HttpRequest, fields: &Fields) -> Answer {
    let state = page::state_of(request)?;
    let author = request::author_of(request, state)?;
    let read = form::query(fields).and_then(|query| Ok((query, form::replaced(fields)?)));
    let replaced = match read {
        Err(errors) => Err(Error::Invalid(errors)),
        Ok((query, (id, seen))) => {
            let save = move |connection: &mut crate::db::DbConnection| {
                store::replace(connection, (&id, seen), &query, &author)
            };
            state.database.transaction(save).await
        }
    };
    let refused = match replaced {
        Ok(view) => {
            tell(request, Message::new("flash-view-replaced").with("name", &view.name));
            return Ok(page::see_other(&open_link(&view)));
        }
        Err(Error::Invalid(errors)) => (StatusCode::UNPROCESSABLE_ENTITY, errors),
        Err(Error::Conflict(message)) => {
            (StatusCode::CONFLICT, FieldErrors::from([("replace".to_owned(), message)]))
        }
        Err(error) => return Err(error.into()),
    };
    view_form(request, refused.0, None, (fields, &refused.1)).await
}

/// `GET /views/{id}/edit`.
pub async fn edit_view(request: HttpRequest) -> Answer {
    let view = found(&request).await?;
    let shared = if view.is_shared { "1" } else { "" };
    let pair = |name: &str, value: String| (name.to_owned(), value);
    let fields = Fields::new(vec![
        pair("name", view.name.clone()),
        pair("shared", shared.to_owned()),
        pair("version", view.version.to_string()),
    ]);
    view_form(&request, StatusCode::OK, Some(&view), (&fields, &FieldErrors::new())).await
}

async fn found(request: &HttpRequest) -> Result<View> {
    let (id, person) = (request::id_in_path(request)?, person_of(request));
    page::state_of(request)?.database.run(move |connection| store::find(connection, &id, &person)).await
}

/// `POST /views/{id}`: renames or shares it.
pub async fn update_view(request: HttpRequest, body: web::Bytes) -> Answer {
    let fields = request::form_fields(&request, &body)?;
    let view = found(&request).await?;
    let state = page::state_of(&request)?;
    let author = request::author_of(&request, state)?;
    let (id, seen) = (view.id.clone(), fields.text("version").and_then(|text| text.parse().ok()));
    let changed = match form::wanted(&fields) {
        Err(errors) => Err(Error::Invalid(errors)),
        Ok(wanted) => {
            let save = move |connection: &mut crate::db::DbConnection| {
                store::change(connection, (&id, seen), &wanted, &author)
            };
            state.database.transaction(save).await
        }
    };
    match changed {
        Ok(()) => {
            tell(&request, Message::new("flash-view-changed"));
            Ok(page::see_other(VIEWS))
        }
        Err(Error::Invalid(errors)) => {
            view_form(&request, StatusCode::UNPROCESSABLE_ENTITY, Some(&view), (&fields, &errors)).await
        }
        Err(Error::Conflict(message)) => {
            let errors = FieldErrors::from([("name".to_owned(), message)]);
            view_form(&request, StatusCode::CONFLICT, Some(&view), (&fields, &errors)).await
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /views/{id}/delete`.
pub async fn destroy_view(request: HttpRequest) -> Answer {
    let id = request::id_in_path(&request)?;
    let state = page::state_of(&request)?;
    let author = request::author_of(&request, state)?;
    let administers = request::visitor_of(&request).is_some_and(|visitor| visitor.administers());
    let gone = state
        .database
        .transaction(move |connection| store::delete(connection, &id, &author, administers))
        .await?;
    tell(&request, Message::new("flash-view-deleted").with("name", &gone.name));
    Ok(page::see_other(VIEWS))
}

/// `POST /views/{id}/default` (on): what the navigation opens for this person, or not any more.
pub async fn choose_view(request: HttpRequest, body: web::Bytes) -> Answer {
    let fields = request::form_fields(&request, &body)?;
    let view = found(&request).await?;
    let person = person_of(&request);
    let chosen = (fields.text("on") != Some("0")).then_some(view.id);
    let state = page::state_of(&request)?;
    state
        .database
        .transaction(move |connection| accounts::set_default_view(connection, &person, chosen.as_deref()))
        .await?;
    Ok(page::see_other(VIEWS))
}
