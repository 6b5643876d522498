//! The list: what it shows, how it is narrowed, sorted and paged.

use actix_web::http::StatusCode;
use llmage_admin::accounts::role::Role;
use llmage_admin::failed_accounting::failure::FailedRecord;

use llmage_admin::base::form::Fields;
use llmage_admin::failed_accounting::filter::Filter;
use llmage_admin::usages::filter::{Filter as OfUsages, Shelf};
use llmage_admin::web::links;

use crate::app::{Answer, TestApp, at, day, failure, money};

fn handled(id: &str) -> FailedRecord {
    FailedRecord {
        handled: Some("1".to_owned()),
        handled_time: Some(at("2026-05-22 08:00:00")),
        resolution: Some("written_off".to_owned()),
        handled_by: Some("li.wei".to_owned()),
        ..failure(id)
    }
}

#[actix_web::test]
async fn one_lands_on_the_open_records_with_their_money() {
    let app = TestApp::new();
    app.given(&failure("f1"));
    app.given(&FailedRecord { amount: Some(money("0.00036")), cost: None, ..failure("f2") });
    app.given(&handled("f3"));
    let viewer = app.signed_in(Role::Viewer).await;
    let page = viewer.get("/failed-accounting").await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(page.rows(), ["f2", "f1"]);
    assert_eq!(page.money_line(), ["2", "1.20036", "0.90000"]);
    assert!(page.text("#money-line").contains("11 h"), "{}", page.text("#money-line"));
    assert!(page.texts("tr[data-id=f1] td").contains(&"1.20000".to_owned()));
    assert!(page.body.contains("Asia/Shanghai"));
}

#[actix_web::test]
async fn tabs_are_links_and_null_or_foreign_handled_counts_as_open() {
    let app = TestApp::new();
    app.given(&FailedRecord { handled: None, ..failure("f1") });
    app.given(&FailedRecord { handled: Some("2".to_owned()), ..failure("f2") });
    app.given(&FailedRecord { handled: Some(String::new()), ..failure("f3") });
    app.given(&handled("f4"));
    let viewer = app.signed_in(Role::Viewer).await;
    let page = viewer.get("/failed-accounting").await;
    assert_eq!(page.rows(), ["f3", "f2", "f1"]);
    let tabs = page.attributes("nav.tabs a", "href");
    let mut seen = Vec::new();
    for tab in &tabs {
        seen.push(viewer.get(tab).await.rows().join(" "));
    }
    assert_eq!(seen, ["f3 f2 f1", "", "f4", "f4 f3 f2 f1"]);
}

#[actix_web::test]
async fn what_was_superseded_is_neither_open_nor_handled_and_stays_in_all() {
    let app = TestApp::new();
    app.given(&failure("open"));
    app.given(&handled("decided"));
    app.given(&FailedRecord { resolution: Some("superseded".to_owned()), ..handled("replaced") });
    app.given(&FailedRecord { resolution: None, ..handled("foreign") });
    let viewer = app.signed_in(Role::Viewer).await;
    for (query, rows) in [
        ("", "open"),
        ("handled=1", "foreign decided"),
        ("handled=", "replaced open foreign decided"),
        ("superseded=1", "replaced"),
        ("handled=1&superseded=1", "replaced"),
        ("resolution=superseded", "replaced"),
        ("handled=1&resolution=superseded", "replaced"),
        ("resolution=written_off&superseded=1", ""),
    ] {
        let page = viewer.get(&format!("/failed-accounting?{query}")).await;
        let mut found = page.rows();
        found.sort_unstable();
        let mut wanted: Vec<&str> = rows.split_whitespace().collect();
        wanted.sort_unstable();
        assert_eq!(found, wanted, "{query}");
        assert_eq!(page.money_line()[0], wanted.len().to_string(), "{query}");
        let csv = viewer.get(&format!("/failed-accounting.csv?{query}")).await;
        assert_eq!(csv.body.lines().count(), wanted.len() + 1, "{query}");
    }
    let all = viewer.get("/failed-accounting?handled=").await;
    assert!(all.text("tr[data-id=replaced] .state-cell").contains("Superseded"), "marked");
    let tabs = all.texts("nav.tabs a .count");
    assert_eq!(tabs, ["1", "0", "2", "4"]);
    let wrong = viewer.get("/failed-accounting?superseded=0").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[actix_web::test]
async fn each_filter_narrows_and_is_kept_in_every_link() {
    let app = TestApp::new();
    app.given(&failure("plain"));
    app.given(&FailedRecord {
        userorgid: Some("org-a".to_owned()),
        llmid: Some("m-qwen".to_owned()),
        userid: Some("u9".to_owned()),
        llmusageid: Some("the-usage".to_owned()),
        use_date: Some(day("2026-04-30")),
        amount: Some(money("4999.99999")),
        failed_reason: Some("llm_charging failed: 100% of <b>Ünïcode</b> 余额不足".to_owned()),
        ..handled("special")
    });
    let viewer = app.signed_in(Role::Viewer).await;
    for query in [
        "userorgid=org-a",
        "llmid=m-qwen",
        "userid=u9",
        "llmusageid=the-usage",
        "end_date=2026-04-30",
        "start_date=2026-04-30&end_date=2026-04-30",
        "amount_min=4999.99999",
        "resolution=written_off",
        "q=special",
        "q=the-usage",
        "q=org-a",
        "q=CHARGING+llm_",
        "q=100%25",
        "q=%E4%BD%99%E9%A2%9D",
        "q=%3Cb%3E",
    ] {
        let page = viewer.get(&format!("/failed-accounting?handled=&{query}")).await;
        assert_eq!(page.rows(), ["special"], "{query}");
        assert_eq!(page.money_line()[..2], ["1", "4999.99999"], "{query}");
        let chips = page.attributes(".chips a", "href");
        assert!(chips.len() >= 2, "{query}: {chips:?}");
        let without = viewer.get(chips.last().unwrap()).await;
        assert_eq!(without.rows(), ["special", "plain"], "{query}: clear all");
        let (key, _) = query.split_once('=').unwrap();
        for link in page.attributes("nav.tabs a, thead a", "href") {
            assert!(link.contains(key), "{key} in {link}");
        }
    }
    let page = viewer.get("/failed-accounting?handled=&q=100_").await;
    assert_eq!(page.rows(), Vec::<String>::new(), "an underscore is no wildcard");
}

#[actix_web::test]
async fn paging_both_ways_shows_each_row_once() {
    let app = TestApp::new();
    for number in 0..7 {
        let time = if number % 3 == 0 { None } else { Some(at("2026-05-22 00:00:04")) };
        app.given(&FailedRecord { failed_time: time, ..failure(&format!("f{number}")) });
    }
    let viewer = app.signed_in(Role::Viewer).await;
    let mut page = viewer.get("/failed-accounting?page_size=3").await;
    let mut seen = page.rows();
    assert!(!page.has("a[rel=prev]"));
    while page.has("a[rel=next]") {
        page = viewer.get(&page.attribute("a[rel=next]", "href")).await;
        seen.extend(page.rows());
    }
    assert_eq!(seen, ["f5", "f4", "f2", "f1", "f6", "f3", "f0"]);
    let mut back = page.rows();
    while page.has("a[rel=prev]") {
        page = viewer.get(&page.attribute("a[rel=prev]", "href")).await;
        back.splice(0..0, page.rows());
    }
    assert_eq!(back, seen);
}

#[actix_web::test]
async fn heads_sort_and_say_so() {
    let app = TestApp::new();
    for (id, amount) in [("f1", "3"), ("f2", "10"), ("f3", "0.5")] {
        app.given(&FailedRecord { amount: Some(money(amount)), ..failure(id) });
    }
    let viewer = app.signed_in(Role::Viewer).await;
    let page = viewer.get("/failed-accounting?userorgid=org-b").await;
    assert_eq!(page.attribute("th.time", "aria-sort"), "descending");
    let page = viewer.get(&page.attribute("th.amount a", "href")).await;
    assert_eq!(page.rows(), ["f2", "f1", "f3"]);
    assert_eq!(page.attribute("th.amount", "aria-sort"), "descending");
    let page = viewer.get(&page.attribute("th.amount a", "href")).await;
    assert_eq!(page.rows(), ["f3", "f1", "f2"]);
    assert_eq!(page.attribute("th.amount", "aria-sort"), "ascending");
}

#[actix_web::test]
async fn the_three_empty_states_differ() {
    let app = TestApp::new();
    let viewer = app.signed_in(Role::Viewer).await;
    let never = viewer.get("/failed-accounting").await.text(".empty");
    app.given(&handled("f1"));
    let nothing_open = viewer.get("/failed-accounting").await.text(".empty");
    let no_match = viewer.get("/failed-accounting?llmid=none").await;
    assert!(nothing_open.contains("11 h") && nothing_open.contains("li.wei"), "{nothing_open}");
    assert!(no_match.has(".empty a[href='/failed-accounting']"), "{}", no_match.body);
    let no_match = no_match.text(".empty");
    assert!(never != nothing_open && nothing_open != no_match && never != no_match);
}

#[actix_web::test]
async fn names_stand_beside_ids_where_they_are_known() {
    let app = TestApp::new();
    app.database
        .transaction_here(|connection| {
            use llmage_admin::names::store;
            store::create_demo_tables(connection)?;
            store::insert(connection, store::MODELS, vec![("m-kimi-k3", "Kimi <K3>")])
        })
        .unwrap();
    app.given(&failure("f1"));
    let viewer = app.signed_in(Role::Viewer).await;
    let page = viewer.get("/failed-accounting?llmid=m-kimi-k3").await;
    assert_eq!(page.text("tr[data-id=f1] td.model"), "Kimi <K3>");
    assert!(page.texts(".chips .chip").iter().any(|chip| chip.contains("Kimi <K3>")));
}

#[actix_web::test]
async fn an_id_of_digits_stays_as_it_is() {
    let app = TestApp::new();
    app.given(&FailedRecord { llmid: Some("007".to_owned()), ..failure("f1") });
    let viewer = app.signed_in(Role::Viewer).await;
    let page = viewer.get("/failed-accounting?llmid=007").await;
    assert!(page.text(".chips .chip").contains("007"), "{}", page.text(".chips .chip"));
}

#[actix_web::test]
async fn the_exact_count_is_kept_from_page_to_page() {
    let app = TestApp::new();
    for number in 0..4 {
        app.given(&failure(&format!("f{number}")));
    }
    let viewer = app.signed_in(Role::Viewer).await;
    let page = viewer.get("/failed-accounting?page_size=2&exact=1").await;
    assert!(page.attribute("a[rel=next]", "href").contains("exact=1"));
}

/// What a browser sends that presses "Filter" on a page.
fn pressed(page: &Answer) -> Fields {
    let form = "details.filters form";
    let inputs = format!("{form} input[name]");
    let (names, values) = (page.attributes(&inputs, "name"), page.html());
    let select = scraper::Selector::parse(&inputs).unwrap();
    let value = |input: scraper::ElementRef<'_>| input.attr("value").unwrap_or_default().to_owned();
    let mut pairs: Vec<(String, String)> = names.into_iter().zip(values.select(&select).map(value)).collect();
    for name in page.attributes(&format!("{form} select"), "name") {
        let chosen = page.attributes(&format!("{form} select[name={name}] option[selected]"), "value");
        pairs.extend(chosen.into_iter().next().map(|value| (name, value)));
    }
    pairs.retain(|(name, value)| name == "handled" || !value.is_empty());
    Fields::new(pairs)
}

#[actix_web::test]
async fn pressing_filter_keeps_every_filter_of_the_address() {
    let app = TestApp::new();
    app.given(&failure("f1"));
    let viewer = app.signed_in(Role::Viewer).await;
    let read = |query: &str| Fields::new(links::pairs(query).unwrap());
    for query in [
        "handled=1&superseded=1",
        "retrying=1",
        "retrying=1&handled=",
        "retry_before=2026-05-01T10:00:00&resolution=superseded",
        "start_date=2026-05-01&end_date=2026-05-31&userorgid=none&llmid==none&userid=u1&llmusageid=x",
        "q=some words&amount_min=1000.5&amount_max=2000&resolution=written_off&handled=1",
        "resolution=none&handled=1",
        "resolution==WAIVED&handled=",
        "handled_by=none&handled_from=2026-05-01&handled_to=2026-05-02&handled=1",
        "handled_on=none&use_date=none&family=model&cause=unsorted&handled=",
        "batch=b1&batch_cause=c1&handled=",
        "batch=b1&batch_outcome=unsorted&failed_from=2026-05-20T13:45:10.250&failed_to=2026-05-21",
        "changed=handled&changed_from=2026-05-20&changed_not_by=ann&sort=amount&page_size=37",
        "group=day,model&group_sort=-count&page_size=50&failed_from=2026-05-20",
    ] {
        let page = viewer.get(&format!("/failed-accounting?{}", query.replace(' ', "+"))).await;
        assert_eq!(page.status, StatusCode::OK, "{query}");
        let [asked, kept] = [read(query), pressed(&page)].map(|fields| Filter::parse(&fields));
        assert_eq!(kept, asked, "{query}");
    }
    for (shelf, query) in [
        (Shelf::Live, "accounting_status=odd&status=PENDING&page_size=37&sort=use_time&id=x&taskid=t"),
        (Shelf::Live, "use_date=none&group=model&group_sort=-count&userorgid=none&llmid==none&userid=u"),
        (Shelf::History, "backup_time=2026-05-01 10:00:00&start_date=2026-05-01&end_date=2026-05-02"),
    ] {
        let page = viewer.get(&format!("{}?{}", shelf.path(), query.replace(' ', "+"))).await;
        let [asked, kept] = [read(query), pressed(&page)].map(|fields| OfUsages::parse_on(shelf, &fields));
        assert_eq!(kept, asked, "{query}");
    }
}
