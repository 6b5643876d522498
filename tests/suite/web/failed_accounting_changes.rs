//! Recording, handling, reopening, editing and deleting, by one person and by two at once.

use actix_web::http::StatusCode;
use llmage_admin::accounts::role::Role;
use llmage_admin::audit::event::FAILED_ACCOUNTING;
use llmage_admin::audit::store::{self as audit, Event};
use llmage_admin::failed_accounting::failure::FailedRecord;
use serde_json::Value;

use crate::app::{Answer, TestApp, at, day, failure, money, noon};

fn events(app: &TestApp, id: &str) -> Vec<Event> {
    app.database.run_here(|connection| audit::timeline(connection, FAILED_ACCOUNTING, id)).unwrap()
}

fn json(text: &Option<String>) -> Value {
    serde_json::from_str(text.as_deref().unwrap_or("null")).unwrap()
}

/// The fields of a form as a browser would send it back.
pub(super) fn form(page: &Answer, action_part: &str) -> Vec<(String, String)> {
    let html = page.html();
    let selector = scraper::Selector::parse(&format!("form[action*='{action_part}']")).unwrap();
    let form =
        html.select(&selector).next().unwrap_or_else(|| panic!("no form {action_part} in {}", page.body));
    let mut fields = Vec::new();
    for element in form.select(&scraper::Selector::parse("input, textarea, select").unwrap()) {
        let value = element.value();
        let Some(name) = value.attr("name") else { continue };
        let is_choice = matches!(value.attr("type"), Some("radio" | "checkbox"));
        let text = match value.name() {
            _ if is_choice && value.attr("checked").is_none() => continue,
            "textarea" => {
                // The parser has dropped the line end that follows the tag, as browsers do.
                element.text().collect::<String>().replace('\n', "\r\n")
            }
            "select" => element
                .select(&scraper::Selector::parse("option[selected]").unwrap())
                .next()
                .and_then(|option| option.value().attr("value"))
                .unwrap_or_default()
                .to_owned(),
            _ => value.attr("value").unwrap_or_default().to_owned(),
        };
        fields.push((name.to_owned(), text));
    }
    fields
}

/// The fields of a form with some typed over.
pub(super) fn typed<'a>(
    fields: &'a [(String, String)],
    over: &[(&'a str, &'a str)],
) -> Vec<(&'a str, &'a str)> {
    let kept = fields.iter().filter(|(name, _)| !over.iter().any(|(typed, _)| typed == name));
    kept.map(|(name, value)| (name.as_str(), value.as_str())).chain(over.iter().copied()).collect()
}

#[actix_web::test]
async fn handling_closes_with_author_time_and_note_and_leads_back_within_the_filter() {
    let app = TestApp::new();
    app.given(&failure("f1"));
    let operator = app.signed_in(Role::Operator).await;
    let page = operator.get("/failed-accounting/f1?llmid=m-kimi-k3").await;
    let fields = form(&page, "/handle");
    let fields = typed(&fields, &[("resolution", "written_off"), ("handled_note", "agreed with\r\nfinance")]);
    let answer = operator.post(&page.attribute("form[action*='/handle']", "action"), &fields).await;
    assert_eq!(answer.location(), "/failed-accounting/f1?llmid=m-kimi-k3");
    let page = operator.get(answer.location()).await;
    assert!(page.text("[role=status]").contains("1.20000"), "{}", page.body);
    let record = app.record("f1");
    assert_eq!(record.handled.as_deref(), Some("1"));
    assert_eq!(record.handled_time, Some(noon()));
    assert_eq!(record.handled_by.as_deref(), Some("operator"));
    assert_eq!(record.resolution.as_deref(), Some("written_off"));
    assert_eq!(record.handled_note.as_deref(), Some("agreed with\nfinance"));
    let events = events(&app, "f1");
    assert_eq!(events.len(), 1);
    assert_eq!((events[0].author.as_str(), events[0].action.as_str()), ("operator", "handle"));
    assert_eq!((events[0].source.as_str(), events[0].happened_at), ("page", noon()));
    assert_eq!(json(&events[0].before_state)["handled"], "0");
    assert_eq!(json(&events[0].after_state)["resolution"], "written_off");
    let timeline = page.text(".timeline");
    assert!(timeline.contains("operator handled"), "in the words of the action: {timeline}");
}

#[actix_web::test]
async fn a_refused_handle_comes_back_filled_with_the_reason_beside_the_field() {
    let app = TestApp::new();
    app.given(&failure("f1"));
    let operator = app.signed_in(Role::Operator).await;
    let long = "x".repeat(10_001);
    for (resolution, note, field) in [
        ("", "my note", "resolution"),
        ("nonsense", "my note", "resolution"),
        ("accounted", "my note", "resolution"),
        ("superseded", "my note", "resolution"),
        ("other", "", "handled_note"),
        ("other", " \r\n ", "handled_note"),
        ("written_off", long.as_str(), "handled_note"),
        ("written_off", "zero \0 byte", "handled_note"),
    ] {
        let fields = [("resolution", resolution), ("handled_note", note)];
        let page = operator.post("/failed-accounting/f1/handle", &fields).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{resolution} {note}");
        assert_eq!(page.attribute(&format!("#{field}"), "aria-invalid"), "true");
        assert!(!page.text(&format!("#{field}-error")).is_empty());
        if note == "my note" {
            assert_eq!(page.text("textarea#handled_note"), "my note");
        }
        assert!(app.record("f1").is_open());
    }
    assert!(events(&app, "f1").is_empty());
}

#[actix_web::test]
async fn reopening_undoes_a_handle_and_keeps_the_old_note_in_the_trail() {
    let app = TestApp::new();
    app.given(&failure("f1"));
    let operator = app.signed_in(Role::Operator).await;
    let fields = [("resolution", "duplicate"), ("handled_note", "seen twice")];
    operator.submit("/failed-accounting/f1/handle", &fields).await;
    let page = operator.get("/failed-accounting/f1").await;
    let fields = form(&page, "/reopen");
    operator.submit("/failed-accounting/f1/reopen", &typed(&fields, &[("note", "was not")])).await;
    let record = app.record("f1");
    assert!(record.is_open());
    assert_eq!((record.resolution, record.handled_by, record.handled_time), (None, None, None));
    assert_eq!(record.handled_note.as_deref(), Some("was not"));
    assert_eq!(json(&events(&app, "f1")[0].before_state)["handled_note"], "seen twice");
}

#[actix_web::test]
async fn what_is_impossible_now_is_refused_with_the_reason_and_absent_from_the_page() {
    let app = TestApp::new();
    app.given(&failure("open"));
    app.given(&FailedRecord {
        handled: Some("1".to_owned()),
        resolution: Some("accounted".to_owned()),
        ..failure("accounted")
    });
    let operator = app.signed_in(Role::Operator).await;
    for (path, form) in [
        ("/failed-accounting/open/reopen", "form[action*='/reopen']"),
        ("/failed-accounting/accounted/reopen", "form[action*='/reopen']"),
        ("/failed-accounting/accounted/handle", "form[action*='/handle']"),
    ] {
        let page = operator.get(path.rsplit_once('/').unwrap().0).await;
        assert!(!page.has(form), "{path}");
        let answer = operator.post(path, &[("resolution", "duplicate")]).await;
        assert_eq!(answer.status, StatusCode::CONFLICT, "{path}");
    }
    assert!(app.record("open").is_open());
    assert_eq!(app.record("accounted").resolution.as_deref(), Some("accounted"));
}

#[actix_web::test]
async fn an_unchanged_edit_changes_nothing_whatever_the_platform_wrote() {
    let app = TestApp::new();
    for (id, record) in [
        ("f1", failure("f1")),
        ("f2", FailedRecord { amount: Some(money("-5")), cost: None, ..failure("f2") }),
        (
            "f3",
            FailedRecord {
                failed_reason: Some("\n a \r\n b\rc\t".to_owned()),
                handled: None,
                ..failure("f3")
            },
        ),
        ("f4", FailedRecord { handled: Some("1".to_owned()), handled_note: None, ..failure("f4") }),
    ] {
        app.given(&record);
        let before = app.record(id);
        let operator = app.visitor();
        if id == "f1" {
            app.add_user("operator", Role::Operator);
        }
        operator.submit("/login", &[("username", "operator"), ("password", crate::app::PASSWORD)]).await;
        let page = operator.get(&format!("/failed-accounting/{id}/edit")).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
        let fields = form(&page, &format!("/failed-accounting/{id}"));
        let answer = operator.post(&format!("/failed-accounting/{id}"), &typed(&fields, &[])).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{id}: {}", answer.body);
        assert_eq!(app.record(id), before);
        assert!(events(&app, id).is_empty(), "{id}");
    }
}

#[actix_web::test]
async fn an_edit_saves_and_refuses_what_is_wrong_with_the_values_kept() {
    let app = TestApp::new();
    app.given(&failure("f1"));
    let operator = app.signed_in(Role::Operator).await;
    let page = operator.get("/failed-accounting/f1/edit").await;
    let fields = form(&page, "/failed-accounting/f1");
    for (field, value) in [
        ("amount", "1.234567"),
        ("amount", "-1"),
        ("amount", "1,5"),
        ("amount", "1e3"),
        ("amount", "NaN"),
        ("amount", ""),
        ("amount", "90000000000.00001"),
        ("amount", "99999999999999999999999999"),
        ("cost", "abc"),
        ("handled", "7"),
        ("resolution", "written_off"),
        ("resolution", "nonsense"),
    ] {
        let fields = typed(&fields, &[(field, value)]);
        let answer = operator.post("/failed-accounting/f1", &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{field}={value}");
        assert!(!answer.text(&format!("#{field}-error")).is_empty(), "{field}={value}");
        if field == "amount" || field == "cost" {
            assert_eq!(answer.attribute(&format!("input[name={field}]"), "value"), value);
        }
    }
    assert!(events(&app, "f1").is_empty());
    let over = [("amount", "90000000000"), ("cost", ".5"), ("failed_reason", "corrected")];
    operator.submit("/failed-accounting/f1", &typed(&fields, &over)).await;
    let record = app.record("f1");
    assert_eq!(record.amount, Some(money("90000000000.00000")));
    assert_eq!(record.cost, Some(money("0.5")));
    assert_eq!(record.failed_reason.as_deref(), Some("corrected"));
    let event = events(&app, "f1").remove(0);
    assert_eq!(json(&event.before_state)["amount"], "1.20000");
    assert_eq!(json(&event.after_state)["amount"], "90000000000.00000");
    assert!(json(&event.after_state).get("llmid").is_none(), "only what changed");
}

#[actix_web::test]
async fn two_people_editing_one_record_lose_nothing() {
    let app = TestApp::new();
    app.given(&failure("f1"));
    let first = app.signed_in(Role::Operator).await;
    let second = app.signed_in(Role::Admin).await;
    let seen_by_second = form(&second.get("/failed-accounting/f1/edit").await, "/failed-accounting/f1");
    let seen_by_first = form(&first.get("/failed-accounting/f1/edit").await, "/failed-accounting/f1");
    let edit = [("amount", "2"), ("handled_note", "first was here")];
    first.submit("/failed-accounting/f1", &typed(&seen_by_first, &edit)).await;
    let late = [("amount", "3"), ("handled_note", "second typed this")];
    let conflict = second.post("/failed-accounting/f1", &typed(&seen_by_second, &late)).await;
    assert_eq!(conflict.status, StatusCode::CONFLICT);
    let main = conflict.text("main");
    for text in ["1.20000", "2.00000", "operator", "first was here", "second typed this"] {
        assert!(main.contains(text), "{text} in {main}");
    }
    assert_eq!(app.record("f1").amount, Some(money("2")));
    // Having seen both, the second saves again.
    let resolved = form(&conflict, "/failed-accounting/f1");
    second.submit("/failed-accounting/f1", &typed(&resolved, &[])).await;
    let record = app.record("f1");
    assert_eq!(record.amount, Some(money("3")));
    assert_eq!(record.handled_note.as_deref(), Some("second typed this"));
    assert_eq!(events(&app, "f1").len(), 2);
}

#[actix_web::test]
async fn a_form_filled_before_somebody_handled_the_record_changes_nothing() {
    let app = TestApp::new();
    app.given(&failure("f1"));
    let first = app.signed_in(Role::Operator).await;
    let second = app.signed_in(Role::Admin).await;
    let stale = form(&second.get("/failed-accounting/f1").await, "/handle");
    first
        .submit("/failed-accounting/f1/handle", &[("resolution", "duplicate"), ("handled_note", "mine")])
        .await;
    let late = [("resolution", "written_off"), ("handled_note", "yours")];
    let conflict = second.post("/failed-accounting/f1/handle", &typed(&stale, &late)).await;
    assert_eq!(conflict.status, StatusCode::CONFLICT);
    assert!(conflict.text("main").contains("mine") && conflict.text("main").contains("yours"));
    assert_eq!(app.record("f1").handled_note.as_deref(), Some("mine"));
}

#[actix_web::test]
async fn recording_a_failure_checks_every_field_and_keeps_what_was_typed() {
    let app = TestApp::new();
    let operator = app.signed_in(Role::Operator).await;
    let long = "x".repeat(33);
    let right = [
        ("llmusageid", "usage-9"),
        ("llmid", "m-kimi-k3"),
        ("userid", "u2"),
        ("userorgid", "org-b"),
        ("use_date", ""),
        ("use_time", "2026-05-21 23:59:58.250"),
        ("amount", "0.00036"),
        ("cost", "0"),
        ("failed_reason", "noticed by hand"),
    ];
    let with = |field: &'static str, value: &str| {
        let kept = right.iter().filter(|(name, _)| *name != field);
        let all = kept.map(|(name, value)| (*name, (*value).to_owned())).chain([(field, value.to_owned())]);
        all.collect::<Vec<_>>()
    };
    for (field, value) in [
        ("llmusageid", ""),
        ("llmusageid", long.as_str()),
        ("llmid", long.as_str()),
        ("userid", "a\u{1}b"),
        ("userorgid", "a\0b"),
        ("use_date", "2026-02-30"),
        ("use_date", "21.05.2026"),
        ("use_date", "2026-05-20"),
        ("use_time", "yesterday"),
        ("use_time", "2026-05-21 25:00"),
        ("use_time", "0001-01-01 00:00:00"),
        ("amount", "0.000001"),
        ("cost", "-0.1"),
        ("failed_reason", "  "),
    ] {
        let fields = with(field, value);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let answer = operator.post("/failed-accounting", &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{field}={value:?}");
        assert_eq!(answer.attribute(&format!("#{field}"), "aria-invalid"), "true", "{field}={value:?}");
        assert!(!answer.text(&format!("#{field}-error")).is_empty());
    }
    assert!(operator.get("/failed-accounting").await.rows().is_empty());
    let page = operator.submit("/failed-accounting", &right).await;
    assert_eq!(page.status, StatusCode::OK);
    let list = operator.get("/failed-accounting").await;
    assert_eq!(list.money_line(), ["1", "0.00036", "0.00000"]);
    let record = app.record(&list.rows()[0]);
    assert_eq!(record.use_date, Some(day("2026-05-21")));
    assert_eq!(record.failed_time, Some(noon()));
    assert_eq!(events(&app, &record.id)[0].action, "create");
}

#[actix_web::test]
async fn sending_the_form_twice_records_one_failure() {
    let app = TestApp::new();
    let operator = app.signed_in(Role::Operator).await;
    let fields = form(&operator.get("/failed-accounting/new").await, "/failed-accounting");
    let over = [("llmusageid", "usage-9"), ("failed_reason", "noticed by hand")];
    let fields = typed(&fields, &over);
    let first = operator.post("/failed-accounting", &fields).await;
    let second = operator.post("/failed-accounting", &fields).await;
    assert_eq!(first.location(), second.location());
    assert_eq!(operator.get("/failed-accounting").await.rows().len(), 1);
}

#[actix_web::test]
async fn only_an_admin_deletes_after_a_confirmation_and_the_trail_keeps_the_whole_row() {
    let app = TestApp::new();
    app.given(&FailedRecord { failed_time: Some(at("2026-05-22 00:00:04")), ..failure("f1") });
    let operator = app.signed_in(Role::Operator).await;
    assert_eq!(operator.get("/failed-accounting/f1/delete").await.status, StatusCode::FORBIDDEN);
    assert_eq!(operator.post("/failed-accounting/f1/delete", &[]).await.status, StatusCode::FORBIDDEN);
    let admin = app.signed_in(Role::Admin).await;
    let confirm = admin.get("/failed-accounting/f1/delete?llmid=m-kimi-k3").await;
    assert_eq!(confirm.status, StatusCode::OK);
    assert!(confirm.text("main").contains("1.20000"));
    let fields = form(&confirm, "/delete");
    let answer =
        admin.post(&confirm.attribute("form[action*='/delete']", "action"), &typed(&fields, &[])).await;
    assert_eq!(answer.location(), "/failed-accounting?llmid=m-kimi-k3");
    assert_eq!(admin.get("/failed-accounting/f1").await.status, StatusCode::NOT_FOUND);
    let event = events(&app, "f1").remove(0);
    assert_eq!(event.action, "delete");
    let kept = json(&event.before_state);
    for (field, value) in [("amount", "1.20000"), ("llmid", "m-kimi-k3"), ("failed_reason", "usages is None")]
    {
        assert_eq!(kept[field], value, "{field}");
    }
    assert_eq!(kept.as_object().unwrap().len(), 22);
}
