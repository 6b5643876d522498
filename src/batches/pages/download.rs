//! `GET /batches/{id}.csv`: every row of a batch and what became of it.

use super::context::reason_in_words;
use crate::batches::{export, store};
use crate::web::download;
use crate::web::error::Answer;
use crate::web::extract::{Id, Query, Visit};

/// The CSV of a batch.
pub async fn download(visit: Visit, Id(id): Id, Query(fields): Query) -> Answer {
    let bom = fields.text("bom") == Some("1");
    let state = visit.state.clone();
    let language = visit.language;
    let asked = id.clone();
    // A batch that there is not is a page that says so, not a broken file.
    let batch = state.database.run(move |connection| store::find(connection, &asked)).await?;
    let place = state.downloads.take(&visit.person()?).await?;
    let names = visit.names().await;
    let at = state.clock.now().format("%Y%m%d-%H%M%S");
    let file_name = format!("batch_{}_{}_{at}.csv", batch.action.as_str(), batch.id());
    Ok(download::csv(place, &file_name, move |sink| {
        state.database.run_here(|connection| {
            let batch = store::find(connection, &id)?;
            let words = |why: &str| reason_in_words(language, why, None);
            export::write(connection, &batch, &names, &words, bom, &mut |chunk| sink.send(chunk))
        })
    }))
}
