//! tmp
use crate::{ari::Signal, config::Config};
use serde::Deserialize;
use tokio::sync::mpsc;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
#[derive(Debug, Deserialize)]
pub struct Play {}
#[derive(Clone, Debug)]
pub struct Simulator {
    plays: mpsc::Sender<Play>,
}
impl Simulator {
    pub fn start(
        _config: &Config,
        _signals: mpsc::Sender<Signal>,
        _tasks: &TaskTracker,
        _shutdown: CancellationToken,
    ) -> Self {
        let (plays, _) = mpsc::channel(1);
        Self { plays }
    }
    pub async fn play(&self, play: Play) -> Option<()> {
        self.plays.send(play).await.ok()
    }
}
