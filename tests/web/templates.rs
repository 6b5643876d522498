//! Every template is rendered in both languages: an unknown text or variable in any of them fails here.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use llmage_admin::accounts::role::Role;
use llmage_admin::failed_accounting::failure::FailedRecord;
use llmage_admin::usages::usage::Usage;

use crate::app::{TestApp, failure, usage};

/// Each page template and a request that shows it: method, path, fields.
type Shown = (&'static str, &'static str, &'static str, &'static [(&'static str, &'static str)]);

const PAGES: [Shown; 18] = [
    ("accounts/account.html", "POST", "/account", &[("new_password", "x"), ("current_password", "")]),
    ("accounts/login.html", "POST", "/login", &[("username", "nobody")]),
    ("accounts/new_user.html", "POST", "/users", &[]),
    ("accounts/tokens.html", "POST", "/tokens", &[]),
    ("accounts/user.html", "POST", "/users/admin/password", &[("new_password", "x")]),
    ("accounts/users.html", "GET", "/users", &[]),
    ("audit/index.html", "GET", "/audit?from=x", &[]),
    ("errors/error.html", "GET", "/nowhere", &[]),
    ("failed_accounting/conflict.html", "POST", "/failed-accounting/f1", &[("seen", SEEN), ("amount", "7")]),
    ("failed_accounting/delete.html", "GET", "/failed-accounting/f1/delete", &[]),
    ("failed_accounting/edit.html", "POST", "/failed-accounting/f1", &[("amount", "x")]),
    (
        "failed_accounting/index.html",
        "GET",
        "/failed-accounting?handled=&q=usages&page_size=1&sort=amount",
        &[],
    ),
    ("failed_accounting/new.html", "POST", "/failed-accounting", &[]),
    ("failed_accounting/show.html", "POST", "/failed-accounting/f1/handle", &[("handled_note", "kept")]),
    ("usages/delete.html", "GET", "/usages/usage-f1/delete", &[]),
    ("usages/form.html", "POST", "/usages/u9", &[("seen", SEEN_USAGE), ("amount", "7")]),
    ("usages/index.html", "GET", "/usages?llmid=m-kimi-k3&page_size=1&sort=use_time", &[]),
    ("usages/show.html", "POST", "/usages/u9/fail", &[]),
];

const SEEN_USAGE: &str = r#"{"digest":"of an older state","fields":[["id","u9"],["llmid","m-old"]]}"#;

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

#[actix_web::test]
async fn each_page_renders_in_both_languages_with_and_without_everything() {
    let shown: BTreeSet<String> = PAGES.iter().map(|(name, ..)| (*name).to_owned()).collect();
    assert_eq!(shown, pages(), "each page template needs a request that shows it");
    for language in ["en", "zh-CN"] {
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
        let mut visitor = app.signed_in(Role::Admin).await;
        visitor.language = language.to_owned();
        for (name, method, path, fields) in PAGES {
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
        }
        for path in [
            "/failed-accounting/f2",
            "/failed-accounting/f2/edit",
            "/failed-accounting?handled=1&llmid=x",
            "/failed-accounting?retrying=1",
            "/failed-accounting/f1",
            "/usages",
            "/usages/new",
            "/usages/u8",
            "/usages/u8/edit",
            "/usages/u9/delete",
            "/usages?accounting_status=created",
            "/usages?accounting_status=created&status=x",
        ] {
            assert_eq!(visitor.get(path).await.status, 200, "{path} in {language}");
        }
    }
}
