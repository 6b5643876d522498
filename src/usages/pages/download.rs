//! `GET /usages.csv`: every usage of a filter, streamed.

use super::context::shelf_of;
use crate::base::form::refuse_unknown;
use crate::db::DbConnection;
use crate::error::Error;
use crate::usages::export;
use crate::usages::filter::Filter;
use crate::web::download;
use crate::web::error::Answer;
use crate::web::extract::{Query, Visit};

/// The CSV of the filter.
pub async fn download(visit: Visit, Query(fields): Query) -> Answer {
    let state = visit.state.clone();
    let (filter, mut errors) = Filter::parse_on(shelf_of(&visit), &fields);
    // A file has no pages: a place in the list would do nothing.
    refuse_unknown(&fields, &[filter.shelf.key_names(), &["bom", "exact"]], &mut errors);
    if !errors.is_empty() {
        return Err(Error::Invalid(errors).into());
    }
    let bom = fields.text("bom") == Some("1");
    let place = state.downloads.take(&visit.person()?).await?;
    let names = visit.names().await;
    let file_name = export::file_name(&filter, state.clock.now());
    if filter.group.is_some() {
        // Groups are few enough for memory, and whether they are is known before the file begins.
        let file = move |connection: &mut DbConnection| {
            download::in_memory(|sink| export::write(connection, &filter, &names, bom, sink))
        };
        let file = state.database.run(file).await?;
        return Ok(download::csv(place, &file_name, move |sink| sink.send(file)));
    }
    Ok(download::csv(place, &file_name, move |sink| {
        state.database.run_here(|connection| {
            export::write(connection, &filter, &names, bom, &mut |chunk| sink.send(chunk))
        })
    }))
}
