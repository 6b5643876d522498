//! Saving the present filter under a name, or in place of that of a view, and the form of a view.

use serde::Serialize;

use super::views::{VIEWS, Views, action_link, open_link, person_of};
use crate::accounts::store as accounts;
use crate::audit::event::{Author, VIEW};
use crate::base::form::{Fields, Message};
use crate::base::merge::{SAW, Snapshot};
use crate::causes::titles::Titles;
use crate::error::{Error, Result};
use crate::failed_accounting::filter::Filter;
use crate::failed_accounting::views::{View, form, store};
use crate::web::error::Answer;
use crate::web::extract::{Form, Id, Query, Visit};
use crate::web::form::{FormState, FormView};
use crate::web::merge::{self as web_merge, LastChange, MergeView};
use crate::web::page;

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
    /// The view that shall get another filter, where it changed meanwhile.
    present: Option<Present>,
}

/// A view as it is now, and who left it so.
#[derive(Serialize)]
struct Present {
    name: String,
    /// Its filter in words.
    words: Vec<String>,
    last: Option<LastChange>,
}

/// A view of the person's own, as a choice.
#[derive(Serialize)]
struct OwnView {
    value: String,
    name: String,
    is_chosen: bool,
}

/// `GET /views/new`: asks for the name of the filter in the query.
pub async fn new_view(visit: Visit, Query(fields): Query) -> Answer {
    view_form(&visit, None, FormState::new(fields)).await
}

pub(super) async fn view_form(visit: &Visit, view: Option<&View>, form: FormState) -> Answer {
    with_present(visit, view, form, None).await
}

/// A filter in words.
async fn in_words(visit: &Visit, filter: &Filter) -> Result<Vec<String>> {
    let (names, language) = (visit.names().await, visit.language);
    let cause = filter.titled_cause().map(str::to_owned).into_iter().collect();
    let titles = visit.state.database.run(move |connection| Titles::read(connection, cause)).await?;
    Ok(Views { visit, names: &names, titles: &titles, language }.words(filter))
}

async fn with_present(
    visit: &Visit,
    view: Option<&View>,
    form: FormState,
    present: Option<Present>,
) -> Answer {
    let language = visit.language;
    let filter = view.map_or_else(|| Filter::parse(&form.fields).0, View::filter);
    let query = filter.to_pairs().into_iter().map(|(key, value)| (key.to_owned(), value));
    let own = match view {
        Some(_) => Vec::new(),
        None => own_views(visit, form.fields.text("replace")).await?,
    };
    let context = FormPage {
        form: form.view(&["name", "shared", "default", "version", SAW], language),
        action: view.map_or_else(|| VIEWS.to_owned(), |view| action_link(&view.id, "")),
        words: in_words(visit, &filter).await?,
        query: if view.is_some() { Vec::new() } else { query.collect() },
        own,
        delete: view.map(|view| action_link(&view.id, "/delete")),
        unknown: view.map(View::unknown).unwrap_or_default(),
        merge: form.merge,
        present,
    };
    visit.render(form.status, "failed_accounting/view.html", &context)
}

async fn own_views(visit: &Visit, chosen: Option<&str>) -> Result<Vec<OwnView>> {
    let person = person_of(visit);
    let views = visit.state.database.run(move |connection| store::own(connection, &person)).await?;
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
pub async fn create_view(visit: Visit, author: Author, Form(fields): Form) -> Answer {
    if fields.raw("replace").is_some() {
        return replace(&visit, fields).await;
    }
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
            visit.state.database.transaction(save).await
        }
    };
    match made {
        Ok(view) => {
            visit.tell(Message::new("flash-view-saved").with("name", &view.name));
            Ok(page::see_other(&open_link(&view)))
        }
        Err(Error::Invalid(errors)) => view_form(&visit, None, FormState::refused(fields, errors)).await,
        Err(error) => Err(error.into()),
    }
}

async fn replace(visit: &Visit, fields: Fields) -> Answer {
    let author = visit.author()?;
    let read = form::query(&fields).and_then(|query| Ok((query, form::replaced(&fields)?)));
    let replaced = match read {
        Err(errors) => Err(Error::Invalid(errors)),
        Ok((query, (id, seen))) => {
            let save = move |connection: &mut crate::db::DbConnection| {
                store::replace(connection, &id, seen, &query, &author)
            };
            visit.state.database.transaction(save).await
        }
    };
    let (refused, present) = match replaced {
        Ok(view) => {
            visit.tell(Message::new("flash-view-replaced").with("name", &view.name));
            return Ok(page::see_other(&open_link(&view)));
        }
        Err(Error::Invalid(errors)) => (FormState::refused(fields, errors), None),
        Err(Error::Conflict(message)) => {
            let present = if message.key == store::CHANGED { present(visit, &fields).await? } else { None };
            (FormState::conflict(fields, "replace", message), present)
        }
        Err(error) => return Err(error.into()),
    };
    with_present(visit, None, refused, present).await
}

/// The view that a form would give another filter.
async fn present(visit: &Visit, fields: &Fields) -> Result<Option<Present>> {
    let Ok((id, _)) = form::replaced(fields) else { return Ok(None) };
    let view = found(visit, &id).await?;
    let last = web_merge::last_change(visit, VIEW, &id).await?;
    Ok(Some(Present { words: in_words(visit, &view.filter()).await?, name: view.name, last }))
}

/// The values of a view as its form starts with.
pub(super) fn as_fields(view: &View) -> Fields {
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    Fields::new(vec![pair("name", &view.name), pair("shared", if view.is_shared { "1" } else { "" })])
}

/// `GET /views/{id}/edit`.
pub async fn edit_view(visit: Visit, Id(id): Id) -> Answer {
    let view = found(&visit, &id).await?;
    view_form(&visit, Some(&view), FormState::new(as_seen(&view))).await
}

/// The form of a view that was not touched yet.
pub(super) fn as_seen(view: &View) -> Fields {
    let fields = as_fields(view);
    let saw = Snapshot::of(&fields).encode();
    fields.with("version", view.version).with(SAW, saw)
}

pub(super) async fn found(visit: &Visit, id: &str) -> Result<View> {
    let (id, person) = (id.to_owned(), person_of(visit));
    visit.state.database.run(move |connection| store::find(connection, &id, &person)).await
}
