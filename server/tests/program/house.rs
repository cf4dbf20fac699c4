//! A directory with a configuration and a database, and the program run in it.

use std::{
    io::{BufRead, BufReader, Read},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Output, Stdio},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use domain::Timestamp;
use server::{
    config::Config,
    store::{Store, demo},
};
use tokio::sync::OnceCell;

use crate::browser::{Browser, PATIENCE, Site, eventually};

/// Where the program keeps its things.
pub struct House {
    dir: tempfile::TempDir,
    port: u16,
    /// Added to the configuration.
    more: String,
}

impl House {
    /// Without a database yet.
    pub fn empty() -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        Self { dir: tempfile::tempdir().unwrap(), port, more: String::new() }
    }

    /// With the demo's people and customers.
    pub async fn new() -> Self {
        let house = Self::empty();
        std::fs::copy(demo_database().await, house.database()).unwrap();
        house
    }

    pub fn with(mut self, more: &str) -> Self {
        self.more.push_str(more);
        self
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn database(&self) -> PathBuf {
        self.path("ringside.db")
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// The program, about to be run here. `before` is a line of shell that is run first.
    pub fn command(&self, before: &str, arguments: &[&str]) -> Command {
        let origin = format!("http://127.0.0.1:{}", self.port);
        let config = format!(
            "listen = '127.0.0.1:{}'\npublic_url = '{origin}'\nsimulator.calls = false\n{}",
            self.port, self.more
        );
        std::fs::write(self.path("ringside.toml"), config).unwrap();
        let mut command = Command::new("sh");
        command
            .args(["-c", &format!("{before}\nexec \"$0\" \"$@\""), env!("CARGO_BIN_EXE_ringside")])
            .args(arguments)
            .current_dir(self.dir.path())
            .env("LEPTOS_SITE_ROOT", self.path("site"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs it to its end.
    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command("", arguments).output().unwrap()
    }

    /// Starts a server with simulated calls, and waits until it is healthy.
    pub async fn serve(&self) -> Running {
        self.serve_after("", &["serve", "--simulate"]).await
    }

    pub async fn serve_after(&self, before: &str, arguments: &[&str]) -> Running {
        let mut child = self.command(before, arguments).spawn().unwrap();
        let said = Arc::new(Mutex::new(String::new()));
        listen(child.stdout.take().unwrap(), said.clone());
        listen(child.stderr.take().unwrap(), said.clone());
        let origin = format!("http://127.0.0.1:{}", self.port);
        let mut running = Running { child, said, site: Site::new(origin.clone(), origin) };
        eventually("the server is healthy", async || {
            let ended = running.child.try_wait().unwrap();
            assert!(ended.is_none(), "it ended with {ended:?}: {}", running.said());
            running.site.get("/health").send().await.ok().map(drop)
        })
        .await;
        running
    }
}

/// Reads what the program says, so that it is never kept waiting.
fn listen(from: impl Read + Send + 'static, said: Arc<Mutex<String>>) {
    std::thread::spawn(move || {
        for line in BufReader::new(from).lines().map_while(Result::ok) {
            let mut said = said.lock().unwrap();
            said.push_str(&line);
            said.push('\n');
        }
    });
}

/// A server that runs. Killed when dropped.
pub struct Running {
    child: Child,
    said: Arc<Mutex<String>>,
    pub site: Site,
}

impl Running {
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// What proc(5) says of its memory, in bytes: `VmRSS` is what it holds, `VmHWM` the most it held.
    pub fn memory(&self, which: &str) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid())).unwrap();
        let said = status.lines().find_map(|line| line.strip_prefix(which)?.strip_prefix(':')).unwrap();
        said.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
    }

    /// All that it has said so far, on both of its outputs.
    pub fn said(&self) -> String {
        self.said.lock().unwrap().clone()
    }

    /// One of the demo's agents, at this extension.
    pub async fn agent(&self, exten: &str) -> Browser<'_> {
        let accounts = demo::accounts();
        let account = accounts.iter().find(|it| it.exten.as_ref().is_some_and(|it| it.as_str() == exten)).unwrap();
        let knock = self.site.knock(account.login, &account.password, Some(exten), true);
        self.site.browser(knock.send().await.unwrap()).await
    }

    /// SIGKILL: it gets no word in.
    pub fn kill_now(&self) {
        self.signal("-KILL");
    }

    /// SIGSTOP: it hangs, its sockets open.
    pub fn hold(&self) {
        self.signal("-STOP");
    }

    pub fn terminate(&self) {
        self.signal("-TERM");
    }

    fn signal(&self, signal: &str) {
        let sent = Command::new("kill").args([signal, &self.pid().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    /// Waits for its end; how it ended, and after how long.
    pub async fn ended(&mut self) -> (ExitStatus, Duration) {
        let began = Instant::now();
        let status = eventually("the server ends", async || self.child.try_wait().unwrap()).await;
        (status, began.elapsed())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // One that has ended already needs no killing.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Made once: a dozen passwords are hashed for it.
async fn demo_database() -> &'static Path {
    static MADE: OnceCell<(tempfile::TempDir, PathBuf)> = OnceCell::const_new();
    let made = MADE.get_or_init(|| async {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("demo.db");
        let store = Store::open(&path).await.unwrap();
        demo::seed(&store, 1, Timestamp::now(), &Config::default().time_zone).await.unwrap();
        store.close().await;
        (dir, path)
    });
    let (_, path) = tokio::time::timeout(4 * PATIENCE, made).await.unwrap();
    path
}
