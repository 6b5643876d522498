//! Views in the database: a person's own and the shared ones.

use diesel::prelude::*;
use serde_json::json;

use super::View;
use super::form::Wanted;
use crate::audit::event::{Action, Author, Change, VIEW};
use crate::audit::store as audit;
use crate::base::form::Message;
use crate::db::schema::saved_view::{self, dsl};
use crate::db::{DbConnection, is_duplicate};
use crate::error::{Error, Result};

/// The most views that one person may have.
pub const MOST: i64 = 50;

/// What is said of a view that is not as it was seen.
pub const CHANGED: &str = "view-changed";

/// The most shared views that are listed.
const MOST_SHARED: i64 = 100;

/// The views that a person sees: their own by name, then what others share.
pub fn of(connection: &mut DbConnection, person: &str) -> Result<Vec<View>> {
    let mut views = own(connection, person)?;
    let shared = saved_view::table.filter(dsl::is_shared.eq(true)).filter(dsl::owner.ne(person.to_owned()));
    let shared = shared.order((dsl::name, dsl::owner)).limit(MOST_SHARED).select(View::as_select());
    views.extend(shared.load::<View>(connection)?);
    Ok(views)
}

/// The view of that id, where that person may see it.
///
/// # Errors
/// [`Error::NotFound`] for others, too: a private view is nobody else's business.
pub fn find(connection: &mut DbConnection, id: &str, person: &str) -> Result<View> {
    let found = saved_view::table.find(id.to_owned()).select(View::as_select());
    let found: Option<View> = found.first(connection).optional()?;
    found.filter(|view| view.id == id && view.is_visible_to(person)).ok_or(Error::NotFound)
}

/// Saves a view under a name that its owner has not used yet.
pub fn create(connection: &mut DbConnection, view: &View, author: &Author) -> Result<()> {
    let own: i64 =
        saved_view::table.filter(dsl::owner.eq(view.owner.clone())).count().get_result(connection)?;
    if own >= MOST {
        return Err(Error::invalid("name", Message::new("error-view-most").with("limit", MOST)));
    }
    refuse_taken(connection, view, &view.name)?;
    match diesel::insert_into(saved_view::table).values(view.clone()).execute(connection) {
        Err(error) if is_duplicate(&error) => return Err(taken()),
        inserted => inserted?,
    };
    record(connection, Action::CreateView, view, None, Some(state(view)), author)
}

/// Renames or shares a view that is still as its owner saw it.
pub fn change(
    connection: &mut DbConnection,
    id: &str,
    seen: Option<i32>,
    wanted: &Wanted,
    author: &Author,
) -> Result<()> {
    let view = find_own(connection, id, seen, author)?;
    if wanted.name != view.name {
        refuse_taken(connection, &view, &wanted.name)?;
    }
    let after = View { name: wanted.name.clone(), is_shared: wanted.is_shared, ..view.clone() };
    save(connection, &view, &after, author)
}

/// Gives a view that is still as its owner saw it another filter; name and sharing stay.
pub fn replace(
    connection: &mut DbConnection,
    id: &str,
    seen: Option<i32>,
    query: &str,
    author: &Author,
) -> Result<View> {
    let view = find_own(connection, id, seen, author)?;
    let after = View { query: query.to_owned(), ..view.clone() };
    save(connection, &view, &after, author)?;
    Ok(after)
}

fn find_own(connection: &mut DbConnection, id: &str, seen: Option<i32>, author: &Author) -> Result<View> {
    let view = find(connection, id, &author.name)?;
    if view.owner != author.name {
        return Err(Error::Conflict(Message::new("view-foreign").with("name", &view.owner)));
    }
    if seen != Some(view.version) {
        return Err(changed());
    }
    Ok(view)
}

fn save(connection: &mut DbConnection, view: &View, after: &View, author: &Author) -> Result<()> {
    let row = saved_view::table.filter(dsl::id.eq(view.id.clone())).filter(dsl::version.eq(view.version));
    let affected = diesel::update(row)
        .set((
            dsl::name.eq(after.name.clone()),
            dsl::query.eq(after.query.clone()),
            dsl::is_shared.eq(after.is_shared),
            dsl::version.eq(view.version + 1),
        ))
        .execute(connection)?;
    if affected == 0 {
        return Err(changed());
    }
    record(connection, Action::ChangeView, view, Some(state(view)), Some(state(after)), author)
}

/// The views that a person may change, by name.
pub fn own(connection: &mut DbConnection, person: &str) -> Result<Vec<View>> {
    let own = saved_view::table.filter(dsl::owner.eq(person.to_owned()));
    Ok(own.order(dsl::name).select(View::as_select()).load(connection)?)
}

/// Removes a view, where it is still as it was seen; its owner may, and administrators may remove what is shared.
pub fn delete(
    connection: &mut DbConnection,
    id: &str,
    seen: Option<i32>,
    author: &Author,
    administers: bool,
) -> Result<View> {
    let view = find(connection, id, &author.name)?;
    if view.owner != author.name && !administers {
        return Err(Error::Conflict(Message::new("view-foreign").with("name", &view.owner)));
    }
    if seen.is_some_and(|seen| seen != view.version) {
        return Err(changed());
    }
    // Its owner may be changing it at this moment.
    let row = saved_view::table.find(view.id.clone()).filter(dsl::version.eq(view.version));
    if diesel::delete(row).execute(connection)? == 0 {
        find(connection, id, &author.name)?;
        return Err(changed());
    }
    record(connection, Action::DeleteView, &view, Some(state(&view)), None, author)?;
    Ok(view)
}

fn refuse_taken(connection: &mut DbConnection, view: &View, name: &str) -> Result<()> {
    let same = saved_view::table
        .filter(dsl::owner.eq(view.owner.clone()))
        .filter(dsl::name.eq(name.to_owned()))
        .filter(dsl::id.ne(view.id.clone()))
        .select(dsl::id);
    match same.first::<String>(connection).optional()? {
        Some(_) => Err(taken()),
        None => Ok(()),
    }
}

fn changed() -> Error {
    Error::Conflict(Message::new(CHANGED))
}

fn taken() -> Error {
    Error::invalid("name", Message::new("error-view-taken"))
}

fn state(view: &View) -> serde_json::Value {
    json!({ "name": view.name, "shared": view.is_shared, "filter": view.query })
}

fn record(
    connection: &mut DbConnection,
    action: Action,
    view: &View,
    before: Option<serde_json::Value>,
    after: Option<serde_json::Value>,
    author: &Author,
) -> Result<()> {
    let change = Change { action, record_kind: VIEW, record_id: &view.id, before, after };
    audit::record(connection, author, change)
}
