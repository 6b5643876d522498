//! Every field that can be wrong has a name in words: over all forms and all filters, in both languages.

use std::collections::BTreeSet;

use actix_web::http::{Method, StatusCode};
use llmage_admin::accounts::role::Role;
use llmage_admin::app::{Rule, routes};
use llmage_admin::base::language::Language;
use llmage_admin::web::bearer::is_api;
use scraper::{Html, Selector};

use crate::app::{Answer, TestApp, Visitor, failure, usage};

const LANGUAGES: [&str; Language::ALL.len()] = [Language::English.tag(), Language::Chinese.tag()];

/// Values that are wrong in nearly every field: no number, no date, no choice; a control character; too long.
fn wrong() -> [String; 3] {
    ["x'".to_owned(), "a\u{1}b".to_owned(), "9".repeat(20_000)]
}

/// The pages of a method, with an id that is there.
fn pages(method: &Method) -> Vec<String> {
    let is_page = |rule: &Rule| rule.method == *method && !is_api(rule.path);
    // These end the session with which the others are tried.
    let ends = |rule: &Rule| ["/logout", "/account/sessions"].contains(&rule.path);
    let id = |path: &str| if path.starts_with("/usages") { "u1" } else { "f1" };
    let rules = routes().into_iter().filter(|rule| is_page(rule) && !ends(rule));
    rules.map(|rule| rule.path.replace("{id}", id(rule.path))).collect()
}

/// Every key of a filter.
fn keys() -> BTreeSet<String> {
    llmage_admin::failed_accounting::filter::KEYS
        .into_iter()
        .chain(llmage_admin::usages::filter::HISTORY_KEYS)
        .chain(llmage_admin::audit::filter::KEYS)
        .chain(["after", "before", "exact"])
        .map(str::to_owned)
        .collect()
}

/// The names of every field of every form that an admin sees, and of every key of a filter.
async fn names(admin: &Visitor<'_>) -> BTreeSet<String> {
    let selector = Selector::parse("input[name], select[name], textarea[name]").unwrap();
    let mut names = keys();
    for path in pages(&Method::GET) {
        let page = Html::parse_document(&admin.get(&path).await.body);
        names
            .extend(page.select(&selector).filter_map(|field| field.value().attr("name")).map(str::to_owned));
    }
    names
}

/// That the answer is none of a fault of ours, and each error in its summary begins with words, not with the bare
/// name of a field.
fn faults(answer: &Answer, names: &BTreeSet<String>, what: &str) -> Vec<String> {
    let mut faults = Vec::new();
    if answer.status.is_server_error() && answer.status != StatusCode::SERVICE_UNAVAILABLE {
        faults.push(format!("{what}: {}", answer.status));
    }
    for told in answer.texts(".error-summary li:not(.unknown)") {
        let first = told.split([':', '：']).next().unwrap_or_default();
        // That one is a word of both languages.
        if first != "id" && names.contains(first) {
            faults.push(format!("{what}: no words for {first} in {told:.60}"));
        }
    }
    faults
}

fn given(app: &TestApp) {
    app.given(&failure("f1"));
    app.given_usage(&usage("u1"));
}

#[actix_web::test]
async fn every_wrong_filter_is_named_in_words() {
    let app = TestApp::new();
    given(&app);
    let mut admin = app.signed_in(Role::Admin).await;
    let names = names(&admin).await;
    let mut faulty = BTreeSet::new();
    for language in LANGUAGES {
        admin.language = language.to_owned();
        for path in ["/failed-accounting", "/usages", "/history", "/audit"] {
            for key in keys() {
                let query = llmage_admin::web::links::query(&[(key.as_str(), "x'")]);
                let answer = admin.get(&format!("{path}?{query}")).await;
                faulty.extend(faults(&answer, &names, &format!("{path}?{query}")));
            }
        }
        for path in pages(&Method::GET) {
            let all: Vec<_> = names.iter().map(|name| (name.as_str(), "a\u{1}b")).collect();
            let query = llmage_admin::web::links::query(&all);
            faulty.extend(faults(&admin.get(&format!("{path}?{query}")).await, &names, &path));
        }
    }
    assert!(faulty.is_empty(), "{faulty:#?}");
}

#[actix_web::test]
async fn every_wrong_field_of_a_form_is_named_in_words() {
    let mut faulty = BTreeSet::new();
    for language in LANGUAGES {
        let app = TestApp::new();
        given(&app);
        let mut admin = app.signed_in(Role::Admin).await;
        let names = names(&admin).await;
        admin.language = language.to_owned();
        for path in pages(&Method::POST) {
            for value in wrong().iter().map(String::as_str).chain([""]) {
                let all: Vec<_> = names.iter().map(|name| (name.as_str(), value)).collect();
                let answer = admin.post(&path, &all).await;
                faulty.extend(faults(&answer, &names, &format!("POST {path} with {value:.10?}")));
            }
            faulty.extend(faults(
                &admin.post(&path, &[]).await,
                &names,
                &format!("POST {path} with nothing"),
            ));
        }
    }
    assert!(faulty.is_empty(), "{faulty:#?}");
}
