//! `/tokens`: the programs that may call the API, a new one, and the end of one.

use actix_session::Session;
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};

use super::form;
use super::store;
use super::token::{self, Token};
use crate::accounts::role::Grant;
use crate::audit::event::{Action, Author, TOKEN};
use crate::audit::store as audit;
use crate::base::form::{Fields, Message};
use crate::db::DbConnection;
use crate::error::{Error, Result};
use crate::web::error::Answer;
use crate::web::extract::{Form, Id, Visit};
use crate::web::form::{Choice, FormState, FormView};
use crate::web::merge::of_event;
use crate::web::state::AppState;
use crate::web::view::TimeView;
use crate::web::{links, page};

const LIST: &str = "/tokens";
const FIELDS: [&str; 3] = ["name", "role", "ends_on"];

/// Where the session keeps a new token until the next page has shown it.
const FRESH: &str = "fresh_token";

/// A token that was just made.
#[derive(Debug, Serialize, Deserialize)]
struct Fresh {
    name: String,
    secret: String,
}

#[derive(Serialize)]
struct IndexPage {
    fresh: Option<Fresh>,
    tokens: Vec<TokenView>,
    form: FormView,
    roles: Vec<Choice>,
}

#[derive(Serialize)]
struct TokenView {
    name: String,
    role: &'static str,
    made: TimeView,
    made_by: String,
    ends_on: Option<String>,
    is_over: bool,
    last_used: Option<TimeView>,
    revoke: String,
}

/// `GET /tokens`.
pub async fn index(visit: Visit) -> Answer {
    list(&visit, &FormState::default()).await
}

async fn list(visit: &Visit, form: &FormState) -> Answer {
    let state = &visit.state;
    let tokens = state.database.run(store::list).await?;
    let role = form.fields.raw("role").unwrap_or("reporter");
    let choice = |grant: Grant| Choice {
        value: grant.as_str(),
        text: format!("token-role-{}", grant.as_str()),
        selected: grant.as_str() == role,
    };
    let context = IndexPage {
        fresh: take_fresh(&visit.session()),
        tokens: tokens.iter().map(|token| view(token, state)).collect(),
        form: form.view(&FIELDS, visit.language),
        roles: Grant::ALL.into_iter().map(choice).collect(),
    };
    visit.render(form.status, "accounts/tokens.html", &context)
}

fn view(token: &Token, state: &AppState) -> TokenView {
    TokenView {
        name: token.name.clone(),
        role: token.grant().as_str(),
        made: TimeView::new(&state.clock, token.created_at),
        made_by: token.created_by.clone(),
        ends_on: token.ends_on.map(|end| end.to_string()),
        is_over: !token.holds_on(state.clock.today()),
        last_used: token.last_used_at.map(|time| TimeView::new(&state.clock, time)),
        revoke: format!("{LIST}/{}/revoke", links::segment(&token.name)),
    }
}

fn take_fresh(session: &Session) -> Option<Fresh> {
    session.remove_as::<Fresh>(FRESH).and_then(|fresh| fresh.ok())
}

/// `POST /tokens`: makes a token; the next page shows it, once.
pub async fn create(visit: Visit, Form(fields): Form) -> Answer {
    match make(&visit, &fields).await {
        Ok(fresh) => {
            visit.session().insert(FRESH, fresh).map_err(Error::internal)?;
            Ok(page::see_other(LIST))
        }
        Err(Error::Invalid(errors)) => list(&visit, &FormState::refused(fields, errors)).await,
        Err(error) => Err(error.into()),
    }
}

async fn make(visit: &Visit, fields: &Fields) -> Result<Fresh> {
    let state = &visit.state;
    let author = visit.author()?;
    let new = form::new_token(fields, state.clock.today())?;
    let secret = token::fresh();
    let name = new.name.clone();
    let token = Token::new(new, &secret, &author);
    state.database.transaction(move |connection| store::insert(connection, &token, &author)).await?;
    Ok(Fresh { name, secret: secret.expose_secret().to_owned() })
}

/// `POST /tokens/{id}/revoke`: from now on the token is unknown. Of one that somebody else revoked it is told who did.
pub async fn revoke(visit: Visit, Id(name): Id, author: Author) -> Answer {
    let state = &visit.state;
    let asked = name.clone();
    let revoked =
        state.database.transaction(move |connection| store::revoke(connection, &asked, &author)).await;
    state.tokens.forget(&name);
    let told = match revoked {
        Err(Error::NotFound) => {
            let asked = name.clone();
            let last = move |connection: &mut DbConnection| {
                audit::last_of(connection, TOKEN, &asked, &[Action::RevokeToken])
            };
            let before = of_event(&visit, &state.database.run(last).await?.ok_or(Error::NotFound)?);
            Message::new("flash-token-before").with("by", before.by).with("time", before.at.text)
        }
        revoked => revoked.map(|()| Message::new("flash-token-revoked"))?,
    };
    visit.tell(told.with("name", name));
    Ok(page::see_other(LIST))
}
