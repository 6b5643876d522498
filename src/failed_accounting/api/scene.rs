//! A failure on which a program acts: where it is, and who asks the ledger about it.

use std::sync::{Arc, Mutex, PoisonError};

use super::record::Record;
use crate::audit::event::Author;
use crate::db::DbConnection;
use crate::error::Result;
use crate::failed_accounting::case::{Acted, Case, Evidence, Place};
use crate::failed_accounting::change;
use crate::failed_accounting::failure::FailedRecord;
use crate::failed_accounting::inquiry::Inquiry;
use crate::web::error::Answer;
use crate::web::extract::Visit;
use crate::web::once::{self, Manner, Told};

/// What an act is told beside the case.
pub(super) struct Known<'a> {
    /// How the step before left the record.
    pub left: Option<&'a FailedRecord>,
    pub evidence: &'a Evidence,
}

/// A record to act on.
pub(super) struct Scene {
    place: Place,
    inquiry: Inquiry,
}

impl Scene {
    /// Which usage to lock must be known before the transaction, because the usage is locked first.
    pub(super) async fn find(visit: &Visit, id: String) -> Result<Scene> {
        let place = visit.state.database.run(move |connection| Place::find(connection, &id)).await?;
        Ok(Scene { place, inquiry: Inquiry::default() })
    }

    /// As [`Scene::find`], for an act that wants to know whether the customer was charged.
    pub(super) async fn asked(visit: &Visit, id: String, is_checked: bool) -> Result<Scene> {
        let scene = Scene::find(visit, id).await?;
        let state = &visit.state;
        let inquiry = Inquiry::begin(&state.ledger, &state.database, &scene.place, is_checked).await;
        Ok(Scene { inquiry, ..scene })
    }

    /// Acts on its case; answers the record as it is then.
    pub(super) async fn act(
        self,
        visit: &Visit,
        manner: Manner,
        act: impl FnOnce(&mut Case, &str, &Author, &Known<'_>) -> Result<()> + Clone + Send + 'static,
    ) -> Answer {
        let Scene { place, inquiry } = self;
        let author = visit.author()?;
        let names = visit.names().await;
        let left: Arc<Mutex<Option<FailedRecord>>> = Arc::default();
        let work = move |connection: &mut DbConnection| {
            let mut left = left.lock().unwrap_or_else(PoisonError::into_inner);
            let act = |case: &mut Case, evidence: &Evidence| {
                act(case, &place.id, &author, &Known { left: left.as_ref(), evidence })
            };
            match change::change_knowing(connection, &place, &author, &inquiry, act)? {
                (Acted::Done, record) => Told::new(&place.id, &Record::new(&record, &names)).map(Some),
                (Acted::Again, record) => {
                    *left = Some(record);
                    Ok(None)
                }
            }
        };
        once::act_until_done(visit, manner, work).await
    }
}
