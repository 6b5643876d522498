//! What one statement of a change meets where somebody else was in between since it was read.

use diesel::connection::{Connection, InstrumentationEvent};
use llmage_admin::accounts::role::Role;
use llmage_admin::alerts::store as rules;
use llmage_admin::audit::event::{Author, Source};
use llmage_admin::db::{DbConnection, Engine};
use llmage_admin::error::{Error, Result};
use llmage_admin::failed_accounting::views::store as views;

use crate::app::{TestApp, noon};
use crate::support::database::engine;
use crate::support::rows::run;

/// Does the work, and something else by another connection just before the DELETE of it is sent.
fn overtaken<T>(
    app: &TestApp,
    by: &'static str,
    work: impl FnOnce(&mut DbConnection) -> Result<T>,
) -> Result<T> {
    let others = app.database.clone();
    app.database.transaction_once_here(|connection| {
        connection.set_instrumentation(move |event: InstrumentationEvent<'_>| {
            if let InstrumentationEvent::StartQuery { query, .. } = event
                && query.to_string().starts_with("DELETE")
            {
                run(&others, by);
            }
        });
        let done = work(connection);
        connection.set_instrumentation(|_: InstrumentationEvent<'_>| {});
        done
    })
}

#[actix_web::test]
async fn what_changes_between_the_look_and_the_removal_stays() {
    if engine() == Engine::Sqlite {
        // Whoever looks in order to write has the database for themselves.
        return;
    }
    let app = TestApp::new();
    let admin = app.signed_in(Role::Admin).await;
    admin.submit("/alerts", &[("kind", "open_amount"), ("threshold", "10"), ("to_webhook", "")]).await;
    admin.submit("/views", &[("name", "Kimi"), ("q", "usages")]).await;
    let by = Author { name: "admin".to_owned(), source: Source::Page, request_id: None, at: noon() };
    let rule = app.database.run_here(rules::list).unwrap().remove(0).id;
    let view = app.database.run_here(|connection| views::own(connection, "admin")).unwrap().remove(0).id;
    let remove_rule = |connection: &mut DbConnection| rules::delete(connection, &rule, Some(0), &by);
    let remove_view = |connection: &mut DbConnection| views::delete(connection, &view, Some(0), &by, true);

    let kept = overtaken(&app, "UPDATE alert_rule SET version = version + 1", remove_rule);
    assert!(matches!(kept, Err(Error::Conflict(_))), "{kept:?}");
    let kept = overtaken(&app, "UPDATE saved_view SET version = version + 1", remove_view);
    assert!(matches!(kept, Err(Error::Conflict(_))), "{kept:?}");
    run(&app.database, "UPDATE alert_rule SET version = 0");
    run(&app.database, "UPDATE saved_view SET version = 0");
    let gone = overtaken(&app, "DELETE FROM alert_rule", remove_rule);
    assert!(matches!(gone, Err(Error::NotFound)), "{gone:?}");
    let gone = overtaken(&app, "DELETE FROM saved_view", remove_view);
    assert!(matches!(gone, Err(Error::NotFound)), "{gone:?}");
}
