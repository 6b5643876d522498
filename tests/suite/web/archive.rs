//! The archive as people see it: preview first, a run in the background, its progress, its proof; and the check.

use actix_web::http::StatusCode;
use llmage_admin::accounts::role::Role;
use llmage_admin::archive::mover::Mover;
use llmage_admin::archive::store;
use llmage_admin::audit::event::{Author, Source};
use llmage_admin::check::runner;
use llmage_admin::failed_accounting::failure::FailedRecord;
use llmage_admin::usages::usage::Usage;

use crate::app::{TestApp, day, failure, noon, usage};

/// A run of the archive from beginning to end.
pub fn given_run(app: &TestApp, cutoff: &str) {
    given_run_at(app, cutoff, noon());
}

/// As [`given_run`], asked for at that time.
pub fn given_run_at(app: &TestApp, cutoff: &str, at: chrono::NaiveDateTime) {
    let author = Author { name: "li.wei".to_owned(), source: Source::Page, request_id: None, at };
    let cutoff = day(cutoff);
    let run = app.database.transaction_here(|connection| store::ask(connection, cutoff, &author)).unwrap();
    Mover::new((*app.database).clone(), app.clock.clone()).drive(&run.id, &mut |_| {}).unwrap();
}

/// An accounted usage of that day.
fn accounted(id: &str, date: &str) -> Usage {
    Usage { accounting_status: Some("accounted".to_owned()), use_date: Some(day(date)), ..usage(id) }
}

fn given(app: &TestApp) {
    for (id, date) in
        [("u1", "2026-05-20"), ("u2", "2026-05-21"), ("u3", "2026-05-22"), ("usage-f1", "2026-05-21")]
    {
        app.given_usage(&accounted(id, date));
    }
    app.given(&failure("f1"));
}

#[actix_web::test]
async fn the_preview_says_what_would_move_and_what_would_stay_and_why() {
    let app = TestApp::new();
    given(&app);
    let viewer = app.signed_in(Role::Viewer).await;
    let page = viewer.get("/archive").await;
    assert_eq!(page.money_line(), ["2", "2.40000", "1.80000"]);
    assert!(page.body.contains("Used from 2026-05-20 to 2026-05-21"), "{}", page.body);
    assert_eq!(
        page.texts("tr[data-reason=open-failure]"),
        ["It has an open failure 1 1.20000 0.90000 usage-f1"]
    );
    assert!(!page.has("form[method=post][action='/archive']"), "a viewer only looks");
    assert!(page.text("#runs-title + p").contains("2026-05-23 02:30:00"), "{}", page.body);
    let earlier = viewer.get("/archive?cutoff_date=2026-05-21").await;
    assert_eq!(earlier.money_line()[0], "1");
    assert_eq!(viewer.post("/archive", &[("cutoff_date", "2026-05-22")]).await.status, StatusCode::FORBIDDEN);
}

/// Only where no script runs, which puts in its place what changed.
const REFRESH: &str = "<noscript><meta http-equiv=\"refresh\"";

#[actix_web::test]
async fn a_run_goes_on_in_the_background_and_a_reload_shows_how_far_it_is() {
    let app = TestApp::new();
    given(&app);
    let admin = app.signed_in(Role::Admin).await;
    let started = admin.submit("/archive", &[("cutoff_date", "2026-05-22")]).await;
    assert!(started.text("[role=status].flash").contains("2026-05-22"));
    assert!(started.has("#active-run progress") && started.body.contains(REFRESH));
    assert!(!started.has("main input"), "what is typed is lost where the page comes again by itself");
    let again = admin.post("/archive", &[("cutoff_date", "2026-05-22")]).await;
    assert_eq!(again.status, StatusCode::CONFLICT, "one run at a time");
    let mover = Mover::new((*app.database).clone(), app.clock.clone());
    while mover.step().unwrap() {}
    let ended = admin.get("/archive").await;
    assert!(!ended.has("#active-run") && !ended.body.contains(REFRESH));
    let run = ended.text("#runs tbody tr[data-id]:first-child");
    assert!(run.contains("admin") && run.contains("done 2 2.40000 1.80000"), "{run}");
    assert!(run.contains("Count, amount and cost are the same before and after."), "{run}");
    assert!(run.contains("It has an open failure"), "{run}");
    let moved = admin.get("/usages/u1").await;
    assert!(moved.body.contains("read-only"), "{}", moved.body);
}

#[actix_web::test]
async fn a_day_after_today_is_refused_at_the_field_and_nothing_starts() {
    let app = TestApp::new();
    given(&app);
    let admin = app.signed_in(Role::Admin).await;
    for (typed, part) in
        [("2026-05-23", "At most today, 2026-05-22"), ("tomorrow", "A date"), ("", "Required")]
    {
        let refused = admin.post("/archive", &[("cutoff_date", typed)]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text("#cutoff_date-error").contains(part), "{}", refused.body);
        assert_eq!(refused.attribute("#cutoff_date", "value"), typed);
        assert_eq!(refused.attribute("#cutoff_date", "aria-invalid"), "true");
    }
    let looked = admin.get("/archive?cutoff_date=2026-05-23").await;
    assert_eq!(looked.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(!looked.has("#runs"), "no run");
}

#[actix_web::test]
async fn an_admin_stops_a_run() {
    let app = TestApp::new();
    given(&app);
    let admin = app.signed_in(Role::Admin).await;
    let started = admin.submit("/archive", &[("cutoff_date", "2026-05-22")]).await;
    let stop = started.attribute("#active-run form", "action");
    let stopping = admin.submit(&stop, &[]).await;
    assert!(stopping.text("#active-run h2").contains("stopping"));
    let mover = Mover::new((*app.database).clone(), app.clock.clone());
    while mover.step().unwrap() {}
    let ended = admin.get("/archive").await;
    assert!(ended.text("#runs tbody tr[data-id]:first-child").contains("stopped 0"), "{}", ended.body);
    assert_eq!(admin.post(&stop, &[]).await.status, StatusCode::CONFLICT);
    assert_eq!(admin.post("/archive/none/stop", &[]).await.status, StatusCode::NOT_FOUND);
}

#[actix_web::test]
async fn the_check_names_each_class_with_the_way_to_its_records() {
    let app = TestApp::new();
    given(&app);
    app.given(&failure("f2"));
    app.given_usage(&Usage { accounting_status: None, ..usage("odd") });
    app.given_usage(&Usage { amount: None, ..accounted("free", "2026-05-22") });
    app.given_usage(&Usage { accounting_status: Some("created".to_owned()), ..usage("late") });
    app.given_usage(&usage("lonely"));
    // Closed by the system before, which kept no resolution; and one that somebody gave up.
    for (id, resolution) in [("lost", None), ("kept", Some("written_off"))] {
        app.given_usage(&usage(id));
        let of_usage = FailedRecord { llmusageid: Some(id.to_owned()), ..failure(&format!("f-{id}")) };
        app.given(&FailedRecord {
            handled: Some("1".to_owned()),
            resolution: resolution.map(str::to_owned),
            ..of_usage
        });
    }
    app.given_usage(&accounted("twice", "2026-05-22"));
    app.given(&FailedRecord {
        llmusageid: Some("twice".to_owned()),
        handled: Some("1".to_owned()),
        resolution: Some("charged_manually".to_owned()),
        ..failure("f-twice")
    });
    let admin = app.signed_in(Role::Admin).await;
    assert!(admin.get("/check").await.body.contains("No check has run yet"));
    let asked = admin.submit("/check", &[]).await;
    assert!(asked.body.contains("A check is under way"));
    runner::answer(&app.database, &app.clock).unwrap();
    let page = admin.get("/check").await;
    let rows = page.texts("#check tbody tr");
    assert_eq!(rows.len(), 19);
    for (class, part) in [
        ("in-live-and-history", "history 0 0.00000"),
        ("failed-without-failure", "1 1.20000 lonely"),
        ("open-failure-of-accounted", "1 1.20000 f1"),
        ("failed-without-open", "1 1.20000 lost"),
        ("charged-twice", "1 1.20000 f-twice"),
        ("failure-without-usage", "1 1.20000 f2"),
        ("created-too-long", "1 1.20000 late"),
        ("accounted-for-nothing", "1 0.00000 free"),
        ("foreign-accounting-status", "1 1.20000 odd"),
        ("audit-chain", "app 0"),
    ] {
        let row = page.text(&format!("#check tr[data-id={class}]"));
        assert!(row.contains(part), "{class}: {row}");
    }
    let link = page.attribute("#check tr[data-id=failure-without-usage] a", "href");
    let shown = admin.get(&link).await;
    assert_eq!(shown.attributes(".id-list a", "href"), ["/failed-accounting/f2"]);
    assert_eq!(admin.get("/check/nonsense").await.status, StatusCode::NOT_FOUND);
}
