//! The summary: each list of groups adds up to the whole, and the whole is the list's.

use llmage_admin::failed_accounting::failure::FailedRecord;
use serde_json::Value;

use super::admin;
use crate::app::{TestApp, day, failure, money};
use crate::support::rows::run;

/// Money in units, from the digits of a number.
fn units(value: &Value) -> i128 {
    let text = value.to_string();
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    format!("{whole}{fraction:0<5}").parse().unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[actix_web::test]
async fn groups_add_up_to_the_whole_whatever_is_in_the_rows() {
    let app = TestApp::new();
    run(&app.database, "CREATE TABLE llm (id VARCHAR(32) PRIMARY KEY, name VARCHAR(32))");
    run(&app.database, "INSERT INTO llm VALUES ('m1', 'Model One')");
    for (number, (model, organisation, date, amount)) in [
        (Some("m1"), Some("o1"), Some("2026-05-01"), Some("0.1")),
        (Some("m1"), Some("o2"), Some("2026-05-02"), Some("0.2")),
        (Some("M1"), None, Some("2026-05-02"), Some("-0.00001")),
        (None, Some("o1"), None, None),
        (Some("m'\"2"), Some("机构"), Some("2026-05-01"), Some("68000000000.12345")),
    ]
    .into_iter()
    .enumerate()
    {
        app.given(&FailedRecord {
            llmid: model.map(str::to_owned),
            userorgid: organisation.map(str::to_owned),
            use_date: date.map(day),
            amount: amount.map(money),
            handled: Some(if number == 1 { "1" } else { "0" }.to_owned()),
            ..failure(&format!("f{number}"))
        });
    }
    let admin = admin(&app);
    for query in [
        "",
        "handled=",
        "handled=1",
        "handled=&llmid=m1",
        "q=usages",
        "handled=&start_date=2026-05-02",
        "amount_min=1",
    ] {
        let summary = admin.get(&format!("/api/v1/summary?{query}")).await;
        let list = admin.get(&format!("/api/v1/failed-accounting?page_size=1&{query}")).await;
        assert_eq!(summary["count"], list["total"], "{query}");
        for sum in ["sum_amount", "sum_cost"] {
            assert_eq!(units(&summary[sum]), units(&list[sum]), "{query}");
        }
        for groups in ["by_day", "by_model", "by_organisation", "by_cause"] {
            let groups = summary[groups].as_array().unwrap();
            let count: i64 = groups.iter().map(|group| group["count"].as_i64().unwrap()).sum();
            assert_eq!(Some(count), summary["count"].as_i64(), "{query}");
            for sum in ["sum_amount", "sum_cost"] {
                assert_eq!(
                    groups.iter().map(|group| units(&group[sum])).sum::<i128>(),
                    units(&summary[sum]),
                    "{query}"
                );
            }
        }
    }
    let all = admin.get("/api/v1/summary?handled=").await;
    let keys = |groups: &str, field: &str| {
        let groups = all[groups].as_array().unwrap().iter();
        groups.map(|group| group[field].as_str().unwrap_or("-").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(keys("by_day", "key"), ["-", "2026-05-01", "2026-05-02"]);
    assert_eq!(keys("by_model", "key"), ["m'\"2", "m1", "-", "M1"]);
    assert_eq!(keys("by_model", "name"), ["-", "Model One", "-", "-"]);
    assert_eq!(
        admin.refused(("GET", "/api/v1/summary?page_size=3&page=1&colour=red"), "").await,
        ["colour", "page", "page_size"]
    );
}
