//! What became of the retries that a batch asked for: page, list, CSV, API and SQL tell the same, and go on telling it.

use actix_web::http::StatusCode;
use chrono_tz::Tz;
use diesel::prelude::*;
use llmage_admin::accounts::role::{Grant, Role};
use llmage_admin::base::clock::Clock;
use llmage_admin::batches::runner::Runner;
use llmage_admin::batches::settled::{self, Settler};
use llmage_admin::batches::store;
use llmage_admin::causes::sorting;
use llmage_admin::failed_accounting::failure::FailedRecord;
use llmage_admin::failed_accounting::watcher::Watcher;
use llmage_admin::usages::usage::Usage;

use crate::app::{Answer, TestApp, Visitor, at, failure, money, usage};
use crate::support::rows::run as sql;
use crate::web::api::Programs;

/// Failures f001 to f200 of 1.20000 each, whose usages wait to be retried; and three whose usages are accounted already.
fn given(app: &TestApp) {
    for number in 1..=203 {
        let id = format!("f{number:03}");
        app.given(&FailedRecord { llmusageid: Some(format!("u{number:03}")), ..failure(&id) });
        let state = if number > 200 { "accounted" } else { "failed" };
        app.given_usage(&Usage {
            accounting_status: Some(state.to_owned()),
            ..usage(&format!("u{number:03}"))
        });
    }
}

fn watch(app: &TestApp) {
    let clock = Clock::stopped(Tz::Asia__Shanghai, at("2026-05-22 12:00:40"));
    let watcher = Watcher::new((*app.database).clone(), clock);
    watcher.step().unwrap();
    watcher.step().unwrap();
    Settler::new((*app.database).clone()).step().unwrap();
}

/// The platform: accounts most for 2.00000 each, lets 20 fail again, one of them without a record; drops two usages.
fn platform_answers(app: &TestApp) {
    let among = |from: i32, to: i32| format!("id >= 'u{from:03}' AND id <= 'u{to:03}'");
    sql(
        &app.database,
        &format!(
            "UPDATE llmusage SET accounting_status = 'accounted', amount = 2.0, cost = 1.5 WHERE {}; \
             UPDATE llmusage SET accounting_status = 'failed' WHERE {}; DELETE FROM llmusage WHERE {}",
            among(1, 170),
            among(171, 190),
            among(191, 192)
        ),
    );
    for number in 171..190 {
        let reason = if number < 183 { "usages is None" } else { "504 Gateway Time-out" };
        app.given(&FailedRecord {
            llmusageid: Some(format!("u{number:03}")),
            failed_reason: Some(reason.to_owned()),
            failed_time: Some(at("2026-05-22 12:00:30")),
            amount: Some(money("1.3")),
            ..failure(&format!("n{number:03}"))
        });
    }
    sorting::sort_all(&app.database).unwrap();
}

async fn batch_of_all(app: &TestApp, operator: &Visitor<'_>) -> String {
    let made = operator.post("/batches", &[("action", "retry"), ("scope", "filter")]).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.body);
    let batch = made.location().to_owned();
    operator.submit(&format!("{batch}/run"), &[]).await;
    let runner = Runner::new((*app.database).clone(), app.clock.clone());
    while runner.step().unwrap() {}
    batch
}

/// Asked for, accounted, failed again, waiting, ended otherwise, not asked for.
fn told(page: &Answer) -> [String; 6] {
    let names =
        ["data-done", "data-accounted", "data-failed-again", "data-waiting", "data-ended", "data-not-done"];
    names.map(|name| page.attribute("#report", name))
}

/// The list that a card links to has exactly its rows and money.
async fn is_its_list(visitor: &Visitor<'_>, page: &Answer, selector: &str) {
    let link = page.attribute(selector, "href");
    let list = visitor.get(&link).await;
    assert_eq!(list.status, StatusCode::OK, "{link}");
    let card = ["data-count", "data-sum-amount", "data-sum-cost"].map(|name| page.attribute(selector, name));
    assert_eq!(list.money_line(), card, "{link}");
}

fn counted(app: &TestApp, batch: &str, ended_as: &str) -> i64 {
    use llmage_admin::db::schema::batch_outcome::dsl;
    let rows = dsl::batch_outcome.filter(dsl::batch_id.eq(batch.to_owned()));
    let rows = rows.filter(dsl::ended_as.eq(ended_as.to_owned())).count();
    app.database.run_here(|connection| Ok(rows.get_result(connection)?)).unwrap()
}

#[actix_web::test]
async fn page_list_csv_api_and_sql_tell_the_same_of_two_hundred_retries() {
    let app = TestApp::new();
    given(&app);
    let operator = app.signed_in(Role::Operator).await;
    let batch = batch_of_all(&app, &operator).await;
    let id = batch.rsplit('/').next().unwrap().to_owned();
    Settler::new((*app.database).clone()).step().unwrap();
    let asked = operator.get(&batch).await;
    assert_eq!(told(&asked), ["200", "0", "0", "200", "0", "3"]);
    assert!(asked.has("#report[data-refresh]"), "it goes on by itself");
    operator.submit("/failed-accounting/f193/withdraw", &[]).await;
    platform_answers(&app);
    watch(&app);

    let page = operator.get(&batch).await;
    assert_eq!(told(&page), ["200", "170", "20", "7", "3", "3"]);
    let cards = page.attributes("#report .cards > a[data-count]", "data-count");
    assert_eq!(cards, ["170", "20", "7", "3"]);
    for card in 1..=4 {
        is_its_list(&operator, &page, &format!("#report .cards > :nth-child({card})")).await;
    }
    assert_eq!(page.attribute("#charged", "data-amount"), "340.00000");
    assert_eq!(page.attribute("#charged", "data-cost"), "255.00000");
    assert_eq!(page.attributes("#failed-again tbody a", "data-count").len(), 2, "two causes");
    for row in 1..=2 {
        is_its_list(&operator, &page, &format!("#failed-again tbody tr:nth-child({row}) a")).await;
    }
    let short = operator.get("/batches").await.text(&format!("tr[data-id='{id}'] .outcomes"));
    for part in ["170 accounted", "20 failed again", "7 waiting", "3 ended"] {
        assert!(short.contains(part), "{short}");
    }

    let csv = operator.get(&format!("{batch}.csv")).await.body;
    let cells = |line: &str| line.split(',').map(str::to_owned).collect::<Vec<_>>();
    let head = cells(csv.lines().next().unwrap());
    let place = |name: &str| head.iter().position(|cell| cell == name).unwrap();
    let rows: Vec<Vec<String>> = csv.lines().skip(1).map(cells).collect();
    let programs = Programs::of(&app, Grant::Role(Role::Viewer));
    for (name, wanted) in
        [("accounted", 170), ("failed_again", 20), ("waiting", 7), ("ended", 3), ("not_done", 3)]
    {
        let of: Vec<_> = rows.iter().filter(|row| row[place("outcome")] == name).collect();
        assert_eq!(of.len(), wanted, "{name} in the CSV");
        let query = format!("handled=&batch={id}&batch_outcome={name}");
        let listed = programs.get(&format!("/api/v1/failed-accounting?{query}")).await;
        assert_eq!(listed["total"], wanted, "{name} in the API");
        if !["waiting", "not_done"].contains(&name) {
            assert_eq!(counted(&app, &id, name), wanted as i64, "{name} in SQL");
        }
    }
    let first = rows.iter().find(|row| row[place("id")] == "f001").unwrap();
    assert_eq!((&*first[place("charged_amount")], &*first[place("charged_cost")]), ("2.00000", "1.50000"));
    let again = rows.iter().find(|row| row[place("id")] == "f171").unwrap();
    assert_eq!((&*again[place("new_failure_id")], &*again[place("charged_amount")]), ("n171", ""));
    let without = rows.iter().find(|row| row[place("id")] == "f190").unwrap();
    assert_eq!(without[place("new_failure_id")], "f190", "failed again without a new record");
    let kept = app.database.run_here(|connection| {
        Ok((store::find(connection, &id)?.outcomes, settled::recounted(connection, &id)?))
    });
    let (kept, recounted) = kept.unwrap();
    assert_eq!(kept, recounted);
}

#[actix_web::test]
async fn what_failed_again_is_retried_again_and_the_first_outcome_stays() {
    let app = TestApp::new();
    given(&app);
    let operator = app.signed_in(Role::Operator).await;
    let batch = batch_of_all(&app, &operator).await;
    platform_answers(&app);
    watch(&app);
    let page = operator.get(&batch).await;
    let fields: Vec<(String, String)> = page
        .attributes("#report form[action='/batches'] input[type=hidden]", "name")
        .into_iter()
        .zip(page.attributes("#report form[action='/batches'] input[type=hidden]", "value"))
        .collect();
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (&**name, &**value)).collect();
    let again = operator.submit("/batches", &fields).await;
    assert_eq!(again.attribute(".card.lead", "data-count"), "20");
    let link = again.attribute("form[action$='/run']", "action");
    operator.submit(&link, &[("with_unknown", "1")]).await;
    let runner = Runner::new((*app.database).clone(), app.clock.clone());
    while runner.step().unwrap() {}
    sql(
        &app.database,
        "UPDATE llmusage SET accounting_status = 'accounted' WHERE accounting_status = 'created'",
    );
    watch(&app);
    assert_eq!(told(&operator.get(&batch).await), ["200", "178", "20", "0", "2", "3"]);
    let second = operator.get(link.trim_end_matches("/run")).await;
    assert_eq!(told(&second), ["20", "20", "0", "0", "0", "0"]);
    assert!(!second.has("#report[data-refresh]"), "nothing is waited for");
}

#[actix_web::test]
async fn an_outcome_is_asked_for_with_its_batch_only() {
    let app = TestApp::new();
    app.given(&failure("f1"));
    let viewer = app.signed_in(Role::Viewer).await;
    for query in ["batch_outcome=new", "batch=b&batch_outcome=lost", "batch_cause=c1"] {
        let page = viewer.get(&format!("/failed-accounting?{query}")).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{query}");
        assert!(page.has("[role=alert]"), "{query}");
    }
    let page = viewer.get("/failed-accounting?batch=b&batch_outcome=new").await;
    assert_eq!((page.status, page.rows().len()), (StatusCode::OK, 0));
}
