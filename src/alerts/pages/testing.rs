//! Sends a test of a rule now, by the way that alerts go, and shows what came of it.

use actix_web::web;
use futures_util::future::join_all;
use serde_json::json;

use super::super::courier::Courier;
use super::super::delivery::Delivery;
use super::super::destinations::Destinations;
use super::super::event::{Event, Facts, What};
use super::super::outbox;
use super::super::{standing, store};
use super::{LIST, list};
use crate::audit::event::{ALERT_RULE, Action, Change};
use crate::audit::store as audit;
use crate::base::form::Message;
use crate::error::{Error, Result};
use crate::web::error::Answer;
use crate::web::extract::{Id, Visit};
use crate::web::{links, page};

/// `POST /alerts/{id}/test`: every place of the rule is tried at once; the next page says how it went.
pub async fn create(visit: Visit, Id(id): Id, destinations: web::Data<Destinations>) -> Answer {
    match send(&visit, id, &destinations).await {
        Ok(event) => Ok(page::see_other(&links::with_query(LIST, &links::query(&[("tested", event)])))),
        Err(Error::Conflict(message)) => list(&visit, &destinations, Some(message)).await,
        Err(error) => Err(error.into()),
    }
}

/// Gives the id of the test's event.
async fn send(visit: &Visit, id: String, destinations: &Destinations) -> Result<String> {
    let state = &visit.state;
    let author = visit.author()?;
    let milliseconds = state.clock.milliseconds();
    let write = move |connection: &mut crate::db::DbConnection| {
        let rule = store::find(connection, &id)?;
        if !rule.to_webhook && !rule.to_mail {
            return Err(Error::Conflict(Message::new("alert-conflict-nowhere")));
        }
        standing::begin_test(connection, &rule, milliseconds)?;
        let event = Event::new(&rule, What::Test, &Facts::default(), author.at);
        let event = Event { asked_by: Some(author.name.clone()), ..event };
        let deliveries = outbox::write(connection, &rule, &event, milliseconds)?;
        let after = Some(json!({ "event": event.id }));
        let change = Change {
            action: Action::TestAlert,
            record_kind: ALERT_RULE,
            record_id: &rule.id,
            before: None,
            after,
        };
        audit::record(connection, &author, change)?;
        Ok((event.id, deliveries))
    };
    let (event, deliveries) = state.database.transaction(write).await?;
    let courier = Courier::new(state.database.clone(), state.clock.clone(), destinations.clone());
    let deliver = |delivery: Delivery| {
        let courier = courier.clone();
        web::block(move || courier.deliver(&delivery))
    };
    for sent in join_all(deliveries.into_iter().map(deliver)).await {
        sent.map_err(Error::internal)??;
    }
    Ok(event)
}
