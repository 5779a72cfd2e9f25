//! A WebDriver session with the real window (WebKitWebDriver) or with Chromium, and the few moves the walk needs.

use fantoccini::elements::Element;
use fantoccini::{Client, ClientBuilder, Locator};
use serde_json::{Map, Value, json};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// How long a thing may take to appear on a loaded machine before the test says it never will.
const PATIENCE: Duration = Duration::from_secs(60);
const POLL: Duration = Duration::from_millis(50);

pub struct Driver {
    process: Child,
    pub client: Client,
    shots: PathBuf,
}

impl Drop for Driver {
    fn drop(&mut self) {
        // The session may have ended by itself; there is nobody left to tell.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// What a WebDriver started, by their ids.
fn children(of: u32) -> Vec<String> {
    let listed = std::fs::read_to_string(format!("/proc/{of}/task/{of}/children")).unwrap_or_default();
    listed.split_whitespace().map(str::to_owned).collect()
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Everything that the program and its web view write goes there.
pub fn at_home<'a>(command: &'a mut Command, home: &Path) -> &'a mut Command {
    command
        .env("LETOPIS_ARCHIVE", home.join("archive"))
        // Where the entry for starting at login goes.
        .env("HOME", home.join("data"))
        .env_remove("LETOPIS_PASSPHRASE")
        .env_remove("LETOPIS_TELEGRAM_SERVER");
    for (name, folder) in
        [("XDG_DATA_HOME", "data"), ("XDG_CONFIG_HOME", "config"), ("XDG_CACHE_HOME", "cache"), ("TMPDIR", "temp")]
    {
        std::fs::create_dir_all(home.join(folder)).unwrap();
        command.env(name, home.join(folder));
    }
    command
}

async fn connect(mut command: Command, port: u16, capabilities: Value, shots: &Path) -> Driver {
    let process = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap_or_else(|e| panic!("{command:?}: {e}"));
    let Value::Object(capabilities) = capabilities else { panic!("capabilities are an object") };
    let mut last = String::new();
    for _ in 0..600 {
        let http = hyper_util::client::legacy::connect::HttpConnector::new();
        let capabilities: Map<String, Value> = capabilities.clone();
        match ClientBuilder::new(http).capabilities(capabilities).connect(&format!("http://127.0.0.1:{port}")).await {
            Ok(client) => {
                std::fs::create_dir_all(shots).unwrap();
                return Driver { process, client, shots: shots.to_owned() };
            }
            Err(error) => last = error.to_string(),
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("no session: {last}");
}

impl Driver {
    /// Starts the program's window. `home` gets everything the program and the web view write.
    pub async fn window(home: &Path, shots: &Path) -> Driver {
        Driver::window_with(home, shots, &[]).await
    }

    /// The same with more in its environment.
    pub async fn window_with(home: &Path, shots: &Path, environment: &[(&str, &str)]) -> Driver {
        let port = free_port();
        let mut command = Command::new("WebKitWebDriver");
        command.args([format!("--port={port}"), "--host=127.0.0.1".into()]);
        at_home(&mut command, home).env("TAURI_WEBVIEW_AUTOMATION", "true").envs(environment.iter().copied());
        let options = json!({ "webkitgtk:browserOptions": { "binary": env!("CARGO_BIN_EXE_letopis"), "args": [] } });
        connect(command, port, options, shots).await
    }

    pub async fn chromium(profile: &Path, shots: &Path) -> Driver {
        let port = free_port();
        let mut command = Command::new("chromedriver");
        command.arg(format!("--port={port}"));
        let args = ["--headless", "--no-sandbox", "--disable-gpu", "--window-size=1440,860", "--lang=ru"];
        let args: Vec<String> =
            args.iter().map(|a| (*a).to_owned()).chain([format!("--user-data-dir={}", profile.display())]).collect();
        connect(command, port, json!({ "goog:chromeOptions": { "args": args } }), shots).await
    }

    pub async fn close(self) {
        let programs = children(self.process.id());
        self.client.clone().close().await.unwrap();
        // Started again while it still closes, the program would hand over to a window that is going away.
        for _ in 0..(PATIENCE.as_millis() / POLL.as_millis()) {
            if !programs.iter().any(|id| Path::new(&format!("/proc/{id}")).exists()) {
                return;
            }
            tokio::time::sleep(POLL).await;
        }
    }

    /// Ends the program itself: closing its window may only send it to the tray.
    pub async fn quit(self) {
        // The program may be gone before it has answered.
        let _ = self.client.execute("window.__TAURI_INTERNALS__.invoke('quit')", vec![]).await;
        for _ in 0..(PATIENCE.as_millis() / POLL.as_millis()) {
            if self.client.execute("return 1", vec![]).await.is_err() {
                return;
            }
            tokio::time::sleep(POLL).await;
        }
        panic!("the program did not end");
    }

    pub async fn shot(&self, name: &str) {
        let png = self.client.screenshot().await.unwrap();
        std::fs::write(self.shots.join(format!("{name}.png")), png).unwrap();
    }

    /// Waits until an element is there.
    pub async fn find(&self, css: &str) -> Element {
        match self.client.wait().at_most(PATIENCE).every(POLL).for_element(Locator::Css(css)).await {
            Ok(element) => element,
            Err(error) => {
                self.shot("failed").await;
                panic!("{css} did not appear: {error}");
            }
        }
    }

    pub async fn id(&self, testid: &str) -> Element {
        self.find(&format!("[data-testid={testid}]")).await
    }

    pub async fn click(&self, testid: &str) {
        self.id(testid).await.click().await.unwrap();
    }

    /// Replaces what stands in a field.
    pub async fn fill(&self, testid: &str, text: &str) {
        let field = self.input(testid).await;
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    /// The test id may stand on the input itself or on what surrounds it.
    async fn input(&self, testid: &str) -> Element {
        let field = self.id(testid).await;
        match field.find(Locator::Css("input, textarea, select")).await {
            Ok(inside) => inside,
            Err(_) => field,
        }
    }

    pub async fn text(&self, css: &str) -> String {
        self.find(css).await.text().await.unwrap()
    }

    pub async fn count(&self, css: &str) -> usize {
        self.client.find_all(Locator::Css(css)).await.unwrap().len()
    }

    /// Waits until a script's answer is true.
    pub async fn until(&self, what: &str, script: &str) {
        for _ in 0..(PATIENCE.as_millis() / POLL.as_millis()) {
            // A script may meet a page that is just being replaced: ask again.
            if let Ok(Value::Bool(true)) = self.client.execute(&format!("return Boolean({script})"), vec![]).await {
                return;
            }
            tokio::time::sleep(POLL).await;
        }
        self.shot("failed").await;
        panic!("never came true: {what}");
    }

    pub async fn script(&self, script: &str) -> Value {
        self.client.execute(script, vec![]).await.unwrap()
    }
}
