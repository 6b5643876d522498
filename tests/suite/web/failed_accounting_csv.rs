//! The CSV that the page links to: the rows of the filter, in order, to the last decimal.

use actix_web::http::StatusCode;
use llmage_admin::accounts::role::Role;
use llmage_admin::failed_accounting::failure::FailedRecord;

use crate::app::{TestApp, failure, money};

#[actix_web::test]
async fn the_csv_holds_exactly_the_rows_and_the_money_of_the_page() {
    let app = TestApp::new();
    for number in 0..30 {
        let amount = Some(money(&format!("{number}.0000{}", number % 10)));
        app.given(&FailedRecord { amount, ..failure(&format!("f{number:02}")) });
    }
    app.given(&FailedRecord { llmid: Some("other".to_owned()), ..failure("other") });
    let viewer = app.signed_in(Role::Viewer).await;
    let query = "llmid=m-kimi-k3&amount_min=5&sort=amount&page_size=3";
    let page = viewer.get(&format!("/failed-accounting?{query}")).await;
    let link = page.attribute("a[href^='/failed-accounting.csv']", "href");
    let answer = viewer.get(&link).await;
    assert_eq!(answer.status, StatusCode::OK);
    let header = |name: &str| answer.headers.get(name).unwrap().to_str().unwrap().to_owned();
    assert_eq!(header("content-type"), "text/csv; charset=utf-8");
    assert!(header("content-disposition").starts_with("attachment; filename=\"failed-accounting_"));
    assert!(answer.body.contains("\r\n") && !answer.body.starts_with('\u{feff}'));
    let mut reader = csv::Reader::from_reader(answer.body.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let [count, amount, cost] = page.money_line();
    assert_eq!(rows.len().to_string(), count);
    let sum =
        |column: usize| -> i128 { rows.iter().map(|row| i128::from(money(&row[column]).units())).sum() };
    assert_eq!(sum(7), i128::from(money(&amount).units()));
    assert_eq!(sum(8), i128::from(money(&cost).units()));
    let ids: Vec<&str> = rows.iter().map(|row| &row[0]).collect();
    assert_eq!(ids.first(), Some(&"f05"));
    assert!(ids.is_sorted(), "in the order of the page: {ids:?}");
}

#[actix_web::test]
async fn excel_gets_a_byte_order_mark_and_no_formula() {
    let app = TestApp::new();
    let formula = Some("=HYPERLINK(\"http://evil.example\")".to_owned());
    app.given(&FailedRecord { failed_reason: formula, amount: Some(money("-1")), ..failure("f1") });
    let viewer = app.signed_in(Role::Viewer).await;
    let page = viewer.get("/failed-accounting").await;
    let answer = viewer.get(&page.attribute("a[href*='bom=1']", "href")).await;
    assert!(answer.body.starts_with('\u{feff}'));
    assert!(answer.body.contains("\"'=HYPERLINK(\"\"http"), "{}", answer.body);
    assert!(answer.body.contains(",-1.00000,"), "numbers stay numbers");
}
