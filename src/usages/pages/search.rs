//! `GET /usages/find`: one box that finds a usage by its id or task, wherever it is.

use crate::base::form::Message;
use crate::error::Error;
use crate::usages::filter::Shelf;
use crate::usages::store;
use crate::usages::usage::Whereabouts;
use crate::web::error::Answer;
use crate::web::extract::{Query, Visit};
use crate::web::{links, page};

/// Goes to the usage; to the list with a word about it where there is none.
pub async fn find(visit: Visit, Query(fields): Query) -> Answer {
    let Some(text) = fields.text("q").map(str::to_owned) else {
        return Ok(page::see_other(Shelf::Live.path()));
    };
    let sought = text.clone();
    let found = visit
        .state
        .database
        .run(move |connection| match store::find_by_id_or_task(connection, &sought) {
            Ok(Some(id)) => store::find_anywhere(connection, &id),
            Ok(None) | Err(Error::NotFound) => Ok(None),
            Err(error) => Err(error),
        })
        .await?;
    let Some((usage, whereabouts)) = found else {
        let message = Message::new("usage-not-found").with("text", text.chars().take(80).collect::<String>());
        visit.tell(message);
        return Ok(page::see_other(Shelf::Live.path()));
    };
    let shelf = if whereabouts == Whereabouts::Live { Shelf::Live } else { Shelf::History };
    Ok(page::see_other(&format!("{}/{}", shelf.path(), links::segment(&usage.id))))
}

/// Any other method on the history: says that nobody may.
pub async fn read_only() -> Answer {
    Err(Error::ReadOnly(Message::new("history-read-only")).into())
}
