//! The app in a real browser: Chromium, driven through ChromeDriver, on the demo's data.
//!
//! Where there is no browser the tests say by name that they are skipped; with `CI` set they fail instead.

#[path = "../support/mod.rs"]
mod support;

mod driver;
mod server;

use std::time::Duration;

use driver::{Browser, Look};
use fantoccini::Locator;
use server::{PASSWORD, Server};

/// The Enter key, as WebDriver names it.
const ENTER: char = '\u{e007}';

/// Runs a scenario where there is a browser; else says that it was skipped.
fn in_browser<F: Future<Output = ()>>(name: &str, scenario: impl FnOnce(Server) -> F) {
    if !driver::is_present() {
        assert!(std::env::var_os("CI").is_none(), "{name}: chromium and chromedriver must be there in CI");
        println!("skipped: {name} (no chromium or chromedriver here)");
        return;
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(scenario(Server::start()));
}

async fn sign_in(browser: &Browser, server: &Server) {
    browser.goto(&server.address("/failed-accounting")).await;
    browser.type_into("input[name=username]", "admin").await;
    browser.type_into("input[name=password]", PASSWORD).await;
    browser.press("main form button").await;
    browser.wait_for("#money-line").await;
}

/// Signs in, filters, opens a record, handles it and sees it gone from the open ones.
async fn work_a_record(browser: &Browser, server: &Server) {
    sign_in(browser, server).await;
    let before = browser.attribute("#money-line", "data-count").await;
    browser.type_into("main input[name=q]", &format!("deadlock{ENTER}")).await;
    browser.wait_for(".chips .chip").await;
    let found = browser.attribute("#money-line", "data-count").await;
    assert!(found.parse::<u32>().expect("a count") < before.parse::<u32>().expect("a count"));
    let id = browser.attribute("table#failed-accounting tbody tr", "data-id").await;
    browser.press("table#failed-accounting tbody tr td.cause a").await;
    browser.wait_for("form[action*='/handle']").await;
    browser.press("#resolution option[value=duplicate]").await;
    browser.type_into("#handled_note", "seen in a browser\n第二行").await;
    browser.press("form[action*='/handle'] button").await;
    browser.wait_for("[role=status]").await;
    assert!(browser.text("main").await.contains("第二行"));
    assert!(browser.address().await.contains("q=deadlock"), "the filter is kept");
    browser.goto(&server.address("/failed-accounting?q=deadlock")).await;
    let left = browser.attribute("#money-line", "data-count").await;
    assert_eq!(left.parse::<u32>().ok(), found.parse::<u32>().ok().map(|count| count - 1));
    assert!(!browser.has(&format!("tr[data-id='{id}']")).await);
}

/// Ticks two records, looks at the preview, runs it, undoes it, and sees both open again.
async fn work_a_batch(browser: &Browser, server: &Server) {
    browser.goto(&server.address("/failed-accounting")).await;
    let before = browser.attribute("#money-line", "data-count").await;
    for row in 1..=2 {
        browser.press(&format!("tbody tr:nth-child({row}) input[name=id]")).await;
    }
    browser.press("button[name=action][value=handle]").await;
    browser.press("form[action$='/run'] option[value=written_off]").await;
    browser.press("form[action$='/run'] button").await;
    let batch = browser.reported("data-done", "2").await;
    browser.goto(&batch).await;
    browser.press("form[action$='/undo'] button").await;
    browser.reported("data-undone", "2").await;
    browser.goto(&server.address("/failed-accounting")).await;
    assert_eq!(browser.attribute("#money-line", "data-count").await, before);
}

#[test]
fn a_person_signs_in_filters_opens_handles_and_downloads() {
    in_browser("a_person_signs_in_filters_opens_handles_and_downloads", |server| async move {
        let browser = Browser::start(Look::default()).await;
        work_a_record(&browser, &server).await;
        work_a_batch(&browser, &server).await;
        browser.goto(&server.address("/failed-accounting?handled=1&resolution=duplicate")).await;
        let rows: usize = browser.attribute("#money-line", "data-count").await.parse().expect("a count");
        browser.press("a[href^='/failed-accounting.csv']").await;
        let file = browser.downloaded(Duration::from_secs(20)).await;
        let name = file.file_name().expect("a name").to_string_lossy().into_owned();
        assert!(name.starts_with("failed-accounting_") && name.ends_with(".csv"), "{name}");
        let mut reader = csv::Reader::from_path(&file).expect("a CSV");
        assert_eq!(reader.headers().expect("a header").len(), 24);
        let lines: Result<Vec<csv::StringRecord>, csv::Error> = reader.records().collect();
        assert_eq!(lines.expect("well-formed rows").len(), rows);
        browser.stop().await;
    });
}

#[test]
fn everything_works_without_javascript() {
    in_browser("everything_works_without_javascript", |server| async move {
        let browser = Browser::start(Look { javascript: false, ..Look::default() }).await;
        work_a_record(&browser, &server).await;
        work_a_batch(&browser, &server).await;
        browser.stop().await;
    });
}

/// Makes a screenshot of every page in each look, and finds sideways scrolling and broken pages.
#[test]
fn every_page_fits_its_window_in_every_look() {
    in_browser("every_page_fits_its_window_in_every_look", |server| async move {
        for look in Look::all() {
            let browser = Browser::start(look).await;
            browser.goto(&server.address("/login")).await;
            browser.keep_screenshot("login").await;
            sign_in(&browser, &server).await;
            let id = browser.attribute("table#failed-accounting tbody tr", "data-id").await;
            browser.goto(&server.address("/failed-accounting/causes")).await;
            let cause = browser.attribute(".cause-card h2 a", "href").await;
            browser.goto(&server.address("/usages")).await;
            let usage = browser.attribute("main table tbody tr", "data-id").await;
            browser.goto(&server.address("/failed-accounting?handled=&q=api_key%3D")).await;
            let masked = browser.attribute("table#failed-accounting tbody td.cause a", "href").await;
            for (name, path) in [
                ("list", "/failed-accounting".to_owned()),
                ("list-filtered", "/failed-accounting?handled=&q=deadlock&amount_min=0.5".to_owned()),
                ("list-nothing", "/failed-accounting?llmid=none".to_owned()),
                ("list-wrong", "/failed-accounting?amount_min=abc".to_owned()),
                ("list-long", "/failed-accounting?handled=&sort=-amount&page_size=100".to_owned()),
                ("details", format!("/failed-accounting/{id}")),
                ("details-masked", masked.clone()),
                ("edit", format!("/failed-accounting/{id}/edit")),
                ("delete", format!("/failed-accounting/{id}/delete")),
                ("new", "/failed-accounting/new".to_owned()),
                ("overview", "/".to_owned()),
                ("causes", "/failed-accounting/causes".to_owned()),
                ("cause", cause.clone()),
                ("views", "/views".to_owned()),
                ("view-new", "/views/new?llmid=none&sort=-amount".to_owned()),
                ("batches", "/batches".to_owned()),
                ("archive", "/archive".to_owned()),
                ("history", "/history".to_owned()),
                ("check", "/check".to_owned()),
                ("jobs", "/jobs".to_owned()),
                ("alerts", "/alerts".to_owned()),
                ("alerts-new", "/alerts/new".to_owned()),
                ("users", "/users".to_owned()),
                ("users-new", "/users/new".to_owned()),
                ("tokens", "/tokens".to_owned()),
                ("audit", "/audit".to_owned()),
                ("usage", format!("/usages/{usage}")),
                ("usage-edit", format!("/usages/{usage}/edit")),
                ("usages", "/usages".to_owned()),
                ("usages-nothing", "/usages?status=none".to_owned()),
                ("usages-new", "/usages/new".to_owned()),
                ("account", "/account".to_owned()),
                ("not-found", "/nowhere".to_owned()),
            ] {
                browser.goto(&server.address(&path)).await;
                assert!(browser.has("main h1").await, "{name} {look:?}");
                assert_eq!(browser.attribute("html", "lang").await, look.language, "{name}");
                assert!(browser.sideways().await <= 0, "{name} {look:?} scrolls sideways");
                browser.keep_screenshot(name).await;
            }
            browser.stop().await;
        }
    });
}

#[test]
fn the_keyboard_reaches_the_content_first() {
    in_browser("the_keyboard_reaches_the_content_first", |server| async move {
        let browser = Browser::start(Look::default()).await;
        sign_in(&browser, &server).await;
        let body = browser.client.find(Locator::Css("body")).await.expect("a body");
        body.send_keys("\u{e004}").await.expect("Tab");
        let focused = browser.client.active_element().await.expect("a focus");
        let target = focused.attr("href").await.expect("an attribute");
        assert_eq!(target.as_deref(), Some("#main"), "the skip link comes first");
        browser.stop().await;
    });
}

#[test]
fn one_key_moves_ticks_opens_and_searches_unless_somebody_types_or_turned_it_off() {
    let name = "one_key_moves_ticks_opens_and_searches_unless_somebody_types_or_turned_it_off";
    in_browser(name, |server| async move {
        let browser = Browser::start(Look::default()).await;
        sign_in(&browser, &server).await;
        let second = browser.attribute("tbody tr:nth-child(2)", "data-id").await;
        browser.keys("jjjk").await;
        assert_eq!(browser.focused("tr").await.as_deref(), Some(&*second), "three down, one up");
        browser.keys("x").await;
        assert!(browser.has("tbody tr:nth-child(2) input[name=id]:checked").await);
        assert!(!browser.has("tbody tr:nth-child(3) input[name=id]:checked").await);
        browser.keys(&ENTER.to_string()).await;
        browser.wait_for("#actions").await;
        assert!(browser.address().await.contains(&second));

        browser.goto(&server.address("/failed-accounting")).await;
        browser.keys("/").await;
        browser.keys("jx?").await;
        let typed = browser.script("return document.activeElement.name + document.activeElement.value").await;
        assert_eq!(typed, "qjx?", "in a field the keys are letters");

        browser.goto(&server.address("/failed-accounting")).await;
        browser.keys("?").await;
        browser.press("dialog#keys[open] input[type=checkbox]").await;
        browser.goto(&server.address("/failed-accounting")).await;
        browser.keys("j").await;
        assert_eq!(browser.focused("tr").await, None, "they are off");
        browser.stop().await;
    });
}
