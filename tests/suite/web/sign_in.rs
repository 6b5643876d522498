//! Signing in withstands guessing, and sessions end when they should.

use std::time::Instant;

use actix_web::http::StatusCode;
use chrono::TimeDelta;
use chrono_tz::Tz;
use futures_util::future::join_all;
use llmage_admin::accounts::role::Role;
use llmage_admin::accounts::sign_in::SignInGate;
use llmage_admin::accounts::store;
use llmage_admin::accounts::throttle::Subject;
use llmage_admin::audit::store::timeline;
use llmage_admin::db::Database;
use llmage_admin::error::Error;

use crate::app::{Answer, PASSWORD, TestApp, Visitor, noon};

async fn attempt(visitor: &Visitor<'_>, name: &str, password: &str) -> Answer {
    visitor.post("/login", &[("username", name), ("password", password)]).await
}

fn wait_of(answer: &Answer) -> i64 {
    let header = answer.headers.get("retry-after").expect("Retry-After");
    header.to_str().expect("text").parse().expect("seconds")
}

#[actix_web::test]
async fn after_five_wrong_passwords_even_the_right_one_waits_and_then_counts() {
    let app = TestApp::new();
    app.add_user("li.wei", Role::Operator);
    let visitor = app.visitor();
    for _ in 0..5 {
        assert_eq!(attempt(&visitor, "li.wei", "wrong").await.status, StatusCode::UNAUTHORIZED);
    }
    let refused = attempt(&visitor, " LI.WEI", PASSWORD).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(refused.attribute("input[name=username]", "value"), "LI.WEI");
    assert!(refused.text("[role=alert]").contains("1 second"), "{}", refused.body);
    app.clock.advance(TimeDelta::seconds(wait_of(&refused)));
    assert_eq!(attempt(&visitor, "li.wei", PASSWORD).await.status, StatusCode::SEE_OTHER);
    // The owner's sign-in begins anew.
    assert_eq!(attempt(&app.visitor(), "li.wei", "wrong").await.status, StatusCode::UNAUTHORIZED);
}

#[actix_web::test]
async fn waits_grow_to_a_quarter_of_an_hour_and_are_the_same_for_names_that_nobody_has() {
    for name in ["li.wei", "nobody.at.all"] {
        let app = TestApp::new();
        app.add_user("li.wei", Role::Operator);
        let visitor = app.visitor();
        let mut waits = Vec::new();
        for _ in 0..17 {
            assert_eq!(attempt(&visitor, name, "wrong").await.status, StatusCode::UNAUTHORIZED);
            let refused = app.visitor().post("/login", &[("username", name), ("password", "x")]).await;
            if refused.status == StatusCode::TOO_MANY_REQUESTS {
                waits.push(wait_of(&refused));
                app.clock.advance(TimeDelta::seconds(wait_of(&refused)));
            }
        }
        waits.dedup();
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900], "{name}");
        app.clock.advance(TimeDelta::seconds(900));
        let wanted = if name == "li.wei" { StatusCode::SEE_OTHER } else { StatusCode::UNAUTHORIZED };
        assert_eq!(attempt(&visitor, name, PASSWORD).await.status, wanted);
    }
}

#[actix_web::test]
async fn ten_thousand_wrong_passwords_at_once_on_two_instances_are_five_tries() {
    let app = TestApp::new();
    app.add_user("li.wei", Role::Operator);
    let other = Database::open(app.database.url(), Tz::Asia__Shanghai).unwrap();
    let subjects = [Subject::address(None), Subject::account("li.wei")];
    let gates = [SignInGate::new((*app.database).clone()), SignInGate::new(other)];
    let started = Instant::now();
    let tries = (0..10_000).map(|number| {
        let gate = &gates[number % 2];
        // The right one is among them.
        let password = if number == 7_000 { PASSWORD.to_owned() } else { format!("guess {number}") };
        let subjects = subjects.clone();
        async move { gate.verify(&subjects, "li.wei", password.into(), noon()).await }
    });
    let outcomes = join_all(tries).await;
    let looked_at = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    let throttled =
        outcomes.iter().filter(|outcome| matches!(outcome, Err(Error::TooManyRequests(1..=900)))).count();
    println!("10,000 tries in {:?}, {looked_at} looked at", started.elapsed());
    assert_eq!((looked_at, throttled), (5, 9_995), "{:?}", outcomes.iter().find(|outcome| outcome.is_err()));
    let later = noon() + TimeDelta::seconds(900);
    let owner = gates[1].verify(&subjects, "li.wei", PASSWORD.to_owned().into(), later).await;
    assert!(owner.unwrap().is_some());
}

#[actix_web::test]
async fn one_address_may_not_try_many_names_and_others_are_not_in_its_way() {
    let app = TestApp::new();
    app.add_user("li.wei", Role::Operator);
    let mut attacker = app.visitor();
    attacker.address = "192.0.2.7:4000".parse().ok();
    for number in 0..100 {
        let answer = attempt(&attacker, &format!("name{number}"), "x").await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{number}");
    }
    attacker.address = "192.0.2.7:4001".parse().ok();
    assert_eq!(attempt(&attacker, "li.wei", PASSWORD).await.status, StatusCode::TOO_MANY_REQUESTS);
    let mut owner = app.visitor();
    owner.address = "192.0.2.8:4000".parse().ok();
    assert_eq!(attempt(&owner, "li.wei", PASSWORD).await.status, StatusCode::SEE_OTHER);
}

#[actix_web::test]
async fn behind_a_proxy_the_address_is_what_the_proxy_saw_and_no_other_header_counts() {
    for (proxies, expected) in [("0", "192.0.2.1"), ("1", "198.51.100.9"), ("2", "203.0.113.5")] {
        let app = TestApp::with(&["--proxies", proxies]);
        app.add_user("li.wei", Role::Operator);
        let mut visitor = app.visitor();
        visitor.address = "192.0.2.1:999".parse().ok();
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        // Some proxies add the port that they saw.
        let chain = pair("x-forwarded-for", "10.9.9.9, 203.0.113.5:50122, 198.51.100.9:443");
        visitor.headers.replace(Some(vec![pair("sec-fetch-site", "same-origin"), chain]));
        attempt(&visitor, "li.wei", "wrong").await;
        let events = app.database.run_here(|connection| timeline(connection, "user", "li.wei")).unwrap();
        let event = events.iter().find(|event| event.action == "wrong_password").unwrap();
        assert!(event.after_state.as_ref().unwrap().contains(expected), "{event:?}");
    }
}

#[actix_web::test]
async fn tries_are_in_the_audit_trail_without_what_was_typed_for_a_name() {
    let app = TestApp::new();
    app.add_user("li.wei", Role::Operator);
    let visitor = app.visitor();
    attempt(&visitor, "li.wei", "a wrong secret").await;
    attempt(&visitor, "typed my secret here", "x").await;
    attempt(&visitor, "li.wei", PASSWORD).await;
    let of = |name: &str| {
        let name = name.to_owned();
        app.database.run_here(move |connection| timeline(connection, "user", &name)).unwrap()
    };
    let actions: Vec<String> = of("li.wei").into_iter().map(|event| event.action).collect();
    assert_eq!(actions, ["sign_in", "wrong_password", "create_user"]);
    let unknown = of("(unknown)");
    assert_eq!(unknown.len(), 1);
    let all = format!("{:?} {unknown:?}", of("li.wei"));
    assert!(!all.contains("secret") && !all.contains(PASSWORD), "{all}");
}

#[actix_web::test]
async fn a_hash_of_lower_parameters_is_renewed_at_the_next_sign_in() {
    let app = TestApp::new();
    app.add_user("li.wei", Role::Operator);
    let weak = "$argon2id$v=19$m=8,t=1,p=1$";
    let salted = argon2::Argon2::new(
        argon2::Algorithm::Argon2id,
        argon2::Version::V0x13,
        argon2::Params::new(8, 1, 1, None).unwrap(),
    );
    let hash = argon2::PasswordHasher::hash_password(&salted, PASSWORD.as_bytes()).unwrap().to_string();
    assert!(hash.starts_with(weak), "{hash}");
    let author = llmage_admin::audit::event::Author {
        name: "test".to_owned(),
        source: llmage_admin::audit::event::Source::Command,
        request_id: None,
        at: noon(),
    };
    let set = |connection: &mut _| store::set_password(connection, "li.wei", &hash, None, &author);
    app.database.transaction_here(set).unwrap();
    assert_eq!(attempt(&app.visitor(), "li.wei", PASSWORD).await.status, StatusCode::SEE_OTHER);
    let kept = app.database.run_here(|connection| store::find(connection, "li.wei")).unwrap();
    assert!(!kept.password_hash.starts_with(weak), "{}", kept.password_hash);
    assert_eq!(attempt(&app.visitor(), "li.wei", PASSWORD).await.status, StatusCode::SEE_OTHER);
}

#[actix_web::test]
async fn a_session_ends_without_use_and_at_the_latest_after_twelve_hours() {
    let app = TestApp::new();
    let (idle, busy) = (app.signed_in(Role::Viewer).await, app.signed_in(Role::Operator).await);
    app.clock.advance(TimeDelta::minutes(119));
    assert_eq!(busy.get("/account").await.status, StatusCode::OK);
    app.clock.advance(TimeDelta::minutes(1));
    assert_eq!(idle.get("/account").await.status, StatusCode::SEE_OTHER);
    for _ in 0..9 {
        app.clock.advance(TimeDelta::hours(1));
        assert_eq!(busy.get("/account").await.status, StatusCode::OK);
    }
    app.clock.advance(TimeDelta::minutes(59));
    assert_eq!(busy.get("/account").await.status, StatusCode::OK);
    app.clock.advance(TimeDelta::minutes(1));
    assert_eq!(busy.get("/account").await.status, StatusCode::SEE_OTHER);
}

#[actix_web::test]
async fn a_session_from_the_future_opens_nothing() {
    let app = TestApp::new();
    let visitor = app.signed_in(Role::Viewer).await;
    // Two instances whose clocks differ a little.
    app.clock.advance(TimeDelta::seconds(-50));
    assert_eq!(visitor.get("/account").await.status, StatusCode::OK);
    app.clock.advance(TimeDelta::seconds(-20));
    assert_eq!(visitor.get("/account").await.status, StatusCode::SEE_OTHER);
}

#[actix_web::test]
async fn a_copied_cookie_opens_nothing_after_signing_out() {
    let app = TestApp::new();
    let visitor = app.signed_in(Role::Viewer).await;
    let copy = visitor.copy();
    assert_eq!(copy.get("/account").await.status, StatusCode::OK);
    visitor.submit("/logout", &[]).await;
    assert_eq!(copy.get("/account").await.status, StatusCode::SEE_OTHER);
    assert_eq!(copy.post("/logout", &[]).await.status, StatusCode::SEE_OTHER);
}

#[actix_web::test]
async fn signing_out_everywhere_ends_every_session() {
    let app = TestApp::new();
    let here = app.signed_in(Role::Viewer).await;
    let elsewhere = app.visitor();
    attempt(&elsewhere, "viewer", PASSWORD).await;
    let page = here.submit("/account/sessions", &[]).await;
    assert!(page.has("form[action='/login']"), "{}", page.body);
    for visitor in [here, elsewhere] {
        assert_eq!(visitor.get("/account").await.status, StatusCode::SEE_OTHER);
    }
}

#[actix_web::test]
async fn tries_are_forgotten_a_day_after_the_last_one() {
    use diesel::prelude::*;
    let app = TestApp::new();
    app.add_user("li.wei", Role::Operator);
    let kept = || {
        let count = |connection: &mut llmage_admin::db::DbConnection| {
            let table = llmage_admin::db::schema::sign_in_attempt::table;
            Ok(table.count().get_result::<i64>(connection)?)
        };
        app.database.run_here(count).unwrap()
    };
    for name in ["a", "b", "c"] {
        attempt(&app.visitor(), name, "x").await;
    }
    app.clock.advance(TimeDelta::hours(25));
    assert_eq!(kept(), 4);
    attempt(&app.visitor(), "li.wei", PASSWORD).await;
    assert_eq!(kept(), 2, "the address and the account of the last one");
}
