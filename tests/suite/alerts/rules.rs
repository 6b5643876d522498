//! Each kind of rule fires once when what it watches changes through the pages, and recovers once.

use std::thread;

use chrono::TimeDelta;
use llmage_admin::alerts::standing;
use llmage_admin::archive::mover::Mover;
use llmage_admin::failed_accounting::failure::FailedRecord;
use llmage_admin::usages::usage::Usage;

use crate::alerts::{admin, deliveries, evaluator, events, look, make, rules, wait};
use crate::app::{TestApp, Visitor, at, failure, money, usage};
use crate::retries::likely_fixed;
use crate::support::rows::run;
use crate::web::testing;

/// What happened, in short, oldest first; at the same moment by name.
fn told(app: &TestApp) -> Vec<String> {
    let mut events = events(app);
    events.sort_by_key(|event| (event.happened_at, event.kind.clone()));
    events.iter().map(|event| format!("{} {}", event.kind, event.what)).collect()
}

/// Looks three times: what fired or recovered does so once.
fn looks(app: &TestApp) -> usize {
    (0..3)
        .map(|_| {
            wait(app, 30);
            look(app)
        })
        .sum()
}

async fn handle(admin: &Visitor<'_>, id: &str) {
    let fields = [("resolution", "written_off"), ("handled_note", "too small")];
    assert_eq!(admin.post(&format!("/failed-accounting/{id}/handle"), &fields).await.status, 303);
}

#[actix_web::test]
async fn open_amount_fires_above_the_threshold_and_recovers_when_it_is_handled() {
    let app = TestApp::new();
    let admin = admin(&app).await;
    make(&admin, "open_amount", "2.4", &[]).await;
    app.given(&failure("f1"));
    app.given(&failure("f2"));
    assert_eq!(looks(&app), 0, "2.40000 is at the threshold, not above it");
    assert_eq!(rules(&app)[0].value_read.as_deref(), Some("2.40000"));
    app.given(&FailedRecord { amount: Some(money("0.00001")), ..failure("f3") });
    assert_eq!(looks(&app), 1);
    let fired = events(&app).remove(0).facts();
    assert_eq!((fired.value.as_deref(), fired.count), (Some("2.40001"), Some(3)));
    let page = admin.get("/alerts").await;
    assert_eq!(page.attribute("#rules tbody tr", "data-state"), "firing");
    assert!(page.text("#rules tbody tr").contains("2.40001"), "{}", page.body);
    app.given(&failure("f4"));
    assert_eq!(looks(&app), 0, "it fires already");
    for id in ["f1", "f4"] {
        handle(&admin, id).await;
    }
    assert_eq!(looks(&app), 1);
    assert_eq!(told(&app), ["open_amount fired", "open_amount recovered"]);
    handle(&admin, "f2").await;
    assert_eq!(looks(&app), 0);
    app.given(&FailedRecord { amount: Some(money("50")), ..failure("f5") });
    assert_eq!(looks(&app), 1, "and it fires again");
    assert!(deliveries(&app).is_empty(), "told nowhere, and kept in the history");
}

#[actix_web::test]
async fn what_is_likely_fixed_fires_above_its_threshold_and_recovers_when_the_price_goes() {
    let app = TestApp::new();
    let admin = admin(&app).await;
    make(&admin, "likely_fixed", "2", &[]).await;
    let tables = "CREATE TABLE llm (id VARCHAR(32), name VARCHAR(100)); \
         CREATE TABLE llm_api_map (id VARCHAR(32), llmid VARCHAR(32), ppid VARCHAR(32), isdefaultcatelog VARCHAR(1)); \
         INSERT INTO llm VALUES ('m-gone', 'Back')";
    run(&app.database, tables);
    for id in ["1", "2"] {
        let of = testing::of_model(&format!("u{id}"), "m-gone");
        likely_fixed::given(&app, &format!("f{id}"), "llm (m-gone) donot has a pricing_program", of);
    }
    likely_fixed::round(&app);
    assert_eq!(looks(&app), 0);
    run(&app.database, "INSERT INTO llm_api_map VALUES ('1', 'm-gone', 'p-7', '1')");
    likely_fixed::round(&app);
    assert_eq!(looks(&app), 1);
    let fired = events(&app).remove(0).facts();
    assert_eq!((fired.value.as_deref(), fired.count), (Some("2.40000"), Some(2)));
    assert_eq!(fired.causes[0].key, app.record("f1").cause.unwrap());
    let page = admin.get("/alerts").await;
    assert!(page.body.contains("Likely fixed: 2.40000 would pass now, above 2.00000"), "{}", page.body);
    run(&app.database, "DELETE FROM llm_api_map");
    likely_fixed::round(&app);
    assert_eq!(looks(&app), 1);
    assert_eq!(told(&app), ["likely_fixed fired", "likely_fixed recovered"]);
}

#[actix_web::test]
async fn leakage_is_of_the_last_hour_by_money_and_by_count() {
    let app = TestApp::new();
    let admin = admin(&app).await;
    make(&admin, "leakage_money", "50", &[]).await;
    make(&admin, "leakage_count", "50", &[]).await;
    assert_eq!(looks(&app), 0, "of nothing, nothing leaks");
    let used = |id: &str, time: &str, state: &str, amount: &str| Usage {
        use_time: Some(at(time)),
        use_date: Some(at(time).date()),
        accounting_status: Some(state.to_owned()),
        amount: Some(money(amount)),
        ..usage(id)
    };
    app.given_usage(&used("old", "2026-05-22 10:30:00", "failed", "99"));
    app.given_usage(&used("coming", "2026-05-22 14:00:00", "failed", "99"));
    app.given_usage(&used("u1", "2026-05-22 11:50:00", "accounted", "1"));
    app.given_usage(&used("u2", "2026-05-22 11:51:00", "failed", "1"));
    assert_eq!(looks(&app), 0, "half of it, not more");
    app.given_usage(&used("u3", "2026-05-22 11:52:00", "failed", "0.00001"));
    app.given_usage(&used("u4", "2026-05-22 11:53:00", "accounted", "0"));
    assert_eq!(looks(&app), 1, "by money alone: 1.00001 of 2.00001");
    app.given_usage(&used("u5", "2026-05-22 11:54:00", "failed", "0"));
    assert_eq!(looks(&app), 1, "now by count, too: 3 of 5");
    let facts = events(&app)[1].facts();
    assert_eq!((facts.value.as_deref(), facts.count, facts.of), (Some("60.00"), Some(3), Some(5)));
    app.clock.advance(TimeDelta::minutes(60));
    assert_eq!(looks(&app), 2, "an hour later all of it is past");
    assert_eq!(
        told(&app),
        ["leakage_money fired", "leakage_count fired", "leakage_count recovered", "leakage_money recovered"],
    );
}

#[actix_web::test]
async fn stuck_retries_fire_after_their_minutes_and_recover_when_taken_back() {
    let app = TestApp::new();
    let admin = admin(&app).await;
    app.given(&failure("f1"));
    app.given_usage(&usage("usage-f1"));
    make(&admin, "stuck_retries", "0", &[]).await;
    assert_eq!(admin.post("/failed-accounting/f1/retry", &[]).await.status, 303);
    assert_eq!(looks(&app), 0);
    app.clock.advance(TimeDelta::minutes(15));
    assert_eq!(looks(&app), 1);
    assert_eq!(admin.post("/failed-accounting/f1/withdraw", &[]).await.status, 303);
    assert_eq!(looks(&app), 1);
    assert_eq!(told(&app), ["stuck_retries fired", "stuck_retries recovered"]);
}

#[actix_web::test]
async fn each_new_cause_is_told_once_and_those_of_before_never() {
    let app = TestApp::new();
    let admin = admin(&app).await;
    let with = |id: &str, reason: &str, time: &str| FailedRecord {
        failed_reason: Some(reason.to_owned()),
        failed_time: Some(at(time)),
        ..failure(id)
    };
    app.given(&with("f1", "known before", "2026-05-22 11:00:00"));
    make(&admin, "new_cause", "", &[]).await;
    assert_eq!(looks(&app), 0);
    app.given(&with("f2", "known before", "2026-05-22 12:00:30"));
    app.given(&with("f3", "a cause of the backlog", "2026-03-01 12:00:00"));
    assert_eq!(looks(&app), 0, "known, or of long ago");
    app.given(&with("f4", "timeout after 17 ms", "2026-05-22 12:01:00"));
    app.given(&with("f5", "timeout after 18 ms", "2026-05-22 12:01:01"));
    app.given(&FailedRecord { failed_reason: None, ..failure("f6") });
    assert_eq!(looks(&app), 2, "two of one cause, and one without a reason");
    let mut titles: Vec<String> =
        events(&app).iter().flat_map(|event| event.facts().causes).map(|cause| cause.title).collect();
    titles.sort();
    assert_eq!(titles[0], "");
    assert!(titles[1].starts_with("timeout"), "{titles:?}");
    app.given(&with("f7", "timeout after 19 ms", "2026-05-22 12:02:00"));
    assert_eq!(looks(&app), 0);
    let page = admin.get("/alerts").await;
    assert!(page.has("#alert-history a[href^='/failed-accounting/causes/c']"), "{}", page.body);
}

#[actix_web::test]
async fn many_new_causes_at_once_are_one_event() {
    let app = TestApp::new();
    let admin = admin(&app).await;
    make(&admin, "new_cause", "", &[]).await;
    let words = ["oak", "elm", "ash", "fir", "yew", "box", "bay", "fig", "nut", "rye", "hop", "ivy"];
    for word in words {
        app.given(&FailedRecord { failed_reason: Some(format!("no {word} there")), ..failure(word) });
    }
    assert_eq!(looks(&app), 1);
    let facts = events(&app).remove(0).facts();
    assert_eq!((facts.count, facts.causes.len()), (Some(12), 10));
    let said = admin.get("/alerts").await.text("#alert-history tbody tr td:nth-child(3)");
    assert!(said.contains("12 new causes") && said.contains("and 2 more"), "{said}");
}

#[actix_web::test]
async fn each_archive_run_that_fails_is_told_and_the_next_good_one_is_the_recovery() {
    let app = TestApp::new();
    let admin = admin(&app).await;
    let mover = Mover::new((*app.database).clone(), app.clock.clone());
    let archive = async || {
        assert_eq!(admin.post("/archive", &[("cutoff_date", "2026-05-20")]).await.status, 303);
        while mover.step().unwrap() {}
        wait(&app, 1);
    };
    let rename = |from: &str, to: &str| {
        run(&app.database, &format!("ALTER TABLE llmusage_history RENAME COLUMN {from} TO {to}"));
    };
    make(&admin, "archive_failed", "", &[]).await;
    assert_eq!(looks(&app), 0);
    archive().await;
    assert_eq!(looks(&app), 0, "it went well");
    rename("transno", "gone");
    archive().await;
    assert_eq!(looks(&app), 1);
    archive().await;
    archive().await;
    assert_eq!(looks(&app), 2, "each run that fails is told");
    rename("gone", "transno");
    archive().await;
    archive().await;
    assert_eq!(looks(&app), 1);
    assert_eq!(
        told(&app),
        ["archive_failed fired", "archive_failed fired", "archive_failed fired", "archive_failed recovered"]
    );
    let run = events(&app).remove(0).facts().run.unwrap();
    assert!(run.message.unwrap().contains("transno"), "what went wrong is told");
}

#[actix_web::test]
async fn instances_that_look_at_once_tell_it_once() {
    let app = TestApp::new();
    let admin = admin(&app).await;
    make(&admin, "open_amount", "1", &[]).await;
    make(&admin, "new_cause", "", &[]).await;
    make(&admin, "stuck_retries", "5", &[]).await;
    for round in 0..5 {
        app.given(&FailedRecord {
            failed_reason: Some(format!("round {} broke", ["a", "b", "c", "d", "e"][round])),
            ..failure(&format!("f{round}"))
        });
        let at_once = || {
            thread::scope(|scope| {
                let looks: Vec<_> = (0..4)
                    .map(|_| {
                        scope.spawn(|| {
                            let evaluator = evaluator(&app);
                            for _ in 0..3 {
                                // On a busy database an evaluation may give up; the next one looks again.
                                let _ = evaluator.step();
                            }
                        })
                    })
                    .collect();
                looks.into_iter().for_each(|look| look.join().unwrap());
            });
        };
        at_once();
        handle(&admin, &format!("f{round}")).await;
        at_once();
    }
    let told = told(&app);
    let count = |what: &str| told.iter().filter(|event| *event == what).count();
    assert_eq!(
        (count("open_amount fired"), count("open_amount recovered"), count("new_cause fired")),
        (5, 5, 5),
        "{told:?}"
    );
}

#[actix_web::test]
async fn a_rule_that_is_off_is_quiet_and_what_happened_meanwhile_is_no_news() {
    let app = TestApp::new();
    let admin = admin(&app).await;
    make(&admin, "new_cause", "", &[]).await;
    make(&admin, "open_amount", "1", &[]).await;
    app.given(&failure("f1"));
    assert_eq!(looks(&app), 2);
    for rule in rules(&app) {
        admin.submit(&format!("/alerts/{}/disable", rule.id), &[]).await;
    }
    assert!(rules(&app).iter().all(|rule| !rule.is_on && rule.firing_since.is_none()));
    app.given(&FailedRecord { failed_reason: Some("while nobody looked".to_owned()), ..failure("f2") });
    assert_eq!(looks(&app), 0);
    for rule in rules(&app) {
        admin.submit(&format!("/alerts/{}/enable", rule.id), &[]).await;
    }
    assert_eq!(looks(&app), 1, "the open amount is still too high; the cause is no news");
}

#[actix_web::test]
async fn of_two_who_read_the_same_rule_one_turns_it() {
    let app = TestApp::new();
    let admin = admin(&app).await;
    make(&admin, "open_amount", "1", &[]).await;
    let read = rules(&app).remove(0);
    let turn = |rule: &llmage_admin::alerts::rule::Rule, since| {
        app.database.transaction_here(|connection| standing::turn(connection, rule, since)).unwrap()
    };
    let since = Some(app.clock.now());
    assert!(turn(&read, since) && !turn(&read, since), "fired once");
    assert!(turn(&read, None) && !turn(&read, None), "recovered once");
    admin.submit(&format!("/alerts/{}", read.id), &[("threshold", "5"), ("version", "0")]).await;
    assert!(!turn(&read, since), "what was read is not the rule any more");
}
