//! Ringside and what it is compared with: each started on a fresh fake Asterisk.

use std::{
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
    time::Duration,
};

use futures::{StreamExt, TryStreamExt, stream};
use serde::Serialize;

use crate::{
    Outcome,
    asterisk::{APP, Asterisk},
    desk::{Desk, Door},
    house,
    program::{Program, free_port},
    recording::{FIRST_EXTENSION, PHONES},
};

/// Sockets that are being opened at one time.
const AT_ONCE: usize = 32;
/// Until a program listens to Asterisk.
const PATIENCE: Duration = Duration::from_secs(20);

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum System {
    Ringside,
    Floor,
    Peer,
    Polling,
}

impl System {
    pub const ALL: [Self; 4] = [Self::Ringside, Self::Floor, Self::Peer, Self::Polling];

    pub fn name(self) -> &'static str {
        match self {
            Self::Ringside => "Ringside",
            Self::Floor => "floor",
            Self::Peer => "Node peer",
            Self::Polling => "polling",
        }
    }
}

/// Where the programs and the files are.
#[derive(Clone, Debug)]
pub struct Places {
    /// Of the programs: all are built with one profile.
    pub programs: PathBuf,
    /// `peer.mjs` and its packages.
    pub peer: PathBuf,
    /// Databases, plans and results: `target/bench`.
    pub data: PathBuf,
}

impl Places {
    pub fn plan(&self) -> PathBuf {
        self.data.join("plan.json")
    }
}

/// A system that is up, and its clients.
pub struct Running {
    pub asterisk: Asterisk,
    pub program: Program,
    pub desks: Vec<Desk>,
    port: u16,
    door: Door,
}

impl Running {
    /// Starts `system` with so many seats; no desk is open yet.
    ///
    /// # Errors
    /// Where a part of it does not come up.
    pub async fn start(system: System, places: &Places, seats: usize) -> Outcome<Self> {
        let asterisk = Asterisk::start().await?;
        let port = free_port()?;
        let listen = format!("127.0.0.1:{port}");
        let url = asterisk.url.as_str();
        let mut command = Command::new(match system {
            System::Ringside => places.programs.join("ringside"),
            System::Floor => places.programs.join("floor"),
            System::Polling => places.programs.join("poller"),
            System::Peer => PathBuf::from("node"),
        });
        let door = match system {
            System::Ringside => {
                let database = places.data.join("ringside.db");
                let cookies = Arc::new(house::furnish(&database, seats).await?);
                ringside(&mut command, url, &listen, &database, seats);
                Door::Ringside { http: reqwest::Client::new(), cookies }
            }
            System::Floor => {
                command.args([url, &listen]).arg(places.plan());
                Door::Plain
            }
            System::Polling => {
                command.args([url, &listen]);
                Door::Plain
            }
            System::Peer => {
                command.arg(places.peer.join("peer.mjs")).args([url, &port.to_string()]);
                Door::SocketIo
            }
        };
        let mut program = Program::start(system.name(), &mut command)?;
        program.listens(port).await?;
        asterisk.heard(PATIENCE).await?;
        Ok(Self { asterisk, program, desks: Vec::new(), port, door })
    }

    /// Opens desks until so many are open.
    ///
    /// # Errors
    /// Where one is not let in.
    pub async fn open_desks(&mut self, wanted: usize, keep_texts: bool) -> Outcome {
        let (port, door) = (self.port, &self.door);
        let opening = (self.desks.len()..wanted).map(|phone| Desk::open(port, phone, door, keep_texts));
        let opened: Vec<Desk> = stream::iter(opening).buffered(AT_ONCE).try_collect().await?;
        self.desks.extend(opened);
        // Whatever was said to the last one is said by then.
        tokio::time::sleep(Duration::from_millis(500)).await;
        Ok(())
    }
}

/// The seats of so many groups.
pub fn seats(groups: usize) -> usize {
    groups * PHONES
}

fn ringside(command: &mut Command, asterisk: &str, listen: &str, database: &Path, seats: usize) {
    let last = FIRST_EXTENSION + seats - 1;
    command
        .arg("serve")
        .env("RINGSIDE_LOG", "error")
        .env("RINGSIDE_LISTEN", listen)
        .env("RINGSIDE_PUBLIC_URL", format!("http://{listen}"))
        .env("RINGSIDE_DATABASE", database)
        .env("RINGSIDE_PBX__EXTENSIONS", format!("{FIRST_EXTENSION}-{last}"))
        .env("RINGSIDE_ARI__URL", asterisk)
        .env("RINGSIDE_ARI__USERNAME", "ringside")
        .env("RINGSIDE_ARI__PASSWORD", "secret")
        .env("RINGSIDE_ARI__APP", APP);
}
