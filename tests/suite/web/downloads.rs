//! Downloads beside each other: slow clients hold neither the database nor other people up, and are told what is the matter.

use std::sync::mpsc;
use std::time::Duration;

use actix_web::body::to_bytes;
use actix_web::http::StatusCode;
use llmage_admin::accounts::role::Role;
use llmage_admin::error::Error;
use llmage_admin::web::download::{self, Places};
use tokio::time::{sleep, timeout};

use crate::app::{PASSWORD, TestApp, failure};

const CSV: &str = "/failed-accounting.csv?handled=";

/// Places where nobody waits long.
fn hasty() -> Places {
    Places::new(Duration::from_millis(200), Duration::from_millis(400))
}

#[actix_web::test]
async fn a_download_that_fails_midway_ends_as_broken() {
    let place = Places::default().take("li.wei").await.unwrap();
    let response = download::csv(place, "x.csv", |sink| {
        sink.send(b"id,amount\r\n".to_vec())?;
        Err(Error::Unavailable("the database went away".to_owned()))
    });
    assert!(to_bytes(response.into_body()).await.is_err());
}

#[actix_web::test]
async fn a_client_that_has_not_read_yet_keeps_nobody_from_writing_all_of_its_file() {
    let places = Places::default();
    let (done, is_done) = mpsc::channel();
    let chunk = |number: usize| format!("{number:065535}\n").into_bytes();
    let response = download::csv(places.take("li.wei").await.unwrap(), "x.csv", move |sink| {
        (0..300).try_for_each(|number| sink.send(chunk(number)))?;
        done.send(()).map_err(Error::internal)
    });
    let written = actix_web::web::block(move || is_done.recv_timeout(Duration::from_secs(20))).await.unwrap();
    assert!(written.is_ok(), "the writer waits for the client");
    let body = to_bytes(response.into_body()).await.unwrap();
    let expected: Vec<u8> = (0..300).flat_map(chunk).collect();
    assert_eq!(body.len(), expected.len());
    assert!(body == expected, "in order and whole");
}

#[actix_web::test]
async fn what_is_read_while_it_is_written_is_whole() {
    let response = download::csv(Places::default().take("li.wei").await.unwrap(), "x.csv", |sink| {
        for number in 0..2_000 {
            sink.send(format!("{number:0999}\n").into_bytes())?;
            if number % 100 == 0 {
                std::thread::sleep(Duration::from_millis(2));
            }
        }
        Ok(())
    });
    let body = String::from_utf8(to_bytes(response.into_body()).await.unwrap().to_vec()).unwrap();
    assert!(body.lines().enumerate().all(|(number, line)| line.parse() == Ok(number)));
    assert_eq!(body.lines().count(), 2_000);
}

#[actix_web::test]
async fn a_client_that_takes_nothing_is_cut_as_broken_and_its_place_is_free() {
    let places = hasty();
    let begin = |place| download::csv(place, "x.csv", |sink| sink.send(b"id,amount\r\n".to_vec()));
    let held = [begin(places.take("li.wei").await.unwrap()), begin(places.take("li.wei").await.unwrap())];
    assert!(places.take("li.wei").await.is_err());
    sleep(Duration::from_millis(600)).await;
    assert!(places.take("li.wei").await.is_ok(), "the places of those who were cut");
    for response in held {
        assert!(to_bytes(response.into_body()).await.is_err(), "a short file looks whole");
    }
}

#[actix_web::test]
async fn one_person_has_two_downloads_and_others_have_theirs() {
    let places = Places::new(Duration::from_millis(200), Duration::from_secs(60));
    let begin = |place| download::csv(place, "x.csv", |sink| sink.send(b"id\r\n".to_vec()));
    let mut held = Vec::new();
    for person in ["li.wei", "sofia", "chen", "ada", "grace", "edsger"] {
        held.push(begin(places.take(person).await.unwrap()));
        held.push(begin(places.take(person).await.unwrap()));
    }
    for person in ["li.wei", "edsger"] {
        assert!(matches!(places.take(person).await, Err(Error::Busy { seconds: 1.., .. })), "{person}");
    }
    held.clear();
    assert!(places.take("li.wei").await.is_ok());
}

#[actix_web::test]
async fn a_download_waits_for_its_turn() {
    let places = Places::new(Duration::from_secs(10), Duration::from_secs(60));
    let (first, _second) = (places.take("li.wei").await.unwrap(), places.take("li.wei").await.unwrap());
    let waiting = places.take("li.wei");
    let ended = async {
        sleep(Duration::from_millis(100)).await;
        drop(first);
    };
    let (place, ()) = futures_util::future::join(waiting, ended).await;
    assert!(place.is_ok());
}

#[actix_web::test]
async fn who_has_two_downloads_is_told_so_and_when_to_try_again() {
    let app = TestApp::new();
    app.given(&failure("f1"));
    let viewer = app.signed_in(Role::Viewer).await;
    app.add_user("sofia", Role::Viewer);
    let sofia = app.visitor();
    sofia.post("/login", &[("username", "sofia"), ("password", PASSWORD)]).await;
    let held = [viewer.begin(CSV).await, viewer.begin(CSV).await];
    let third = timeout(Duration::from_secs(30), viewer.get(CSV)).await.expect("it waits some seconds");
    assert_eq!(third.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(third.body.contains("Two of your downloads are still under way"), "{}", third.body);
    assert!(!third.body.contains("database"), "{}", third.body);
    assert_eq!(third.headers.get("retry-after").unwrap(), "30");
    assert_eq!(viewer.get("/failed-accounting").await.status, StatusCode::OK);
    assert_eq!(sofia.get(CSV).await.status, StatusCode::OK, "others have theirs");
    drop(held);
    assert_eq!(viewer.get(CSV).await.status, StatusCode::OK);
}
