//! Saving the present filter under a name, renaming, sharing and deleting views, choosing what the navigation opens.
//!
//! More than 250 lines: the forms of views, each with what it does.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, web};
use serde::Serialize;

use super::changes::tell;
use super::views::{VIEWS, Views, action_link, open_link, person_of};
use crate::accounts::store as accounts;
use crate::base::form::{FieldErrors, Fields, Message};
use crate::base::merge::{self, SAW, Snapshot, Unit};
use crate::causes::titles::Titles;
use crate::error::{Error, Result};
use crate::failed_accounting::filter::Filter;
use crate::failed_accounting::views::{View, form, store};
use crate::web::error::Answer;
use crate::web::form::FormView;
use crate::web::merge::{self as web_merge, MergeView};
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
    /// What is to be asked where the view changed meanwhile, in another window.
    merge: Option<MergeView>,
}

/// The fields of a view, each decided by itself.
const UNITS: [Unit<'static>; 2] = [&["name"], &["shared"]];

/// So often a form is merged with a view that changes again and again.
const TRIES: usize = 3;

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
    form: (&Fields, &FieldErrors),
) -> Answer {
    merged_form(request, (status, view), form, None).await
}

async fn merged_form(
    request: &HttpRequest,
    (status, view): (StatusCode, Option<&View>),
    (fields, errors): (&Fields, &FieldErrors),
    merge: Option<MergeView>,
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
        form: FormView::new(&["name", "shared", "default", "version", SAW], fields, errors, language),
        action: view.map_or_else(|| VIEWS.to_owned(), |view| action_link(&view.id, "")),
        words: Views { request, names: &names, titles: &titles, language }.words(&filter),
        query: if view.is_some() { Vec::new() } else { query.collect() },
        own,
        delete: view.map(|view| action_link(&view.id, "/delete")),
        unknown: view.map(View::unknown).unwrap_or_default(),
        merge,
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

/// The values of a view as its form starts with.
fn as_fields(view: &View) -> Fields {
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    Fields::new(vec![pair("name", &view.name), pair("shared", if view.is_shared { "1" } else { "" })])
}

/// `GET /views/{id}/edit`.
pub async fn edit_view(request: HttpRequest) -> Answer {
    let view = found(&request).await?;
    let fields = as_fields(&view);
    let saw = Snapshot::of(&fields).encode();
    let fields = fields.with("version", view.version).with(SAW, saw);
    view_form(&request, StatusCode::OK, Some(&view), (&fields, &FieldErrors::new())).await
}

async fn found(request: &HttpRequest) -> Result<View> {
    let (id, person) = (request::id_in_path(request)?, person_of(request));
    page::state_of(request)?.database.run(move |connection| store::find(connection, &id, &person)).await
}

/// `POST /views/{id}`: renames or shares it.
pub async fn update_view(request: HttpRequest, body: web::Bytes) -> Answer {
    let mut fields = merge::with_boxes(&["shared"], &request::form_fields(&request, &body)?);
    let (mut view, mut taken) = (found(&request).await?, Vec::new());
    for _ in 0..TRIES {
        let message = match change_view(&request, &view, &fields).await {
            Ok(()) => {
                let done = Message::new("flash-view-changed");
                tell(&request, web_merge::done(request::language_of(&request), done, &taken));
                return Ok(page::see_other(VIEWS));
            }
            Err(Error::Invalid(errors)) => {
                let status = StatusCode::UNPROCESSABLE_ENTITY;
                return view_form(&request, status, Some(&view), (&fields, &errors)).await;
            }
            Err(Error::Conflict(message)) => message,
            Err(error) => return Err(error.into()),
        };
        view = found(&request).await?;
        let now = as_fields(&view);
        // Of somebody else's view there is nothing to merge.
        let is_changed = message.key == "view-changed";
        let Some((merged, saw)) = merge::merge_form(&UNITS, &now, &fields).filter(|_| is_changed) else {
            let errors = FieldErrors::from([("name".to_owned(), message)]);
            return view_form(&request, StatusCode::CONFLICT, Some(&view), (&fields, &errors)).await;
        };
        fields = merged.fields.with("version", view.version);
        if !merged.is_clear() {
            let asked = web_merge::of_form(&merged, &saw, &now, request::language_of(&request));
            let form = (&fields, &FieldErrors::new());
            return merged_form(&request, (StatusCode::CONFLICT, Some(&view)), form, Some(asked)).await;
        }
        taken.extend(merged.taken);
    }
    Err(Error::Conflict(Message::new("view-changed")).into())
}

async fn change_view(request: &HttpRequest, view: &View, fields: &Fields) -> Result<()> {
    let state = page::state_of(request)?;
    let author = request::author_of(request, state)?;
    let (id, seen) = (view.id.clone(), fields.text("version").and_then(|text| text.parse().ok()));
    let wanted = form::wanted(fields).map_err(Error::Invalid)?;
    let save = move |connection: &mut crate::db::DbConnection| {
        store::change(connection, (&id, seen), &wanted, &author)
    };
    state.database.transaction(save).await
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
