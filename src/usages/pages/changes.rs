//! What the forms of usages do: each change is one transaction that finds, checks, saves and writes its event.

use super::context::{list_link, usage_link};
use super::forms::{Stale, changed_delete_form, conflict_form, delete_form, edit_form, live_usage, new_form};
use super::show::{details, filter_of};
use crate::audit::event::Author;
use crate::base::form::Message;
use crate::base::merge::has_choices;
use crate::error::Error;
use crate::failed_accounting::case::Case;
use crate::usages::form::{self, Seen};
use crate::usages::recording::{Recorded, Recording};
use crate::usages::usage::Usage;
use crate::web::error::Answer;
use crate::web::extract::{Form, Id, Visit};
use crate::web::form::FormState;
use crate::web::{links, merge, page};

/// How a change of a usage ended.
enum Outcome {
    /// With what others changed meanwhile and was kept.
    Done(Vec<String>),
    /// Somebody changed the usage since the form was filled, and something of it must be asked.
    Stale(Box<Stale>),
}

/// `POST /usages`: creates a usage.
pub async fn create(visit: Visit, author: Author, Form(fields): Form) -> Answer {
    let created = match form::new_usage(&fields) {
        Ok(usage) => {
            let (link, money) = (usage_link(&usage.id, "", &Default::default()), amount_of(&usage));
            let done = visit.state.database.transaction(move |connection| {
                let usage = usage.clone().as_meant(connection.engine());
                let mut case = Case::of_usage(connection, &usage.id)?;
                case.make_usage(&usage)?;
                case.save(connection, &author)
            });
            done.await.map(|_| (link, money))
        }
        Err(errors) => Err(Error::Invalid(errors)),
    };
    match created {
        Ok((link, money)) => {
            visit.tell(Message::new("flash-usage-created").with("amount", money));
            Ok(page::see_other(&link))
        }
        Err(Error::Invalid(errors)) => new_form(&visit, &FormState::refused(fields, errors)).await,
        Err(error) => Err(error.into()),
    }
}

/// `POST /usages/{id}`: saves an edit.
pub async fn update(visit: Visit, Id(id): Id, author: Author, Form(fields): Form) -> Answer {
    let state = &visit.state;
    let (asked, typed) = (id.clone(), fields.clone());
    let ended = state.database.transaction(move |connection| {
        let mut case = Case::of_usage(connection, &asked)?;
        let before = case.live_usage()?.clone();
        let answers = has_choices(&typed);
        let saw = Seen::in_form(&typed).filter(|saw| answers || *saw != Seen::of(&before));
        let merged = saw.map(|saw| (saw.merge(&before, &typed), saw));
        let (fields, taken) = match merged {
            None => (typed, Vec::new()),
            Some((merged, _)) if merged.is_clear() => (merged.fields, merged.taken),
            Some((merged, saw)) => {
                return Ok(Outcome::Stale(Box::new(Stale { usage: before, saw, merged })));
            }
        };
        let after = form::usage(&fields, &before).map_err(Error::Invalid)?.as_meant(connection.engine());
        case.edit_usage(&after)?;
        case.save(connection, &author)?;
        Ok(Outcome::Done(taken))
    });
    match ended.await {
        Ok(Outcome::Done(taken)) => {
            let done = Message::new("flash-usage-saved");
            visit.tell(merge::done(visit.language, done, &taken));
            Ok(page::see_other(&usage_link(&id, "", &filter_of(&visit)?)))
        }
        Ok(Outcome::Stale(stale)) => conflict_form(&visit, *stale).await,
        Err(Error::Invalid(errors)) => {
            let usage = live_usage(state, &id).await?;
            // What was chosen on the page of a conflict is in the form that comes back.
            let fields =
                Seen::in_form(&fields).map_or(fields.clone(), |saw| saw.merge(&usage, &fields).fields);
            edit_form(&visit, &usage, FormState::refused(fields, errors)).await
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /usages/{id}/delete`: removes a live usage without open failures; the audit trail keeps the whole row.
pub async fn destroy(visit: Visit, Id(id): Id, author: Author, Form(fields): Form) -> Answer {
    let (asked, typed) = (id.clone(), fields.clone());
    let amount = visit
        .state
        .database
        .transaction(move |connection| {
            let mut case = Case::of_usage(connection, &asked)?;
            let usage = case.live_usage()?.clone();
            // An id may end in blanks; who types one more than there is means the same.
            let confirmed =
                typed.raw("confirm").filter(|typed| *typed == asked).or_else(|| typed.text("confirm"));
            case.delete_usage(confirmed)?;
            match Seen::in_form(&typed) {
                // Nobody saw what would be lost.
                None => return Err(Error::invalid("confirm", Message::new("error-confirm-delete"))),
                Some(saw) if saw != Seen::of(&usage) => return Ok(Err(saw)),
                Some(_) => {}
            }
            case.save(connection, &author)?;
            Ok(Ok(amount_of(&usage)))
        })
        .await;
    let amount = match amount {
        Err(Error::Invalid(errors)) => {
            return delete_form(&visit, id, FormState::refused(fields, errors)).await;
        }
        Ok(Err(saw)) => return changed_delete_form(&visit, id, saw, fields).await,
        Ok(Ok(amount)) => amount,
        Err(error) => return Err(error.into()),
    };
    visit.tell(Message::new("flash-usage-deleted").with("amount", amount));
    Ok(page::see_other(&list_link(&filter_of(&visit)?)))
}

/// `POST /usages/{id}/fail`: records that the usage could not be accounted.
pub async fn fail(visit: Visit, Id(id): Id, author: Author, Form(fields): Form) -> Answer {
    let reason = match form::reason(&fields) {
        Ok(reason) => reason,
        Err(errors) => {
            return details(&visit, id, &FormState::refused(fields, errors)).await;
        }
    };
    let recording = Recording { id: Recording::fresh_id(author.at), reason, failed_time: author.at };
    let link = format!("/failed-accounting/{}", links::segment(&recording.id));
    let asked = id.clone();
    let recorded = visit.state.database.transaction(move |connection| {
        let mut case = Case::of_usage(connection, &asked)?;
        let recorded = case.record(&recording, &author)?;
        case.save(connection, &author)?;
        Ok(recorded)
    });
    let recorded = match recorded.await.map_err(|error| error.at_field("failed_reason", "reason")) {
        Err(Error::Invalid(errors)) => return details(&visit, id, &FormState::refused(fields, errors)).await,
        recorded => recorded?,
    };
    match recorded {
        Recorded::Done { amount } => {
            let amount = amount.unwrap_or_default();
            visit.tell(Message::new("flash-recorded").with("amount", amount));
            Ok(page::see_other(&link))
        }
        refused => Err(refused.refusal(&id).into()),
    }
}

fn amount_of(usage: &Usage) -> String {
    usage.amount.unwrap_or_default().to_string()
}
