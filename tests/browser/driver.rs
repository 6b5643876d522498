//! ChromeDriver and a browser of its own for each scenario.

use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;
use tempfile::TempDir;

const CHROMIUM: &str = "/usr/bin/chromium";
const DRIVER: &str = "/usr/bin/chromedriver";

/// How long a page may take to show something.
const PATIENCE: Duration = Duration::from_secs(15);

pub fn is_present() -> bool {
    Path::new(CHROMIUM).exists() && Path::new(DRIVER).exists()
}

/// How the browser looks at the app.
#[derive(Debug, Clone, Copy)]
pub struct Look {
    pub width: u32,
    pub dark: bool,
    pub language: &'static str,
    pub javascript: bool,
}

impl Default for Look {
    fn default() -> Look {
        Look { width: 1280, dark: false, language: "en", javascript: true }
    }
}

impl Look {
    /// Each width with each language, each of them once light and once dark.
    pub fn all() -> [Look; 4] {
        let look = |width, language, dark| Look { width, dark, language, javascript: true };
        [look(1280, "en", false), look(1280, "zh-CN", true), look(360, "en", true), look(360, "zh-CN", false)]
    }

    fn capabilities(self, folder: &Path) -> serde_json::Map<String, serde_json::Value> {
        let mut arguments: Vec<String> = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-dev-shm-usage",
        ]
        .map(str::to_owned)
        .into();
        arguments.push(format!("--window-size={},900", self.width.max(500)));
        arguments.push(format!("--user-data-dir={}", folder.join("profile").display()));
        arguments.push(format!("--blink-settings=preferredColorScheme={}", if self.dark { 0 } else { 1 }));
        let mut options = json!({
            "binary": CHROMIUM,
            "args": arguments,
            "prefs": {
                "intl.accept_languages": self.language,
                "download.default_directory": folder.join("downloads"),
                "profile.managed_default_content_settings.javascript": if self.javascript { 1 } else { 2 },
            },
        });
        // A window cannot be as narrow as a phone, an emulated screen can.
        if self.width < 500 {
            options["mobileEmulation"] =
                json!({ "deviceMetrics": { "width": self.width, "height": 740, "pixelRatio": 1 } });
        }
        json!({ "goog:chromeOptions": options }).as_object().cloned().unwrap_or_default()
    }
}

/// A browser, its driver and its folder.
pub struct Browser {
    pub client: Client,
    driver: Child,
    folder: TempDir,
    look: Look,
}

impl Browser {
    pub async fn start(look: Look) -> Browser {
        let folder = TempDir::new().expect("a folder");
        let (driver, port) = start_driver();
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(look.capabilities(folder.path()))
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .expect("a browser session");
        Browser { client, driver, folder, look }
    }

    pub async fn goto(&self, address: &str) {
        self.client.goto(address).await.expect("the page loads");
    }

    pub async fn wait_for(&self, selector: &str) {
        let found = self.client.wait().at_most(PATIENCE).for_element(Locator::Css(selector)).await;
        if found.is_err() {
            panic!(
                "no {selector} on {} after {PATIENCE:?}:\n{}",
                self.address().await,
                self.text("body").await
            );
        }
    }

    pub async fn type_into(&self, selector: &str, text: &str) {
        self.wait_for(selector).await;
        let field = self.client.find(Locator::Css(selector)).await.expect("a field");
        field.send_keys(text).await.expect("typing");
    }

    pub async fn press(&self, selector: &str) {
        self.wait_for(selector).await;
        let target = self.client.find(Locator::Css(selector)).await.expect("a target");
        if let Err(error) = target.click().await {
            panic!("cannot press {selector}: {error}");
        }
    }

    pub async fn text(&self, selector: &str) -> String {
        let element = self.client.find(Locator::Css(selector)).await.expect("an element");
        element.text().await.expect("its text")
    }

    pub async fn attribute(&self, selector: &str, name: &str) -> String {
        self.wait_for(selector).await;
        let element = self.client.find(Locator::Css(selector)).await.expect("an element");
        element.attr(name).await.expect("an attribute").unwrap_or_default()
    }

    pub async fn has(&self, selector: &str) -> bool {
        self.client.find(Locator::Css(selector)).await.is_ok()
    }

    pub async fn address(&self) -> String {
        self.client.current_url().await.expect("an address").to_string()
    }

    /// Presses keys one after the other, each where the focus is by then.
    pub async fn keys(&self, text: &str) {
        for key in text.chars() {
            let focused = self.client.active_element().await.expect("a focus");
            focused.send_keys(&key.to_string()).await.expect("a key");
        }
    }

    /// The id of the element of that kind which holds the focus.
    pub async fn focused(&self, kind: &str) -> Option<String> {
        let script = format!("return document.activeElement.closest('{kind}')?.dataset.id ?? null");
        self.client.execute(&script, Vec::new()).await.expect("an answer").as_str().map(str::to_owned)
    }

    /// What a script on the page says.
    pub async fn script(&self, script: &str) -> serde_json::Value {
        self.client.execute(script, Vec::new()).await.expect("an answer")
    }

    /// Waits until the report of a batch says that; gives the batch's address. Without JavaScript a person reloads.
    pub async fn reported(&self, name: &str, value: &str) -> String {
        let wanted = format!("#report[{name}='{value}']");
        for _ in 0..100 {
            if self.has(&wanted).await {
                return self.address().await;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
            let address = self.address().await;
            self.goto(&address).await;
        }
        panic!("no {wanted} on {}:\n{}", self.address().await, self.text("body").await);
    }

    /// By how many pixels the page is wider than the window.
    pub async fn sideways(&self) -> i64 {
        let script = "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
        let width = self.client.execute(script, Vec::new()).await.expect("a width");
        width.as_i64().expect("a number")
    }

    /// Keeps a picture in `target/screens`, for people to look at.
    pub async fn keep_screenshot(&self, name: &str) {
        let picture = self.client.screenshot().await.expect("a picture");
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("screens");
        std::fs::create_dir_all(&folder).expect("a folder for pictures");
        let scheme = if self.look.dark { "dark" } else { "light" };
        let file = format!("{name}-{}-{scheme}-{}.png", self.look.width, self.look.language);
        std::fs::write(folder.join(file), picture).expect("a picture file");
    }

    /// The file that was downloaded, once it is whole.
    pub async fn downloaded(&self, patience: Duration) -> PathBuf {
        let started = Instant::now();
        while started.elapsed() < patience {
            let files = std::fs::read_dir(self.folder.path().join("downloads"));
            let whole = files
                .into_iter()
                .flatten()
                .flatten()
                .map(|entry| entry.path())
                .find(|path| path.extension().is_some_and(|extension| extension == "csv"));
            if let Some(path) = whole {
                return path;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("nothing was downloaded in {patience:?}");
    }

    pub async fn stop(self) {
        self.client.clone().close().await.expect("the session ends");
    }
}

impl Drop for Browser {
    /// Ends the driver with its browser, also when the scenario failed before it could close the session.
    fn drop(&mut self) {
        let group = format!("-{}", self.driver.id());
        let _ = Command::new("kill").args(["-KILL", "--", &group]).status();
        let _ = self.driver.wait();
    }
}

/// Starts ChromeDriver on a port of its choice.
fn start_driver() -> (Child, u16) {
    // In a process group of its own, together with the browser that it starts.
    let mut driver = Command::new(DRIVER)
        .arg("--port=0")
        .stdout(Stdio::piped())
        .process_group(0)
        .spawn()
        .expect("ChromeDriver starts");
    let mut lines = BufReader::new(driver.stdout.take().expect("its output")).lines();
    let port = lines
        .by_ref()
        .map_while(Result::ok)
        .find_map(|line| line.split("successfully on port ").nth(1)?.trim_end_matches('.').parse().ok())
        .expect("ChromeDriver says its port");
    // It goes on writing; with nobody reading it would end.
    std::thread::spawn(move || lines.count());
    (driver, port)
}
