//! An app with a database of its own, and visitors who use it like a browser: cookies kept, 303 followed.

use std::cell::RefCell;

use actix_web::body::MessageBody;
use actix_web::cookie::Cookie;
use actix_web::http::{Method, StatusCode, header};
use actix_web::test;
use chrono::{NaiveDate, NaiveDateTime};
use chrono_tz::Tz;
use clap::Parser;
use llmage_admin::accounts::password;
use llmage_admin::accounts::role::Role;
use llmage_admin::accounts::store::{self as accounts, User};
use llmage_admin::app::Application;
use llmage_admin::audit::event::{Author, Source};
use llmage_admin::base::clock::Clock;
use llmage_admin::base::money::Money;
use llmage_admin::config::Config;
use llmage_admin::error::Result;
use llmage_admin::failed_accounting::failure::FailedRecord;
use llmage_admin::failed_accounting::store;
use llmage_admin::imports::Importable;
use llmage_admin::usages::usage::Usage;
use scraper::{Html, Selector};

use crate::support::database::TestDatabase;

/// The password of every test user.
pub const PASSWORD: &str = "correct horse battery";

#[derive(Parser)]
struct Arguments {
    #[command(flatten)]
    config: Config,
}

/// The app under test. Its clock stands at 2026-05-22 12:00:00 in Shanghai.
pub struct TestApp {
    pub database: TestDatabase,
    pub application: Application,
    pub clock: Clock,
    pub config: Config,
}

pub fn noon() -> NaiveDateTime {
    at("2026-05-22 12:00:00")
}

pub fn at(text: &str) -> NaiveDateTime {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S").unwrap()
}

pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub fn money(text: &str) -> Money {
    Money::parse_signed(text).unwrap()
}

impl TestApp {
    pub fn new() -> TestApp {
        TestApp::with(&[])
    }

    /// On a database with tables and rows of others.
    pub fn adopting(script: &str) -> TestApp {
        let zone = Tz::Asia__Shanghai;
        let database = TestDatabase::without_tables_in(zone);
        crate::support::rows::run(&database, script);
        llmage_admin::db::migrations::check_columns(&database).unwrap();
        llmage_admin::db::migrations::apply(&database).unwrap();
        TestApp::on(database, &[])
    }

    /// With further settings, such as `--public-url`.
    pub fn with(settings: &[&str]) -> TestApp {
        TestApp::on(TestDatabase::in_zone(Tz::Asia__Shanghai), settings)
    }

    /// Where the platform's own tables are there before it starts; whether it starts.
    pub fn beside(script: &str, settings: &[&str]) -> std::result::Result<TestApp, String> {
        let database = TestDatabase::in_zone(Tz::Asia__Shanghai);
        crate::support::rows::run(&database, script);
        TestApp::started(database, settings).map_err(|error| error.to_string())
    }

    fn on(database: TestDatabase, settings: &[&str]) -> TestApp {
        TestApp::started(database, settings).unwrap()
    }

    fn started(database: TestDatabase, settings: &[&str]) -> Result<TestApp> {
        let zone = Tz::Asia__Shanghai;
        let arguments = ["test", "--secret-key", "a key of at least 32 characters, for tests"];
        let config = Arguments::parse_from(arguments.iter().chain(settings)).config;
        let clock = Clock::stopped(zone, noon());
        let application = Application::new(&config, (*database).clone(), clock.clone())?;
        Ok(TestApp { database, application, clock, config })
    }

    /// Adds a user of that role, named like it, and signs in.
    pub async fn signed_in(&self, role: Role) -> Visitor<'_> {
        self.add_user(role.as_str(), role);
        let visitor = self.visitor();
        let signed_in = visitor.post("/login", &[("username", role.as_str()), ("password", PASSWORD)]).await;
        assert_eq!(signed_in.status, StatusCode::SEE_OTHER, "{}", signed_in.body);
        visitor
    }

    pub fn add_user(&self, name: &str, role: Role) {
        // Hashing is slow on purpose; one hash serves all.
        static HASH: std::sync::LazyLock<String> =
            std::sync::LazyLock::new(|| password::hash(&PASSWORD.to_owned().into()).unwrap());
        let user = User::new(name, HASH.clone(), role, noon());
        let author =
            Author { name: "test".to_owned(), source: Source::Command, request_id: None, at: noon() };
        self.database.transaction_here(|connection| accounts::insert(connection, &user, &author)).unwrap();
    }

    /// Somebody who has not signed in.
    pub fn visitor(&self) -> Visitor<'_> {
        Visitor {
            app: self,
            cookies: RefCell::default(),
            language: "en".to_owned(),
            headers: RefCell::default(),
            address: None,
        }
    }

    /// Puts a record into the table as it is.
    pub fn given(&self, record: &FailedRecord) {
        self.database.transaction_here(|connection| Ok(Importable::insert(record, connection)?)).unwrap();
    }

    /// Makes all rows such as the platform writes them: their causes are not told yet.
    pub fn forget_causes(&self) {
        use diesel::prelude::*;
        use llmage_admin::db::schema::llmusage_accounting_failed::dsl;
        let nothing = (dsl::cause.eq(None::<String>), dsl::cause_version.eq(None::<i32>));
        let forget = diesel::update(dsl::llmusage_accounting_failed).set(nothing);
        self.database.transaction_here(|connection| Ok(forget.execute(connection)?)).unwrap();
    }

    /// Puts a live usage into its table as it is.
    pub fn given_usage(&self, usage: &Usage) {
        self.database.transaction_here(|connection| Ok(Importable::insert(usage, connection)?)).unwrap();
    }

    /// The record as it is in the table now.
    pub fn record(&self, id: &str) -> FailedRecord {
        self.database.run_here(|connection| store::find(connection, id)).unwrap()
    }
}

/// An open failure with everything filled in; tests change what they are about.
pub fn failure(id: &str) -> FailedRecord {
    FailedRecord {
        id: id.to_owned(),
        llmusageid: Some(format!("usage-{id}").chars().take(32).collect()),
        llmid: Some("m-kimi-k3".to_owned()),
        userid: Some("u2".to_owned()),
        userorgid: Some("org-b".to_owned()),
        use_date: Some(day("2026-05-21")),
        use_time: Some(at("2026-05-21 23:59:59")),
        amount: Some(money("1.2")),
        cost: Some(money("0.9")),
        failed_reason: Some("usages is None".to_owned()),
        failed_time: Some(at("2026-05-22 00:00:04")),
        retry_count: Some(0),
        handled: Some("0".to_owned()),
        handled_time: None,
        handled_note: None,
        resolution: None,
        handled_by: None,
        cause: None,
        retry: Default::default(),
    }
}

/// A live usage that could not be accounted, with everything filled in but its task.
pub fn usage(id: &str) -> Usage {
    Usage {
        id: id.to_owned(),
        llmid: Some("m-kimi-k3".to_owned()),
        use_date: Some(day("2026-05-21")),
        use_time: Some(at("2026-05-21 23:59:59")),
        userid: Some("u2".to_owned()),
        usages: Some(r#"{"prompt_tokens": 812, "completion_tokens": 40}"#.to_owned()),
        ioinfo: Some(r#"{"stream":true}"#.to_owned()),
        transno: Some("t-1".to_owned()),
        responsed_seconds: Some(0.5),
        finish_seconds: Some(2.25),
        status: Some("SUCCEEDED".to_owned()),
        taskid: None,
        amount: Some(money("1.2")),
        cost: Some(money("0.9")),
        userorgid: Some("org-b".to_owned()),
        ownerid: Some("org-a".to_owned()),
        accounting_status: Some("failed".to_owned()),
    }
}

/// A person with a browser.
pub struct Visitor<'a> {
    pub app: &'a TestApp,
    pub cookies: RefCell<Vec<Cookie<'static>>>,
    pub language: String,
    /// Sent instead of Sec-Fetch-Site: same-origin, when set.
    pub headers: RefCell<Option<Vec<(String, String)>>>,
    /// Where the connection comes from.
    pub address: Option<std::net::SocketAddr>,
}

impl Visitor<'_> {
    /// A browser with a copy of the cookies.
    pub fn copy(&self) -> Self {
        Visitor {
            app: self.app,
            cookies: self.cookies.clone(),
            language: self.language.clone(),
            headers: self.headers.clone(),
            address: self.address,
        }
    }
}

/// What came back.
pub struct Answer {
    pub status: StatusCode,
    pub headers: header::HeaderMap,
    pub body: String,
}

impl Visitor<'_> {
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None).await
    }

    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = llmage_admin::web::links::query(fields);
        self.send(Method::POST, path, Some(body.into_bytes())).await
    }

    /// The body of an answer that comes and is not read yet, as a slow browser leaves it.
    pub async fn begin(&self, path: &str) -> actix_web::body::BoxBody {
        let service = test::init_service(self.app.application.build()).await;
        let mut request = test::TestRequest::with_uri(path).insert_header(("sec-fetch-site", "same-origin"));
        for cookie in self.cookies.borrow().iter() {
            request = request.cookie(cookie.clone());
        }
        let response = test::call_service(&service, request.to_request()).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        actix_web::body::MessageBody::boxed(response.into_body())
    }

    /// Posts and goes where the answer sends, as a browser does.
    pub async fn submit(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let answer = self.post(path, fields).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        self.get(answer.location()).await
    }

    /// Gets and goes where the answer sends, if it does.
    pub async fn submit_get(&self, path: &str) -> Answer {
        let answer = self.get(path).await;
        if answer.status != StatusCode::SEE_OTHER {
            return answer;
        }
        self.get(answer.location()).await
    }

    pub async fn send(&self, method: Method, path: &str, body: Option<Vec<u8>>) -> Answer {
        self.send_as(method, path, body.map(|body| ("application/x-www-form-urlencoded", body))).await
    }

    /// Sends a body of some type, as a program does.
    pub async fn send_as(&self, method: Method, path: &str, body: Option<(&str, Vec<u8>)>) -> Answer {
        let service = test::init_service(self.app.application.build()).await;
        let mut request = test::TestRequest::with_uri(path)
            .method(method)
            .insert_header((header::ACCEPT_LANGUAGE, self.language.clone()));
        match &*self.headers.borrow() {
            Some(headers) => {
                for (name, value) in headers {
                    request = request.insert_header((name.as_str(), value.as_str()));
                }
            }
            None => request = request.insert_header(("sec-fetch-site", "same-origin")),
        }
        if let Some(address) = self.address {
            request = request.peer_addr(address);
        }
        for cookie in self.cookies.borrow().iter() {
            request = request.cookie(cookie.clone());
        }
        if let Some((kind, body)) = body {
            request = request.insert_header((header::CONTENT_TYPE, kind)).set_payload(body);
        }
        let response = test::call_service(&service, request.to_request()).await;
        for cookie in response.response().cookies() {
            let mut cookies = self.cookies.borrow_mut();
            cookies.retain(|kept| kept.name() != cookie.name());
            cookies.push(cookie.into_owned());
        }
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = actix_web::body::to_bytes(response.into_body().boxed()).await.unwrap().to_vec();
        Answer { status, headers, body: String::from_utf8_lossy(&bytes).into_owned() }
    }
}

impl Answer {
    pub fn location(&self) -> &str {
        self.headers.get(header::LOCATION).expect("a redirect").to_str().unwrap()
    }

    pub fn html(&self) -> Html {
        Html::parse_document(&self.body)
    }

    /// The text of every element that a selector finds, white space folded.
    pub fn texts(&self, selector: &str) -> Vec<String> {
        let selector = Selector::parse(selector).unwrap();
        let fold = |text: String| text.split_whitespace().collect::<Vec<_>>().join(" ");
        self.html().select(&selector).map(|element| fold(element.text().collect())).collect()
    }

    /// The text of the only element that a selector finds.
    pub fn text(&self, selector: &str) -> String {
        let mut texts = self.texts(selector);
        assert_eq!(texts.len(), 1, "{selector} in {}", self.body);
        texts.remove(0)
    }

    /// The text of the first element that a selector finds, white space and all.
    pub fn text_as_it_is(&self, selector: &str) -> String {
        let selector = Selector::parse(selector).unwrap();
        self.html().select(&selector).next().expect("an element").text().collect()
    }

    /// An attribute of every element that a selector finds.
    pub fn attributes(&self, selector: &str, name: &str) -> Vec<String> {
        let selector = Selector::parse(selector).unwrap();
        self.html()
            .select(&selector)
            .map(|element| element.value().attr(name).unwrap_or_default().to_owned())
            .collect()
    }

    /// The ids of the rows of a list, and where that link leads.
    pub fn ids_and_link(&self, link: &str) -> (Vec<String>, Option<String>) {
        let html = self.html();
        let all = |selector: &str, name: &str| -> Vec<String> {
            let selector = Selector::parse(selector).unwrap();
            html.select(&selector).filter_map(|element| element.attr(name)).map(str::to_owned).collect()
        };
        (all("table tbody tr[data-id]", "data-id"), all(link, "href").pop())
    }

    /// An attribute of the first element that a selector finds.
    pub fn attribute(&self, selector: &str, name: &str) -> String {
        self.attributes(selector, name)
            .into_iter()
            .next()
            .unwrap_or_else(|| panic!("no {selector} in {}", self.body))
    }

    pub fn has(&self, selector: &str) -> bool {
        self.html().select(&Selector::parse(selector).unwrap()).next().is_some()
    }

    /// The ids of the rows of the list.
    pub fn rows(&self) -> Vec<String> {
        self.attributes("table#failed-accounting tbody tr[data-id]", "data-id")
    }

    /// Each card with a number: the list behind it, and the count and sums that it says.
    pub fn cards(&self) -> Vec<(String, [String; 3])> {
        let link = Selector::parse("a[href^='/failed-accounting?'], a[href='/failed-accounting']").unwrap();
        let card = Selector::parse("[data-count]:not(#money-line)").unwrap();
        let of = |card: scraper::ElementRef<'_>| {
            let numbers = ["data-count", "data-sum-amount", "data-sum-cost"];
            let link = card.select(&link).next().expect("a link in the card").value().attr("href").unwrap();
            (link.to_owned(), numbers.map(|name| card.value().attr(name).expect("a number").to_owned()))
        };
        self.html().select(&card).map(of).collect()
    }

    /// Count and sums of the money line.
    pub fn money_line(&self) -> [String; 3] {
        ["data-count", "data-sum-amount", "data-sum-cost"].map(|name| self.attribute("#money-line", name))
    }
}
