//! `GET /batches/{id}.csv`: every row of a batch and what became of it.

use actix_web::HttpRequest;

use super::context::reason_in_words;
use crate::batches::{export, store};
use crate::web::error::Answer;
use crate::web::{download, page, request};

/// The CSV of a batch.
pub async fn download(request: HttpRequest) -> Answer {
    let id = request::id_in_path(&request)?;
    let bom = request::query_fields(&request)?.text("bom") == Some("1");
    let state = page::state_of(&request)?.clone();
    let language = request::language_of(&request);
    let asked = id.clone();
    // A batch that there is not is a page that says so, not a broken file.
    let batch = state.database.run(move |connection| store::find(connection, &asked)).await?;
    let place = state.downloads.take(&request::person_of(&request)?).await?;
    let names = state.names.current().await;
    let at = state.clock.now().format("%Y%m%d-%H%M%S");
    let file_name = format!("batch_{}_{}_{at}.csv", batch.action.as_str(), batch.id());
    Ok(download::csv(place, &file_name, move |sink| {
        state.database.run_here(|connection| {
            let batch = store::find(connection, &id)?;
            let words = |why: &str| reason_in_words(language, why, None);
            export::write(connection, &batch, (&names, &words), (bom, &mut |chunk| sink.send(chunk)))
        })
    }))
}
