//! Every template is rendered in both languages: an unknown text or variable in any of them fails here.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use llmage_admin::accounts::role::Role;
use llmage_admin::alerts::evaluation::Evaluator;
use llmage_admin::base::language::Language;
use llmage_admin::check::runner::{Order, check};
use llmage_admin::failed_accounting::failure::FailedRecord;
use llmage_admin::usages::usage::Usage;

use crate::app::{TestApp, Visitor, failure, usage};

/// Each page template and a request that shows it: method, path, fields.
type Shown = (&'static str, &'static str, &'static str, &'static [(&'static str, &'static str)]);

const PAGES: [Shown; 40] = [
    ("accounts/account.html", "POST", "/account", &[("new_password", "x"), ("current_password", "")]),
    ("accounts/login.html", "POST", "/login", &[("username", "nobody")]),
    ("accounts/new_user.html", "POST", "/users", &[]),
    ("accounts/tokens.html", "POST", "/tokens", &[]),
    ("accounts/user.html", "POST", "/users/admin/password", &[("new_password", "x")]),
    ("accounts/users.html", "GET", "/users", &[]),
    ("alerts/delete.html", "GET", "/alerts/a1/delete", &[]),
    ("alerts/form.html", "POST", "/alerts", &[("to_webhook", "1"), ("webhook_url", "x")]),
    ("alerts/index.html", "GET", "/alerts", &[]),
    ("archive/index.html", "GET", "/archive?cutoff_date=2026-05-23", &[]),
    ("archive/restore.html", "GET", "/history/restore?id=u7", &[]),
    ("audit/index.html", "GET", "/audit?from=x", &[]),
    ("batches/index.html", "GET", "/batches?after=x", &[]),
    ("batches/show.html", "POST", "/batches/b1/run", &[("note", "kept")]),
    ("check/index.html", "GET", "/check", &[]),
    ("check/show.html", "GET", "/check/failure_without_usage", &[]),
    ("errors/error.html", "GET", "/nowhere", &[]),
    ("failed_accounting/cause.html", "POST", "/failed-accounting/causes/no-reason", &[("note", "kept")]),
    ("failed_accounting/causes.html", "GET", "/failed-accounting/causes?sort=newest", &[]),
    ("failed_accounting/conflict.html", "POST", "/failed-accounting/f1", &[("seen", SEEN), ("amount", "7")]),
    ("failed_accounting/decisions.html", "GET", "/decisions?handled_from=2026-01-01", &[]),
    ("failed_accounting/delete.html", "GET", "/failed-accounting/f1/delete", &[]),
    ("failed_accounting/edit.html", "POST", "/failed-accounting/f1", &[("amount", "x")]),
    ("failed_accounting/gone.html", "POST", "/failed-accounting/none/handle", &[("handled_note", "kept")]),
    (
        "failed_accounting/index.html",
        "GET",
        "/failed-accounting?handled=&q=usages&page_size=1&sort=amount",
        &[],
    ),
    (
        "failed_accounting/index.html",
        "GET",
        "/failed-accounting?handled=&group=cause,week&group_sort=count",
        &[],
    ),
    ("failed_accounting/new.html", "POST", "/failed-accounting", &[]),
    ("failed_accounting/show.html", "POST", "/failed-accounting/f1/handle", &[("handled_note", "kept")]),
    ("help/index.html", "GET", "/help", &[]),
    ("imports/new.html", "POST", "/usages/import", &[("text", "id,amount\n,x\n")]),
    ("overview/index.html", "GET", "/", &[]),
    ("jobs/index.html", "GET", "/jobs", &[]),
    ("failed_accounting/view.html", "POST", "/views", &[("q", "deadlock"), ("shared", "1")]),
    ("failed_accounting/views.html", "GET", "/views", &[]),
    ("search/index.html", "GET", "/search?q=usage-f1", &[]),
    ("usages/delete.html", "GET", "/usages/usage-f1/delete", &[]),
    ("usages/form.html", "POST", "/usages/u9", &[("seen", SEEN_USAGE), ("amount", "7")]),
    ("usages/index.html", "GET", "/usages?llmid=m-kimi-k3&page_size=1&sort=use_time", &[]),
    ("usages/index.html", "GET", "/usages?group=month,model", &[]),
    ("usages/show.html", "POST", "/usages/u9/fail", &[]),
];

const SEEN_USAGE: &str =
    r#"{"digest":"of an older state","fields":[["id","u9"],["llmid","m-old"],["amount","1.00000"]]}"#;

const SEEN: &str = r#"{"digest":"of an older state","amount":"1.00000","cost":null,"failed_reason":"x",
    "handled":true,"resolution":"written_off","handled_note":null}"#;

fn templates(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { templates(&path) } else { vec![path] }).collect()
}

/// The templates that are pages of their own, not parts of others.
fn pages() -> BTreeSet<String> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("templates");
    let extends =
        |path: &PathBuf| std::fs::read_to_string(path).unwrap().trim_start().starts_with("{% extends");
    let name = |path: PathBuf| path.strip_prefix(&root).unwrap().to_string_lossy().into_owned();
    templates(&root).into_iter().filter(extends).map(name).collect()
}

/// A rule that has fired to nobody who answers; gives its path.
async fn alert(app: &TestApp, visitor: &Visitor<'_>) -> String {
    visitor.submit("/alerts", &[("kind", "open_amount"), ("threshold", "0")]).await;
    let evaluator =
        Evaluator::new((*app.database).clone(), app.clock.clone(), chrono::TimeDelta::minutes(15));
    assert_eq!(evaluator.step().unwrap(), 1);
    let rules = app.database.run_here(llmage_admin::alerts::store::list).unwrap();
    format!("/alerts/{}", rules[0].id)
}

#[actix_web::test]
async fn each_page_renders_in_both_languages_with_and_without_everything() {
    let shown: BTreeSet<String> = PAGES.iter().map(|(name, ..)| (*name).to_owned()).collect();
    let mut pages = pages();
    // Only a sealed form shows it: tests/suite/web/typed.rs.
    assert!(pages.remove("accounts/typed.html"));
    assert_eq!(shown, pages, "each page template needs a request that shows it");
    for language in Language::ALL.map(Language::tag) {
        let app = TestApp::new();
        app.given(&failure("f1"));
        app.given(&FailedRecord {
            handled: Some("1".to_owned()),
            resolution: Some("superseded".to_owned()),
            failed_reason: Some("usages\n".repeat(20)),
            llmusageid: None,
            ..failure("f2")
        });
        app.given_usage(&usage("usage-f1"));
        let accounted = Some("accounted".to_owned());
        app.given_usage(&Usage { accounting_status: accounted, ..usage("u8") });
        app.given_usage(&Usage { accounting_status: None, usages: Some("{\"cut".to_owned()), ..usage("u9") });
        app.given_usage(&Usage {
            accounting_status: Some("accounted".to_owned()),
            use_date: Some(crate::app::day("2026-05-20")),
            ..usage("u7")
        });
        crate::web::archive::given_run(&app, "2026-05-21");
        let order = Order { by: "somebody", since: None };
        check(&app.database, &app.clock, &order, &mut |_| Ok(())).unwrap();
        let mut visitor = app.signed_in(Role::Admin).await;
        visitor.language = language.to_owned();
        let made = visitor.post("/batches", &[("action", "handle"), ("id", "f1"), ("id", "f2")]).await;
        let batch = made.location().to_owned();
        let alert = alert(&app, &visitor).await;
        let view = visitor.post("/views", &[("q", "usages"), ("name", "U"), ("default", "1")]).await;
        assert!(visitor.get(view.location()).await.has(".views a[aria-current]"));
        for (name, method, path, fields) in PAGES {
            let path = &path.replace("/batches/b1", &batch).replace("/alerts/a1", &alert);
            let page = match method {
                "GET" => visitor.get(path).await,
                _ => visitor.post(path, fields).await,
            };
            assert!(
                !page.status.is_server_error() && !page.status.is_redirection(),
                "{name}: {}",
                page.status
            );
            assert_eq!(page.attribute("html", "lang"), language, "{name}");
            assert!(page.has("main h1"), "{name}: {}", page.body);
            assert!(!page.body.contains("{{") && !page.body.contains("{%"), "{name}");
            if method == "POST" {
                // Who changes the language where a form was refused stays with what the form was about.
                let back = page.attribute("header input[name=next]", "value");
                let kept = visitor.get(&back).await.status;
                assert!(
                    back != "/" && (kept.is_success() || kept.is_redirection()),
                    "{name}: {back} is {kept}"
                );
            }
        }
        let run = visitor.submit(&format!("{batch}/run"), &[("resolution", "duplicate")]).await;
        assert!(run.has("#report") && run.text("h1").contains('2'), "{}", run.body);
        let undone = visitor.submit(&format!("{batch}/undo"), &[]).await;
        assert_eq!(undone.attribute("#report", "data-undone"), run.attribute("#report", "data-done"));
        let retried = visitor.post("/batches", &[("action", "retry"), ("id", "f1"), ("id", "f2")]).await;
        let shown = visitor.submit(&format!("{}/run", retried.location()), &[("canary_size", "1")]).await;
        assert!(shown.has("#report"), "{}", shown.body);
        assert_eq!(visitor.get("/batches").await.status, 200);
        for path in [
            "/failed-accounting/f2",
            "/failed-accounting/f2/edit",
            "/failed-accounting?handled=1&llmid=x",
            "/failed-accounting?retrying=1",
            "/failed-accounting/f1",
            "/usages",
            "/history",
            "/history/u7",
            "/history/restore",
            "/history?llmid=m-kimi-k3&backup_time=2026-05-22%2012:00:00",
            "/usages/new",
            "/usages/u8",
            "/usages/u8/edit",
            "/usages/u9/delete",
            "/usages?accounting_status=created",
            "/usages?accounting_status=created&status=x",
            "/alerts/new",
            &format!("{alert}/edit"),
        ] {
            assert_eq!(visitor.get(path).await.status, 200, "{path} in {language}");
        }
        let fields: BTreeSet<String> = visitor
            .get("/audit")
            .await
            .texts("table.change tbody th")
            .into_iter()
            .filter(|field| field != "Webhook" && language == "zh-CN")
            .collect();
        assert!(language == "en" || fields.len() > 5, "the trail shows what changed: {fields:?}");
        let unnamed: Vec<&String> = fields.iter().filter(|field| field.is_ascii()).collect();
        assert_eq!(unnamed, [""; 0], "fields of the trail without words");
    }
}
