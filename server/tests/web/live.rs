//! A whole server for the tests of its web side: a real port, a real database file, calls that
//! are played on request.

use std::ops::Deref;

use domain::{ids::Extension, role::Role};
use phone::{Region, parse};
use server::{
    RunError, Source, password,
    store::{Store, accounts::NewAccount, customers::NewCustomer},
};
use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};
use tokio::{net::TcpListener, sync::OnceCell, task::JoinHandle};
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::browser::{NUMBER, PASSWORD, Site};

pub struct Live {
    site: Site,
    pub store: Store,
    running: JoinHandle<Result<(), RunError>>,
    stop: DropGuard,
    dir: tempfile::TempDir,
}

impl Live {
    /// Desks 1000 and 1001, the agents an and binh, the supervisor chi, the customer Nguyễn Văn A.
    /// Desk 1000 is asked first to look a caller up. The agent dung sits at 1002, where nothing rings.
    pub async fn start() -> Self {
        Self::start_as(None, "").await
    }

    /// [`Live::start`] behind a proxy that speaks TLS for this host, with more configuration.
    pub async fn start_as(host: Option<&str>, more: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(&dir.path().join("ringside.db")).await.unwrap();
        for (login, role, extens) in [
            ("an", Role::Agent, &["1000", "1001"][..]),
            ("binh", Role::Agent, &["1000", "1001"]),
            ("chi", Role::Supervisor, &[]),
            ("dung", Role::Agent, &["1002"]),
        ] {
            let extens = extens.iter().map(|exten| Extension::from(*exten)).collect();
            let new = NewAccount { login: login.into(), name: login.into(), role, whole_record: true, extens };
            store.add_account(&new, password_hash().await).await.unwrap().unwrap();
        }
        let live = Self::start_with(dir, store, host, more).await;
        live.add_customer("Nguyễn Văn A", NUMBER).await;
        live
    }

    pub async fn add_customer(&self, name: &str, number: &str) {
        let phones = vec![(parse(number, Region::VIETNAM).unwrap(), number.to_owned())];
        let customer = NewCustomer { name: name.into(), city: None, active: true, phones, bookings: vec![] };
        self.store.add_customers(&[customer]).await.unwrap();
    }

    /// Ends this server as a service manager does, and starts another on the same database.
    pub async fn restarted(self) -> Self {
        drop(self.stop);
        self.running.await.unwrap().unwrap();
        let store = Store::open(&self.dir.path().join("ringside.db")).await.unwrap();
        Self::start_with(self.dir, store, None, "").await
    }

    async fn start_with(dir: tempfile::TempDir, store: Store, host: Option<&str>, more: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let origin = host.map_or_else(|| address.clone(), |host| format!("https://{host}"));
        let config = toml::from_str(&format!(
            r#"
            public_url = "{origin}"
            [pbx]
            extensions = ["1000", "1001"]
            [lookup]
            order = ["1000", "1001"]
            timeout_ms = 300
            [simulator]
            calls = false
            {more}
            "#
        ))
        .unwrap();
        let shutdown = CancellationToken::new();
        let running = tokio::spawn(server::run(config, Source::Simulator, store.clone(), listener, shutdown.clone()));
        Self { site: Site::new(address, origin), store, running, stop: shutdown.drop_guard(), dir }
    }

    /// Lets the sessions of an account run out.
    pub async fn expire(&self, login: &str) {
        let options = SqliteConnectOptions::new().filename(self.dir.path().join("ringside.db"));
        let mut outside = SqliteConnection::connect_with(&options).await.unwrap();
        let expired = "UPDATE sessions SET expires_at = 1 WHERE account_id = (SELECT id FROM accounts WHERE login = ?)";
        sqlx::query(expired).bind(login).execute(&mut outside).await.unwrap();
        outside.close().await.unwrap();
    }
}

impl Deref for Live {
    type Target = Site;

    fn deref(&self) -> &Site {
        &self.site
    }
}

/// Hashing is slow on purpose: once is enough.
async fn password_hash() -> &'static str {
    static HASH: OnceCell<String> = OnceCell::const_new();
    HASH.get_or_init(|| async { password::hash(PASSWORD).await.unwrap() }).await
}
