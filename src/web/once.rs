//! Acts of programs that are done once, however often they are asked for: `Idempotency-Key`, for every POST of the API.
//!
//! The key is kept in the transaction of the act. Who comes again with it gets the first answer, and nothing is written.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpMessage, HttpResponse};
use serde::Serialize;

use super::error::Answer;
use super::extract::Visit;
use super::json::Sent;
use super::links;
use crate::accounts::idempotency::{self, Answered, Key};
use crate::base::form::Message;
use crate::db::{Database, DbConnection};
use crate::error::{Error, Result};

/// The header.
pub const KEY: &str = "Idempotency-Key";

/// What is answered to an act that was done.
#[derive(Debug, Clone)]
pub struct Told {
    /// Of what was made or changed.
    pub id: String,
    /// The answer, JSON.
    pub body: String,
}

impl Told {
    /// An answer in JSON, about the record of that id.
    pub fn new(id: &str, body: &impl Serialize) -> Result<Told> {
        Ok(Told { id: id.to_owned(), body: serde_json::to_string(body).map_err(Error::internal)? })
    }
}

/// How an act that was done is answered: a status, and the folder of the records that it makes.
#[derive(Debug, Clone, Copy)]
pub struct Manner {
    pub status: StatusCode,
    pub folder: Option<&'static str>,
}

impl Manner {
    /// What was made, and where it is.
    pub fn created(folder: &'static str) -> Manner {
        Manner { status: StatusCode::CREATED, folder: Some(folder) }
    }

    pub fn changed() -> Manner {
        Manner { status: StatusCode::OK, folder: None }
    }

    /// What begins in a moment.
    pub fn accepted() -> Manner {
        Manner { status: StatusCode::ACCEPTED, folder: None }
    }

    fn answer(self, status: StatusCode, told: Told) -> HttpResponse {
        let mut response = HttpResponse::build(status);
        if let Some(folder) = self.folder {
            response.insert_header((header::LOCATION, format!("{folder}/{}", links::segment(&told.id))));
        }
        response.content_type("application/json").body(told.body)
    }
}

/// Does something in a transaction of its own, once for each key.
pub async fn act(
    visit: &Visit,
    manner: Manner,
    work: impl FnOnce(&mut DbConnection) -> Result<Told> + Clone + Send + 'static,
) -> Answer {
    act_until_done(visit, manner, move |connection| work(connection).map(Some)).await
}

/// As [`act`], for work that may take several transactions: none says that another one is needed.
pub async fn act_until_done(
    visit: &Visit,
    manner: Manner,
    work: impl FnOnce(&mut DbConnection) -> Result<Option<Told>> + Clone + Send + 'static,
) -> Answer {
    in_steps(visit, manner, async { Ok(()) }, move |connection, ()| work(connection)).await
}

/// As [`act`], for work on what takes long to find out: `before` is asked first, outside of the transaction, and not at all
/// where the act was done. What it writes is no part of the act: who dies in between leaves a preview that nobody asked for.
pub async fn act_after<T: Clone + Send + 'static>(
    visit: &Visit,
    manner: Manner,
    before: impl Future<Output = Result<T>>,
    work: impl FnOnce(&mut DbConnection, T) -> Result<Told> + Clone + Send + 'static,
) -> Answer {
    in_steps(visit, manner, before, move |connection, found| work(connection, found).map(Some)).await
}

async fn in_steps<T: Clone + Send + 'static>(
    visit: &Visit,
    manner: Manner,
    before: impl Future<Output = Result<T>>,
    work: impl FnOnce(&mut DbConnection, T) -> Result<Option<Told>> + Clone + Send + 'static,
) -> Answer {
    let state = &visit.state;
    let Some(key) = key_of(visit)? else {
        let found = before.await?;
        let work = move |connection: &mut DbConnection| work(connection, found);
        return Ok(manner.answer(manner.status, done(&state.database, work).await?));
    };
    if let Some(told) = known(&state.database, &key).await? {
        return Ok(manner.answer(StatusCode::OK, told));
    }
    let (asked, now) = (key.clone(), state.clock.now());
    let once = move |connection: &mut DbConnection, found: T| {
        let Some(told) = work(connection, found)? else { return Ok(None) };
        let answer = idempotency::Answer { key: &asked, record_id: &told.id, text: &told.body, at: now };
        idempotency::keep(connection, &[answer])?;
        Ok(Some(told))
    };
    let acted = match before.await {
        Ok(found) => {
            done(&state.database, move |connection: &mut DbConnection| once(connection, found)).await
        }
        Err(error) => Err(error),
    };
    match acted {
        Ok(told) => Ok(manner.answer(manner.status, told)),
        // Somebody with the same key was first: what it did stands in the way of doing it again.
        Err(error) => match known(&state.database, &key).await {
            Ok(Some(told)) => Ok(manner.answer(StatusCode::OK, told)),
            // A database that cannot be asked does not tell that nothing was written.
            Err(refused @ Error::Invalid(_)) => Err(refused.into()),
            Ok(None) | Err(_) => Err(error.into()),
        },
    }
}

async fn done(
    database: &Database,
    work: impl FnOnce(&mut DbConnection) -> Result<Option<Told>> + Clone + Send + 'static,
) -> Result<Told> {
    loop {
        if let Some(told) = database.transaction(work.clone()).await? {
            return Ok(told);
        }
    }
}

/// What was answered to that key before.
async fn known(database: &Database, key: &Key) -> Result<Option<Told>> {
    let asked = key.clone();
    match database.run(move |connection| idempotency::lookup(connection, &asked)).await? {
        None => Ok(None),
        Some(known) if known.is_to(key) => Ok(Some(told(known))),
        Some(_) => Err(Error::invalid(KEY, Message::new("error-idempotency-body"))),
    }
}

fn told(answered: Answered) -> Told {
    Told { id: answered.record_id, body: answered.answer }
}

/// The key of a request, with what it stands for: the path and the body.
fn key_of(visit: &Visit) -> Result<Option<Key>> {
    let text = text_of(visit).map_err(|message| Error::invalid(KEY, message))?;
    let Some(text) = text else { return Ok(None) };
    let token = visit.caller()?.name;
    let body = visit.request.extensions().get::<Sent>().map(|sent| sent.0.clone()).unwrap_or_default();
    Ok(Some(Key::new(token, text, &[visit.path(), &String::from_utf8_lossy(&body)])))
}

/// The text of the key, if the request has one.
///
/// # Errors
/// What is wrong with it.
pub fn text_of(visit: &Visit) -> std::result::Result<Option<String>, Message> {
    let mut keys = visit.request.headers().get_all(KEY);
    let (Some(key), another) = (keys.next(), keys.next()) else { return Ok(None) };
    let text = key.as_bytes();
    let is_plain = (1..=255).contains(&text.len()) && text.iter().all(u8::is_ascii_graphic);
    match key.to_str() {
        Ok(text) if is_plain && another.is_none() => Ok(Some(text.to_owned())),
        _ => Err(Message::new("error-idempotency-key")),
    }
}
