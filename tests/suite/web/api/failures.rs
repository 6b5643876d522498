//! Failures through the API: the list, one of them, and what may be done to it.

use llmage_admin::audit::event::FAILED_ACCOUNTING;
use llmage_admin::audit::store::timeline;
use llmage_admin::failed_accounting::failure::FailedRecord;
use llmage_admin::usages::usage::Usage;

use super::{admin, texts};
use crate::app::{TestApp, failure, money, usage};

const LIST: &str = "/api/v1/failed-accounting";

fn given_many(app: &TestApp) {
    for number in 0..7 {
        app.given(&FailedRecord { amount: Some(money("0.1")), ..failure(&format!("f{number}")) });
    }
    app.given(&FailedRecord { handled: Some("1".to_owned()), ..failure("done") });
}

#[actix_web::test]
async fn a_row_has_the_columns_by_name_and_exact_money() {
    let app = TestApp::new();
    app.given(&FailedRecord {
        amount: Some(money("0.00036")),
        failed_reason: Some("key sk-abcdefghijklmnop refused".to_owned()),
        ..failure("f1")
    });
    let answer = admin(&app).ask("GET", LIST, "").await;
    let expected = concat!(
        r#"{"success":true,"rows":[{"id":"f1","llmusageid":"usage-f1","llmid":"m-kimi-k3","userid":"u2","#,
        r#""userorgid":"org-b","use_date":"2026-05-21","use_time":"2026-05-21 23:59:59.000","amount":0.00036,"#,
        r#""cost":0.90000,"failed_reason":"key sk-*** refused","failed_time":"2026-05-22 00:00:04.000","#,
        r#""retry_count":0,"handled":"0","handled_time":null,"handled_note":null,"llmid_text":null,"#,
        r#""userid_text":null,"userorgid_text":null,"cause":"#,
    );
    assert!(answer.body.starts_with(expected), "{}", answer.body);
    let end = r#"],"total":1,"page":1,"page_size":20,"next":null,"sum_amount":0.00036,"sum_cost":0.90000}"#;
    assert!(answer.body.ends_with(end), "{}", answer.body);
}

#[actix_web::test]
async fn pages_by_number_and_by_cursor_give_every_row_once() {
    let app = TestApp::new();
    given_many(&app);
    let admin = admin(&app);
    let (mut by_number, mut by_cursor) = (Vec::new(), Vec::new());
    let mut after = String::new();
    for number in 1..=3 {
        let page = admin.get(&format!("{LIST}?page={number}&page_size=3")).await;
        assert_eq!((page["total"].as_u64(), page["page"].as_u64()), (Some(7), Some(number)));
        assert_eq!(page["sum_amount"].to_string(), "0.7");
        by_number.extend(texts(&page["rows"], "id"));
        let page = admin.get(&format!("{LIST}?page_size=3{after}")).await;
        by_cursor.extend(texts(&page["rows"], "id"));
        after = page["next"].as_str().map(|next| format!("&after={next}")).unwrap_or_default();
    }
    assert_eq!(by_number, ["f6", "f5", "f4", "f3", "f2", "f1", "f0"]);
    assert_eq!(by_cursor, by_number);
    assert!(after.is_empty(), "the end has no cursor");
    let behind = admin.get(&format!("{LIST}?page=4&page_size=3")).await;
    assert_eq!((behind["rows"].as_array().unwrap().len(), behind["total"].as_u64()), (0, Some(7)));
    assert_eq!(admin.get(&format!("{LIST}?handled=")).await["total"], 8);
    assert_eq!(texts(&admin.get(&format!("{LIST}?handled=1")).await["rows"], "id"), ["done"]);
}

#[actix_web::test]
async fn what_the_query_says_wrong_is_named_and_nothing_is_passed_over() {
    let app = TestApp::new();
    let admin = admin(&app);
    for (query, fields) in [
        ("page=0", vec!["page"]),
        ("page=501", vec!["page"]),
        ("page_size=201&handled=2&foo=1", vec!["foo", "handled", "page_size"]),
        ("after=x", vec!["after"]),
        ("handled=0&handled=1", vec!["handled"]),
        ("start_date=2026-02-30&amount_min=x", vec!["amount_min", "start_date"]),
    ] {
        assert_eq!(admin.refused(("GET", &format!("{LIST}?{query}")), "").await, fields, "{query}");
    }
    assert_eq!(admin.get(&format!("{LIST}?page=500&page_size=200")).await["total"], 0);
    app.given(&failure("f1"));
    let backwards = format!("{LIST}?start_date=2026-06-01&end_date=2026-01-01&amount_min=3&amount_max=2");
    assert_eq!(admin.get(&backwards).await["total"], 0, "such a range holds nothing");
    admin.told(("GET", &format!("{LIST}?after=eyJrIjoxxx")), "", 404).await;
}

#[actix_web::test]
async fn a_failure_is_recorded_edited_handled_reopened_and_deleted_with_the_token_as_author() {
    let app = TestApp::new();
    let admin = admin(&app);
    let body = r#"{"llmusageid": "u/1 😀", "failed_reason": "usages is None\n\"x\"", "amount": 1e-05, "cost": 2.5,
        "use_time": "2026-05-01 10:00:00", "failed_time": "2026-05-02 10:00"}"#;
    let answer = admin.ask("POST", LIST, body).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    let link = answer.location().to_owned();
    let made = admin.get(&link).await;
    assert_eq!(made["llmusageid"], "u/1 😀");
    assert_eq!(made["amount"].to_string(), "0.00001");
    assert_eq!(
        (made["use_date"].as_str(), made["failed_time"].as_str()),
        (Some("2026-05-01"), Some("2026-05-02 10:00:00.000"))
    );

    let edited = admin.told(("PATCH", &link), &format!(r#"{{"amount": 3.1, "expect": {made}}}"#), 200).await;
    assert_eq!(
        (edited["amount"].as_f64(), edited["failed_reason"].as_str()),
        (Some(3.1), made["failed_reason"].as_str())
    );
    let stale = admin.told(("PATCH", &link), &format!(r#"{{"amount": 4, "expect": {made}}}"#), 409).await;
    assert_eq!(stale["expected"].to_string(), r#"{"amount":0.00001}"#);
    assert_eq!(stale["present"].to_string(), r#"{"amount":3.1}"#);

    let handle = format!("{link}/handle");
    assert_eq!(admin.refused(("POST", &handle), r#"{"resolution": "accounted"}"#).await, ["resolution"]);
    assert_eq!(admin.refused(("POST", &handle), r#"{"resolution": "other"}"#).await, ["handled_note"]);
    let handled =
        admin.told(("POST", &handle), r#"{"resolution": "other", "handled_note": "paid"}"#, 200).await;
    assert_eq!(
        (handled["handled"].as_str(), handled["handled_by"].as_str()),
        (Some("1"), Some("admin-token"))
    );
    admin.told(("POST", &handle), r#"{"resolution": "duplicate"}"#, 409).await;
    let edited = admin.told(("PATCH", &link), r#"{"amount": 5}"#, 200).await;
    assert_eq!(
        (edited["resolution"].as_str(), edited["handled_note"].as_str()),
        (Some("other"), Some("paid"))
    );
    admin.told(("PATCH", &link), r#"{"handled_note": null}"#, 409).await;
    let reopened = admin.told(("POST", &format!("{link}/reopen")), "", 200).await;
    assert_eq!((reopened["handled"].as_str(), reopened["handled_note"].as_str()), (Some("0"), None));
    admin.told(("POST", &format!("{link}/reopen")), r#"{"note": null}"#, 409).await;
    admin.told(("PATCH", &link), r#"{"resolution": "duplicate"}"#, 409).await;
    assert_eq!(admin.refused(("PATCH", &link), r#"{"handled": "1"}"#).await, ["resolution"]);
    assert_eq!(admin.refused(("PATCH", &link), "").await, ["body"]);

    let id = made["id"].as_str().unwrap().to_owned();
    admin.told(("DELETE", &link), "", 204).await;
    admin.told(("DELETE", &link), "", 404).await;
    let events = app.database.run_here(|connection| timeline(connection, FAILED_ACCOUNTING, &id)).unwrap();
    let told: Vec<(&str, &str, &str)> =
        events.iter().map(|event| (&*event.action, &*event.author, &*event.source)).collect();
    let by_token = |action| (action, "admin-token", "api");
    assert_eq!(told, ["delete", "reopen", "edit", "handle", "edit", "create"].map(by_token));
    assert!(events[0].before_state.as_ref().is_some_and(|row| row.contains("usages is None")));
}

#[actix_web::test]
async fn a_retry_is_accepted_while_the_outcome_is_unknown() {
    let app = TestApp::new();
    app.given(&failure("f1"));
    app.given_usage(&usage("usage-f1"));
    let admin = admin(&app);
    let retry = ("POST", "/api/v1/failed-accounting/f1/retry");
    let retrying = admin.told(retry, "", 202).await;
    assert_eq!(
        (retrying["handled"].as_str(), retrying["retry_requested_by"].as_str()),
        (Some("0"), Some("admin-token"))
    );
    admin.told(retry, "{}", 409).await;
    let handle = ("POST", "/api/v1/failed-accounting/f1/handle");
    let refused = admin.told(handle, r#"{"resolution": "written_off"}"#, 409).await;
    for (name, value) in [("state", "retrying"), ("record", "f1"), ("way_out", "withdraw")] {
        assert_eq!(refused[name].as_str(), Some(value), "{refused}");
    }
    assert_eq!(texts(&admin.get(&format!("{LIST}?retrying=1")).await["rows"], "id"), ["f1"]);
    admin.told(("POST", "/api/v1/failed-accounting/gone/retry"), "", 404).await;
    app.given_usage(&Usage { accounting_status: Some("accounted".to_owned()), ..usage("usage-f2") });
    app.given(&failure("f2"));
    let problem = admin.told(("POST", "/api/v1/failed-accounting/f2/retry"), "", 409).await;
    assert!(problem["detail"].as_str().unwrap().contains("accounted"), "{problem}");
}

#[actix_web::test]
async fn ids_of_any_letters_are_one_segment_of_the_path() {
    let app = TestApp::new();
    let admin = admin(&app);
    for (id, segment) in [
        ("a/b", "a%2Fb"),
        ("a\"b'c", "a%22b%27c"),
        ("😀é", "%F0%9F%98%80%C3%A9"),
        ("a%2Fb", "a%252Fb"),
        ("a b?&#", "a%20b%3F%26%23"),
        ("0123456789abcdefghijklmnopqrstuv", "0123456789abcdefghijklmnopqrstuv"),
    ] {
        app.given(&failure(id));
        assert_eq!(admin.get(&format!("{LIST}/{segment}")).await["id"], id);
    }
    for segment in ["%00", "%ff", "a", &"x".repeat(5_000)] {
        admin.told(("GET", &format!("{LIST}/{segment}")), "", 404).await;
    }
}
