//! Whether a retry would pass, where the platform says what it would charge: with money, within bounds, and nothing made of an
//! answer that is not understood.

use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

use actix_web::http::StatusCode;
use llmage_admin::accounts::role::{Grant, Role};
use llmage_admin::demo::simulator::Simulator;
use llmage_admin::demo::store::{self as demo, Filled};
use llmage_admin::failed_accounting::brief::Brief;
use llmage_admin::failed_accounting::filter::Filter;
use llmage_admin::failed_accounting::forecast::{self, Told};
use llmage_admin::failed_accounting::tested::Tested;
use llmage_admin::forecast::checks::Forecast;
use llmage_admin::forecast::platform::Platform;
use llmage_admin::forecast::price::service::{Given, Service};
use llmage_admin::forecast::{Outlook, Sources};
use llmage_admin::server::played_prices::{self, Prices};
use llmage_admin::usages::store as usages;
use llmage_admin::usages::usage::Usage;
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::alerts::receiver::{Reaction, Received, Receiver};
use crate::app::{TestApp, noon, usage};
use crate::support::rows::run as sql;
use crate::web::api::Programs;
use crate::web::testing::{given, of_model};

const SECRET: &str = "a secret that signs prices";

/// An app that asks that program for prices.
fn app_asking(url: &str) -> TestApp {
    TestApp::with(&["--price-url", url, "--price-secret", SECRET, "--price-private", "true"])
}

/// The platform's prices: by the model.
fn by_model(request: &Received) -> String {
    match request.json()["usage"]["llmid"].as_str() {
        Some("m-dear") => r#"{"amount": 2228.37462, "cost": "1.00001"}"#.to_owned(),
        Some("m-none") => r#"{"reason": "llm_charging failed: pricing spec data not found"}"#.to_owned(),
        Some("m-cheap") => r#"{"amount": 1.2, "cost": 0.5}"#.to_owned(),
        Some("m-odd") => r#"{"amount": -1, "cost": 0}"#.to_owned(),
        _ => r#"{"amount": 1.2, "cost": 0.9}"#.to_owned(),
    }
}

const NO_PRICE: &str = "llm_charging failed: pricing spec data not found";
const LOST: &str = "(2013, 'Lost connection to MySQL server during query')";

/// One of each outcome: two would pass, one for more money than recorded.
fn given_all(app: &TestApp) {
    given(app, "f1", NO_PRICE, usage("u1"));
    given(app, "f2", NO_PRICE, of_model("u2", "m-dear"));
    given(app, "f3", NO_PRICE, of_model("u3", "m-none"));
    given(app, "f4", NO_PRICE, of_model("u4", "m-odd"));
    given(app, "f5", LOST, usage("u5"));
    given(app, "f6", NO_PRICE, Usage { usages: Some("null".to_owned()), ..usage("u6") });
}

const OUTCOMES: [(&str, &str, &str); 6] = [
    ("f1", "would_pass", ""),
    ("f2", "would_pass", ""),
    ("f3", "would_fail", "test-price-refused"),
    ("f4", "cannot_be_told", "test-price-negative"),
    ("f5", "cannot_be_told", "test-beyond-lost"),
    ("f6", "would_fail", "test-usages-null"),
];

/// The key of the check that decides.
fn deciding(told: &Value) -> String {
    let first = told["why"][0].as_str().unwrap_or_default();
    let checks = told["checks"].as_array().unwrap();
    let check = checks.iter().find(|check| check["name"] == first);
    check.map_or_else(String::new, |check| check["key"].as_str().unwrap().to_owned())
}

#[actix_web::test]
async fn the_platform_says_what_it_would_charge_now_and_what_differs() {
    let prices = Receiver::new(&[Reaction::Says(by_model)]);
    let app = app_asking(&prices.url());
    given_all(&app);
    let viewer = app.signed_in(Role::Viewer).await;
    let program = Programs::of(&app, Grant::Role(Role::Viewer));
    for (id, ..) in OUTCOMES {
        let page = viewer.get(&format!("/failed-accounting/{id}")).await;
        // No page waits for a price that nobody asked for; what tables refuse needs none.
        let shown = if id == "f6" { "would_fail" } else { "" };
        assert_eq!(
            page.attributes("#test", "data-outlook").first().cloned().unwrap_or_default(),
            shown,
            "{id}"
        );
    }
    assert!(prices.received().is_empty());
    for (id, outlook, key) in OUTCOMES {
        let page = viewer.post(&format!("/failed-accounting/{id}/test"), &[]).await;
        assert_eq!(page.attribute("#test", "data-outlook"), outlook, "{id}: {}", page.text("#test"));
        let told = program.told(("POST", &format!("/api/v1/failed-accounting/{id}/test")), "", 200).await;
        assert_eq!((&*deciding(&told), &told["outlook"]), (key, &json!(outlook)), "{id}: {told}");
    }
    let page = viewer.post("/failed-accounting/f2/test", &[]).await;
    assert_eq!(page.attribute("#test .priced", "data-amount"), "2228.37462");
    assert!(page.text("#test .priced").contains("+2,227.17462"), "{}", page.text("#test"));
    let told = program.told(("POST", "/api/v1/failed-accounting/f2/test"), "", 200).await;
    assert_eq!(
        told["price"],
        json!({"amount": 2228.37462, "cost": 1.00001, "difference": 2227.17462}),
        "{told}"
    );
    let page = viewer.post("/failed-accounting/f3/test", &[]).await;
    assert!(page.text("#test ul.checks").contains("pricing spec data not found"), "{}", page.text("#test"));

    let sent = prices.received();
    assert!(sent.iter().all(|request| request.is_signed_by(SECRET)));
    let wanted = json!({"version": 1, "usage": {
        "id": "u1", "llmid": "m-kimi-k3", "userid": "u2", "userorgid": "org-b", "use_date": "2026-05-21",
        "use_time": "2026-05-21 23:59:59.000", "status": "SUCCEEDED",
        "usages": {"prompt_tokens": 812, "completion_tokens": 40},
    }});
    assert_eq!(sent[0].json(), wanted);
    assert!(sent.iter().all(|request| request.json()["usage"]["id"] != "u6"), "its usages cannot be priced");
}

#[actix_web::test]
async fn a_preview_shows_the_three_with_money_and_leaves_out_what_would_fail_again() {
    let prices = Receiver::new(&[Reaction::Says(by_model)]);
    let app = app_asking(&prices.url());
    given_all(&app);
    let operator = app.signed_in(Role::Operator).await;
    let ids = OUTCOMES.map(|(id, ..)| ("id", id));
    let preview = operator.submit("/batches", &[&[("action", "retry")], &ids[..]].concat()).await;
    for (card, count) in [("pass", "2"), ("fail", "2"), ("untold", "2")] {
        assert_eq!(preview.attribute(&format!("#tested-{card}"), "data-count"), count, "{}", preview.body);
    }
    let priced = |name: &str| preview.attribute("#tested-pass [data-tested=priced]", name);
    assert_eq!(
        (priced("data-count"), priced("data-sum-amount"), priced("data-sum-cost")),
        ("2".to_owned(), "2229.57462".to_owned(), "1.90001".to_owned())
    );
    assert!(preview.text("#tested-pass").contains("+2,227.17462"), "{}", preview.text("#tested-pass"));
    assert_eq!(preview.attributes("#differing a", "href"), ["/failed-accounting/f2"]);
    assert!(preview.text("#tested").contains(NO_PRICE), "{}", preview.text("#tested"));
    let run = preview.attribute("form[action$='/run']", "action");
    operator.submit(&run, &[("with_unknown", "1")]).await;
    let retried: Vec<&str> =
        (OUTCOMES.iter().map(|(id, ..)| *id)).filter(|id| app.record(id).is_retrying()).collect();
    assert_eq!(retried, ["f1", "f2", "f4", "f5"]);
}

#[actix_web::test]
async fn what_differs_in_cost_alone_is_no_other_charge() {
    let prices = Receiver::new(&[Reaction::Says(by_model)]);
    let app = app_asking(&prices.url());
    given(&app, "f1", NO_PRICE, of_model("u1", "m-cheap"));
    let operator = app.signed_in(Role::Operator).await;
    let preview = operator.submit("/batches", &[("action", "retry"), ("id", "f1")]).await;
    assert_eq!(preview.attribute("#tested-pass [data-tested=priced]", "data-sum-cost"), "0.50000");
    assert!(!preview.has("#differing a"), "{}", preview.text("#tested"));
}

#[actix_web::test]
async fn causes_and_programs_see_the_same_prices() {
    let prices = Receiver::new(&[Reaction::Says(by_model)]);
    let app = app_asking(&prices.url());
    given_all(&app);
    let program = Programs::of(&app, Grant::Role(Role::Operator));
    let ids = OUTCOMES.map(|(id, ..)| id);
    let body = json!({"action": "retry", "ids": ids}).to_string();
    let tested = program.told(("POST", "/api/v1/batches"), &body, 201).await["tested"].clone();
    assert_eq!(tested["priced"], json!({"count": 2, "sum_amount": 2229.57462, "sum_cost": 1.90001}));
    assert_eq!(
        tested["differing"],
        json!([{"id": "f2", "recorded": 1.2, "now": 2228.37462, "difference": 2227.17462}])
    );
    let wanted = json!([{"key": NO_PRICE, "count": 1, "sum_amount": 1.2, "sum_cost": 0.9}]);
    assert_eq!(tested["refusals"], wanted);
    let cause = app.record("f1").cause.unwrap();
    let told = program.told(("POST", &format!("/api/v1/causes/{cause}/test")), "", 200).await;
    assert_eq!(told["would_pass"]["count"], 2, "{told}");
    assert_eq!(told["priced"]["sum_amount"], json!(2229.57462));
    let operator = app.signed_in(Role::Operator).await;
    let page = operator.post(&format!("/failed-accounting/causes/{cause}/test"), &[]).await;
    assert_eq!(page.attribute("#test [data-tested=priced]", "data-sum-amount"), "2229.57462");
}

#[actix_web::test]
async fn an_answer_that_is_not_understood_tells_nothing() {
    for (reaction, key) in [
        (Reaction::Silent, "test-price-late"),
        (Reaction::Slow, "test-price-huge"),
        (Reaction::Huge(20_000), "test-price-huge"),
        (Reaction::Status(200), "test-price-no-json"),
        (Reaction::Status(503), "test-price-status"),
        (Reaction::Redirect("http://127.0.0.1:9/".to_owned()), "test-price-status"),
        (Reaction::Says(|_| "{\"amount\": 0.123456, \"cost\": 0}".to_owned()), "test-price-no-amount"),
        (Reaction::Says(|_| "{\"amount\": 1}".to_owned()), "test-price-neither"),
    ] {
        let key = if matches!(reaction, Reaction::Slow) { "test-price-late" } else { key };
        let prices = Receiver::new(&[reaction]);
        let app = app_asking(&prices.url());
        given(&app, "f1", NO_PRICE, usage("u1"));
        let program = Programs::of(&app, Grant::Role(Role::Viewer));
        let began = Instant::now();
        let told = program.told(("POST", "/api/v1/failed-accounting/f1/test"), "", 200).await;
        assert!(began.elapsed() < Duration::from_secs(8), "{key}: {:?}", began.elapsed());
        assert_eq!((&*deciding(&told), &told["outlook"]), (key, &json!("cannot_be_told")), "{told}");
        assert_eq!(told["price"], json!(null));
    }
}

/// A program that is away is asked a few times, not once for each row.
#[actix_web::test]
async fn a_preview_gives_up_where_nobody_answers_and_may_be_run() {
    let app = app_asking("http://127.0.0.1:9/price");
    for number in 0..40 {
        given(&app, &format!("f{number}"), NO_PRICE, usage(&format!("u{number}")));
    }
    let operator = app.signed_in(Role::Operator).await;
    let preview = operator.submit("/batches", &[("action", "retry"), ("scope", "filter")]).await;
    assert_eq!(preview.attribute("#tested-untold", "data-count"), "40", "{}", preview.body);
    let why = preview.text("#tested");
    assert!(why.contains("could not be reached") && why.contains("had not answered"), "{why}");
    let report = operator.submit(&preview.attribute("form[action$='/run']", "action"), &[]).await;
    assert_eq!(report.attribute("#report", "data-done"), "40");
}

/// However long the platform takes to answer, whoever writes meanwhile is done before the preview is.
#[actix_web::test]
async fn nobody_waits_for_a_preview_whose_prices_are_late() {
    let prices = Receiver::new(&[Reaction::Silent]);
    let app = app_asking(&prices.url());
    given(&app, "f1", NO_PRICE, usage("u1"));
    let operator = app.signed_in(Role::Operator).await;
    let made = async {
        let page = operator.submit("/batches", &[("action", "retry"), ("id", "f1")]).await;
        (page, Instant::now())
    };
    let written = async {
        while prices.received().is_empty() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let write = |connection: &mut llmage_admin::db::DbConnection| {
            use diesel::connection::SimpleConnection;
            Ok(connection.batch_execute(
                "UPDATE llmusage SET transno = 't9' WHERE id = 'u1'; \
                 UPDATE llmusage_accounting_failed SET retry_count = 7 WHERE id = 'f1'; \
                 UPDATE batch SET note = 'x'",
            )?)
        };
        app.database.transaction(write).await.unwrap();
        Instant::now()
    };
    let ((page, made), written) = futures_util::future::join(made, written).await;
    assert!(written < made, "the write waited for the price");
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(page.attribute("#tested-untold", "data-count"), "1", "{}", page.body);
}

/// A day of the demo: what its platform is asked and what it does are one.
#[test]
fn what_is_foretold_is_what_comes_row_by_row_while_prices_stand_still() {
    let app = TestApp::new();
    assert!(matches!(demo::fill(&app.database, noon(), 7), Ok(Filled::Written { .. })));
    let secret = SecretString::from(SECRET);
    let listener = played_prices::bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let url = format!("http://{}/price", listener.local_addr().unwrap());
    let (database, clock) = ((*app.database).clone(), app.clock.clone());
    played_prices::start(listener, Prices { database, clock, secret: secret.clone() }).unwrap();
    let given = Given { url: Some(url), secret: Some(secret), allows_private: true };
    let sources = Sources { prices: Service::read(given).unwrap(), ..Sources::default() };

    let foretold = foretold(&app, &sources);
    let outlooks: HashSet<Outlook> = foretold.values().map(|told| told.outlook).collect();
    assert_eq!(outlooks.len(), 3, "each outcome occurs");
    sql(
        &app.database,
        "UPDATE llmusage SET accounting_status = 'created' WHERE accounting_status = 'failed'",
    );
    let mut simulator = Simulator::new(1, 0);
    while simulator.round(&app.database, noon()).unwrap() != Default::default() {}
    let find =
        |id: &str| app.database.run_here(|connection| usages::lookup(connection, id)).unwrap().unwrap();
    let (mut passed, mut failed) = (0, 0);
    for (usage_id, told) in foretold {
        let (usage, key) = (find(&usage_id), told.key().unwrap_or_default());
        let state = usage.accounting_status.as_deref().unwrap_or_default();
        match told.outlook {
            Outlook::Passes => {
                let price = told.price.expect("a price");
                assert_eq!(
                    (state, usage.amount, usage.cost),
                    ("accounted", Some(price.amount), Some(price.cost))
                );
                passed += 1;
            }
            // Those are charged twice, those are never taken, and these prices ask for no factor.
            Outlook::Fails
                if ["test-map-several", "test-status-other", "test-usages-factor"].contains(&key) => {}
            Outlook::Fails => {
                assert_eq!(state, "failed", "{usage_id} {key}");
                failed += 1;
            }
            Outlook::Untold => {}
        }
    }
    assert!(passed > 100 && failed > 100, "{passed} {failed}");
}

/// What tests of all open failures say, by the usage.
fn foretold(app: &TestApp, sources: &Sources) -> HashMap<String, Forecast> {
    let filter = Filter::default();
    let ids = app.database.run_here(|connection| forecast::ids_of(connection, &filter)).unwrap();
    let (mut foretold, mut tested) = (HashMap::new(), Tested::default());
    for some in ids.chunks(forecast::SOME) {
        let mut platform = Platform::new(sources, app.clock.today());
        let halves =
            app.database.run_once_here(|connection| forecast::of_ids(connection, some, &mut platform));
        let tell = &mut |brief: &Brief, told: &Told| {
            if let (Ok(told), Some(usage_id)) = (told, &brief.usage_id) {
                foretold.insert(usage_id.clone(), told.clone());
            }
            Ok(())
        };
        halves.unwrap().0.end(sources, &mut tested, tell).unwrap();
    }
    foretold
}
