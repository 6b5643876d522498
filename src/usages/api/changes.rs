//! Reading and changing one usage: each change is one transaction, with the token as its author.

use actix_web::http::StatusCode;

use super::record::{FIELDS, Record};
use crate::audit::event::{Author, USAGE};
use crate::base::columns::{self, Column};
use crate::base::expect;
use crate::base::form::{Fields, Message};
use crate::base::object::{Kind, Member};
use crate::db::DbConnection;
use crate::error::{Error, Result};
use crate::failed_accounting::case::Case;
use crate::usages::usage::{ACCOUNTED, COLUMNS, CREATED, Usage, Whereabouts};
use crate::usages::{form, store};
use crate::web::document::{ReadRefusals, WriteRefusals, described_body};
use crate::web::error::Answer;
use crate::web::extract::{Body, Id, NoQuery, Visit};
use crate::web::json;
use crate::web::merge::with_last_change;
use crate::web::once::{self, Manner, Told};

const ID: Kind = Kind::Line(32);

/// What a usage may be made of, besides its id.
fn values() -> Vec<Member> {
    let kind = |column: &Column<Usage>| match column.kind {
        columns::Kind::Id => None,
        columns::Kind::Text(limit) => Some(Kind::Line(limit)),
        columns::Kind::Long => Some(Kind::Text(form::MAX_TEXT)),
        columns::Kind::Word(words) => Some(Kind::OneOf(words)),
        columns::Kind::Date => Some(Kind::Date),
        columns::Kind::Time => Some(Kind::Time),
        columns::Kind::Money => Some(Kind::Money),
        columns::Kind::Count | columns::Kind::Seconds => Some(Kind::Seconds),
    };
    COLUMNS.iter().filter_map(|column| Some(Member::new(column.name, kind(column)?))).collect()
}

const OF_NEW: [Member; 1] = [Member::new("id", ID).required()];

const OF_EDIT: [Member; 2] =
    [Member::new("confirm", Kind::Flag).filled(), Member::new("expect", Kind::Record(&FIELDS))];

fn new_members() -> Vec<Member> {
    [&OF_NEW[..], &values()].concat()
}

fn edit_members() -> Vec<Member> {
    [&values()[..], &OF_EDIT[..]].concat()
}

described_body!(
    /// A usage; without an accounting_status it is to be accounted (`created`).
    NewUsage,
    &new_members()
);
described_body!(
    /// What shall change; what is absent stays. A usage that is accounted changes only with `confirm: true`.
    UsageEdit,
    &edit_members()
);

/// Reads a usage, live or archived.
#[utoipa::path(
    get,
    path = "/api/v1/usages/{id}",
    tag = "usages",
    params(("id" = String, Path, description = "The id of the usage.")),
    responses((status = 200, description = "The usage.", body = Record), ReadRefusals)
)]
pub async fn show(visit: Visit, Id(id): Id, _: NoQuery) -> Answer {
    let found = visit.state.database.run(move |connection| store::find_anywhere(connection, &id)).await?;
    let (usage, whereabouts) = found.ok_or(Error::NotFound)?;
    let names = visit.names().await;
    json::answer(StatusCode::OK, &Record::new(&usage, whereabouts, &names))
}

/// Creates a usage.
#[utoipa::path(
    post,
    path = "/api/v1/usages",
    tag = "usages",
    request_body = NewUsage,
    responses((status = 201, description = "The usage.", body = Record), WriteRefusals)
)]
pub async fn create(visit: Visit, author: Author, body: Body) -> Answer {
    let object = body.object(&new_members())?;
    let usage = object.checked(form::new_usage(&object.fields))?;
    let accounting_status = usage.accounting_status.or(Some(CREATED.to_owned()));
    let usage = Usage { accounting_status, ..usage };
    let names = visit.names().await;
    let reads = visit.caller()?.grant.reads();
    let work = move |connection: &mut DbConnection| {
        let usage = usage.clone().as_meant(connection.engine());
        let mut case = Case::of_usage(connection, &usage.id)?;
        case.make_usage(&usage).map_err(|error| taken(error, &usage, reads)).map_err(refused_by_state)?;
        case.save(connection, &author).map_err(|error| taken(error, &usage, reads))?;
        let kept = as_kept(connection, &usage.id)?;
        Told::new(&kept.id, &Record::new(&kept, Whereabouts::Live, &names))
    };
    once::act(&visit, Manner::created("/api/v1/usages"), work).await
}

/// Edits a live usage.
#[utoipa::path(
    patch,
    path = "/api/v1/usages/{id}",
    tag = "usages",
    params(("id" = String, Path, description = "The id of the usage.")),
    request_body = UsageEdit,
    responses((status = 200, description = "The usage as it is now.", body = Record), WriteRefusals)
)]
pub async fn update(visit: Visit, Id(id): Id, author: Author, body: Body) -> Answer {
    let object = body.object(&edit_members())?;
    let asked = id.clone();
    let work = move |connection: &mut DbConnection| {
        let mut case = Case::of_usage(connection, &id)?;
        let before = case.live_usage()?.clone();
        if let Some(expected) = object.record("expect") {
            expect::compare(expected, &Record::bare(&before)?)?;
        }
        let after = object.checked(form::usage(&object.fields, &before)).map_err(refused_by_state)?;
        let after = after.as_meant(connection.engine());
        case.edit_usage(&after).map_err(refused_by_state)?;
        case.save(connection, &author).map_err(|error| taken(error, &after, true))?;
        as_kept(connection, &after.id)
    };
    let usage = match visit.state.database.transaction(work).await {
        Err(error) => return with_last_change(&visit, USAGE, asked, Err(error.into())).await,
        Ok(usage) => usage,
    };
    let names = visit.names().await;
    json::answer(StatusCode::OK, &Record::new(&usage, Whereabouts::Live, &names))
}

/// Removes a live usage without open failures for good; an accounted one only with its id as `confirm`.
#[utoipa::path(
    delete,
    path = "/api/v1/usages/{id}",
    tag = "usages",
    params(
        ("id" = String, Path, description = "The id of the usage."),
        ("confirm" = Option<String>, Query, description = "The id once more, where the usage is accounted.")
    ),
    responses((status = 204, description = "It is gone; the audit trail keeps the whole row."), WriteRefusals)
)]
pub async fn destroy(visit: Visit, Id(id): Id, author: Author, body: Body) -> Answer {
    let confirmed = confirmed(&visit.query()?, &body)?;
    let removed = visit.state.database.transaction(move |connection| {
        let mut case = Case::of_usage(connection, &id)?;
        case.delete_usage(confirmed.as_deref())?;
        case.save(connection, &author)
    });
    removed.await?;
    json::done()
}

/// The id that was sent once more to confirm, in the query or the body; nothing else may be asked.
fn confirmed(query: &Fields, body: &Body) -> Result<Option<String>> {
    let errors = json::query_errors(query, &["confirm"]);
    if !errors.is_empty() {
        return Err(Error::Invalid(errors));
    }
    let object = body.beside_query(&[Member::new("confirm", ID)])?;
    object.checked(Ok(()))?;
    Ok(query.raw("confirm").or_else(|| object.fields.raw("confirm")).map(str::to_owned))
}

/// The usage as the database keeps it: some keep whole seconds.
fn as_kept(connection: &mut DbConnection, id: &str) -> Result<Usage> {
    store::lookup(connection, id)?.ok_or(Error::NotFound)
}

/// What an accounted usage refuses, and another would not, is a matter of state; what is wrong with any comes first.
fn refused_by_state(error: Error) -> Error {
    const OF_STATE: [&str; 7] = [
        "error-accounted-stays",
        "error-confirm-accounted",
        "error-usage-retrying",
        "error-usage-decided",
        "error-only-platform-accounts",
        "error-only-retry-creates",
        "error-only-recording-fails",
    ];
    let told = |message: &Message| match message.key {
        // What is typed is refused by these without asking in which state the usage is: it is accounted.
        "error-accounted-stays" => message.clone().with("state", ACCOUNTED),
        "error-confirm-accounted" => message.clone().with("state", ACCOUNTED).with("way_out", "confirm"),
        _ => message.clone(),
    };
    let Error::Invalid(errors) = error else { return error };
    let is_state = errors.values().all(|message| OF_STATE.contains(&message.key));
    match errors.values().next() {
        Some(message) if is_state => Error::Conflict(told(message)),
        _ => Error::Invalid(errors),
    }
}

/// That another usage has the id or the task is a matter of state: a form can be corrected, a program must know that
/// the usage is there. Which one it is that has the task is told to who may read usages.
fn taken(error: Error, usage: &Usage, reads: bool) -> Error {
    match error {
        Error::Invalid(errors) if errors.contains_key("id") => {
            let message = Message::new("error-usage-id-taken").with("id", &usage.id);
            Error::Conflict(message.with("state", "exists").with("usage", &usage.id))
        }
        Error::Invalid(errors) => match errors.values().find(|message| message.key == "error-task-taken") {
            Some(message) => {
                let mut message = message.clone().with("state", "exists");
                if !reads {
                    message.arguments.remove("usage");
                }
                Error::Conflict(message.with("taskid", usage.taskid.clone().unwrap_or_default()))
            }
            None => Error::Invalid(errors),
        },
        error => error,
    }
}
