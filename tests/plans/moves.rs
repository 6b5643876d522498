//! What many cases write together is reached by ids, however many rows are as these were.

use llmage_admin::audit::event::{Author, Source};
use llmage_admin::db::{DbConnection, Engine};
use llmage_admin::error::Result;
use llmage_admin::failed_accounting::case::{Cases, Evidence, Place};
use serde_json::json;

use crate::explained::plan;
use crate::support::bulk;
use crate::support::database::{TestDatabase, engine};
use crate::support::rows::run;
use crate::support::statements::{heard, written_out};

/// Does the work, which is committed, and gives the UPDATEs that it sent.
fn updates<T>(database: &TestDatabase, work: impl FnOnce(&mut DbConnection) -> Result<T>) -> Vec<String> {
    let heard = database.transaction_once_here(|connection| heard(connection, work));
    let heard = heard.expect("the work can be done");
    let sent = heard.iter().filter(|query| query.starts_with("UPDATE"));
    sent.map(|query| written_out(engine(), query)).collect()
}

#[test]
fn usages_that_are_retried_together_are_reached_by_their_ids() {
    if engine() != Engine::Sqlite {
        // The others have statistics, and this table is empty.
        return;
    }
    let database = TestDatabase::new();
    let places =
        ["a", "b", "c"].map(|name| Place { id: format!("f-{name}"), usage_id: Some(name.to_owned()) });
    for (place, name) in places.iter().zip(["a", "b", "c"]) {
        run(
            &database,
            &format!(
                "INSERT INTO llmusage (id, status, use_date, accounting_status) \
                 VALUES ('{name}', 'SUCCEEDED', '2026-05-01', 'failed'); \
                 INSERT INTO llmusage_accounting_failed (id, llmusageid, failed_reason, handled) \
                 VALUES ('{}', '{name}', 'usages is None', '0')",
                place.id
            ),
        );
    }
    let at = bulk::last_day().and_hms_opt(12, 0, 0).expect("a time");
    let author = Author { name: "ann".to_owned(), source: Source::Page, request_id: None, at };
    let sent = updates(&database, |connection| {
        let mut cases = Cases::take(connection, &places)?;
        for place in &places {
            cases.of_mut(&place.id).expect("its case").retry(&place.id, &Evidence::checked(), &author)?;
        }
        cases.save(connection, &author, &json!({}))
    });
    let moving: Vec<&String> =
        sent.iter().filter(|statement| statement.contains("accounting_status")).collect();
    assert_eq!(moving.len(), 1, "all by one statement: {sent:#?}");
    for statement in moving {
        let steps = plan(&database, statement);
        let by_state = steps.iter().find(|step| step.contains("idx_llmusage_accounting"));
        assert_eq!(by_state, None, "all that wait are read in\n{statement}\n{steps:#?}");
    }
}
