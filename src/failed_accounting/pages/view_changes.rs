//! Renaming, sharing and deleting views, and choosing what the navigation opens.

use super::view_forms::{as_fields, as_seen, found, view_form};
use super::views::{VIEWS, person_of};
use crate::accounts::store as accounts;
use crate::audit::event::{Author, VIEW};
use crate::base::form::{Fields, Message};
use crate::base::merge::{self, Unit};
use crate::error::{Error, Result};
use crate::failed_accounting::views::{View, form, store};
use crate::web::error::Answer;
use crate::web::extract::{Form, Id, Visit};
use crate::web::form::FormState;
use crate::web::merge::{self as web_merge, MergeView};
use crate::web::page;

/// The fields of a view, each decided by itself.
const UNITS: [Unit<'static>; 2] = [&["name"], &["shared"]];

/// A form is merged at most this many times with a view that changes again and again.
const TRIES: usize = 3;

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
        if message.key != store::CHANGED {
            // Of somebody else's view there is nothing to merge.
            return view_form(&visit, Some(&view), FormState::conflict(fields, "name", message)).await;
        }
        let (merged, saw) = merge::merge_form(&UNITS, &now, &fields);
        fields = merged.fields.with("version", view.version);
        if !merged.is_clear() {
            let asked = web_merge::of_form(&merged, &saw, &now, visit.language);
            let asked = asked.by(web_merge::last_change(&visit, VIEW, &id).await?);
            return view_form(&visit, Some(&view), FormState::merging(fields, asked)).await;
        }
        taken.extend(merged.taken);
    }
    Err(Error::Conflict(Message::new(store::CHANGED)).into())
}

async fn change_view(visit: &Visit, view: &View, fields: &Fields) -> Result<()> {
    let author = visit.author()?;
    let (id, seen) = (view.id.clone(), version_in(fields));
    let wanted = form::wanted(fields).map_err(Error::Invalid)?;
    let save = move |connection: &mut crate::db::DbConnection| {
        store::change(connection, &id, seen, &wanted, &author)
    };
    visit.state.database.transaction(save).await
}

/// The version of the view that a form was filled from.
fn version_in(fields: &Fields) -> Option<i32> {
    fields.text("version").and_then(|text| text.parse().ok())
}

/// `POST /views/{id}/delete`: what changed since it was seen is looked at again.
pub async fn destroy_view(visit: Visit, Id(id): Id, author: Author, Form(fields): Form) -> Answer {
    let administers = visit.visitor().is_some_and(|visitor| visitor.administers());
    let (asked, seen) = (id.clone(), version_in(&fields));
    let deleted = visit
        .state
        .database
        .transaction(move |connection| store::delete(connection, &asked, seen, &author, administers))
        .await;
    let gone = match deleted {
        Err(Error::Conflict(message)) if message.key == store::CHANGED => {
            let view = found(&visit, &id).await?;
            let last = web_merge::last_change(&visit, VIEW, &id).await?;
            let merge = MergeView::refused("view-not-deleted", last);
            return view_form(&visit, Some(&view), FormState::merging(as_seen(&view), merge)).await;
        }
        deleted => deleted?,
    };
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
