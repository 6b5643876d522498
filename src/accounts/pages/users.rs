//! `/users`: who may sign in, for administrators: add, role, password, disable, end sessions.

use serde::Serialize;

pub use super::user_changes::{disable, enable, end_sessions, reset_password, update};

use crate::accounts::form::{self, NewUser};
use crate::accounts::role::Role;
use crate::accounts::sign_in;
use crate::accounts::store::{self, User};
use crate::audit::event::{Action, USER};
use crate::audit::store as audit;
use crate::base::form::{Fields, Message};
use crate::base::merge::{SAW, Snapshot};
use crate::db::DbConnection;
use crate::error::{Error, Result};
use crate::web::error::Answer;
use crate::web::extract::{Form, Id, Visit};
use crate::web::form::{Choice, FormState, FormView};
use crate::web::merge::MergeView;
use crate::web::state::AppState;
use crate::web::view::TimeView;
use crate::web::{links, page};

const LIST: &str = "/users";

#[derive(Serialize)]
struct IndexPage {
    users: Vec<UserView>,
}

#[derive(Serialize)]
struct UserView {
    name: String,
    role: &'static str,
    disabled: bool,
    made: TimeView,
    last_sign_in: Option<TimeView>,
    link: String,
}

#[derive(Serialize)]
struct NewPage {
    form: FormView,
    roles: Vec<Choice>,
}

#[derive(Serialize)]
struct ShowPage {
    user: UserView,
    is_self: bool,
    form: FormView,
    roles: Vec<Choice>,
    /// What the form of the password has seen.
    epoch: i32,
    /// What somebody else changed since the page was shown.
    merge: Option<MergeView>,
}

/// `GET /users`.
pub async fn index(visit: Visit) -> Answer {
    let state = &visit.state;
    let found = state
        .database
        .run(|connection| {
            let users = store::list(connection)?;
            users.into_iter().map(|user| with_last_sign_in(connection, user)).collect::<Result<Vec<_>>>()
        })
        .await?;
    let users = found.into_iter().map(|(user, last)| view(&user, last, state)).collect();
    visit.ok("accounts/users.html", &IndexPage { users })
}

type LastSignIn = Option<chrono::NaiveDateTime>;

fn with_last_sign_in(connection: &mut DbConnection, user: User) -> Result<(User, LastSignIn)> {
    let last = audit::last_time(connection, USER, &user.name, Action::SignIn)?;
    Ok((user, last))
}

fn view(user: &User, last_sign_in: LastSignIn, state: &AppState) -> UserView {
    UserView {
        name: user.name.clone(),
        role: user.role().as_str(),
        disabled: user.disabled,
        made: TimeView::new(&state.clock, user.created_at),
        last_sign_in: last_sign_in.map(|time| TimeView::new(&state.clock, time)),
        link: link(&user.name),
    }
}

pub(super) fn link(name: &str) -> String {
    format!("{LIST}/{}", links::segment(name))
}

fn roles(selected: &str) -> Vec<Choice> {
    let choice = |role: Role| Choice {
        value: role.as_str(),
        text: format!("role-{role}"),
        selected: role.as_str() == selected,
    };
    Role::ALL.into_iter().map(choice).collect()
}

/// `GET /users/new`.
pub async fn new(visit: Visit) -> Answer {
    new_form(&visit, &FormState::default())
}

fn new_form(visit: &Visit, form: &FormState) -> Answer {
    let context = NewPage {
        roles: roles(form.fields.raw("role").unwrap_or("viewer")),
        form: form.view(&["name"], visit.language),
    };
    visit.render(form.status, "accounts/new_user.html", &context)
}

/// `POST /users`: adds a user.
pub async fn create(visit: Visit, Form(fields): Form) -> Answer {
    match add(&visit, &fields).await {
        Ok(name) => {
            visit.tell(Message::new("flash-user-added").with("name", name));
            Ok(page::see_other(LIST))
        }
        Err(Error::Invalid(errors)) => new_form(&visit, &FormState::refused(fields, errors)),
        Err(error) => Err(error.into()),
    }
}

async fn add(visit: &Visit, fields: &Fields) -> Result<String> {
    let author = visit.author()?;
    let NewUser { name, role, password } = form::new_user(fields)?;
    let user = User::new(&name, sign_in::hash(password).await?, role, author.at);
    visit.state.database.transaction(move |connection| store::insert(connection, &user, &author)).await?;
    Ok(name)
}

/// `GET /users/{id}`.
pub async fn show(visit: Visit, Id(name): Id) -> Answer {
    details(&visit, name, FormState::default()).await
}

/// The values of a user as the forms start with.
pub(super) fn as_fields(user: &User) -> Fields {
    Fields::new(vec![("role".to_owned(), user.role().as_str().to_owned())])
}

pub(super) async fn details(visit: &Visit, name: String, form: FormState) -> Answer {
    let state = &visit.state;
    let find = move |connection: &mut DbConnection| {
        let user = store::find(connection, &name)?;
        with_last_sign_in(connection, user)
    };
    let (user, last) = state.database.run(find).await?;
    let visitor = visit.visitor();
    let mut fields = form.view(&[SAW], visit.language);
    if form.fields.raw(SAW).is_none() {
        fields.values.insert(SAW.to_owned(), Snapshot::of(&as_fields(&user)).encode());
    }
    let context = ShowPage {
        is_self: visitor.is_some_and(|visitor| visitor.name == user.name),
        roles: roles(form.fields.raw("role").unwrap_or(user.role().as_str())),
        form: fields,
        epoch: user.session_epoch,
        merge: form.merge,
        user: view(&user, last, state),
    };
    visit.render(form.status, "accounts/user.html", &context)
}
