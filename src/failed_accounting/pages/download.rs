//! `GET /failed-accounting.csv`: every row of a filter, streamed.

use super::index::refuse_wrong;
use crate::base::form::refuse_unknown;
use crate::db::DbConnection;
use crate::failed_accounting::export::{self, Shape};
use crate::failed_accounting::filter::{Filter, KEYS};
use crate::web::download;
use crate::web::error::Answer;
use crate::web::extract::{Query, Visit};

/// The CSV of the filter.
pub async fn download(visit: Visit, Query(fields): Query) -> Answer {
    let state = visit.state.clone();
    let (filter, mut errors) = Filter::parse(&fields);
    // A file has no pages: a place in the list would do nothing.
    refuse_unknown(&fields, &[&KEYS, &["bom", "exact", "view"]], &mut errors);
    refuse_wrong(errors)?;
    let shape = Shape { bom: fields.text("bom") == Some("1"), masked: true };
    let place = state.downloads.take(&visit.person()?).await?;
    let names = visit.names().await;
    let file_name = export::file_name(&filter, state.clock.now());
    if filter.group.is_some() {
        // Groups are few enough for memory, and whether they are is known before the file begins.
        let file = move |connection: &mut DbConnection| {
            download::in_memory(|sink| export::write(connection, &filter, &names, shape, sink).map(drop))
        };
        let file = state.database.run(file).await?;
        return Ok(download::csv(place, &file_name, move |sink| sink.send(file)));
    }
    Ok(download::csv(place, &file_name, move |sink| {
        state.database.run_here(|connection| {
            export::write(connection, &filter, &names, shape, &mut |chunk| sink.send(chunk)).map(drop)
        })
    }))
}
