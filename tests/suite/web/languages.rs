//! Two languages: by the browser, then by the account; both complete.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use llmage_admin::accounts::role::Role;
use llmage_admin::audit::event::Action;
use llmage_admin::base::language::Language;
use llmage_admin::jobs::store;
use llmage_admin::server::jobs;

use crate::app::{TestApp, failure, noon};

#[actix_web::test]
async fn the_browser_chooses_until_the_account_does() {
    let app = TestApp::new();
    app.given(&failure("f1"));
    let mut visitor = app.signed_in(Role::Viewer).await;
    for (header, expected) in [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-CN"),
        ("zh", "zh-CN"),
        ("de,en;q=0.5", "en"),
        ("fr", "en"),
        ("", "en"),
        ("en-GB,zh-CN;q=0.5", "en"),
        ("*;;q=?", "en"),
        ("zh;q=0.1,en;q=0.9", "en"),
        ("en;q=0.2, zh-CN;q=0.8", "zh-CN"),
        ("en;q=0, zh", "zh-CN"),
    ] {
        visitor.language = header.to_owned();
        let page = visitor.get("/failed-accounting").await;
        assert_eq!(page.attribute("html", "lang"), expected, "{header}");
    }
    visitor.language = "en".to_owned();
    let page =
        visitor.submit("/account", &[("language", "zh-CN"), ("next", "/failed-accounting?handled=1")]).await;
    assert_eq!(page.attribute("html", "lang"), "zh-CN");
    assert!(page.text("[role=status]").contains("语言"), "told in the language that was chosen");
    assert_eq!(page.text("nav.tabs a[aria-current=page]").split(' ').next(), Some("已处理"));
}

#[actix_web::test]
async fn columns_have_the_titles_of_the_platform_in_chinese() {
    let app = TestApp::new();
    app.given(&failure("f1"));
    let mut visitor = app.signed_in(Role::Viewer).await;
    visitor.language = "zh-CN".to_owned();
    let page = visitor.get("/failed-accounting").await;
    let heads = page.texts("table#failed-accounting thead th").join(" ");
    for title in ["失败时间", "交易金额", "交易成本", "失败原因", "重试次数"] {
        assert!(heads.contains(title), "{title} in {heads}");
    }
}

#[actix_web::test]
async fn each_job_each_action_and_each_permission_has_words_in_both() {
    let app = TestApp::new();
    let jobs = jobs::all(&app.config, &app.application.given(), &app.database, &app.clock);
    app.database.transaction_here(|connection| store::register(connection, &jobs, noon())).unwrap();
    let mut admin = app.signed_in(Role::Admin).await;
    for language in Language::ALL.map(Language::tag) {
        admin.language = language.to_owned();
        let page = admin.get("/jobs").await;
        let names = page.texts("#jobs tbody th, #jobs-idle tbody th");
        assert_eq!(names.len(), jobs.len());
        let unnamed: Vec<_> = names.iter().filter(|name| jobs.iter().any(|job| job.name == **name)).collect();
        assert_eq!(unnamed, [""; 0], "jobs in {language}");
        let page = admin.get("/audit").await;
        let named: BTreeMap<String, String> = page
            .attributes("#action option", "value")
            .into_iter()
            .zip(page.texts("#action option"))
            .collect();
        for action in Action::ALL.iter().map(|action| action.as_str()) {
            assert!(named.get(action).is_some_and(|name| name != action), "{action} in {language}");
        }
        assert!(named.contains_key("record_failure"), "{named:?}");
        let page = admin.get("/account").await;
        let allowed = page.texts("section[aria-labelledby=may-title] tbody th");
        assert!(!allowed.is_empty() && !allowed.iter().any(|text| text.starts_with('/')), "{allowed:?}");
    }
}

fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, ending));
        } else if path.to_string_lossy().ends_with(ending) {
            found.push(path);
        }
    }
    found
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn keys(language: &str) -> BTreeSet<String> {
    let read = |path: PathBuf| std::fs::read_to_string(path).unwrap();
    files(&root().join("locales").join(language), ".ftl")
        .into_iter()
        .flat_map(|path| {
            let text = read(path);
            let key = |line: &str| {
                let (key, _) = line.split_once(" =")?;
                key.starts_with(|letter: char| letter.is_ascii_lowercase()).then(|| key.to_owned())
            };
            text.lines().filter_map(key).collect::<Vec<_>>()
        })
        .collect()
}

#[test]
fn both_catalogues_have_the_same_keys() {
    let (english, chinese) = (keys("en"), keys("zh-CN"));
    assert!(english.len() > 100, "only {} keys", english.len());
    let missing: Vec<_> = english.symmetric_difference(&chinese).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn each_key_is_used_and_each_used_key_is_there() {
    let sources: String = files(&root().join("src"), ".rs")
        .into_iter()
        .chain(files(&root().join("templates"), ".html"))
        .map(|path| std::fs::read_to_string(path).unwrap())
        .collect();
    // Keys that are put together: a stem that ends in a hyphen, and a value of the code.
    let named = |opening: &str| -> Vec<String> {
        let key = |part: &str| part.split(['"', '{']).next().unwrap_or_default().to_owned();
        sources.split(opening).skip(1).map(key).collect()
    };
    // A template may join the parts before it asks for the text.
    let joined =
        sources.split("-\" ~").map(|part| format!("{}-", part.rsplit('"').next().unwrap_or_default()));
    let named: Vec<String> = ["Message::new(\"", "t(key=\"", "format!(\"", "prefix=\"", "Word(\""]
        .iter()
        .flat_map(|opening| named(opening))
        .chain(joined)
        .collect();
    let stems: Vec<&String> = named.iter().filter(|key| key.ends_with('-') && key.len() > 1).collect();
    let composed = |key: &str| stems.iter().any(|stem| key.starts_with(stem.as_str()));
    let known = keys("en");
    let unused: Vec<_> =
        known.iter().filter(|key| !composed(key) && !sources.contains(&format!("\"{key}\""))).collect();
    assert!(unused.is_empty(), "unused: {unused:?}");
    // Templates refuse an unknown key when they are rendered; here the ones that only code names.
    for opening in ["Message::new(\"", "t(key=\""] {
        for part in sources.split(opening).skip(1) {
            let key = part.split('"').next().unwrap_or_default();
            let is_key = key.starts_with(|letter: char| letter.is_ascii_lowercase())
                && !key.ends_with('-')
                && !key.contains('_');
            assert!(!is_key || known.contains(key), "no text for {key}");
        }
    }
}
