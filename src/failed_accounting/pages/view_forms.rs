//! Saving the present filter under a name, renaming, sharing and deleting views, choosing what the navigation opens.

use serde::Serialize;

use super::views::{VIEWS, Views, action_link, open_link, person_of};
use crate::accounts::store as accounts;
use crate::audit::event::Author;
use crate::base::form::{Fields, Message};
use crate::base::merge::{self, SAW, Snapshot, Unit};
use crate::causes::titles::Titles;
use crate::error::{Error, Result};
use crate::failed_accounting::filter::Filter;
use crate::failed_accounting::views::{View, form, store};
use crate::web::error::Answer;
use crate::web::extract::{Form, Id, Query, Visit};
use crate::web::form::{FormState, FormView};
use crate::web::merge::{self as web_merge, MergeView};
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
}

/// The fields of a view, each decided by itself.
const UNITS: [Unit<'static>; 2] = [&["name"], &["shared"]];

/// A form is merged at most this many times with a view that changes again and again.
const TRIES: usize = 3;

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

async fn view_form(visit: &Visit, view: Option<&View>, form: FormState) -> Answer {
    let (names, language) = (visit.names().await, visit.language);
    let filter = view.map_or_else(|| Filter::parse(&form.fields).0, View::filter);
    let cause = filter.cause.iter().cloned().collect();
    let titles = visit.state.database.run(move |connection| Titles::read(connection, cause)).await?;
    let query = filter.to_pairs().into_iter().map(|(key, value)| (key.to_owned(), value));
    let own = match view {
        Some(_) => Vec::new(),
        None => own_views(visit, form.fields.text("replace")).await?,
    };
    let context = FormPage {
        form: form.view(&["name", "shared", "default", "version", SAW], language),
        action: view.map_or_else(|| VIEWS.to_owned(), |view| action_link(&view.id, "")),
        words: Views { visit, names: &names, titles: &titles, language }.words(&filter),
        query: if view.is_some() { Vec::new() } else { query.collect() },
        own,
        delete: view.map(|view| action_link(&view.id, "/delete")),
        unknown: view.map(View::unknown).unwrap_or_default(),
        merge: form.merge,
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
                store::replace(connection, (&id, seen), &query, &author)
            };
            visit.state.database.transaction(save).await
        }
    };
    let refused = match replaced {
        Ok(view) => {
            visit.tell(Message::new("flash-view-replaced").with("name", &view.name));
            return Ok(page::see_other(&open_link(&view)));
        }
        Err(Error::Invalid(errors)) => FormState::refused(fields, errors),
        Err(Error::Conflict(message)) => FormState::conflict(fields, "replace", message),
        Err(error) => return Err(error.into()),
    };
    view_form(visit, None, refused).await
}

/// The values of a view as its form starts with.
fn as_fields(view: &View) -> Fields {
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    Fields::new(vec![pair("name", &view.name), pair("shared", if view.is_shared { "1" } else { "" })])
}

/// `GET /views/{id}/edit`.
pub async fn edit_view(visit: Visit, Id(id): Id) -> Answer {
    let view = found(&visit, &id).await?;
    let fields = as_fields(&view);
    let saw = Snapshot::of(&fields).encode();
    let fields = fields.with("version", view.version).with(SAW, saw);
    view_form(&visit, Some(&view), FormState::new(fields)).await
}

async fn found(visit: &Visit, id: &str) -> Result<View> {
    let (id, person) = (id.to_owned(), person_of(visit));
    visit.state.database.run(move |connection| store::find(connection, &id, &person)).await
}

/// `POST /views/{id}`: renames or shares it.
pub async fn update_view(visit: Visit, Id(id): Id, Form(fields): Form) -> Answer {
    let mut fields = merge::with_boxes(&["shared"], &fields);
    let (mut view, mut taken) = (found(&visit, &id).await?, Vec::new());
    for _ in 0..TRIES {
        let message = match change_view(&visit, &view, &fields).await {
            Ok(()) => {
                let done = Message::new("flash-view-changed");
                visit.tell(web_merge::done(visit.language, done, &taken));
                return Ok(page::see_other(VIEWS));
            }
            Err(Error::Invalid(errors)) => {
                return view_form(&visit, Some(&view), FormState::refused(fields, errors)).await;
            }
            Err(Error::Conflict(message)) => message,
            Err(error) => return Err(error.into()),
        };
        view = found(&visit, &id).await?;
        let now = as_fields(&view);
        // Of somebody else's view there is nothing to merge.
        let is_changed = message.key == "view-changed";
        let Some((merged, saw)) = merge::merge_form(&UNITS, &now, &fields).filter(|_| is_changed) else {
            return view_form(&visit, Some(&view), FormState::conflict(fields, "name", message)).await;
        };
        fields = merged.fields.with("version", view.version);
        if !merged.is_clear() {
            let asked = web_merge::of_form(&merged, &saw, &now, visit.language);
            return view_form(&visit, Some(&view), FormState::merging(fields, asked)).await;
        }
        taken.extend(merged.taken);
    }
    Err(Error::Conflict(Message::new("view-changed")).into())
}

async fn change_view(visit: &Visit, view: &View, fields: &Fields) -> Result<()> {
    let author = visit.author()?;
    let (id, seen) = (view.id.clone(), fields.text("version").and_then(|text| text.parse().ok()));
    let wanted = form::wanted(fields).map_err(Error::Invalid)?;
    let save = move |connection: &mut crate::db::DbConnection| {
        store::change(connection, (&id, seen), &wanted, &author)
    };
    visit.state.database.transaction(save).await
}

/// `POST /views/{id}/delete`.
pub async fn destroy_view(visit: Visit, Id(id): Id, author: Author) -> Answer {
    let administers = visit.visitor().is_some_and(|visitor| visitor.administers());
    let gone = visit
        .state
        .database
        .transaction(move |connection| store::delete(connection, &id, &author, administers))
        .await?;
    visit.tell(Message::new("flash-view-deleted").with("name", &gone.name));
    Ok(page::see_other(VIEWS))
}

/// `POST /views/{id}/default` (on): what the navigation opens for this person, or not any more.
pub async fn choose_view(visit: Visit, Id(id): Id, Form(fields): Form) -> Answer {
    let view = found(&visit, &id).await?;
    let person = person_of(&visit);
    let chosen = (fields.text("on") != Some("0")).then_some(view.id);
    visit
        .state
        .database
        .transaction(move |connection| accounts::set_default_view(connection, &person, chosen.as_deref()))
        .await?;
    Ok(page::see_other(VIEWS))
}
