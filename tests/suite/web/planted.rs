//! One secret planted in every free text that people or the platform write: no page, download, answer or message shows it.

use actix_web::http::StatusCode;
use llmage_admin::accounts::role::Role;
use llmage_admin::causes::sorting;
use llmage_admin::failed_accounting::failure::FailedRecord;
use llmage_admin::usages::usage::Usage;

use crate::app::{TestApp, Visitor, failure, usage};
use crate::support::rows::run;
use crate::web::api::admin;

const SECRET: &str = "sk-proj-Planted00Secret11Word";

/// No part of the secret that could be put together.
fn hides(text: &str) -> bool {
    ["Planted00", "00Secret11", "11Word"].iter().all(|part| !text.contains(part))
}

async fn given(app: &TestApp) -> String {
    app.given_usage(&Usage { accounting_status: Some("failed".to_owned()), ..usage("usage-f1") });
    app.given(&FailedRecord { failed_reason: Some(format!("bad key {SECRET}")), ..failure("f1") });
    app.given(&failure("f2"));
    let columns = ["usages", "ioinfo"].map(|column| format!("{column} = '{{\"k\": \"{SECRET}\"}}'"));
    run(&app.database, &format!("UPDATE llmusage SET {}", columns.join(", ")));
    run(
        &app.database,
        "INSERT INTO llmusage_history (id, usages, ioinfo, accounting_status) \
         SELECT 'old', usages, ioinfo, 'accounted' FROM llmusage",
    );
    sorting::sort_all(&app.database).unwrap();
    let operator = app.signed_in(Role::Operator).await;
    let note = format!("they sent {SECRET}\nby mail");
    let made = operator.post("/batches", &[("action", "handle"), ("id", "f2")]).await;
    let batch = made.location().to_owned();
    operator.submit(&format!("{batch}/run"), &[("resolution", "written_off"), ("note", &note)]).await;
    operator
        .submit("/failed-accounting/f1/handle", &[("resolution", "other"), ("handled_note", &note)])
        .await;
    operator.submit("/failed-accounting/f1/reopen", &[("note", &note)]).await;
    let causes = operator.get("/failed-accounting/causes").await;
    for link in causes.attributes("a[href^='/failed-accounting/causes/']", "href") {
        keep_note(&operator, &link, &note).await;
    }
    batch
}

async fn keep_note(operator: &Visitor<'_>, link: &str, note: &str) {
    let page = operator.get(link).await;
    let revision = page.attribute("input[name=revision]", "value");
    let fields = [("note", note), ("owner", "ann"), ("standing", "known"), ("revision", &revision)];
    operator.submit(link, &fields).await;
}

#[actix_web::test]
async fn a_secret_in_any_text_is_shown_nowhere() {
    let app = TestApp::new();
    let batch = given(&app).await;
    let viewer = app.signed_in(Role::Viewer).await;
    let boss = app.signed_in(Role::Admin).await;
    let causes = viewer.get("/failed-accounting/causes").await;
    let mut paths = causes.attributes("a[href^='/failed-accounting/causes/']", "href");
    let lists = "/ /failed-accounting?handled= /failed-accounting/f1 /failed-accounting/f2 /failed-accounting/causes \
                 /failed-accounting.csv?handled= /usages /usages.csv /usages/usage-f1 /history /history.csv /usages/old \
                 /batches /check /archive";
    paths.extend(lists.split_whitespace().map(str::to_owned));
    paths.push(batch);
    for path in &paths {
        let (seen, all) = (viewer.get(path).await, boss.get(path).await);
        assert_eq!(all.status, StatusCode::OK, "{path}");
        assert!(hides(&seen.body) && hides(&all.body), "{path}: {}", all.body);
    }
    for path in
        ["/audit", "/audit.csv", "/jobs", "/alerts", "/failed-accounting/f1/edit", "/usages/usage-f1/edit"]
    {
        let answer = boss.get(path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        assert!(hides(&answer.body), "{path}: {}", answer.body);
    }
    let api = admin(&app);
    for path in [
        "failed-accounting?handled=",
        "failed-accounting/f1",
        "usages",
        "usages/usage-f1",
        "history",
        "causes",
    ] {
        let answer = api.get(&format!("/api/v1/{path}")).await.to_string();
        assert!(hides(&answer), "{path}: {answer}");
    }
}

#[actix_web::test]
async fn a_note_on_a_cause_keeps_its_secret_when_the_masked_form_comes_back() {
    let app = TestApp::new();
    given(&app).await;
    let boss = app.signed_in(Role::Admin).await;
    let causes = boss.get("/failed-accounting/causes").await;
    let link = causes.attributes("a[href^='/failed-accounting/causes/']", "href").remove(0);
    let form = boss.get(&link).await;
    let shown = form.text_as_it_is("textarea[name=note]");
    assert!(shown.contains("sk-***"), "{shown}");
    keep_note(&boss, &link, &shown.trim_start_matches('\n').replace("by mail", "by post")).await;
    let question = "SELECT note AS name FROM cause WHERE note LIKE '%by post%'";
    let kept = crate::web::foreign_rows::texts(&app, question);
    assert_eq!(kept, [format!("they sent {SECRET}\nby post")]);
}
