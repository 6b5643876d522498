//! `GET /failed-accounting.csv`: every row of a filter, streamed.

use actix_web::HttpRequest;

use super::index::refuse_wrong;
use crate::base::form::refuse_unknown;
use crate::failed_accounting::export::{self, Shape};
use crate::failed_accounting::filter::{BESIDE, Filter, KEYS};
use crate::web::error::Answer;
use crate::web::{download, page, request};

/// The CSV of the filter.
pub async fn download(request: HttpRequest) -> Answer {
    let state = page::state_of(&request)?.clone();
    let fields = request::query_fields(&request)?;
    let (filter, mut errors) = Filter::parse(&fields);
    refuse_unknown(&fields, &[&KEYS, &BESIDE], &mut errors);
    refuse_wrong(errors)?;
    let shape = Shape { bom: fields.text("bom") == Some("1"), masked: true };
    let place = state.downloads.take(&request::person_of(&request)?).await?;
    let names = state.names.current().await;
    let file_name = export::file_name(&filter, state.clock.now());
    Ok(download::csv(place, &file_name, move |sink| {
        state.database.run_here(|connection| {
            export::write(connection, &filter, &names, shape, &mut |chunk| sink.send(chunk)).map(drop)
        })
    }))
}
