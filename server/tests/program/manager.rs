//! A service manager as systemd is one: told that the program serves, that it is alive, that it
//! stops; and killing it when it says nothing any more.

use std::{
    os::unix::net::UnixDatagram,
    time::{Duration, Instant},
};

use crate::house::House;

/// How long the manager lets it be silent.
const PATIENCE: Duration = Duration::from_millis(900);

/// Where the program speaks to.
struct Manager(UnixDatagram);

impl Manager {
    fn of(house: &House) -> Self {
        let socket = UnixDatagram::bind(house.path("notify")).unwrap();
        Self(socket)
    }

    /// What a unit with `Type=notify` and `WatchdogSec=` puts into the environment, as shell.
    fn environment() -> String {
        format!("export NOTIFY_SOCKET=\"$PWD/notify\" WATCHDOG_USEC={}", PATIENCE.as_micros())
    }

    /// The next word; nothing where none comes for `patience`.
    fn hear(&self, patience: Duration) -> Option<String> {
        self.0.set_read_timeout(Some(patience)).unwrap();
        let mut word = [0; 256];
        let length = self.0.recv(&mut word).ok()?;
        Some(String::from_utf8(word[..length].to_vec()).unwrap().trim().to_owned())
    }

    fn hear_until(&self, wanted: &str) {
        while self.hear(10 * PATIENCE).unwrap_or_else(|| panic!("{wanted} is never said")) != wanted {}
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_hangs_is_noticed_and_back_soon() {
    let house = House::new().await;
    let manager = Manager::of(&house);
    let arguments = ["serve", "--simulate"];
    let mut running = house.serve_after(&Manager::environment(), &arguments).await;
    assert_eq!(manager.hear(10 * PATIENCE).unwrap(), "READY=1");
    for _ in 0..5 {
        assert_eq!(manager.hear(10 * PATIENCE).unwrap(), "WATCHDOG=1");
    }

    running.hold();
    let held = Instant::now();
    while manager.hear(PATIENCE).is_some() {}
    running.kill_now();
    running.ended().await;
    let mut running = house.serve_after(&Manager::environment(), &arguments).await;
    manager.hear_until("READY=1");
    println!("back {:?} after it was held, of which the manager was patient for {PATIENCE:?}", held.elapsed());

    running.terminate();
    manager.hear_until("STOPPING=1");
    assert!(running.ended().await.0.success(), "{}", running.said());
}
