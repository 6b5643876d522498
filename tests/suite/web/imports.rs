//! Bringing a CSV file in through the page: all rows or none, and what is wrong with a file.

use actix_web::http::{Method, StatusCode};
use llmage_admin::accounts::role::Role;
use llmage_admin::audit::event::{FAILED_ACCOUNTING, USAGE};
use llmage_admin::audit::store as audit;
use llmage_admin::usages::store;

use crate::app::{Answer, TestApp, Visitor, failure, money};

const USAGES: &str = "/usages/import";
const FAILURES: &str = "/failed-accounting/import";

/// Sends the form as a browser does that has chosen that file.
async fn upload(visitor: &Visitor<'_>, path: &str, (name, content): (&str, &[u8]), text: &str) -> Answer {
    let mut body = Vec::new();
    let part = |header: &str| format!("--line\r\nContent-Disposition: form-data; {header}\r\n");
    body.extend(part(&format!("name=\"file\"; filename=\"{name}\"")).into_bytes());
    body.extend(b"Content-Type: text/csv\r\n\r\n");
    body.extend(content);
    body.extend(b"\r\n");
    for (name, value) in [("text", text), ("kept", "")] {
        body.extend(part(&format!("name=\"{name}\"")).into_bytes());
        body.extend(format!("\r\n{value}\r\n").into_bytes());
    }
    body.extend(b"--line--\r\n");
    visitor.send_as(Method::POST, path, Some(("multipart/form-data; boundary=line", body))).await
}

fn usages(app: &TestApp, ids: &[&str]) -> usize {
    let there = |id: &&&str| app.database.run_here(|it| store::lookup(it, id)).unwrap().is_some();
    ids.iter().filter(there).count()
}

#[actix_web::test]
async fn a_file_of_usages_comes_in_and_is_told_with_its_money() {
    let app = TestApp::new();
    let admin = app.signed_in(Role::Admin).await;
    let list = admin.get("/usages").await;
    assert!(list.has("a[href='/usages/import']"), "{}", list.body);
    let page = admin.get(USAGES).await;
    assert!(page.has("input[type=file][name=file]") && page.has("textarea[name=text]"), "{}", page.body);
    assert_eq!(page.attribute("main form", "enctype"), "multipart/form-data");
    let file = b"\xef\xbb\xbfid,amount,cost,accounting_status,llm_name\r\nu1,1.20000,0.9,created,Kimi\r\nu2,0.00036,,,\r\n";
    let done = upload(&admin, USAGES, ("accounts/may.csv", file), "").await;
    assert_eq!((done.status, done.location()), (StatusCode::SEE_OTHER, "/usages"), "{}", done.body);
    let told = admin.get("/usages").await.text("[role=status]");
    assert!(told.contains("2 usages") && told.contains("1.20036") && told.contains("0.90000"), "{told}");
    let events = app.database.run_here(|it| audit::timeline(it, USAGE, "may.csv")).unwrap();
    assert_eq!((events.len(), events[0].action.as_str()), (1, "import"));
    assert_eq!((events[0].author.as_str(), events[0].source.as_str()), ("admin", "page"));
    assert_eq!(usages(&app, &["u1", "u2"]), 2);
}

#[actix_web::test]
async fn a_text_of_failures_comes_in_as_well_and_one_is_not_many() {
    let app = TestApp::new();
    let admin = app.signed_in(Role::Admin).await;
    let list = admin.get("/failed-accounting").await;
    assert!(list.has("a[href='/failed-accounting/import']"), "{}", list.body);
    let text = "id,amount,failed_reason\r\nf9,-0.5,\"two\r\nlines\"\r\n";
    let page = admin.submit(FAILURES, &[("text", text)]).await;
    let told = page.text("[role=status]");
    assert!(told.contains("1 failed record:") && told.contains("-0.50000"), "{told}");
    let record = app.record("f9");
    assert_eq!((record.amount, record.failed_reason.as_deref()), (Some(money("-0.5")), Some("two\nlines")));
    assert!(record.cause.is_some(), "its cause is told at once");
    let events = app.database.run_here(|it| audit::timeline(it, FAILED_ACCOUNTING, "pasted.csv")).unwrap();
    assert_eq!(events.len(), 1);
}

#[actix_web::test]
async fn a_refused_file_brings_nothing_names_each_bad_line_and_stays_to_be_mended() {
    let app = TestApp::new();
    let admin = app.signed_in(Role::Admin).await;
    let file = "id,amount,use_date\nu1,1,2026-05-20\nu2,1.234567,2026-05-20\n,1,\nu4,1,31/05/2026\n";
    let refused = upload(&admin, USAGES, ("may.csv", file.as_bytes()), "").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let rows = refused.texts("#refused tbody tr").join("|");
    for place in ["3amountat most 5 decimals", "4idmust not be empty", "5use_datenot a date"] {
        assert!(rows.contains(place), "{place} in {rows}");
    }
    assert!(refused.text("[role=alert]").contains("3 lines are wrong"), "{}", refused.body);
    assert!(refused.text("[role=alert]").contains("may.csv"), "{}", refused.body);
    assert!(refused.text("#text-error").contains("line 3, column amount"), "{}", refused.body);
    assert_eq!(refused.attribute("#text", "aria-invalid"), "true");
    assert_eq!(refused.text_as_it_is("#text").trim_start_matches('\n'), file);
    assert_eq!(usages(&app, &["u1", "u2", "u4"]), 0);
    // A mended file takes the place of the text that the refused one left, a text that was typed does not.
    let kept = refused.attribute("input[name=kept]", "value");
    let mended = "id\nu1\n";
    let both = upload(&admin, USAGES, ("may.csv", mended.as_bytes()), "id\nmine\n").await;
    assert_eq!(both.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(both.has("#text-error") && both.text_as_it_is("#text").contains("mine"), "{}", both.body);
    assert_eq!(usages(&app, &["u1", "mine"]), 0);
    let fields = [("text", file), ("kept", kept.as_str())];
    let again = admin.post(USAGES, &fields).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "the text is read where there is no file");
    let done = upload_over(&admin, mended, (file, &kept)).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    assert_eq!(usages(&app, &["u1"]), 1);
}

/// Sends a file while the form still holds the text of the one before.
async fn upload_over(visitor: &Visitor<'_>, file: &str, (text, kept): (&str, &str)) -> Answer {
    let text = text.replace('\n', "\r\n");
    let part = |header: &str, value: &str| {
        format!("--line\r\nContent-Disposition: form-data; {header}\r\n\r\n{value}\r\n")
    };
    let body = part("name=\"file\"; filename=\"b.csv\"", file)
        + &part("name=\"kept\"", kept)
        + &part("name=\"text\"", &text)
        + "--line--\r\n";
    visitor.send_as(Method::POST, USAGES, Some(("multipart/form-data; boundary=line", body.into()))).await
}

#[actix_web::test]
async fn a_row_that_is_there_already_is_refused_and_so_are_all_others() {
    let app = TestApp::new();
    app.given(&failure("f1"));
    let mut admin = app.signed_in(Role::Admin).await;
    let refused = upload(&admin, FAILURES, ("a.csv", b"id\nf8\nf1\n"), "").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text("#text-error").contains("line 3, column id: \"f1\" is in the database already"));
    assert!(refused.text("[role=alert]").contains("a line is wrong"), "{}", refused.body);
    let found = app.database.run_here(|it| llmage_admin::failed_accounting::store::lookup(it, "f8")).unwrap();
    assert!(found.is_none());
    admin.language = "zh-CN".to_owned();
    let refused = upload(&admin, FAILURES, ("a.csv", b"id\nf8\nf1\n"), "").await;
    assert!(refused.text("#text-error").contains("第 3 行，id 列"), "{}", refused.body);
}

#[actix_web::test]
async fn what_is_no_file_is_answered_clearly() {
    let app = TestApp::new();
    let admin = app.signed_in(Role::Admin).await;
    let nothing = upload(&admin, USAGES, ("", b""), "").await;
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(nothing.has("#file[aria-invalid=true]") && nothing.has("#file-error"), "{}", nothing.body);
    let empty = upload(&admin, USAGES, ("empty.csv", b""), "").await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(empty.text("#refused").contains("the file is empty"), "{}", empty.body);
    let binary = upload(&admin, USAGES, ("a.xlsx", b"PK\x03\x04\xff\xfe\n"), "").await;
    assert_eq!(binary.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(binary.text("#file-error").contains("UTF-8") && binary.text("[role=alert]").contains("a.xlsx"));
    let cut = b"--line\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\nid".to_vec();
    for (kind, body, status) in [
        ("multipart/form-data; boundary=line", cut, StatusCode::BAD_REQUEST),
        ("multipart/form-data", b"x".to_vec(), StatusCode::BAD_REQUEST),
        ("application/json", b"{}".to_vec(), StatusCode::UNSUPPORTED_MEDIA_TYPE),
        ("text/csv", b"id\nu1\n".to_vec(), StatusCode::UNSUPPORTED_MEDIA_TYPE),
    ] {
        let answer = admin.send_as(Method::POST, USAGES, Some((kind, body))).await;
        assert_eq!(answer.status, status, "{kind}: {}", answer.body);
        assert!(answer.has("main h1"), "{kind}: {}", answer.body);
    }
}

#[actix_web::test]
async fn a_file_may_be_larger_than_a_form_but_not_endless() {
    let app = TestApp::new();
    let admin = app.signed_in(Role::Admin).await;
    let mut file = String::from("id,ioinfo\n");
    for row in 0..1_000 {
        file.push_str(&format!("u{row},{}\n", "x".repeat(2_000)));
    }
    let done = upload(&admin, USAGES, ("large.csv", file.as_bytes()), "").await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    // Too long to stand in a form, it must be chosen again.
    let again = upload(&admin, USAGES, ("large.csv", file.as_bytes()), "").await;
    assert!(again.text("#file-error").contains("line 2, column id"), "{}", again.text("main"));
    assert_eq!(again.text_as_it_is("#text").trim(), "");
    let endless = vec![b'x'; 10 * 1024 * 1024 + 1];
    let refused = upload(&admin, USAGES, ("endless.csv", &endless), "").await;
    assert_eq!(refused.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(refused.text("main").contains("10 MiB") && refused.has("main a[href='/usages/import']"));
}

#[actix_web::test]
async fn only_administrators_import() {
    let app = TestApp::new();
    for role in [Role::Viewer, Role::Operator] {
        let visitor = app.signed_in(role).await;
        for (list, path) in [("/usages", USAGES), ("/failed-accounting", FAILURES)] {
            assert!(!visitor.get(list).await.has(&format!("a[href='{path}']")), "{role}");
            assert_eq!(visitor.get(path).await.status, StatusCode::FORBIDDEN, "{role}");
            let refused = upload(&visitor, path, ("a.csv", b"id\nx1\n"), "").await;
            assert_eq!(refused.status, StatusCode::FORBIDDEN, "{role}");
        }
    }
    assert_eq!(usages(&app, &["x1"]), 0);
}
