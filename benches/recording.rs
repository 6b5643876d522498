//! A storm of failures: 16 programs on 16 connections record them through the API of a running server, on an SQLite file.
//!
//! `cargo bench --bench recording`. Promised: at least 2,000 a second from 16 connections. The programs run in the same process and take their share of the processor.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::mpsc;
use std::time::Instant;

use chrono::NaiveDate;
use chrono_tz::Tz;
use clap::Parser;
use llmage_admin::accounts::role::Grant;
use llmage_admin::accounts::tokens::form::NewToken;
use llmage_admin::accounts::tokens::store as tokens;
use llmage_admin::accounts::tokens::token::{self, Token};
use llmage_admin::app::Application;
use llmage_admin::audit::event::{Author, Source};
use llmage_admin::base::clock::Clock;
use llmage_admin::base::money::Money;
use llmage_admin::config::Config;
use llmage_admin::db::{Database, migrations};
use llmage_admin::failed_accounting::filter::Filter;
use llmage_admin::failed_accounting::{condition::Search, totals};
use llmage_admin::imports::Importable;
use llmage_admin::usages::usage::Usage;
use secrecy::ExposeSecret;

/// Failures a second from 16 connections.
const PROMISED: f64 = 2_000.0;

/// Failures that each connection records.
const EACH: usize = 1_500;

#[derive(Parser)]
struct Arguments {
    #[command(flatten)]
    config: Config,
}

fn usage(connection: usize, number: usize) -> Usage {
    let day = NaiveDate::from_ymd_opt(2026, 5, 1 + (number % 28) as u32);
    Usage {
        id: format!("u{connection:03}-{number:06}"),
        llmid: Some(format!("model-{}", number % 40)),
        use_date: day,
        use_time: day.and_then(|day| day.and_hms_opt(10, (number % 60) as u32, 0)),
        userid: Some(format!("user-{}", number % 5_000)),
        usages: Some(r#"{"prompt_tokens": 812, "completion_tokens": 40}"#.to_owned()),
        ioinfo: None,
        transno: None,
        responsed_seconds: Some(0.5),
        finish_seconds: Some(2.25),
        status: Some("SUCCEEDED".to_owned()),
        taskid: None,
        amount: Some(Money::from_units(36 + number as i64)),
        cost: Some(Money::from_units(20)),
        userorgid: Some(format!("organisation-{}", number % 500)),
        ownerid: None,
        accounting_status: Some("created".to_owned()),
    }
}

fn fill(database: &Database, connections: usize) -> String {
    let clock = Clock::new(Tz::UTC);
    let author =
        Author { name: "bench".to_owned(), source: Source::Command, request_id: None, at: clock.now() };
    let secret = token::fresh();
    let asked = NewToken { name: "platform".to_owned(), grant: Grant::Reporter, ends_on: None };
    let token = Token::new(asked, &secret, &author);
    database
        .transaction_here(|connection| {
            tokens::insert(connection, &token, &author)?;
            for program in 0..connections {
                for number in 0..EACH {
                    Importable::insert(&usage(program, number), connection)?;
                }
            }
            Ok(())
        })
        .expect("rows");
    secret.expose_secret().to_owned()
}

/// Serves on a thread of its own for as long as the process lives.
fn serve(application: Application) -> SocketAddr {
    let (told, heard) = mpsc::channel();
    std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let server = actix_web::HttpServer::new(move || application.build())
                .workers(2)
                .bind(("127.0.0.1", 0))
                .expect("a port");
            told.send(server.addrs()[0]).expect("somebody listens");
            server.run().await
        })
    });
    heard.recv().expect("an address")
}

/// Records the failures of one program, one after the other on one connection.
fn record(address: SocketAddr, token: &str, program: usize) {
    let mut stream = TcpStream::connect(address).expect("it connects");
    stream.set_nodelay(true).expect("a socket");
    let mut answers = BufReader::new(stream.try_clone().expect("a socket"));
    for number in 0..EACH {
        let id = usage(program, number).id;
        let body = format!(
            r#"{{"reason": "llm_charging failed: ppid='price-{}', usages={{'prompt_tokens': {number}}}llmusage.id='{id}'  env.buffered_charging() return None"}}"#,
            number % 40
        );
        let request = format!(
            "POST /api/v1/usages/{id}/fail HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n\
             Idempotency-Key: {id}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(request.as_bytes()).expect("it is sent");
        let (mut line, mut length, mut status) = (String::new(), 0, String::new());
        while line != "\r\n" {
            line.clear();
            answers.read_line(&mut line).expect("an answer");
            if status.is_empty() {
                status = line.clone();
            }
            if let Some(text) = line.to_lowercase().strip_prefix("content-length:") {
                length = text.trim().parse().expect("a length");
            }
        }
        let mut answer = vec![0; length];
        answers.read_exact(&mut answer).expect("a body");
        assert!(status.contains(" 201 "), "{status}{}", String::from_utf8_lossy(&answer));
    }
}

fn main() {
    for connections in [1, 16] {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite:{}", folder.path().join("bench.db").display());
        let database = Database::open(&url, Tz::UTC).expect("a database");
        migrations::apply(&database).expect("migrations");
        let token = fill(&database, connections);
        let config = Arguments::parse_from(["bench"]).config;
        let application = Application::new(&config, database.clone(), Clock::new(Tz::UTC)).expect("the app");
        let address = serve(application);
        let started = Instant::now();
        std::thread::scope(|scope| {
            for program in 0..connections {
                let token = &token;
                scope.spawn(move || record(address, token, program));
            }
        });
        let seconds = started.elapsed().as_secs_f64();
        let known =
            database.run_here(|connection| totals::exact(connection, &Filter::default(), &Search::Nothing));
        let count = known.expect("totals").count;
        assert_eq!(count as usize, connections * EACH, "each is written once");
        let rate = count as f64 / seconds;
        let held = match connections {
            16 if rate >= PROMISED => ": held",
            16 => ": NOT held",
            _ => "",
        };
        println!("{connections} connections: {count} failures in {seconds:.2} s, {rate:.0} a second{held}");
    }
}
