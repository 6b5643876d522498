//! `GET /failed-accounting.csv`: every row of a filter, streamed.

use super::index::refuse_wrong;
use crate::base::form::refuse_unknown;
use crate::failed_accounting::export::{self, Shape};
use crate::failed_accounting::filter::{BESIDE, Filter, KEYS};
use crate::web::download;
use crate::web::error::Answer;
use crate::web::extract::{Query, Visit};

/// The CSV of the filter.
pub async fn download(visit: Visit, Query(fields): Query) -> Answer {
    let state = visit.state.clone();
    let (filter, mut errors) = Filter::parse(&fields);
    refuse_unknown(&fields, &[&KEYS, &BESIDE], &mut errors);
    refuse_wrong(errors)?;
    let shape = Shape { bom: fields.text("bom") == Some("1"), masked: true };
    let place = state.downloads.take(&visit.person()?).await?;
    let names = visit.names().await;
    let file_name = export::file_name(&filter, state.clock.now());
    Ok(download::csv(place, &file_name, move |sink| {
        state.database.run_here(|connection| {
            export::write(connection, &filter, &names, shape, &mut |chunk| sink.send(chunk)).map(drop)
        })
    }))
}
