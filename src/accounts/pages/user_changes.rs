//! What administrators change of a user: role, password, access, sessions. Whoever meets the change of another is told.

use super::users::{as_fields, details, link};
use crate::accounts::form;
use crate::accounts::role::Role;
use crate::accounts::sign_in;
use crate::accounts::store::{self, User};
use crate::audit::event::{Action, Author, USER};
use crate::audit::store as audit;
use crate::base::form::{Fields, Message};
use crate::base::merge::{self, SAW, Snapshot, Unit};
use crate::db::DbConnection;
use crate::error::{Error, Result};
use crate::web::error::Answer;
use crate::web::extract::{Form, Id, Visit};
use crate::web::form::FormState;
use crate::web::merge::{self as web_merge, LastChange, MergeView};
use crate::web::page;

/// What is decided of an account by a form that keeps what was typed.
const UNITS: [Unit<'static>; 1] = [&["role"]];

/// What ends the sessions of an account, by which the form of the password sees that it changed.
const ENDING: [Action; 3] = [Action::ChangePassword, Action::DisableUser, Action::EndSessions];

/// `POST /users/{id}`: another role, where it is still the one that was seen. A form that does not say what it saw is asked.
pub async fn update(visit: Visit, Id(name): Id, Form(fields): Form) -> Answer {
    let changed = change_role(&visit, &name, &fields).await;
    if !is_stale(&changed) {
        return answer(&visit, name, fields, changed).await;
    }
    let user = found(&visit, &name).await?;
    let (merged, saw) = merge::merge_form(&UNITS, &as_fields(&user), &fields);
    let last = last_change(&visit, &name, &[Action::ChangeRole]).await?;
    let asked = web_merge::of_form(&merged, &saw, &as_fields(&user), visit.language).by(last);
    details(&visit, name, FormState::merging(merged.fields, asked)).await
}

async fn change_role(visit: &Visit, name: &str, typed: &Fields) -> Result<()> {
    let now = as_fields(&found(visit, name).await?);
    // What was chosen on the page of a conflict.
    let has_chosen = merge::has_choices(typed);
    let fields = if has_chosen { merge::merge_form(&UNITS, &now, typed).0.fields } else { typed.clone() };
    let role = form::role(&fields)?;
    let seen: Option<Role> =
        typed.raw(SAW).and_then(Snapshot::decode).and_then(|saw| saw.shown("role")?.parse().ok());
    let change = move |connection: &mut DbConnection, name: &str, author: &Author| {
        // Who does not say what they saw may ask for nothing but what is there.
        store::set_role(connection, name, role, Some(seen.unwrap_or(role)), author)
    };
    // Nobody was faster than who did not want another role.
    let is_wanted = has_chosen || seen.is_some_and(|seen| seen != role);
    act(visit, name, change, "flash-user-role", is_wanted.then_some(Action::ChangeRole)).await
}

fn is_stale<T>(changed: &Result<T>) -> bool {
    matches!(changed, Err(Error::Conflict(message)) if message.key == store::CHANGED)
}

async fn found(visit: &Visit, name: &str) -> Result<User> {
    let name = name.to_owned();
    visit.state.database.run(move |connection| store::find(connection, &name)).await
}

/// Who did one of these to the account last, and when.
async fn last_change(visit: &Visit, name: &str, actions: &[Action]) -> Result<Option<LastChange>> {
    let (name, actions) = (name.to_owned(), actions.to_vec());
    let last = move |connection: &mut DbConnection| audit::last_of(connection, USER, &name, &actions);
    Ok(visit.state.database.run(last).await?.map(|event| web_merge::of_event(visit, &event)))
}

/// `POST /users/{id}/password`: a new password, which ends all sessions of the user, where nobody was faster.
pub async fn reset_password(visit: Visit, Id(name): Id, Form(fields): Form) -> Answer {
    let changed = reset(&visit, &name, &fields).await;
    if is_stale(&changed) {
        let merge = MergeView::refused("user-changed", last_change(&visit, &name, &ENDING).await?);
        return details(&visit, name, FormState::merging(Fields::default(), merge)).await;
    }
    answer(&visit, name, fields, changed).await
}

async fn reset(visit: &Visit, name: &str, fields: &Fields) -> Result<()> {
    let password = form::new_password(fields, name)?;
    let hash = sign_in::hash(password).await?;
    let seen = fields.text("epoch").and_then(|text| text.parse().ok());
    let change = move |connection: &mut DbConnection, name: &str, author: &Author| {
        store::set_password(connection, name, &hash, seen, author).map(|_| true)
    };
    act(visit, name, change, "flash-user-password", None).await
}

/// `POST /users/{id}/disable`.
pub async fn disable(visit: Visit, Id(name): Id) -> Answer {
    let faster = Some(Action::DisableUser);
    let changed = act(&visit, &name, store::disable, "flash-user-disabled", faster).await;
    answer(&visit, name, Fields::default(), changed).await
}

/// `POST /users/{id}/enable`.
pub async fn enable(visit: Visit, Id(name): Id) -> Answer {
    let faster = Some(Action::EnableUser);
    let changed = act(&visit, &name, store::enable, "flash-user-enabled", faster).await;
    answer(&visit, name, Fields::default(), changed).await
}

/// `POST /users/{id}/sessions`: ends all sessions of the user.
pub async fn end_sessions(visit: Visit, Id(name): Id) -> Answer {
    let change = |connection: &mut DbConnection, name: &str, author: &Author| {
        store::end_sessions(connection, name, author).map(|()| true)
    };
    let changed = act(&visit, &name, change, "flash-user-sessions", None).await;
    answer(&visit, name, Fields::default(), changed).await
}

/// Changes the user of the path in one transaction, and leaves word of it for the next page; where there was nothing left
/// to change, of who was faster, whom the newest event of that action names.
async fn act(
    visit: &Visit,
    name: &str,
    change: impl FnOnce(&mut DbConnection, &str, &Author) -> Result<bool> + Clone + Send + 'static,
    done: &'static str,
    faster: Option<Action>,
) -> Result<()> {
    let author = visit.author()?;
    let asked = name.to_owned();
    let is_changed =
        visit.state.database.transaction(move |connection| change(connection, &asked, &author)).await?;
    let told = if is_changed { Message::new(done) } else { done_before(visit, name, faster).await? };
    visit.tell(told.with("name", name));
    Ok(())
}

async fn done_before(visit: &Visit, name: &str, faster: Option<Action>) -> Result<Message> {
    let last = match faster {
        Some(action) => last_change(visit, name, &[action]).await?,
        None => None,
    };
    Ok(last.map_or_else(
        || Message::new("nothing-changed"),
        |last| Message::new("flash-user-before").with("by", last.by).with("time", last.at.text),
    ))
}

async fn answer(visit: &Visit, name: String, fields: Fields, changed: Result<()>) -> Answer {
    match changed {
        Ok(()) => Ok(page::see_other(&link(&name))),
        Err(Error::Invalid(errors)) => details(visit, name, FormState::refused(fields, errors)).await,
        Err(error) => Err(error.into()),
    }
}
