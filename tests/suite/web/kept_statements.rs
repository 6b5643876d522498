//! A prepared statement is kept for as long as its connection, so what whoever asks makes up must not make one each.

use std::sync::{Arc, Mutex};

use diesel::connection::{Connection, InstrumentationEvent};
use llmage_admin::base::foreign;
use llmage_admin::usages::store as usages;

use crate::app::TestApp;

#[test]
fn no_statement_is_kept_for_an_id_that_is_bytes() {
    let app = TestApp::new();
    let kept = Arc::<Mutex<Vec<String>>>::default();
    let ear = Arc::clone(&kept);
    app.database
        .run_here(move |connection| {
            connection.set_instrumentation(move |event: InstrumentationEvent<'_>| {
                if let InstrumentationEvent::CacheQuery { sql, .. } = event {
                    ear.lock().expect("no listener panics").push(sql.to_owned());
                }
            });
            let found = usages::find_anywhere(connection, &foreign::text_of(b"a\xff"));
            connection.set_instrumentation(|_: InstrumentationEvent<'_>| {});
            found
        })
        .unwrap();
    let kept = kept.lock().unwrap();
    assert!(!kept.iter().any(|sql| sql.contains("x'")), "{kept:?}");
}
