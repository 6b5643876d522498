//! The list of usages and the page of one, as people read them.

use actix_web::http::StatusCode;
use llmage_admin::accounts::role::Role;
use llmage_admin::usages::usage::Usage;

use crate::app::{Answer, TestApp, at, day, failure, money, usage};
use crate::support::rows::run;

fn rows(page: &Answer) -> Vec<String> {
    page.attributes("table#usages tbody tr[data-id]", "data-id")
}

/// Fifty usages, several in each second and some without a time, in two states.
fn given_many(app: &TestApp) {
    for number in 0..50 {
        let state = if number % 5 == 0 { "accounted" } else { "failed" };
        app.given_usage(&Usage {
            use_time: (number % 7 != 0).then(|| at(&format!("2026-05-21 10:00:{:02}", number / 4))),
            amount: Some(money(&format!("0.{:05}", number + 1))),
            accounting_status: Some(state.to_owned()),
            ..usage(&format!("u{number:02}"))
        });
    }
}

#[actix_web::test]
async fn pages_of_the_list_neither_repeat_nor_lose_a_usage_in_both_directions() {
    let app = TestApp::new();
    given_many(&app);
    let viewer = app.signed_in(Role::Viewer).await;
    for query in ["page_size=7", "page_size=7&sort=use_time", "page_size=7&accounting_status=failed"] {
        let mut page = viewer.get(&format!("/usages?{query}")).await;
        let (mut seen, mut pages) = (Vec::new(), Vec::new());
        loop {
            seen.extend(rows(&page));
            pages.push(rows(&page));
            if !page.has("a[rel=next]") {
                break;
            }
            page = viewer.get(&page.attribute("a[rel=next]", "href")).await;
        }
        assert_eq!(seen.len().to_string(), page.attribute("#money-line", "data-count"), "{query}");
        let mut once = seen.clone();
        once.sort();
        once.dedup();
        assert_eq!(once.len(), seen.len(), "{query}");
        while page.has("a[rel=prev]") {
            pages.pop();
            page = viewer.get(&page.attribute("a[rel=prev]", "href")).await;
            assert_eq!(Some(&rows(&page)), pages.last(), "{query}");
        }
        assert_eq!(pages.len(), 1, "{query}");
    }
}

#[actix_web::test]
async fn money_line_rows_and_csv_tell_the_same_sums() {
    let app = TestApp::new();
    given_many(&app);
    let viewer = app.signed_in(Role::Viewer).await;
    for (query, numbers) in [
        ("", (0..50).collect::<Vec<u32>>()),
        ("accounting_status=accounted", (0..50).step_by(5).collect()),
        ("id=u07", vec![7]),
    ] {
        let page = viewer.get(&format!("/usages?page_size=200&{query}")).await;
        let sum: u32 = numbers.iter().map(|number| number + 1).sum();
        assert_eq!(page.attribute("#money-line", "data-count"), numbers.len().to_string());
        assert_eq!(page.attribute("#money-line", "data-sum-amount"), format!("0.{sum:05}"));
        assert_eq!(rows(&page).len(), numbers.len());
        let csv = viewer.get(&page.attribute("a[href^='/usages.csv']", "href")).await;
        assert_eq!(csv.body.lines().count(), numbers.len() + 1);
        let ids: Vec<&str> = csv.body.lines().skip(1).filter_map(|line| line.split(',').next()).collect();
        assert_eq!(ids, rows(&page), "{query}");
    }
}

#[actix_web::test]
async fn each_filter_narrows_and_is_told_by_a_chip_that_removes_it() {
    let app = TestApp::new();
    app.given_usage(&usage("plain"));
    app.given_usage(&Usage {
        llmid: Some("m-qwen".to_owned()),
        userid: Some("u9".to_owned()),
        userorgid: Some("org-x".to_owned()),
        use_date: Some(day("2026-04-30")),
        status: Some("PENDING".to_owned()),
        taskid: Some("task/1 &".to_owned()),
        ..usage("other")
    });
    let viewer = app.signed_in(Role::Viewer).await;
    for query in [
        "llmid=m-qwen",
        "userid=u9",
        "userorgid=org-x",
        "status=PENDING",
        "id=other",
        "taskid=task%2F1%20%26",
        "end_date=2026-04-30",
        "start_date=2026-04-01&end_date=2026-04-30",
    ] {
        let page = viewer.get(&format!("/usages?{query}")).await;
        assert_eq!(rows(&page), ["other"], "{query}");
        let crosses = page.attributes(".chip a", "href");
        assert_eq!(crosses.len(), query.split('&').count(), "{query}");
        if crosses.len() == 1 {
            assert_eq!(rows(&viewer.get(&crosses[0]).await).len(), 2, "{query}");
        }
    }
    let wrong = viewer.get("/usages?start_date=x&llmid=m-qwen&page_size=0").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(rows(&wrong), ["other"]);
    assert_eq!(wrong.attribute("#start_date", "aria-invalid"), "true");
    assert_eq!(viewer.get("/usages?after=nonsense").await.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[actix_web::test]
async fn names_find_their_ids_and_several_of_one_name_are_told() {
    let app = TestApp::new();
    run(&app.database, "CREATE TABLE llm (id VARCHAR(32) PRIMARY KEY, name VARCHAR(64))");
    run(&app.database, "INSERT INTO llm (id, name) VALUES ('m1', 'Qwen3 Max'), ('m2', 'Qwen3 Turbo')");
    for (id, model) in [("a", "m1"), ("b", "m2")] {
        app.given_usage(&Usage { llmid: Some(model.to_owned()), ..usage(id) });
        app.given(&llmage_admin::failed_accounting::failure::FailedRecord {
            llmid: Some(model.to_owned()),
            ..failure(id)
        });
    }
    let viewer = app.signed_in(Role::Viewer).await;
    let found = viewer.get("/usages?llmid=qwen3%20MAX").await;
    assert_eq!(rows(&found), ["a"]);
    assert_eq!(found.attribute("#llmid", "value"), "m1");
    assert!(found.text(".chip").contains("Qwen3 Max"));
    assert_eq!(viewer.get("/failed-accounting?llmid=turbo").await.rows(), ["b"]);
    for list in ["/usages", "/failed-accounting"] {
        let several = viewer.get(&format!("{list}?llmid=qwen")).await;
        assert_eq!(several.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(several.attribute("#llmid", "value"), "qwen");
        let message = several.text("#llmid-error");
        assert!(message.contains("m1") && message.contains("Qwen3 Turbo"), "{message}");
    }
}

#[actix_web::test]
async fn the_page_shows_counts_readable_json_failures_and_where_it_is() {
    let app = TestApp::new();
    app.given_usage(&Usage {
        usages: Some(
            r#"{"prompt_tokens": 812, "details": {"cached": 3, "huge": 12345678901234567890123}, "x": [1]}"#
                .to_owned(),
        ),
        ..usage("usage-f1")
    });
    app.given(&failure("f1"));
    let viewer = app.signed_in(Role::Viewer).await;
    let list = viewer.get("/usages").await;
    let page = viewer.get(&list.attribute("tbody td.cause a", "href")).await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(page.texts("table.counts tbody tr"), ["details.cached3", "prompt_tokens812"]);
    assert!(page.texts("pre")[0].contains("\"huge\": 12345678901234567890123"), "digits stay");
    assert!(page.has("a[href='/failed-accounting/f1']"));
    assert!(page.attributes("main form[method=post]", "action").is_empty(), "a viewer changes nothing");
    let failure = viewer.get("/failed-accounting/f1").await;
    assert!(failure.has("a[href='/usages/usage-f1']"), "{}", failure.body);
    run(
        &app.database,
        "INSERT INTO llmusage_history (id, accounting_status, backup_time) VALUES ('old', 'accounted', '2026-05-01 02:30:00')",
    );
    assert!(viewer.get("/usages/old").await.body.contains("2026-05-01 02:30:00"));
    assert_eq!(viewer.get("/usages/none").await.status, StatusCode::NOT_FOUND);
}

#[actix_web::test]
async fn json_of_any_shape_or_damage_is_text() {
    let app = TestApp::new();
    let deep = "[".repeat(5_000);
    for (number, text) in [
        "null",
        "{}",
        "[]",
        "",
        "{\"cut",
        "7",
        "\"</pre><script>alert(1)</script>\"",
        "{\"<b>\": 1, \"\\u0000\": 2}",
        deep.as_str(),
    ]
    .into_iter()
    .enumerate()
    {
        let id = format!("u{number}");
        app.given_usage(&Usage {
            usages: Some(text.to_owned()),
            ioinfo: Some(text.to_owned()),
            ..usage(&id)
        });
        let viewer = app.visitor();
        if number == 0 {
            app.add_user("viewer", Role::Viewer);
        }
        viewer.submit("/login", &[("username", "viewer"), ("password", crate::app::PASSWORD)]).await;
        let page = viewer.get(&format!("/usages/{id}")).await;
        assert_eq!(page.status, StatusCode::OK, "{text}");
        assert!(!page.has("pre script") && !page.has("b b"), "{text}");
    }
}

#[actix_web::test]
async fn a_usage_with_nothing_but_an_id_is_shown_listed_and_exported() {
    let app = TestApp::new();
    app.given_usage(&llmage_admin::usages::usage::Usage::blank("a/b ?%#".to_owned()));
    let admin = app.signed_in(Role::Admin).await;
    let list = admin.get("/usages").await;
    assert_eq!(rows(&list), ["a/b ?%#"]);
    let page = admin.get(&list.attribute("tbody td.cause a", "href")).await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(admin.get(&page.attribute("a[href*='/edit']", "href")).await.status, StatusCode::OK);
    assert!(admin.get("/usages.csv").await.body.contains("\r\na/b ?%#,,"));
}

#[actix_web::test]
async fn an_exported_file_can_be_imported_again() {
    use llmage_admin::audit::event::{Author, Source as Origin};
    use llmage_admin::imports::{Source, progress::Progress};
    let app = TestApp::new();
    given_many(&app);
    app.given_usage(&Usage {
        usages: Some("=1+1\n\"x\",'y".to_owned()),
        taskid: Some("t".to_owned()),
        ..usage("odd")
    });
    let viewer = app.signed_in(Role::Viewer).await;
    let csv = viewer.get("/usages.csv").await;
    let other = TestApp::new();
    let file = Source::sent("usages.csv", csv.body.clone().into_bytes());
    let author =
        Author { name: "test".to_owned(), source: Origin::Command, request_id: None, at: crate::app::noon() };
    let imported =
        llmage_admin::usages::import::run(&other.database, file, &author, &Progress::on_terminal()).unwrap();
    assert_eq!(imported.rows, 51);
    let again = other.signed_in(Role::Viewer).await.get("/usages.csv").await;
    assert_eq!(again.body, csv.body);
}

#[actix_web::test]
async fn secrets_in_the_texts_of_a_usage_are_masked_and_survive_an_edit_of_something_else() {
    let app = TestApp::new();
    let secret = "sk-abcdefghijklmnopqrstuvwxyz0123456789";
    let text = format!("{{\"key\": \"{secret}\", \"n\": 1}}");
    app.given_usage(&Usage { ioinfo: Some(text.clone()), usages: Some(text.clone()), ..usage("u1") });
    let admin = app.signed_in(Role::Admin).await;
    for path in ["/usages/u1", "/usages/u1/edit", "/usages.csv"] {
        let page = admin.get(path).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(!page.body.contains(secret), "{path}");
    }
    let shown = admin.get("/usages/u1/edit").await.text("textarea#ioinfo");
    let typed = shown.replace("\"n\": 1", "\"n\": 2");
    admin.submit("/usages/u1", &[("ioinfo", &typed), ("amount", "3")]).await;
    let kept = app
        .database
        .run_here(|connection| llmage_admin::usages::store::lookup(connection, "u1"))
        .unwrap()
        .unwrap();
    assert_eq!(kept.ioinfo, Some(text.replace("\"n\": 1", "\"n\": 2")));
    assert_eq!((kept.usages, kept.amount), (Some(text), Some(money("3"))));
}
