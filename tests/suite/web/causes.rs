//! Causes: cards whose numbers are those of the lists behind them, the page of one, and its runbook note.

use std::collections::BTreeMap;

use llmage_admin::accounts::role::Role;
use llmage_admin::causes::cause::Cause;
use llmage_admin::causes::sorting;
use llmage_admin::failed_accounting::failure::FailedRecord;

use crate::app::{TestApp, failure, money};
use crate::support::rows::run;

fn with(id: &str, reason: &str, amount: &str) -> FailedRecord {
    FailedRecord {
        failed_reason: Some(reason.to_owned()),
        amount: Some(money(amount)),
        userorgid: Some(format!("org-{}", id.len() % 3)),
        ..failure(id)
    }
}

fn key(reason: &str) -> String {
    Cause::of(Some(reason)).key
}

fn some(app: &TestApp) {
    app.given(&with("a1", "llm not found(m1)", "1.00001"));
    app.given(&with("a2", "llm not found(m2)", "2"));
    app.given(&with("b1", "'size'", "0.5"));
    app.given(&FailedRecord { failed_reason: None, ..with("n1", "", "7") });
    let handled = with("h1", "'size'", "3");
    app.given(&FailedRecord {
        handled: Some("1".to_owned()),
        resolution: Some("other".to_owned()),
        ..handled
    });
}

#[actix_web::test]
async fn the_number_on_each_card_is_the_money_line_of_its_list() {
    let app = TestApp::new();
    some(&app);
    let visitor = app.signed_in(Role::Viewer).await;
    for path in [
        "/",
        "/failed-accounting",
        "/failed-accounting?userorgid=org-2",
        "/failed-accounting/causes",
        "/failed-accounting/causes?sort=count",
        "/failed-accounting/causes?sort=newest",
        "/failed-accounting/causes?sort=oldest",
        &format!("/failed-accounting/causes/{}", key("'size'")),
    ] {
        let page = visitor.get(path).await;
        assert_eq!(page.status, 200, "{path}");
        let cards = page.cards();
        assert!(cards.len() >= 2, "{path}: {cards:?}");
        for (link, numbers) in cards {
            let list = visitor.get(&link).await;
            assert_eq!(list.money_line(), numbers, "{path} -> {link}");
        }
    }
}

#[actix_web::test]
async fn causes_are_ranked_by_open_money_and_say_how_much_there_was_in_all() {
    let app = TestApp::new();
    some(&app);
    let visitor = app.signed_in(Role::Viewer).await;
    let page = visitor.get("/failed-accounting/causes").await;
    let titles = page.texts(".cause-card h2");
    assert_eq!(titles, ["No reason given", "llm not found(…)", "'size'"]);
    let by: BTreeMap<String, [String; 3]> = page.cards().into_iter().collect();
    let of = |link: String| by.get(&link).unwrap_or_else(|| panic!("{link} in {by:?}")).clone();
    let size = key("'size'");
    assert_eq!(of(format!("/failed-accounting?cause={size}")), ["1", "0.50000", "0.90000"]);
    assert_eq!(of(format!("/failed-accounting?handled=&cause={size}")), ["2", "3.50000", "1.80000"]);
}

#[actix_web::test]
async fn rows_of_the_platform_get_their_cause_in_the_background_and_are_shown_until_then() {
    let app = TestApp::new();
    app.given(&with("p1", "llm not found(m1)", "1"));
    app.forget_causes();
    let visitor = app.signed_in(Role::Viewer).await;
    let page = visitor.get("/failed-accounting/causes").await;
    assert_eq!(page.texts(".cause-card h2")[0], "Not sorted yet");
    assert_eq!(visitor.get("/failed-accounting?cause=unsorted").await.money_line()[0], "1");

    assert!(sorting::is_due(&app.database).unwrap());
    assert_eq!(sorting::step(&app.database).unwrap(), 1);
    assert!(!sorting::is_due(&app.database).unwrap());
    assert_eq!(app.record("p1").cause, Some(key("llm not found(m1)")));
    assert_eq!(visitor.get("/failed-accounting?cause=unsorted").await.money_line()[0], "0");
}

#[actix_web::test]
async fn an_edited_reason_moves_its_row_to_another_cause_at_once() {
    let app = TestApp::new();
    app.given(&with("e1", "llm not found(m1)", "1"));
    let visitor = app.signed_in(Role::Operator).await;
    let form = visitor.get("/failed-accounting/e1/edit").await;
    let seen = form.attribute("input[name=seen]", "value");
    let fields = [
        ("seen", seen.as_str()),
        ("amount", "1"),
        ("cost", "1"),
        ("failed_reason", "'size'"),
        ("handled", "0"),
    ];
    let saved = visitor.post("/failed-accounting/e1", &fields).await;
    assert_eq!(saved.status, 303, "{}", saved.body);
    assert_eq!(app.record("e1").cause, Some(key("'size'")));
}

#[actix_web::test]
async fn all_failures_of_a_cause_are_acted_on_by_those_who_may() {
    let app = TestApp::new();
    some(&app);
    let path = format!("/failed-accounting/causes/{}", key("'size'"));
    let acts = |page: &crate::app::Answer| page.attributes(".cause-acts button", "value");
    let viewer = app.signed_in(Role::Viewer).await;
    assert!(acts(&viewer.get(&path).await).is_empty());
    let operator = app.signed_in(Role::Operator).await;
    let page = operator.get(&path).await;
    assert_eq!(acts(&page), ["retry", "handle", "reopen"]);
    assert_eq!(
        acts(&app.signed_in(Role::Admin).await.get(&path).await),
        ["retry", "handle", "delete", "reopen"]
    );
    let selection = [("scope", "filter"), ("handled", "1"), ("cause", &key("'size'")), ("action", "reopen")];
    let batch = operator.post("/batches", &selection).await;
    let preview = operator.get(batch.location()).await;
    let count = preview.attribute("a.card[data-count]", "data-count");
    let handled = operator.get(&format!("/failed-accounting?handled=1&cause={}", key("'size'"))).await;
    assert_eq!(count, handled.money_line()[0]);
}

#[actix_web::test]
async fn a_note_is_kept_shown_as_text_with_links_and_written_down() {
    let app = TestApp::new();
    some(&app);
    let path = format!("/failed-accounting/causes/{}", key("'size'"));
    let visitor = app.signed_in(Role::Operator).await;
    let note = "<b>ask</b> https://wiki.example/size?a=1&b=2 first";
    let fields = [("note", note), ("owner", "Wang"), ("standing", "known"), ("revision", "0")];
    assert_eq!(visitor.post(&path, &fields).await.status, 303);
    let page = visitor.get(&path).await;
    assert_eq!(page.attribute(".runbook a", "href"), "https://wiki.example/size?a=1&b=2");
    assert_eq!(page.texts(".runbook"), [note]);
    assert!(page.texts(".timeline").join(" ").contains("edited"), "{}", page.body);
    let card = visitor.get("/failed-accounting/causes?sort=count").await;
    assert!(card.texts(".cause-card").join(" ").contains("owner Wang"));

    let again = visitor
        .post(&path, &[("note", "mine"), ("owner", ""), ("standing", "known"), ("revision", "0")])
        .await;
    assert_eq!(again.status, 409);
    assert_eq!(again.texts("#note"), ["mine"]);
    assert_eq!(again.texts(".runbook"), [note]);
    assert_eq!(again.attribute("input[name=revision]", "value"), "1");
}

#[actix_web::test]
async fn bad_notes_are_refused_where_they_are_wrong_and_viewers_keep_none() {
    let app = TestApp::new();
    some(&app);
    let path = format!("/failed-accounting/causes/{}", key("'size'"));
    let visitor = app.signed_in(Role::Operator).await;
    let long = "字".repeat(65);
    let refused = visitor
        .post(&path, &[("note", "kept"), ("owner", &long), ("standing", "odd"), ("revision", "0")])
        .await;
    assert_eq!(refused.status, 422);
    assert_eq!(refused.texts("#note"), ["kept"]);
    assert_eq!(refused.attribute("#owner", "aria-invalid"), "true");
    assert!(refused.has("#standing-error"));
    assert_eq!(visitor.get("/failed-accounting/causes/c0").await.status, 404);
    assert_eq!(
        visitor.post("/failed-accounting/causes/c0", &[("standing", "new"), ("revision", "0")]).await.status,
        404
    );
    let viewer = app.signed_in(Role::Viewer).await;
    assert_eq!(viewer.post(&path, &[("standing", "new"), ("revision", "0")]).await.status, 403);
    assert!(!viewer.get(&path).await.has("form textarea"));
}

#[actix_web::test]
async fn a_closed_cause_that_fails_again_came_back() {
    let app = TestApp::new();
    app.given(&with("c1", "'size'", "1"));
    let path = format!("/failed-accounting/causes/{}", key("'size'"));
    let visitor = app.signed_in(Role::Operator).await;
    assert_eq!(visitor.get(&path).await.texts("h1 + p .state"), ["new"]);
    visitor.post(&path, &[("standing", "closed"), ("revision", "0")]).await;
    assert_eq!(visitor.get(&path).await.texts("h1 + p .state"), ["closed"]);
    let later = app.clock.now() + chrono::TimeDelta::seconds(5);
    app.given(&FailedRecord { failed_time: Some(later), ..with("c2", "'size'", "1") });
    assert_eq!(visitor.get(&path).await.texts("h1 + p .state"), ["came back"]);
    assert!(visitor.get("/failed-accounting/causes").await.has(".cause-card .cause-back"));
}

#[actix_web::test]
async fn a_record_tells_its_cause_and_a_chip_its_title() {
    let app = TestApp::new();
    some(&app);
    let visitor = app.signed_in(Role::Viewer).await;
    let page = visitor.get("/failed-accounting/a1").await;
    assert!(page.texts("#cause").join(" ").contains("llm not found(…)"));
    let list = visitor.get(&format!("/failed-accounting?cause={}", key("llm not found(x)"))).await;
    assert_eq!(list.texts(".chip > span"), ["Cause: llm not found(…)"]);
    assert_eq!(list.rows(), ["a2", "a1"]);
}

#[actix_web::test]
async fn more_than_a_page_adds_up_leads_to_the_exact_sum_from_every_place_that_says_so() {
    let app = TestApp::new();
    app.given(&with("open", "llm not found(m1)", "0.5"));
    let handled = with("h", "llm not found(m1)", "0.5");
    app.given(&FailedRecord {
        handled: Some("1".to_owned()),
        resolution: Some("other".to_owned()),
        ..handled
    });
    // Each time twice as many, until there are more than are counted of one cause.
    for letter in 'a'..='p' {
        let columns = "amount, cost, handled, resolution, failed_time, failed_reason, cause";
        run(
            &app.database,
            &format!(
                "INSERT INTO llmusage_accounting_failed (id, {columns}) \
                 SELECT concat(id, '{letter}'), {columns} FROM llmusage_accounting_failed \
                 WHERE handled = '1' LIMIT 17300"
            ),
        );
    }
    let visitor = app.signed_in(Role::Viewer).await;
    let kept = visitor.get("/failed-accounting/causes").await;
    assert!(kept.cards().iter().any(|(_, [count, ..])| count == "50069"), "{:?}", kept.cards());
    // As where a check found the kept totals to be different.
    run(&app.database, "UPDATE app_setting SET value = 'different' WHERE name = 'failed_totals'");
    for path in [
        "/failed-accounting/causes".to_owned(),
        format!("/failed-accounting/causes/{}", key("llm not found(m1)")),
    ] {
        let page = visitor.get(&path).await;
        let many: Vec<_> = page.cards().into_iter().filter(|(_, [count, ..])| count == "10000+").collect();
        assert_eq!(many.len(), 1, "{path}");
        let exact = page.attributes(".numbers a[href$='exact=1']", "href");
        assert_eq!(exact, [format!("{}&exact=1", many[0].0)], "{path}");
        assert_eq!(
            visitor.get(&exact[0]).await.money_line(),
            ["50069", "25034.50000", "45062.10000"],
            "{path}"
        );
    }
}
