//! A usage is at stake once: newer failures take the place of older ones, and what was adopted is put right by a batch.

use actix_web::http::StatusCode;
use chrono::TimeDelta;
use chrono_tz::Tz;
use llmage_admin::accounts::role::Role;
use llmage_admin::alerts::evaluation::Evaluator;
use llmage_admin::alerts::store as alerts;
use llmage_admin::audit::event::FAILED_ACCOUNTING;
use llmage_admin::audit::store as audit;
use llmage_admin::base::clock::Clock;
use llmage_admin::batches::runner::Runner;
use llmage_admin::causes::sorting;
use llmage_admin::check::class;
use llmage_admin::check::runner::{self as checks, Order};
use llmage_admin::failed_accounting::arrivals::Arrivals;
use llmage_admin::failed_accounting::failure::FailedRecord;
use llmage_admin::failed_accounting::watcher::Watcher;
use llmage_admin::usages::usage::Usage;

use crate::app::{Answer, TestApp, Visitor, at, failure, money, noon, usage};
use crate::support::rows::run as sql;

/// Three failures of one usage of 100.00000, a minute apart, and one of another usage.
fn three(app: &TestApp) {
    for (id, time) in
        [("f1", "2026-05-22 09:01:00"), ("f2", "2026-05-22 09:02:00"), ("f3", "2026-05-22 09:03:00")]
    {
        app.given(&FailedRecord {
            llmusageid: Some("u1".to_owned()),
            amount: Some(money("100")),
            failed_time: Some(at(time)),
            ..failure(id)
        });
    }
    app.given(&FailedRecord { llmusageid: Some("u2".to_owned()), ..failure("other") });
    app.given_usage(&Usage { amount: Some(money("100")), ..usage("u1") });
    app.given_usage(&usage("u2"));
}

/// What the jobs for new failures do, until they have done.
pub fn look(app: &TestApp) {
    sorting::sort_all(&app.database).unwrap();
    let clock = Clock::stopped(Tz::Asia__Shanghai, at("2026-05-22 12:00:20"));
    let arrivals = Arrivals::new((*app.database).clone(), clock);
    while arrivals.is_due().unwrap() {
        arrivals.step().unwrap();
    }
}

/// How many of a class of fault there are, and their money.
pub fn finding(app: &TestApp, name: &'static str) -> (u64, String) {
    let found = app.database.run_here(|connection| class::find(connection, name, noon())).unwrap().unwrap();
    (found.count, found.sum.unwrap_or_default().to_string())
}

async fn batch(app: &TestApp, visitor: &Visitor<'_>, fields: &[(&str, &str)]) -> String {
    let made = visitor.post("/batches", fields).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.body);
    let batch = made.location().to_owned();
    visitor.submit(&format!("{batch}/run"), &[]).await;
    work(app);
    batch
}

fn work(app: &TestApp) {
    let runner = Runner::new((*app.database).clone(), app.clock.clone());
    while runner.step().unwrap() {}
}

async fn at_stake(visitor: &Visitor<'_>) -> [String; 2] {
    let line = visitor.get("/failed-accounting").await.money_line();
    let front = visitor.get("/").await;
    let card = front.attribute("[data-count][data-sum-amount]", "data-sum-amount");
    assert_eq!(card, line[1], "the front page says what the list says");
    [line[0].clone(), line[1].clone()]
}

fn report(page: &Answer) -> [String; 3] {
    ["data-done", "data-not-done", "data-undone"].map(|name| page.attribute("#report", name))
}

#[actix_web::test]
async fn three_failures_that_the_platform_writes_of_one_usage_are_at_stake_once() {
    let app = TestApp::new();
    look(&app);
    three(&app);
    app.forget_causes();
    look(&app);
    let viewer = app.signed_in(Role::Viewer).await;
    assert_eq!(at_stake(&viewer).await, ["2", "101.20000"]);
    for old in ["f1", "f2"] {
        let record = app.record(old);
        assert!(record.is_superseded(), "{record:?}");
        assert_eq!(record.retry.superseded_by.as_deref(), Some("f3"));
        let events = app.database.run_here(|connection| audit::timeline(connection, FAILED_ACCOUNTING, old));
        assert_eq!(events.unwrap()[0].action, "supersede");
    }
    assert!(app.record("f3").is_open());
    assert_eq!(finding(&app, class::REPEATS_EARLIER), (0, "0.00000".to_owned()));
}

/// Count and sum of what is open, wherever the app tells it.
async fn everywhere(app: &TestApp, visitor: &Visitor<'_>) -> Vec<[String; 2]> {
    let list = visitor.get("/failed-accounting").await.money_line();
    let front = visitor.get("/").await;
    let card = ["data-count", "data-sum-amount"].map(|name| front.attribute("#at-stake", name));
    let scraper = Visitor { address: Some(([127, 0, 0, 1], 9).into()), ..app.visitor() };
    let figures = scraper.get("/metrics").await.body;
    let figure = |name: &str| {
        let line = figures.lines().find(|line| line.starts_with(&format!("{name} ")));
        line.and_then(|line| line.rsplit(' ').next()).unwrap_or_default().to_owned()
    };
    let metrics = [figure("llmage_open_failures"), figure("llmage_open_failures_amount")];
    let evaluator = Evaluator::new((*app.database).clone(), app.clock.clone(), TimeDelta::minutes(15));
    evaluator.step().unwrap();
    let rule = app.database.run_here(alerts::list).unwrap().remove(0);
    let alert = [card[0].clone(), rule.value_read.unwrap_or_default()];
    vec![[list[0].clone(), list[1].clone()], card, metrics, alert]
}

async fn with_rule(app: &TestApp) -> Visitor<'_> {
    let admin = app.signed_in(Role::Admin).await;
    admin.submit("/alerts", &[("kind", "open_amount"), ("threshold", "150")]).await;
    admin
}

fn notices(page: &Answer) -> Vec<[String; 3]> {
    let values =
        ["data-class", "data-count", "data-sum-amount"].map(|name| page.attributes(".adopted", name));
    (0..values[0].len()).map(|place| [0, 1, 2].map(|column| values[column][place].clone())).collect()
}

#[actix_web::test]
async fn what_arrives_is_at_stake_once_on_the_list_the_front_page_in_metrics_and_alerts() {
    let app = TestApp::new();
    look(&app);
    three(&app);
    app.forget_causes();
    look(&app);
    let admin = with_rule(&app).await;
    for told in everywhere(&app, &admin).await {
        assert_eq!(told, ["2", "101.20000"]);
    }
}

#[actix_web::test]
async fn what_was_adopted_is_told_beside_the_sums_with_the_batch_that_puts_it_right() {
    let app = TestApp::new();
    three(&app);
    sql(&app.database, "UPDATE llmusage SET accounting_status = 'accounted' WHERE id = 'u2'");
    app.forget_causes();
    look(&app);
    let admin = with_rule(&app).await;
    for told in everywhere(&app, &admin).await {
        assert_eq!(told, ["4", "301.20000"]);
    }
    assert!(notices(&admin.get("/").await).is_empty(), "nobody has checked yet");
    check(&app);
    let expected = [["repeats_earlier", "2", "200.00000"], ["open_failure_of_accounted", "1", "1.20000"]];
    for address in ["/", "/failed-accounting"] {
        let page = admin.get(address).await;
        assert_eq!(notices(&page), expected, "{address}");
        assert_eq!(page.attributes(".adopted form input[name=action]", "value"), ["supersede", "settle"]);
    }
    let viewer = app.signed_in(Role::Viewer).await;
    let page = viewer.get("/failed-accounting").await;
    assert_eq!(notices(&page), expected);
    assert!(!page.has(".adopted form") && page.has(".adopted a[href='/check/repeats_earlier']"));
    batch(&app, &admin, &[("action", "supersede"), ("scope", "filter")]).await;
    assert_eq!(notices(&admin.get("/").await), expected[1..], "the check is older than the batch");
    batch(&app, &admin, &[("action", "settle"), ("scope", "filter")]).await;
    check(&app);
    assert!(notices(&admin.get("/failed-accounting").await).is_empty());
    let list = admin.get("/failed-accounting").await.money_line();
    assert_eq!((&*list[0], &*list[1]), ("1", "100.00000"));
}

fn check(app: &TestApp) {
    let order = Order { by: "admin", since: None };
    checks::check(&app.database, &app.clock, &order, &mut |_| Ok(())).unwrap();
}

/// The job that looks at new failures, once all of them are sorted.
fn arrivals(app: &TestApp) -> Arrivals {
    sorting::sort_all(&app.database).unwrap();
    Arrivals::new((*app.database).clone(), Clock::stopped(Tz::Asia__Shanghai, at("2026-05-22 12:00:20")))
}

#[actix_web::test]
async fn many_new_failures_of_one_usage_end_together_some_hundred_at_a_time() {
    let app = TestApp::new();
    look(&app);
    app.given_usage(&usage("u1"));
    for number in 0..1_100 {
        app.given(&FailedRecord { llmusageid: Some("u1".to_owned()), ..failure(&format!("f{number:04}")) });
    }
    app.forget_causes();
    let arrivals = arrivals(&app);
    let mut open = 1_100;
    let mut steps = 0;
    while arrivals.is_due().unwrap() {
        arrivals.step().unwrap();
        steps += 1;
        let left = (0..1_100).filter(|number| app.record(&format!("f{number:04}")).is_open()).count();
        assert!(open - left <= 500, "{} ended in one step", open - left);
        open = left;
    }
    assert_eq!(open, 1);
    assert!(steps <= 5, "{steps} steps");
}

#[actix_web::test]
async fn a_failure_of_an_earlier_time_that_comes_while_a_retry_is_under_way_is_not_open_beside_it() {
    let app = TestApp::new();
    look(&app);
    app.given_usage(&usage("u1"));
    app.given(&FailedRecord { llmusageid: Some("u1".to_owned()), ..failure("f1") });
    let operator = app.signed_in(Role::Operator).await;
    operator.submit("/failed-accounting/f1/retry", &[]).await;
    assert!(app.record("f1").is_retrying());
    app.given(&FailedRecord {
        llmusageid: Some("u1".to_owned()),
        failed_time: Some(at("2026-05-22 00:00:01")),
        ..failure("f2")
    });
    app.forget_causes();
    sql(&app.database, "UPDATE llmusage SET accounting_status = 'failed' WHERE id = 'u1'");
    let arrivals = arrivals(&app);
    // The job meets it before the watcher sees how the retry ended.
    arrivals.step().unwrap();
    assert!(app.record("f2").is_open());
    assert!(!arrivals.is_due().unwrap(), "it waits");
    let watcher = Watcher::new((*app.database).clone(), app.clock.clone());
    watcher.step().unwrap();
    watcher.step().unwrap();
    assert!(!app.record("f1").is_retrying());
    arrivals.step().unwrap();
    let open = ["f1", "f2"].map(|id| app.record(id).is_open());
    assert_eq!(open, [true, false], "the one of the later time stands");
    assert_eq!(finding(&app, class::REPEATS_EARLIER), (0, "0.00000".to_owned()));
}

#[actix_web::test]
async fn a_new_failure_of_an_accounted_usage_is_closed_with_the_proof() {
    let app = TestApp::new();
    look(&app);
    three(&app);
    sql(&app.database, "UPDATE llmusage SET accounting_status = 'accounted' WHERE id = 'u1'");
    app.forget_causes();
    look(&app);
    assert_eq!(app.record("f3").resolution.as_deref(), Some("accounted"));
    assert!(app.record("f1").is_superseded() && app.record("f2").is_superseded());
    assert!(app.record("other").is_open());
}

#[actix_web::test]
async fn what_was_adopted_stays_until_a_batch_supersedes_it_which_can_be_undone() {
    let app = TestApp::new();
    three(&app);
    app.forget_causes();
    look(&app);
    assert!(["f1", "f2", "f3"].iter().all(|id| app.record(id).is_open()), "it stood there before");
    assert_eq!(finding(&app, class::REPEATS_EARLIER), (2, "200.00000".to_owned()));
    let operator = app.signed_in(Role::Operator).await;
    assert_eq!(at_stake(&operator).await, ["4", "301.20000"]);
    let made = batch(&app, &operator, &[("action", "supersede"), ("scope", "filter")]).await;
    assert_eq!(report(&operator.get(&made).await), ["2", "0", "0"]);
    assert_eq!(at_stake(&operator).await, ["2", "101.20000"]);
    assert_eq!(finding(&app, class::REPEATS_EARLIER), (0, "0.00000".to_owned()));
    operator.submit(&format!("{made}/undo"), &[]).await;
    work(&app);
    assert_eq!(report(&operator.get(&made).await), ["2", "0", "2"]);
    assert_eq!(at_stake(&operator).await, ["4", "301.20000"]);
    assert_eq!(app.record("f1").retry.superseded_by, None);
}

#[actix_web::test]
async fn a_batch_settles_what_was_adopted_open_although_its_usage_is_accounted() {
    let app = TestApp::new();
    three(&app);
    sql(&app.database, "UPDATE llmusage SET accounting_status = 'accounted' WHERE id = 'u2'");
    let operator = app.signed_in(Role::Operator).await;
    let made = batch(&app, &operator, &[("action", "settle"), ("scope", "filter")]).await;
    assert_eq!(report(&operator.get(&made).await), ["1", "0", "0"]);
    assert_eq!(app.record("other").resolution.as_deref(), Some("accounted"));
    assert_eq!(finding(&app, "open_failure_of_accounted").0, 0);
}

#[actix_web::test]
async fn many_retries_are_taken_back_at_once_and_asked_for_again_by_undoing() {
    let app = TestApp::new();
    for number in 1..=5 {
        let id = format!("f{number}");
        app.given(&FailedRecord { llmusageid: Some(format!("u{number}")), ..failure(&id) });
        app.given_usage(&usage(&format!("u{number}")));
    }
    let operator = app.signed_in(Role::Operator).await;
    batch(&app, &operator, &[("action", "retry"), ("scope", "filter")]).await;
    sql(&app.database, "UPDATE llmusage SET accounting_status = 'accounted' WHERE id = 'u5'");
    let tab = operator.get("/failed-accounting?retrying=1").await;
    assert_eq!(tab.attributes(".actions button[name=action]", "value"), ["withdraw"]);
    let made =
        batch(&app, &operator, &[("action", "withdraw"), ("scope", "filter"), ("retrying", "1")]).await;
    assert_eq!(report(&operator.get(&made).await), ["4", "1", "0"]);
    assert!(app.record("f1").is_open() && !app.record("f1").is_retrying());
    let asked = app.record("f1").retry_count;
    operator.submit(&format!("{made}/undo"), &[]).await;
    work(&app);
    assert_eq!(report(&operator.get(&made).await), ["4", "1", "4"]);
    assert!(app.record("f1").is_retrying());
    assert_eq!(app.record("f1").retry_count, asked, "undoing asks for no retry more");
    let admin = app.signed_in(Role::Admin).await;
    let gone = admin.post("/batches", &[("action", "delete"), ("id", "f1")]).await;
    let preview = admin.get(gone.location()).await;
    assert!(preview.body.contains("retr"), "what is retrying is not deleted");
    assert!(!preview.has("form[action$='/run']"), "{}", preview.body);
}

#[actix_web::test]
async fn what_the_app_records_is_the_newest_ever_after_whatever_its_time_says() {
    let recorded_at = ["2026-05-22 08:00:00", "2026-05-22 09:01:00", ""];
    for (time, decided) in recorded_at.iter().flat_map(|time| [(time, true), (time, false)]) {
        let app = TestApp::new();
        app.given(&FailedRecord {
            llmusageid: Some("u1".to_owned()),
            failed_time: Some(at("2026-05-22 09:01:00")),
            ..failure("zz-first")
        });
        app.given_usage(&Usage { accounting_status: Some("failed".to_owned()), ..usage("u1") });
        let admin = app.signed_in(Role::Admin).await;
        let closing = [("resolution", "written_off")];
        if decided {
            admin.submit("/failed-accounting/zz-first/handle", &closing).await;
        }
        let fields = [("llmusageid", "u1"), ("failed_time", *time), ("failed_reason", "again")];
        let recorded = admin.post("/failed-accounting", &fields).await;
        let second = recorded.location().rsplit('/').next().unwrap().to_owned();
        let stands = |id: &str| {
            let record = app.record(id);
            (record.is_open(), record.resolution)
        };
        let is_told = format!("at {time:?}, decided: {decided}");
        assert_eq!(stands(&second), (true, None), "{is_told}");
        if decided {
            // It is opened again, though nothing of it is the work.
            admin.submit("/failed-accounting/zz-first/reopen", &[]).await;
        }
        assert_eq!(stands("zz-first"), (false, Some("superseded".to_owned())), "{is_told}");
        assert_eq!(stands(&second), (true, None), "{is_told}");
        look(&app);
        assert_eq!(stands(&second), (true, None), "{is_told}");
        let other = admin.post("/failed-accounting/zz-first/handle", &closing).await;
        assert_eq!(other.status, StatusCode::CONFLICT, "{is_told}");
        let page = admin.get("/failed-accounting/zz-first").await;
        let rows = page.attributes("section[aria-labelledby=attempts] tbody tr", "class");
        assert_eq!(rows, ["", "here"], "{is_told}: the newest stands first");
    }
}
