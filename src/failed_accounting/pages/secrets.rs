//! Looking at the secrets that the other pages mask: for administrators, and noted.

use super::show::unmasked;
use crate::audit::event::Author;
use crate::audit::event::{Action, Change, FAILED_ACCOUNTING};
use crate::audit::store as audit;
use crate::db::DbConnection;
use crate::failed_accounting::store;
use crate::web::error::Answer;
use crate::web::extract::{Id, Visit};

/// `POST /failed-accounting/{id}/reason`: the details page with the secrets of the reason, for this once and
/// with an event in the audit trail.
pub async fn show_secrets(visit: Visit, Id(id): Id, author: Author) -> Answer {
    let asked = id.clone();
    let note = move |connection: &mut DbConnection| {
        store::find(connection, &asked)?;
        let change = Change {
            action: Action::ShowSecret,
            record_kind: FAILED_ACCOUNTING,
            record_id: &asked,
            before: None,
            after: None,
        };
        audit::record(connection, &author, change)
    };
    visit.state.database.transaction(note).await?;
    unmasked(&visit, id).await
}
