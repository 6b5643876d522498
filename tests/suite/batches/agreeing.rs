//! A test of one failure, of a filter and of a batch say the same of each row, whatever the platform wrote: causes that nobody
//! told yet, several failures of a usage, usages that are damaged, moved on or gone.

use std::collections::BTreeMap;
use std::sync::Arc;

use diesel::prelude::*;
use llmage_admin::batches::batch::Action;
use llmage_admin::batches::foretelling::{self, By, Looked};
use llmage_admin::batches::form::Selection;
use llmage_admin::batches::{plan, store};
use llmage_admin::db::Database;
use llmage_admin::db::schema::batch_item;
use llmage_admin::failed_accounting::case::View;
use llmage_admin::failed_accounting::failure::FailedRecord;
use llmage_admin::failed_accounting::filter::{Filter, Handled};
use llmage_admin::failed_accounting::tested::Tested;
use llmage_admin::failed_accounting::{forecast, store as failures};
use llmage_admin::forecast::Sources;
use llmage_admin::forecast::judged::Judged;
use llmage_admin::forecast::platform::Platform;
use llmage_admin::usages::store as usages;
use llmage_admin::usages::usage::Usage;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use crate::app::{TestApp, failure, usage};
use crate::batches::author;
use crate::support::proven;
use crate::support::rows::run as sql;

const REASONS: [&str; 8] = [
    "usages is None",
    "llm_charging failed: 'image_count'",
    "llm not found(m-kimi-k3)",
    "502, message='Bad Gateway', url='https://a.example.com'",
    "accounting failed",
    "account not found: orgid=org-b, subject=客户资金账户",
    "(1213, 'Deadlock found when trying to get lock; try restarting transaction')",
    "",
];

const USAGES: [&str; 4] = [r#"{"prompt_tokens": 4}"#, r#"{"image_count": 2}"#, "null", "{}"];

/// How a cause stands: sorted, not sorted, or emptied by another program.
const CAUSES: [&str; 3] = ["", "cause = NULL, cause_version = NULL", "cause = ''"];

#[derive(Debug, Clone)]
struct Row {
    reason: &'static str,
    cause: &'static str,
    usages: Option<&'static str>,
    model: &'static str,
    state: Option<&'static str>,
    handled: &'static str,
    /// Whether it is one more failure of the usage before.
    shares: bool,
}

fn row() -> impl Strategy<Value = Row> {
    (
        select(&REASONS[..]),
        select(&CAUSES[..]),
        option::weighted(0.9, select(&USAGES[..])),
        select(&["m-kimi-k3", "m-gone", "m-twice"][..]),
        option::weighted(0.95, select(&["failed", "failed", "failed", "failed", "created", "accounted"][..])),
        select(&["0", "0", "0", "1"][..]),
        prop::bool::weighted(0.2),
    )
        .prop_map(|(reason, cause, usages, model, state, handled, shares)| Row {
            reason,
            cause,
            usages,
            model,
            state,
            handled,
            shares,
        })
}

fn given(app: &TestApp, rows: &[Row]) -> Vec<String> {
    sql(&app.database, "DELETE FROM llmusage_accounting_failed; DELETE FROM llmusage");
    let (mut ids, mut of_usage) = (Vec::new(), String::new());
    for (number, row) in rows.iter().enumerate() {
        let id = format!("f{number}");
        if number == 0 || !row.shares {
            of_usage = format!("u{number}");
            // One that has no state is not there at all.
            if let Some(state) = row.state {
                app.given_usage(&Usage {
                    usages: row.usages.map(str::to_owned),
                    llmid: Some(row.model.to_owned()),
                    accounting_status: Some(state.to_owned()),
                    ..usage(&of_usage)
                });
            }
        }
        app.given(&FailedRecord {
            llmusageid: Some(of_usage.clone()),
            failed_reason: Some(row.reason.to_owned()),
            handled: Some(row.handled.to_owned()),
            ..failure(&id)
        });
        if !row.cause.is_empty() {
            let set = format!("UPDATE llmusage_accounting_failed SET {} WHERE id = '{id}'", row.cause);
            sql(&app.database, &set);
        }
        ids.push(id);
    }
    ids
}

/// What is said of each failure: the outcome, or that it cannot be retried, and why.
type Said = BTreeMap<String, (&'static str, String)>;

const REFUSED: &str = "cannot_be_retried";

fn platform() -> Platform {
    Platform::new(&Sources::default(), author("ann").at.date())
}

fn one_by_one(database: &Database, ids: &[String]) -> Said {
    let test = |id: &String| {
        let told = database.run_here(|connection| {
            let record = failures::find(connection, id)?;
            let usage_id = record.llmusageid.clone().unwrap();
            let usage = usages::find_anywhere(connection, &usage_id)?;
            let attempts = failures::attempts(connection, &usage_id)?;
            let view = View { usage: usage.as_ref(), failures: &attempts };
            forecast::of_one(connection, view, &record, &mut platform())
        });
        let said = match told.unwrap() {
            Ok(Judged { forecast: told, .. }) => {
                (told.outlook.as_str(), told.key().unwrap_or_default().to_owned())
            }
            Err(refusal) => (REFUSED, refusal.key.to_owned()),
        };
        (id.clone(), said)
    };
    ids.iter().map(test).collect()
}

fn by_filter(database: &Database) -> Said {
    let mut said = Said::new();
    let filter = Filter { handled: Handled::All, ..Filter::default() };
    let ids = database.run_here(|connection| forecast::ids_of(connection, &filter)).unwrap();
    let halves = database.run_here(|connection| forecast::of_ids(connection, &ids, &mut platform()));
    let (halves, unknown) = halves.unwrap();
    assert!(unknown.is_empty(), "{unknown:?}");
    let tested = halves.end(&Sources::default(), &mut Tested::default(), &mut |brief, told| {
        let told = match told {
            Ok(told) => (told.outlook.as_str(), told.key().unwrap_or_default().to_owned()),
            Err(key) => (REFUSED, (*key).to_owned()),
        };
        said.insert(brief.id.clone(), told);
        Ok(())
    });
    tested.unwrap();
    said
}

/// What a batch notes of each row, with what it cannot tell by key.
fn by_batch(database: &Database, ids: &[String]) -> (Said, BTreeMap<String, i64>) {
    let by = By { sources: Arc::default(), ledger: Default::default(), today: author("ann").at.date() };
    let (batch, rows) = database
        .transaction_here(|connection| {
            let selection = Selection::Ticked(ids.to_vec());
            let batch = plan::freeze(connection, Action::Retry, &selection, &author("ann"))?;
            let foretold = foretelling::look(connection, &batch, None, &by)?.unwrap().foretold();
            let batch = store::find_for_update(connection, batch.id())?;
            let batch = foretelling::write(connection, &batch, &foretold)?;
            let rows: Vec<(String, Option<String>)> = batch_item::table
                .filter(batch_item::batch_id.eq(batch.id()))
                .select((batch_item::failed_id, batch_item::obstacle))
                .load(connection)?;
            Ok((batch, rows))
        })
        .unwrap();
    let tested = batch.summary.tested.unwrap();
    let untold = tested.untold.into_iter().map(|part| (part.key.unwrap(), part.tally.count));
    let said = rows.into_iter().map(|(id, obstacle)| match obstacle {
        Some(key) if key.starts_with("test-") => (id, ("would_fail", key)),
        // Nobody knows whether the customer was charged, which a test alone does not ask.
        Some(key) if key == "outcome-unchecked" => (id, ("would_pass", String::new())),
        Some(key) if key == "outcome-unchecked-failing" => (id, ("would_fail", String::new())),
        Some(key) => (id, (REFUSED, key)),
        None => (id, ("would_pass", String::new())),
    });
    (said.collect(), untold.collect())
}

#[test]
fn tests_of_one_of_a_filter_and_of_a_batch_agree_row_by_row() {
    let app = TestApp::new();
    sql(
        &app.database,
        "CREATE TABLE llm (id VARCHAR(32), name VARCHAR(100), expired_date DATE); \
         CREATE TABLE llm_api_map (id VARCHAR(32), llmid VARCHAR(32), ppid VARCHAR(32), isdefaultcatelog VARCHAR(1)); \
         INSERT INTO llm VALUES ('m-kimi-k3', 'Kimi', NULL), ('m-twice', 'Twice', NULL); \
         INSERT INTO llm_api_map VALUES ('1', 'm-kimi-k3', 'p-7', '1'), ('2', 'm-twice', 'p-7', '1'), \
         ('3', 'm-twice', 'p-8', '1')",
    );
    proven(40, &vec(row(), 1..14), |rows| {
        let ids = given(&app, &rows);
        let one = one_by_one(&app.database, &ids);
        assert_eq!(by_filter(&app.database), one, "a filter");
        let (batch, untold) = by_batch(&app.database, &ids);
        let mut expected = BTreeMap::new();
        for (_, key) in one.values().filter(|(outlook, _)| *outlook == "cannot_be_told") {
            *expected.entry(key.clone()).or_insert(0) += 1;
        }
        assert_eq!(untold, expected, "what a batch cannot tell");
        let is_told = |(id, said): (&String, &(&'static str, String))| match said.0 {
            "cannot_be_told" => (id.clone(), ("would_pass", String::new())),
            _ => (id.clone(), said.clone()),
        };
        let is_unchecked = |(id, said): &(String, (&'static str, String))| {
            said.0 == "would_fail" && batch.get(id).is_some_and(|batch| batch.1.is_empty())
        };
        let as_batch = |told: (String, (&'static str, String))| match is_unchecked(&told) {
            true => (told.0, (told.1.0, String::new())),
            false => told,
        };
        let told = one.iter().map(is_told).map(as_batch);
        assert_eq!(batch, told.collect::<Said>(), "a batch");
    });
}

/// What was foreseen of another preview than the one that stands now is not written.
#[test]
fn what_was_looked_at_is_written_only_where_it_is_still_the_same_preview() {
    let app = TestApp::new();
    app.given(&FailedRecord { llmusageid: Some("u1".to_owned()), ..failure("f1") });
    app.given_usage(&usage("u1"));
    let by = By { sources: Arc::default(), ledger: Default::default(), today: author("ann").at.date() };
    let look = |id: &str| {
        app.database.run_here(|connection| {
            let batch = store::find(connection, id)?;
            Ok(foretelling::look(connection, &batch, None, &by)?.map(Looked::foretold))
        })
    };
    let write = |id: &str, foretold: &foretelling::Foretold| {
        app.database.transaction_here(|connection| {
            let batch = store::find_for_update(connection, id)?;
            foretelling::write(connection, &batch, foretold)
        })
    };
    let made = app.database.transaction_here(|connection| {
        let ids = Selection::Ticked(vec!["f1".to_owned()]);
        plan::freeze(connection, Action::Retry, &ids, &author("ann"))
    });
    let id = made.unwrap().id().to_owned();
    let first = look(&id).unwrap().unwrap();
    sql(&app.database, "UPDATE llmusage SET usages = 'null' WHERE id = 'u1'");
    let second = look(&id).unwrap().unwrap();
    let now = write(&id, &second).unwrap();
    assert_eq!(now.left_out().count, 1);
    let late = write(&id, &first).unwrap_err();
    assert!(
        matches!(&late, llmage_admin::error::Error::Conflict(why) if why.key == "batch-preview-changed"),
        "{late:?}"
    );
    let batch = app.database.run_here(|connection| store::find(connection, &id)).unwrap();
    assert_eq!(batch.summary, now.summary, "what was written later stays");
}
